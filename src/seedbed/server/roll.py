"""Who takes part in a study, kept by the stream `workshop`: every join, move and removal is an event with an actor."""

from __future__ import annotations

from collections.abc import Callable

from seedbed.server.commits import Commits
from seedbed.server.refusals import Refusal
from seedbed.server.streams import Happened, Stream
from seedbed.workshop import Already, Applied, Command, Member, Members, decide
from seedbed.workshop import Refusal as Refused

__all__ = ["Roll"]


class Roll(Stream):
    """The members of one study in memory."""

    def __init__(self, members: Members, at: str, commits: Commits, lost: Callable[[], None]) -> None:
        super().__init__(members.doc, members.seq, at, commits, lost)
        self.members = members

    async def command(self, member: Member, command: Command) -> Applied:
        """Do what a person asks; returns when it is on disk, and so when it was done before. Raises Refusal."""
        decided = decide(self.members, member, command)
        if isinstance(decided, Refused):
            raise Refusal(decided.code)
        if isinstance(decided, Already):
            event = decided.event
        else:
            entry = self.next_entry(member.id, decided)
            event = self.members.apply(entry.seq, entry.at, member.id, decided)
            self.put(Happened(entry, event))
        done = self.expected()
        self.put(lambda: None if done.done() else done.set_result(event))
        return await done
