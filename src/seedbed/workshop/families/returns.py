"""What curators give back to a group: a row with the change that they ask for.

Nobody gives these as a command: the server says here what stands in the log of decisions.

    row.return  subject row {seed, decision} and the text `note`
    row.changed subject row {}                 a group changed a row that it was asked to, for the first time since
    row.settled subject row {seed}             taken back, or the changed row was taken up

Collection: `returns/<seed>` {row, note, by, at, decision, changed}. `decision` is the number of the decision in its
log, `changed` the time of the first change since, or "".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.study.entries import Act
from seedbed.workshop.applied import Change, Happened
from seedbed.workshop.families.asking import standing
from seedbed.workshop.words import act

if TYPE_CHECKING:
    from seedbed.workshop.board import Board

__all__ = ["CHANGES", "COLLECTIONS", "DECISIONS", "Return", "changed", "due"]

COLLECTIONS = ("returns",)
NOBODY = "server"


@dataclass(frozen=True, slots=True)
class Return:
    """A row given back: `by` asks for the change that `note` says, in the decision with this number."""

    row: str
    note: str
    by: str
    decision: int


def _returned(board: Board, event: Happened) -> list[Change]:
    data = event.data
    if event.subject not in board.rows:
        return []
    said = {"row": event.subject, "note": data["note"] or "", "by": event.actor, "at": event.at, "changed": ""}
    return [("returns", data["seed"], {**said, "decision": data["decision"]})]


def _changed(board: Board, event: Happened) -> list[Change]:
    return [
        ("returns", seed, {**one, "changed": event.at})
        for seed, one in board.items("returns").items()
        if one["row"] == event.subject and not one["changed"]
    ]


def _settled(board: Board, event: Happened) -> list[Change]:
    seed = event.data["seed"]
    return [("returns", seed, None)] if seed in board.items("returns") else []


CHANGES = {"row.return": _returned, "row.changed": _changed, "row.settled": _settled}
DECISIONS: dict[type, object] = {}


def changed(board: Board, row: str) -> Act | None:
    """What is to be put on record when somebody changes the row; None where nobody waits for it."""
    waiting = any(one["row"] == row and not one["changed"] for one in board.items("returns").values())
    return act("row.changed", row) if waiting else None


def due(board: Board, wanted: Mapping[str, Return]) -> Iterator[tuple[str, Act]]:
    """What is lacking until the board shows what is `wanted`, by seed, and nothing else: (who says so, act).

    A row that is not there, or was removed, is asked nothing.
    """
    shown = board.items("returns")
    for seed, one in wanted.items():
        if standing(board, one.row) and shown.get(seed, {}).get("decision") != one.decision:
            yield one.by, act("row.return", one.row, {"seed": seed, "decision": one.decision, "note": one.note})
    for seed, old in shown.items():
        if seed not in wanted:
            yield NOBODY, act("row.settled", old["row"], {"seed": seed})
