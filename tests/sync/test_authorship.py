"""Whose each character is, held against real Yjs and pycrdt over wild logs, and against plain cases by hand."""

from __future__ import annotations

import time
from base64 import b64decode
from dataclasses import dataclass
from itertools import groupby
from random import Random
from typing import Any

import pytest
from pycrdt import Assoc, Doc, Text

from seedbed.sync import Refused
from seedbed.sync.authorship import Authored, Authorship, Run, authors
from seedbed.sync.document import Document
from tests.sync.yjs import run

NAMES = {"question:a1", "question:b2"}


@dataclass(frozen=True)
class Entry:
    seq: int
    actor: str
    body: Any


class Page:
    """A browser tab: a CRDT document under its own client id."""

    def __init__(self, client: int) -> None:
        self.client = client
        self.doc: Doc[Text] = Doc(client_id=client)
        self.out: list[bytes] = []
        self._keep = self.doc.observe(lambda event: self.out.append(event.update))

    def edit(self, at: int, delete: int, text: str, name: str = "question:a1") -> bytes:
        """At code point `at`, delete `delete` code points and insert `text`."""
        into = self.doc.get(name, type=Text)
        now = str(into)
        start, end = len(now[:at].encode()), len(now[: at + delete].encode())
        self.out.clear()
        with self.doc.transaction():
            if delete:
                del into[start:end]
            if text:
                into.insert(start, text)
        return self.out[-1]


class Room:
    """Pages, their people, and the log that the server would keep of them; every update passes the strict reader."""

    def __init__(self, **people: int) -> None:
        self.document = Document()
        self.pages = {person: Page(client) for person, client in people.items()}
        self.log: list[Entry] = []

    def edit(self, person: str, at: int, delete: int, text: str, name: str = "question:a1") -> None:
        page = self.pages[person]
        self.take(person, page.edit(at, delete, text, name), lambda client: client == page.client)

    def take(self, person: str, update: bytes, may_write: Any) -> None:
        self.document.accept(update, self.document.check(update, may_write=may_write, names=NAMES))
        self.log.append(Entry(len(self.log) + 1, person, update))
        for page in self.pages.values():
            page.doc.apply_update(update)

    def text(self, upto: int | None = None, name: str = "question:a1") -> Authored:
        return authors(self.log, upto).get(name, Authored("", (), ()))


def parts(found: Authored) -> list[tuple[int, str]]:
    """[(client, text)], neighbours of one client as one."""
    runs = [(run.client, found.text[run.start : run.end]) for run in found.runs]
    return [(client, "".join(text for _, text in same)) for client, same in groupby(runs, key=lambda pair: pair[0])]


def whole(found: Authored) -> bool:
    """Whether the runs cover the text from its start to its end, none empty."""
    ends = [0, *(run.end for run in found.runs)]
    return [run.start for run in found.runs] == ends[:-1] and ends[-1] == len(found.text) and ends == sorted(set(ends))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_wild_logs_agree_with_yjs_and_pycrdt_at_every_moment(seed: int) -> None:
    lines = list(run("simulate.mjs", seed, 6, 150))
    orders: list[dict[str, Any]] = []
    for _, group in groupby(lines, key=lambda line: line["doc"]):
        orders.append({"new": True})
        for line in group:
            orders += [{"update": line["update"]}, {"ask": 0}]
    answers = run("owners.mjs", lines=orders)
    checked = 0
    for _, group in groupby(lines, key=lambda line: line["doc"]):
        replay, twin = Authorship(), Doc[Text]()
        for seq, line in enumerate(group, 1):
            update = b64decode(line["update"])
            replay.apply(update, seq, "p")
            twin.apply_update(update)
            found = replay.texts()
            assert {name: one.text for name, one in found.items() if one.text} == {
                name: text for name, text in line["texts"].items() if text
            }
            for name, one in found.items():
                assert one.text == str(twin.get(name, type=Text))
                assert whole(one)
            assert {name: parts(one) for name, one in found.items() if one.text} == {
                name: [(client, text) for client, text in runs] for name, runs in next(answers)["texts"].items() if runs
            }
            checked += 1
    assert checked == len(lines) >= 6 * 150


