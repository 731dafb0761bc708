"""The next template: the present one with the lessons that were accepted, in the order in which they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from seedbed.errors import InputError
from seedbed.workshop.lessons.edits import Edit, Moved, applied
from seedbed.workshop.lessons.folding import accepted, edits_of
from seedbed.workshop.template import SECTIONS, Template

__all__ = ["Clash", "Following", "clash_of", "following"]


@dataclass(frozen=True, slots=True)
class Clash:
    """Why a lesson cannot enter as it is: somebody has to look at it anew.

    `moved`: what it changes is not any more what it was (`edit`; `found` stands there now, None for nothing there).
    `unfit`: together with the rest the section is no sound one; `said` says how.
    """

    lesson: str
    section: str
    why: Literal["moved", "unfit"]
    edit: Edit | None = None
    found: Any = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Following:
    """The next template as sections, which lessons are in it, and which were accepted and cannot be. A lesson enters
    with all its changes or with none."""

    sections: Mapping[str, Any]
    entered: tuple[str, ...]
    clashes: Mapping[str, Clash]

    @property
    def template(self) -> Template:
        return Template.of(dict(self.sections))


def following(template: Template, lessons: Mapping[str, Mapping[str, Any]]) -> Following:
    """What comes of `template` by the accepted ones of `lessons` ({id: value} of the agenda's collection)."""
    sections = template.sections()
    entered: list[str] = []
    clashes: dict[str, Clash] = {}
    for id in accepted(lessons):
        found = _entered(id, sections, lessons[id])
        if isinstance(found, Clash):
            clashes[id] = found
        else:
            sections = found
            entered.append(id)
    return Following(sections, tuple(entered), clashes)


def clash_of(id: str, sections: Mapping[str, Any], lesson: Mapping[str, Any]) -> Clash | None:
    """What would be in the way if the lesson entered `sections` now."""
    found = _entered(id, dict(sections), lesson)
    return found if isinstance(found, Clash) else None


def _entered(id: str, sections: dict[str, Any], lesson: Mapping[str, Any]) -> dict[str, Any] | Clash:
    made = dict(sections)
    for section in lesson["changes"]:
        if section not in SECTIONS:
            return Clash(id, section, "moved")  # of another version of Seedbed
        try:
            made[section] = Template.section(section, applied(made[section], edits_of(lesson, section)))
        except Moved as moved:
            return Clash(id, section, "moved", moved.edit, moved.found)
        except InputError as error:
            return Clash(id, section, "unfit", said=str(error))
    return made
