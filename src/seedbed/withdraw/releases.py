"""Releases that hold withdrawn rows: found by the ids in their files, then marked or taken away.

A release never changes: its checksums, and whoever cites its version, rely on that. So under "flag" its folder stays
as it is, and withdrawals.json says how many of its rows are withdrawn. Under "purge" the folder goes as a whole, rather
than be rewritten: the same version with other rows would be a second dataset of one name. What is left is the version
and the digest of its checksums, by which copies of it can be known.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from seedbed.engine.withdrawing import strings
from seedbed.errors import InputError
from seedbed.publish.record import Publication, publications
from seedbed.release.earlier import people_facts
from seedbed.release.taken import HeldRelease
from seedbed.study import Folder, storage_errors

__all__ = ["copies_of", "holding", "remove"]


def holding(folder: Folder, ids: Collection[str], at: str) -> list[HeldRelease]:
    """The releases with rows that are, or grew from, one of `ids`. A row counts once in each release, in whatever
    configurations it stands. Reads every JSONL file; memory: the ids found."""
    if not folder.releases.is_dir():
        return []
    found = []
    for path in sorted(path for path in folder.releases.iterdir() if path.is_dir() and not path.name.startswith(".")):
        rows = {row for file in sorted(path.glob("*/*.jsonl")) for row in _rows(file, ids)}
        if rows:
            sums = path / "SHA256SUMS"
            digest = hashlib.sha256(sums.read_bytes()).hexdigest() if sums.is_file() else ""
            found.append(HeldRelease(path.name, len(rows), at, digest, _created(path), people=people_facts(path)))
    return found


def _created(path: Path) -> str:
    with contextlib.suppress(OSError, ValueError, TypeError):
        return str(json.loads((path / "manifest.json").read_bytes()).get("created", ""))
    return ""


def _rows(file: Path, ids: Collection[str]) -> Iterator[str]:
    """The ids of rows that name one of `ids`; of a row without an id, its place. Raises InputError for a damaged one:
    whether it holds such rows nobody could say."""
    with storage_errors(file), file.open("rb") as lines:
        for number, line in enumerate(lines):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise InputError(
                    f"{file}, line {number + 1}, is damaged: {error}",
                    hint="Restore the release from a copy of it, or remove its folder, then withdraw.",
                ) from None
            if any(value in ids for value in strings(row)):  # in whatever column a format keeps its lineage
                yield str(row.get("id") or f"{file.name}:{number}")


def copies_of(folder: Folder, versions: Collection[str]) -> tuple[Publication, ...]:
    """What was published of these versions and still is what stands at its place: no version but these came after it.
    Raises InputError for a damaged record."""
    made = publications(folder)
    return tuple(
        one for number, one in enumerate(made)
        if one.version in versions
        and not any(later.place == one.place and later.version not in versions for later in made[number + 1 :])
    )  # fmt: skip


def remove(folder: Folder, version: str) -> None:
    """Take the folder of a release away: first out of sight, so that half of it is never met."""
    path = folder.release(version)
    hidden = path.with_name(f".withdrawn-{version}")
    with storage_errors(path):
        if path.exists():
            path.rename(hidden)
        if hidden.exists():
            shutil.rmtree(hidden)
