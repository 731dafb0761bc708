"""A task as files for other programs, and what they rated, read back. A process of its own writes and reads them."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
import zipfile
from pathlib import Path

from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from seedbed.server.refusals import Refusal
from seedbed.server.review.desk import Desk
from seedbed.server.review.schemas import ImportAsked, Imported
from seedbed.server.road.files import FILE_POLICY

__all__ = ["exported", "imported"]


async def exported(desk: Desk, task: str, format: str, *, ratings: bool) -> FileResponse:
    """The task's one file, or a zip of several, for keeping. Raises Refusal."""
    place = Path(tempfile.mkdtemp(prefix="seedbed-review-"))
    try:
        made = place / "export"
        await desk.errand("export", "bad_task", task=task, format=format, target=str(made), ratings=ratings)
        found = await asyncio.to_thread(_one_file, made, f"{task}-{format}")
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, place, True)
        raise
    kind = {".csv": "text/csv", ".json": "application/json"}.get(found.suffix, "application/zip")
    away = BackgroundTask(shutil.rmtree, place, ignore_errors=True)
    headers = {"Content-Security-Policy": FILE_POLICY}
    return FileResponse(found, media_type=kind, headers=headers, filename=found.name, background=away)


def _one_file(folder: Path, name: str) -> Path:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if len(files) == 1:
        return files[0].rename(folder.parent / f"{name}{files[0].suffix}")
    target = folder.parent / f"{name}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in files:
            archive.write(path, path.relative_to(folder).as_posix())
    return target


async def imported(desk: Desk, task: str, actor: str, asked: ImportAsked) -> Imported:
    """Record what a file says, and tell of every row what became of it. Raises Refusal bad_import."""
    ending = Path(asked.name).suffix.lower()
    if ending not in (".json", ".jsonl", ".csv", ".tsv"):
        raise Refusal("bad_import", detail=f"{asked.name!r} ends with none of .json, .jsonl, .csv, .tsv.")
    place = Path(tempfile.mkdtemp(prefix="seedbed-review-"))
    try:
        path = place / f"ratings-{secrets.token_hex(4)}{ending}"
        await asyncio.to_thread(path.write_text, asked.text, encoding="utf-8", errors="replace", newline="")
        try:
            told = await desk.errand(
                "import", "bad_import", task=task, actor=actor, path=str(path), format=asked.format,
                skip_bad=asked.skip_bad, dry_run=asked.dry_run,
            )  # fmt: skip
        except Refusal as refusal:
            if isinstance(refusal.detail, str):
                # the file's own name, and not where it lay for a moment
                refusal.detail = refusal.detail.replace(str(path), asked.name)
            raise
    finally:
        await asyncio.to_thread(shutil.rmtree, place, True)
    return Imported.model_validate(told)
