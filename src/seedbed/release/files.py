"""A release's folder while it is built: hidden, then renamed whole; and the files in it, each with its checksum.

A reader of `releases/` meets a version complete or not at all: it is built under `.building-…` beside its place, every
file and folder is forced to disk, and one rename makes it visible. What a killed process left the next removes.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from seedbed.errors import MissingExtra, UsageError
from seedbed.release.columns import COLUMNS, Column
from seedbed.study import hold, storage_errors

__all__ = [
    "BUILDING", "JsonLines", "ReleaseFile", "building", "require_polars", "to_parquet", "write_chunks", "write_file",
]  # fmt: skip

BUILDING = ".building-"


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file of the release: its path within it, its size in bytes, its SHA-256, and its rows where it has such."""

    path: str
    sha256: str
    size: int
    rows: int | None = None


@contextmanager
def building(target: Path, *, keep: bool = True) -> Iterator[Path]:
    """A hidden folder that becomes `target` when the block ends well, and is gone when it does not, or not `keep`.

    Raises UsageError when `target` exists, Busy when another process makes a release of this study, StorageError when
    the disk refuses.
    """
    with storage_errors(target), hold(target.parent / ".lock", what=f"The folder {target.parent}"):
        _refuse_existing(target)
        for left in target.parent.glob(f"{BUILDING}*"):
            shutil.rmtree(left)
        folder = Path(tempfile.mkdtemp(prefix=BUILDING, dir=target.parent))
        try:
            yield folder
            if not keep:
                shutil.rmtree(folder)
                return
            folder.chmod(0o755)
            for inner in [path for path in folder.rglob("*") if path.is_dir()]:
                _sync(inner)
            _sync(folder)
            folder.rename(target)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        _sync(target.parent)


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise UsageError(
            f"The release {target.name!r} exists already, and a release never changes",
            hint="Name another version.",
        )


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Hashing:
    """A file being written, with the SHA-256 of what went in. Closing it without an error forces it to disk."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = path.open("wb")
        self._hash, self._size = hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self._size += len(data)

    def close(self, rows: int | None) -> ReleaseFile:
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())
        return ReleaseFile(self.name, self._hash.hexdigest(), self._size, rows)

    def abandon(self) -> None:
        self._file.close()


def write_file(root: Path, name: str, content: str | bytes, rows: int | None = None) -> ReleaseFile:
    """Write `content` (text as UTF-8) to `name` under `root`, and force it to disk."""
    return write_chunks(root, name, [content.encode() if isinstance(content, str) else content], rows)


def write_chunks(root: Path, name: str, chunks: Iterable[bytes], rows: int | None = None) -> ReleaseFile:
    """`write_file` of what comes piece by piece."""
    file = _Hashing(root, name)
    try:
        for chunk in chunks:
            file.write(chunk)
        return file.close(rows)
    finally:
        file.abandon()


class JsonLines:
    """Files of one JSON object a line, each opened at its first row: a file without rows never comes to be."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._open: dict[str, tuple[_Hashing, list[int]]] = {}

    def add(self, name: str, row: Mapping[str, Any]) -> None:
        if name not in self._open:
            self._open[name] = _Hashing(self._root, name), [0]
        file, rows = self._open[name]
        file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        rows[0] += 1

    def close(self) -> list[ReleaseFile]:
        """Force every file to disk; returns them in the order in which they began."""
        return [file.close(rows[0]) for file, rows in self._open.values()]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file, _ in self._open.values():
            file.abandon()


def require_polars() -> None:
    """Raises MissingExtra when Parquet cannot be written here."""
    try:
        import polars  # noqa: F401
    except ImportError as error:
        raise MissingExtra(
            "Parquet files need polars",
            hint="pip install 'seedbed[local]', or set formats = [\"jsonl\"] under [release]",
        ) from error


def to_parquet(root: Path, configuration: str, source: str, name: str) -> ReleaseFile:
    """Write the JSONL file `source` as Parquet `name`: the same rows and columns, in the same order."""
    import polars as pl

    schema = {column.name: _dtype(column) for column in COLUMNS[configuration]}
    table = pl.read_ndjson(root / source, schema=schema)
    made = io.BytesIO()  # so that a full disk speaks through our own writer, as an OSError
    table.write_parquet(made, compression="zstd")
    return write_file(root, name, made.getvalue(), table.height)


def _dtype(column: Column) -> Any:
    import polars as pl

    match column.kind:
        case "string":
            return pl.String()
        case "boolean":
            return pl.Boolean()
        case "integer":
            return pl.Int64()
        case "number":
            return pl.Float64()
        case "list of strings":
            return pl.List(pl.String())
        case "record":
            return pl.Struct({part.name: _dtype(part) for part in column.parts})
