"""Plain tables: one row for each answer (long), or for each rating (wide).

    long   item, rater, scale, value, again, seconds, at, state, via     every answer that was ever given
    wide   item, texts and labels, rater, a column for each scale, comment, note, again, seconds, at
           what stands, and a row without rater for each item that nobody rated: a sheet to fill

Read are both, as CSV, TSV, JSONL, JSON or Parquet; of long ones the rows whose state is "standing" or empty. The CSV
that Label Studio exports is a wide table as well. Several labels stand in one cell with semicolons, "none-of-these"
where none holds; an empty cell is no answer.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.review.fold import Rated, Task, TaskState
from seedbed.review.interchange.claims import NONE, Claim, Reading
from seedbed.review.interchange.label_studio import values_in
from seedbed.review.interchange.wording import COMMENT, LABELS, by_name, item_name, labels_of, text_name, texts_of
from seedbed.review.material import PARTS, Item
from seedbed.review.scales import Answer
from seedbed.seeds.spreadsheets import defused, undefused
from seedbed.seeds.tables import RawRow, Table, read_table

__all__ = ["read", "write_long", "write_wide"]

LONG = ("item", "rater", "scale", "value", "again", "seconds", "at", "state", "via")
_WORDS = (COMMENT, "note")
_ANNOTATION = ("annotation_id", "lead_time", "created_at", "updated_at", "id", "labels")  # of Label Studio's CSV
_ITEM = ("item", "subject", "item_id")
_RATER = ("rater", "annotator", "user", "reader")


def write_long(state: TaskState, items: Mapping[str, Item], ratings: bool) -> dict[str, bytes]:
    """Every answer: standing, replaced, taken back and late ones."""
    task = state.task
    standing = {one.seq for one in state.standing()}
    rows: list[list[Any]] = []
    for one in state.rated if ratings else ():
        became = (
            "late" if one.late else "standing" if one.seq in standing
            else "taken back" if one.seq in state.undone else "replaced"
        )  # fmt: skip
        given: dict[str, Any] = {id: _cell(value) for id, value in one.values.items()}
        given |= {COMMENT: one.critique, "note": one.note, "skipped": 1 if one.skipped else None}
        for scale, value in given.items():
            if value not in (None, ""):
                rows.append([
                    item_name(task, one.item), one.rater, scale, value, int(one.again), one.seconds, one.at, became,
                    one.via,
                ])  # fmt: skip
    return {"ratings.csv": _csv(LONG, rows)}


def write_wide(state: TaskState, items: Mapping[str, Item], ratings: bool) -> dict[str, bytes]:
    """What stands, beside the texts that it is about."""
    task = state.task
    texts = list(dict.fromkeys([
        *(text_name(part) for part in PARTS[task.kind]), *(name for i in items.values() for name in texts_of(task, i))
    ]))  # fmt: skip
    scales = [scale.id for scale in task.scales]
    header = ("item", *texts, *LABELS, "rater", *scales, *_WORDS, "again", "seconds", "at")
    rated: dict[str, list[Rated]] = {}
    for one in state.standing() if ratings else ():
        rated.setdefault(one.item, []).append(one)
    rows: list[list[Any]] = []
    for id in task.items:
        item = items.get(id)
        shown = texts_of(task, item) if item else {}
        named = labels_of(task, item) if item else {}
        head = [item_name(task, id), *(shown.get(name, "") for name in texts)]
        head += [named.get(name, "") for name in LABELS]
        for one in rated.get(id, ()):
            given = [_cell(one.values.get(scale)) for scale in scales]
            rows.append([*head, one.rater, *given, one.critique, one.note, int(one.again), one.seconds, one.at])
        if id not in rated:
            rows.append([*head, "", *([""] * len(scales)), "", "", "", "", ""])
    return {"ratings.csv": _csv(header, rows)}


def _cell(value: Answer | None) -> str | int | float | None:
    if isinstance(value, tuple):
        return ";".join(value) or NONE
    return value


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """RFC 4180 in UTF-8. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(header)
    writer.writerows([[_plain(cell) for cell in row] for row in rows])
    return made.getvalue().encode()


def _plain(cell: Any) -> Any:
    if isinstance(cell, str):
        return defused(cell)
    return "" if cell is None else cell


# --- in -------------------------------------------------------------------------------------------------------------


def read(path: Path, task: Task) -> Reading:
    """The ratings in a table. Raises InputError for a table without the columns that say who and what."""
    asked = [scale.id for scale in task.scales]
    table = read_table(path, given={name: name for name in (*_ITEM, *_RATER, "scale", "value", *asked)})
    columns = {column.strip().casefold(): column for column in table.columns}
    for what, names in (("item", _ITEM), ("rater", _RATER)):
        if not any(name in columns for name in names):
            raise InputError(
                f"{path} has no column for the {what}; it has: {', '.join(table.columns)}",
                hint=f"Name it {names[0]}. One row for each rating, with a column for each scale: {', '.join(asked)}",
            )
    rows = [(row, {k.strip().casefold(): _text(v) for k, v in row.cells.items()}) for row in table.rows]
    if "scale" in columns and "value" in columns:
        return _long(table, rows, asked)
    if not set(asked) & columns.keys():
        raise InputError(
            f"{path} has a column for none of the scales {', '.join(asked)}; it has: {', '.join(table.columns)}",
            hint="Name a column after each scale, or give columns scale and value.",
        )
    return _wide(table, rows, asked, columns)


