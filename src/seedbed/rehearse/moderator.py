"""A simulated moderator, where nobody plays one: goes through the steps, answers, announces, asks how people are."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from seedbed.rehearse.browser import Browser
from seedbed.rehearse.joining import Seat, join
from seedbed.rehearse.pace import Pace

__all__ = ["Bridge", "Moderator"]

Bridge: TypeAlias = Callable[[], Awaitable[str]]
"""Has the groups given their prompts; says what came of it."""

_ANSWER = "Yes, as you think best. Write first, polish later."
_STEP_WITHIN_S = 60.0  # of a step when nobody stops to think: then it goes on without who is not done
_LOOK_S = 0.1


class Moderator:
    """Comes by a link, and leads as the template has it."""

    def __init__(self, url: str, code: str, pace: Pace, seed: int, bridge: Bridge | None = None) -> None:
        self.browser = Browser(url)
        self.seat: Seat | None = None
        self._code, self._pace, self._rng = code, pace, random.Random(seed)
        self._announced, self._bridge = False, bridge

    async def join(self) -> Seat:
        self.seat = await join(self.browser, self._code, "Simulated moderator")
        return self.seat

    async def lead(self, sessions: Sequence[str], settled: Callable[[str], bool], say: Callable[[str], None]) -> None:
        """Go through the steps of those sessions. `settled(step)`: nobody has anything left to do in it."""
        assert self.seat is not None
        about = self.seat.agenda.state["about"]["main"]
        await self.seat.facilitation.command("training.confirm", version=about.get("script", 0))
        for session in self.seat.agenda.state["template"]["sessions"]["value"]:
            if session["id"] not in sessions:
                continue
            for step in session["steps"]:
                say(f"{session['title']} · {step['title']} ({step['minutes']} min)")
                await self._command("step.go", step=step["id"])
                await self._begin(step["kind"])
                if step["kind"] == "bridge" and self._bridge is not None:
                    say(await self._bridge())
                await self._until_over(step, settled)
                await self._end(step["kind"])
        await self._command("step.go", step=None)

    async def _begin(self, kind: str) -> None:
        assert self.seat is not None
        if kind == "questions" and not self._announced:
            self._announced = True
            await self._command("announcement.add", text="Ten rows a group is a good goal.", groups=[])
            await self._command("timer.set", action="add", minutes=1)
        if kind in ("refine", "reflection"):
            about = "fatigue" if kind == "refine" else "workload"
            await self.seat.facilitation.command("checkin.open", about=about, groups=[])

    async def _until_over(self, step: dict[str, object], settled: Callable[[str], bool]) -> None:
        minutes = float(str(step["minutes"]))
        length = _STEP_WITHIN_S if self._pace.speed is None else 60 * minutes / self._pace.speed
        until = time.monotonic() + length
        while time.monotonic() < until:
            await self._answer()
            if self._pace.hurried and settled(str(step["id"])):
                return
            await asyncio.sleep(min(_LOOK_S, max(0.0, until - time.monotonic())))

    async def _end(self, kind: str) -> None:
        assert self.seat is not None
        await self._answer()
        if kind == "questions":
            await self.seat.facilitation.command(
                "intervention.add", group=None, what="encourage", text="Asked for rows that nobody has yet."
            )
        for id, checkin in list(self.seat.facilitation.state["checkins"].items()):
            if not checkin["closed"]:
                await self.seat.facilitation.command("checkin.close", checkin=id)

    async def _answer(self) -> None:
        """Every question that waits; what was answered before is joined to that."""
        assert self.seat is not None
        page = self.seat.facilitation
        answered = {asked["text"]: id for id, asked in page.state["questions"].items() if asked["answer"]}
        for id, asked in list(page.state["questions"].items()):
            if asked["answer"] or not asked["text"]:
                continue
            if (same := answered.get(asked["text"])) is not None:
                await page.command("question.same", question=id, **{"as": same})
                continue
            await self._pace.think(10, self._rng)
            public = self._rng.random() < 0.5
            if await page.command("question.answer", question=id, text=_ANSWER, public=public) == "done":
                answered[asked["text"]] = id

    async def _command(self, kind: str, **args: Any) -> None:
        assert self.seat is not None
        await self.seat.agenda.command(kind, **args)
