"""What earlier releases told of people: from their facts.json, and of those taken away from withdrawals.json.

A release that was taken away because rows of it were withdrawn may have copies, so its counts are known all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.release.people import ATTRIBUTES, Margin
from seedbed.release.reidentifying import Told
from seedbed.release.taken import read_record
from seedbed.study import Folder

__all__ = ["earlier_told", "people_facts"]

KEYS = ("people.total", "people.by", "people.withheld", "people.role_by_group")


def earlier_told(folder: Folder) -> tuple[Told, ...]:
    """Of each release of the study, oldest first. Raises InputError for a facts.json or a record that is damaged."""
    found = [(one.created, one.version, one.people) for one in read_record(folder).releases.values() if one.removed]
    for path in folder.releases.glob("[!.]*/facts.json"):
        facts = _facts(path)
        found.append((str(facts.get("created", "")), path.parent.name, {key: facts.get(key) for key in KEYS}))
    told = (_told(version, people) for _, version, people in sorted(found, key=lambda one: one[:2]) if people)
    return tuple(told)


def people_facts(release: Path) -> dict[str, Any]:
    """What the release in this folder told of people, to be kept when the folder goes; {} where it has no facts."""
    path = release / "facts.json"
    if not path.is_file():
        return {}
    facts = _facts(path)
    return {key: facts.get(key) for key in KEYS}


def _facts(path: Path) -> dict[str, Any]:
    try:
        return {fact["key"]: fact["value"] for fact in json.loads(path.read_bytes())["facts"]}
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path} is damaged: {error}",
        hint="Restore it from a copy: without it nobody can tell whether new counts of people give few of them away.",
    )


def _told(version: str, people: Mapping[str, Any]) -> Told:
    try:
        total = None if people["people.total"] is None else int(people["people.total"])
        tables = {name: _margin(shown, people["people.by"], total or 0) for name, shown in ATTRIBUTES.items()}
        cells: Iterable[Mapping[str, Any]] | None = people["people.role_by_group"]
        both = None if cells is None else {(one["role"], one["group"]): int(one["people"]) for one in cells}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(Path(version) / "facts.json", error) from None
    return Told(total, tables if total else {}, both, version)


def _margin(attribute: str, by: Iterable[Mapping[str, Any]], total: int) -> Margin:
    mine = [(str(one["value"]), int(one["people"])) for one in by if one["attribute"] == attribute]
    shown = tuple((value, count) for value, count in mine if value)
    return Margin(shown, total - sum(count for _, count in shown))
