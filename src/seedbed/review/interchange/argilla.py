"""Argilla 2: a folder as `Dataset.to_disk` writes it and `Dataset.from_disk` reads it.

    .argilla/settings.json   fields, questions, metadata, guidelines
    .argilla/dataset.json    name and status
    records.json             [{id, fields, metadata, suggestions, responses, vectors}]

Written as Argilla 2.8 has it. Read are that folder or its records.json; records with responses by question
({question: [{value, user_id}]}), flattened ones ("question.responses" beside "question.responses.users"), and those of
the server's own interface ([{values, user_id, status}]). Argilla's ratings go from 0 to 10, so that a scale with other
numbers becomes a label question whose labels are the numbers.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.review.fold import Rated, Task, TaskState
from seedbed.review.interchange.claims import NONE, Claim, Reading
from seedbed.review.interchange.label_studio import objects
from seedbed.review.interchange.wording import (
    COMMENT,
    LABELS,
    dumped,
    guidelines,
    item_name,
    labels_of,
    option_text,
    text_name,
    texts_of,
)
from seedbed.review.material import PARTS, Item
from seedbed.review.scales import Scale
from seedbed.review.spread import by_item

__all__ = ["read", "user_id", "write"]

_LOW, _HIGH = 0, 10  # what the server takes as values of a rating question


def write(state: TaskState, items: Mapping[str, Item], ratings: bool) -> dict[str, bytes]:
    """The files of the task. Responses carry user ids that are made of the rater's pseudonym (`user_id`)."""
    task = state.task
    names = dict.fromkeys([
        *(text_name(part) for part in PARTS[task.kind]), *(name for i in items.values() for name in texts_of(task, i))
    ])  # fmt: skip
    settings = {
        "guidelines": guidelines(task) or None,
        "questions": [*(_question(scale) for scale in task.scales), _comment()],
        "fields": [
            {
                "name": name, "title": name.replace("_", " ").capitalize(), "required": False,
                "settings": {"type": "text", "use_markdown": False},
            }
            for name in names
        ],
        "vectors": [],
        "metadata": [
            {"name": name, "title": name.replace("_", " ").capitalize(), "visible_for_annotators": True,
             "settings": {"type": "terms", "values": None}}
            for name in LABELS
        ],
        "allow_extra_metadata": True,
    }  # fmt: skip
    rated = by_item(state) if ratings else {}
    records = [
        {
            "id": item_name(task, id),
            "fields": {name: texts_of(task, item).get(name, "") for name in names},
            "metadata": labels_of(task, item),
            "suggestions": {},
            "responses": _responses(task, rated.get(id, [])),
            "vectors": {},
        }
        for id, item in items.items()
    ]
    dataset = {"name": task.name, "status": "draft", "guidelines": None, "allow_extra_metadata": True}
    return {
        ".argilla/settings.json": dumped(settings),
        ".argilla/dataset.json": dumped(dataset),
        "records.json": dumped(records),
    }


