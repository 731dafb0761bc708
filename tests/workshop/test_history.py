"""Any moment of a board can be had again from the disk: its state, its texts, whose they were, what was taken out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, Text

from seedbed.study.entries import Act, Entry
from seedbed.study.events import EventStore
from seedbed.sync.document import Document
from seedbed.workshop import NOBODY, Applied, Board, Member, decide, issued, model_called, parse_command
from seedbed.workshop.history import Moment, Past, Removal, Stretch, moments, replay
from tests.workshop.making import ANA, BEN, MIA, place

START = datetime(2026, 3, 1, 10, tzinfo=UTC)


class Room:
    """A board as a server would hold it, with its log; `shown` is what people saw after each entry."""

    def __init__(self) -> None:
        self.board = Board(place(), title="Pilot")
        self.document = Document()
        self.log: list[Entry] = []
        self.clock = START
        self.pages: dict[str, Doc[Text]] = {}
        self.shown: list[tuple[Any, dict[str, str]]] = []

    def append(self, member: Member, body: bytes | Act) -> Applied | None:
        self.clock += timedelta(seconds=1)
        at = self.clock.isoformat(timespec="milliseconds")
        self.log.append(Entry(self.board.doc, len(self.log) + 1, at, member.id, body))
        event = self.board.apply(len(self.log), at, member.id, body) if isinstance(body, Act) else None
        self.shown.append((self.board.snapshot(NOBODY), self.document.texts()))
        return event

    def join(self, member: Member, client: int) -> None:
        self.append(member, issued(member.id, client))
        self.pages[member.id] = Doc(client_id=client)

    def command(self, member: Member, kind: str, **detail: Any) -> str:
        number = len(self.log)
        command = parse_command({"id": f"k{number}", "kind": kind, **detail})
        act = decide(self.board, member, command, fresh=f"r{number}", client=900 + number)
        assert isinstance(act, Act), act
        if act.kind == "model.use":
            client, reply = act.data["client"], self.board.reply(act.subject)
            self.append(member, issued(member.id, client, act.subject))
            assert reply
            update = self.document.insertion(act.data["text"], detail["position"], reply, client)
            self.take(member, update, client)
        event = self.append(member, act)
        assert event
        return event.subject

    def take(self, member: Member, update: bytes, client: int) -> None:
        names = self.board.names
        self.document.accept(update, self.document.check(update, may_write=lambda new: new == client, names=names))
        self.append(member, update)

    def type(self, member: Member, name: str, at: int, delete: int, text: str) -> None:
        """At byte `at`, delete `delete` bytes, insert `text`."""
        page = self.pages[member.id]
        page.apply_update(self.document.diff(page.get_state()))
        into, out = page.get(name, type=Text), list[bytes]()
        keep = page.observe(lambda event: out.append(event.update))
        with page.transaction():
            if delete:
                del into[at : at + delete]
            if text:
                into.insert(at, text)
        page.unobserve(keep)
        self.take(member, out[-1], page.client_id)


@pytest.fixture
def room() -> Room:
    room = Room()
    room.join(ANA, 5)
    room.join(BEN, 6)
    row = room.command(ANA, "row.add")
    name = f"question:{row}"
    room.type(ANA, name, 0, 0, "Is 😀 fair?")
    room.type(BEN, name, 3, 4, "this")
    room.append(ANA, model_called("c1", endpoint="local", model="small", reply=" Why, ó modelo?"))
    room.command(ANA, "model.use", call="c1", text=name, position="end")
    room.command(BEN, "row.set", row=row, field="topic", value="Fairness")
    room.type(BEN, name, 14, 5, "")
    room.command(MIA, "phase.close")
    return room


@pytest.fixture
def entries(room: Room, tmp_path: Path) -> Iterator[list[Entry]]:
    """The log after the disk."""
    with EventStore.at(tmp_path / "people.db") as store:
        assert store.commit([room.log]) == [None]
        yield list(store.entries(room.board.doc))


def test_every_moment_is_what_people_saw_then(room: Room, entries: list[Entry]) -> None:
    for seq, (state, texts) in enumerate(room.shown, 1):
        past = replay(entries, place(), upto=seq, title="Pilot")
        assert past.state(NOBODY) == state
        assert {name: text for name, (text, _) in past.texts().items()} == texts
        assert (past.seq, past.at) == (seq, room.log[seq - 1].at)


def test_a_later_moment_follows_from_an_earlier_one(room: Room, entries: list[Entry]) -> None:
    past = Past(place(), title="Pilot")
    for entry in entries:
        past.take(entry)
        assert past.texts() == replay(entries, place(), upto=entry.seq).texts()


def test_the_state_of_then_shows_no_unused_reply_of_another(entries: list[Entry]) -> None:
    past = replay(entries, place())
    assert past.state(BEN)["replies"] == {}
    assert past.state(ANA)["replies"]["c1"]["text"] == " Why, ó modelo?"


def test_who_wrote_each_part_and_which_part_a_model_wrote(room: Room, entries: list[Entry]) -> None:
    ((text, stretches),) = replay(entries, place()).texts().values()
    assert text == "Is this fair? ó modelo?"
    assert stretches == [
        Stretch(0, 3, "p_ana", None),
        Stretch(3, 7, "p_ben", None),
        Stretch(7, 13, "p_ana", None),
        Stretch(13, 23, "p_ana", "c1"),
    ]


def test_what_was_taken_out_can_be_had_again(room: Room, entries: list[Entry]) -> None:
    past = replay(entries, place())
    (name,) = past.texts()
    assert past.removals(name) == [
        Removal("😀", "p_ana", None, "p_ben", 5),
        Removal("Why, ", "p_ana", "c1", "p_ben", 11),
    ]
    assert past.removals("question:zz") == []


def test_moments_are_events_and_stretches_of_typing() -> None:
    def at(second: int) -> str:
        return (START + timedelta(seconds=second)).isoformat(timespec="milliseconds")

    def entry(seq: int, second: int, actor: str, body: bytes | Act = b"") -> Entry:
        return Entry("board/A/questions", seq, at(second), actor, body)

    log = [
        entry(1, 0, "ana"),
        entry(2, 1, "ben"),
        entry(3, 20, "ana"),
        entry(4, 25, "ana", Act("row.add", "r1")),
        entry(5, 30, "ana"),
        entry(6, 61, "ana"),  # after a pause
        entry(7, 62, "ben"),
    ]
    assert moments(log) == [
        Moment(7, at(62), "ben", "typing", "", 7, 1),
        Moment(6, at(61), "ana", "typing", "", 6, 1),
        Moment(5, at(30), "ana", "typing", "", 1, 3),
        Moment(4, at(25), "ana", "row.add", "r1", 4, 1),
        Moment(2, at(1), "ben", "typing", "", 2, 1),
    ]
    assert moments([]) == []


def test_a_model_s_text_is_no_typing_of_who_asked_for_it(entries: list[Entry]) -> None:
    found = moments(entries)
    (used,) = [moment for moment in found if moment.kind == "model.use"]
    typed = [range(moment.first, moment.seq + 1) for moment in found if moment.kind == "typing"]
    (inserted,) = [entry.seq for entry in entries if entry.seq == used.seq - 1]
    assert all(inserted not in (stretch.start, stretch.stop - 1) for stretch in typed)


def test_typing_without_end_is_cut_into_moments() -> None:
    log = [
        Entry("b", seq, (START + timedelta(seconds=20 * seq)).isoformat(timespec="milliseconds"), "ana", b"")
        for seq in range(1, 61)
    ]
    found = moments(log)
    assert sum(moment.count for moment in found) == 60
    assert [moment.count for moment in found] == [12, 16, 16, 16]
