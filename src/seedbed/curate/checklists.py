"""Checklists: what a use case asks of its questions, pairs and release, ticked by people, and exported.

The criteria stand in the profile; each tick is an event with who, when and a note, and the newest counts.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from seedbed.curate.decisions import STREAM
from seedbed.curate.desk import Desk
from seedbed.curate.fold import fold
from seedbed.curate.typed import check_actor, check_words
from seedbed.errors import InputError, UsageError
from seedbed.seeds.spreadsheets import defused
from seedbed.study import Folder
from seedbed.study.events import Act, Event, EventStore
from seedbed.taxonomy.profiles import ChecklistItem, Profile

__all__ = ["Ticked", "checklist", "checklist_export", "tick"]

Tick = Literal["yes", "no", "na", "open"]
Format = Literal["md", "csv", "json"]
_SAID = {"yes": "yes", "no": "no", "na": "does not apply", "open": "open"}


@dataclass(frozen=True, slots=True)
class Ticked:
    """One criterion and what was said of it last. `reworded` means that its text has changed since it was ticked."""

    id: str
    text: str
    kind: Literal["questions", "triples", "release"]
    state: Tick = "open"
    note: str = ""
    by: str = ""
    at: str = ""
    reworded: bool = False


def checklist(folder: Folder, profile: Profile, *, desk: Desk | None = None) -> tuple[Ticked, ...]:
    """The criteria of the profile in its order, with the newest tick of each."""
    events = (desk.look().have if desk else fold(folder)).ticks
    newest = {event.subject: event for event in events}
    return tuple(_ticked(item, newest.get(_subject(profile, item.id))) for item in profile.checklist)


def tick(folder: Folder, profile: Profile, item: str, state: Tick, note: str, actor: str) -> Ticked:
    """Record what a person says of a criterion: "yes", "no", "na" (does not apply), or "open" to take a tick off.

    Raises InputError for a criterion that the profile lacks, UsageError for another state or want of a person.
    """
    folder.check()
    check_actor(actor)
    if state not in get_args(Tick):
        raise UsageError(f"A criterion cannot be {state!r}", hint=f"One of: {', '.join(get_args(Tick))}")
    check_words(note, "The note")
    found = next((one for one in profile.checklist if one.id == item), None)
    if found is None:
        known = ", ".join(one.id for one in profile.checklist) or "none"
        raise InputError(f"The checklist of {profile.id} has no {item!r}", hint=f"It has: {known}.")
    data = {"state": state, "profile": profile.id, "version": profile.version, "item": item, "asked": _asked(found)}
    subject = _subject(profile, item)
    with folder.writing(), EventStore.of(folder) as store:
        last = store.append(STREAM, actor, [Act("tick", subject, data, {"note": note.strip()})])
        (event,) = store.read(STREAM, last - 1)
    return _ticked(found, event)


def checklist_export(rows: Sequence[Ticked], format: Format) -> str:
    """The checklist as a Markdown list, a CSV table (RFC 4180; formulas defused) or JSON."""
    match format:
        case "json":
            return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2) + "\n"
        case "csv":
            buffer = io.StringIO()
            writer = csv.writer(buffer, lineterminator="\r\n")
            writer.writerow(["id", "for", "text", "state", "note", "by", "at", "reworded"])
            for row in rows:
                cells = (row.id, row.kind, row.text, row.state, row.note, row.by, row.at, "yes" if row.reworded else "")
                writer.writerow([defused(cell) for cell in cells])
            return buffer.getvalue()
        case "md":
            return _markdown(rows)
    raise UsageError(f"A checklist is not exported as {format!r}", hint=f"One of: {', '.join(get_args(Format))}")


def _markdown(rows: Sequence[Ticked]) -> str:
    lines: list[str] = []
    for kind in ("questions", "triples", "release"):
        of_kind = [row for row in rows if row.kind == kind]
        if of_kind:
            lines += [f"## {kind.capitalize()}", ""]
            for row in of_kind:
                lines.append(f"- [{'x' if row.state == 'yes' else ' '}] {_line(row.text)} (`{row.id}`)")
                if row.state != "open":
                    note = f": {_line(row.note)}" if row.note else ""
                    lines.append(f"  - {_SAID[row.state]}, {_line(row.by)}, {row.at[:10]}{note}")
                if row.reworded:
                    lines.append("  - its words have changed since")
            lines.append("")
    return "\n".join(lines)


def _line(text: str) -> str:
    """On one line, and with nothing in it that Markdown would take for a mark."""
    joined = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#" else char for char in joined)


def _ticked(item: ChecklistItem, event: Event | None) -> Ticked:
    if event is None or event.data["state"] == "open":
        return Ticked(item.id, item.text, item.kind)
    said = event.data
    return Ticked(
        item.id, item.text, item.kind, said["state"], said.get("note") or "", event.actor, event.at,
        said["asked"] != _asked(item),
    )  # fmt: skip


def _subject(profile: Profile, item: str) -> str:
    return f"{profile.id}/{item}"


def _asked(item: ChecklistItem) -> str:
    return hashlib.sha256(item.text.encode()).hexdigest()[:12]
