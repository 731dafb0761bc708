"""The template of a workshop: what people are told, the steps they go through, and what is at hand while they write.

Everything in it is for the organiser to change, a section at a time. A study starts with the default of its language.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Annotated, Any, Literal, get_args

from pydantic import TypeAdapter, ValidationError

from seedbed.errors import InputError
from seedbed.workshop.places import ACTIVITIES, DEBRIEF, REFLECTION
from seedbed.workshop.sections import (
    KINDS,
    About,
    Cards,
    Consent,
    ConsentItem,
    Debrief,
    Debriefs,
    Entities,
    GroupPlan,
    Groups,
    Helper,
    Language,
    Managers,
    Planned,
    Recruitment,
    Reflection,
    Script,
    ScriptStep,
    Section,
    Session,
    Sessions,
    Step,
    Task,
    Tasks,
    Writing,
)

__all__ = [
    "KINDS",
    "OF_FACILITATORS",
    "SECTIONS",
    "About",
    "Cards",
    "ConsentItem",
    "Debrief",
    "Helper",
    "Planned",
    "ScriptStep",
    "Session",
    "Step",
    "Task",
    "Template",
    "Writing",
    "phases_of",
]

FORMAT = 1
_EXPORT = "Export one from a workshop, and change that."


class Template(Section):
    """All sections. Field by field the file that an organiser keeps; see `to_json`."""

    about: About
    sessions: Sessions
    consent: Consent
    groups: Groups
    cards: Cards
    tasks: Tasks
    entities: Entities
    helper: Helper
    script: Script
    reflection: Reflection
    debriefs: Debriefs
    recruitment: Recruitment
    managers: Managers

    @classmethod
    def default(cls, language: str = "en") -> Template:
        """The template a study starts with: two sessions of an hour, a week apart. English where there is no other."""
        return _default(language if language in get_args(Language) else "en")

    @classmethod
    def section(cls, name: str, value: Any) -> Any:
        """`value` (decoded JSON) as the section `name` holds it, ready to be written as JSON again.

        Raises InputError that says what is wrong and where, never with what was typed there.
        """
        adapter = _adapters().get(name)
        if adapter is None:
            raise InputError(f"A template has no section {name!r}", hint=f"Its sections: {', '.join(SECTIONS)}")
        try:
            return adapter.dump_python(adapter.validate_python(value), mode="json")
        except ValidationError as error:
            raise InputError(_said(name, error), hint="Mend it, then save again.") from None

    @classmethod
    def of(cls, sections: dict[str, Any]) -> Template:
        """The template of these sections. Raises InputError."""
        try:
            return cls.model_validate(sections)
        except ValidationError as error:
            raise InputError(_said("", error), hint="Mend the template, then try again.") from None

    @classmethod
    def from_json(cls, text: str | bytes) -> Template:
        """Read an organiser's file. Sections that it lacks are those of the default in its language.

        Raises InputError for one that is no template, or of a later format.
        """
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise InputError("The template is no JSON file", hint=_EXPORT) from None
        if not isinstance(found, dict) or found.pop("seedbed_template", None) != FORMAT:
            raise InputError(
                f'The file is no template: it does not begin with {{"seedbed_template": {FORMAT}}}',
                hint=_EXPORT,
            )
        if all(name in found for name in SECTIONS):
            return cls.of(found)
        about = found.get("about")
        language = about.get("language") if isinstance(about, dict) else None
        return cls.of({**cls.default(language if isinstance(language, str) else "en").sections(), **found})

    def sections(self) -> dict[str, Any]:
        """{section: value}, as JSON has it."""
        return self.model_dump(mode="json")

    def to_json(self) -> str:
        """The organiser's file: the format's number, then the sections."""
        return json.dumps({"seedbed_template": FORMAT, **self.sections()}, ensure_ascii=False, indent=2) + "\n"

    def for_participants(self) -> Template:
        """Without what those who run the workshop have for themselves."""
        return self.model_copy(update=dict.fromkeys(OF_FACILITATORS, ()))

    def session_of(self, id: str | None) -> Session | None:
        """The session that has the step of that id."""
        return next((session for session in self.sessions if any(step.id == id for step in session.steps)), None)

    def step(self, id: str | None) -> Step | None:
        """The step of that id, in whatever session."""
        return next((step for session in self.sessions for step in session.steps if step.id == id), None)

    def debrief(self, id: str) -> Debrief | None:
        """The debrief of that id."""
        return next((debrief for debrief in self.debriefs if debrief.id == id), None)

    def group(self, group: str) -> GroupPlan:
        """What a group works on; the defaults for one that is not named."""
        return self.groups.get(group, GroupPlan())

    def consent_of(self, role: str) -> tuple[ConsentItem, ...]:
        """What somebody of that role is asked when they join."""
        if role == "contributor":  # who was in no workshop was in no call either
            return tuple(item for item in self.consent if item.id != "recording")
        return tuple(item for item in self.consent if role != "rater" or not item.writers_only)

    def lacking(self, items: dict[str, bool], role: str = "participant") -> list[str]:
        """The ids of required items of the consent of a role that `items` does not agree to."""
        return [item.id for item in self.consent_of(role) if item.required and items.get(item.id) is not True]


SECTIONS: tuple[str, ...] = tuple(Template.model_fields)
OF_FACILITATORS = frozenset({"script", "debriefs", "recruitment", "managers"})
"""Sections that participants are not sent: what moderators say and look for, what they talk over
afterwards, and whom the organiser wanted."""


@functools.cache
def _adapters() -> dict[str, TypeAdapter[Any]]:
    # each field with its bounds and validators, which pydantic keeps apart from the annotation
    fields: dict[str, Any] = {
        name: Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        for name, field in Template.model_fields.items()
    }
    return {name: TypeAdapter(field) for name, field in fields.items()}


@functools.cache
def _default(language: str) -> Template:
    return Template.from_json(resources.files("seedbed.workshop").joinpath(f"template.{language}.json").read_bytes())


def _said(section: str, error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in ((section, *first["loc"]) if section else first["loc"]))
    return f"The template's {where or 'file'}: {first['msg']}"


_OPEN = {"questions": "questions", "refine": "questions", "triples": "triples", "reflection": REFLECTION}


def phases_of(kind: str) -> dict[str, Literal["open", "closed"]]:
    """Which boards a step of this kind opens and closes: {activity: "open" or "closed"}. Debriefs are of no step."""
    return {
        activity: "open" if _OPEN.get(kind) == activity else "closed"
        for activity in ACTIVITIES if activity != DEBRIEF
    }  # fmt: skip
