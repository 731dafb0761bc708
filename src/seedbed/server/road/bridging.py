"""The server's part of the bridge: what the boards have goes with the order, and what was chosen goes to the boards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from seedbed.bridge import Note, Offer, Plan, one_line, read_plan, resolve, write_plan
from seedbed.server.contract import LiveHub
from seedbed.server.identity import Who
from seedbed.server.jobs.job import Job
from seedbed.server.jobs.jobs import Handover
from seedbed.server.jobs.keeping import KeptJobs
from seedbed.server.jobs.schemas import JobShown
from seedbed.server.refusals import Refusal
from seedbed.server.road.bridge_schemas import BridgeShown, NoteShown, ParentShown, PromptGiven, PromptSpare
from seedbed.server.road.reading import Curated, Shelf

__all__ = ["handover", "parents", "shown"]

_SPARE = 100  # that a page is shown


def handover(hub: Callable[[], LiveHub | None], study: str, shelf: Shelf) -> Handover:
    """What surrounds a job that bridges. `hub` is asked when it is needed: None while the server stops."""

    def live() -> LiveHub:
        found = hub()
        if found is None:
            raise Refusal("busy")
        return found

    async def before(job: Job, who: Who) -> Mapping[str, Any]:
        groups = await _groups(live(), study)
        if not groups:
            raise Refusal("no_groups")
        boards = {group: await _prompts(live(), study, group) for group in groups}
        peopled = await _peopled(live(), study)
        # a group that has prompts stays among them, so that no other is given the same
        due = {group: prompts for group, prompts in boards.items() if group in peopled or prompts}
        return {"groups": {group: [_taken(one) for one in _all(prompts)] for group, prompts in due.items()}}

    async def after(job: Job, who: Who, result: dict[str, Any]) -> dict[str, Any]:
        plan = await shelf.told(read_plan)
        if plan is None or plan.given:
            return result
        notes = await _give(live(), study, shelf, who, plan)
        done = replace(plan, given=True, notes=(*plan.notes, *notes))
        await shelf.told(lambda folder: write_plan(folder, done))
        return {**result, "notes": [asdict(note) for note in done.notes]}

    return Handover(before, after)


async def _give(hub: LiveHub, study: str, shelf: Shelf, who: Who, plan: Plan) -> list[Note]:
    """Give what does not stand on the boards yet. Asked again at any point, it gives the rest and nothing twice: a
    board says itself what it was given, and a command's id is made from what it gives."""
    offers = await shelf.told(lambda folder: resolve(folder, [ref for refs in plan.groups.values() for ref in refs]))
    standing = set(await _groups(hub, study))
    notes = []
    for group, refs in plan.groups.items():
        if group not in standing:
            continue
        has = {str(one["from"]) for one in _all(await _prompts(hub, study, group))}
        due = [ref for ref in refs if ref.id not in has]
        for number, ref in enumerate(due):
            if (offer := offers.get(ref.id)) is None:
                continue
            try:
                await hub.command(study, f"board/{group}/triples", who, _command(offer, group))
            except Refusal as refusal:
                if refusal.code != "document_full":
                    raise
                notes.append(Note("lacking", group, len(due) - number))  # one full board keeps nothing from the others
                break
        if gone := sum(ref.id not in offers for ref in due):
            notes.append(Note("gone", group, gone))
    agenda = await hub.snapshot(study, "agenda")
    now = agenda["bridge"].get("main") or {}
    if any(plan.groups.values()) and (now.get("run") or "", now.get("source")) != (plan.run, plan.source):
        said = {"kind": "bridge.give", "run": plan.run or None, "source": plan.source}
        await hub.command(study, "agenda", who, {"id": _id("bridge", plan.made_at), **said})
    return notes


def _command(offer: Offer, group: str) -> dict[str, Any]:
    return {
        "id": _id(group, offer.id), "kind": "prompt.give", "text": one_line(offer.text), "source": offer.source,
        "from": offer.id, "parents": list(offer.parents[:20]), "run": offer.run or None, "topic": offer.topic or "",
        "question_type": offer.question_type or "",
    }  # fmt: skip


def _id(*parts: str) -> str:
    return f"bridge-{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:24]}"


# --- what pages are shown -----------------------------------------------------------------------------------------


