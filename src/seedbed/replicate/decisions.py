"""The decision log of a package: what was set, gone to and decided. Ids, codes, numbers and times; nobody's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seedbed.curate.decisions import BY_PERSON, STREAM, decode
from seedbed.study.events import Event, EventStore
from seedbed.workshop.places import AGENDA

__all__ = ["SETTING_UP", "decisions_of"]

SETTING_UP = "replication"
"""Who sets a template that came in a package: the program, whose acts are no decisions."""

_AGENDA: Mapping[str, tuple[str, ...]] = {
    "template.set": (), "step.go": ("step", "step_kind", "minutes"), "timer.set": ("action", "minutes"),
    "break.begin": ("minutes",), "break.end": (), "taxonomy.set": ("version",), "bridge.give": ("run", "source"),
    "lesson.add": ("from",), "lesson.change": ("section",), "lesson.decide": ("accepted",), "lesson.remove": (),
}  # fmt: skip
_BOARDS: Mapping[str, tuple[str, ...]] = {"label.review": ("state", "as"), "phase.open": (), "phase.close": ()}
_CURATED = ("version", "pool", "chosen", "into", "use", "nuanced", "rule", "undoes", "undoes_batch", "batch")


def decisions_of(store: EventStore) -> Iterator[dict[str, Any]]:
    """Those of the agenda, of the boards, and of curation, each stream in its order."""
    for event in store.read(AGENDA):
        if event.kind in _AGENDA and event.actor != SETTING_UP:
            yield _line(event, _AGENDA[event.kind])
    for stream in store.streams("board/"):
        for event in store.read(stream):
            if event.kind in _BOARDS:
                yield _line(event, _BOARDS[event.kind])
    for event in store.read(STREAM):
        if event.kind == "decision":
            yield _curated(event)


def _line(event: Event, known: tuple[str, ...]) -> dict[str, Any]:
    kept = {name: event.data[name] for name in known if event.data.get(name) is not None}
    return {"stream": event.stream, "at": event.at, "by": event.actor, "what": event.kind, "about": event.subject,
            **({"detail": kept} if kept else {})}  # fmt: skip


def _curated(event: Event) -> dict[str, Any]:
    decision = decode(event)
    kept = {name: decision.detail[name] for name in _CURATED if name in decision.detail}
    line = {"stream": event.stream, "at": event.at, "by": decision.actor, "what": decision.act,
            "about": decision.subject, "rule": decision.rule}  # fmt: skip
    if decision.rule != BY_PERSON:  # what a person gave as a reason may quote what it is about
        line["reason"] = decision.reason
    for name in ("measured", "rival"):
        if (value := getattr(decision, name)) is not None:
            line[name] = value
    return {**line, **({"detail": kept} if kept else {})}
