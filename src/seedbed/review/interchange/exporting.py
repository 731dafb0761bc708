"""A task with its ratings as files of another program, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from seedbed.errors import UsageError
from seedbed.review.fold import TaskState
from seedbed.review.interchange import argilla, label_studio, tables
from seedbed.review.material import Item, items_of
from seedbed.study import Folder, storage_errors
from seedbed.study.workplace import workplace

__all__ = ["FORMATS", "Exported", "export"]

_Write = Callable[[TaskState, Mapping[str, Item], bool], Mapping[str, bytes]]

_WRITERS: Mapping[str, _Write] = {
    "argilla": argilla.write,
    "label-studio": label_studio.write,
    "csv": tables.write_long,
    "csv-wide": tables.write_wide,
}
FORMATS = tuple(_WRITERS)


@dataclass(frozen=True, slots=True)
class Exported:
    """The folder and its files. `items` counts those with texts. `missing` ones have none any more (their seeds were
    erased) and are left out where texts are shown; their ratings stand in the "csv" export all the same."""

    target: Path
    format: str
    files: tuple[str, ...]
    items: int
    missing: tuple[str, ...] = ()


def export(folder: Folder, state: TaskState, format: str, target: Path | str, *, ratings: bool = True) -> Exported:
    """Write the task to `target`, a new or empty folder. Without `ratings` only what is to be rated.

    Of a blind task items have names that do not tell where they come from; the import knows them again. Raises
    UsageError for an unknown format or a folder that holds something, and what reading runs raises.
    """
    target = Path(target)
    if format not in _WRITERS:
        raise UsageError(f"No format {format!r}", hint=f"Formats: {', '.join(FORMATS)}")
    with storage_errors(target):
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise UsageError(f"{target} is there already", hint="Name a new folder, or an empty one.")
    items = items_of(folder, state.task)
    files = _WRITERS[format](state, items, ratings)
    with storage_errors(target), workplace(target.parent, ".seedbed-review-") as made:
        for name, content in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(content)
        made.rename(target)
    missing = tuple(id for id in state.task.items if id not in items)
    return Exported(target, format, tuple(files), len(items), missing)
