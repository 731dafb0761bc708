"""The guide of a workshop, as its agenda, its labels and its people have it now; and what of it may be changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from seedbed.seeds import current_taxonomy
from seedbed.server.asking import Office
from seedbed.server.guide import labelling
from seedbed.server.guide.schemas import Guide, MyProfile, Myself, StepShown
from seedbed.server.identity import Who
from seedbed.server.refusals import Refusal
from seedbed.workshop import Agenda
from seedbed.workshop.roles import EVERYWHERE
from seedbed.workshop.template import Template

__all__ = ["agreed", "guide_of", "myself", "step_of", "whole_json"]


async def guide_of(server: Office, study: str, who: Who) -> Guide:
    """All that a page of `who` has to know."""
    taxonomy = await asyncio.to_thread(current_taxonomy, server.study(study).folder)
    me = await myself(server, study, who)
    agenda = await server.hub.agenda(study)
    template = agenda.template if who.role in EVERYWHERE else agenda.template.for_participants()
    return Guide(
        me=me, template=template, template_version=agenda.template_version, now=step_of(agenda),
        taxonomy=labelling.shown(taxonomy),
    )  # fmt: skip


def step_of(agenda: Agenda) -> StepShown:
    return StepShown(step=agenda.now["step"], at=agenda.now["at"] or "")


async def myself(server: Office, study: str, who: Who) -> Myself:
    """What is on record of who asks."""
    state = await server.hub.snapshot(study, "workshop")
    known: Mapping[str, Any] = {} if who.is_account else state["people"].get(who.id) or {}
    profile = None if who.is_account else state["profiles"].get(who.id)
    consent = known.get("consent")
    return Myself(
        person=who.id,
        name=who.name,
        role=who.role,
        group=(known.get("group") if known else who.group) or "",
        anonymous=bool(known.get("anonymous")),
        consent=None if consent is None else dict(consent["items"]),
        misaligned=known.get("misaligned"),
        profile=None if profile is None else MyProfile.model_validate(dict(profile)),
    )


def agreed(template: Template, said: Mapping[str, bool], role: str) -> dict[str, bool]:
    """An answer to every item that the role is asked: no, where nothing was said. Raises Refusal bad_consent,
    consent_needed."""
    if not said.keys() <= {item.id for item in template.consent}:
        raise Refusal("bad_consent")
    answers = {item.id: said.get(item.id, False) for item in template.consent_of(role)}
    if lacking := template.lacking(answers, role):
        raise Refusal("consent_needed", detail=", ".join(lacking))
    return answers


def whole_json(value: Any) -> str:
    """`value` as JSON that any program reads. Raises Refusal bad_template for NaN, and for halves of characters."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except (ValueError, RecursionError):
        raise Refusal("bad_template") from None
    return text
