"""What was made of seeds and rows, quotes them or was computed from them, and can be made again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from seedbed.release.files import BUILDING
from seedbed.study import Folder, storage_errors

__all__ = ["is_there", "left", "made_again", "remove"]


def made_again(folder: Folder) -> list[Path]:
    """What quotes seeds or rows, or was computed from them, and can be made again. Plans of propagation stay: they hold
    ids alone, and were declared before."""
    return [
        folder.assessment,
        folder.report,
        folder.propagation / "propagation.json",
        folder.propagation / "yield.json",
        folder.root / "curation" / "vectors.npz",
        folder.root / "lineage",
        folder.root / "themes" / "sources",
    ]


def left(folder: Folder) -> Iterator[Path]:
    """What writers of such files left behind where they were killed: nobody writes while the study is held."""
    yield from folder.releases.glob(f"{BUILDING}*")
    for path in made_again(folder):
        yield from path.parent.glob(f".{path.name}.*")


def is_there(path: Path) -> bool:
    """Whether there is a file, or a folder with more in it than a lock."""
    return path.is_file() or (path.is_dir() and any(not inner.name.startswith(".") for inner in path.iterdir()))


def remove(path: Path) -> None:
    with storage_errors(path):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            for part in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                part.unlink(missing_ok=True)
