"""What travels over HTTP about jobs; what may be asked of them stands in `options`."""

from __future__ import annotations

from typing import Any, Literal

from seedbed.server.shapes import Said

__all__ = ["JobError", "JobProgress", "JobShown"]


class JobProgress(Said):
    """`total` is 0 where it is not known. `newest` is the last row that was kept. A job that makes several runs says
    which is at work: the run `part`, which is number `at` of `parts`."""

    what: str
    done: int
    total: int
    kept: int | None = None
    rejected: int | None = None
    newest: str | None = None
    part: str | None = None
    at: int | None = None
    parts: int | None = None
    seconds: float = 0.0


class JobError(Said):
    message: str
    hint: str


class JobShown(Said):
    """`ending` says what was asked of a running job, which ends once what is in flight has arrived. `resumable`
    ones go on where they stopped."""

    id: str
    act: Literal["curate", "generate", "assess", "propagate", "report", "release", "judges", "bridge"]
    options: dict[str, Any]
    state: Literal["running", "paused", "stopped", "done", "failed"]
    ending: Literal["pause", "stop"] | None
    resumable: bool
    by: str
    began: str
    ended: str | None
    progress: JobProgress | None
    result: dict[str, Any] | None
    error: JobError | None
