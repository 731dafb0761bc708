"""The rows of the record's tables about how a workshop was led: announcements, questions, check-ins and the like.

Private notes and the back channel are nobody's record. Of check-ins nobody is named.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from seedbed.study.entries import Event
from seedbed.workshop.facilitation import FEW, Facilitation

__all__ = ["of_agenda", "of_facilitation"]

Found: TypeAlias = Iterator[tuple[str, dict[str, Any]]]


def of_agenda(events: Iterable[Event]) -> Found:
    """Breaks and announcements, from the events of the agenda."""
    pause: dict[str, Any] | None = None
    announced: dict[str, dict[str, Any]] = {}
    for event in events:
        match event.kind:
            case "break.begin":
                begun = pause or {"at": event.at, "ended_at": None, "person": event.actor}
                pause = {**begun, "minutes": event.data["minutes"]}  # given again, it goes on longer
            case "break.end" | "step.go" if pause is not None:
                yield "breaks", {**pause, "ended_at": event.at}
                pause = None
            case "announcement.add":
                announced[event.subject] = {
                    "announcement": event.subject, "at": event.at, "person": event.actor,
                    "groups": ";".join(event.data["groups"]), "text": event.data["text"] or "", "removed": False,
                }  # fmt: skip
            case "announcement.remove" if event.subject in announced:
                announced[event.subject]["removed"] = True
    if pause is not None:
        yield "breaks", pause
    yield from (("announcements", one) for one in announced.values())


def of_facilitation(told: Facilitation) -> Found:
    """Questions, interventions, check-ins, training and neutrality."""
    for id, one in told.items("questions").items():
        yield "asked", {
            "question": id, "group": one["group"] or "", "person": one["by"], "at": one["at"], "text": one["text"],
            "answer": one["answer"], "answered_by": one["answered_by"], "answered_at": one["answered_at"] or None,
            "public": one["public"], "same_as": one["same_as"] or "",
        }  # fmt: skip
    for id, one in told.items("interventions").items():
        yield "interventions", {
            "intervention": id, "group": one["group"] or "", "person": one["by"], "at": one["at"], "what": one["what"],
            "text": one["text"],
        }  # fmt: skip
    yield from _checkins(told)
    for person, one in told.items("training").items():
        yield "training", {"person": person, "version": one["version"], "at": one["at"]}
    for one in told.items("neutrality").values():
        named = {name: one[name] for name in ("of", "session", "score", "text", "at")}
        yield "neutrality", {**named, "person": one["by"]}


def _checkins(told: Facilitation) -> Found:
    of_checkin: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for answer in told.items("answers").values():
        of_checkin[answer["checkin"]].append(answer)
    for id, one in told.items("checkins").items():
        if one["closed"] is None:
            continue  # a record of now and one of later would differ by somebody's answer
        answers = of_checkin[id]
        sizes = Counter(answer["group"] for answer in answers)
        few = sum(size for size in sizes.values() if size < FEW)
        kept = [answer for answer in answers if sizes[answer["group"]] >= FEW or few >= FEW]
        random.SystemRandom().shuffle(kept)  # the order in which they came would say who
        for number, answer in enumerate(kept, 1):
            group = answer["group"] if sizes[answer["group"]] >= FEW else ""
            for item, value in answer["values"].items():
                yield "checkins", {
                    "checkin": id, "about": one["about"], "opened_at": one["at"], "closed_at": one["closed"],
                    "group": group, "respondent": f"r{number}", "item": item, "value": value,
                }  # fmt: skip
