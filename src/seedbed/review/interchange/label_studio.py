"""Label Studio 1.x: a labelling configuration, the tasks to import, and the JSON (or JSON_MIN) that it exports.

    config.xml   the labelling interface, to be pasted in a project's settings
    tasks.json   [{data, annotations: [{result: [{from_name, to_name, type, value}], completed_by, lead_time, …}]}]

Every scale with options is a <Choices>, whose aliases are the values of the scale; a range is a <Number>. Read are
choices, ratings, numbers, taxonomies (the last of each path) and text areas.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

from seedbed.errors import InputError
from seedbed.review.fold import Rated, Task, TaskState
from seedbed.review.interchange.claims import NONE, Claim, Reading
from seedbed.review.interchange.wording import (
    COMMENT,
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

__all__ = ["config", "objects", "read", "values_in", "write"]

# In place of completed_by: Label Studio refuses annotations by users whom it does not have, and says nothing of who
# rated them here. It stands in each result, which Label Studio stores as it comes.
_RATER = "seedbed_rater"
_MOST = 256 * 1024 * 1024


def write(state: TaskState, items: Mapping[str, Item], ratings: bool) -> dict[str, bytes]:
    """config.xml, tasks.json and the guidelines. Annotations name no user of Label Studio: see `_RATER`."""
    task = state.task
    rated = by_item(state) if ratings else {}
    tasks = []
    for id, item in items.items():
        made: dict[str, Any] = {"data": {"item": item_name(task, id), **texts_of(task, item), **labels_of(task, item)}}
        made["data"]["labels"] = "; ".join(
            f"{k.removesuffix('_label').replace('_', ' ')}: {v}" for k, v in labels_of(task, item).items()
        )
        if ratings:
            made["annotations"] = [_annotation(task, one) for one in rated[id]]
        tasks.append(made)
    return {
        "config.xml": config(task).encode(),
        "tasks.json": dumped(tasks),
        "guidelines.txt": guidelines(task).encode(),
    }


def config(task: Task) -> str:
    """The labelling interface as XML."""
    view = xml.Element("View")
    names = [text_name(part) for part in PARTS[task.kind]]
    xml.SubElement(view, "Text", name="labels", value="$labels")
    for name in names:
        xml.SubElement(view, "Header", value=name.replace("_", " ").capitalize())
        xml.SubElement(view, "Text", name=name, value=f"${name}")
    for scale in task.scales:
        about = _judged(scale, names)
        xml.SubElement(view, "Header", value=scale.title)
        required = "true" if scale.required else "false"
        if not scale.options:
            xml.SubElement(
                view, "Number", name=scale.id, toName=about, min=f"{scale.low:g}", max=f"{scale.high:g}",
                required=required,
            )  # fmt: skip
            continue
        choices = xml.SubElement(
            view, "Choices", name=scale.id, toName=about, choice="multiple" if scale.several else "single",
            required=required,
        )  # fmt: skip
        for option in scale.options:
            more = {"hint": option.anchor} if option.anchor else {}
            shown = option_text(scale, option.value, option.text)
            xml.SubElement(choices, "Choice", {"value": shown, "alias": str(option.value), **more})
        if scale.several:
            xml.SubElement(choices, "Choice", value="None of these", alias=NONE)
    xml.SubElement(view, "Header", value="Critique")
    xml.SubElement(view, "TextArea", name=COMMENT, toName=names[-1], rows="3", maxSubmissions="1")
    xml.indent(view)
    return xml.tostring(view, encoding="unicode") + "\n"


def _judged(scale: Scale, names: list[str]) -> str:
    """The text that a scale is about: its namesake, else the last one."""
    return text_name(scale.id) if text_name(scale.id) in names else names[-1]


def _annotation(task: Task, rated: Rated) -> dict[str, Any]:
    names = [text_name(part) for part in PARTS[task.kind]]
    result = []

    def add(name: str, to: str, kind: str, value: Mapping[str, Any]) -> None:
        result.append({
            "id": f"{name}-{rated.seq}", "from_name": name, "to_name": to, "type": kind, "origin": "manual",
            _RATER: rated.rater, "value": dict(value),
        })  # fmt: skip

    for scale in task.scales:
        value = rated.values.get(scale.id)
        if isinstance(value, tuple):
            add(scale.id, _judged(scale, names), "choices", {"choices": list(value) or [NONE]})
        elif value is not None and scale.options:
            add(scale.id, _judged(scale, names), "choices", {"choices": [str(value)]})
        elif value is not None:
            add(scale.id, _judged(scale, names), "number", {"number": value})
    if rated.critique:
        add(COMMENT, names[-1], "textarea", {"text": [rated.critique]})
    return {
        "result": result, _RATER: rated.rater, "was_cancelled": rated.skipped, "ground_truth": False,
        "created_at": rated.at, "updated_at": rated.at, "lead_time": rated.seconds,
    }  # fmt: skip


# --- in -------------------------------------------------------------------------------------------------------------


def objects(path: Path) -> list[dict[str, Any]]:
    """The list of objects in the JSON file at `path`. Raises InputError."""
    try:
        if path.stat().st_size > _MOST:
            raise InputError(f"{path} is larger than {_MOST >> 20} MB", hint="Export it in parts.")
        rows = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"There is no file {path}", hint="Check the path.") from None
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}", hint="Check its owner and rights.") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON: {error}", hint="Export the whole project as JSON.") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{path} is no list of objects", hint="Export the whole project as JSON.")
    return rows


def read(path: Path, task: Task) -> Reading:
    """The annotations in an export of Label Studio, a claim each. Raises InputError."""
    scales = {scale.id: scale for scale in task.scales}
    claims: list[Claim] = []
    names: set[str] = set()
    unanswered = ignored = 0
    rows = objects(path)
    if rows and not any("annotations" in row or "completions" in row or "annotation_id" in row for row in rows):
        raise InputError(f"{path} holds no annotations of Label Studio", hint="Export the project as JSON.")
    for number, row in enumerate(rows, 1):
        if "annotation_id" in row:
            claims.append(_from_min(f"task {number}", row, scales, names))
            continue
        ignored += bool(row.get("predictions")) + bool(row.get("drafts"))
        data = row["data"] if isinstance(row.get("data"), dict) else {}
        made = [one for one in row.get("annotations") or row.get("completions") or () if isinstance(one, dict)]
        unanswered += not made
        for one in sorted(made, key=lambda one: str(one.get("created_at") or "")):
            where = f"task {number}, annotation {one.get('id', '?')}"
            claims.append(_from_json(where, str(data.get("item", "")), one, scales, names))
    return Reading(
        "label-studio", len(rows), tuple(claims), frozenset(names & scales.keys()),
        tuple(sorted(names - scales.keys() - {COMMENT})), unanswered,
        ("Predictions and drafts are no ratings and were left out.",) if ignored else (),
    )  # fmt: skip


def _from_json(
    row: str, item: str, annotation: Mapping[str, Any], scales: Mapping[str, Scale], names: set[str]
) -> Claim:
    values: dict[str, Any] = {}
    words: list[str] = []
    for result in annotation.get("result") or ():
        if not isinstance(result, dict) or not result.get("from_name"):
            continue  # a relation between regions
        name = str(result["from_name"])
        names.add(name)
        for value in values_in(result.get("value")):
            if name == COMMENT:
                words.append(str(value))
            elif name in scales:
                values.setdefault(name, []).append(value)
    skipped = bool(annotation.get("was_cancelled"))
    lead = annotation.get("lead_time")
    return Claim(
        row, item, _who(annotation), {} if skipped else _told(values, scales), "" if skipped else "\n".join(words),
        seconds=float(lead) if isinstance(lead, int | float) and lead >= 0 else None, skipped=skipped, in_order=True,
    )  # fmt: skip


def values_in(value: Any) -> Iterator[Any]:
    """What stands in the value of a result: the labels of choices, the last of each path, a number, a text."""
    match value:
        case {"choices": list() as chosen} | {"text": list() as chosen}:
            yield from chosen
        case {"taxonomy": list() as paths}:
            yield from (path[-1] if isinstance(path, list) and path else path for path in paths)
        case {"rating": one} | {"number": one} | {"text": one}:
            yield one


def _told(values: Mapping[str, list[Any]], scales: Mapping[str, Scale]) -> dict[str, Any]:
    """Lists for scales of several labels, the one value (as text, to be parsed) for the others."""
    found: dict[str, Any] = {}
    for id, given in values.items():
        if scales[id].several:
            found[id] = [one for one in given if one != NONE]
        else:
            found[id] = given[0] if len(given) == 1 else given
    return found


def _who(annotation: Mapping[str, Any]) -> str:
    results = [one for one in annotation.get("result") or () if isinstance(one, Mapping)]
    if own := next((one[_RATER] for one in (annotation, *results) if one.get(_RATER)), None):
        return str(own)
    by = annotation.get("completed_by")
    if isinstance(by, Mapping):
        by = by.get("email") or by.get("username") or by.get("id")
    return "" if by is None else str(by)


def _from_min(row: str, data: Mapping[str, Any], scales: Mapping[str, Scale], names: set[str]) -> Claim:
    """A row of JSON_MIN: a lone choice is a word, several are [{"choices": […]}] or {"choices": […]}."""
    values: dict[str, Any] = {}
    for id in scales:
        if (given := data.get(id)) not in (None, "", []):
            names.add(id)
            parts = given if isinstance(given, list) else [given]
            values[id] = [one for part in parts for one in (values_in(part) if isinstance(part, dict) else [part])]
    comment = data.get(COMMENT)
    words = [w for part in (comment if isinstance(comment, list) else [comment]) if part
             for w in (values_in(part) if isinstance(part, dict) else [part])]  # fmt: skip
    lead = data.get("lead_time")
    annotator = data.get("annotator")
    return Claim(
        row, str(data.get("item", "")), "" if annotator is None else str(annotator), _told(values, scales),
        "\n".join(map(str, words)), seconds=float(lead) if isinstance(lead, int | float) else None, in_order=True,
    )  # fmt: skip