def user_id(task: Task, rater: str) -> str:
    """A UUID for a rater, as Argilla names users: the same in every export of the task, and it tells nobody who."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{task.salt} {rater}"))


def _question(scale: Scale) -> dict[str, Any]:
    settings: dict[str, Any]
    numbers = [value for value in scale.values if isinstance(value, int)]
    if not scale.options:
        # a number in a field of its own: nothing else of Argilla's holds one with decimals
        settings = {"type": "text", "use_markdown": False}
    elif len(numbers) == len(scale.values) and min(numbers) >= _LOW and max(numbers) <= _HIGH:
        settings = {"type": "rating", "options": [{"value": value} for value in numbers]}
    else:
        options = [
            {"value": str(o.value), "text": option_text(scale, o.value, o.text), "description": o.anchor or None}
            for o in scale.options
        ]
        if scale.several:
            none = {"value": NONE, "text": "None of these", "description": None}
            settings = {"type": "multi_label_selection", "options": [*options, none], "options_order": "natural"}
        else:
            settings = {"type": "label_selection", "options": options}
        settings["visible_options"] = None
    return {
        "name": scale.id, "title": scale.title, "description": scale.definition or None, "required": scale.required,
        "settings": settings,
    }  # fmt: skip


def _comment() -> dict[str, Any]:
    return {
        "name": COMMENT, "title": "Critique", "description": None, "required": False,
        "settings": {"type": "text", "use_markdown": False},
    }  # fmt: skip


def _responses(task: Task, rated: list[Rated]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in rated:
        user = user_id(task, one.rater)
        for scale in task.scales:
            if scale.id in one.values:
                found[scale.id].append({"value": _value(scale, one.values[scale.id]), "user_id": user})
        if one.critique:
            found[COMMENT].append({"value": one.critique, "user_id": user})
    return dict(found)


def _value(scale: Scale, value: Any) -> Any:
    if scale.several:
        return list(value) or [NONE]
    return value if _question(scale)["settings"]["type"] == "rating" else str(value)


# --- in -------------------------------------------------------------------------------------------------------------


def read(path: Path, task: Task) -> Reading:
    """The responses in an export of Argilla, a claim for each user and record. Raises InputError."""
    records = objects(path / "records.json" if path.is_dir() else path)
    claims: list[Claim] = []
    names: set[str] = set()
    unanswered = 0
    for number, record in enumerate(records, 1):
        row = f"record {number}"
        item = str(record.get("id") or record.get("external_id") or "")
        answered = list(_by_user(record))
        unanswered += not answered
        for user, status, answers in answered:
            names |= answers.keys()
            fault = "a draft, which was never submitted" if status == "draft" else ""
            values = {id: _plain(value) for id, value in answers.items() if id != COMMENT and value not in (None, "")}
            known = {id: value for id, value in values.items() if id in {scale.id for scale in task.scales}}
            skipped = status == "discarded"
            claims.append(
                Claim(
                    row, item, user, {} if skipped else known, "" if skipped else str(answers.get(COMMENT) or ""),
                    skipped=skipped, fault=fault,
                )
            )  # fmt: skip
    scales = {scale.id for scale in task.scales}
    if records and not any("responses" in one or any(k.endswith(".responses") for k in one) for one in records):
        raise InputError(f"{path} holds no responses of Argilla", hint="Export it with: dataset.to_disk(…)")
    return Reading(
        "argilla", len(records), tuple(claims), frozenset(names & scales),
        tuple(sorted(names - scales - {COMMENT})), unanswered,
    )  # fmt: skip


def _by_user(record: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(user, status, answers by question) of each user."""
    responses = record.get("responses")
    if isinstance(responses, list):  # as the server's own interface has them
        for one in responses:
            values = one.get("values") or {}
            answers = {name: v.get("value") if isinstance(v, Mapping) else v for name, v in values.items()}
            yield str(one.get("user_id") or ""), str(one.get("status") or ""), answers
        return
    found: dict[str, dict[str, Any]] = {}
    status: dict[str, str] = {}
    if isinstance(responses, Mapping):
        for name, given in responses.items():
            for one in given or ():
                found.setdefault(str(one.get("user_id") or ""), {})[name] = one.get("value")
                status.setdefault(str(one.get("user_id") or ""), str(one.get("status") or ""))
    for key, given in record.items():  # flattened
        if key.endswith(".responses") and isinstance(given, list):
            users = record.get(f"{key}.users") or []
            states = record.get(f"{key}.status") or []
            for n, value in enumerate(given):
                user = str(users[n]) if n < len(users) else ""
                found.setdefault(user, {})[key.removesuffix(".responses")] = value
                status.setdefault(user, str(states[n] or "") if n < len(states) else "")
    for user, answers in found.items():
        yield user, status.get(user, ""), answers


def _plain(value: Any) -> Any:
    return [one for one in value if one != NONE] if isinstance(value, list) else value
