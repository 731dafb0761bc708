"""Facts of how the seeds came about: sessions, time, those who led, help by a model, power, consent.

Every count of people here is withheld below k, and so is one of which the rest would be fewer than k.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from seedbed.release.documents.facts import Facts
from seedbed.release.documents.process import ProcessRecord
from seedbed.release.sources import Sources, public_model

__all__ = ["OPEN_FOR", "gather_process", "hidden"]

OPEN_FOR = 240.0
"""Minutes. A step that stood longer was left open: its planned minutes are counted in their place."""

_LEADING = frozenset({"moderator", "organiser"})
_WORK = ("comments", "votes", "reactions", "versions", "slots", "labels", "tags", "spans", "ratings")


def gather_process(facts: Facts, sources: Sources, k: int) -> None:
    """`workshop` is None where there was none; then the other facts are empty or None."""
    record = sources.process
    template = record.template
    facts.add(
        "workshop",
        {"title": template.about.title, "language": template.about.language, "template": record.template_version}
        if template else None,
        "people.db, stream agenda", "the template as it stands, and how often it was set",
    )  # fmt: skip
    held, steps = _sessions(record)
    facts.add("sessions", held, "people.db, record table steps", "minutes from one step to the next, by session")
    facts.add("steps", steps, "people.db, record table steps", "minutes from one step to the next, by kind of step")
    facts.add(
        "steps.left_open", sum(one["left_open"] for one in held), "people.db, record table steps",
        f"steps without a next one, or with one that came after more than {OPEN_FOR:.0f} minutes",
    )  # fmt: skip
    breaks = record.rows("breaks")
    lengths = [_minutes(one["at"], one["ended_at"]) for one in breaks if one["ended_at"]]
    facts.add(
        "breaks", {"breaks": len(breaks), "minutes": round(sum(lengths), 1)} if breaks else None,
        "people.db, record table breaks", "breaks that were called, and the minutes of those that ended",
    )  # fmt: skip
    _led(facts, record, k)
    _helped(facts, record)
    rows = {
        name: sum(not row["removed"] for row in record.rows(name)) for name in ("questions", "triples", "reflections")
    }
    work = {**rows, **{name: len(record.rows(name)) for name in _WORK}}
    facts.add(
        "work", [{"what": name, "count": count} for name, count in work.items() if count],
        "people.db, the record's tables of these names", "what stands on the boards",
    )  # fmt: skip
    _power(facts, sources, k)


def hidden(count: int, k: int, *wholes: int) -> int | None:
    """`count` of people as it may be told beside these numbers of people: None where it, or the rest of any of them, is
    more than 0 and fewer than `k`.
    """
    rests = (abs(whole - count) for whole in wholes)
    return None if min(wholes) < k or any(0 < few < k for few in (count, *rests)) else count


def _sessions(record: ProcessRecord) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    template = record.template
    if template is None:
        return [], []
    titles = {session.id: session.title for session in template.sessions}
    planned = {step.id: step.minutes for session in template.sessions for step in session.steps}
    by_session: dict[str, list[_Lasted]] = {}
    by_kind: dict[str, list[_Lasted]] = {}
    for one in _lasted(record.rows("steps"), planned):
        by_session.setdefault(one.step["session"], []).append(one)
        by_kind.setdefault(one.step["kind"] or "unknown", []).append(one)
    held = [
        {
            "session": titles.get(id, "without a session"),
            "began": min(one.step["at"] for one in lasted)[:10],
            "steps": len(lasted),
            "minutes": round(sum(one.minutes for one in lasted), 1),
            "planned": sum(planned.get(step, 0) for step in {one.step["step"] for one in lasted}),
            "left_open": sum(one.left_open for one in lasted),
        }
        for id, lasted in by_session.items()
    ]
    kinds = [
        {"kind": kind, "steps": len(lasted), "minutes": round(sum(one.minutes for one in lasted), 1)}
        for kind, lasted in by_kind.items()
    ]
    return held, kinds


@dataclass(frozen=True, slots=True)
class _Lasted:
    """A step with its minutes: the planned ones, 0 where there are none, if it was `left_open`."""

    step: Mapping[str, Any]
    minutes: float
    left_open: bool


def _lasted(steps: Sequence[Mapping[str, Any]], planned: Mapping[str, int]) -> Iterator[_Lasted]:
    for number, step in enumerate(steps):
        if step["step"]:
            until = steps[number + 1]["at"] if number + 1 < len(steps) else None
            minutes = _minutes(step["at"], until) if until else None
            known = minutes is not None and minutes <= OPEN_FOR
            yield _Lasted(step, minutes if known and minutes is not None else planned.get(step["step"], 0), not known)


def _minutes(since: str, until: str) -> float:
    return max(0.0, (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds() / 60)


def _led(facts: Facts, record: ProcessRecord, k: int) -> None:
    leading = {one["person"] for one in record.rows("people") if one["role"] in _LEADING and not one["removed"]}
    # an organiser leads by an account, and is none of the people
    leading |= {one["person"] for table in ("steps", "interventions") for one in record.rows(table)}
    trained = {one["person"] for one in record.rows("training")} & leading
    word = None if not leading else "all" if trained == leading else "some" if trained else "none"
    facts.add(
        "moderators.trained", word, "people.db, record table training",
        "how many of the moderators, and of who else led a step, confirmed to know the script: all, some or none",
    )  # fmt: skip
    done = Counter(one["what"] for one in record.rows("interventions"))
    facts.add(
        "interventions", [{"what": what, "count": count} for what, count in done.most_common()],
        "people.db, record table interventions", "what moderators put on record as done in a group",
    )  # fmt: skip
    asked = record.rows("asked")
    facts.add(
        "asked",
        {"questions": len(asked), "answered": sum(bool(one["answer"]) for one in asked),
         "public": sum(bool(one["public"]) for one in asked)} if asked else None,
        "people.db, record table asked", "questions to those who led",
    )  # fmt: skip
    scores = [one["score"] for one in record.rows("neutrality")]
    facts.add(
        "neutrality", {"mean": round(fmean(scores), 2), "ratings": len(scores)} if len(scores) >= k else None,
        "people.db, record table neutrality",
        f"how neutrally sessions were led, 1 to 5, by those who led; withheld below {k} ratings",
    )  # fmt: skip
    said: dict[tuple[str, str], list[int]] = {}
    for one in record.rows("checkins"):
        said.setdefault((one["about"], one["item"]), []).append(one["value"])
    told = [
        {"about": about, "item": item, "mean": round(fmean(values), 2), "answers": len(values)}
        for (about, item), values in sorted(said.items()) if len(values) >= k
    ]  # fmt: skip
    facts.add(
        "checkins", told, "people.db, record table checkins",
        f"fatigue 1 to 5, workload (NASA-TLX) 1 to 7; only of closed check-ins, withheld below {k} answers",
    )  # fmt: skip


def _helped(facts: Facts, record: ProcessRecord) -> None:
    calls = Counter((public_model(one["model"] or ""), one["purpose"]) for one in record.rows("model_calls"))
    facts.add(
        "helper", [{"model": m, "purpose": p, "calls": n} for (m, p), n in sorted(calls.items())],
        "people.db, record table model_calls", "calls of a model that people asked for while they wrote",
    )  # fmt: skip
    typed = [one for one in record.rows("fields") if one["how"] == "typed"]
    by_model = sum(one["characters"] for one in typed if one["call"])
    pasted = Counter({"": 0})
    for one in typed:
        if one["pasted"]:
            pasted[one["pasted"]] += one["characters"]
    facts.add(
        "characters",
        {"all": sum(one["characters"] for one in typed), "by_model": by_model, "pasted": sum(pasted.values())}
        if typed else None,
        "people.db, record table fields", "characters that stand on the boards; of a model's call; marked as pasted",
    )  # fmt: skip


def _power(facts: Facts, sources: Sources, k: int) -> None:
    from seedbed.workshop.recruiting import Attendee, recruited

    record = sources.process
    came = [one for one in record.rows("people") if not one["removed"]]
    words = record.template.managers if record.template else ()
    there = [
        Attendee(one["person"], one["role"], one["group"], {"position": one["position"]})
        for one in came if one["role"] == "participant"
    ]  # fmt: skip
    leads = set(recruited((), there, words).managers)
    groups = sorted({one.group for one in there if one.group})
    facts.add(
        "power.groups",
        {"groups": len(groups), "with_managers": len({one.group for one in there if one.id in leads and one.group})}
        if groups else None,
        "people.db, record table people", "groups, and those with a participant whose position leads others",
    )  # fmt: skip
    wholes = (len(came), len(sources.people)) if sources.people else (len(came),)
    anonymous = hidden(sum(bool(one["anonymous"]) for one in came), k, *wholes) if came else None
    facts.add(
        "power.anonymous", anonymous, "people.db, record table people",
        "people who chose to be without a name in their group; withheld where few",
    )  # fmt: skip
    opted = hidden(sum(one["misaligned"] == "opt_out" for one in came), k, *wholes) if came else None
    facts.add(
        "power.opted_out", opted, "people.db, record table people",
        "people who chose not to write misaligned responses; withheld where few",
    )  # fmt: skip
    consents: dict[str, list[bool]] = {}
    for one in record.rows("consents"):
        consents.setdefault(one["item"], []).append(bool(one["given"]))
    facts.add(
        "consents",
        [
            {"item": item, "agreed": hidden(sum(given), k, len(given), *(wholes if came else ()))}
            for item, given in consents.items()
        ],
        "people.db, record table consents", "people who agreed, by item; withheld where few did or did not",
    )  # fmt: skip
