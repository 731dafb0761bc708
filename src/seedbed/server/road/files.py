"""Files of a study that a page may have: those of the report, and the record as a zip; a release's are in `released`.

A file is given only if walking its folder finds it under that very path, as a plain file and by no link: what the
address says is compared, never followed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from seedbed.report.files import script_hash
from seedbed.server.jobs.process import JobProcess, Message
from seedbed.server.refusals import Refusal
from seedbed.study import Folder

__all__ = ["FILE_POLICY", "files_of", "of_report", "record"]

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
    found = files_of(folder.report).get(path or "index.html")
    kind = _KINDS.get(Path(path or "index.html").suffix)
    if found is None or kind is None:
        raise Refusal("no_report" if path in ("", "index.html") else "not_found")
    headers = {"Content-Security-Policy": REPORT_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    shown = "attachment" if kind == "text/csv" else "inline"
    return FileResponse(found, media_type=kind, headers=headers, filename=found.name, content_disposition_type=shown)


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
        for name, path in files_of(folder).items():
            archive.write(path, name)
    made.rename(target)


def files_of(root: Path) -> dict[str, Path]:
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
