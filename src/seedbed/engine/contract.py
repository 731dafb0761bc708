"""What the conductor works with: the protocols of a stage, a plan, a judge and an engine; its limits and progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from seedbed.errors import InputError
from seedbed.records import OVER_TARGET, Ask, Candidate, Reply, State, Usage, Verdict

__all__ = ["Caps", "Engine", "Judge", "Limits", "Planner", "Prices", "Progress", "Stage", "Step", "Stop", "Wait"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing can be planned before one more ask's verdicts are shown.

    The conductor skips the slot numbers up to the first at which they may be: look_back after that ask.
    """


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

    @property
    def adopt(self) -> Callable[[Ask], None] | None:
        """Takes in an ask that was planned by other verdicts than those in force now, instead of planning it. None
        where gates do not change the plan."""

    @property
    def take_up(self) -> Callable[[Ask], None]:
        """The same for an ask that was planned with other seeds than there are now."""


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

    async def probe(self, turn: int) -> None:
        """Ask the endpoint for one token, to learn whether it lives. Raises what a call raises."""


class Judge(Protocol):
    """The gates, in order, with what they remember (what was kept, how many a cell has).

    `heavy` says that a judgement takes milliseconds (it embeds or parses), and is better made in a thread.
    """

    heavy: bool

    def judge(self, ask: Ask, candidates: Sequence[Candidate]) -> list[tuple[Verdict, bytes | None]]:
        """One verdict a slot, and the vector to store with it (float16 bytes) where there is one."""

    def restore(self, verdict: Verdict, vector: bytes | None) -> None:
        """Take in a verdict of an earlier session without comparing anything."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What a run may spend. Cost and tokens count over all its sessions, seconds in one. None: no cap.

    A cap is kept beforehand: what is in flight is taken to cost what the dearest call so far has.
    """

    cost: float | None = None
    tokens: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """Money for a million tokens read, and written."""

    read: float = 0.0
    written: float = 0.0

    def of(self, usage: Usage) -> float:
        return (usage.prompt_tokens * self.read + usage.completion_tokens * self.written) / 1e6


@dataclass(frozen=True, slots=True)
class Limits:
    """`look_back` belongs to the run and never changes; the rest may differ from session to session.

    `lanes` fixes how many calls are in flight; None lets it be found, up to `most_lanes`. `asks` ends the session
    after that many asks were settled: a pilot. `until_slot` ends it once that slot is settled.
    """

    look_back: int = 4096
    lanes: int | None = None
    most_lanes: int = 512
    attempts: int = 4
    deadline_s: float = 600.0  # over the attempts of one ask, their time in our own queue not counted
    outage_s: float = 900.0  # of an endpoint that does not answer, or only refuses for its rate limit
    backoff_s: float = 0.5
    asks: int | None = None
    until_slot: int | None = None
    caps: Caps = Caps()
    prices: Prices = Prices()

    def __post_init__(self) -> None:
        if (self.lanes is not None and self.lanes < 1) or self.look_back < 1:
            raise InputError("lanes and look_back must be at least 1")


@dataclass(slots=True)
class Progress:
    """What a session has done so far; handed to the listener after every verdict."""

    kept: int = 0
    rejected: int = 0
    failed: int = 0
    calls: int = 0
    retries: int = 0
    resumed: int = 0  # rows of earlier sessions
    resumed_done: int = 0  # how far those had come
    prompt_tokens: int = 0
    completion_tokens: int = 0
    in_flight: int = 0
    over_target: int = 0
    cost: float = 0.0
    lanes: int = 0  # that may be in flight now
    paused_until: float = 0.0  # time.monotonic() while the endpoint asked for a pause
    down_since: float | None = None  # time.monotonic() while the endpoint does not answer
    stopped_by: str = ""  # the cap that ended the session, in words
    by_target: bool = False  # the run ends with a number of kept rows, not of generated ones
    last: Verdict | None = None
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def generated(self) -> int:
        return self.kept + self.rejected

    @property
    def done(self) -> int:
        """How far the run has come towards the number of rows that it is to have."""
        return self.kept - self.over_target if self.by_target else self.generated

    def take(self, verdict: Verdict) -> None:
        self.last = verdict
        match verdict.state:
            case State.KEPT:
                self.kept += 1
                self.over_target += OVER_TARGET in verdict.notes
            case State.REJECTED:
                self.rejected += 1
            case State.FAILED:
                self.failed += 1
        if verdict.state is not State.KEPT:
            self.reasons[verdict.gate] = self.reasons.get(verdict.gate, 0) + 1
