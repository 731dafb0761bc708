"""Where each ask stands in topic x type, and which seeds it shows. Pure, and fixed by the run's seed."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from seedbed.engine import again, apportion
from seedbed.errors import SettingsError
from seedbed.generate.draws import model_seed, shuffled
from seedbed.records import Ask, Example
from seedbed.taxonomy import Taxonomy

__all__ = ["QuestionPlan", "cell_name", "sequence", "spread"]

Narrower = Mapping[tuple[str, str], Sequence[tuple[str, str]]]
"""For a cell of (topic, type) ids: narrower topics as (words, id of the row that holds them)."""


def cell_name(topic: str | None, type_: str | None) -> str:
    return f"{topic}/{type_}"


def spread(
    mode: str, taxonomy: Taxonomy, seeds: Sequence[Example], shares: Mapping[str, float], seed: int
) -> dict[tuple[str, str], float]:
    """The cells of (topic, type) ids that a plan visits, in order, each with its share of the rows.

    "uniform": all cells alike. "proportional": as many shares as seeds stand there; where no seed has both labels,
    uniform. "table": by `shares`, of which the most exact name of a cell counts. Raises SettingsError where that names
    an unknown label, or leaves no cell.
    """
    topics = shuffled([label.id for label in taxonomy.topics], seed, "topics")
    types = shuffled([label.id for label in taxonomy.question_types], seed, "types")
    labelled = Counter((s.topic, s.question_type) for s in seeds if s.topic and s.question_type)
    every = list(itertools.islice(_diagonal(topics, types), len(topics) * len(types)))
    if mode == "table":
        return _by_table(every, shares, taxonomy)
    if mode == "uniform" or not labelled:
        return dict.fromkeys(every, 1.0)
    return {cell: float(labelled[cell]) for cell in every if labelled[cell]}


def _diagonal(topics: Sequence[str], types: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each cell once a round; in every prefix the counts of topics, and of types, differ by at most one.

    Topics and types alternate side by side. That meets every cell where their numbers have no common divisor; else it
    comes back to the first cell after their least common multiple, and the types step on by one.
    """
    around = math.lcm(len(topics), len(types))
    for index in itertools.count():
        yield topics[index % len(topics)], types[(index + index // around) % len(types)]


def _by_table(
    every: Sequence[tuple[str, str]], shares: Mapping[str, float], taxonomy: Taxonomy
) -> dict[tuple[str, str], float]:
    topics, types = {label.id for label in taxonomy.topics}, {label.id for label in taxonomy.question_types}
    for name, share in shares.items():
        topic, _, type_ = name.rpartition("/")
        if topic not in topics | {"*"} or type_ not in types | {"*"} or not 0 <= share < math.inf:
            raise SettingsError(
                f'generate.questions.shares: "{name}" = {share:g} is no share of a cell',
                hint='Name cells by the ids of the taxonomy, as "topic/type"; * stands for any, shares are 0 or more.',
            )
    found = {}
    for topic, type_ in every:
        names = (f"{topic}/{type_}", f"{topic}/*", f"*/{type_}", "*/*")
        share = next((shares[name] for name in names if name in shares), 0.0)
        if share > 0:
            found[topic, type_] = share
    if not found:
        raise SettingsError(
            "generate.questions.shares gives no cell a share", hint='Give all of them one with "*/*" = 1.'
        )
    return found


def sequence(
    shares: Mapping[tuple[str, str], float], asks: int, seed: int
) -> Sequence[tuple[str, str]] | Iterator[tuple[str, str]]:
    """The cell of each of `asks` asks: round by round where all shares are alike, else shuffled over their quotas."""
    cells = list(shares)
    if len(set(shares.values())) == 1:
        return itertools.islice(itertools.cycle(cells), asks)
    quotas = apportion({cell_name(*cell): share for cell, share in shares.items()}, asks)
    made = [cell for cell in cells for _ in range(quotas[cell_name(*cell)])]
    random.Random(f"{seed}/cells").shuffle(made)
    return made


class QuestionPlan:
    """`ask(cell, count, first)` is the next ask of a cell: its sub-topic, lead-in, examples, and persona.

    Seeds are rotated so that each is shown about equally often: among those that fit best, the ones not shown for
    longest come first. So what an ask shows hangs on the asks before it: a plan is called in order of slots.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        seeds: Sequence[Example],
        *,
        shown: int,
        lead_ins: bool,
        seed: int,
        narrower: Narrower | None = None,
    ) -> None:
        self._taxonomy, self._seeds, self._shown = taxonomy, tuple(seeds), shown
        self._lead_ins, self._seed = lead_ins, seed
        # positions of seeds, the one not shown for longest first: of all, and of each type
        order = shuffled([str(position) for position in range(len(self._seeds))], seed, "seeds")
        self._rotation = OrderedDict.fromkeys(map(int, order))
        self._of_type: dict[str | None, OrderedDict[int, None]] = {}
        for position in self._rotation:
            self._of_type.setdefault(self._seeds[position].question_type, OrderedDict())[position] = None
        self._turns: Counter[tuple[str, ...]] = Counter()
        self._orders: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}
        self._narrower = narrower
        self._asks = 0

    def ask(self, cell: tuple[str, str], count: int, first: int) -> Ask:
        topic, type_ = cell
        label = self._taxonomy.topic(topic)
        if self._narrower is None:
            subtopic, grown_from = self._next(("subtopic", topic), [(words, "") for words in label.subtopics])
        else:
            subtopic, grown_from = self._next(("narrower", topic, type_), self._narrower.get(cell, ()))
        lead_ins = self._taxonomy.question_type(type_).lead_ins if self._lead_ins else ()
        lead_in, _ = self._next(("lead-in", type_), [(words, "") for words in lead_ins])
        shown = self._examples(topic, type_)
        self._asks += 1
        return Ask(
            id=f"a{first:07d}",
            first=first,
            count=count,
            topic=topic,
            subtopic=subtopic or None,
            question_type=type_,
            lead_in=lead_in,
            examples=tuple(self._seeds[position].id for position in shown),
            seed=model_seed(self._seed, first),
            grown_from=grown_from or None,
            persona_from=self._persona(shown),
        )

    def instead(self, ask: Ask, first: int) -> Ask:
        """The ask of another run at slot `first`, with this plan's seeds for its examples and what comes from them.

        All else stays, the random numbers too. Called in order of slots, as `ask` is.
        """
        assert ask.topic is not None
        assert ask.question_type is not None
        shown = self._examples(ask.topic, ask.question_type)
        self._asks += 1
        return replace(
            ask,
            id=f"a{first:07d}",
            first=first,
            examples=tuple(self._seeds[position].id for position in shown),
            persona_from=self._persona(shown),
        )

    def again(self, ask: Ask, first: int) -> Ask:
        return again(ask, first, seed=model_seed(self._seed, first))

    def _next(self, key: tuple[str, ...], choices: Sequence[tuple[str, str]]) -> tuple[str, str]:
        """The choices of a label in turn, in a shuffled order: drawn at random, some would come three times over."""
        if not choices:
            return "", ""
        order = self._orders.get(key)
        if order is None:
            order = self._orders[key] = _shuffled(choices, self._seed, *key)
        turn = self._turns[key]
        self._turns[key] += 1
        return order[turn % len(order)]

    def _examples(self, topic: str, type_: str) -> list[int]:
        """Positions of the seeds to show, the best fit last: a small model leans on the turn it read last.

        Same type before another, and another topic before the same, so that the model does not copy the seed's matter;
        among equals the one not shown for longest. Looks at few seeds, however many there are.
        """
        chosen: list[int] = []
        for pool in (self._of_type.get(type_), self._rotation):
            for same_topic in (False, True):
                if pool is None or len(chosen) == self._shown:
                    break
                wanted = self._shown - len(chosen)
                fitting = (p for p in pool if (self._seeds[p].topic == topic) is same_topic and p not in chosen)
                chosen += list(itertools.islice(fitting, wanted))
        for position in chosen:
            self._rotation.move_to_end(position)
            self._of_type[self._seeds[position].question_type].move_to_end(position)
        return chosen[::-1]

    def _persona(self, shown: Sequence[int]) -> str | None:
        """Of the seeds shown, the one whose persona, scenario and entities the new question is to take on."""
        found = [s for position in shown if (s := self._seeds[position]).persona or s.scenario or s.entities]
        return found[self._asks % len(found)].id if found else None


def _shuffled(items: Sequence[tuple[str, str]], *key: object) -> tuple[tuple[str, str], ...]:
    order = shuffled([str(index) for index in range(len(items))], *key)
    return tuple(items[int(index)] for index in order)
