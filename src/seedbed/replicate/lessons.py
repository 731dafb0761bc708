"""The lessons of a package: those of this workshop, behind those that its own package brought."""

from __future__ import annotations

import json
from typing import Any

from seedbed.replicate.words import QUOTING
from seedbed.seeds.consents import Standing
from seedbed.workshop.agenda import Agenda
from seedbed.workshop.lessons import standing

__all__ = ["lesson_rows"]


def lesson_rows(agenda: Agenda, people: Standing) -> list[dict[str, Any]]:
    """Each lesson with its changes and its decision, oldest first.

    What somebody wrote who did not agree to be quoted is null; a change that was accepted is in the next template all
    the same, for it is the organiser's from then on. Who is no member runs the study, and gives what they wrote.
    """
    found = standing(agenda)
    rows = []
    for one in found.learnt:
        value = agenda.items("lessons")[one.id]
        rows.append({
            "lesson": one.id, "at": one.at, "by": one.by, "text": one.text if _lets(people, one.by) else None,
            "from": list(one.sources), "state": one.state,
            "reason": one.reason if _lets(people, one.decided_by) else None,
            "decided_by": one.decided_by, "decided_at": one.decided_at,
            "changes": [
                {"section": section, "by": change["by"],
                 "edits": json.loads(change["edits"]) if _lets(people, change["by"]) else None}
                for section, change in value["changes"].items()
            ],
        })  # fmt: skip
    return rows


def _lets(people: Standing, person: str) -> bool:
    return person not in people.consents or people.lets(person, QUOTING)
