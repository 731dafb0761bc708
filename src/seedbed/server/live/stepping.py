"""When the workshop goes to another step, or into a break: boards open and close, each by an event of who said so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from seedbed.server.refusals import Refusal
from seedbed.workshop import Agenda, Applied, Member, parse_command
from seedbed.workshop.template import phases_of

if TYPE_CHECKING:
    from seedbed.server.live.study import LiveStudy
    from seedbed.study.events import Event

__all__ = ["Stepping"]

_log = logging.getLogger(__name__)
LOOK_AFTER = 3.0  # seconds for another process to carry out a step of fifty boards; each takes it some 20 ms


class Stepping:
    """Carries the steps and breaks of one study out, one at a time.

    Each is on record first. To carry the same one out again does what is still lacking, and undoes nothing that was
    done by hand since: one that was carried out is over, and the commands of one that was not are known to the boards
    that they reached, by an id that is made of its number. So a break opens again the boards that it closed, and no
    other.
    """

    def __init__(self, study: LiveStudy) -> None:
        self._study = study
        self._turn = asyncio.Lock()
        self._tasks: dict[int, asyncio.Task[None]] = {}  # by the number of the event
        self._carried_out = 0  # the newest event of which nothing is lacking
        self._stepped = 0  # the newest step of which nothing is lacking
        self._look: asyncio.TimerHandle | None = None

    def gone(self, member: Member, event: Applied) -> None:
        """`event` is on disk; `member` said so, now or again."""
        before = self._tasks.get(event.seq)
        if before is None or before.done():
            alone = self._study.neighbours is None
            task = asyncio.create_task(self._carry_out(member, event) if alone else self._do_what_lacks())
            self._tasks[event.seq] = task
            task.add_done_callback(lambda _: self._over(event.seq, task))

    async def done(self, event: Applied) -> None:
        """Wait until that is carried out. Raises Refusal storage where it was not: then it can be given again."""
        task = self._tasks.get(event.seq)
        if task is None:
            return
        try:
            await asyncio.shield(task)
        except Exception:
            raise Refusal("storage") from None

    async def group_added(self, member: Member, event: Applied) -> None:
        """The group that `event` added is where everybody is: its boards would else be open. Raises Refusal."""
        async with self._study.no_steps_elsewhere(), self._turn:
            agenda = await self._study.agenda()
            docs = [doc for doc in self._study.roll.members.boards() if doc.split("/")[1] == event.subject]
            if agenda.now["at"] is not None and _is_known(agenda):
                await self._to_step(member, agenda, docs, f"group-{event.seq}")
            if agenda.now["break"] is not None:
                await self._to_break(agenda, docs)

    def begin(self, turns: Sequence[tuple[Event, list[str]]]) -> None:
        """The server starts. `turns` are the newest step on record, and the newest beginning or end of a break where
        that is newer; with each the boards on which nobody turned a phase since. A server that died in the middle of
        one left some, and here they are turned."""
        if turns:
            newest = turns[-1][0].seq
            task = self._tasks[newest] = asyncio.create_task(self._finish(turns))
            task.add_done_callback(lambda _: self._over(newest, task))

    def elsewhere(self) -> None:
        """Another process has put a step or a break on record. It carries it out, or dies: then what lacks is done."""
        if self._look is None:
            self._look = asyncio.get_running_loop().call_later(LOOK_AFTER, self._look_after)

    def _look_after(self) -> None:
        self._look = None
        task = self._tasks[-1] = asyncio.create_task(self._do_what_lacks())
        task.add_done_callback(lambda _: self._over(-1, task))

    async def _do_what_lacks(self) -> None:
        """As at the start of a server: what this process remembers says nothing of what others have carried out."""
        async with self._study.no_steps_elsewhere():
            await self._finish(await asyncio.to_thread(self._study.half_done))

    async def settled(self) -> None:
        """Wait for what is under way."""
        if self._look is not None:
            self._look.cancel()
            self._look = None
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _finish(self, turns: Sequence[tuple[Event, list[str]]]) -> None:
        async with self._turn:
            agenda = await self._study.agenda()
            for event, lacking in turns:
                member = Member(event.actor, "organiser")  # who could give it could turn the boards
                if event.kind == "step.go":
                    if event.seq == agenda.last_step and _is_known(agenda):
                        await self._to_step(member, agenda, lacking, f"step-{event.seq}")
                    self._stepped = max(self._stepped, event.seq)
                elif event.seq == agenda.turned:
                    await self._turn_for_break(member, agenda, lacking, f"break-{event.seq}")
                self._carried_out = max(self._carried_out, event.seq)

    def _over(self, seq: int, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            _log.error("step or break %d was not carried out on every board", seq, exc_info=task.exception())
        elif self._tasks.get(seq) is task:
            del self._tasks[seq]

    async def _carry_out(self, member: Member, event: Applied) -> None:
        async with self._turn:
            agenda = await self._study.agenda()
            if event.seq <= self._carried_out or event.seq != agenda.turned:
                return  # over, or the workshop went on meanwhile
            docs = self._study.roll.members.boards()
            # a step that a break overtook is carried out first: the break has its boards to close, and to open again
            step = agenda.last_step  # read once: the agenda may go on while boards are turned
            if step > self._stepped:
                if _is_known(agenda):
                    by = member if event.kind == "step.go" else Member(agenda.now["by"], "organiser")
                    await self._to_step(by, agenda, docs, f"step-{step}")
                self._stepped = step
            if event.kind != "step.go":
                await self._turn_for_break(member, agenda, docs, f"break-{event.seq}")
            self._carried_out = event.seq

    async def _turn_for_break(self, member: Member, agenda: Agenda, docs: Iterable[str], id: str) -> None:
        if agenda.now["break"] is not None:
            await self._to_break(agenda, docs)
        elif agenda.last_break is not None:
            seq, by = agenda.last_break
            closed = []
            for doc in docs:
                if (await self._study.room(doc)).fold.commands.find(by, f"break-{seq}") is not None:
                    closed.append(doc)
            await self._turn_boards(member, dict.fromkeys(closed, "open"), id)

    async def _to_break(self, agenda: Agenda, docs: Iterable[str]) -> None:
        assert agenda.last_break is not None
        seq, by = agenda.last_break
        await self._turn_boards(Member(by, "organiser"), dict.fromkeys(docs, "closed"), f"break-{seq}")

    async def _to_step(self, member: Member, agenda: Agenda, docs: Iterable[str], id: str) -> None:
        """Open those of `docs` that a step of this kind opens, and close the others."""
        phases = phases_of(agenda.step.kind if agenda.step else "")
        await self._turn_boards(member, {doc: phases[doc.split("/")[2]] for doc in docs}, id)

    async def _turn_boards(self, member: Member, wanted: dict[str, str], id: str) -> None:
        """Turn each of these boards to its phase, where it is another. Raises Refusal."""
        told = []
        for doc, phase in wanted.items():
            room = await self._study.turned(doc)
            if room.board.phase == phase:
                continue
            command = {"id": id, "kind": "phase.open" if phase == "open" else "phase.close"}
            told.append(room.ordered(member, parse_command(command)))
        for done in told:
            await done


def _is_known(agenda: Agenda) -> bool:
    """Whether the template has the step that everybody is at, if any."""
    return agenda.now["step"] is None or agenda.step is not None
