"""Which question each triple answers, which seed pairs its prompt shows, and which are to be sound. Pure, and fixed by
the run's seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from seedbed.engine import again
from seedbed.generate.draws import model_seed, shuffled
from seedbed.records import Ask, Example

__all__ = ["TriplePlan", "is_sound"]


def is_sound(ask: Ask, *, seed: int, share: float) -> bool:
    """Whether the ask wants a response with nothing to put right: `share` of all asks, by their slots."""
    return share > 0 and random.Random(f"{seed}/sound/{ask.first}").random() < share


class TriplePlan:
    """`ask(prompt_id, first)` is the next ask for a question: the pairs it shows, in turn.

    Pairs are dealt like cards: all are shown once before any is shown again, and each deal is shuffled anew, so that a
    question that is answered several times sees other pairs each time. Of several values, pairs that have them all
    (by `pair_values`) are dealt alone where they fill a prompt; else they stand in each, and the rest is dealt.

    `short_first` shows the shortest pairs, the same for every prompt: a small model imitates their length, and its
    server keeps what the prompts have in common.
    """

    def __init__(
        self,
        pairs: Sequence[Example],
        *,
        values: tuple[str, ...],
        shown: int,
        seed: int,
        short_first: bool,
        pair_values: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._values, self._seed = values, seed
        by_length = sorted(pairs, key=lambda pair: (len(pair.misaligned) + len(pair.aligned), pair.id))
        having = pair_values or {}
        full = [pair.id for pair in by_length if set(values) <= set(having.get(pair.id, values))]
        rest = [pair.id for pair in by_length if pair.id not in full]
        self._always: list[str] = []  # in every prompt
        self._dealt: list[str] = []
        if short_first:
            self._always = (full + rest)[:shown]
        elif len(full) >= shown or not rest:
            self._dealt = full
        else:
            self._always, self._dealt = full, rest
        self._hand = min(shown - len(self._always), len(self._dealt))
        self._deck: list[str] = []
        self._deals = 0

    def ask(self, prompt_id: str, first: int) -> Ask:
        return Ask(
            id=f"a{first:07d}",
            first=first,
            count=1,
            values=self._values,
            prompt_id=prompt_id,
            examples=(*self._always, *self._deal()),
            seed=model_seed(self._seed, first),
        )

    def instead(self, ask: Ask, first: int) -> Ask:
        """The ask of another run at slot `first`, with this plan's pairs for its examples. All else stays."""
        return replace(ask, id=f"a{first:07d}", first=first, examples=(*self._always, *self._deal()))

    def again(self, ask: Ask, first: int) -> Ask:
        return again(ask, first, seed=model_seed(self._seed, first))

    def _deal(self) -> tuple[str, ...]:
        """The next cards; where a deal ends within a hand, the next begins with those that are not in it yet."""
        hand = self._deck[: self._hand]
        del self._deck[: self._hand]
        if len(hand) < self._hand:
            fresh = shuffled(self._dealt, self._seed, self._deals)
            self._deals += 1
            more = [id for id in fresh if id not in hand][: self._hand - len(hand)]
            self._deck = [id for id in fresh if id not in more]
            hand += more
        return tuple(hand)
