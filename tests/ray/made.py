"""A run on the mock endpoint put together from its parts, without a study: real stage, conductor and journal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from seedbed.engine import Conductor, Engine, Journal, Limits, Local, Progress, Stop
from seedbed.engine.ray_actors import RayActors
from seedbed.generate.models import Roles
from seedbed.generate.questions.stage import QuestionStage
from seedbed.generate.settings import QuestionSettings
from seedbed.llm import EndpointSettings
from seedbed.measures.similarity import NoveltyIndex
from seedbed.records import Ask, Candidate, Example, State, Verdict
from seedbed.taxonomy import default_taxonomy

PER_ASK = 4
TAXONOMY = default_taxonomy()
EXAMPLES = {
    f"s{i}": Example(f"s{i}", f"Why do {who} pay more for {what} than others do?", "finance", "giving-advice")
    for i, (who, what) in enumerate((w, t) for w in ("nurses", "drivers") for t in ("bread", "rent", "school"))
}


def question_stage() -> QuestionStage:
    return QuestionStage(TAXONOMY, EXAMPLES, QuestionSettings(per_ask=PER_ASK), "schema")


def make_ask(index: int) -> Ask:
    topics, types = TAXONOMY.topics, TAXONOMY.question_types
    first = index * PER_ASK
    return Ask(
        id=f"a{first:07d}",
        first=first,
        count=PER_ASK,
        topic=topics[index % len(topics)].id,
        question_type=types[index % len(types)].id,
        examples=tuple(EXAMPLES)[index % 3 :][:3],
        seed=index,
    )


class Fixed:
    """So many asks, and then no more."""

    adopt = None

    def __init__(self, asks: int) -> None:
        self._asks = asks

    def observe(self, verdict: Verdict) -> None: ...

    def take_up(self, ask: Ask) -> None: ...

    def plan(self, slot: int) -> Ask | Stop:
        return make_ask(slot // PER_ASK) if slot < self._asks * PER_ASK else Stop()


class Novel:
    """Keeps what was not said before, by ROUGE-L: what is kept depends on the order of the verdicts."""

    heavy = False

    def __init__(self) -> None:
        self._index = NoveltyIndex()

    def judge(self, ask: Ask, candidates: Sequence[Candidate]) -> list[tuple[Verdict, bytes | None]]:
        return [(self._one(slot, candidate), None) for slot, candidate in zip(ask.slots, candidates, strict=True)]

    def _one(self, slot: int, candidate: Candidate) -> Verdict:
        if candidate.fault:
            return Verdict(slot, State.REJECTED, "parse", candidate.fault, text=candidate.text)
        if (near := self._index.nearest(candidate.text)) is not None:
            return Verdict(slot, State.REJECTED, "novelty", "said before", near[1], near[0], candidate.text)
        self._index.add(str(slot), candidate.text)
        return Verdict(slot, State.KEPT, text=candidate.text)

    def restore(self, verdict: Verdict, vector: bytes | None) -> None:
        if verdict.state is State.KEPT:
            self._index.add(str(verdict.slot), verdict.text)


async def conduct(
    path: Path, engine: Engine, *, asks: int, lanes: int, listen: Callable[[Progress], None] = lambda _: None
) -> list[tuple[Any, ...]]:
    """A run into a new journal at `path`; all that the laws fix of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(Journal(path)) as journal:
        await Conductor(
            stage=question_stage(), engine=engine, planner=Fixed(asks), judge=Novel(), journal=journal,
            limits=Limits(lanes=lanes, backoff_s=0.01), listen=listen,
        ).run()  # fmt: skip
        return told(journal)


def locally(path: Path, settings: EndpointSettings, *, asks: int) -> list[tuple[Any, ...]]:
    """The same run in this process, one call after another."""

    async def run() -> list[tuple[Any, ...]]:
        async with Roles(settings).open() as models:
            return await conduct(path, Local(models), asks=asks, lanes=1)

    return asyncio.run(run())


def told(journal: Journal) -> list[tuple[Any, ...]]:
    return [(v.slot, v.state, v.gate, v.reason, v.measured, v.rival, v.text, ask) for v, ask, _ in journal.rows()]


def on_ray(
    settings: EndpointSettings, work: Callable[[RayActors], Awaitable[Any]], *, limit_s: float = 60, **options: Any
) -> Any:
    """What `work(engine)` returns, with the engine's actors open on `settings`; fails after `limit_s`."""

    async def opened() -> Any:
        async with RayActors(Roles(settings).open, **options) as engine:
            return await asyncio.wait_for(work(engine), limit_s)

    return asyncio.run(opened())


@contextmanager
def variables(**values: str) -> Iterator[None]:
    """Environment variables, here and in the processes started meanwhile."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def ray_processes(root: int) -> set[int]:
    """Ids of the processes of Ray that `root` started, or that those started."""
    found, below = set(), {root}
    parents = {pid: parent for pid in _pids() if (parent := _parent(pid))}
    while new := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= new
        found |= {pid for pid in new if _is_ray(pid)}
    return found


def living(pids: set[int], *, helpers: bool = True) -> set[int]:
    """Those that still run; without Ray's helpers those that work or hold anything: servers and actors."""
    return {pid for pid in pids if _parent(pid) and _is_ray(pid) and (helpers or _works(pid))}


def actors(pids: set[int]) -> list[int]:
    return sorted(pid for pid in pids if b"ray::FarEnd" in _line(pid))


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended
        return b""


def _parent(pid: int) -> int:
    """Its parent's id; 0 when it has ended."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return 0
    return 0 if state == "Z" else int(parent)


def _is_ray(pid: int) -> bool:
    return b"site-packages/ray/" in (line := _line(pid)) or line.startswith(b"ray::")


def _works(pid: int) -> bool:
    return b"/ray/core/src/ray/" in (line := _line(pid)) or b"ray::FarEnd" in line
