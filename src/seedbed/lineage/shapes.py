"""What a trace is made of: nodes, the steps between them, and pages of what is too much to show at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from seedbed.lineage.slots import Slots, row_id

__all__ = ["KINDS", "Bundle", "Direction", "Key", "Kind", "Node", "Step", "Totals", "Trace", "step_json"]

Kind = Literal["person", "board_row", "seed", "row", "run", "judgement", "task", "release"]
KINDS: tuple[Kind, ...] = ("seed", "row", "person", "run", "release", "judgement", "task", "board_row")
"""In the order in which an id is looked for."""

Direction = Literal["back", "forward"]


class Key(NamedTuple):
    """What is traced. A judgement's id is RUN.SLOT of its judging run, a board row's BOARD#ROW."""

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What lies one step away, all of one kind, the same way, in the same run or board (`of`): ids, or slots."""

    how: str
    kind: Kind
    of: str = ""
    ids: Sequence[str] = ()
    slots: Slots | None = None

    def __len__(self) -> int:
        return len(self.ids) if self.slots is None else len(self.slots)

    def page(self, after: int, limit: int) -> tuple[list[Key], int | None]:
        """`limit` keys above `after` (a slot, or a place in the list; -1 at first), and `after` of the next page."""
        if self.slots is None:
            found = [Key(self.kind, id) for id in self.ids[after + 1 : after + 1 + limit]]
            last = after + len(found)
            return found, last if last + 1 < len(self.ids) else None
        slots = self.slots.page(after, limit)
        more = bool(slots) and self.slots.bits >> (slots[-1] + 1) != 0
        return [Key(self.kind, row_id(self.of, slot)) for slot in slots], slots[-1] if more else None


@dataclass(frozen=True, slots=True)
class Node:
    """`state` is one of STATES of a row; included, excluded, undecided or erased of a seed.

    `texts` are (name, words) in the order of reading, `facts` (code, value). `what` says of a seed or row whether it is
    a question, a triple or a topic. `steps` lead on, in the direction of the step that this node stands in.
    """

    key: Key
    what: str = ""
    state: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """`total` things lie this way, `states` counts them by state; `nodes` are the first, `next` is where to go on."""

    how: str
    kind: Kind
    of: str
    total: int
    states: Mapping[str, int] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    next: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """All that grew from it, however far: seeds beside itself, rows by what they are and their state, the rest."""

    seeds: int = 0
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    judgements: int = 0
    runs: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing with where it came from (`back`) and what came of it (`forward`, `totals`)."""

    node: Node
    back: tuple[Step, ...] = ()
    forward: tuple[Step, ...] = ()
    totals: Totals = Totals()
    faults: tuple[str, ...] = ()  # what could not be read, and may be lacking here

    def to_json(self) -> dict[str, Any]:
        """Plain data, as the command prints it and the page reads it."""
        totals = self.totals
        return {
            "node": _node(self.node),
            "back": [step_json(step) for step in self.back],
            "forward": [step_json(step) for step in self.forward],
            "totals": {
                "seeds": totals.seeds, "rows": {what: dict(states) for what, states in totals.rows.items()},
                "judgements": totals.judgements, "runs": list(totals.runs), "releases": list(totals.releases),
                "tasks": list(totals.tasks),
            },
            "faults": list(self.faults),
        }  # fmt: skip


def step_json(step: Step) -> dict[str, Any]:
    """A step as plain data."""
    return {
        "how": step.how, "kind": step.kind, "of": step.of, "total": step.total, "states": dict(step.states),
        "nodes": [_node(node) for node in step.nodes], "next": step.next,
    }  # fmt: skip


def _node(node: Node) -> dict[str, Any]:
    return {
        "kind": node.key.kind, "id": node.key.id, "what": node.what, "state": node.state,
        "texts": [{"name": name, "text": text} for name, text in node.texts],
        "facts": [{"name": name, "value": value} for name, value in node.facts],
        "steps": [step_json(step) for step in node.steps],
    }  # fmt: skip
