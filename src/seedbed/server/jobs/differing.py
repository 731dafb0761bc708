"""What one release has otherwise than another, as a page shows it: the counts of all, and the first of the names."""

from __future__ import annotations

import json
from typing import Any

from seedbed.release.differing import CHANGES, Change, Difference
from seedbed.server.shapes import Said

__all__ = ["DifferenceShown", "difference_shown"]

_NAMED = 20  # ids of each kind of change; the others are counted
_FACTS = 100


class ChangesShown(Said):
    """`n` rows, with the ids of the first."""

    what: Change
    n: int
    first: list[str]


class PartShown(Said):
    """A configuration: its rows in both releases, and by "train → test" how many are in another split."""

    name: str
    old: int
    new: int
    moves: dict[str, int]
    changes: list[ChangesShown]


class FactShown(Said):
    """A number or word that is another one now; "" where it was not there."""

    key: str
    before: str
    after: str


class DifferenceShown(Said):
    """What the release `new` has otherwise than `old`. `same`: every row is in both, as it was. `facts` are the first
    of `of_facts`."""

    old: str
    new: str
    same: bool
    parts: list[PartShown]
    facts: list[FactShown]
    of_facts: int
    runs_added: list[str]
    runs_gone: list[str]


def difference_shown(found: Difference) -> DifferenceShown:
    """The counts of all, and the first of the names."""
    facts = (*found.settings, *found.facts)
    return DifferenceShown(
        old=found.old, new=found.new, same=found.same,
        parts=[
            PartShown(
                name=part.configuration, old=part.old, new=part.new, moves=dict(part.moves),
                changes=[
                    ChangesShown(what=change, n=len(part.ids[change]), first=list(part.ids[change][:_NAMED]))
                    for change in CHANGES if part.ids[change]
                ],
            )
            for part in found.parts
        ],
        facts=[FactShown(key=one.key, before=_said(one.before), after=_said(one.after)) for one in facts[:_FACTS]],
        of_facts=len(facts), runs_added=list(found.runs["added"]), runs_gone=list(found.runs["gone"]),
    )  # fmt: skip


def _said(value: Any) -> str:
    """A number or word as text; "" for what is not there."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
