"""Made pairs whose signal is known, and an embedder that needs no model: words hashed into a vector."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.tokens import tokenise
from seedbed.records import Pool, Triple, Writer
from seedbed.study import Folder

_SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "xu", "za")
KIND = ("gladly", "fairly", "safely", "kindly", "openly", "gently")
UNKIND = ("rudely", "harshly", "falsely", "coldly", "meanly", "badly")


class WordEmbedder:
    """A text as the normalised sum of its words' directions. One that knows no language and no likeness of words."""

    name = "hashed-words"
    dim = 48
    fingerprint = "hashed-words-48"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([self._one(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dim)

    def _one(self, text: str) -> NDArray[np.float64]:
        total = np.zeros(self.dim)
        for word in tokenise(text):
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            total += np.random.default_rng(seed).standard_normal(self.dim)
        return total / (np.linalg.norm(total) or 1.0)


class OtherEmbedder(WordEmbedder):
    fingerprint = "another"


def words(draw: random.Random, count: int) -> str:
    return " ".join("".join(draw.choices(_SYLLABLES, k=3)) for _ in range(count))


def pairs(
    n: int, *, signal: int = 3, longer: int = 0, seed: int = 0, values: tuple[str, ...] = ("fairness",), **fields: Any
) -> list[Triple]:
    """`n` pairs of the alignment pool. Each response holds `signal` telling words among eight that tell nothing; the
    aligned one is `longer` words longer."""
    draw = random.Random(seed)
    made = []
    for index in range(n):
        texts = []
        for telling, extra in ((UNKIND, 0), (KIND, longer)):
            said = [*words(draw, 8 - signal).split(), *draw.choices(telling, k=signal), *words(draw, extra).split()]
            draw.shuffle(said)
            texts.append(" ".join(said))
        defaults: dict[str, Any] = {"values": values, "pool": Pool.ALIGNMENT, "written_by": by(Writer.HUMAN)}
        made.append(Triple(f"p{index:04d}", words(draw, 7) + "?", texts[0], "", texts[1], **{**defaults, **fields}))
    return made


def by(writer: Writer) -> dict[str, Writer]:
    return dict.fromkeys(("misaligned", "critique", "aligned"), writer)


def ids(triples: Sequence[Triple]) -> set[str]:
    return {triple.id for triple in triples}


def folder_at(path: Path) -> Folder:
    path.mkdir(exist_ok=True)
    (path / "study.toml").write_text("")
    return Folder(path)


def clouds(n: int, apart: float, *, dim: int = 6, seed: int = 0) -> NDArray[np.float64]:
    """Features of `n` pairs, shape (n, 2, dim): two normal clouds whose means lie `apart` in the first feature."""
    found = np.random.default_rng(seed).standard_normal((n, 2, dim))
    found[:, 1, 0] += apart
    return found
