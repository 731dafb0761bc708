"""The figures of every set and of every pair of sets, each made once: an unchanged set is read back from the cache.

What a figure was made from is hashed: the lines of its rows, what people rated, settings, taxonomy, and the code of
the measures. So a stored figure is the one that would be made again.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

import seedbed.assess
import seedbed.measures
from seedbed.assess.cache import Cache
from seedbed.assess.comparing import compare, pairs_to_compare, question_resamples, response_resamples
from seedbed.assess.document import Comparison, Number, QuestionFigures, ResponseFigures, RowSet
from seedbed.assess.material import PairSet, QuestionSet
from seedbed.assess.resampling import Resamples
from seedbed.assess.summaries import Summarizer

__all__ = ["Figures"]

T = TypeVar("T")


class Figures:
    """Makes or finds figures. `lines` are the rows as they are written, by id: what a set's figures stand on."""

    def __init__(self, cache: Cache, made: Summarizer, lines: Mapping[str, bytes]) -> None:
        self._cache, self._made, self._lines = cache, made, lines
        self._digests: dict[str, str] = {}
        self._infos: list[RowSet] = []
        self._marks: dict[str, Number] = {}
        self._resamples: dict[str, Resamples] = {}
        self._draw: dict[str, Callable[[], Resamples]] = {}
        settings = made.settings.model_dump_json(exclude={"workers"})
        common = [settings, repr(made.taxonomy), made.instruments, _code()]
        self._common = {
            "questions": "\n".join([*common, repr(made.questions_alike), *made.seeds]),
            "triples": "\n".join([*common, repr(made.responses_alike), repr(made.seed_pairs)]),
        }

    def questions(self, part: QuestionSet) -> QuestionFigures:
        """The figures of a set of questions."""
        info, ids = part.info, [item.id for item in part.items]
        rated = [[id, rating.rater, rating.value] for id in ids for rating in self._made.ratings.get(id, ())]
        self._add(
            info, ids, rated,
            lambda: question_resamples(info, [self._made.rows.questions[id] for id in ids], self._made.settings),
        )  # fmt: skip
        found = self._stored(QuestionFigures, [info.key], lambda: self._made.questions(part, self._resampled(info.key)))
        self._marks[info.key] = found.question_mark
        return found

    def responses(self, part: PairSet) -> ResponseFigures:
        """The figures of a set of triples."""
        info, ids = part.info, [pair.id for pair in part.pairs]
        self._add(
            info, ids, [],
            lambda: response_resamples(info, [self._made.rows.pairs[id] for id in ids], self._made.settings),
        )  # fmt: skip
        return self._stored(ResponseFigures, [info.key], lambda: self._made.responses(part, self._resampled(info.key)))

    def comparisons(self, listen: Callable[[int, int], None]) -> tuple[Comparison, ...]:
        """All pairs of the sets that were asked for."""
        wanted = pairs_to_compare([info for info in self._infos if info.stage == "questions"])
        wanted += pairs_to_compare([info for info in self._infos if info.stage == "triples"])
        found: list[Comparison] = []
        for done, (a, b) in enumerate(wanted):
            listen(done, len(wanted))
            found += self._stored(tuple[Comparison, ...], [a.key, b.key], functools.partial(self._compared, a, b))
        listen(len(wanted), len(wanted))
        return tuple(found)

    def _compared(self, a: RowSet, b: RowSet) -> tuple[Comparison, ...]:
        marks = (self._marks[a.key], self._marks[b.key]) if a.stage == "questions" else None
        sides = [(info, self._resampled(info.key)) for info in (a, b)]
        return tuple(compare(sides[0], sides[1], marks, self._made.settings.seed))

    def _resampled(self, key: str) -> Resamples:
        if key not in self._resamples:
            self._resamples[key] = self._draw[key]()
        return self._resamples[key]

    def _add(self, info: RowSet, ids: Sequence[str], more: Any, draw: Callable[[], Resamples]) -> None:
        digest = hashlib.sha256(f"{info!r}\n{json.dumps(more)}\n{self._common[info.stage]}".encode())
        for id in ids:
            digest.update(self._lines[id])
        self._digests[info.key] = digest.hexdigest()
        self._draw[info.key] = draw
        self._infos.append(info)

    def _stored(self, kind: Any, keys: Sequence[str], make: Callable[[], T]) -> T:
        adapter = _adapter(kind)
        made: list[T] = []

        def compute() -> bytes:
            made.append(make())
            return adapter.dump_json(made[0])

        name = " ".join([getattr(kind, "__name__", "comparison"), *(self._digests[key] for key in keys)])
        value = self._cache.sum(name, compute)
        return made[0] if made else adapter.validate_json(value)


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@functools.cache
def _code() -> str:
    """A digest of the code that figures are made by."""
    found = hashlib.sha256()
    for room in (seedbed.assess, seedbed.measures):
        for path in sorted(Path(str(room.__file__)).parent.glob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()
