"""A simulated participant: joins by a link as a browser does, and does what the step of the moment asks for."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

from seedbed.rehearse.browser import Browser
from seedbed.rehearse.gauge import Gauge
from seedbed.rehearse.joining import Seat, join
from seedbed.rehearse.material import COMMENTS, NOTES, QUESTIONS, Material
from seedbed.rehearse.pace import Pace
from seedbed.rehearse.page import Ended, Page
from seedbed.rehearse.typing import Typist
from seedbed.workshop.commands.facilitation import ITEMS
from seedbed.workshop.commands.talk import EMOJI

__all__ = ["Participant"]

_LOOK_S = 0.5  # between two looks at the step, for somebody who has nothing to do
_HURRIED = {"questions": 2, "pairs": 1, "notes": 1}  # texts a step of somebody who does not stop to think


class Participant:
    """One person. `run` until `leave`; `idle` while there is nothing left to do in this step."""

    def __init__(
        self, url: str, code: str, name: str, material: Material, pace: Pace, gauge: Gauge, seed: int, *,
        taken: set[str], trains: bool,
    ) -> None:  # fmt: skip
        self.browser = Browser(url)
        self.seat: Seat | None = None
        self.idle_in: str | None = None
        self.meant: dict[tuple[str, str], str] = {}  # (board, text) → what was to stand there
        self._code, self._name, self._trains = code, name, trains
        self._taken = taken  # rows that one of the simulated has said they will answer: people talk to each other
        self._material, self._pace, self._gauge = material, pace, gauge
        self._rng = random.Random(seed)
        self._questions, self._pairs = iter(material.questions), iter(material.pairs)
        self._leaving = asyncio.Event()
        self._answered: set[str] = set()

    async def join(self) -> Seat:
        """Come in: the link, the consent, a seat at every document."""
        self.seat = await join(self.browser, self._code, self._name, trains=self._trains)
        for page in self.seat.boards.values():
            self._gauge.watch(page)
        return self.seat

    def leave(self) -> None:
        """Finish the key under way, and go."""
        self._leaving.set()

    async def run(self) -> None:
        """Follow the steps until it is time to leave. Raises Ended where the server does not come back."""
        assert self.seat is not None
        step: str | None = None
        acts: AsyncIterator[None] | None = None
        while not self._leaving.is_set():
            try:
                await self._answer_checkins()
                if (now := self.seat.step) != step or acts is None:
                    step, acts = now, self._acts(self.seat.kind)
                try:
                    await anext(acts)
                except StopAsyncIteration:
                    self.idle_in = step or ""
                    await self._wait(_LOOK_S if self._pace.hurried else 2 * _LOOK_S)
            except Ended:
                acts = None
                for page in self.seat.pages:
                    await self.browser.back(page)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._leaving.wait()
        except TimeoutError:
            return

    # --- what a step asks for -------------------------------------------------------------------------------------

    def _acts(self, kind: str) -> AsyncIterator[None]:
        match kind:
            case "welcome":
                return self._welcome()
            case "questions":
                return self._write_questions()
            case "refine":
                return self._refine("questions")
            case "triples":
                return self._write_triples()
            case "reflection":
                return self._reflect()
        return _nothing()

    async def _welcome(self) -> AsyncIterator[None]:
        assert self.seat is not None
        if self._rng.random() < 0.25:
            await self._pace.think(40, self._rng)
            asked = self._rng.choice(QUESTIONS)
            if await self._command(self.seat.facilitation, "question.ask", text=asked) == "done":
                self._gauge.counts["asked"] += 1
            yield

    async def _write_questions(self) -> AsyncIterator[None]:
        page = self._board("questions")
        for number, written in enumerate(self._questions, 1):
            await self._pace.think(30, self._rng)
            row = await self._row(page)
            if row is None:
                return
            await self._type(page, f"question:{row}", written.question)
            for field in ("topic", "question_type"):
                await self._command(page, "row.set", row=row, field=field, value=getattr(written, field))
            yield
            if self._rng.random() < 0.3:
                await self._comment(page)
                yield
            if self._pace.hurried and number == _HURRIED["questions"]:
                return

    async def _refine(self, activity: str) -> AsyncIterator[None]:
        page = self._board(activity)
        for row in self._others(page, 3):
            await self._pace.think(20, self._rng)
            await self._vote(page, row)
            yield
            await self._comment(page, row)
            yield
        if rows := self._others(page, 1):
            # a better wording, or what goes for one: at the end, so that what its writer meant still begins the text
            await self._type(page, f"question:{rows[0]}", " Please give reasons.", own=False)
            yield

    async def _write_triples(self) -> AsyncIterator[None]:
        page = self._board("triples")
        if self.seat is not None and not self.seat.warned:
            await self.browser.ask("POST", f"/api/studies/{self.seat.study}/me/misaligned", {"choice": "write"})
            self.seat.warned = True
        for number, pair in enumerate(self._pairs, 1):
            await self._pace.think(30, self._rng)
            row = self._unanswered(page) or await self._row(page)
            if row is None:
                return
            if not page.state["rows"][row]["fields"].get("question"):
                await self._command(page, "row.set", row=row, field="question", value=pair.question)
            for field in ("misaligned", "critique", "aligned"):
                await self._type(page, f"{field}:{row}", getattr(pair, field))
                yield
            await self._command(page, "row.set", row=row, field="value", value=pair.value)
            if self._pace.hurried and number == _HURRIED["pairs"]:
                return

    async def _reflect(self) -> AsyncIterator[None]:
        page = self._board("reflection")
        prompts = list(NOTES)
        self._rng.shuffle(prompts)
        for number, prompt in enumerate(prompts, 1):
            await self._pace.think(30, self._rng)
            if (row := await self._row(page)) is None:
                return
            await self._command(page, "row.set", row=row, field="prompt", value=prompt)
            await self._type(page, f"note:{row}", self._rng.choice(NOTES[prompt]))
            yield
            if self._pace.hurried and number == _HURRIED["notes"]:
                break
        for row in self._others(page, 2):
            await self._pace.think(10, self._rng)
            await self._react(page, row)
            yield
            await self._vote(page, row)
        if rows := self._others(page, 1):
            await self._command(page, "row.set", row=rows[0], field="cluster", value="Time and words")
            yield

    async def _answer_checkins(self) -> None:
        assert self.seat is not None
        for id, checkin in list(self.seat.facilitation.state.get("checkins", {}).items()):
            if checkin["closed"] or id in self._answered:
                continue
            await self._pace.think(5, self._rng)
            items, most = ITEMS[checkin["about"]]
            values = {item: self._rng.randint(1, most) for item in items}
            self._answered.add(id)
            if await self._command(self.seat.facilitation, "checkin.answer", checkin=id, values=values) == "done":
                self._gauge.counts["checkins"] += 1

    # --- single acts ----------------------------------------------------------------------------------------------

    async def _row(self, page: Page) -> str | None:
        before = self._own(page)
        if await self._command(page, "row.add") != "done":
            return None
        fresh = self._own(page) - before
        self._gauge.counts["rows"] += len(fresh)
        return min(fresh, default=None)

    def _own(self, page: Page) -> set[str]:
        assert self.seat is not None
        return {id for id, row in page.state["rows"].items() if row["by"] == self.seat.person}

    def _others(self, page: Page, most: int) -> list[str]:
        assert self.seat is not None
        rows = [
            id for id, row in page.state["rows"].items() if row["by"] != self.seat.person and not row["removed"]
        ]  # fmt: skip
        return self._rng.sample(rows, min(most, len(rows)))

    def _unanswered(self, page: Page) -> str | None:
        """A prompt that the group was given and nobody has begun to answer."""
        free = [
            id for id in page.state["rows"]
            if id in page.state.get("prompts", {}) and id not in self._taken and not any(
                page.text(f"{field}:{id}") for field in ("misaligned", "critique", "aligned")
            )
        ]  # fmt: skip
        chosen = self._rng.choice(free) if free else None
        self._taken |= {chosen} if chosen else set()
        return chosen

    async def _comment(self, page: Page, row: str | None = None) -> None:
        chosen = row or next(iter(self._others(page, 1)), None)
        if chosen is not None and await self._command(
            page, "comment.add", row=chosen, text=self._rng.choice(COMMENTS)
        ) == "done":  # fmt: skip
            self._gauge.counts["comments"] += 1

    async def _vote(self, page: Page, row: str) -> None:
        if self._gave(page, "votes", row=row):
            return
        if await self._command(page, "vote.set", row=row, on=True) == "done":
            self._gauge.counts["votes"] += 1

    async def _react(self, page: Page, row: str) -> None:
        emoji = self._rng.choice(EMOJI)
        if self._gave(page, "reactions", row=row, emoji=emoji):
            return
        if await self._command(page, "reaction.set", row=row, emoji=emoji, on=True) == "done":
            self._gauge.counts["reactions"] += 1

    def _gave(self, page: Page, collection: str, **what: str) -> bool:
        assert self.seat is not None
        wanted = {"person": self.seat.person, **what}
        return any(wanted.items() <= item.items() for item in page.state[collection].values())

    async def _type(self, page: Page, name: str, words: str, *, own: bool = True) -> None:
        typist = Typist(page, self._pace, self._rng, self._leaving)
        done = await typist.type(name, words)
        self._gauge.counts["characters"] += typist.typed
        self._gauge.counts["deleted"] += typist.deleted
        if own:
            self.meant[page.name, name] = done

    async def _command(self, page: Page, kind: str, **args: Any) -> str:
        if self._leaving.is_set():
            return "leaving"
        said = await page.command(kind, **args)
        if said != "done":
            self._gauge.counts[f"refused: {said}"] += 1
        return said

    def _board(self, activity: str) -> Page:
        assert self.seat is not None
        return self.seat.boards[activity]


async def _nothing() -> AsyncIterator[None]:
    return
    yield
