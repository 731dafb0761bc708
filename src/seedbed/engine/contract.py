"""What the conductor works with: the protocols of a stage, a plan, a judge and an engine; its limits and progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from seedbed.errors import InputError
from seedbed.records import Ask, Candidate, Reply, State, Verdict

__all__ = ["Engine", "Judge", "Limits", "Planner", "Progress", "Stage", "Step", "Stop", "Wait"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Planned for a slot that asks for nothing: the plan cannot know yet whether more is needed."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Planned for the slot after the last."""


Step = Ask | Wait | Stop


class Planner(Protocol):
    """Slot numbers to asks: a fold over the verdicts it was shown. It never sees a clock, a lane or a reply."""

    def observe(self, verdict: Verdict) -> None:
        """Take in the next verdict, in slot order."""

    def plan(self, slot: int) -> Step:
        """What stands in `slot`. Called once for each slot that starts an ask, or waits, in order."""


class Stage(Protocol):
    """Renders and asks; then parses. `run` has effects, `parse` has none."""

    name: str
    version: str

    async def run(self, asks: Sequence[Ask], context: Any) -> list[Reply]: ...

    def parse(self, ask: Ask, reply: Reply) -> list[Candidate]:
        """Exactly `ask.count` candidates, one a slot."""


class Engine(Protocol):
    """Where a stage runs."""

    async def submit(self, stage: Stage, asks: Sequence[Ask]) -> list[Reply]: ...


class Judge(Protocol):
    """The gates, in order, with what they remember (what was kept, how many a cell has)."""

    def judge(self, ask: Ask, candidates: Sequence[Candidate]) -> list[tuple[Verdict, bytes | None]]:
        """One verdict a slot, and the vector to store with it (float16 bytes) where there is one."""

    def restore(self, verdict: Verdict, vector: bytes | None) -> None:
        """Take in a verdict of an earlier session without comparing anything."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`look_back` belongs to the run and never changes; the rest may differ from session to session."""

    look_back: int = 4096
    lanes: int = 16
    attempts: int = 4
    deadline_s: float = 600.0  # over the attempts of one ask, their time in our own queue not counted
    give_up_after: int = 5  # asks given up one after another with no reply between: then the endpoint is the trouble
    rate_limit_patience_s: float = 900.0  # of unbroken rate limiting before the run stops
    backoff_s: float = 0.5

    def __post_init__(self) -> None:
        if self.lanes < 1 or self.look_back < 1:
            raise InputError("lanes and look_back must be at least 1")


@dataclass(slots=True)
class Progress:
    """What a session has done so far; handed to the listener after every verdict."""

    kept: int = 0
    rejected: int = 0
    failed: int = 0
    calls: int = 0
    retries: int = 0
    resumed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    in_flight: int = 0
    paused_until: float = 0.0  # time.monotonic() while the endpoint asked for a pause
    last: Verdict | None = None
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def generated(self) -> int:
        return self.kept + self.rejected

    def take(self, verdict: Verdict) -> None:
        self.last = verdict
        match verdict.state:
            case State.KEPT:
                self.kept += 1
            case State.REJECTED:
                self.rejected += 1
            case State.FAILED:
                self.failed += 1
        if verdict.state is not State.KEPT:
            self.reasons[verdict.gate] = self.reasons.get(verdict.gate, 0) + 1
