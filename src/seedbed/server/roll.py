"""Who takes part in a study, kept by the stream `workshop`: every join, move and removal is an event with an actor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from seedbed.server.commits import Commits
from seedbed.server.refusals import Refusal
from seedbed.server.streams import Happened, Stream
from seedbed.workshop import Already, Applied, Command, Member, Members, decide
from seedbed.workshop import Refusal as Refused

__all__ = ["Roll"]


class Roll(Stream):
    """The members of one study in memory."""

    def __init__(self, members: Members, commits: Commits, lost: Callable[[], None]) -> None:
        super().__init__(members.doc, members.seq, commits, lost)
        self.members = members
        self._waiting: set[asyncio.Future[Applied]] = set()

    async def command(self, member: Member, command: Command) -> Applied:
        """Do what a person asks; returns when it is on disk. Raises Refusal."""
        decided = decide(self.members, member, command)
        if isinstance(decided, Refused):
            raise Refusal(decided.code)
        if isinstance(decided, Already):
            return decided.event
        entry = self.next_entry(member.id, decided)
        event = self.members.apply(entry.seq, entry.at, member.id, decided)
        done: asyncio.Future[Applied] = asyncio.get_running_loop().create_future()
        self._waiting.add(done)
        self.put(Happened(entry, event))
        self.put(lambda: None if done.done() else done.set_result(event))
        try:
            return await done
        finally:
            self._waiting.discard(done)

    def failed(self, error: BaseException) -> None:
        for done in self._waiting:
            if not done.done():
                done.set_exception(Refusal("storage"))
        super().failed(error)  # last: it reads the disk that just failed
