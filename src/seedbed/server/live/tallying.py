"""What is on the boards of a study, for those who lead: from memory, and from the disk only what is new there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from seedbed.study.events import EventStore
from seedbed.workshop.tallying import Tally, tally

if TYPE_CHECKING:
    from seedbed.server.live.study import LiveStudy

__all__ = ["Tallies"]


class Tallies:
    """Of one study. A board is counted anew when its number has risen."""

    def __init__(self, study: LiveStudy, store: EventStore) -> None:
        self._study = study
        self._store = store
        self._counted: dict[str, tuple[tuple[int, int], Tally]] = {}  # by document: epoch and number, and what it was
        self._acted: dict[str, tuple[tuple[int, int], dict[str, str]]] = {}

    async def all(self) -> Sequence[Tally]:
        """Every board's."""
        rooms = [await self._study.room(doc) for doc in self._study.roll.members.boards()]
        new = {room.name: (room.epoch, room.told) for room in rooms if self._mark(room.name) != (room.epoch, room.told)}
        if new:
            await asyncio.to_thread(self._read, new)
        found = []
        for room in rooms:
            if room.name in new:
                board, known = room.board, room.document.known
                counted = tally(board, known.lengths, known.clocks, self._acted[room.name][1])
                self._counted[room.name] = (new[room.name], counted)
            here = frozenset(seat.member.id for seat in room.seats) | room.seats.presence.far_people()
            found.append(replace(self._counted[room.name][1], here=here))
        return found

    def _mark(self, doc: str) -> tuple[int, int] | None:
        counted = self._counted.get(doc)
        return counted[0] if counted else None

    def _read(self, new: Mapping[str, tuple[int, int]]) -> None:
        """When people last did something in these documents, from where that was read before."""
        for doc, (epoch, through) in new.items():
            (before, after), acted = self._acted.get(doc, ((epoch, 0), {}))
            if before != epoch:
                after, acted = 0, {}
            self._acted[doc] = ((epoch, through), {**acted, **self._store.acted(doc, after)})
