"""What one run, or one release, has to do with others: ids and slots, no words."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from seedbed.lineage.slots import Slots

__all__ = ["JUDGEMENTS", "RUNS", "STATES", "How", "Kin", "Place", "ReleaseLinks", "RunLinks"]

Place = Literal["runs", "judgements"]
RUNS: Place = "runs"
JUDGEMENTS: Place = "judgements"

STATES = ("kept", "rejected", "failed", "withdrawn", "waiting")
"""What becomes of a slot; "waiting" is one that was asked for and has no verdict, "withdrawn" one that a withdrawal
took, whatever its verdict was."""

How = Literal["shown", "planned", "persona", "answered", "narrowed", "rival", "judged"]
"""What a row has of another: shown as an example; among the examples of a run whose journal does not say which were
shown; its persona; answered; narrowed by (a topic that a model made); too near to; judged."""


@dataclass(frozen=True, slots=True)
class Kin:
    """Rows of a run and the rows of the run `of` that they have `how` from: `children[i]` from `parents[i]`."""

    how: How
    of: str
    children: array[int]
    parents: array[int]
    size: int = field(init=False, repr=False, compare=False)  # one more than the largest parent

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", max(self.parents, default=-1) + 1)

    def of_parent(self, slot: int) -> Iterator[int]:
        """The children of one parent, in order."""
        at = -1
        while True:
            try:
                at = self.parents.index(slot, at + 1)
            except ValueError:
                return
            yield self.children[at]


@dataclass(frozen=True, slots=True)
class RunLinks:
    """A run, or a judging run. `given` are the slots by (how, seed), `planned` the seeds that run.json lists."""

    place: Place
    name: str
    stage: str = ""
    created: str = ""
    model: str = ""
    with_seeds: bool = True
    control_of: str | None = None
    follows: str | None = None
    planned: tuple[str, ...] = ()
    fault: str = ""
    states: Mapping[str, Slots] = field(default_factory=dict)
    given: Mapping[tuple[How, str], Slots] = field(default_factory=dict)
    kin: tuple[Kin, ...] = ()

    @property
    def all(self) -> Slots:
        found = Slots()
        for slots in self.states.values():
            found |= slots
        return found

    @property
    def rows(self) -> str:
        """What its rows are: "topic", "question", "triple" or "judgement"."""
        if self.place == JUDGEMENTS:
            return "judgement"
        return {"topics": "topic", "triples": "triple"}.get(self.stage, "question")


@dataclass(frozen=True, slots=True)
class ReleaseLinks:
    """A release, by file. `rows` are the slots by (file, run), `seeds` other ids by file.

    `runs` are the runs of its rows as far as the release itself tells of them: it outlives them.
    """

    version: str
    created: str = ""
    fault: str = ""
    rows: Mapping[tuple[str, str], Slots] = field(default_factory=dict)
    seeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    runs: Mapping[str, RunLinks] = field(default_factory=dict)
