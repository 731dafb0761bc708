"""Links as rows of SQLite, and back."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from seedbed.lineage.links import How, Kin, Place, ReleaseLinks, RunLinks
from seedbed.lineage.slots import Slots

__all__ = ["SCHEMA", "VERSION", "drop", "load_release", "load_run", "store_release", "store_run"]

VERSION = 2  # 1 counted withdrawn rows under the state of their verdict
SCHEMA = """
CREATE TABLE IF NOT EXISTS sources(source TEXT PRIMARY KEY, mark TEXT NOT NULL, about TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sets(
  source TEXT NOT NULL, of TEXT NOT NULL, what TEXT NOT NULL, id TEXT NOT NULL, slots BLOB NOT NULL,
  PRIMARY KEY(source, of, what, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kin(
  source TEXT NOT NULL, of TEXT NOT NULL, how TEXT NOT NULL, run TEXT NOT NULL, children BLOB NOT NULL,
  parents BLOB NOT NULL, PRIMARY KEY(source, of, how, run)) WITHOUT ROWID;
"""
_ROWS = "\x1frows"  # of a release: by file and run; no run is called so


def drop(db: sqlite3.Connection, source: str) -> None:
    for table in ("sources", "sets", "kin"):
        db.execute(f"DELETE FROM {table} WHERE source = ?", (source,))


def store_run(db: sqlite3.Connection, source: str, mark: str, links: RunLinks) -> None:
    db.execute("INSERT INTO sources VALUES(?,?,?)", (source, mark, json.dumps(_about(links))))
    _store(db, source, "", links)


def load_run(db: sqlite3.Connection, source: str) -> RunLinks:
    (about,) = db.execute("SELECT about FROM sources WHERE source = ?", (source,)).fetchone()
    return _load(db, source, "", json.loads(about))


def store_release(db: sqlite3.Connection, source: str, mark: str, links: ReleaseLinks) -> None:
    about = {
        "version": links.version, "created": links.created, "fault": links.fault, "seeds": dict(links.seeds),
        "runs": {name: _about(run) for name, run in links.runs.items()},
    }  # fmt: skip
    db.execute("INSERT INTO sources VALUES(?,?,?)", (source, mark, json.dumps(about)))
    db.executemany(
        "INSERT INTO sets VALUES(?,?,?,?,?)",
        ((source, _ROWS, file, run, slots.pack()) for (file, run), slots in links.rows.items()),
    )
    for name, run in links.runs.items():
        _store(db, source, name, run)


def load_release(db: sqlite3.Connection, source: str) -> ReleaseLinks:
    (told,) = db.execute("SELECT about FROM sources WHERE source = ?", (source,)).fetchone()
    about = json.loads(told)
    found = db.execute("SELECT what, id, slots FROM sets WHERE source = ? AND of = ?", (source, _ROWS))
    return ReleaseLinks(
        about["version"], about["created"], about["fault"],
        {(file, run): Slots.unpack(slots) for file, run, slots in found},
        {file: tuple(ids) for file, ids in about["seeds"].items()},
        {name: _load(db, source, name, run) for name, run in about["runs"].items()},
    )  # fmt: skip


def _about(links: RunLinks) -> dict[str, Any]:
    return {
        "place": links.place, "name": links.name, "stage": links.stage, "created": links.created,
        "model": links.model, "with_seeds": links.with_seeds, "control_of": links.control_of,
        "follows": links.follows, "planned": list(links.planned), "fault": links.fault,
    }  # fmt: skip


def _store(db: sqlite3.Connection, source: str, of: str, links: RunLinks) -> None:
    sets = [(f"state {state}", "", slots) for state, slots in links.states.items()]
    sets += [(how, id, slots) for (how, id), slots in links.given.items()]
    db.executemany(
        "INSERT INTO sets VALUES(?,?,?,?,?)", ((source, of, what, id, slots.pack()) for what, id, slots in sets)
    )
    db.executemany(
        "INSERT INTO kin VALUES(?,?,?,?,?,?)",
        ((source, of, kin.how, kin.of, kin.children.tobytes(), kin.parents.tobytes()) for kin in links.kin),
    )


def _load(db: sqlite3.Connection, source: str, of: str, about: Mapping[str, Any]) -> RunLinks:
    states: dict[str, Slots] = {}
    given: dict[tuple[How, str], Slots] = {}
    for what, id, slots in db.execute("SELECT what, id, slots FROM sets WHERE source = ? AND of = ?", (source, of)):
        if what.startswith("state "):
            states[what.removeprefix("state ")] = Slots.unpack(slots)
        else:
            given[cast(How, what), id] = Slots.unpack(slots)
    kin = tuple(
        Kin(how, run, array("I", children), array("I", parents))
        for how, run, children, parents in db.execute(
            "SELECT how, run, children, parents FROM kin WHERE source = ? AND of = ?", (source, of)
        )
    )
    bare = RunLinks(cast(Place, about["place"]), about["name"])
    return replace(
        bare, **{**about, "planned": tuple(about["planned"])}, states=states, given=given, kin=kin
    )  # fmt: skip
