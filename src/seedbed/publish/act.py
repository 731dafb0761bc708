"""The act of publishing: hold the release against its checksums, sign, copy whole or not at all, and remember where."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from seedbed.errors import InputError, UsageError
from seedbed.publish.archive import pack
from seedbed.publish.copies import ARCHIVES, SIGNATURE, SUMS
from seedbed.publish.record import Publication, remember
from seedbed.publish.signing import Signer, sign, signed_by
from seedbed.publish.verify import Verified, verify
from seedbed.release.taken import read_record
from seedbed.study import Folder, storage_errors

__all__ = ["Published", "publish"]

Listen = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Published:
    """A copy that stands at `place`; `size` is what it takes there, in bytes."""

    version: str
    place: Path
    sums: str
    size: int
    signer: Signer | None


def publish(
    folder: Folder,
    version: str,
    target: Path,
    *,
    key: Path | None = None,
    listen: Listen = lambda what, done, total: None,
) -> Published:
    """Copy the release `version` of the study in `folder` to `target`: a file ending in .zip, .tar.gz or .tgz, or else
    a new folder. `key` is the SSH key that signs.

    Raises UsageError when the target is there already, stands inside the study or the release is not there, InputError
    when the release was changed since it was made, or holds rows that were withdrawn, StorageError when the disk
    refuses. Whatever is raised, nothing stands at `target`.
    """
    folder.check()
    release = folder.release(version)
    if not release.is_dir():
        raise UsageError(f"There is no release {version!r}", hint="Make it: seedbed release DIR VERSION")
    _refuse(folder, version, target)
    held = verify(release, listen=listen)
    added: dict[str, bytes] = {}
    signer = None
    if key is not None:
        listen("signing", 0, 1)
        added[SIGNATURE] = sign(release / SUMS, key)
        signer = signed_by((release / SUMS).read_bytes(), added[SIGNATURE])
    listen("copying", 0, 1)
    with storage_errors(target):
        size = _copy(release, added, target, held)
    listen("copying", 1, 1)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    remember(folder, Publication(version, str(target), now, held.sums, signer.key if signer else ""))
    return Published(version, target, held.sums, size, signer)


def _refuse(folder: Folder, version: str, target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target} is there already", hint="Name another place: nothing is written over.")
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {target.parent}", hint="Make it first, or name another place.")
    if target.resolve().is_relative_to(folder.root.resolve()):
        raise UsageError(f"{target} stands inside the study", hint="Name a place outside of its folder.")
    gone = read_record(folder).releases.get(version)
    if gone is not None and gone.rows:
        raise InputError(
            f"The release {version!r} holds {gone.rows:,} rows that were withdrawn since",
            hint="Make the next release, which leaves them out, and publish that.",
        )


def _copy(release: Path, added: Mapping[str, bytes], target: Path, held: Verified) -> int:
    kind = next((ending for ending in ARCHIVES if target.name.lower().endswith(ending)), "")
    with _beside(target, folder=not kind) as made:
        if kind:
            with made.open("wb") as into:
                pack(release, added, into, kind=kind)
                into.flush()
                os.fsync(into.fileno())
        else:
            shutil.copytree(release, made, dirs_exist_ok=True)
            for name, content in added.items():
                (made / name).write_bytes(content)
            for path in (*made.rglob("*"), made):
                _sync(path)
            if verify(made).sums != held.sums:
                raise InputError(f"{release} changed while it was copied", hint="Publish it again.")
        size = made.stat().st_size if kind else sum(file.stat().st_size for file in made.rglob("*") if file.is_file())
        made.chmod(0o644 if kind else 0o755)
    return size


@contextmanager
def _beside(target: Path, *, folder: bool) -> Iterator[Path]:
    """A hidden place beside `target` that becomes it when the block ends well, and is gone when it does not."""
    held = Path(tempfile.mkdtemp(prefix=".publishing-", dir=target.parent))
    made = held / "made"
    try:
        if folder:
            made.mkdir()
        yield made
        if target.exists():
            raise UsageError(f"{target} is there already", hint="Name another place: nothing is written over.")
        made.rename(target)
        _sync(target.parent)
    finally:
        shutil.rmtree(held, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
