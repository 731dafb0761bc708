"""The links of one run, read from its run.json and journal in one pass: ids and slots, never a text."""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from seedbed.engine import RunRecord, read_run
from seedbed.errors import SeedbedError
from seedbed.lineage.links import JUDGEMENTS, How, Kin, Place, RunLinks
from seedbed.lineage.slots import Slots, row_of
from seedbed.records import WITHDRAWN

__all__ = ["read_links"]

# Every request counts, also one that failed or waits for its verdict: it showed its examples to a model.
_ASKS = "SELECT first, count, ask FROM calls GROUP BY ask_id"
# Candidates that were not taken have rivals of their own, within `fields`; most rows have none, and are not read
_VERDICTS = f"""SELECT slot,
  CASE WHEN json_extract(notes, '$.{WITHDRAWN}') IS NULL THEN state ELSE '{WITHDRAWN}' END, rival,
  CASE WHEN instr(fields, '"rival":"') THEN fields END, CASE WHEN instr(notes, '"rival":"') THEN notes END
  FROM verdicts ORDER BY slot"""
_RIVAL = re.compile(r'"rival":("(?:[^"\\]|\\.)*")')


def read_links(folder: Path, place: Place) -> RunLinks:
    """The links of the run in `folder`. One that cannot be read says so in `fault`, and has what could be read."""
    try:
        record = read_run(folder)
    except (SeedbedError, OSError) as error:
        return RunLinks(place, folder.name, fault=str(error))
    gathered, fault = _Gathered(), ""
    path = folder / "journal.db"
    if path.is_file():
        try:
            _read(path, gathered, place, _planned(record) if _shows(record) else ())
        except (sqlite3.Error, ValueError, KeyError, TypeError, AttributeError) as error:
            fault = f"{path.name} is damaged: {error}"
    about = record.about
    return RunLinks(
        place, folder.name,
        stage=str(record.ask.get("rows") or "") if record.stage == "imported" else str(record.stage),
        created=str(record.created), model=str(record.ask.get("model") or ""),
        with_seeds=_shows(record), control_of=_name(about.get("control_of")),
        follows=_name((record.ask.get("follows") or {}).get("run")) if isinstance(record.ask.get("follows"), dict)
        else None,
        planned=_planned(record), fault=fault, **gathered.done(),
    )  # fmt: skip


class _Gathered:
    def __init__(self) -> None:
        self.given: defaultdict[tuple[How, str], array[int]] = defaultdict(lambda: array("I"))
        self.kin: defaultdict[tuple[How, str], tuple[array[int], array[int]]] = defaultdict(
            lambda: (array("I"), array("I"))
        )
        self.states: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))

    def of(self, slot: int, how: How, id: str) -> None:
        row = row_of(id)
        if row is None:
            self.given[how, id].append(slot)
        else:
            children, parents = self.kin[how, row[0]]
            children.append(slot)
            parents.append(row[1])

    def done(self) -> dict[str, Any]:
        return {
            "states": {state: Slots.of(slots) for state, slots in self.states.items()},
            "given": {key: Slots.of(slots) for key, slots in self.given.items()},
            "kin": tuple(Kin(how, of, *pair) for (how, of), pair in self.kin.items()),
        }


def _read(path: Path, gathered: _Gathered, place: Place, planned: tuple[str, ...]) -> None:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=10)) as db:
        db.execute("BEGIN")  # one view of the file for both
        judged = set()
        for slot, state, rival, fields, notes in db.execute(_VERDICTS):
            judged.add(slot)
            gathered.states[state].append(slot)
            for id in {*([rival] if rival else []), *_rivals(fields), *_rivals(notes)}:
                gathered.of(slot, "rival", id)
        for first, count, told in db.execute(_ASKS):
            ask: dict[str, Any] = json.loads(told)
            of = list(_parents(ask, place, planned))
            for slot in range(first, first + count):
                if slot not in judged:
                    gathered.states["waiting"].append(slot)
                for how, id in of:
                    gathered.of(slot, how, id)


def _parents(ask: dict[str, Any], place: Place, planned: tuple[str, ...]) -> Iterator[tuple[How, str]]:
    examples = ask.get("examples") or ()
    # a journal that does not say what was shown may have shown any of the run's examples
    for id in dict.fromkeys(examples or planned):
        yield ("shown" if examples else "planned"), str(id)
    if prompt := ask.get("prompt_id"):
        if place == JUDGEMENTS:  # a row by its id and the view of it that was shown: "A-r_1#aligned/0"
            yield "judged", str(prompt).rsplit("#", 1)[0]
        else:
            yield "answered", str(prompt)
    if ask.get("grown_from"):
        yield "narrowed", str(ask["grown_from"])
    if ask.get("persona_from"):
        yield "persona", str(ask["persona_from"])


def _rivals(told: str | None) -> list[str]:
    return [json.loads(found) for found in _RIVAL.findall(told)] if told else []


def _planned(record: RunRecord) -> tuple[str, ...]:
    listed = record.ask.get("examples")
    return tuple(map(str, listed)) if isinstance(listed, list | tuple) else ()


def _shows(record: RunRecord) -> bool:
    """Whether the run's prompts have examples, as a release decides it too."""
    return bool(record.ask.get("with_seeds", record.stage == "triples"))


def _name(told: Any) -> str | None:
    return str(told) if told else None
