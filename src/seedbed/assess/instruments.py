"""The embedder, the parser and the grammar checker, each behind the cache, each allowed to be absent.

Where an optional package is missing the instrument says why, and what it would have measured is NotApplicable with
that reason; everything else is measured all the same.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from seedbed.assess.cache import Cache
from seedbed.assess.document import Instrument
from seedbed.errors import MissingExtra
from seedbed.measures.definition import NotApplicable
from seedbed.measures.embed import Embedder, TextEmbedder
from seedbed.measures.grammar import GRAMMAR_KINDS, problems
from seedbed.measures.parser import Parse, Parser, Token

__all__ = ["GRAMMAR_FINGERPRINT", "Instruments", "Listen", "cached_fingerprints"]

T = TypeVar("T")
Listen = Callable[[str, int, int], None]
# bump where what is stored of a text changes, so that older entries are not read as the new ones
PARSE_FORMAT = "parse/1"
GRAMMAR_FINGERPRINT = "harper-py 0.2.0 " + ",".join(sorted(GRAMMAR_KINDS))


class Instruments:
    """What assessment measures with. `embedder` and `parser` default to the packaged ones."""

    def __init__(
        self,
        cache: Cache,
        *,
        embedder: TextEmbedder | None = None,
        parser: Parser | None = None,
        listen: Listen = lambda what, done, total: None,
    ) -> None:
        self._cache, self._listen = cache, listen
        self.embedder: TextEmbedder = embedder or Embedder()
        self.parser = parser or Parser()
        self._absent: dict[str, str] = {}
        self._vectors: dict[str, NDArray[np.float16]] = {}  # of this assessment: several measures ask for the same

    def embed(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]] | NotApplicable:
        """Each distinct text with its vector, of unit length to within float16 rounding."""

        def compute(part: Sequence[str]) -> list[bytes]:
            return [row.astype(np.float16).tobytes() for row in self.embedder.encode(part)]

        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        found = self._get("embedding", self.embedder.fingerprint, new, compute)
        if isinstance(found, NotApplicable):
            return found
        self._vectors.update((text, np.frombuffer(value, dtype=np.float16)) for text, value in found.items())
        return {text: self._vectors[text].astype(np.float32) for text in dict.fromkeys(texts)}

    @property
    def dim(self) -> int:
        return self.embedder.dim

    @property
    def name(self) -> str:
        return self.embedder.name

    @property
    def fingerprint(self) -> str:
        return self.embedder.fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dim): the embedder as others take it, behind the cache. Raises MissingExtra."""
        found = self.embed(texts)
        if isinstance(found, NotApplicable):
            raise MissingExtra(found.reason, hint="pip install 'seedbed[local]'")
        return np.stack([found[text] for text in texts]) if texts else np.empty((0, self.dim), dtype=np.float32)

    def parse(self, texts: Sequence[str]) -> dict[str, Parse] | NotApplicable:
        """Each distinct text with its dependency parse."""
        found = self._get("parsing", _parse_key(self.parser), texts, lambda part: map(_pack, self.parser.parse(part)))
        if isinstance(found, NotApplicable):
            return found
        return {text: _unpack(text, value) for text, value in found.items()}

    def grammar(self, texts: Sequence[str]) -> dict[str, int] | NotApplicable:
        """Each distinct text with the number of problems of grammar that the checker finds."""

        def compute(part: Sequence[str]) -> list[bytes]:
            return [b"%d" % sum(problem.kind in GRAMMAR_KINDS for problem in problems(text)) for text in part]

        found = self._get("checking grammar", GRAMMAR_FINGERPRINT, texts, compute)
        if isinstance(found, NotApplicable):
            return found
        return {text: int(value) for text, value in found.items()}

    def used(self) -> tuple[Instrument, ...]:
        """The instruments by name, with why one could not be used."""
        named = [
            ("embedding", self.embedder.name, self.embedder.fingerprint),
            ("parsing", self.parser.name, self.parser.fingerprint),
            ("checking grammar", "Harper", GRAMMAR_FINGERPRINT),
        ]
        return tuple(Instrument(name, mark, self._absent.get(what, "")) for what, name, mark in named)

    def _get(
        self, what: str, fingerprint: str, texts: Sequence[str], compute: Callable[[Sequence[str]], Iterable[bytes]]
    ) -> dict[str, bytes] | NotApplicable:
        if what not in self._absent:
            try:
                return self._cache.get(
                    fingerprint, texts, compute, listen=lambda done, total: self._listen(what, done, total)
                )
            except MissingExtra as error:
                self._absent[what] = f"{error}: {error.hint}"
        return NotApplicable(self._absent[what])


def cached_fingerprints() -> tuple[str, ...]:
    """The fingerprints under which the packaged instruments store what they find: what `forget` must be given."""
    return Embedder.fingerprint, _parse_key(Parser), GRAMMAR_FINGERPRINT


def _parse_key(parser: Parser | type[Parser]) -> str:
    return f"{PARSE_FORMAT} {parser.fingerprint}"


def _pack(parse: Parse) -> bytes:
    tokens = [[t.text, t.lemma, t.pos, t.tag, t.dep, t.head, t.start] for t in parse.tokens]
    return zlib.compress(json.dumps([tokens, parse.sentences], ensure_ascii=False).encode(), 1)


def _unpack(text: str, value: bytes) -> Parse:
    tokens, sentences = json.loads(zlib.decompress(value))
    return Parse(text, tuple(Token(*token) for token in tokens), tuple((first, end) for first, end in sentences))
