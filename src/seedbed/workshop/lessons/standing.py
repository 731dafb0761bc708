"""Lessons as they stand, for whoever shows them: a page, a terminal, a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from seedbed.workshop.lessons.edits import differences
from seedbed.workshop.lessons.folding import edits_of
from seedbed.workshop.lessons.following import Clash, Following, clash_of, following
from seedbed.workshop.lessons.telling import Line, lines
from seedbed.workshop.template import SECTIONS, Template

if TYPE_CHECKING:
    from seedbed.workshop.agenda import Agenda

__all__ = ["Learnt", "Standing", "standing"]

State = Literal["open", "accepted", "declined", "look_again"]


@dataclass(frozen=True, slots=True)
class Learnt:
    """One lesson. `state` is look_again for one that was accepted and cannot enter as it is; `clash` says why, and for
    one that is open, what would be in the way. `lines` are what it changes of the present template."""

    id: str
    text: str
    sources: tuple[str, ...]
    by: str
    at: str
    state: State
    sections: tuple[str, ...]
    lines: tuple[Line, ...]
    clash: Clash | None
    reason: str = ""
    decided_by: str = ""
    decided_at: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Every lesson, oldest first; the next template, and what it has otherwise than the present one."""

    learnt: tuple[Learnt, ...]
    present: Template
    next: Following
    lines: tuple[Line, ...]


def standing(agenda: Agenda) -> Standing:
    """The lessons of `agenda` as they stand."""
    lessons, present = agenda.items("lessons"), agenda.template
    made = following(present, lessons)
    sections = present.sections()
    changed = [
        line for name in SECTIONS
        for line in lines(name, sections[name], differences(sections[name], made.sections[name]))
    ]  # fmt: skip
    found = tuple(_learnt(id, lesson, sections, made) for id, lesson in lessons.items())
    return Standing(found, present, made, tuple(changed))


def _learnt(id: str, lesson: Mapping[str, Any], sections: Mapping[str, Any], made: Following) -> Learnt:
    decision = lesson["decision"]
    clash = made.clashes.get(id)
    if decision is None:
        clash = clash_of(id, made.sections, lesson)
    state: State = "open" if decision is None else "accepted" if decision["accepted"] else "declined"
    told = [line for name in lesson["changes"] for line in lines(name, sections.get(name), edits_of(lesson, name))]
    said = (
        {"reason": decision["reason"], "decided_by": decision["by"], "decided_at": decision["at"]} if decision else {}
    )
    return Learnt(
        id, lesson["text"], tuple(lesson["from"]), lesson["by"], lesson["at"],
        "look_again" if state == "accepted" and clash else state,
        tuple(lesson["changes"]), tuple(told), clash, **said,
    )  # fmt: skip