@pytest.mark.parametrize("seed", range(6))
def test_many_at_one_place_agree_with_pycrdt(seed: int) -> None:
    """Four pages that hear of each other late and in part, all in a text of a few characters: conflicts everywhere."""
    random = Random(seed)
    for _ in range(60):
        pages = [Doc[Text](client_id=client) for client in random.sample(range(1, 100), 4)]
        server, replay = Doc[Text](), Authorship()
        texts = [page.get("question:a1", type=Text) for page in pages]
        seq = 0
        for _ in range(40):
            page, text = random.choice([*zip(pages, texts, strict=True)])
            match random.random():
                case dice if dice < 0.6:
                    into = random.randrange(len(text) + 1)
                    text.insert(into, random.choice("abcdefgh") * random.choice((1, 1, 2)))
                case dice if dice < 0.7 and len(text):
                    into = random.randrange(len(text))
                    del text[into : into + 1]
                case dice if dice < 0.85:
                    page.apply_update(random.choice(pages).get_update(page.get_state()))
                case _:
                    seq += 1
                    update = page.get_update(server.get_state())
                    server.apply_update(update)
                    replay.apply(update, seq, "p")
                    assert replay.text("question:a1").text == str(server.get("question:a1", type=Text))


def test_what_is_there_and_what_was_deleted_make_up_all_that_was_typed() -> None:
    for _, group in groupby(run("simulate.mjs", 11, 4, 150), key=lambda line: line["doc"]):
        replay = Authorship()
        clocks: dict[int, int] = {}
        for seq, line in enumerate(group, 1):
            replay.apply(b64decode(line["update"]), seq, f"p{seq}")
            clocks = {int(client): clock for client, clock in line["clocks"].items()}
        seen: dict[int, int] = dict.fromkeys(clocks, 0)
        gone: set[tuple[int, int]] = set()
        for found in replay.texts().values():
            for run_ in found.runs:
                seen[run_.client] += len(found.text[run_.start : run_.end].encode("utf-16-le")) // 2
            for item in found.deletions:
                clocks_of = {(item.client, item.clock + at) for at in range(item.length)}
                assert not clocks_of & gone  # nothing is deleted twice
                gone |= clocks_of
                assert len(item.text.encode("utf-16-le")) // 2 == item.length
                assert item.by == f"p{item.seq}"
        for client, _ in gone:
            seen[client] += 1
        # some text arrives as deleted already: typed and taken back before it was ever sent
        assert all(seen[client] <= clock for client, clock in clocks.items())
        assert sum(seen.values()) > 0.5 * sum(clocks.values())


def test_runs_name_client_and_update_in_code_points() -> None:
    room = Room(ana=5, ben=9)
    room.edit("ana", 0, 0, "héllo 😀")
    room.edit("ben", 7, 0, "👩‍👩‍👧")
    room.edit("ana", 6, 0, "!")
    found = room.text()
    assert found.text == "héllo !😀👩‍👩‍👧"
    assert found.runs == (Run(0, 6, 5, 1), Run(6, 7, 5, 3), Run(7, 8, 5, 1), Run(8, 13, 9, 2))


def test_deletions_say_what_of_whom_by_whom_and_when() -> None:
    room = Room(ana=5, ben=9)
    room.edit("ana", 0, 0, "one 😀 two")
    room.edit("ben", 3, 3, "")
    found = room.text()
    assert found.text == "onetwo"
    (gone,) = found.deletions
    assert (gone.client, gone.clock, gone.length, gone.text, gone.by, gone.seq) == (5, 3, 4, " 😀 ", "ben", 2)
    assert room.text(upto=1).text == "one 😀 two"
    assert room.text(upto=1).deletions == ()
    assert room.text(upto=0) == Authored("", (), ())


def test_the_same_update_again_changes_nothing() -> None:
    room = Room(ana=5)
    room.edit("ana", 0, 0, "word")
    room.edit("ana", 1, 2, "")
    again = [*room.log, *(Entry(item.seq + 2, "ben", item.body) for item in room.log)]
    assert authors(again) == authors(room.log)


def test_events_in_the_log_are_passed_over() -> None:
    room = Room(ana=5)
    room.edit("ana", 0, 0, "word")
    mixed = [Entry(1, "ana", {"kind": "row.add"}), Entry(2, "ana", room.log[0].body)]
    assert authors(mixed)["question:a1"].runs[0].seq == 2


# --- a model's text --------------------------------------------------------------------------------------------------


def insert(room: Room, position: Any, text: str, client: int, person: str = "ana") -> None:
    room.take(person, room.document.insertion("question:a1", position, text, client), lambda new: new == client)


