"""Files of a study that a page may have: those of the report, of a release, and the record as a zip. No others.

A file is given only if walking its folder finds it under that very path, as a plain file and by no link: what the
address says is compared, never followed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import mimetypes
import os
import secrets
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from seedbed.report.files import script_hash
from seedbed.server.jobs.process import JobProcess, Message
from seedbed.server.refusals import Refusal
from seedbed.server.road.schemas import FileShown, ReleaseShown
from seedbed.study import Folder

__all__ = ["of_release", "of_report", "record", "releases"]

# No script but the report's own, by its hash; nothing loaded or sent, framed by nobody else. Its own origin it keeps:
# without it the links to its figures would go out without the session's cookie.
REPORT_POLICY = (
    "sandbox allow-same-origin allow-scripts allow-downloads allow-popups; default-src 'none'; "
    f"script-src '{script_hash()}'; style-src 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
_KINDS = {".html": "text/html", ".svg": "image/svg+xml", ".png": "image/png", ".csv": "text/csv"}
_RECORD_WITHIN = 300.0  # seconds


def of_report(folder: Folder, path: str) -> FileResponse:
    """report/`path`, its index when the path is empty. Raises Refusal."""
    found = _files(folder.report).get(path or "index.html")
    kind = _KINDS.get(Path(path or "index.html").suffix)
    if found is None or kind is None:
        raise Refusal("no_report" if path in ("", "index.html") else "not_found")
    headers = {"Content-Security-Policy": REPORT_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    shown = "attachment" if kind == "text/csv" else "inline"
    return FileResponse(found, media_type=kind, headers=headers, filename=found.name, content_disposition_type=shown)


def releases(folder: Folder) -> list[ReleaseShown]:
    """The whole releases, oldest first; one whose manifest cannot be read has its files all the same."""
    found = []
    for name, path in _versions(folder).items():
        files = _files(path)
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
    found = _files(root).get(path) if root is not None else None
    if found is None:
        raise Refusal("not_found")
    kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    headers = {"Content-Security-Policy": FILE_POLICY}
    return FileResponse(found, media_type=kind, headers=headers, filename=found.name)


async def record(folder: Folder, study: str, format: str) -> FileResponse:
    """The record of the workshop, made by a process of its own: it reads all that anybody ever did. Raises Refusal."""
    place = Path(tempfile.mkdtemp(prefix="seedbed-record-"))
    try:
        failed = await _written(folder, place / "record", format)
        if failed is not None:
            raise Refusal(failed)
        target = place / f"{study}-record-{format}.zip"
        await asyncio.to_thread(_zipped, place / "record", target)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, place, True)
        raise
    headers = {"Content-Security-Policy": FILE_POLICY}
    away = BackgroundTask(shutil.rmtree, place, ignore_errors=True)
    return FileResponse(target, media_type="application/zip", headers=headers, filename=target.name, background=away)


async def _written(folder: Folder, target: Path, format: str) -> str | None:
    """None when the tables stand in `target`, else the code of the refusal."""
    loop, over = asyncio.get_running_loop(), asyncio.Queue[Message]()

    def told(message: Message) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(over.put_nowait, message)

    order = {"folder": str(folder.root), "act": "record", "options": {}, "target": str(target), "format": format}
    process = await asyncio.to_thread(JobProcess, order, told)
    done = False
    try:
        async with asyncio.timeout(_RECORD_WITHIN):
            while "over" not in (message := await over.get()):
                done = done or "done" in message
    except TimeoutError:
        return "busy"
    finally:
        await asyncio.to_thread(process.close, 0.5)
    return None if done and await asyncio.to_thread(target.is_dir) else "no_record"


def _zipped(folder: Path, target: Path) -> None:
    # made under another name: half a zip is never sent
    made = target.with_name(f".{secrets.token_hex(4)}")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, path in _files(folder).items():
            archive.write(path, name)
    made.rename(target)


def _versions(folder: Folder) -> dict[str, Path]:
    if not folder.releases.is_dir() or folder.releases.is_symlink():
        return {}
    return {
        path.name: path
        for path in folder.releases.iterdir()
        if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
    }


def _files(root: Path) -> dict[str, Path]:
    """The plain files under `root` by their paths in addresses; no links, nothing hidden."""
    if root.is_symlink():
        return {}
    return {path.relative_to(root).as_posix(): path for path in sorted(_walk(root))}


def _walk(root: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(root, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(where) / name
            with contextlib.suppress(FileNotFoundError):  # a report that is drawn anew meanwhile
                if not name.startswith(".") and stat.S_ISREG(path.lstat().st_mode):
                    yield path


def _manifest(path: Path | None) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes()) if path is not None else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
