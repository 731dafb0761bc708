"""The load generator, a node process of its own, and what it is asked to do to a server."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from _bench import environment
from _live_servers import LIVE, NODE, Ours, Served, machine_cpu

__all__ = ["Generator", "Person", "Window", "address", "share", "window"]

ANSWERS_WITHIN = 300.0
Person = dict[str, str]


class Generator:
    """`benchmarks/live/generator.mjs`, whose head says what it does. One thing at a time."""

    def __init__(self) -> None:
        # a larger nursery: what the generator collects is not the server's to answer for
        command = [NODE, "--max-semi-space-size=64", str(LIVE / "generator.mjs")]
        self._process = subprocess.Popen(
            command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, do: str, *, listen: Callable[[dict[str, Any]], None] | None = None, **how: Any) -> dict[str, Any]:
        """Its answer. `listen` gets what it says on the way. Raises RuntimeError when it could not do it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        watchdog = threading.Timer(ANSWERS_WITHIN, self._process.kill)
        watchdog.start()
        try:
            self._process.stdin.write(json.dumps({"do": do, **how}) + "\n")
            self._process.stdin.flush()
            for line in self._process.stdout:
                said: dict[str, Any] = json.loads(line)
                if "done" in said:
                    if said.get("fault"):
                        raise RuntimeError(f"{do}: {said['fault']}")
                    return said
                if listen is not None:
                    listen(said)
        finally:
            watchdog.cancel()
        raise RuntimeError(f"{do}: the load generator ended")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@dataclass(frozen=True, slots=True)
class Window:
    """Some seconds of typing at one server. Times in ms, CPU in % of one core, memory in MB.

    `p50`, `p99`: from when a key was to be pressed until the character stood in another participant's document;
    `insert_p50`, `insert_p99`: from when the generator got round to pressing it. `missed`: characters that an observer
    did not get or the server did not acknowledge within 10 s. `others`: what everything else on the machine took.
    """

    server: str
    p50: float
    p99: float
    insert_p50: float
    insert_p99: float
    lateness: float
    commit_p50: float
    commit_p99: float
    commits: int
    cpu: float
    rss: float
    generator: float
    others: float
    typed: int
    missed: int


def window(
    generator: Generator, served: Served, people: Sequence[Person], *, observe: int, rate: float, warm: float,
    seconds: float,
) -> Window:  # fmt: skip
    """Everybody joins, types, and leaves."""
    generator.ask("join", speaker=served.name, url=address(served), people=list(people), observe=observe)
    marks: list[tuple[float, float, float]] = []

    def mark(_: dict[str, Any]) -> None:
        marks.append((time.perf_counter(), served.cpu(), machine_cpu()))

    got = generator.ask("type", rate=rate, warm=warm, seconds=seconds, listen=mark)
    rss = served.rss()
    generator.ask("leave")
    (begin, server_from, machine_from), (end, server_to, machine_to) = marks
    commits = served.commits(begin, end) if isinstance(served, Ours) else []
    if not got["applied"]:
        raise RuntimeError(f"{served.name}: nothing of what was typed came through\n{served.said()[-2000:]}")
    cpu = server_to - server_from
    return Window(
        served.name, got["p50"], got["p99"], got["insert_p50"], got["insert_p99"], got["lateness"],
        1000 * share(commits, 0.5), 1000 * share(commits, 0.99), len(commits),
        100 * cpu / seconds, rss, 100 * got["cpu"] / seconds,
        100 * max(0.0, machine_to - machine_from - cpu - got["cpu"]) / seconds, got["typed"],
        got["expected"] - got["applied"] + got["unacknowledged"],
    )  # fmt: skip


def share(ordered: Sequence[float], part: float) -> float:
    """The quantile `part` of what is in order; 0 when there is nothing."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def address(served: Served) -> str:
    """Where its WebSocket is."""
    return f"{served.url}/api/studies/study/live" if served.name == "ours" else served.url
