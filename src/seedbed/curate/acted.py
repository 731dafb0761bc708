"""What people did to a study's seeds, in the order in which they did it."""

from __future__ import annotations

from seedbed.curate.curation import Logged
from seedbed.curate.decisions import BY_PERSON, BY_RULE
from seedbed.curate.desk import Sight
from seedbed.records import Decision

__all__ = ["CONFIRM", "acts_of_people"]

CONFIRM = "confirm"
"""The act of who says what a label as typed means. It is no decision on one seed, and stands apart in the log."""


def acts_of_people(sight: Sight) -> list[Logged]:
    """Decisions, what took them back, and labels that were confirmed; those that were taken back too.

    Of a confirmed label the subject is the known label, and the detail its kind and on how many seeds it stood.
    """
    found = [one for one in sight.curation.log if one.decision.actor != BY_RULE]
    undone = sight.have.people.undone
    for one in sight.have.relabels:
        seeds = len({id for id, _ in one.rows})
        decision = Decision(one.canonical, CONFIRM, one.actor, BY_PERSON, "", detail={"kind": one.kind, "seeds": seeds})
        found.append(Logged(one.at, one.actor, decision, one.seq, undone.get(one.seq)))
    return sorted(found, key=lambda one: one.seq)
