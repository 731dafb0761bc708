"""What each way of choosing would come to on the same seeds: coverage, evenness, and how near the chosen are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.curate.choosing.labels import labels_of
from seedbed.curate.choosing.stratified import stratum_of
from seedbed.curate.selection import Grounds, Kind, Selection, Strategy, select, unable
from seedbed.curate.settings import CurateSettings
from seedbed.curate.vectors import Space
from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.statistics import evenness
from seedbed.records import Question, Triple

if TYPE_CHECKING:
    from seedbed.curate.vectors import Vectors

__all__ = ["Figures", "compare_strategies", "mean_nearest_cosine"]

_DRAWS = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """One way of choosing. `chosen` are the ids in order; `shared` how many of them the standing choice has too.

    `cells` is how many cells of topic and type (for triples: values) have a chosen seed, of `of_cells` that the seeds
    which may be chosen fill. Evenness is Pielou's over the labels of those. `nearest` is the mean cosine of a chosen
    seed to the nearest other. Of the random way the interval is the range over 20 draws.
    """

    name: str
    strategy: Strategy | None
    chosen: tuple[str, ...]
    shared: int
    cells: Measured[float]
    of_cells: int
    evenness: dict[str, Measured[float]]
    nearest: Measured[float]


def compare_strategies(
    seeds: Sequence[Question | Triple],
    kind: Kind,
    settings: CurateSettings,
    grounds: Grounds,
    *,
    stage_one: Collection[str] = (),
    standing: Collection[str] = (),
    draws: int = _DRAWS,
) -> tuple[Figures, ...]:
    """Each way, by name, on the seeds that may be chosen.

    all           every one of them: what there is to choose from
    balanced      as the settings have it
    labels-only   balanced without regard to meaning, where there are vectors
    stratified    random within the cells
    manual        what people picked, where they did
    """

    def chosen_by(strategy: Strategy, **changed: int) -> Selection:
        how = settings.model_copy(update=changed)
        return select(seeds, kind, how, grounds, strategy=strategy, stage_one=stage_one)

    barred = unable(seeds, grounds)
    able = [item for item in seeds if item.id not in barred]
    if not able:
        return ()
    judge = _Judge(able, set(standing), grounds.vectors)
    found = [
        judge.figures("all", None, [item.id for item in able]),
        judge.figures("balanced", "balanced", chosen_by("balanced").chosen),
    ]
    if grounds.vectors and settings.diversity_weight:
        labels = chosen_by("balanced", diversity_weight=0).chosen
        found.append(judge.figures("labels-only", "balanced", labels))
    drawn = [chosen_by("stratified", seed=settings.seed + n).chosen for n in range(max(1, draws))]
    found.append(judge.figures("stratified", "stratified", drawn[0], drawn))
    if any(grounds.picks.get(item.id) for item in able):
        found.append(judge.figures("manual", "manual", chosen_by("manual").chosen))
    return tuple(found)


def mean_nearest_cosine(ids: Sequence[str], vectors: Vectors | None) -> Measured[float]:
    """Mean over the seeds that have a vector of the cosine to the nearest other of them."""
    known = [id for id in ids if vectors and id in vectors]
    if vectors is None or len(known) < 2:
        return NotApplicable("fewer than two of the seeds have a vector")
    return Value(float(Space(known, vectors).nearest().mean()), n=len(known))


class _Judge:
    def __init__(self, able: Sequence[Question | Triple], standing: set[str], vectors: Vectors | None) -> None:
        self._items = {item.id: item for item in able}
        self._standing, self._vectors = standing, vectors
        self._labels = {item.id: labels_of(item) for item in able}
        first = next(iter(self._labels.values()))
        self._kinds = {
            aspect: len({label for found in self._labels.values() for label in found[aspect]})
            for aspect in first
            if aspect != "cell"
        }
        self._of_cells = len({stratum_of(item) for item in able} - {""})

    def figures(
        self, name: str, strategy: Strategy | None, chosen: Sequence[str], draws: Sequence[Sequence[str]] = ()
    ) -> Figures:
        """The figures of `chosen`, with intervals from `draws` where the way is random."""

        def ranged(own: Measured[float], others: list[Measured[float]]) -> Measured[float]:
            values = sorted(item.value for item in others if isinstance(item, Value))
            if not isinstance(own, Value) or len(values) < 2:
                return own
            return Value(own.value, values[0], values[-1], own.n, note=f"range of {len(values)} draws")

        return Figures(
            name,
            strategy,
            tuple(chosen),
            len(self._standing & set(chosen)),
            ranged(self._cells(chosen), [self._cells(ids) for ids in draws]),
            self._of_cells,
            {
                aspect: ranged(self._even(aspect, chosen), [self._even(aspect, ids) for ids in draws])
                for aspect in self._kinds
            },
            ranged(
                mean_nearest_cosine(chosen, self._vectors),
                [mean_nearest_cosine(ids, self._vectors) for ids in draws],
            ),
        )

    def _cells(self, chosen: Sequence[str]) -> Measured[float]:
        return Value(float(len({stratum_of(self._items[id]) for id in chosen} - {""})), n=len(chosen))

    def _even(self, aspect: str, chosen: Sequence[str]) -> Measured[float]:
        return evenness(Counter(label for id in chosen for label in self._labels[id][aspect]), self._kinds[aspect])
