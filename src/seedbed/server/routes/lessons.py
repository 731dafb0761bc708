"""Routes of lessons: who leads puts them down and proposes changes of the template, the organiser decides."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Path

from seedbed.errors import InputError
from seedbed.server.asking import FAULTS, Office, Server, StudyName
from seedbed.server.guide.adding import names_of
from seedbed.server.guide.guiding import whole_json
from seedbed.server.guide.lesson_schemas import (
    DecisionAsked,
    LessonAsked,
    LessonMade,
    Lessons,
    LessonShown,
    LineShown,
    ProposalAsked,
)
from seedbed.server.guide.schemas import TemplateFile
from seedbed.server.identity import Who
from seedbed.server.refusals import Refusal
from seedbed.workshop import AGENDA, Agenda
from seedbed.workshop.commands.agenda import LONGEST
from seedbed.workshop.lessons import Learnt, Moved, applied, edits_of, standing
from seedbed.workshop.template import Template

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}/lessons", responses=FAULTS)

Id = Annotated[str, Path(pattern=r"^[a-z0-9]{1,16}$")]
Section = Annotated[str, Path(pattern=r"^[a-z_]{1,32}$")]


@router.get("")
async def lessons(study: StudyName, server: Server) -> Lessons:
    """What was learnt, what of it was decided, and what the next template has otherwise than the present one."""
    server.allow("labels", study)
    return await _shown(server, study)


@router.get("/next")
async def next_template(study: StudyName, server: Server) -> TemplateFile:
    """The next template, as the file that an organiser keeps: the present one with the lessons that were accepted."""
    server.allow("labels", study)
    return TemplateFile.model_validate(dict(standing(await server.hub.agenda(study)).next.sections))


@router.post("")
async def add(study: StudyName, asked: LessonAsked, server: Server) -> LessonMade:
    """Put down a lesson."""
    who = server.allow("lead", study)
    said = await _ordered(server, study, who, "add", text=asked.text, **{"from": asked.sources})
    return LessonMade(id=said["subject"])


@router.put("/{id}")
async def word(study: StudyName, id: Id, asked: LessonAsked, server: Server) -> Lessons:
    """Other words for one's own lesson, or another origin. An organiser may change anybody's."""
    who = server.allow("lead", study)
    await _ordered(server, study, who, "set", lesson=id, text=asked.text, **{"from": asked.sources})
    return await _shown(server, study)


@router.delete("/{id}")
async def remove(study: StudyName, id: Id, server: Server) -> Lessons:
    """Take one's own lesson off the list. An organiser may take off anybody's; a decided one nobody."""
    who = server.allow("lead", study)
    await _ordered(server, study, who, "remove", lesson=id)
    return await _shown(server, study)


@router.put("/{id}/changes/{section}")
async def propose(study: StudyName, id: Id, section: Section, asked: ProposalAsked, server: Server) -> Lessons:
    """What a section is to be in the next template, as a whole; refused where the section is not what it was `before`.
    What differs is kept."""
    who = server.allow("lead", study)
    value: str | None = None
    if asked.value is not None:
        value = whole_json(asked.value)
        if len(value) > LONGEST:
            raise Refusal("too_large", detail=f"The section has {len(value):,} characters of {LONGEST:,}.")
        try:
            Template.section(section, asked.value)  # the workshop looks too, and does not say where it is wrong
        except InputError as error:
            raise Refusal("bad_template", detail=str(error)) from None
        if asked.before is not None and (await server.hub.agenda(study)).template.sections()[section] != asked.before:
            raise Refusal("out_of_date")
    await _ordered(server, study, who, "change", lesson=id, section=section, value=value)
    return await _shown(server, study)


@router.post("/{id}/decision")
async def decide(study: StudyName, id: Id, asked: DecisionAsked, server: Server) -> Lessons:
    """Accept a lesson into the next template, or decline it, with a reason; or take that back."""
    who = server.allow("design", study)
    await _ordered(server, study, who, "decide", lesson=id, accepted=asked.accepted, reason=asked.reason)
    return await _shown(server, study)


async def _ordered(server: Office, study: str, who: Who, act: str, **detail: Any) -> Any:
    command = {"id": f"http-{secrets.token_hex(8)}", "kind": f"lesson.{act}", **detail}
    return await server.hub.command(study, AGENDA, who, command)


async def _shown(server: Office, study: str) -> Lessons:
    agenda = await server.hub.agenda(study)
    found = standing(agenda)
    names = await names_of(server, study)
    return Lessons(
        lessons=[_lesson(agenda, one, names) for one in found.learnt],
        lines=[LineShown.model_validate(line) for line in found.lines],
        template_version=agenda.template_version,
    )


def _lesson(agenda: Agenda, one: Learnt, names: Any) -> LessonShown:
    sections, value = agenda.template.sections(), agenda.items("lessons")[one.id]
    proposed: dict[str, Any] = {}
    for name in one.sections:
        try:
            proposed[name] = applied(sections.get(name), edits_of(value, name))
        except Moved:
            continue
    return LessonShown(
        id=one.id, text=one.text, sources=list(one.sources), by=one.by, name=names.get(one.by, ""), at=one.at,
        state=one.state, sections=list(one.sections), lines=[LineShown.model_validate(line) for line in one.lines],
        clash=one.clash.why if one.clash else "", clash_section=one.clash.section if one.clash else "",
        said=one.clash.said if one.clash else "", reason=one.reason, decided_by=one.decided_by,
        decided_name=names.get(one.decided_by, ""), decided_at=one.decided_at, proposed=proposed,
    )  # fmt: skip