def _wide(
    table: Table, rows: list[tuple[RawRow, dict[str, str]]], asked: list[str], columns: Mapping[str, str]
) -> Reading:
    claims: list[Claim] = []
    unanswered = 0
    for row, cells in rows:
        where = f"{table.unit} {row.number}"
        values = {id: _told(cells[id]) for id in asked if cells.get(id)}
        comment, note = cells.get(COMMENT, ""), cells.get("note", "")
        rater = by_name(cells, *_RATER) or ""
        if not (values or comment or row.fault) and not cells.get("skipped"):
            unanswered += 1
            continue
        seconds, fault = _seconds(cells)
        claims.append(
            Claim(
                where, by_name(cells, *_ITEM) or "", rater, values, comment, note, seconds, _yes(cells.get("again")),
                skipped=not values and not comment and _yes(cells.get("skipped")), fault=row.fault or fault,
            )
        )  # fmt: skip
    named = {*_ITEM, *_RATER, *_WORDS, "again", "seconds", "at", "skipped", *LABELS, *_ANNOTATION}
    unknown = [
        name for name in columns
        if name not in named and name not in asked and not name.endswith("_text")
    ]  # fmt: skip
    return Reading(
        "csv", len(rows), tuple(claims), frozenset(set(asked) & columns.keys()), tuple(unknown), unanswered,
        table.remarks,
    )  # fmt: skip


def _long(table: Table, rows: list[tuple[RawRow, dict[str, str]]], asked: list[str]) -> Reading:
    units: dict[tuple[str, str, bool], dict[str, str]] = {}
    where: dict[tuple[str, str, bool], list[int]] = {}
    faults: dict[tuple[str, str, bool], str] = {}
    seconds: dict[tuple[str, str, bool], float | None] = {}
    unknown: dict[str, None] = {}
    left = 0
    for row, cells in rows:
        if cells.get("state") not in (None, "", "standing"):
            left += 1
            continue
        place = (by_name(cells, *_ITEM) or "", by_name(cells, *_RATER) or "", _yes(cells.get("again")))
        scale, value = cells.get("scale", ""), cells.get("value", "")
        unit = units.setdefault(place, {})
        where.setdefault(place, []).append(row.number)
        time, fault = _seconds(cells)
        seconds[place] = seconds.get(place) or time
        if fault or row.fault:
            faults[place] = fault or row.fault
        elif scale not in (*asked, *_WORDS, "skipped"):
            unknown[scale] = None
        elif not value:
            continue
        elif unit.get(scale, value) != value:
            faults[place] = f"two values for {scale}: {unit[scale]} and {value}"
        else:
            unit[scale] = value
    claims = [
        Claim(
            _lines(table.unit, where[place]), place[0], place[1], {id: _told(unit[id]) for id in asked if id in unit},
            unit.get(COMMENT, ""), unit.get("note", ""), seconds[place], place[2], _yes(unit.get("skipped")),
            faults.get(place, "") or ("" if unit else "it has no value"),
        )
        for place, unit in units.items()
    ]  # fmt: skip
    spoken = frozenset(id for unit in units.values() for id in unit if id in asked)
    told = (f"{left} rows are not marked as standing and were left out.",) if left else ()
    return Reading("csv", len(rows), tuple(claims), spoken, tuple(unknown), 0, (*table.remarks, *told))


def _told(text: str) -> Any:
    """A cell for `Scale.parse`; what Label Studio's CSV puts in a cell as JSON is taken out of it."""
    if text.startswith(("{", "[{")):
        try:
            held = json.loads(text)
        except (ValueError, RecursionError):
            return text
        found = [one for part in (held if isinstance(held, list) else [held]) for one in values_in(part)]
        return [one for one in found if one != NONE] if found else text
    return [] if text == NONE else text


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = ";".join(map(str, value)) or NONE
    return "" if value is None else undefused(str(value).strip())


def _seconds(cells: Mapping[str, str]) -> tuple[float | None, str]:
    text = cells.get("seconds") or cells.get("lead_time") or ""
    try:
        return (float(text) if text else None), ""
    except ValueError:
        return None, f"{text!r} is no number of seconds"


def _yes(text: str | None) -> bool:
    return (text or "").strip().casefold() in ("1", "true", "yes", "1.0")


def _lines(unit: str, numbers: Sequence[int]) -> str:
    return f"{unit} {numbers[0]}" if len(numbers) == 1 else f"{unit}s {', '.join(map(str, numbers))}"
