"""The least that any client could do: the same requests by bare aiohttp, and a minimal SQLite journal.

The journal is as durable as ours: WAL, synchronous=FULL, one commit for all that arrived meanwhile, and a lane is busy
until its reply is on disk. Without a path there is none.
"""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

__all__ = ["floor", "peak_mib"]


def peak_mib() -> float:
    """The most memory this process has held. Linux tells it exactly; elsewhere from the process's accounting."""
    try:
        (kib,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        return int(kib) / 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


class Writer:
    """A thread that commits whatever has arrived, in one transaction, and then tells who waits."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._arrived: list[tuple[int, str, asyncio.Future[None]]] = []
        self._some = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def save(self, number: int, reply: str) -> asyncio.Future[None]:
        on_disk: asyncio.Future[None] = self._loop.create_future()
        self._arrived.append((number, reply, on_disk))
        self._some.set()
        return on_disk

    def _write(self) -> None:
        db = sqlite3.connect(self._path, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE calls(number INTEGER PRIMARY KEY, reply TEXT)")
        while True:
            self._some.wait()
            self._some.clear()
            arrived, self._arrived = self._arrived, []
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO calls VALUES(?,?)", (row[:2] for row in arrived))
            db.execute("COMMIT")
            self._loop.call_soon_threadsafe(self._tell, [row[2] for row in arrived])

    def _tell(self, futures: list[asyncio.Future[None]]) -> None:
        for future in futures:
            future.set_result(None)


async def _calls(url: str, body: dict[str, Any], calls: int, lanes: int, journal: Path | None) -> float:
    import aiohttp

    writer = Writer(journal) if journal else None
    numbers = iter(range(calls))

    async def lane(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            async with session.post(
                f"{url}/chat/completions", data=json.dumps({**body, "seed": number}).encode()
            ) as got:
                reply = json.loads(await got.read())
            if writer:
                await writer.save(number, json.dumps(reply["choices"]))

    began = time.process_time()
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=headers) as session:
        await asyncio.gather(*(lane(session) for _ in range(lanes)))
    return time.process_time() - began


def floor(url: str, body: str, calls: int, lanes: int, *, journal: bool = True) -> dict[str, Any]:
    """`calls` requests with this body and a seed of their own each; CPU seconds of the calls, and the peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "floor.db" if journal else None
        spent = asyncio.run(_calls(url, json.loads(body), calls, lanes, path))
    return {"cpu": spent, "peak": peak_mib(), "rows": calls}
