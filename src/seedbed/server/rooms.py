"""One live document: what its people send is checked, applied, committed, and only then acknowledged and shown.

Everything that a seat is told about the text goes through the same queue as the text itself, so that nobody ever
holds, or calls saved, what is not on disk.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from seedbed.server import frames
from seedbed.server.commits import Commits
from seedbed.server.frames import BadFrame, Down
from seedbed.server.seats import Presence, Seat
from seedbed.server.streams import Happened, Stream, Tell, Typed
from seedbed.study.entries import Act
from seedbed.sync import Refused
from seedbed.sync.document import Document
from seedbed.workshop import (
    Already,
    Applied,
    Board,
    Command,
    Member,
    Refusal,
    can,
    decide,
    fresh_client,
    fresh_id,
    issued,
    model_called,
)
from seedbed.workshop.commands import ModelUse

__all__ = ["Room", "Told"]

Told: TypeAlias = Callable[[Applied], None]

_log = logging.getLogger(__name__)


class Room(Stream):
    """A document in memory with the seats around it."""

    def __init__(
        self,
        board: Board,
        document: Document,
        *,
        seq: int,
        at: str,
        epoch: int,
        commits: Commits,
        lost: Callable[[], None],
    ) -> None:
        super().__init__(board.doc, seq, at, commits, lost)
        self.document = document
        self.board = board
        self.epoch = epoch
        self.seats: set[Seat] = set()
        self._owners: dict[int, Seat] = {}
        self._presence = Presence(self.seats)

    # -- coming and going ------------------------------------------------------------------------------------------

    def sit(self, seat: Seat, *, writes: bool, previous: Sequence[int], welcome: Tell) -> None:
        """Take `seat` in, with a fresh client id if it `writes`; `welcome` follows when that id is on disk.

        `previous` are ids of the same page from earlier connections: whoever still holds one of them gives it up.
        """
        for old in previous:
            holder = self._owners.get(old)
            if holder is not None and holder.member.id == seat.member.id:
                self.leave(holder)
                holder.close("taken_over")
        self.seats.add(seat)
        if writes:
            seat.client = fresh_client(self.board.clients)
            self._owners[seat.client] = seat
            self._happen(issued(seat.member.id, seat.client), seat.member.id)
        self.put(welcome)

    def leave(self, seat: Seat) -> None:
        """The page went away, or gave its place up."""
        if seat.gone:
            return
        seat.gone = True
        seat.answered.set()
        self.seats.discard(seat)
        if seat.client is not None and self._owners.get(seat.client) is seat:
            del self._owners[seat.client]
        self._presence.left(seat)

    def expel(self, seat: Seat, code: str) -> None:
        """Out, and told why."""
        self.leave(seat)
        seat.close(code)

    def close(self, code: str) -> None:
        """Everybody out: the browsers are told why, and come back by themselves where that makes sense."""
        for seat in list(self.seats):
            self.expel(seat, code)
        self._presence.stop()

    def failed(self, error: BaseException) -> None:
        super().failed(error)
        self.close("storage")

    def mistold(self) -> None:
        for seat in self.seats:
            seat.live = False
            seat.line.send(frames.jsonly(Down.RESYNC, seat.channel))

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Whatever fails in here but a refusal may have left memory half changed: it goes; the log is read again."""
        try:
            yield
        except (Refused, BadFrame):
            raise
        except Exception:
            self._lost()
            self.close("storage")
            raise

    # -- what a page sends -----------------------------------------------------------------------------------------

    def sync(self, seat: Seat, state_vector: bytes) -> int:
        """Answer SYNC1 with all that the page lacks, once it is on disk; returns about how many bytes that is.

        Until then the page must not ask again (`Seat.answered`): each answer under way holds the whole difference.
        Raises Refused for a broken state vector.
        """
        with self._whole():
            diff = self.document.diff(state_vector)
            vector = self.document.state_vector()
        snapshot, seq = self.board.snapshot(seat.member.id), self.seq
        frame = frames.sync2(seat.channel, seq, vector, diff, snapshot)
        seat.answered.clear()

        def answer() -> None:
            seat.answered.set()
            if not seat.gone:
                seat.line.send(frame)
                seat.live = True
                self._presence.show(seat)
                self._presence.moved(seat)

        self.put(answer)
        return len(frame)

    def type(self, seat: Seat, number: int, update: bytes) -> None:
        """Text from a page: taken whole, or refused with everything after it until the page begins anew."""
        if seat.refused:
            return
        if number != seat.number + 1:
            raise BadFrame("updates out of order")
        seat.number = number
        with self._whole():
            code = can(seat.member, self.name, "write", self.board.phase) or self._take(seat, number, update)
        if code is not None:
            seat.refused = True
            self._answer(seat, lambda: frames.nack(seat.channel, number, code))

    def _take(self, seat: Seat, number: int, update: bytes) -> str | None:
        person = seat.member.id
        try:
            checked = self.document.check(
                update, may_write=lambda client: self.board.may_write(person, client), names=self.board.names
            )
            for span in checked.inserted:
                holder = self._owners.get(span.client)
                if holder is not None and holder is not seat:
                    raise Refused("client_live_elsewhere")
            if checked.known:
                self._answer(seat, lambda: frames.ack(seat.channel, number, self.told, self.told))
                return None
            self.document.accept(update, checked)
        except Refused as refused:
            _log.warning("an update of %s in %s was refused: %s", person, self.name, refused.code)
            return refused.code
        self.put(Typed(self.next_entry(person, update), frames.piece(update), seat, number))
        return None

    def _answer(self, seat: Seat, frame: Callable[[], bytes]) -> None:
        """Send `frame` when all before it is on disk. A seat that is gone gets none: its channel may be another's."""
        self.put(lambda: None if seat.gone else seat.line.send(frame()))

    async def breathe(self) -> None:
        """Wait while too much waits for the disk: what a socket sends is then read later, not kept in memory."""
        await self._commits.space()

    def aware(self, seat: Seat, where: dict[str, Any]) -> None:
        """Where a page's caret is; who it is, the server says."""
        if seat.client is not None:
            seat.presence = where
            self._presence.moved(seat)

    def command(self, member: Member, command: Command, told: Told, *, again: Told | None = None) -> str | None:
        """Do what a person asks. The refusal's code, or None; then `told` gets the event once it is on disk.

        `again` gets it instead when the command was carried out before: nobody is told of it a second time.
        """
        with self._whole():
            return self._command(member, command, told, again)

    def _command(self, member: Member, command: Command, told: Told, again: Told | None) -> str | None:
        client = fresh_client(self.board.clients) if isinstance(command, ModelUse) else 0
        decided = decide(self.board, member, command, fresh=fresh_id(), client=client)
        if isinstance(decided, Refusal):
            return decided.code
        if isinstance(decided, Already):
            event, told = decided.event, again or told
        elif isinstance(command, ModelUse):
            try:
                event = self._use(member, command, decided, client)
            except Refused as refused:
                return refused.code
        else:
            event = self._happen(decided, member.id)
        self.put(lambda: told(event))
        return None

    def called(self, member: Member, call: str, *, endpoint: str, model: str, reply: str, told: Told) -> None:
        """Put on record what a model replied to a person; `told` gets the event when it is on disk."""
        event = self._happen(model_called(call, endpoint=endpoint, model=model, reply=reply), member.id)
        self.put(lambda: told(event))

    def _use(self, member: Member, command: ModelUse, act: Act, client: int) -> Applied:
        """A model's reply enters the text under a client id that stands for (person, call), and no page may use."""
        position = command.position if command.position == "end" else command.position.model_dump(exclude_none=True)
        update = self.document.insertion(command.text, position, self.board.reply(command.call) or "", client)
        checked = self.document.check(update, may_write=lambda written: written == client, names=self.board.names)
        self._happen(issued(member.id, client, command.call), member.id)
        self.document.accept(update, checked)
        self.put(Typed(self.next_entry(member.id, update), frames.piece(update), None, 0))
        return self._happen(act, member.id)

    def _happen(self, act: Act, actor: str) -> Applied:
        entry = self.next_entry(actor, act)
        event = self.board.apply(entry.seq, entry.at, actor, act)
        self.put(Happened(entry, event))
        return event

    # -- what is on disk is told -----------------------------------------------------------------------------------

    def tell_typed(self, items: list[Typed]) -> None:
        after = self.told
        super().tell_typed(items)
        own: dict[object, int] = {item.seat: item.number for item in items}  # the last of each, for they come in order
        shared: dict[int, bytes] = {}
        for seat in self.seats:
            if seat in own:
                self._tell_author(seat, own[seat], after, [item.piece for item in items if item.seat is not seat])
            elif seat.live:
                frame = shared.get(seat.channel)
                if frame is None:
                    pieces = [item.piece for item in items]
                    frame = shared[seat.channel] = frames.updates(seat.channel, after, self.told, pieces)
                seat.line.send(frame)

    def _tell_author(self, seat: Seat, number: int, after: int, others: list[bytes]) -> None:
        """What others wrote, and that the seat's own is saved; before SYNC2 only the second, which is all it needs."""
        if others and seat.live:
            seat.line.send(frames.updates(seat.channel, after, self.told, others))
            after = self.told
        seat.line.send(frames.ack(seat.channel, number, after, self.told))

    def tell_happened(self, items: list[Happened]) -> None:
        after = self.told
        super().tell_happened(items)
        events = [item.event for item in items]
        actors = {event.actor for event in events}
        shared: dict[int, bytes] = {}
        for seat in self.seats:
            if not seat.live:
                continue
            person = seat.member.id
            if person in actors:
                shown = [event.to_json(person) for event in events]
                seat.line.send(frames.events(seat.channel, after, self.told, shown))
                continue
            frame = shared.get(seat.channel)
            if frame is None:
                shown = [event.to_json("") for event in events]
                frame = shared[seat.channel] = frames.events(seat.channel, after, self.told, shown)
            seat.line.send(frame)
