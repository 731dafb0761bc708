"""Rooms: what is acknowledged or seen is on disk, in one sequence, and each seat hears all of it once.

All of it twice: over people.db, and over a real PostgreSQL.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import StorageError
from seedbed.server.live import rooms
from seedbed.server.live.frames import Down
from seedbed.server.live.study import LiveStudy
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.study.turns import Turn
from seedbed.sync.document import Broken, Document
from seedbed.workshop import model_called
from tests.postgres import postgres_schema, postgres_server
from tests.server.house import STUDY, house, organiser, participant

ANA, BO, CHI = participant("ana"), participant("bo"), participant("chi", "B")
BOARD = "board/A/questions"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(autouse=True, params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """study.toml names the database, as an organiser would."""
    if request.param == "sqlite":
        yield
        return
    with postgres_schema(request.getfixturevalue("postgres")) as url:
        (tmp_path / "study.toml").write_text(f'database = "{url}"\n')
        yield
        assert not (tmp_path / "people.db").exists()


def test_two_people_see_each_others_words(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            row = await ana.row()
            name = f"question:{row}"
            await ana.type(name, "Why is the sky blue?")
            await ana.saved()
            await bo.until(lambda: bo.text(name) == "Why is the sky blue?")
            await bo.type(name, "😀 ", at=0)
            await bo.saved()
            await ana.until(lambda: ana.text(name) == "😀 Why is the sky blue?")
            assert ana.seq == bo.seq
            assert bo.state["rows"][row]["by"] == ANA.id

    asyncio.run(story())


def test_everything_acknowledged_is_in_the_log_in_one_sequence(tmp_path: Path) -> None:
    async def story() -> tuple[int, str]:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            row = await ana.row()
            for page in (ana, bo) * 30:
                await page.type(f"question:{row}", page.welcome["name"][0])
            await ana.saved()
            await bo.saved()
            await ana.until(lambda: len(ana.text(f"question:{row}")) == 60)
            return ana.seq or 0, row

    seq, row = asyncio.run(story())
    with EventStore.of(Folder(tmp_path)) as store:
        entries = list(store.entries(BOARD))
        assert [entry.seq for entry in entries] == list(range(1, seq + 1))
        assert {entry.actor for entry in entries} == {ANA.id, BO.id}

    async def again() -> str:
        async with house(tmp_path) as home:
            page = await home.open(ANA).enter()
            return page.text(f"question:{row}")

    assert sorted(asyncio.run(again())) == ["a"] * 30 + ["b"] * 30


def test_what_is_being_typed_as_a_board_closes_is_in_time_and_commands_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = {"kind": "phase.close"}

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            row = await ana.row()
            monkeypatch.setattr(rooms, "GRACE_S", 600.0)  # whatever else the machine does
            await home.hub.command(STUDY, BOARD, organiser(), {"id": "x", **closing})
            await ana.until(lambda: ana.state["board"]["main"]["phase"] == "closed")
            await ana.type(f"question:{row}", "under way")
            await ana.saved()
            await bo.until(lambda: bo.text(f"question:{row}") == "under way")
            assert await ana.command("row.add") == "phase_closed"
            # the time is over, and to close the board again gives no more
            monkeypatch.setattr(rooms, "GRACE_S", 0.0)
            await ana.type(f"question:{row}", " too late")
            await ana.until(lambda: ana.nacked)
            assert ana.nacked == "phase_closed"
            await asyncio.sleep(1.1)
            monkeypatch.setattr(rooms, "GRACE_S", 1.0)
            await home.hub.command(STUDY, BOARD, organiser(), {"id": "y", **closing})
            await bo.type(f"question:{row}", " again")
            await bo.until(lambda: bo.nacked)

    asyncio.run(story())

    async def after_a_restart() -> None:
        monkeypatch.setattr(rooms, "GRACE_S", 600.0)
        async with house(tmp_path) as home:
            ana = await home.open(ANA).enter()
            (row,) = ana.state["rows"]
            assert ana.text(f"question:{row}") == "under way"
            await ana.type(f"question:{row}", " much later")
            await ana.until(lambda: ana.nacked)

    asyncio.run(after_a_restart())


def test_a_locked_phase_refuses_typing_and_everything_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "GRACE_S", 0.0)

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            row = await ana.row()
            await ana.type(f"question:{row}", "before")
            await ana.saved()
            await home.hub.command(STUDY, BOARD, organiser(), {"id": "x", "kind": "phase.close"})
            await ana.until(lambda: ana.state["board"]["main"]["phase"] == "closed")
            await ana.type(f"question:{row}", " after")
            await ana.type(f"question:{row}", " and more")
            await ana.until(lambda: ana.nacked)
            assert ana.nacked == "phase_closed"
            assert await bo.command("row.add") == "phase_closed"
            await home.hub.command(STUDY, BOARD, organiser(), {"id": "y", "kind": "phase.open"})
            fresh = await home.open(BO).enter()
            assert fresh.text(f"question:{row}") == "before"
            # the page that was refused begins anew, and only then is heard again
            ana.doc = type(ana.doc)()
            await ana.enter()
            await ana.type(f"question:{row}", "!")
            await ana.saved()
            await fresh.until(lambda: fresh.text(f"question:{row}") == "before!")

    asyncio.run(story())


@pytest.mark.parametrize("how", ["foreign", "organiser's", "unknown root", "garbage", "gap"])
def test_forged_updates_are_refused_and_leave_no_trace(tmp_path: Path, how: str) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            name = f"question:{await ana.row()}"
            await bo.type(name, "mine")
            await bo.saved()
            await ana.until(lambda: ana.text(name) == "mine")
            before = ana.seq
            forged = {
                "foreign": lambda: ana.edit(name, "Bo said so", client=bo.client),
                "organiser's": lambda: ana.edit(name, "nobody's", client=7),
                "unknown root": lambda: ana.edit("question:zzzzzzzz", "hidden"),
                "garbage": lambda: b"\x01\x02\x03\xff\xff",
                "gap": lambda: [ana.edit(name, "lost"), ana.edit(name, "late")][1],
            }[how]()
            await ana.update(forged)
            await ana.until(lambda: ana.nacked)
            expected = {
                "foreign": "foreign_client", "organiser's": "foreign_client", "unknown root": "unknown_root",
                "garbage": "malformed", "gap": "gap",
            }  # fmt: skip
            assert ana.nacked == expected[how]
            assert bo.seq == before
            assert bo.text(name) == "mine"

    asyncio.run(story())


def test_a_page_that_comes_back_hands_over_its_ids_and_loses_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            old, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            name = f"question:{await old.row()}"
            await old.type(name, "one ")
            await old.saved()
            unsent = old.edit(
                name, "two "
            )  # typed while the network was away; the server still believes in the old socket

            back = home.open(ANA)
            back.doc = old.doc
            await back.enter(epoch=old.epoch, previous=old.clients)
            await old.until(lambda: old.closed == "taken_over")
            await back.update(unsent)
            await back.saved()
            await bo.until(lambda: bo.text(name) == "one two ")
            await back.update(unsent)  # a lost acknowledgement: sent again, it is known, and acknowledged
            seq = back.seq
            await back.saved()
            assert back.seq == seq
            assert bo.text(name) == "one two "

    asyncio.run(story())


def test_two_live_pages_never_share_a_client_id(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            one, two = await home.open(ANA).enter(), await home.open(ANA).enter()
            assert one.client != two.client
            name = f"question:{await one.row()}"
            await two.until(lambda: name.removeprefix("question:") in two.state["rows"])
            await two.update(two.edit(name, "as the other tab", client=one.client))
            await two.until(lambda: two.nacked)
            assert two.nacked == "client_live_elsewhere"

    asyncio.run(story())


def test_another_epoch_must_not_merge(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            page = home.open(ANA)
            await page.hello(epoch=99)
            await page.until(lambda: page.closed)
            assert page.closed == "epoch"

    asyncio.run(story())


@pytest.mark.parametrize(
    ("doc", "code"),
    [
        ("board/B/questions", "not_yours"),
        ("board/Z/questions", "not_yours"),
        ("board/A/secrets", "unknown_document"),
        ("workshop", "not_yours"),
        ("curate", "unknown_document"),
        ("../../identity.db", "unknown_document"),
    ],
)
def test_other_documents_stay_closed(tmp_path: Path, doc: str, code: str) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            page = home.open(ANA, doc)
            await page.hello()
            await page.until(lambda: page.closed)
            assert page.closed == code

    asyncio.run(story())


def test_a_removed_person_is_out_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            row = await ana.row()
            command = {"id": "r", "kind": "member.remove", "person": ANA.id}
            await home.hub.command(STUDY, "workshop", organiser(), command)
            await ana.until(lambda: ana.closed)
            assert ana.closed == "removed"
            await ana.type(f"question:{row}", "I am still here")
            await bo.type(f"question:{row}", "no")
            await bo.saved()
            assert bo.text(f"question:{row}") == "no"
            again = home.open(ANA)
            await again.hello()
            await again.until(lambda: again.closed)
            assert again.closed == "removed"

    asyncio.run(story())


def test_a_command_sent_twice_is_done_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            assert await ana.command("row.add", id="same") == "done"
            assert await ana.command("row.add", id="same") == "done"
            assert len(ana.state["rows"]) == 1
            assert await bo.command("row.add", id="same") == "done"  # another person's id is another id
            await ana.until(lambda: len(ana.state["rows"]) == 2)
            assert [event["cmd"] for event in ana.events if event["actor"] == BO.id and event["cmd"]] == []

    asyncio.run(story())


def test_presence_is_stamped_by_the_server(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            await bo.frame(4, b'{"text": "question:x", "anchor": null, "head": null, "name": "Ana", "person": "p_ana"}')
            await ana.until(lambda: ana.present.get(bo.client or 0, {}).get("text") == "question:x")
            assert ana.present[bo.client or 0]["name"] == "bo"
            assert ana.present[bo.client or 0]["person"] == BO.id
            bo.hang_up()  # type: ignore[attr-defined]
            await ana.until(lambda: bo.client not in ana.present)

    asyncio.run(story())


def test_a_sleeping_reader_is_told_to_begin_anew_and_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seedbed.server.live.connection.MOST_FRAMES", 20)

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            awake = asyncio.Event()
            awake.set()
            ana, bo = await home.open(ANA).enter(), await home.open(BO, slow=awake).enter()
            name = f"question:{await ana.row()}"
            await bo.until(lambda: name.removeprefix("question:") in bo.state["rows"])
            awake.clear()
            for _ in range(60):
                await ana.type(name, "y")
                await ana.saved()
            awake.set()
            await bo.until(lambda: bo.resyncs == 1)
            await bo.sync()
            assert bo.text(name) == ana.text(name)
            await ana.type(name, "and on")
            await bo.until(lambda: bo.text(name).endswith("and on"))

    asyncio.run(story())


def test_model_text_enters_under_a_client_nobody_may_write_with(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            name = f"question:{await ana.row()}"
            await ana.type(name, "Human. ")
            await ana.saved()
            await home.hub.called(
                STUDY, BOARD, ANA, model_called("call1", endpoint="local", model="small", reply="Modèle 😀.")
            )
            assert await bo.command("model.use", call="call1", text=name, position="end") == "not_yours"
            assert await ana.command("model.use", call="call1", text=name, position="end") == "done"
            await bo.until(lambda: bo.text(name) == "Human. Modèle 😀.")
            (client,) = [int(id) for id, value in bo.state["clients"].items() if value["call"] == "call1"]
            assert bo.state["clients"][str(client)]["person"] == ANA.id
            await ana.until(lambda: ana.text(name) == bo.text(name))
            await ana.update(ana.edit(name, " And I say so too.", client=client))
            await ana.until(lambda: ana.nacked)
            assert ana.nacked == "foreign_client"

    asyncio.run(story())


def test_what_the_disk_refuses_is_neither_acknowledged_nor_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("no room")

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            name = f"question:{await ana.row()}"
            await ana.type(name, "kept")
            await ana.saved()
            await bo.until(lambda: bo.text(name) == "kept")
            with monkeypatch.context() as disk:
                disk.setattr(EventStore, "commit", full)
                disk.setattr(Turn, "write", full)
                unsaved = ana.edit(name, " and this")
                await ana.update(unsaved)
                await ana.until(lambda: ana.closed)
                assert ana.closed == "storage"
                assert ana.acknowledged < ana.number
                await bo.until(lambda: bo.closed)
                assert bo.text(name) == "kept"
            # when there is room again, the pages come back and what they still hold is taken
            await bo.enter(epoch=bo.epoch, previous=bo.clients)
            await ana.enter(epoch=ana.epoch, previous=ana.clients)
            await ana.update(unsaved)
            await ana.saved()
            await bo.until(lambda: bo.text(name) == "kept and this")

    asyncio.run(story())


def test_who_is_moved_while_a_board_is_read_does_not_get_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, go = threading.Event(), threading.Event()
    real = LiveStudy._read

    def slowly(self: LiveStudy, doc: str) -> Any:
        reading.set()
        assert go.wait(10)
        return real(self, doc)

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            monkeypatch.setattr(LiveStudy, "_read", slowly)
            ana = home.open(ANA)
            await ana.hello()
            await asyncio.to_thread(reading.wait, 10)
            command = {"id": "m", "kind": "member.move", "person": ANA.id, "group": "B"}
            await home.hub.command(STUDY, "workshop", organiser(), command)
            go.set()
            await ana.until(lambda: ana.closed or ana.welcome)
            assert ana.closed == "not_yours"

    asyncio.run(story())


def test_an_erasure_that_waits_for_a_board_to_be_read_leaves_nobody_in_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, go = threading.Event(), threading.Event()
    real = LiveStudy._read

    async def write() -> str:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            bo = await home.open(BO).enter()
            name = f"question:{await bo.row()}"
            await bo.type(name, "to be erased")
            await bo.saved()
            return name

    def slowly(self: LiveStudy, doc: str) -> Any:
        read = real(self, doc)
        reading.set()
        assert go.wait(10)
        return read

    async def story(name: str) -> None:
        async with house(tmp_path) as home:
            with monkeypatch.context() as patched:
                patched.setattr(LiveStudy, "_read", slowly)
                ana = home.open(ANA)
                entering = asyncio.create_task(ana.enter())
                await asyncio.to_thread(reading.wait, 10)
                erasing = asyncio.create_task(home.hub.redact(STUDY, BO.id))
                await asyncio.sleep(0.05)
                go.set()
                await erasing
                await entering
            assert ana.text(name) == ""
            assert ana.epoch == 2
            await ana.type(name, "on")
            await ana.saved()
            other = await home.open(ANA).enter()
            assert other.text(name) == "on"

    asyncio.run(story(asyncio.run(write())))


def test_what_could_not_be_told_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise ValueError("a frame that cannot be made")

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            name = f"question:{await ana.row()}"
            await bo.until(lambda: name.removeprefix("question:") in bo.state["rows"])
            with monkeypatch.context() as patched:
                patched.setattr("seedbed.server.live.frames.updates", broken)
                await ana.type(name, "one ")
                await bo.until(lambda: bo.resyncs)
                await ana.until(lambda: ana.resyncs)
            await bo.sync()
            await ana.sync()
            await ana.type(name, "two")
            await ana.saved()
            await bo.until(lambda: bo.text(name) == "one two")

    asyncio.run(story())


def test_memory_that_may_be_half_changed_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def panic(*_: object) -> None:
        raise Broken("the library failed")

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            name = f"question:{await ana.row()}"
            await ana.type(name, "kept")
            await ana.saved()
            with monkeypatch.context() as patched:
                patched.setattr(Document, "accept", panic)
                await ana.type(name, " and lost")
                await bo.until(lambda: bo.closed)
            assert bo.closed == "storage"
            await bo.enter(previous=bo.clients)
            await bo.type(name, "!")
            await bo.saved()
            assert bo.text(name) == "kept!"

    asyncio.run(story())


def test_a_channel_hears_nothing_of_the_board_it_left(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            page = await home.open(ANA).enter()
            name = f"question:{await page.row()}"
            update = page.edit(name, "known")
            await page.update(update)
            await page.saved()
            # while something is on its way to the disk: an update that is known, and the channel is another board's
            page.heard.clear()
            await page.type(name, "on its way")
            await page.update(update)
            page.name = "board/A/triples"
            await page.hello()
            await page.until(lambda: Down.WELCOME in page.heard)
            await page.sync()
            assert Down.ACK not in page.heard[page.heard.index(Down.WELCOME) :]
            assert page.nacked is None

    asyncio.run(story())


def test_a_board_that_cannot_be_read_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: object) -> None:
        raise StorageError("unreadable")

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            monkeypatch.setattr(LiveStudy, "_read", damaged)
            ana = home.open(ANA)
            await ana.hello()
            await ana.until(lambda: ana.closed)
            assert ana.closed == "storage"

    asyncio.run(story())
