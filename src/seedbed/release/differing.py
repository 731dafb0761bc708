"""What is otherwise in one release than in another: rows by id, what the documents count, and what was set.

Rows are told by id and by numbers alone. The formats of trainers follow `triples` and are not compared by themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from seedbed.errors import InputError, UsageError
from seedbed.release.columns import COLUMNS
from seedbed.release.formats import FORMATS
from seedbed.study import Folder

__all__ = ["CHANGES", "Change", "Difference", "Fact", "Part", "between", "diff"]

Change = Literal["added", "gone", "reworded", "relabelled", "moved"]
CHANGES: tuple[Change, ...] = ("added", "gone", "reworded", "relabelled", "moved")
_COMPARED = tuple(name for name in COLUMNS if name not in FORMATS)
_SET = ("license", "languages", "k", "taxonomy", "profile", "seedbed", "schema")
_DIGEST = 12  # bytes for each of a row's two: at a million rows one chance in 10^17 that a change is not seen


@dataclass(frozen=True, slots=True)
class Part:
    """Of one configuration: how many rows each release has, and the ids of those that changed, sorted.

    reworded    the same id with other texts
    relabelled  the same texts with other labels, lineage or licence
    moved       in another split; `moves` counts them by "train → test". A row may be moved and reworded
    """

    configuration: str
    old: int
    new: int
    ids: Mapping[Change, tuple[str, ...]]
    moves: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Fact:
    """A number or word of facts.json, or of the manifest, that is otherwise now; None where it was not there."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """`settings` is what the manifests say of licence, people and program, `facts` what the documents count; `runs` are
    names that only one of the two has, under "added" and "gone"."""

    old: str
    new: str
    parts: tuple[Part, ...]
    settings: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    runs: Mapping[Literal["added", "gone"], tuple[str, ...]]

    @property
    def same(self) -> bool:
        """Whether every row of the one is in the other, as it was."""
        return not any(part.ids[change] for part in self.parts for change in CHANGES)


def diff(folder: Folder, old: str, new: str) -> Difference:
    """What the release `new` of the study has otherwise than `old`; either may be the later one.

    One configuration is held at a time, about 200 bytes a row. Raises UsageError for a version that is not there,
    InputError for files that cannot be read.
    """
    return between(_release(folder, old), _release(folder, new), old, new)


def between(one: Path, other: Path, old: str, new: str) -> Difference:
    """`diff` of two folders, by whatever names."""
    before, after = _document(one / "manifest.json"), _document(other / "manifest.json")
    names = [{str(run.get("name")) for run in manifest.get("runs", ())} for manifest in (before, after)]
    return Difference(
        old,
        new,
        tuple(part for part in (_part(name, one, other) for name in _COMPARED) if part.old or part.new),
        _otherwise({key: before.get(key) for key in _SET}, {key: after.get(key) for key in _SET}),
        _otherwise(_facts(one), _facts(other)),
        {"added": tuple(sorted(names[1] - names[0])), "gone": tuple(sorted(names[0] - names[1]))},
    )


def _release(folder: Folder, version: str) -> Path:
    path = folder.release(version)
    if not path.is_dir():
        made = sorted(each.name for each in folder.releases.glob("[!.]*") if each.is_dir())
        raise UsageError(
            f"There is no release {version!r}", hint=f"There are: {', '.join(made)}" if made else "None was made yet."
        )
    return path


def _part(name: str, old: Path, new: Path) -> Part:
    before = dict(_rows(old, name))
    found: dict[Change, list[str]] = {change: [] for change in CHANGES}
    moves, count = Counter[str](), 0
    for id, (split, words, rest) in _rows(new, name):
        count += 1
        was = before.pop(id, None)
        if was is None:
            found["added"].append(id)
            continue
        if was[1] != words:
            found["reworded"].append(id)
        elif was[2] != rest:
            found["relabelled"].append(id)
        if was[0] != split:
            found["moved"].append(id)
            moves[f"{was[0]} → {split}"] += 1
    found["gone"] = list(before)
    kept = count - len(found["added"])
    return Part(name, kept + len(before), count, {key: tuple(sorted(ids)) for key, ids in found.items()}, dict(moves))


def _rows(release: Path, name: str) -> Iterator[tuple[str, tuple[str, bytes, bytes]]]:
    """Id, split, and a digest of the texts and of the rest, of each row."""
    words = {column.name for column in COLUMNS[name] if column.words}
    for path in sorted((release / name).glob("*.jsonl")):
        try:
            with path.open("rb") as lines:
                for line in lines:
                    row = json.loads(line)
                    texts = [row[key] for key in row if key in words]
                    rest = {key: row[key] for key in sorted(row) if key not in words}
                    yield str(row["id"]), (path.stem, _digest(texts), _digest(rest))
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise InputError(
                f"{path} cannot be read: {error}", hint="Is the release as it was made? seedbed verify says."
            ) from None


def _digest(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=_DIGEST).digest()


def _document(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
        if isinstance(found, dict):
            return found
        raise ValueError("it is no object")
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path} cannot be read: {error}", hint="Is the release as it was made? seedbed verify says."
        ) from None


def _facts(release: Path) -> dict[str, Any]:
    """Numbers and words of facts.json by key; tables and lists are in the documents. {} for a release without."""
    path = release / "facts.json"
    facts: Sequence[Any] = _document(path).get("facts", ()) if path.is_file() else ()
    return {
        str(one["key"]): one.get("value")
        for one in facts
        if isinstance(one, dict) and isinstance(one.get("value"), int | float | str | bool)
    }


def _otherwise(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Fact, ...]:
    keys = sorted(before.keys() | after.keys())
    return tuple(Fact(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))
