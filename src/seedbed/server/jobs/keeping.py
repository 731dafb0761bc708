"""Which of a study's server processes keeps its jobs: the first that is asked. The others pass on what they are asked.

The keeper holds a lock on a file that says where it listens, a Unix socket in a folder of its owner's alone. The lock
ends with the process, however it ends: then the next that is asked is the keeper, and what ran has been stopped. A
study in people.db has one server process, which keeps its jobs without either.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Annotated, Any

from fastapi import Depends, Request
from pydantic import TypeAdapter

from seedbed.errors import SeedbedError, StorageError
from seedbed.server.identity import Who
from seedbed.server.jobs.job import Job
from seedbed.server.jobs.jobs import Handover, Jobs
from seedbed.server.refusals import Refusal
from seedbed.study import Folder

__all__ = ["KEPT", "AllJobs", "KeptJobs", "Works"]

_log = logging.getLogger("seedbed.server")
KEPT = ".jobs.lock"  # in the study's folder
_LONGEST = 8 << 20  # bytes of an answer: fifty jobs of at most 20,000 characters, and their progress
_TRIES, _AGAIN = 20, 0.1  # for a keeper that has just begun, or just died
_ANSWERS_WITHIN = 20.0
_JOBS = TypeAdapter(list[Job])


class KeptJobs:
    """The jobs of one study, whichever process keeps them. `shared`: other processes may serve the study too."""

    def __init__(self, root: Path, handovers: Mapping[str, Handover], *, shared: bool) -> None:
        self._root, self._handovers = root, handovers
        self._own: Jobs | None = None if shared else Jobs(root, handovers)
        self._lock: IO[str] | None = None
        self._folder: Path | None = None
        self._server: asyncio.Server | None = None
        self._beginning = asyncio.Lock()
        self._over = False

    async def all(self) -> list[Job]:
        """Newest first."""
        return await self._asked("all")

    async def find(self, id: str) -> Job | None:
        return next(iter(await self._asked("find", id)), None)

    async def last(self, act: str) -> Job | None:
        """The newest job of that act."""
        return next(iter(await self._asked("last", act)), None)

    async def start(self, act: str, options: dict[str, Any], who: Who) -> Job:
        """Raises Refusal busy_job."""
        return (await self._asked("start", act, options, asdict(who)))[0]

    async def resume(self, id: str, who: Who) -> Job:
        """The same act with the same options. Raises Refusal unknown_job, job_done, busy_job."""
        return (await self._asked("resume", id, asdict(who)))[0]

    async def end(self, id: str, how: str) -> Job:
        """Ask a running job to end: "pause" or "stop". Raises Refusal unknown_job, job_over."""
        return (await self._asked("end", id, how))[0]

    async def close(self) -> None:
        """End every job that is kept here; those that had not finished can be resumed."""
        self._over = True
        if self._server is not None:
            self._server.close()
        if self._own is not None:
            await self._own.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()

    # --- here, or there ---------------------------------------------------------------------------------------------

    async def _asked(self, do: str, *given: Any) -> list[Job]:
        for _ in range(_TRIES):
            if self._over:
                break
            if self._own is not None or await self._begins():
                assert self._own is not None
                return await _done(self._own, do, given)
            with contextlib.suppress(OSError, ValueError, KeyError, TimeoutError):
                return await self._passed_on(do, given)
            await asyncio.sleep(_AGAIN)
        raise Refusal("busy", retry_after=2)

    async def _begins(self) -> bool:
        """Whether this process is the keeper from now on."""
        async with self._beginning:
            if self._own is not None:
                return True
            lock = (self._root / KEPT).open("a+", encoding="utf-8")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
                return False
            self._lock = lock
            self._own = await asyncio.to_thread(Jobs, self._root, self._handovers)
            self._folder = Path(tempfile.mkdtemp(prefix="seedbed-jobs-"))
            where = self._folder / "socket"
            self._server = await asyncio.start_unix_server(self._answer, where, limit=_LONGEST)
            lock.truncate(0)
            lock.write(json.dumps({"pid": os.getpid(), "socket": str(where)}))
            lock.flush()
            return True

    async def _passed_on(self, do: str, given: tuple[Any, ...]) -> list[Job]:
        """Raises Refusal, and StorageError as the keeper did; else what a keeper that is gone raises."""
        where = json.loads((self._root / KEPT).read_text(encoding="utf-8"))["socket"]
        async with asyncio.timeout(_ANSWERS_WITHIN):
            reader, writer = await asyncio.open_unix_connection(where, limit=_LONGEST)
            try:
                writer.write(json.dumps([do, *given]).encode() + b"\n")
                said = json.loads(await reader.readline())
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
        if "refused" in said:
            raise Refusal(said["refused"], retry_after=said["retry_after"], detail=said["detail"])
        if "failed" in said:
            raise StorageError(said["failed"], hint=said["hint"])
        return _JOBS.validate_python(said["jobs"])

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What another process passes on."""
        said: dict[str, Any]
        try:
            do, *given = json.loads(await reader.readline())
            assert self._own is not None
            said = {"jobs": [asdict(job) for job in await _done(self._own, do, tuple(given))]}
        except Refusal as refused:
            said = {"refused": refused.code, "retry_after": refused.retry_after, "detail": refused.detail}
        except SeedbedError as error:
            said = {"failed": str(error), "hint": error.hint}
        except Exception:
            _log.exception("what another process asked of the jobs")
            said = {"refused": "internal", "retry_after": None, "detail": ""}
        with contextlib.suppress(OSError):
            writer.write(json.dumps(said).encode() + b"\n")
            await writer.drain()
            writer.close()


class AllJobs:
    """The jobs of every study served."""

    def __init__(self, folders: Mapping[str, Folder], handovers: Callable[[str], Mapping[str, Handover]]) -> None:
        self._studies = {
            name: KeptJobs(folder.root, handovers(name), shared=bool(folder.store_url()))
            for name, folder in folders.items()
        }

    def of(self, study: str) -> KeptJobs:
        """Raises Refusal unknown_study."""
        found = self._studies.get(study)
        if found is None:
            raise Refusal("unknown_study")
        return found

    async def close(self) -> None:
        await asyncio.gather(*(jobs.close() for jobs in self._studies.values()))


def _works(request: Request) -> AllJobs:
    found: AllJobs | None = request.app.state.jobs
    if found is None:
        raise Refusal("busy", retry_after=5)
    return found


Works = Annotated[AllJobs, Depends(_works)]


async def _done(jobs: Jobs, do: str, given: tuple[Any, ...]) -> list[Job]:
    match do, given:
        case "all", ():
            return jobs.all()
        case "find", (id,):
            return [job for job in (jobs.find(id),) if job is not None]
        case "last", (act,):
            return [job for job in (jobs.last(act),) if job is not None]
        case "start", (act, options, who):
            return [await jobs.start(act, options, Who(**who))]
        case "resume", (id, who):
            return [await jobs.resume(id, Who(**who))]
        case "end", (id, how):
            return [await jobs.end(id, how)]
    raise ValueError(f"no such question: {do}")
