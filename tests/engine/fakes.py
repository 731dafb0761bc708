"""A stage whose reply depends only on the ask, and a judge with a memory, to test the conductor's law."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from seedbed.engine import Conductor, CountingPlanner, Journal, Limits, Planner
from seedbed.records import Ask, Candidate, Reply, State, Usage, Verdict


def digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


class WordStage:
    """Each slot's candidate is one of 40 words, decided by the ask alone."""

    name, version = "words", "1"

    async def run(self, asks: Sequence[Ask], context: Any) -> list[Reply]:
        return [
            Reply({"words": [f"w{digest(f'{ask.seed}/{i}') % 40}" for i in range(ask.count)]}, Usage(3, 2))
            for ask in asks
        ]

    def parse(self, ask: Ask, reply: Reply) -> list[Candidate]:
        return [Candidate(text=word) for word in reply.data["words"]]


class FirstOnly:
    """Keeps the first of each word; a later one is rejected with the first as its rival: order matters."""

    def __init__(self, heavy: bool = False) -> None:
        self.heavy = heavy
        self.kept: dict[str, int] = {}

    def judge(self, ask: Ask, candidates: Sequence[Candidate]) -> list[tuple[Verdict, bytes | None]]:
        made = []
        for slot, candidate in zip(ask.slots, candidates, strict=True):
            rival = self.kept.setdefault(candidate.text, slot)
            state, gate = (State.KEPT, "") if rival == slot else (State.REJECTED, "novelty")
            reason = "" if rival == slot else "seen before"
            verdict = Verdict(slot, state, gate, reason, 1.0, str(rival) if gate else None, candidate.text)
            made.append((verdict, b"\x01\x02" if state is State.KEPT else None))
        return made

    def restore(self, verdict: Verdict, vector: bytes | None) -> None:
        if verdict.state is State.KEPT:
            self.kept[verdict.text] = verdict.slot


class Latent:
    """Awaits each ask for a heavy-tailed time, and fails as told; counts what reached it.

    `dead` says whether it answers a probe: with the error that it then raises.
    """

    def __init__(
        self,
        seed: int = 0,
        fault: Callable[[Ask, int], Exception | None] = lambda ask, nth: None,
        dead: Callable[[], Exception | None] = lambda: None,
    ) -> None:
        self.random = random.Random(seed)
        self.fault, self.dead = fault, dead
        self.probes = 0
        self.calls: Counter[str] = Counter()
        self.in_flight = self.peak = 0

    async def probe(self, turn: int) -> None:
        self.probes += 1
        await asyncio.sleep(0.0005)
        if error := self.dead():
            raise error

    async def submit(self, stage: Any, asks: Sequence[Ask]) -> list[Reply]:
        self.in_flight += len(asks)
        self.peak = max(self.peak, self.in_flight)
        try:
            for ask in asks:
                self.calls[ask.id] += 1
            await asyncio.sleep(min(0.05, 0.0005 * self.random.paretovariate(1.1)))
            for ask in asks:
                if error := self.fault(ask, self.calls[ask.id]):
                    raise error
            replies: list[Reply] = await stage.run(asks, None)
            return replies
        finally:
            self.in_flight -= len(asks)


def make_ask(index: int, first: int, count: int = 2) -> Ask:
    return Ask(id=f"a{first:05d}", first=first, count=count, seed=index)


def remake(ask: Ask, first: int) -> Ask:
    return make_ask(ask.seed, first, ask.count)


def conductor(
    journal: Journal,
    engine: Any,
    *,
    asks: int = 60,
    count: int = 2,
    heavy: bool = False,
    planner: Planner | None = None,
    **limits: Any,
) -> Conductor:
    return Conductor(
        stage=WordStage(),
        engine=engine,
        planner=planner or CountingPlanner(asks, lambda index, first: make_ask(index, first, count), remake),
        judge=FirstOnly(heavy),
        journal=journal,
        limits=Limits(**{"look_back": 256, "backoff_s": 0.001, **limits}),
    )


def told(journal: Journal) -> list[tuple[Any, ...]]:
    """All that the law fixes: slot, state, gate, reason, rival, text, ask."""
    return [(v.slot, v.state, v.gate, v.reason, v.rival, v.text, ask) for v, ask, _ in journal.rows()]


def run(path: Path, engine: Latent, **options: Any) -> list[tuple[Any, ...]]:
    """A session on the journal in the folder `path`, and what then stands there."""
    journal = Journal(path / "journal.db")
    try:
        asyncio.run(conductor(journal, engine, **options).run())
        return told(journal)
    finally:
        journal.close()


def made(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


__all__ = [
    "FirstOnly",
    "Latent",
    "WordStage",
    "conductor",
    "digest",
    "made",
    "make_ask",
    "remake",
    "run",
    "told",
]
