"""The rows of the record's tables, read off the boards, the workshop's people and its agenda."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from seedbed.records import Writer
from seedbed.seeds.boards import Part, ReadBoard, Said, authors_of
from seedbed.seeds.consents import DEMOGRAPHICS, Standing
from seedbed.seeds.contributions import seed_id
from seedbed.seeds.fold import SeedsFold
from seedbed.study.entries import Event
from seedbed.workshop.agenda import Agenda
from seedbed.workshop.members import Members

__all__ = ["of_board", "of_workshop"]

Row: TypeAlias = dict[str, Any]
Found: TypeAlias = Iterator[tuple[str, Row]]


def of_workshop(
    members: Members, groups: Iterable[str], agenda: Agenda, went: Iterable[Event], standing: Standing
) -> Found:
    """People, consents, groups and steps. `went` are the events of the agenda that went to a step."""
    state = members.snapshot()
    for id, person in state["people"].items():
        told = state["profiles"].get(id, {}) if standing.lets(id, DEMOGRAPHICS) else {}
        yield "people", {
            "person": id, "role": person["role"], "group": person["group"] or "", "joined_at": person["at"],
            "removed": person["removed"], "anonymous": person["anonymous"], "misaligned": person["misaligned"],
            "position": told.get("position", ""), "background": told.get("background", ""),
            "location": told.get("place", ""), "positionality": told.get("positionality", ""),
        }  # fmt: skip
        if consent := person["consent"]:
            for item, given in consent["items"].items():
                yield "consents", {
                    "person": id, "item": item, "given": given, "version": consent["version"], "at": consent["at"],
                }  # fmt: skip
    for group in groups:
        plan = agenda.template.group(group)
        yield "groups", {
            "group": group, "added_at": state["groups"].get(group, {}).get("at"), "value": plan.value,
            "goal_questions": plan.goal_questions, "goal_triples": plan.goal_triples,
        }  # fmt: skip
    sessions = {step.id: session.id for session in agenda.template.sessions for step in session.steps}
    for event in went:
        step = agenda.template.step(event.data["step"])
        yield "steps", {
            "at": event.at, "step": event.data["step"] or "", "session": sessions.get(event.data["step"], ""),
            "kind": step.kind if step else "", "title": step.title if step else "", "person": event.actor,
        }  # fmt: skip


_TABLES = {"reflection": "reflections", "debrief": "debriefs"}  # the name of an activity, where its table has another


def of_board(read: ReadBoard, seeds: SeedsFold, standing: Standing) -> Found:
    """Every row of the tables that a board gives."""
    activity = read.board.place.activity.name
    places = {row: place for place, row in enumerate(read.board.ordered(), 1)}
    votes = Counter(vote["row"] for vote in read.items("votes").values())
    for row, value in read.board.rows.items():
        made = _row(read, row, value, seeds, standing)
        yield _TABLES.get(activity, activity), {**made, "place": places.get(row), "votes": votes[row]}
        yield from (("fields", field) for field in _fields(read, row, value))
    yield from _collections(read)
    yield from _prompts(read)
    yield from _calls(read)


def _where(read: ReadBoard) -> Row:
    place = read.board.place
    return {"group": place.group, "activity": place.activity.name}


def _row(read: ReadBoard, row: str, value: Mapping[str, Any], seeds: SeedsFold, standing: Standing) -> Row:
    activity, group = read.board.place.activity, read.board.place.group
    writers: dict[str, Writer] = {}
    texts: dict[str, str] = {}
    written: list[Said] = []
    for name in activity.texts:
        text, _ = read.text(f"{name}:{row}")
        said = read.said(f"{name}:{row}")
        texts[name], writers[name] = text, said.writer
        written.append(said)
    authors = [person for person in authors_of(written) if person]
    id = seed_id(group, row, activity.name)
    by = (
        {"written_by": writers[activity.texts[0]].value}
        if len(activity.texts) == 1
        else {f"{name}_by": writer.value if texts[name].strip() else "" for name, writer in writers.items()}
    )
    return {
        "group": group, "row": row, "seed": id if seeds.boards.get(id) and seeds.records.get(id) else "",
        "held": standing.row_held(read.board.doc, row, authors) or "",
        "removed": value["removed"], "added_by": value["by"], "added_at": value["at"], "taxonomy": value["taxonomy"],
        "authors": ";".join(authors), **by, **texts,
        **{name: value["fields"].get(name) or "" for name in activity.fields},
    }  # fmt: skip


def _fields(read: ReadBoard, row: str, value: Mapping[str, Any]) -> Iterator[Row]:
    where = {**_where(read), "row": row}
    for name in read.board.place.activity.texts:
        _, parts = read.text(f"{name}:{row}")
        held: Counter[tuple[str, str, str]] = Counter()
        for part in parts:
            held[_whose(part)] += part.end - part.start
        for (person, call, pasted), characters in held.items():
            yield {
                **where, "field": name, "how": "typed", "person": person, "call": call, "pasted": pasted,
                "characters": characters, "at": None,
            }  # fmt: skip
    for name in read.board.place.activity.fields:
        words, by = value["fields"].get(name), read.set_by.get((row, name))
        if words and by:
            yield {
                **where, "field": name, "how": "set", "person": by[0], "call": "", "pasted": "",
                "characters": len(words), "at": by[1],
            }  # fmt: skip


def _whose(part: Part) -> tuple[str, str, str]:
    return part.person, part.call or "", part.pasted


def _collections(read: ReadBoard) -> Found:
    where = _where(read)
    of_row = {"group": where["group"]}
    for id, item in read.items("comments").items():
        yield "comments", {**where, "comment": id, **_of(item, "row", "person", "at", "text", "resolved")}
    for id, item in read.items("returns").items():
        kept = _of(item, "row", "at", "note")
        yield "returns", {**where, "seed": id, **kept, "person": item["by"], "changed_at": item["changed"] or None}
    for id, item in read.items("votes").items():
        yield "votes", {**where, **_of(item, "row", "person"), "at": read.when.get(("votes", id))}
    for item in read.items("reactions").values():
        yield "reactions", {**where, **_of(item, "row", "emoji", "person", "at")}
    for id, item in read.items("versions").items():
        yield "versions", {**where, "version": id, **_of(item, "row", "person", "at", "seq", "note")}
    for id, item in read.items("slots").items():
        at = read.when.get(("slots", id))
        yield "slots", {**of_row, "slot": id, **_of(item, "row", "kind", "text", "person"), "at": at}
    for id, item in read.items("labels").items():
        kept = _of(item, "of", "definition", "person", "at", "state")
        yield "labels", {**where, "label": id, **kept, "name": item["label"], "accepted_as": item["as"] or ""}
    for item in read.items("tags").values():
        yield "tags", {**where, **_of(item, "row", "of", "name", "person", "at")}
    for id, item in read.items("topics").items():
        yield "topics", {"debrief": where["group"], "topic": id, **_of(item, "name", "person", "at")}
    for id, item in read.items("spans").items():
        yield "spans", {**where, "span": id, **_of(item, "row", "risk", "note", "person", "at"), **_span(read, item)}
    for item in read.items("ratings").values():
        labels = item["value"] if isinstance(item["value"], list | tuple) else ()
        yield "ratings", {
            **where, **_of(item, "row", "scale", "person", "at"), "labels": ";".join(labels),
            "grade": None if labels else item["value"],
        }  # fmt: skip
    for id, item in read.items("pastes").items():
        field, _, row = str(item["text"]).partition(":")
        yield "pastes", {
            **where, "row": row, "field": field, "person": item["person"], "characters": item["chars"],
            "origin": item["origin"], "at": read.when.get(("pastes", id)),
        }  # fmt: skip


def _of(item: Mapping[str, Any], *names: str) -> Row:
    return {name: item[name] for name in names}


def _span(read: ReadBoard, item: Mapping[str, Any]) -> Row:
    name = str(item["text"])
    text, _ = read.text(name)
    start, end = read.place(name, item["start"]), read.place(name, item["end"])
    quoted = text[start:end] if start is not None and end is not None else ""
    return {"field": name.partition(":")[0], "start": start, "end": end, "quoted": quoted}


def _prompts(read: ReadBoard) -> Found:
    for row, item in read.items("prompts").items():
        had = [*item["earlier"], item]
        for number, prompt in enumerate(had, 1):
            yield "prompts", {
                "group": read.board.place.group, "row": row, "number": number, "current": number == len(had),
                **_of(prompt, "source", "topic", "question_type", "at"), "from": prompt["from"] or "",
                "run": prompt["run"] or "", "parents": ";".join(prompt["parents"]), "given_by": prompt["by"],
            }  # fmt: skip


def _calls(read: ReadBoard) -> Found:
    for id, call in read.items("calls").items():
        reply = read.items("replies").get(id, {})
        yield "model_calls", {
            **_where(read), "call": id, **_of(call, "person", "at", "endpoint", "model"),
            **{name: call.get(name) or "" for name in ("purpose", "row", "batch", "part")},
            **{name: call.get(name) for name in ("temperature", "max_tokens")},
            "used": ";".join(call["used"]), "prompt": reply.get("prompt") or "", "reply": reply.get("text") or "",
        }  # fmt: skip
