"""Routes of a workshop's guide: what people are told and asked, the labels, and the step that everybody is at."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path

from seedbed.errors import InputError
from seedbed.seeds import current_taxonomy, install_taxonomy
from seedbed.server.asking import FAULTS, Group, Office, Server, StudyName
from seedbed.server.guide import adding, labelling
from seedbed.server.guide.guiding import guide_of, step_of, whole_json
from seedbed.server.guide.schemas import (
    AddedLabel,
    Guide,
    LabelReview,
    SectionAsked,
    StepAsked,
    StepShown,
    Taxonomy,
    TaxonomyAsked,
    Templated,
    TemplateFile,
)
from seedbed.server.people.leading import ordered, ordered_all
from seedbed.server.refusals import Refusal
from seedbed.workshop import AGENDA
from seedbed.workshop.commands.agenda import LONGEST
from seedbed.workshop.template import Template

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}", responses=FAULTS)

Section = Annotated[str, Path(pattern=r"^[a-z_]{1,32}$")]
Activity = Annotated[str, Path(pattern=r"^[a-z]{1,32}$")]
LabelId = Annotated[str, Path(pattern=r"^[a-z0-9]{1,16}$")]


@router.get("/guide")
async def guide(study: StudyName, server: Server) -> Guide:
    """What a page has to know: who asks, the template, the step of now, the labels."""
    return await guide_of(server, study, server.allow("study", study))


@router.get("/template")
async def template(study: StudyName, server: Server) -> TemplateFile:
    """The whole template, as the file that an organiser keeps."""
    server.allow("design", study)
    return TemplateFile.model_validate((await server.hub.agenda(study)).template.sections())


@router.put("/template")
async def set_template(study: StudyName, asked: Annotated[dict[str, Any], Body()], server: Server) -> Templated:
    """Put a file of `GET` in the place of the whole template; sections that are as they were are not set again."""
    who = server.allow("design", study)
    text = whole_json(asked)
    try:
        sections = Template.from_json(text).sections()
    except InputError as error:
        raise Refusal("bad_template", detail=str(error)) from None
    before = (await server.hub.agenda(study)).template.sections()
    changed = [_set(name, whole_json(value)) for name, value in sections.items() if value != before[name]]
    await ordered_all(server.hub, study, who, changed, doc=AGENDA)
    return await _templated(server, study)


@router.put("/template/{section}")
async def set_section(study: StudyName, section: Section, asked: SectionAsked, server: Server) -> Templated:
    """Put another section in the place of one; refused when it is not any more what it was `before`."""
    who = server.allow("design", study)
    text = whole_json(asked.value)
    try:
        Template.section(section, asked.value)  # the workshop looks too, and does not say where it is wrong
    except InputError as error:
        raise Refusal("bad_template", detail=str(error)) from None
    if asked.before is not None and (await server.hub.agenda(study)).template.sections()[section] != asked.before:
        raise Refusal("out_of_date")
    await ordered(server.hub, study, who, _set(section, text), doc=AGENDA)
    return await _templated(server, study)


@router.get("/taxonomy")
async def taxonomy(study: StudyName, server: Server) -> Taxonomy:
    """The labels as they are now."""
    server.allow("study", study)
    return labelling.shown(await asyncio.to_thread(current_taxonomy, server.study(study).folder))


@router.put("/taxonomy")
async def set_taxonomy(study: StudyName, asked: TaxonomyAsked, server: Server) -> Taxonomy:
    """Install these labels as the next version, and tell every page; the same labels again are no new version."""
    who = server.allow("design", study)
    found = server.study(study)

    def install() -> Any:
        before = current_taxonomy(found.folder)
        if asked.version not in (None, before.version):
            raise Refusal("out_of_date")
        return install_taxonomy(found.folder, labelling.edited(before, asked), actor=who.id)

    async with found.labelling:
        installed = await asyncio.to_thread(install)
        await server.hub.taxonomy_is(study, installed.version)
    return labelling.shown(installed)


@router.post("/step")
async def go(study: StudyName, asked: StepAsked, server: Server) -> StepShown:
    """Everybody is at this step from now on; its boards open, the others close."""
    who = server.allow("lead", study)
    await ordered(server.hub, study, who, {"kind": "step.go", "step": asked.step}, doc=AGENDA)
    return step_of(await server.hub.agenda(study))


@router.get("/labels")
async def labels(study: StudyName, server: Server) -> list[AddedLabel]:
    """What participants added to the labels, on all boards; the newest first."""
    server.allow("labels", study)
    return await adding.added_labels(server, study)


@router.post("/labels/{group}/{activity}/{id}")
async def review_label(
    study: StudyName, group: Group, activity: Activity, id: LabelId, asked: LabelReview, server: Server
) -> AddedLabel:
    """Accept a label into the taxonomy, which makes a new version; decline it, or leave it open again."""
    who = server.allow("lead", study)
    return await adding.review(server, study, who, f"board/{group}/{activity}", id, asked)


async def _templated(server: Office, study: str) -> Templated:
    return Templated(template_version=(await server.hub.agenda(study)).template_version)


def _set(section: str, value: str) -> dict[str, Any]:
    """The command. Raises Refusal too_large for more than everybody who comes in is to be sent."""
    if len(value) > LONGEST:
        raise Refusal("too_large", detail=f"The template's {section} has {len(value):,} characters of {LONGEST:,}.")
    return {"kind": "template.set", "section": section, "value": value}
