from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from seedbed.curate import curate, load
from seedbed.curate.vectors import Space, cosine_ties, load_vectors, vectors_of, vectors_path
from seedbed.measures.tokens import tokenise
from seedbed.records import Pool, Question
from seedbed.study import Folder
from tests.curate.planted import PLAIN, crowd, plant, question, triple


class ByWords:
    """An embedder of our own: each word is a direction that its hash decides, a text the sum of its words'."""

    name, dim = "by-words", 64

    def __init__(self, fingerprint: str = "by-words/1") -> None:
        self.fingerprint = fingerprint
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        rows = np.zeros((len(texts), self.dim))
        for row, text in enumerate(texts):
            for word in tokenise(text):
                seed = int(hashlib.sha256(word.encode()).hexdigest()[:8], 16)
                rows[row] += np.random.default_rng(seed).normal(size=self.dim)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)


def test_each_seed_has_a_vector_under_its_id_and_is_embedded_once(study: Folder) -> None:
    embedder = ByWords()
    seeds = [*crowd(5), triple("t1", "Why is the river so loud?"), question("empty", " ")]
    heard: list[tuple[str, int, int]] = []
    first = load_vectors(study, seeds, lambda *said: heard.append(said), embedder=embedder)
    assert first is not None
    assert set(first) == {*(item.id for item in crowd(5)), "t1"}
    assert all(vector.shape == (64,) and vector.dtype == np.float32 for vector in first.values())
    assert np.allclose(first["t1"], embedder.encode(["Why is the river so loud?"])[0])
    assert heard == [("embedding seeds", 6, 6)]
    again = ByWords()
    second = load_vectors(study, [*seeds, question("new")], embedder=again)
    assert second is not None
    assert again.asked == [question("new").text]
    assert all(np.array_equal(first[id], second[id]) for id in first)


def test_a_text_that_changed_is_embedded_anew(study: Folder) -> None:
    before = load_vectors(study, [question("q", "Why is the river loud?")], embedder=ByWords())
    after = load_vectors(study, [question("q", "Where do candles melt?")], embedder=ByWords())
    assert before is not None
    assert after is not None
    assert not np.array_equal(before["q"], after["q"])


def test_the_file_holds_no_words_and_no_ids(study: Folder) -> None:
    load_vectors(study, [question("telltale-id", "Zanzibar zebras zigzag?")], embedder=ByWords())
    content = vectors_path(study).read_bytes().lower()
    for words in (b"telltale", b"zanzibar", b"zebra", b"zigzag"):
        assert words not in content


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"\x93NUMPY"])
def test_a_damaged_file_is_thrown_away(study: Folder, content: bytes) -> None:
    load_vectors(study, crowd(3), embedder=ByWords())
    vectors_path(study).write_bytes(content)
    embedder = ByWords()
    found = load_vectors(study, crowd(3), embedder=embedder)
    assert found is not None
    assert len(found) == len(embedder.asked) == 3
    again = ByWords()
    load_vectors(study, crowd(3), embedder=again)
    assert again.asked == []


def test_another_embedder_starts_anew(study: Folder) -> None:
    load_vectors(study, crowd(3), embedder=ByWords())
    other = ByWords("by-words/2")
    load_vectors(study, crowd(3), embedder=other)
    assert len(other.asked) == 3


def test_nothing_is_written_where_nothing_is_to_be_kept(study: Folder) -> None:
    assert load_vectors(study, crowd(3), embedder=ByWords(), keep=False)
    assert not vectors_path(study).exists()
    assert vectors_of(study, {"label:health": "Health"}, embedder=ByWords())
    assert vectors_path(study).exists()


def test_erasing_removes_the_vectors(study: Folder) -> None:
    from seedbed.seeds.erasing import erase
    from seedbed.study.events import EventStore

    plant(study, question("a", authors=("ana",)), question("b", authors=("ben",)))
    curate(study, PLAIN.model_copy(update={"vectors": True}), embedder=ByWords())
    assert vectors_path(study).exists()
    with EventStore.of(study) as store:
        erase(store, "ana", study)
    assert not vectors_path(study).exists()


