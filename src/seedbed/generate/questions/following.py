"""The asks of another run, to be asked once more with other examples: what a control of that run is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from seedbed.engine import CountingPlanner
from seedbed.records import Ask, Row, State
from seedbed.study import Folder

__all__ = ["Followed", "FollowingPlan", "followed"]


class FollowingPlan(Protocol):
    """A plan that gives an ask of another run its own examples."""

    def instead(self, ask: Ask, first: int) -> Ask: ...
    def again(self, ask: Ask, first: int) -> Ask: ...


@dataclass(frozen=True, slots=True)
class Followed:
    """`asks` of the run of that name, in the order of their slots, and the cell limit that its gates worked with."""

    run: str
    asks: tuple[Ask, ...]
    per_cell: int | None = None

    @property
    def shown(self) -> int:
        """The most examples that one of the asks shows."""
        return max((len(ask.examples) for ask in self.asks), default=0)

    def planner(self, plan: FollowingPlan, *, with_seeds: bool) -> CountingPlanner:
        """The same asks in the same order, each with the examples that `plan` gives its cell, or with none."""

        def make(index: int, first: int) -> Ask:
            ask = self.asks[index]
            if with_seeds:
                return plan.instead(ask, first)
            return replace(ask, id=f"a{first:07d}", first=first, examples=(), persona_from=None)

        return CountingPlanner(len(self.asks), make, plan.again)

    def said(self, folder: Folder) -> dict[str, Any]:
        """What run.json has of it."""
        lines = (repr(replace(ask, examples=(), persona_from=None)) for ask in self.asks)
        return {"run": self.run, "asks": len(self.asks), "digest": folder.digest(*lines)}


def followed(rows: Iterable[Row], run: str, *, candidates: int | None, per_cell: int | None = None) -> Followed:
    """The first asks of a run that got a reply, until they make `candidates` rows (None: all).

    An ask whose every attempt failed is left out: the run made it again at its tail, and so would the control.
    """
    found: dict[str, Ask] = {}
    made = 0
    for row in rows:
        if row.ask.id in found or row.verdict.state is State.FAILED:
            continue
        if candidates is not None and made >= candidates:
            break
        found[row.ask.id] = row.ask
        made += row.ask.count
    return Followed(run, tuple(found.values()), per_cell)
