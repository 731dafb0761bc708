from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from seedbed.errors import InputError, MissingExtra
from seedbed.measures.embed import Embedder

pytestmark = pytest.mark.model

TEXTS = [
    "How can I save money?",
    "What is the best way to put money aside?",
    "Which vaccines do I need for a trip to Brazil?",
    "नमस्ते 😀 café",
    "",
    "x " * 400,
]


def test_shape_type_and_length(embedder: Embedder) -> None:
    vectors = embedder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)
    assert embedder.encode([]).shape == (0, 384)


def test_a_vector_does_not_depend_on_its_company(embedder: Embedder) -> None:
    forgetful = Embedder(memo=0)
    together = forgetful.encode(TEXTS)
    reversed_ = forgetful.encode(TEXTS[::-1])[::-1]
    alone = np.vstack([forgetful.encode([text]) for text in TEXTS[:3]])
    assert np.array_equal(together, reversed_)
    assert np.array_equal(together[:3], alone)
    assert np.array_equal(together, embedder.encode(TEXTS))


def test_a_stored_vector_equals_a_fresh_one(embedder: Embedder) -> None:
    vectors = embedder.encode(TEXTS)
    stored = vectors.astype(np.float16).tobytes()
    assert np.array_equal(np.frombuffer(stored, np.float16).reshape(vectors.shape).astype(np.float32), vectors)


def test_meaning_is_nearer_than_another_topic(embedder: Embedder) -> None:
    save, aside, vaccines = embedder.encode(TEXTS[:3])
    assert save @ aside > 0.7
    assert save @ vaccines < 0.3


def test_only_the_first_256_tokens_count(embedder: Embedder) -> None:
    long, longer = embedder.encode(["word " * 254, "word " * 254 + "elephant"])
    assert np.array_equal(long, longer)


def test_the_memo_is_bounded_and_changes_nothing() -> None:
    small = Embedder(memo=2)
    first = small.encode(TEXTS[:4])
    assert np.array_equal(small.encode(TEXTS[:4]), first)
    assert len(small._memo) == 2


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not the model")
    with pytest.raises(InputError, match="sha256"):
        Embedder(tmp_path / "model.onnx").encode(["a"])
    with pytest.raises(MissingExtra) as refusal:
        Embedder(tmp_path / "absent.onnx").encode(["a"])
    assert "seedbed[local]" in refusal.value.hint


def test_without_the_runtime_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtra, match="onnxruntime"):
        Embedder().encode(["a"])