def test_seeds_alike_in_meaning_are_tied_and_only_those() -> None:
    draw = random.Random(1)
    base = {f"q{n:03d}": np.array([draw.gauss(0, 1) for _ in range(64)]) for n in range(300)}
    near = base["q007"] + 0.2 * base["q008"]
    vectors = {
        id: (row / np.linalg.norm(row)).astype(np.float16).astype(np.float32)
        for id, row in {**base, "q999": near}.items()
    }
    ids = sorted(vectors)
    rows = np.stack([vectors[id].astype(np.float64) for id in ids])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = rows @ rows.T
    wanted = {(ids[a], ids[b]) for a, b in np.argwhere(cosines >= 0.4) if a < b}
    found = cosine_ties(vectors, 0.4)
    assert {tie.ids for tie in found} == wanted
    assert ("q007", "q999") in wanted
    assert len(wanted) > 1
    assert all(
        tie.measured == pytest.approx(cosines[ids.index(tie.ids[0]), ids.index(tie.ids[1])], abs=1e-4) for tie in found
    )
    assert cosine_ties(None, 0.9) == []


def test_cosines_are_the_same_whoever_stands_beside() -> None:
    vectors = ByWords().encode([item.text for item in crowd(40)])
    named = {f"q{n}": row for n, row in enumerate(vectors)}
    whole = Space(list(named), named)
    part = Space(["q3", "q30", "q7", "without"], named)
    assert part.cosines(0)[1] == whole.cosines(3)[30]
    assert part.cosines(3).tolist() == [0, 0, 0, 0]


def test_no_pair_alike_in_meaning_stands_on_both_sides_of_the_pools(study: Folder) -> None:
    words = ["river", "stone", "paper", "cloud", "market", "bridge", "winter", "salad"]
    alike = [
        question(f"g{n}-{m}", " ".join([*words[n:], *words[:n], f"x{n}"][:: 1 if m else -1]))
        for n in range(8)
        for m in (0, 1)
    ]
    plant(study, *alike, *crowd(20))
    curate(study, PLAIN.model_copy(update={"vectors": True, "evaluation_share": 0.4}), embedder=ByWords())
    curation = load(study)
    rows = load_vectors(study, curation.questions, embedder=ByWords())
    near = [tie for tie in cosine_ties(rows, 0.9) if all(id in curation.included for id in tie.ids)]
    assert near
    for tie in near:
        assert len({curation.pools[id] for id in tie.ids}) == 1
    assert {Pool.ALIGNMENT, Pool.EVALUATION} == set(curation.pools.values())


@pytest.mark.model
def test_the_embedded_one_reads_english_alone(study: Folder) -> None:
    seeds: list[Question] = [
        question("a", "How do I treat a headache?"),
        question("b", "What helps against a headache?"),
        question("c", "Which bank gives loans?"),
        question("pt", "Como trato uma dor de cabeça?", language="pt"),
    ]
    found = load_vectors(study, seeds)
    assert found is not None
    assert set(found) == {"a", "b", "c"}
    assert found["a"] @ found["b"] > 0.6 > 0.3 > found["a"] @ found["c"]


def test_a_file_that_is_no_archive_or_holds_no_numbers_is_thrown_away(study: Folder) -> None:
    texts = {"a": "rivers are loud", "b": "the sea is calm"}
    sound = vectors_of(study, texts, embedder=ByWords())
    assert sound is not None
    path = vectors_path(study)
    with np.load(path) as found:
        kept = dict(found)
    content = path.read_bytes()
    no_array, no_numbers, none = io.BytesIO(), io.BytesIO(), io.BytesIO()
    np.save(no_array, np.zeros(3))
    np.savez(no_numbers, **{**kept, "vectors": np.full_like(kept["vectors"], np.nan)})
    np.savez(none, **{**kept, "vectors": kept["vectors"][:, :0]})
    at = content.rindex(b"PK\x01\x02") + 10  # the way of compression, in the last entry of the list
    odd = content[:at] + b"\x63\x00" + content[at + 2 :]
    for broken in (no_array.getvalue(), no_numbers.getvalue(), none.getvalue(), odd):
        path.write_bytes(broken)
        again = vectors_of(study, texts, embedder=ByWords())
        assert again is not None
        assert all((again[name] == sound[name]).all() for name in texts)


def test_another_model_under_the_same_name_is_another_model(study: Folder) -> None:
    class Shorter(ByWords):
        dim = 8

    vectors_of(study, {"a": "rivers are loud"}, embedder=ByWords())
    now = vectors_of(study, {"a": "rivers are loud", "b": "the sea is calm"}, embedder=Shorter())
    assert now is not None
    assert {len(vector) for vector in now.values()} == {8}
