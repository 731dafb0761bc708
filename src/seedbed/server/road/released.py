"""The releases of a study for a page: which there are, their files, and what one has otherwise than another."""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path
from typing import Any

from fastapi.responses import FileResponse

from seedbed.release.differing import diff
from seedbed.server.jobs.differing import DifferenceShown, difference_shown
from seedbed.server.refusals import Refusal
from seedbed.server.road.files import FILE_POLICY, files_of
from seedbed.server.road.releasing_schemas import FileShown, ReleaseShown
from seedbed.study import Folder

__all__ = ["difference", "of_release", "releases"]


def releases(folder: Folder) -> list[ReleaseShown]:
    """The whole releases, oldest first; one whose manifest cannot be read has its files all the same."""
    found = []
    for name, path in _versions(folder).items():
        files = files_of(path)
        sizes = {shown: file.stat().st_size for shown, file in files.items()}
        manifest = _manifest(files.get("manifest.json"))
        rows = manifest["rows"] if isinstance(manifest.get("rows"), dict) else {}
        found.append(
            ReleaseShown(
                version=name, made_at=str(manifest.get("created") or ""),
                rows={key: value for key, value in rows.items() if type(value) is int},
                bytes=sum(sizes.values()), files=[FileShown(path=shown, bytes=size) for shown, size in sizes.items()],
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.made_at, one.version))


def of_release(folder: Folder, version: str, path: str) -> FileResponse:
    """releases/`version`/`path`, to be kept and not shown. Raises Refusal."""
    root = _versions(folder).get(version)
    found = files_of(root).get(path) if root is not None else None
    if found is None:
        raise Refusal("not_found")
    kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    headers = {"Content-Security-Policy": FILE_POLICY}
    return FileResponse(found, media_type=kind, headers=headers, filename=found.name)


def difference(folder: Folder, old: str, new: str) -> DifferenceShown:
    """What `new` has otherwise than `old`. Raises Refusal not_found; InputError for files that cannot be read."""
    if not {old, new} <= _versions(folder).keys():
        raise Refusal("not_found")
    return difference_shown(diff(folder, old, new))


def _versions(folder: Folder) -> dict[str, Path]:
    if not folder.releases.is_dir() or folder.releases.is_symlink():
        return {}
    return {
        path.name: path
        for path in folder.releases.iterdir()
        if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
    }


def _manifest(path: Path | None) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes()) if path is not None else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
