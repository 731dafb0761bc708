"""The embedder, the parser and the grammar checker, each behind the cache, each allowed to be absent.

Where an optional package is missing the instrument says why, and what it would have measured is NotApplicable with
that reason; everything else is measured all the same. Many new texts are read by several processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from seedbed.assess.cache import Cache
from seedbed.assess.document import Instrument
from seedbed.assess.reading import Reading, pack, readings, rules_fingerprint, unpack
from seedbed.assess.workers import LEAST_TEXTS, Workers, usable
from seedbed.errors import MissingExtra
from seedbed.measures.definition import NotApplicable
from seedbed.measures.embed import Embedder, TextEmbedder
from seedbed.measures.grammar import GRAMMAR_KINDS, problems
from seedbed.measures.parser import Parser

__all__ = ["Instruments", "Listen", "Vectors"]

T = TypeVar("T")
Listen = Callable[[str, int, int], None]
GRAMMAR_FINGERPRINT = "harper-py 0.2.0 " + ",".join(sorted(GRAMMAR_KINDS))


class Vectors:
    """The vectors of many texts as one float16 matrix, a row a text: 51 MB for 66,609 texts of 384 numbers."""

    def __init__(self, dim: int) -> None:
        self._rows: dict[str, int] = {}
        self._matrix = np.zeros((0, dim), dtype=np.float16)

    def __contains__(self, text: object) -> bool:
        return text in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, found: Mapping[str, bytes]) -> None:
        """Take vectors as the cache has them."""
        new = [text for text in found if text not in self._rows]
        rows = np.frombuffer(b"".join(found[text] for text in new), dtype=np.float16)
        self._rows.update(zip(new, range(len(self._rows), len(self._rows) + len(new)), strict=True))
        self._matrix = np.concatenate([self._matrix, rows.reshape(len(new), self._matrix.shape[1])])

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dim), in the order of the texts. Raises KeyError for a text that was not added."""
        return self._matrix[[self._rows[text] for text in texts]].astype(np.float32)


class Instruments:
    """What assessment measures with. `embedder` and `parser` default to the packaged ones.

    Only those are run by `workers` processes (0: one a core), for only those can another process make alike.
    """

    def __init__(
        self,
        cache: Cache,
        *,
        embedder: TextEmbedder | None = None,
        parser: Parser | None = None,
        workers: int = 1,
        listen: Listen = lambda what, done, total: None,
    ) -> None:
        self.cache, self._listen = cache, listen
        self._own = {"embed": embedder is None, "read": parser is None}
        self.embedder: TextEmbedder = embedder or Embedder(memo=0)
        self.parser = parser or Parser()
        self._workers = Workers(usable(workers))
        self._absent: dict[str, str] = {}
        self._vectors = Vectors(self.embedder.dim)  # of this assessment: several measures ask for the same

    def embed(self, texts: Iterable[str]) -> Vectors | NotApplicable:
        """The vectors of at least these texts, of unit length to within float16 rounding."""

        def compute(part: Sequence[str]) -> Iterator[bytes]:
            if self._shared("embed", part):
                yield from self._workers.run("embed", "", part)
                return
            for start in range(0, len(part), 64):
                yield from (row.astype(np.float16).tobytes() for row in self.embedder.encode(part[start : start + 64]))

        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        found = self._get("embedding", self.embedder.fingerprint, new, compute)
        if isinstance(found, NotApplicable):
            return found
        self._vectors.add(found)
        return self._vectors

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
        return found.of(texts)

    def read(self, texts: Iterable[str], language: str) -> tuple[dict[str, Reading], str]:
        """Each distinct text with its reading, and why no parser read it ("" where one did, or none reads this
        language)."""
        wanted = list(dict.fromkeys(texts))

        def compute(parser: Parser | None) -> Callable[[Sequence[str]], Iterator[bytes]]:
            def read(part: Sequence[str]) -> Iterator[bytes]:
                if parser is not None and self._shared("read", part):
                    yield from self._workers.run("read", language, part)
                    return
                yield from map(pack, readings(part, language, parser))

            return read

        rules = f"reading {rules_fingerprint()} {language}"
        found = self._get("parsing", f"{rules} {self.parser.fingerprint}", wanted, compute(self.parser))
        why = ""
        if isinstance(found, NotApplicable):
            why = found.reason
            found = self.cache.get(f"{rules} no parser", wanted, compute(None))
        return {text: unpack(value) for text, value in found.items()}, why

    def grammar(self, texts: Iterable[str]) -> dict[str, int] | NotApplicable:
        """Each distinct text with the number of problems of grammar that the checker finds. 4 ms a text."""

        def compute(part: Sequence[str]) -> Iterator[bytes]:
            return (b"%d" % sum(problem.kind in GRAMMAR_KINDS for problem in problems(text)) for text in part)

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

    def close(self) -> None:
        """End the processes that read, and give back their memory. Texts that come later start new ones."""
        self._workers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _shared(self, task: str, texts: Sequence[str]) -> bool:
        return self._own[task] and self._workers.count > 1 and len(texts) >= LEAST_TEXTS

    def _get(
        self, what: str, fingerprint: str, texts: Iterable[str], compute: Callable[[Sequence[str]], Iterable[bytes]]
    ) -> dict[str, bytes] | NotApplicable:
        if what not in self._absent:
            try:
                return self.cache.get(
                    fingerprint, texts, compute, listen=lambda done, total: self._listen(what, done, total)
                )
            except MissingExtra as error:
                self._absent[what] = f"{error}: {error.hint}"
        return NotApplicable(self._absent[what])
