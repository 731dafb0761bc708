"""A job: one act of the road at work in a process of its own, and the list of them in the study's folder."""

from __future__ import annotations

import contextlib
import json
import logging
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from seedbed.study import write_json

__all__ = ["LIST", "MOST", "Job", "State", "read_jobs", "write_jobs"]

_log = logging.getLogger("seedbed.server")

LIST = "jobs.json"
MOST = 50  # jobs that are remembered
_LARGEST = 20_000  # characters of a result on disk

State = Literal["running", "paused", "stopped", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Job:
    """`ending` is what was asked of one that runs. `progress` is not kept on disk: it may hold a row's words."""

    id: str
    act: str
    options: dict[str, Any]
    by: str
    began: str
    state: State = "running"
    ending: Literal["pause", "stop"] | None = None
    ended: str | None = None
    progress: dict[str, Any] | None = field(default=None, compare=False)
    result: dict[str, Any] | None = None
    error: dict[str, str] | None = None

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def resumable(self) -> bool:
        return self.state in ("paused", "stopped", "failed")


_LISTED = TypeAdapter(list[Job])  # whatever stands there: a page that is shown the list must not fail


def read_jobs(root: Path) -> list[Job]:
    """The jobs of a study, oldest first. One that ran when the server ended was stopped by that.

    A list that cannot be read is no reason not to serve the study: it is put aside, and another begins.
    """
    path = root / LIST
    try:
        found = _LISTED.validate_python(json.loads(path.read_bytes())["jobs"])
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        aside = path.with_name(f"{LIST}.unreadable")
        _log.error("%s cannot be read (%s): it is %s now, and the list begins anew", path, type(error).__name__, aside)
        with contextlib.suppress(OSError):
            path.replace(aside)
        return []
    return [
        replace(job, state="stopped", ending=None, ended=job.ended or job.began) if job.running else job
        for job in found
    ]  # fmt: skip


def write_jobs(root: Path, jobs: list[Job]) -> None:
    """The newest of them, whole or not at all. Raises StorageError."""
    kept = [replace(job, progress=None, result=_bounded(job.result)) for job in jobs[-MOST:]]
    write_json(root / LIST, {"schema": 1, "jobs": [asdict(job) for job in kept]})


def _bounded(result: dict[str, Any] | None) -> dict[str, Any] | None:
    if result is None or len(json.dumps(result)) <= _LARGEST:
        return result
    return {name: value for name, value in result.items() if not isinstance(value, dict | list)}
