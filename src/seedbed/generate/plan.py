"""Which cell of topic x type each ask stands in, and which seeds it shows. Pure, and fixed by the run's seed."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from seedbed.records import Ask, Example
from seedbed.taxonomy import Label, Taxonomy

__all__ = ["Cells", "QuestionPlan", "TriplePlan"]

# llama.cpp draws choice i of a request with seed + i, so the seeds of two asks must not overlap
SEED_STRIDE = 1024


@dataclass(frozen=True, slots=True)
class Cells:
    """The order in which a plan visits the cells: cell i is (topic, type) ids."""

    topics: tuple[str, ...]
    types: tuple[str, ...]

    def uniform(self, index: int) -> tuple[str, str]:
        """Each cell once a round; in every prefix the counts of topics, and of types, differ by at most one.

        Topics and types alternate side by side. That meets every cell where their numbers have no common divisor;
        else it comes back to the first cell after their least common multiple, and the types step on by one.
        """
        again = math.lcm(len(self.topics), len(self.types))
        return self.topics[index % len(self.topics)], self.types[(index + index // again) % len(self.types)]


def shuffled(items: Sequence[str], *key: object) -> tuple[str, ...]:
    made = list(items)
    random.Random("/".join(map(str, key))).shuffle(made)
    return tuple(made)


class QuestionPlan:
    """`plan(index, first)` is the ask number `index`: its cell, sub-topic, lead-in and examples.

    Seeds are rotated so that each is shown about equally often: among those that fit best (same type and another
    topic, then another type), the ones shown least so far come first. A plan is therefore called with indices
    from 0 up; asking again for an earlier one (an ask made anew) gives the same cell and examples.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        seeds: Sequence[Example],
        *,
        asks: int,
        per_ask: int,
        shown: int,
        mode: str,
        lead_ins: bool,
        seed: int,
    ) -> None:
        self._taxonomy, self._seeds, self._per_ask, self._shown = taxonomy, tuple(seeds), per_ask, shown
        self._lead_ins, self._seed = lead_ins, seed
        self._used: Counter[str] = Counter()
        self._turns: Counter[tuple[str, str]] = Counter()
        self._made: list[tuple[str, str, str, str, tuple[str, ...]]] = []
        self._cell = self._cells(mode, asks)

    def _cells(self, mode: str, asks: int) -> Callable[[int], tuple[str, str]]:
        topics = shuffled([label.id for label in self._taxonomy.topics], self._seed, "topics")
        types = shuffled([label.id for label in self._taxonomy.question_types], self._seed, "types")
        labelled = [(s.topic, s.question_type) for s in self._seeds if s.topic and s.question_type]
        if mode == "uniform" or not labelled:
            return Cells(topics, types).uniform
        # proportional: the seeds' own cells, each as often as there are seeds in it, in a shuffled order
        rounds: list[tuple[str, str]] = []
        while len(rounds) < asks:
            turn = list(labelled)
            random.Random(f"{self._seed}/{len(rounds)}").shuffle(turn)
            rounds += turn
        return rounds.__getitem__

    def plan(self, index: int, first: int) -> Ask:
        while len(self._made) <= index:
            self._made.append(self._make(len(self._made)))
        topic, type_, subtopic, lead_in, examples = self._made[index]
        return Ask(
            id=f"a{first:07d}",
            first=first,
            count=self._per_ask,
            topic=topic,
            subtopic=subtopic or None,
            question_type=type_,
            lead_in=lead_in,
            examples=examples,
            seed=_seed(self._seed, first),
        )

    def _make(self, index: int) -> tuple[str, str, str, str, tuple[str, ...]]:
        topic_id, type_id = self._cell(index)
        topic, type_ = self._taxonomy.topic(topic_id), self._taxonomy.question_type(type_id)
        subtopic = self._next("subtopic", topic_id, topic.subtopics)
        lead_in = self._next("lead-in", type_id, type_.lead_ins) if self._lead_ins else ""
        draw = random.Random(f"{self._seed}/ask/{index}")
        return topic_id, type_id, subtopic, lead_in, self._examples(topic, type_, draw)

    def _next(self, kind: str, label: str, choices: Sequence[str]) -> str:
        """The choices of a label in turn, in a shuffled order: drawn at random, some would come three times over."""
        if not choices:
            return ""
        turn = self._turns[kind, label]
        self._turns[kind, label] += 1
        return shuffled(choices, self._seed, kind, label)[turn % len(choices)]

    def _examples(self, topic: Label, type_: Label, draw: random.Random) -> tuple[str, ...]:
        tie = {seed.id: draw.random() for seed in self._seeds}

        def fit(seed: Example) -> tuple[bool, bool, int, float]:
            return (
                seed.question_type != type_.id,
                seed.topic == topic.id,  # another topic, so that the model does not copy the seed's matter
                self._used[seed.id],
                tie[seed.id],
            )

        chosen = sorted(self._seeds, key=fit)[: self._shown]
        self._used.update(seed.id for seed in chosen)
        # the best fit last: a small model leans on the turn it read last
        return tuple(seed.id for seed in reversed(chosen))


class TriplePlan:
    """`plan(index, first)` is the ask for the triple number `index`: its prompt and the pairs it shows.

    `short_first` shows the shortest pairs, the same for every prompt: a small model imitates their length, and its
    server keeps what the prompts have in common. Else the pairs rotate in a shuffled order.
    """

    def __init__(
        self,
        prompts: Sequence[str],
        pairs: Sequence[Example],
        *,
        value: str,
        shown: int,
        seed: int,
        short_first: bool,
    ) -> None:
        self._prompts, self._value, self._shown, self._seed = tuple(prompts), value, shown, seed
        self._rotates = not short_first
        by_length = sorted(pairs, key=lambda pair: (len(pair.misaligned) + len(pair.aligned), pair.id))
        self._pairs = [pair.id for pair in by_length] if short_first else list(shuffled([p.id for p in pairs], seed))

    def plan(self, index: int, first: int) -> Ask:
        start = index * self._shown % len(self._pairs) if self._rotates and self._pairs else 0
        return Ask(
            id=f"a{first:07d}",
            first=first,
            count=1,
            value=self._value,
            prompt_id=self._prompts[index % len(self._prompts)],
            examples=tuple((self._pairs[start:] + self._pairs[:start])[: self._shown]),
            seed=_seed(self._seed, first),
        )


def _seed(run: int, first: int) -> int:
    """From the slot, not the index: an ask made anew must not draw the same words again. Fits 31 bits."""
    return (run * 1_000_003 + first * SEED_STRIDE) % 2_000_000_000
