"""One live document: what its people send is checked, applied, committed, and only then acknowledged and shown.

A document is a board, which has text besides its events, or the agenda or the facilitation of the workshop, which have
events alone.

Everything that a seat is told about the text goes through the same queue as the text itself, so that nobody ever
holds, or calls saved, what is not on disk.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from seedbed.server import refusals
from seedbed.server.live import frames
from seedbed.server.live.commits import Commits
from seedbed.server.live.frames import BadFrame
from seedbed.server.live.seats import Seat, Seats
from seedbed.server.live.streams import Happened, Item, Stream, Tell, Typed
from seedbed.study.entries import Act, Entry
from seedbed.sync import Refused
from seedbed.sync.document import Document
from seedbed.workshop import (
    Agenda,
    Already,
    Applied,
    Board,
    Command,
    Facilitation,
    Member,
    Refusal,
    can,
    decide,
    fresh_client,
    fresh_id,
    issued,
)
from seedbed.workshop.commands import ModelUse, PromptSwap, RowSet
from seedbed.workshop.families.returns import changed

__all__ = ["Room", "Then", "Told"]

Told: TypeAlias = Callable[[Applied], None]
Then: TypeAlias = Callable[[Member, Command, Applied], None]

_log = logging.getLogger(__name__)

# Seconds for which a board that closed still takes typing. Nobody sees the moment coming: what is in the fingers
# and on a slow phone's network would be refused in the middle of a word. Two cover a round trip of a second and the
# word that was begun, and are too few to write on.
GRACE_S = 2.0


def _no_more(member: Member, command: Command, event: Applied) -> None:
    """Nothing comes of a command besides its event."""


def _not_here(entry: Entry, event: Applied) -> None:
    """Nothing comes of what was done at another process."""


class Room(Stream):
    """A document in memory with the seats around it.

    `taxonomy` says which version of the labels there is now; `then` is called for each command that a member gave,
    when its event is on disk and told, and again where it was given again; `elsewhere` for each event that another
    process wrote.
    """

    def __init__(
        self,
        fold: Board | Agenda | Facilitation,
        document: Document,
        *,
        seq: int,
        at: str,
        epoch: int,
        commits: Commits,
        lost: Callable[[], None],
        taxonomy: Callable[[], int] = lambda: 1,
        then: Then = _no_more,
        elsewhere: Callable[[Entry, Applied], None] = _not_here,
    ) -> None:
        super().__init__(fold.doc, seq, at, commits, lost)
        self.document = document
        self.fold = fold
        self.epoch = epoch
        self._taxonomy = taxonomy
        self._then = then
        self._elsewhere = elsewhere
        self.seats = Seats()
        self._closed_at = -math.inf

    @property
    def board(self) -> Board:
        """The board that this is; nothing else has text, and nobody writes in it."""
        if not isinstance(self.fold, Board):
            raise TypeError(f"{self.name} is no board")
        return self.fold

    # -- coming and going ------------------------------------------------------------------------------------------

    def sit(self, seat: Seat, *, writes: bool, previous: Sequence[int], welcome: Tell) -> None:
        """Take `seat` in, with a fresh client id if it `writes`; `welcome` follows when that id is on disk.

        `previous` are ids of the same page from earlier connections: whoever still holds one of them gives it up.
        """
        client = fresh_client(self.board.clients) if writes else None
        self.seats.take(seat, client, previous)
        if client is not None:
            self._happen(issued(seat.member.id, client), seat.member.id)
        self.put(welcome)

    def failed(self, error: BaseException) -> None:
        super().failed(error)
        self.seats.close("storage")

    def mistold(self) -> None:
        self.seats.resync()

    def taken_in(self, entry: Entry) -> Item:
        if isinstance(entry.body, bytes):
            self.document.apply(entry.body)
            return Typed(entry, frames.piece(entry.body), None, 0)
        event = self._applied(entry, entry.body)
        self._elsewhere(entry, event)
        return Happened(entry, event)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Whatever fails in here but a refusal may have left memory half changed: it goes; the log is read again."""
        try:
            yield
        except (Refused, BadFrame):
            raise
        except Exception:
            self._lost()
            self.seats.close("storage")
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
        snapshot, seq = self.fold.snapshot(seat.member), self.seq
        frame = frames.sync2(seat.channel, seq, vector, diff, snapshot)
        seat.answered.clear()

        def answer() -> None:
            seat.answered.set()
            if not seat.gone:
                seat.line.send(frame)
                seat.live = True
                self.seats.presence.show(seat)
                self.seats.presence.moved(seat)

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
            code = can(seat.member, self.name, "write", self._phase_of_typing()) or self._take(seat, number, update)
        if code is not None:
            seat.refused = True
            self._answer(seat, lambda: frames.nack(seat.channel, number, code))

    def _phase_of_typing(self) -> str:
        """The phase as typing meets it, and no command does: what was under way when the board closed is in time."""
        return "open" if time.monotonic() < self._closed_at + GRACE_S else self.fold.phase

    def _take(self, seat: Seat, number: int, update: bytes) -> str | None:
        person = seat.member.id
        try:
            checked = self.document.check(
                update, may_write=lambda client: self.board.may_write(person, client), names=self.board.names
            )
            for span in checked.inserted:
                holder = self.seats.owner(span.client)
                if (holder is not None and holder is not seat) or (
                    holder is None and self.seats.presence.is_far(span.client)
                ):
                    raise Refused("client_live_elsewhere")
            if checked.known:
                self._answer(seat, lambda: frames.ack(seat.channel, number, self.told, self.told))
                return None
            self.document.accept(update, checked)
        except Refused as refused:
            _log.warning("an update of %s in %s was refused: %s", person, self.name, refused.code)
            return refused.code
        self.put(Typed(self.next_entry(person, update), frames.piece(update), seat, number))
        for name in checked.lengths:
            self._changed(person, name.partition(":")[2])
        return None

    def _changed(self, person: str, row: str) -> None:
        """A curator may wait for a change of the row: here it is."""
        if isinstance(self.fold, Board) and (act := changed(self.fold, row)) is not None:
            self._happen(act, person)

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
            self.seats.presence.moved(seat)

    def command(self, member: Member, command: Command, told: Told, *, again: Told | None = None) -> str | None:
        """Do what a person asks. The refusal's code, or None; then `told` gets the event once it is on disk.

        `again` gets it instead when the command was carried out before: nobody is told of it a second time.
        """
        with self._whole():
            return self._command(member, command, told, again)

    def _command(self, member: Member, command: Command, told: Told, again: Told | None) -> str | None:
        client = fresh_client(self.board.clients) if self._uses(command) else 0
        decided = decide(self.fold, member, command, fresh=fresh_id(), client=client, taxonomy=self._taxonomy())
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
            if isinstance(command, RowSet | PromptSwap):
                self._changed(member.id, command.row)
        self.put(lambda: told(event))
        self.put(lambda: self._then(member, command, event))
        return None

    def _uses(self, command: Command) -> bool:
        return isinstance(command, ModelUse) and isinstance(self.fold, Board)

    def ordered(self, member: Member, command: Command) -> Awaitable[Applied]:
        """Do at once what a person asks over HTTP; what is returned waits for the disk. Raises refusals.Refusal."""
        done, told = self.expected()
        code = self.command(member, command, told)
        if code is not None:
            done.cancel()
            raise refusals.Refusal(code)
        return done

    def noted(self, actor: str, act: Act) -> Awaitable[Applied]:
        """Put on record what the server says of somebody's; what is returned waits for the disk."""
        done, told = self.expected()
        event = self._happen(act, actor)
        self.put(lambda: told(event))
        return done

    def _use(self, member: Member, command: ModelUse, act: Act, client: int) -> Applied:
        """A model's reply enters the text under a client id that stands for (person, call), and no page may use."""
        position = command.position if command.position == "end" else command.position.model_dump(exclude_none=True)
        update = self.document.insertion(command.text, position, self.board.reply(command.call) or "", client)
        checked = self.document.check(update, may_write=lambda written: written == client, names=self.board.names)
        self._happen(issued(member.id, client, command.call), member.id)
        self.document.accept(update, checked)
        self.put(Typed(self.next_entry(member.id, update), frames.piece(update), None, 0))
        event = self._happen(act, member.id)
        self._changed(member.id, command.text.partition(":")[2])
        return event

    def _happen(self, act: Act, actor: str) -> Applied:
        entry = self.next_entry(actor, act)
        event = self._applied(entry, act)
        self.put(Happened(entry, event))
        return event

    def _applied(self, entry: Entry, act: Act) -> Applied:
        before = self.fold.phase
        event = self.fold.apply(entry.seq, entry.at, entry.actor, act)
        if before == "open" != self.fold.phase:  # to close a closed board again gives no more time
            self._closed_at = time.monotonic()
        return event

    # -- what is on disk is told -----------------------------------------------------------------------------------

    def tell_typed(self, items: list[Typed]) -> None:
        after = self.told
        super().tell_typed(items)
        self.seats.tell_typed(items, after, self.told)

    def tell_happened(self, items: list[Happened]) -> None:
        after = self.told
        super().tell_happened(items)
        self.seats.tell_happened(items, after, self.told, self.fold)
