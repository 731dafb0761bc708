"""Who takes part in a study, kept by the stream `workshop`: every join, move and removal is an event with an actor."""

from __future__ import annotations

from collections.abc import Callable

from seedbed.server.live.commits import Commits
from seedbed.server.live.streams import Happened, Item, Stream
from seedbed.server.refusals import Refusal
from seedbed.study.entries import Entry
from seedbed.workshop import Already, Applied, Command, Member, Members, decide
from seedbed.workshop import Refusal as Refused

__all__ = ["Roll"]


class Roll(Stream):
    """The members of one study in memory."""

    def __init__(
        self,
        members: Members,
        at: str,
        commits: Commits,
        lost: Callable[[], None],
        moved: Callable[[Applied], None] = lambda event: None,
    ) -> None:
        """`moved` is called for what another process did to somebody."""
        super().__init__(members.doc, members.seq, at, commits, lost)
        self.members = members
        self._moved = moved

    def taken_in(self, entry: Entry) -> Item:
        if isinstance(entry.body, bytes):
            raise TypeError("nobody types into the members")
        event = self.members.apply(entry.seq, entry.at, entry.actor, entry.body)
        self._moved(event)
        return Happened(entry, event)

    async def command(self, member: Member, command: Command) -> Applied:
        """Do what a person asks in this process's turn; returns when it is on disk, and so when it was done before.

        Raises Refusal.
        """
        decided = decide(self.members, member, command)
        if isinstance(decided, Refused):
            raise Refusal(decided.code)
        if isinstance(decided, Already):
            event = decided.event
        else:
            entry = self.next_entry(member.id, decided)
            event = self.members.apply(entry.seq, entry.at, member.id, decided)
            self.put(Happened(entry, event))
        done, told = self.expected()
        self.put(lambda: told(event))
        return await done
