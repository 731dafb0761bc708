"""A copy of a release to read: a folder, a .zip or a .tar.gz, as names with their bytes, piece by piece.

Nothing is ever unpacked to the disk, so a name cannot lead out of anywhere. An archive may come from anybody: links,
devices, names that leave the folder, one name twice, and more bytes than were said are refused.
"""

from __future__ import annotations

import gzip
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seedbed.errors import InputError

__all__ = ["ARCHIVES", "SIGNATURE", "SUMS", "Member", "members"]

SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"
ARCHIVES = (".zip", ".tar.gz", ".tgz")

_PIECE = 1 << 20
_MOST_FILES = 10_000  # a release has some forty
_MOST_BYTES = 1 << 40
_AGAIN = "Get it anew from whoever published it."


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a copy. `pieces` may be gone through once, before the next member is asked for."""

    name: str
    size: int
    pieces: Iterator[bytes]


def members(path: Path) -> Iterator[Member]:
    """The files of the copy at `path`, in the order in which they stand there.

    An archive usually holds the release in a folder, which is part of the names. Raises InputError for what is no copy,
    is broken or cut off, or holds what no release holds.
    """
    lower = path.name.lower()
    if path.is_dir():
        return _named(path, _of_folder(path))
    if not path.exists():
        raise InputError(f"There is no {path}", hint="Name the folder of a release, a .zip or a .tar.gz.")
    if lower.endswith(".zip"):
        return _named(path, _of_zip(path))
    if lower.endswith((".tar.gz", ".tgz")):
        return _named(path, _of_tar(path))
    raise InputError(f"{path} is no copy of a release", hint=f"A folder, or a file ending in {', '.join(ARCHIVES)}.")


def _named(path: Path, found: Iterator[Member]) -> Iterator[Member]:
    """`found`, each name once and none that leads out of where it stands."""
    seen, total = set[str](), 0
    for member in found:
        name = member.name
        if name.startswith("/") or "\\" in name or not name or {"..", ".", ""} & {*name.split("/")}:
            raise InputError(f"{path}: {name[:200]!r} leads out of the release", hint=_AGAIN)
        total += member.size
        if name in seen or len(seen) >= _MOST_FILES or total > _MOST_BYTES:
            why = "stands there twice" if name in seen else "is more than a release holds"
            raise InputError(f"{path}: {name[:200]!r} {why}", hint=_AGAIN)
        seen.add(name)
        yield member


def _of_folder(path: Path) -> Iterator[Member]:
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if file.is_symlink():
            raise InputError(f"{path}: {name} is a link, which no release holds", hint=_AGAIN)
        if file.is_file():
            with file.open("rb") as content:
                yield Member(name, file.stat().st_size, _pieces(content.read, file.stat().st_size, path, name))


def _of_zip(path: Path) -> Iterator[Member]:
    with _whole(path), zipfile.ZipFile(path) as archive:
        for one in archive.infolist():
            if one.is_dir():
                continue
            kind = one.external_attr >> 28  # of the mode that Unix writes: 8 is a file, 0 that nothing was said
            if kind not in (0, 8) or one.flag_bits & 1:
                raise InputError(f"{path}: {one.filename[:200]!r} is a link, or enciphered", hint=_AGAIN)
            with archive.open(one) as content:
                yield Member(one.filename, one.file_size, _pieces(content.read, one.file_size, path, one.filename))


def _of_tar(path: Path) -> Iterator[Member]:
    with _whole(path), gzip.open(path) as unzipped, tarfile.open(fileobj=unzipped, mode="r|") as archive:
        for one in archive:
            if one.isdir():
                continue
            content = archive.extractfile(one) if one.isreg() else None
            if content is None:
                raise InputError(f"{path}: {one.name[:200]!r} is a link or a device", hint=_AGAIN)
            yield Member(one.name, one.size, _pieces(content.read, one.size, path, one.name))
        while rest := unzipped.read(_PIECE):  # to the end, so that gzip's own checksum is held against it
            if rest.strip(b"\0"):
                raise InputError(f"{path}: something stands behind the end of the archive", hint=_AGAIN)


def _pieces(read: Callable[[int], bytes], size: int, path: Path, name: str) -> Iterator[bytes]:
    """What `read` gives, which has to be `size` bytes: an archive that says less than it holds is stopped there."""
    left = size
    while left >= 0:
        with _whole(path):
            piece = read(min(_PIECE, left + 1))
        if not piece:
            break
        left -= len(piece)
        if left >= 0:
            yield piece
    if left:
        raise InputError(f"{path}: {name[:200]!r} is not as long as it says", hint=_AGAIN)


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """What readers of archives raise for a broken one, as InputError."""
    try:
        yield
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile, NotImplementedError) as error:
        raise InputError(f"{path} is broken: {error}", hint=_AGAIN) from None
    except (ValueError, UnicodeError, OverflowError) as error:
        raise InputError(f"{path} is no archive that can be read: {error}", hint=_AGAIN) from None
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}") from None
