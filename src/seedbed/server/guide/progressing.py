"""How the groups of a workshop are getting on, as those who lead it see it while it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.seeds import current_taxonomy
from seedbed.seeds.consents import DEMOGRAPHICS
from seedbed.server.asking import Office
from seedbed.server.guide.adding import names_of
from seedbed.server.guide.leading_schemas import (
    Coverage,
    GroupProgress,
    Manager,
    Pace,
    PersonProgress,
    RecruitedValue,
    Recruitment,
    RowsProgress,
    WorkshopProgress,
)
from seedbed.study.entries import now
from seedbed.taxonomy import Taxonomy
from seedbed.workshop import Agenda
from seedbed.workshop.pacing import warnings
from seedbed.workshop.recruiting import TOLD, Attendee, recruited
from seedbed.workshop.tallying import Tally, Written

__all__ = ["progress_of", "recruitment_of"]


async def progress_of(server: Office, study: str) -> WorkshopProgress:
    """Every group, as it is now."""
    agenda = await server.hub.agenda(study)
    told = await server.hub.facilitation(study)
    tallies = await server.hub.tallies(study)
    taxonomy = await asyncio.to_thread(current_taxonomy, server.study(study).folder)
    names = await names_of(server, study)
    members = await server.hub.snapshot(study, "workshop")
    waiting = [one for one in told.items("questions").values() if not one["answer"] and one["text"]]
    groups = []
    for group in members["groups"]:
        mine = [one for one in tallies if one.group == group]
        people = _people(group, members["people"], mine, names)
        groups.append(
            GroupProgress(
                group=group, activities=_rows(agenda, group, mine), coverage=_coverage(taxonomy, mine),
                waiting=sum(1 for one in waiting if one["group"] == group), people=people,
                share_of_most=_share_of_most(people, members["people"]),
            )
        )  # fmt: skip
    return WorkshopProgress(
        warnings=[Pace.model_validate(one) for one in warnings(agenda, now())],
        waiting=len(waiting),
        open_checkins=[id for id, one in told.items("checkins").items() if one["closed"] is None],
        groups=groups,
    )


def _rows(agenda: Agenda, group: str, mine: Sequence[Tally]) -> list[RowsProgress]:
    plan = agenda.template.group(group)
    goals = {"questions": plan.goal_questions, "triples": plan.goal_triples}
    return [RowsProgress(activity=one.activity, rows=one.rows, goal=goals.get(one.activity, 0)) for one in mine]


def _coverage(taxonomy: Taxonomy, mine: Sequence[Tally]) -> Coverage:
    known = [
        (taxonomy.match("topics", topic), taxonomy.match("question_types", kind))
        for one in mine if one.activity == "questions"
        for topic, kind in one.labels
    ]  # fmt: skip
    return Coverage(
        topics=len({topic for topic, _ in known if topic}), of_topics=len(taxonomy.topics),
        question_types=len({kind for _, kind in known if kind}), of_question_types=len(taxonomy.question_types),
        pairs=len({(topic, kind) for topic, kind in known if topic and kind}),
    )  # fmt: skip


def _people(
    group: str, people: Mapping[str, Mapping[str, Any]], mine: Sequence[Tally], names: Mapping[str, str]
) -> list[PersonProgress]:
    """Who is in the group now, with what they did on its boards, and whoever else wrote there."""
    wrote = [id for one in mine for id, written in one.people.items() if written.characters or written.rows]
    inside = [id for id, person in people.items() if person["group"] == group and not person["removed"]]
    found = []
    for id in dict.fromkeys([*inside, *wrote]):
        parts = [one.people.get(id, Written()) for one in mine]
        found.append(
            PersonProgress(
                person=id, name=names.get(id, ""), rows=sum(part.rows for part in parts),
                characters=sum(part.characters for part in parts), comments=sum(part.comments for part in parts),
                votes=sum(part.votes for part in parts), last_seen=max((part.last_seen for part in parts), default=""),
                here=any(id in one.here for one in mine),
            )
        )  # fmt: skip
    return found


def _share_of_most(people: Sequence[PersonProgress], members: Mapping[str, Mapping[str, Any]]) -> float | None:
    typed = [one.characters for one in people if members.get(one.person, {}).get("role") == "participant"]
    total = sum(typed)
    return round(max(typed) / total, 3) if len(typed) > 1 and total else None


async def recruitment_of(server: Office, study: str) -> Recruitment:
    """Who came, beside whom the template wanted. Raters are no part of a workshop, and observers write nothing."""
    template = (await server.hub.agenda(study)).template
    members = await server.hub.snapshot(study, "workshop")
    names = await names_of(server, study)
    asked = any(item.id == DEMOGRAPHICS for item in template.consent)
    profiles = members["profiles"]

    def told(id: str, person: Mapping[str, Any]) -> Mapping[str, str] | None:
        agreed = (person["consent"] or {}).get("items", {}).get(DEMOGRAPHICS) is True
        return {name: profiles.get(id, {}).get(name, "") for name in TOLD} if agreed or not asked else None

    people = [
        Attendee(id, person["role"], person["group"] or "", told(id, person))
        for id, person in members["people"].items()
        if not person["removed"] and person["role"] in ("participant", "moderator")
    ]
    found = recruited(template.recruitment, people, template.managers)
    known = {person.id: person for person in people}
    return Recruitment(
        total=found.total,
        values=[RecruitedValue.model_validate(one) for one in found.values],
        unsaid=dict(found.unsaid),
        other=dict(found.other),
        managers=[
            Manager(
                group=known[id].group, person=id, name=names.get(id, ""), position=(known[id].told or {})["position"]
            )
            for id in found.managers
        ],
    )
