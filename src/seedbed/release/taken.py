"""withdrawals.json in the study's folder: what was withdrawn, in numbers, and which releases hold it. Never whose.

    withdrawals    one entry each: when, by which policy, rows by run; `done` is false while it goes on, or broke off
    releases       by version: how many of its rows are withdrawn by now, since when, and whether its folder is gone

A published copy of a release is known by `sums`, the SHA-256 of its file SHA256SUMS.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from seedbed.errors import InputError, UsageError
from seedbed.study import Folder, write_json

__all__ = ["HeldRelease", "Record", "Withdrawal", "read_record", "refuse_withdrawn", "taken_since", "write_record"]

_FILE = "withdrawals.json"
_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """`rows` by run are those that it took, `kept` how many of them were kept. `key` finds one that broke off again,
    for whoever asks for the very same; it goes when it is done."""

    at: str
    policy: str
    rows: Mapping[str, int] = field(default_factory=dict)
    kept: int = 0
    seeds: int = 0
    key: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class HeldRelease:
    """A release with withdrawn rows. `removed`: its folder was taken away, and its version is not given again; `people`
    are the counts that it told of them, for copies of it may be about."""

    version: str
    rows: int
    at: str
    sums: str = ""
    created: str = ""
    removed: bool = False
    people: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """All of the file."""

    withdrawals: tuple[Withdrawal, ...] = ()
    releases: Mapping[str, HeldRelease] = field(default_factory=dict)

    @property
    def unfinished(self) -> tuple[Withdrawal, ...]:
        return tuple(one for one in self.withdrawals if not one.done)

    def begun(self, key: str) -> Withdrawal | None:
        """The unfinished withdrawal of this very key."""
        return next((one for one in self.withdrawals if one.key == key and not one.done), None)

    def put(self, made: Withdrawal) -> Record:
        """With `made` in the place of the unfinished one of its key, or at the end."""
        kept = tuple(one for one in self.withdrawals if one.done or one.key != made.key)
        return replace(self, withdrawals=(*kept, made))

    def holding(self, found: Iterable[HeldRelease]) -> Record:
        return replace(self, releases={**self.releases, **{one.version: one for one in found}})


def read_record(folder: Folder) -> Record:
    """Empty where nothing was ever withdrawn. Raises InputError for a file that is none."""
    path = folder.root / _FILE
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
        if data["schema"] != _SCHEMA:
            raise ValueError("another version of Seedbed wrote it")
        releases = (HeldRelease(**one) for one in data["releases"])
        return Record(tuple(Withdrawal(**one) for one in data["withdrawals"]), {one.version: one for one in releases})
    except FileNotFoundError:
        return Record()
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(
            f"{path} is damaged: {error}", hint="Restore it from a copy: it says which releases hold withdrawn rows."
        ) from None


def write_record(folder: Folder, record: Record) -> None:
    """Whole or not at all. Raises StorageError."""
    data = {
        "schema": _SCHEMA,
        "withdrawals": [asdict(one) for one in record.withdrawals],
        "releases": [asdict(one) for one in record.releases.values()],
    }
    write_json(folder.root / _FILE, data)


def refuse_withdrawn(folder: Folder, version: str) -> None:
    """Raises UsageError where a release of this version was taken away: nobody could tell two of one name apart."""
    held = read_record(folder).releases.get(version)
    if held is not None and held.removed:
        raise UsageError(
            f"The release {version!r} was taken away because {held.rows:,} of its rows were withdrawn",
            hint="Its name stays taken, for copies of it may be about. Name another version.",
        )


def taken_since(folder: Folder) -> tuple[str, int]:
    """The release before the one that is made now, and how many of its rows were withdrawn since; ("", 0) without one.

    Rows, and never how many people or seeds: that would be a count of few.
    """
    record, made = read_record(folder), dict[str, str]()
    for path in folder.releases.glob("[!.]*/manifest.json"):
        with contextlib.suppress(OSError, ValueError, TypeError):
            made[path.parent.name] = str(json.loads(path.read_bytes()).get("created", ""))
    made |= {one.version: one.created for one in record.releases.values() if one.removed}
    if not made:
        return "", 0
    version = max(made, key=lambda name: (made[name], name))
    held = record.releases.get(version)
    return version, held.rows if held else 0
