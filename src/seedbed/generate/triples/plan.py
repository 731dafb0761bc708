"""Which question each triple answers, and which seed pairs its prompt shows. Pure, and fixed by the run's seed."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.engine import again
from seedbed.generate.draws import model_seed, shuffled
from seedbed.records import Ask, Example

__all__ = ["TriplePlan"]


class TriplePlan:
    """`ask(prompt_id, first)` is the next ask for a question: the pairs it shows, in turn.

    `short_first` shows the shortest pairs, the same for every prompt: a small model imitates their length, and its
    server keeps what the prompts have in common. Else the pairs rotate in a shuffled order.
    """

    def __init__(
        self, pairs: Sequence[Example], *, values: tuple[str, ...], shown: int, seed: int, short_first: bool
    ) -> None:
        self._values, self._shown, self._seed = values, shown, seed
        self._rotates = not short_first
        by_length = sorted(pairs, key=lambda pair: (len(pair.misaligned) + len(pair.aligned), pair.id))
        self._pairs = [pair.id for pair in by_length] if short_first else list(shuffled([p.id for p in pairs], seed))
        self._asks = 0

    def ask(self, prompt_id: str, first: int) -> Ask:
        start = self._asks * self._shown % len(self._pairs) if self._rotates and self._pairs else 0
        self._asks += 1
        return Ask(
            id=f"a{first:07d}",
            first=first,
            count=1,
            values=self._values,
            prompt_id=prompt_id,
            examples=tuple((self._pairs[start:] + self._pairs[:start])[: self._shown]),
            seed=model_seed(self._seed, first),
        )

    def again(self, ask: Ask, first: int) -> Ask:
        return again(ask, first, seed=model_seed(self._seed, first))
