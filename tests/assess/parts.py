"""Swappable parts for tests: a small embedder of our own, and a parser that is not installed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import MissingExtra
from seedbed.measures.parser import Parse, Parser
from seedbed.measures.tokens import tokenise


class BagOfWords:
    """Hashed word counts, of unit length: texts that share words are near. Counts how many texts it was given."""

    name = "bag-of-words"
    fingerprint = "bag-of-words 256"
    dim = 256

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += len(texts)
        made = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in tokenise(text) or ["nothing"]:
                made[row, int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dim] += 1
        return made / np.linalg.norm(made, axis=1, keepdims=True)


class NoParser(Parser):
    """What an installation without the parser has."""

    def parse(self, texts: Iterable[str]) -> Iterator[Parse]:
        raise MissingExtra("the English parser is not installed", hint="pip install 'seedbed[local]'")
