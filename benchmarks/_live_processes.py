"""The same people at one process over people.db, at one on PostgreSQL, and at several that share its rooms.

Only on request (`live.py --processes 2`), and judged by nobody: it asks what sharing rooms costs. The pages come to one
address, so that nearly every room has people at every process; the database waits for the disk as people.db does.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from _bench import ROOT, table
from _live_load import Generator, Window, window
from _live_servers import TICKS, Prepared, prepare

__all__ = ["compare"]

sys.path.insert(0, str(ROOT))
from tests.postgres import postgres_schema, postgres_server

HEADING = ("server", "people", "p50 / p99 ms", "server CPU %", "PostgreSQL CPU %", "ms of CPU a character", "RSS MB",
           "not applied", "others CPU %")  # fmt: skip


def compare(
    folder: Path, generator: Generator, processes: int, *, people: int, room: int, texts: int, rate: float,
    warm: float, seconds: float, rounds: int, markdown: bool,
) -> None:  # fmt: skip
    """Measure and print. Each figure is the median of `rounds` windows."""
    lines: list[tuple[str, ...]] = [HEADING]
    with postgres_server(fsync=True) as server, postgres_schema(server) as url:
        made = {"": _prepared(folder / "file", generator, people, room, texts, "")}
        made[url] = _prepared(folder / "postgres", generator, people, room, texts, url)
        wanted = [("people.db, 1 process", "", 1), ("PostgreSQL, 1 process", url, 1)]
        if processes > 1:
            wanted.append((f"PostgreSQL, {processes} processes", url, processes))
        found: dict[str, list[tuple[Window, float]]] = {name: [] for name, _, _ in wanted}
        for number in range(rounds):
            for name, database, count in wanted:
                prepared = made[database]
                options = ("--processes", str(count)) if count > 1 else ()
                served = prepared.start(folder / f"run-{number}-{count}-{bool(database)}", *options)
                try:
                    if count > 1:
                        _wait_for_all(served.said)
                    with _postgres_cpu(server) as database_cpu:
                        got = window(
                            generator, served, prepared.people[:people], observe=1, rate=rate, warm=warm,
                            seconds=seconds,
                        )  # fmt: skip
                    found[name].append((got, 100 * database_cpu() / (warm + seconds) if database else 0.0))
                finally:
                    served.stop()
    for name, windows in found.items():
        lines.append(_line(name, people, rate, windows))
    table(lines, markdown=markdown)


def _line(name: str, people: int, rate: float, windows: list[tuple[Window, float]]) -> tuple[str, ...]:
    def middle(values: list[float]) -> float:
        return sorted(values)[len(values) // 2]

    cpu = middle([one.cpu for one, _ in windows])
    return (
        name, f"{people:,}",
        f"{middle([one.p50 for one, _ in windows]):,.1f} / {middle([one.p99 for one, _ in windows]):,.1f}",
        f"{cpu:,.0f}", f"{middle([database for _, database in windows]):,.0f}", f"{10 * cpu / (people * rate):.3f}",
        f"{middle([one.rss for one, _ in windows]):,.0f}", str(sum(one.missed for one, _ in windows)),
        f"{middle([one.others for one, _ in windows]):,.0f}",
    )  # fmt: skip


def _prepared(folder: Path, generator: Generator, people: int, room: int, texts: int, database: str) -> Prepared:
    made = prepare(folder, people // room, room, database=database)
    served = made.start(folder.with_name(f"{folder.name}-rows"))
    try:
        url = f"{served.url}/api/studies/study/live"
        generator.ask("join", speaker="ours", url=url, people=list(made.people[::room]), observe=1)
        generator.ask("rows", count=texts)
        generator.ask("leave")
    finally:
        served.stop()
    return made if database else Prepared(folder.with_name(f"{folder.name}-rows"), made.port, made.people)


def _wait_for_all(said: Callable[[], str]) -> None:
    until = time.monotonic() + 60
    while "Ctrl-C stops" not in said() and time.monotonic() < until:
        time.sleep(0.1)


@contextmanager
def _postgres_cpu(server: str) -> Iterator[Callable[[], float]]:
    """Seconds that the database took since, by its processes; 0 for one that is not of ours."""
    begin = _taken(server)
    yield lambda: _taken(server) - begin


def _taken(server: str) -> float:
    root = Path(server.partition("host=")[2])
    try:
        master = int((root / "data" / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError):
        return 0.0
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            stat = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat[1]) == master:
            ticks += int(stat[11]) + int(stat[12])
    return ticks / TICKS
