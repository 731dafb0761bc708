"""A run of 66,609 questions: the peak memory of the process, and its CPU time a call beside the floor.

66,609 is the number of questions that the paper generated. The floor is the least that any client could do: the same
requests by bare aiohttp and a minimal SQLite journal with one commit for all that arrived meanwhile, against the same
mock endpoint, where a lane too is busy until its reply is on disk. Both are measured in processes of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from _bench import ROOT, Check, arguments, child, conclude, configure

sys.path.insert(0, str(ROOT / "src"))

CALLS = 66_609
EARLY = 10_000
LANES = 64
FLOOR_CALLS = 10_000
PEAK_MIB = 150.0
RATIO = 3.0


def peak_mib() -> float:
    """The most memory this process has held. Linux tells it exactly; elsewhere from the process's accounting."""
    try:
        (kib,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        return int(kib) / 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


# --- ours ------------------------------------------------------------------------------------------------------


def make_study(path: Path) -> None:
    """The sample study, curated without the parser, with every gate off and one question a request."""
    from seedbed.acts import Study

    Study.new(path)
    configure(path, parser="false", order="[]", per_ask="1")
    study = Study.open(path)
    assert study.settings.generate.questions.gates.order == ()
    assert study.settings.generate.questions.per_ask == 1
    study.import_sample()
    study.curate()


def ours(study: str, url: str, calls: int) -> dict[str, Any]:
    from seedbed.acts import Study
    from seedbed.llm import EndpointSettings

    marks: dict[int, float] = {}

    def listen(progress: Any, slots: int) -> None:
        done = progress.generated + progress.failed
        if done == EARLY:
            marks[done] = peak_mib()

    settings = EndpointSettings(url=url, model="mock")
    assert settings.max_lanes == LANES  # the default, which the floor gets too
    started, began = peak_mib(), time.process_time()
    summary = Study.open(study).generate(endpoint=settings, target=calls, listen=listen)
    spent = time.process_time() - began
    return {
        "started": started, "early": marks.get(EARLY, 0.0), "peak": peak_mib(), "cpu": spent,
        "generated": summary.generated, "failed": summary.failed,
    }  # fmt: skip


# --- the floor -------------------------------------------------------------------------------------------------


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


async def bare(url: str, body: dict[str, Any], calls: int, lanes: int, path: Path) -> float:
    import aiohttp

    writer = Writer(path)
    numbers = iter(range(calls))

    async def lane(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            async with session.post(
                f"{url}/chat/completions", data=json.dumps({**body, "seed": number}).encode()
            ) as got:
                reply = json.loads(await got.read())
            await writer.save(number, json.dumps(reply["choices"]))

    began = time.process_time()
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=headers) as session:
        await asyncio.gather(*(lane(session) for _ in range(lanes)))
    return time.process_time() - began


def floor(url: str, body: str, calls: int, lanes: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        spent = asyncio.run(bare(url, json.loads(body), calls, lanes, Path(folder) / "floor.db"))
    return {"cpu": spent, "peak": peak_mib()}


def sample_body(study: Path, folder: Path) -> dict[str, Any]:
    """One request as a run of this study sends it."""
    from seedbed.acts import Study
    from seedbed.testing import MockEndpoint

    copy = folder / "one"
    shutil.copytree(study, copy)
    with MockEndpoint(keep=True) as mock:
        Study.open(copy).generate(endpoint=mock.settings(), target=1)
        return mock.received[0][0]


# --- both ------------------------------------------------------------------------------------------------------


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--calls", type=int, default=CALLS, help=f"questions to make (default {CALLS:,})")
    parser.add_argument(
        "--floor-calls", type=int, default=FLOOR_CALLS, help=f"calls of the floor (default {FLOOR_CALLS:,})"
    )
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        kind, url, *rest = options.child
        made = ours(rest[0], url, int(rest[1])) if kind == "ours" else floor(url, rest[0], int(rest[1]), int(rest[2]))
        print(json.dumps(made))
        return
    from seedbed.testing import MockProcess

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_study(folder / "study")
        body = json.dumps(sample_body(folder / "study", folder))
        with MockProcess() as mock:
            me = [sys.executable, str(Path(__file__).resolve()), "--child"]
            bare_calls = [*me, "floor", mock.url, body, str(options.floor_calls), str(LANES)]
            # the floor before and after, because a machine's speed drifts
            floors = [json.loads(child(bare_calls)[1])]
            before = mock.stats()["requests"]
            run = json.loads(child([*me, "ours", mock.url, str(folder / "study"), str(options.calls)])[1])
            sent = mock.stats()["requests"] - before
            floors.append(json.loads(child(bare_calls)[1]))
            mock_ms = 1000 * mock.stats()["cpu_s"] / mock.stats()["requests"]
        on_disk = sum(file.stat().st_size for file in (folder / "study" / "runs").rglob("*")) / 2**20
    ms = 1000 * run["cpu"] / sent
    floor_ms = 1000 * sum(one["cpu"] for one in floors) / len(floors) / options.floor_calls
    checks = [
        Check(f"peak memory, {run['generated']:,} questions", run["peak"], PEAK_MIB, "MiB", 1),
        Check("  when the first call is made", run["started"], None, "MiB", 1),
    ]
    if run["early"]:
        checks += [
            Check(f"  at {EARLY:,}", run["early"], None, "MiB", 1),
            Check(f"  growth from {EARLY:,} on", run["peak"] - run["early"], None, "MiB", 1),
        ]
    checks += [
        Check("  the floor's", max(one["peak"] for one in floors), None, "MiB", 1),
        Check(f"CPU a call, {sent:,} calls, {LANES} lanes", ms, None, "ms", 3),
        Check(f"  the floor, twice {options.floor_calls:,} calls", floor_ms, None, "ms", 3),
        Check("  ratio", ms / floor_ms, RATIO, "", 2),
        Check("  the mock endpoint itself", mock_ms, None, "ms", 3),
        Check("rows that failed and were made again", float(run["failed"]), None, "", 0),
        Check("the run on disk", on_disk, None, "MiB", 1),
    ]
    conclude(checks, check=options.check)


if __name__ == "__main__":
    main()