async def shown(hub: LiveHub, jobs: KeptJobs, shelf: Shelf, study: str) -> BridgeShown:
    plan = await shelf.told(read_plan)
    read = await shelf.curated()
    groups: dict[str, list[PromptGiven]] = {}
    had: set[str] = set()
    peopled = await _peopled(hub, study)
    for group in await _groups(hub, study):
        board = await hub.snapshot(study, f"board/{group}/triples")
        prompts = board["prompts"]
        had |= {str(one["from"]) for one in _all(prompts)}
        if not prompts and group not in peopled:
            continue
        groups[group] = [
            PromptGiven(row=id, **_prompt(prompts[id], row["fields"].get("question", ""), read))
            for id, row in board["rows"].items()
            if id in prompts and not row["removed"]
        ]
    left = [ref for ref in plan.spare if ref.id not in had][:_SPARE] if plan else []
    offers = await shelf.told(lambda folder: resolve(folder, left)) if left else {}
    job = await jobs.last("bridge")
    return BridgeShown(
        job=JobShown.model_validate(job) if job is not None else None,
        run=plan.run if plan else "",
        source=plan.source if plan else None,
        per_group=plan.per_group if plan else 10,
        groups=groups,
        spare=[_spare(offers[ref.id], read) for ref in left if ref.id in offers],
        notes=[NoteShown.model_validate(note) for note in plan.notes] if plan else [],
    )


async def parents(hub: LiveHub, shelf: Shelf, study: str, doc: str) -> dict[str, list[ParentShown]]:
    """By row of the board: the seeds that its prompt grew from, as they are now."""
    board = await hub.snapshot(study, doc)
    prompts = board["prompts"]
    if not any(prompt.get("parents") for prompt in prompts.values()):
        return {}
    read = await shelf.curated()
    return {row: _parents(prompt.get("parents") or (), read) for row, prompt in prompts.items()}


def _prompt(prompt: Mapping[str, Any], text: str, read: Curated) -> dict[str, Any]:
    return {
        "from": str(prompt.get("from") or ""), "text": text, "source": prompt.get("source") or "own",
        "run": str(prompt.get("run") or ""), "parents": _parents(prompt.get("parents") or (), read),
        "topic": prompt.get("topic") or None, "question_type": prompt.get("question_type") or None,
    }  # fmt: skip


def _spare(offer: Offer, read: Curated) -> PromptSpare:
    said = {"from": offer.id, "source": offer.source, "run": offer.run, "parents": offer.parents,
            "topic": offer.topic, "question_type": offer.question_type}  # fmt: skip
    return PromptSpare(**_prompt(said, offer.text, read))


def _parents(ids: Iterable[str], read: Curated) -> list[ParentShown]:
    found = []
    for id in ids:
        item = read.questions.get(id)
        found.append(ParentShown(id=id, text=item.text if item else "", group=item.group if item else ""))
    return found


# --- what the boards have -----------------------------------------------------------------------------------------


async def _groups(hub: LiveHub, study: str) -> list[str]:
    return sorted((await hub.snapshot(study, "workshop"))["groups"])


async def _peopled(hub: LiveHub, study: str) -> frozenset[str]:
    """The groups in which somebody takes part; every group where nobody does in any, as before people arrive."""
    workshop = await hub.snapshot(study, "workshop")
    people = workshop["people"].values()
    found = {one["group"] for one in people if one["role"] == "participant" and not one["removed"]}
    return frozenset(found & set(workshop["groups"])) or frozenset(workshop["groups"])


async def _prompts(hub: LiveHub, study: str, group: str) -> Mapping[str, Mapping[str, Any]]:
    """The prompts of a group that stand on its board, each with its text as `text`."""
    board = await hub.snapshot(study, f"board/{group}/triples")
    found = {}
    for id, prompt in board["prompts"].items():
        row = board["rows"].get(id, {"fields": {}, "removed": True})
        # one whose row a facilitator removed was had, and is had no more
        found[id] = {**prompt, "text": row["fields"].get("question", ""), "gone": row["removed"]}
    return found


def _all(prompts: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The prompts and those that were exchanged for them."""
    found: list[Mapping[str, Any]] = []
    for prompt in prompts.values():
        found.append(prompt)
        found += [{**earlier, "gone": True} for earlier in prompt.get("earlier") or ()]
    return found


def _taken(prompt: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(prompt.get("from") or ""), "text": str(prompt.get("text") or ""),
        "topic": prompt.get("topic") or None, "question_type": prompt.get("question_type") or None,
        "current": not prompt.get("gone"),
    }  # fmt: skip
