"""The jobs of the studies served: which may start, what became of them, and how they end with the server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seedbed.errors import SeedbedError
from seedbed.server.identity import Who
from seedbed.server.jobs.job import MOST, Job, State, read_jobs, write_jobs
from seedbed.server.jobs.process import JobProcess, Message
from seedbed.server.people.tokens import new_id
from seedbed.server.refusals import Refusal

__all__ = ["Handover", "Jobs", "makes_rows"]

_log = logging.getLogger("seedbed.server")

_MAKES_ROWS = frozenset({"generate", "bridge"})
_CLOSE_WITHIN = 6.0  # seconds that a child has to end when the server stops; it gives itself 5


@dataclass(frozen=True, slots=True)
class Handover:
    """What the server gives a child to work with, and does with what it made: `before` adds to its order, `after` takes
    up its result and gives the one that is shown. Both raise what ends the job."""

    before: Callable[[Job, Who], Awaitable[Mapping[str, Any]]]
    after: Callable[[Job, Who, dict[str, Any]], Awaitable[dict[str, Any]]]


def makes_rows(act: str, options: Mapping[str, Any]) -> bool:
    """Whether such a job calls a model. A test of what the seeds did does once its runs were agreed to."""
    return act in _MAKES_ROWS or (act == "propagate" and options.get("agreed") is not None)


class Jobs:
    """The jobs of one study. Everything but the child's pipes runs in the event loop."""

    def __init__(self, root: Path, handovers: Mapping[str, Handover]) -> None:
        self._root = root
        self._handovers = handovers
        self._jobs = {job.id: job for job in read_jobs(root)}
        self._processes: dict[str, JobProcess] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._writing = asyncio.Lock()
        self._closing = False

    def all(self) -> list[Job]:
        """Newest first."""
        return list(reversed(self._jobs.values()))

    def find(self, id: str) -> Job | None:
        return self._jobs.get(id)

    def last(self, act: str) -> Job | None:
        """The newest job of that act."""
        return next((job for job in self.all() if job.act == act), None)

    async def start(self, act: str, options: dict[str, Any], who: Who) -> Job:
        """Raises Refusal busy_job."""
        self._check_free(makes_rows(act, options))
        return await self._begin(Job(new_id("j"), act, options, who.id, _now()), who)

    async def resume(self, id: str, who: Who) -> Job:
        """The same act with the same options. Raises Refusal unknown_job, job_done, busy_job."""
        job = self._found(id)
        if job.running and job.ending is None:
            return job
        if not job.resumable:
            raise Refusal("busy_job" if job.running else "job_done")
        self._check_free(makes_rows(job.act, job.options))
        return await self._begin(
            replace(job, state="running", ending=None, ended=None, error=None, result=None, progress=None), who
        )

    async def end(self, id: str, how: str) -> Job:
        """Ask a running job to end: "pause" or "stop". Raises Refusal unknown_job, job_over."""
        job = self._found(id)
        if job.state == "paused" and how == "stop":
            job = self._jobs[id] = replace(job, state="stopped")
            await self._save()
            return job
        if not job.running:
            raise Refusal("job_over")
        self._jobs[id] = job = replace(job, ending="stop" if how == "stop" else "pause")
        process = self._processes.get(id)
        if process is not None:
            await asyncio.to_thread(process.end)
        return job

    async def close(self) -> None:
        """End every job; those that had not finished can be resumed."""
        self._closing = True
        await asyncio.gather(*(asyncio.to_thread(one.close, _CLOSE_WITHIN) for one in self._processes.values()))
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=_CLOSE_WITHIN)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- one job ----------------------------------------------------------------------------------------------------

    async def _begin(self, job: Job, who: Who) -> Job:
        before = self._jobs.pop(job.id, None)  # one that is resumed is the newest
        self._jobs[job.id] = job
        while len(self._jobs) > MOST:
            del self._jobs[next(id for id, one in self._jobs.items() if not one.running)]
        try:
            await self._save()  # first the list: a job that the next server would not know of never works
        except SeedbedError:
            del self._jobs[job.id]
            if before is not None:
                self._jobs[job.id] = before
            raise
        self._tasks[job.id] = asyncio.create_task(self._work(job, who))
        return self._jobs[job.id]

    async def _work(self, job: Job, who: Who) -> None:
        """From the child's start to what became of it."""
        try:
            outcome = await self._outcome(job, who)
        except (SeedbedError, Refusal) as error:
            hint = getattr(error, "hint", "")
            message = error.message if isinstance(error, Refusal) else str(error).replace(str(self._root), job.act)
            outcome = {"failed": {"message": message, "hint": hint}}
        except asyncio.CancelledError:
            outcome = {"ended": {}}
        except Exception:
            _log.exception("a job to %s", job.act)
            outcome = {"failed": {"message": "Something went wrong on the server. It was logged.", "hint": ""}}
        if self._closing and "failed" in outcome:
            outcome = {"ended": {}}  # by the server's end, whatever it looked like from within
        self._processes.pop(job.id, None)
        self._tasks.pop(job.id, None)
        self._jobs[job.id] = _ended(self._jobs[job.id], outcome)
        try:
            await self._save()
        except SeedbedError as error:
            _log.error("the list of jobs was not written: %s", error)

    async def _outcome(self, job: Job, who: Who) -> Message:
        loop, messages = asyncio.get_running_loop(), asyncio.Queue[Message]()

        def told(message: Message) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(messages.put_nowait, message)

        handover = self._handovers.get(job.act)
        more = await handover.before(job, who) if handover is not None else {}
        order = {"folder": str(self._root), "act": job.act, "options": job.options, **more}
        if self._closing:
            return {"ended": {}}
        process = self._processes[job.id] = await asyncio.to_thread(JobProcess, order, told)
        if self._jobs[job.id].ending is not None:
            process.end()  # asked before there was anything to tell
        outcome: Message | None = None
        while True:
            try:
                async with asyncio.timeout(None if outcome is None else _CLOSE_WITHIN):
                    message = await messages.get()
            except TimeoutError:
                await asyncio.to_thread(process.close, 1.0)  # it has said its last word, and something keeps it
                continue
            if "progress" in message:
                self._jobs[job.id] = replace(self._jobs[job.id], progress=dict(message["progress"]))
            elif "over" in message:
                break
            else:
                outcome = message
        if outcome is None:
            if self._jobs[job.id].ending is not None or self._closing:
                return {"ended": {}}
            _log.error("a job to %s ended with status %s: %s", job.act, message["over"], message["last"])
            died = f"The job's process ended unexpectedly (status {message['over']})."
            return {"failed": {"message": died, "hint": "Resume it: what was finished is saved. The log says more."}}
        if handover is not None and "done" in outcome:
            return {"done": await handover.after(self._jobs[job.id], who, dict(outcome["done"]))}
        return outcome

    # --- the list ---------------------------------------------------------------------------------------------------

    def _found(self, id: str) -> Job:
        job = self._jobs.get(id)
        if job is None:
            raise Refusal("unknown_job")
        return job

    def _check_free(self, makes: bool) -> None:
        """One that makes rows at a time, and one of another kind: the machine has a workshop to serve."""
        running = [makes_rows(job.act, job.options) for job in self._jobs.values() if job.running]
        if self._closing or makes in running:
            raise Refusal("busy_job")

    async def _save(self) -> None:
        async with self._writing:
            await asyncio.to_thread(write_jobs, self._root, list(self._jobs.values()))


def _ended(job: Job, outcome: Message) -> Job:
    """The job with what became of it. It came to its end before a pause took effect: then it is done."""
    state: State = "failed" if "failed" in outcome else "done" if "done" in outcome else (
        "paused" if job.ending == "pause" else "stopped"
    )  # fmt: skip
    return replace(
        job,
        state=state,
        ending=None,
        ended=_now(),
        result=dict(outcome.get("done") or outcome.get("ended") or {}) or None,
        error=dict(outcome["failed"]) if "failed" in outcome else None,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