def test_a_models_text_stays_marked_whatever_happens_around_it() -> None:
    room = Room(ana=5, ben=9)
    room.edit("ana", 0, 0, "I ask: . Thanks")
    insert(room, {"item": {"client": 5, "clock": 7}, "assoc": 0}, "what 😀 is fair?", 77)
    assert parts(room.text()) == [(5, "I ask: "), (77, "what 😀 is fair?"), (5, ". Thanks")]
    room.edit("ana", 7, 0, "so ")  # right before it
    room.edit("ana", 25, 0, "!")  # right behind it
    room.edit("ben", 17, 0, "just or ")  # inside it
    room.edit("ben", 10, 5, "")  # some of it goes
    found = room.text()
    assert parts(found) == [(5, "I ask: so "), (77, "😀 "), (9, "just or "), (77, "is fair?"), (5, "!. Thanks")]
    model = "😀 is fair?"
    # retyped by hand it is the person's; the model's is then gone, and the log still has it
    start = next(run.start for run in found.runs if run.client == 77)
    end = max(run.end for run in found.runs if run.client == 77)
    room.edit("ana", start, end - start, found.text[start:end])
    after = room.text()
    assert after.text == found.text
    assert 77 not in {run.client for run in after.runs}
    assert "".join(item.text for item in after.deletions if item.client == 77 and item.by == "ana") == model


def test_nobody_writes_under_a_models_client_id() -> None:
    room = Room(ana=5, thief=77)
    room.edit("ana", 0, 0, "mine")
    insert(room, "end", " and the model's", 77)
    forged = room.pages["thief"].edit(0, 0, "not the model's")
    for issued in ({5}, {9}, set[int]()):
        with pytest.raises(Refused) as refused:
            room.document.check(forged, may_write=issued.__contains__, names=NAMES)
        assert refused.value.code == "foreign_client"
    assert parts(room.text()) == [(5, "mine"), (77, " and the model's")]


def test_an_undo_of_a_deletion_is_new_text_of_who_undid() -> None:
    room = Room(ana=5, ben=9)
    insert(room, "end", "model", 77)
    room.edit("ben", 0, 5, "")
    room.edit("ben", 0, 0, "model")
    assert parts(room.text()) == [(9, "model")]
    assert [(item.client, item.text, item.by) for item in room.text().deletions] == [(77, "model", "ben")]


# --- cost ------------------------------------------------------------------------------------------------------------


def test_a_replay_costs_microseconds_an_update() -> None:
    room = Room(ana=5, ben=9)
    for number in range(600):
        room.edit(["ana", "ben"][number % 2], number // 2, 0, "a")
    begun = time.process_time()
    for _ in range(5):
        authors(room.log)
    assert (time.process_time() - begun) / (5 * 600) < 100e-6  # measured 8 µs


@pytest.mark.parametrize("seed", range(4))
def test_a_place_in_a_text_moves_with_it_as_in_pycrdt(seed: int) -> None:
    random = Random(seed)
    room = Room(ana=1, bo=2)
    room.edit("ana", 0, 0, "Some 😀 words to begin with, מילים too")
    marked = []
    for turn in range(60):
        person = random.choice(["ana", "bo"])
        text = room.pages[person].doc.get("question:a1", type=Text)
        now = str(text)
        if turn % 6 == 0 and now:
            at, assoc = random.randrange(len(now)), random.choice([Assoc.AFTER, Assoc.BEFORE])
            place = len(now[: at + (assoc is Assoc.BEFORE)].encode())
            marked.append((text.sticky_index(place, assoc), text))
        delete = random.randrange(min(6, len(now) + 1))
        words = random.choice(["" if delete else "y", "x", "né", "😀", "שלום"])
        room.edit(person, random.randrange(len(now) - delete + 1), delete, words)
    replay = Authorship()
    for entry in room.log:
        replay.apply(entry.body, entry.seq, entry.actor)
    found = replay.text("question:a1").text
    assert len(marked) == 10
    for sticky, text in marked:
        item = sticky.to_json()["item"]
        expected = len(str(text).encode()[: sticky.get_index()].decode())
        after = sticky.to_json()["assoc"] < 0
        assert replay.offset("question:a1", item["client"], item["clock"], after=after) == expected
        assert found == str(text)
    assert replay.offset("question:a1", 99, 0) is None
    assert replay.offset("question:b2", 1, 0) is None


def test_which_updates_brought_a_range_of_clocks() -> None:
    room = Room(ana=1, bo=2)
    for person, words in (("ana", "abc"), ("bo", "xy"), ("ana", "def"), ("ana", "g")):
        room.edit(person, 0, 0, words)
    replay = Authorship()
    for entry in room.log:
        replay.apply(entry.body, entry.seq, entry.actor)
    assert replay.brought(1, 0, 3) == {1}
    assert replay.brought(1, 2, 4) == {1, 3}
    assert replay.brought(1, 4, 100) == {3, 4}
    assert replay.brought(2, 0, 1) == {2}
    assert replay.brought(3, 0, 5) == replay.brought(1, 7, 9) == set()
