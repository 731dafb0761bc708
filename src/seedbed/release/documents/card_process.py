"""The card's sections on the work: how people worked together, where they differed, how far the taking part went."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seedbed.release.documents import prose
from seedbed.release.documents.card_data import Card
from seedbed.release.documents.facts import Facts
from seedbed.release.documents.markdown import cell, many, of, table

__all__ = ["judged", "process", "scope"]

_WORDS = {"all": "All", "some": "Some, not all,", "none": "None"}


def process(card: Card) -> Iterable[str]:
    facts, workshop = card.facts, card.facts["workshop"]
    if not workshop:
        yield "The study has no record of a workshop: its seeds were imported. What is known of them stands above."
        yield from _languages(facts)
        return
    yield (
        f"The seeds were written in a workshop, *{cell(workshop['title'])}*, led in the language "
        f"`{workshop['language']}`. What people were told and asked, and what moderators were to say: `script.md`."
    )
    yield from _time(facts)
    yield from _led(facts)
    yield from _written(facts)
    yield from _languages(facts)
    yield from _power(card)
    yield from _consents(card)


def _time(facts: Facts) -> Iterable[str]:
    if not (held := facts["sessions"]):
        yield "No step of its agenda is on record, and so no time."
        return
    lines: list[tuple[str, ...]] = [
        (cell(one["session"]), one["began"], f"{one['steps']:,}", f"{one['minutes']:,}", f"{one['planned']:,}")
        for one in held
    ]
    yield table(("Session", "Began", "Steps", "Minutes", "Minutes planned"), lines, right=(2, 3, 4))
    if facts["steps"]:
        lines = [(one["kind"], f"{one['steps']:,}", f"{one['minutes']:,}") for one in facts["steps"]]
        yield table(("Kind of step", "Steps", "Minutes"), lines, right=(1, 2))
    if left := facts["steps.left_open"]:
        many_steps = "One step was" if left == 1 else f"{left:,} steps were"
        yield f"{many_steps} left open; of such a step the minutes that were planned are counted."
    yield facts.told("sessions", "steps", "steps.left_open")
    if breaks := facts["breaks"]:
        yield f"Besides, {many(breaks['breaks'], 'break')} were called, {breaks['minutes']:,} minutes in all."


def _led(facts: Facts) -> Iterable[str]:
    used = []
    if word := facts["moderators.trained"]:
        used.append("moderators.trained")
        yield f"{_WORDS[word]} of those who led confirmed that they know the script."
    if done := facts["interventions"]:
        used.append("interventions")
        told = ", ".join(f"{one['what']} {one['count']:,}" for one in done)
        yield f"What moderators put on record as done in their groups: {told}."
    if asked := facts["asked"]:
        used.append("asked")
        yield (
            f"People asked those who led {many(asked['questions'], 'question')}; {asked['answered']:,} were answered, "
            f"{asked['public']:,} for everybody to read."
        )
    if rated := facts["neutrality"]:
        used.append("neutrality")
        yield (
            f"Those who led rated how neutrally sessions were led, themselves and each other: {rated['mean']:,} of 5 "
            f"on average, in {rated['ratings']:,} ratings."
        )
    if checkins := facts["checkins"]:
        used.append("checkins")
        lines = [(one["about"], one["item"], f"{one['mean']:,}", f"{one['answers']:,}") for one in checkins]
        yield "How people felt, as they said in check-ins (fatigue 1 to 5, workload by NASA-TLX 1 to 7):"
        yield table(("Check-in", "Item", "Mean", "Answers"), lines, right=(2, 3))
    if used:
        yield facts.told(*used)


def _written(facts: Facts) -> Iterable[str]:
    if work := facts["work"]:
        standing = ", ".join(f"{one['what']} {one['count']:,}" for one in work)
        yield f"On the boards stand: {standing}."
    if (made := facts["characters"]) and made["all"]:
        yield (
            f"Of {made['all']:,} characters that were typed there and stand, a model's call wrote "
            f"{of(made['by_model'], made['all'])}; {made['pasted']:,} were marked as pasted."
        )
    if calls := facts["helper"]:
        lines = [(f"`{cell(one['model'])}`", one["purpose"], f"{one['calls']:,}") for one in calls]
        yield "A model could be asked for help; each call is on record:"
        yield table(("Model", "For", "Calls"), lines, right=(2,))
    yield facts.told("work", "characters", "helper")


def _languages(facts: Facts) -> Iterable[str]:
    if spoken := facts["languages.seeds"]:
        told = ", ".join(f"`{cell(one['language'])}` {one['seeds']:,}" for one in spoken)
        yield f"Languages of the seeds, as they came with them: {told}. {facts.told('languages.seeds')}"


def _power(card: Card) -> Iterable[str]:
    facts = card.facts
    if groups := facts["power.groups"]:
        if groups["with_managers"]:
            yield (
                f"**Power.** In {groups['with_managers']:,} of {groups['groups']:,} groups somebody took part whose "
                f"position says that they lead others. {prose.POWER}"
            )
        else:
            yield f"**Power.** In none of {groups['groups']:,} groups did anybody name a position that leads others."
    for key, what in (
        ("power.anonymous", "chose to be without a name in their group"),
        ("power.opted_out", "chose not to write misaligned responses"),
    ):
        if (count := facts[key]) is not None:
            yield f"{f'{count:,} people' if count else 'Nobody'} {what}."
    yield facts.told("power.groups", "power.anonymous", "power.opted_out")


def _consents(card: Card) -> Iterable[str]:
    if consents := card.facts["consents"]:
        lines = [
            (cell(one["item"]), "not shown" if one["agreed"] is None else f"{one['agreed']:,}") for one in consents
        ]
        yield "What people agreed to, each item by itself. Words of who did not agree to *training* are not seeds."
        yield table(("Item", "Agreed"), lines, right=(1,))
        yield card.facts.told("consents")


def judged(card: Card) -> Iterable[str]:
    facts = card.facts
    if not (found := facts["disagreements"]) and not facts["rating_tasks"]:
        yield "No row was judged by two people, so the record cannot say where they differ."
    if found:
        yield "Rows that two or more people judged, and those of them on which their answers differ:"
        lines = [(f"`{cell(one['scale'])}`", f"{one['rows']:,}", of(one["differ"], one["rows"])) for one in found]
        yield table(("Scale", "Rows", "Differ"), lines, right=(1, 2))
        yield facts.told("disagreements")
    for name in ("difficulty", "confidence"):
        if said := facts[name]:
            yield f"{name.capitalize()}, 1 to 5: {said['mean']:,} on average, of {many(said['answers'], 'answer')}."
            yield facts.told(name)
    if tasks := facts["rating_tasks"]:
        yield "Rating tasks:"
        yield table(("Task", "Rows", "Rated", "Ratings", "Median seconds", "Hours"), [_task(one) for one in tasks],
                    right=(1, 2, 3, 4, 5))  # fmt: skip
        yield facts.told("rating_tasks")
    if labels := facts["labels"]:
        yield "Where the hard labels of `inspector` come from; *role* is what a response was written to be:"
        lines = [(f"`{one['role']}`", one["label_from"], f"{one['rows']:,}") for one in labels]
        yield table(("Role", "Label from", "Rows"), lines, right=(2,))
        yield facts.told("labels")


def _task(one: dict[str, Any]) -> tuple[str, ...]:
    seconds = "–" if one["median_seconds"] is None else f"{one['median_seconds']:,}"
    return (
        cell(one["task"]),
        *(f"{one[name]:,}" for name in ("rows", "rated", "ratings")),
        seconds,
        f"{one['hours']:,}",
    )


def scope(card: Card) -> Iterable[str]:
    yield prose.SCOPE
    layers = {one["layer"]: one["scope"] for one in card.facts["scope"]}
    lines = [(name, cell(layers.get(name, "")) or "*nothing noted*") for name in ("foundation", "subfloor", "surface")]
    yield table(("Layer", "What people had a say in"), lines)
    yield card.facts.told("scope")
