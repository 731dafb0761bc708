"""Which seeds each ask of stage 0 shows, and what is made of the topics it kept. Pure, and fixed by the run's seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from seedbed.engine import again
from seedbed.generate.draws import model_seed
from seedbed.records import Ask, Example
from seedbed.taxonomy import Taxonomy

__all__ = ["TopicPlan", "equalised"]

Cell = tuple[str, str]
Found = tuple[tuple[str, str], ...]


class TopicPlan:
    """`ask(cell, count, first)` is the next ask of a cell. Called in order of slots.

    Shown are seeds with both labels: where they are to be worked turns, of another topic that has sub-topics; the
    same type first, and among equals those shown least so far.
    """

    def __init__(self, taxonomy: Taxonomy, seeds: Sequence[Example], *, shown: int, worked: bool, seed: int) -> None:
        self._seeds = [
            example
            for example in seeds
            if example.topic and example.question_type and (not worked or taxonomy.topic(example.topic).subtopics)
        ]
        self._shown, self._worked, self._seed = shown, worked, seed
        self._used = [0] * len(self._seeds)
        self._asks = 0

    def ask(self, cell: Cell, count: int, first: int) -> Ask:
        topic, type_ = cell
        shown = self._examples(topic, type_)
        self._asks += 1
        return Ask(
            id=f"a{first:07d}",
            first=first,
            count=count,
            topic=topic,
            question_type=type_,
            examples=tuple(self._seeds[position].id for position in shown),
            seed=model_seed(self._seed, first),
        )

    def again(self, ask: Ask, first: int) -> Ask:
        return again(ask, first, seed=model_seed(self._seed, first))

    def _examples(self, topic: str, type_: str) -> list[int]:
        seeds, used, turn = self._seeds, self._used, self._asks * 0x9E3779B1

        def fit(position: int) -> tuple[bool, bool, int, int]:
            seed = seeds[position]
            return (
                (seed.topic == topic) is self._worked,
                seed.question_type != type_,
                used[position],
                ((position + 1) * 0x85EBCA6B ^ turn) * 0xC2B2AE35 & 0xFFFFFFFF,  # ties fall otherwise in each ask
            )

        # a worked turn of the same topic would be the list that is asked for
        pool = [at for at, seed in enumerate(seeds) if not self._worked or seed.topic != topic]
        pool.sort(key=fit)
        firsts = {seeds[at].topic: at for at in reversed(pool)}  # the best fit of each topic, so that topics differ
        differing = [at for at in pool if firsts[seeds[at].topic] == at]
        chosen = [*differing, *(at for at in pool if at not in differing)][: self._shown]
        for position in chosen:
            used[position] += 1
        return chosen[::-1]


def equalised(found: Mapping[Cell, Found]) -> dict[Cell, Found]:
    """As many topics of every type as the type with the fewest has, of those that have any.

    A type's topics are left out from its fullest cells first, and there the last. This is what makes the published
    distribution of topics over types uniform, whatever the seeds were.
    """
    sizes: Counter[str] = Counter()
    for (_, type_), topics in found.items():
        sizes[type_] += len(topics)
    least = min((size for size in sizes.values() if size), default=0)
    cut: dict[Cell, Found] = {}
    for type_ in sizes:
        cells = [cell for cell in found if cell[1] == type_]
        in_turn = sorted((rank, at) for at, cell in enumerate(cells) for rank in range(len(found[cell])))
        taken = Counter(at for _, at in in_turn[:least])
        cut.update((cell, found[cell][: taken[at]]) for at, cell in enumerate(cells))
    return {cell: cut[cell] for cell in found}
