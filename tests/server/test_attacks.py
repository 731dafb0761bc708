"""What hostile people send to the real server's socket: it reaches nobody else, and honest people go on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from seedbed.server.identity import Who
from seedbed.server.live import rooms
from seedbed.server.live.frames import Up
from seedbed.server.live.hub import Hub
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.sync.update import ANY, STRING, Section, Struct, Update, write
from seedbed.workshop import model_called
from tests.server.attackers import (
    BOARD,
    CONTINUATION,
    PING,
    TEXT,
    Pair,
    Raw,
    hello,
    masked,
    page,
    pair,
)
from tests.server.page import Page
from tests.server.served import PASSWORD, Browser, Served, make_studies, serving
from tests.server.test_hosting import started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attacked")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    with serving(folder, "pilot", "other") as found:
        yield found


@pytest.fixture(scope="module")
def olga(server: Served) -> Browser:
    return server.organiser()


@pytest.fixture(scope="module")
def ana(server: Served, olga: Browser) -> Browser:
    return server.joined("pilot", "Ana", by=olga)


@pytest.fixture(scope="module")
def bo(server: Served, olga: Browser) -> Browser:
    return server.joined("pilot", "Bo", by=olga)


@pytest.fixture
def eve(server: Served, olga: Browser) -> Browser:
    """Somebody new each time: what one did before is held against them."""
    return server.joined("pilot", "Eve", by=olga)


def run(story: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60):
            await story

    asyncio.run(bounded())


def events(folder: Path, kind: str, actor: str) -> int:
    with EventStore.of(Folder(folder / "pilot")) as store:
        return sum(event.kind == kind and event.actor == actor for event in store.read(BOARD))


def me(browser: Browser) -> str:
    return str(browser.get("/api/me").json()["id"])


# -- forged text -------------------------------------------------------------------------------------------------------


def _struct(page: Page, text: str, words: str = "x", *, clock: int = 0, kind: int = STRING, raw: bytes = b"") -> bytes:
    length = len(words.encode("utf-16-le")) // 2
    struct = Struct(kind, 0, clock, length, None, None, text, None, words, raw)
    return write(Update([Section(page.client or 0, [struct])], []))


def _half(honest: Pair, forger: Page) -> bytes:
    """Text put between the two halves of Ana's emoji."""
    client = honest.writer.client or 0
    struct = Struct(STRING, 0x80, 0, 1, (client, 0), None, None, None, "x")
    return write(Update([Section(forger.client or 0, [struct])], []))


_FORGERIES: dict[str, tuple[str, Callable[[Pair, Page], bytes]]] = {
    "author": ("foreign_client", lambda honest, forger: forger.edit(honest.text, "I", client=honest.reader.client)),
    "nobody": ("foreign_client", lambda honest, forger: forger.edit(honest.text, "I", client=7)),
    "another board's text": ("unknown_root", lambda honest, forger: _struct(forger, "question:zzzzzzzz")),
    "half an emoji": ("surrogate", _half),
    "clock gap": ("gap", lambda honest, forger: _struct(forger, honest.text, clock=5)),
    "no text": ("bad_content", lambda honest, forger: _struct(forger, honest.text, kind=ANY, raw=b"\x01\x7d\x01")),
    "cell too long": ("cell_full", lambda honest, forger: _struct(forger, honest.text, "x" * 10_001)),
    "too large": ("too_large", lambda honest, forger: _struct(forger, honest.text, "x" * 131_073)),
    "noise": ("malformed", lambda honest, forger: b"\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
}


@pytest.mark.parametrize("how", _FORGERIES)
def test_forged_text_reaches_nobody(server: Served, ana: Browser, bo: Browser, eve: Browser, how: str) -> None:
    code, forge = _FORGERIES[how]

    async def story() -> None:
        async with pair(ana, bo) as honest, page(eve) as forger:
            await honest.writer.type(honest.text, "😀", at=0)
            await honest.writer.saved()
            await forger.until(lambda: forger.text(honest.text) == "😀")
            await forger.update(forge(honest, forger))
            await forger.update(_struct(forger, honest.text))  # nor what follows it
            await forger.until(lambda: forger.nacked)
            assert forger.nacked == code
            await honest.once()
            assert honest.reader.text(honest.text) == "h😀"
            assert honest.reader.seq == honest.writer.seq

    run(story())


def test_a_message_beyond_the_limit_ends_its_socket_only(ana: Browser, bo: Browser, eve: Browser) -> None:
    async def story() -> None:
        async with pair(ana, bo) as honest, page(eve) as big:
            with contextlib.suppress(Exception):
                await big._send(bytes((Up.UPDATE, 1, 1)) + bytes(5_000_000))
            await big.until(lambda: big.closed)
            await honest.once()

    run(story())


def test_a_guessed_row_is_no_row(ana: Browser, olga: Browser, eve: Browser) -> None:
    async def story() -> None:
        async with page(olga, "board/B/questions") as theirs, page(eve) as own:
            row = await theirs.row()
            assert await own.command("row.set", row=row, field="topic", value="mine") == "unknown_row"
            assert await own.command("row.remove", row=row) == "unknown_row"
            await own.update(_struct(own, f"question:{row}"))
            await own.until(lambda: own.nacked)
            assert own.nacked == "unknown_root"
            await theirs.sync()
            assert theirs.text(f"question:{row}") == ""

    run(story())


@pytest.mark.parametrize("doc", ["board/B/questions", "board/B/triples", "workshop", "board/A/\ud800", "board/A/\0"])
def test_other_documents_stay_closed(eve: Browser, doc: str) -> None:
    async def story() -> None:
        async with page(eve, doc, enter=False) as found:
            await found.hello()
            await found.until(lambda: found.closed)
            assert found.closed in ("not_yours", "unknown_document", "not JSON")
            assert not found.state

    run(story())


def test_a_session_of_another_study_opens_no_socket(server: Served, olga: Browser) -> None:
    stranger = server.joined("other", "Stan", by=olga)

    async def story() -> None:
        with pytest.raises(InvalidStatus) as refused:
            async with page(stranger, study="pilot"):
                pass
        assert refused.value.response.status_code == 403

    run(story())


def test_a_closed_phase_takes_nothing(
    ana: Browser, bo: Browser, olga: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "GRACE_S", 0.0)

    async def story() -> None:
        async with pair(ana, bo) as honest, page(olga) as lead:
            try:
                # what is on its way when the board closes falls on one side, for everybody the same
                sent = [honest.writer.edit(honest.text, "h", at=0) for _ in range(40)]
                typing = asyncio.gather(*(honest.writer.update(update) for update in sent))
                assert await lead.command("phase.close") == "done"
                await typing
                await honest.writer.type(honest.text, "late")
                await honest.writer.until(lambda: honest.writer.nacked)
                assert honest.writer.nacked == "phase_closed"
                await lead.sync()
                assert lead.text(honest.text) == "h" * honest.writer.acknowledged
            finally:
                assert await lead.command("phase.open") == "done"

    run(story())


# -- frames that are none ----------------------------------------------------------------------------------------------

_DEEP = b"[" * 60_000
_BAD = {
    "deep": b'\x05\x01{"id":"x","kind":"row.add","after":' + _DEEP,
    "deep and closed": b'\x05\x01{"id":"x","kind":"row.add","after":' + _DEEP + b"]" * 60_000 + b"}",
    "huge number": b'\x05\x01{"id":"x","n":' + b"9" * 100_000 + b"}",
    "not a number": b'\x05\x01{"id":"x","kind":"row.add","after":NaN}',
    "half an emoji as a name": b'\x05\x01{"id":"\\ud83d","kind":"row.add"}',
    "half an emoji as presence": b'\x04\x01{"text":"\\ud83d"}',
    "half an emoji in bytes": b'\x04\x01{"text":"\xed\xa0\xbd"}',
    "heavy presence": b'\x04\x01{"text":"' + "😀".encode() * 200 + b'"}',
    "UTF-16": b"\x04\x01" + '{"text":"x"}'.encode("utf-16"),
    "no channel": b"\x05\x40{}",
    "an endless number": b"\x03\x01" + b"\xff" * 100,
    "state vector": b"\x02\x01" + b"\xff" * 100,
    "previous": b'\x01\x02{"protocol":1,"doc":"board/A/questions","previous":[' + b"1," * 64 + b"1]}",
}


@pytest.mark.parametrize("what", _BAD)
def test_broken_frames_end_their_socket_and_nothing_else(ana: Browser, bo: Browser, eve: Browser, what: str) -> None:
    async def story() -> None:
        async with pair(ana, bo) as honest, page(eve) as broken:
            await broken._send(_BAD[what])
            await broken.until(lambda: broken.closed)
            await asyncio.sleep(0.15)  # a round of presence
            # who begins anew is told who is here, with what the broken page said of itself
            async with page(ana) as fresh:
                assert len(fresh.state["rows"]) == len(honest.writer.state["rows"])
            await honest.once()

    run(story())


def test_the_last_of_two_keys_counts_for_the_server_alone(eve: Browser) -> None:
    async def story() -> None:
        async with page(eve) as found:
            await found.frame(Up.CMD, b'{"id":"a","id":"b","kind":"phase.close","kind":"row.add","kind":"phase.close"}')
            await found.until(lambda: found.answers)
            assert found.answers == {"b": "not_yours"}

    run(story())


def test_a_long_id_is_not_sent_back(eve: Browser) -> None:
    async def story() -> None:
        async with page(eve) as found:
            await found.frame(Up.CMD, json.dumps({"id": "x" * 100_000, "kind": "row.add"}).encode())
            await found.until(lambda: found.answers)
            assert found.answers == {"": "bad_command"}

    run(story())


def test_names_do_not_reorder_what_stands_beside_them(server: Served, olga: Browser, ana: Browser) -> None:
    turned = server.joined("pilot", "\u202eanA\u2066", by=olga)

    async def story() -> None:
        async with page(ana) as honest, page(turned):
            await honest.until(lambda: len(honest.present) == 2)
            names = {shown["name"] for shown in honest.present.values()}
            assert names == {"Ana", "anA 2"}  # one without the control, and not to be taken for the other

    run(story())


# -- a model's text ----------------------------------------------------------------------------------------------------


def test_a_models_text_goes_to_no_place_that_is_none(server: Served, ana: Browser, bo: Browser) -> None:
    hub: Hub = server.app.state.hub
    loop = hub.study("pilot").commits._loop
    who = Who(me(ana), "Ana", "participant", "pilot", "A", "")

    async def story() -> None:
        async with pair(ana, bo) as honest:
            await honest.once()
            other = await honest.writer.row()
            called = hub.called(
                "pilot", BOARD, who, model_called("hostile1", endpoint="e", model="m", reply="Reply 😀.")
            )
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(called, loop))
            client = honest.writer.client
            places: list[tuple[Any, str]] = [
                ({"item": {"client": client, "clock": 10**9}}, "unknown_reference"),
                ({"item": {"client": 7, "clock": 0}}, "unknown_reference"),
                ({"item": {"client": client, "clock": -1}}, "bad_command"),
                ({"item": {"client": 2**40, "clock": 0}}, "bad_command"),
                ({"item": {"client": client, "clock": 0, "x": 1}}, "bad_command"),
                ({"tname": "question:zzzzzzzz"}, "unknown_root"),
                ({"type": {"client": client, "clock": 0}}, "bad_command"),
                ({"assoc": 2**40, "tname": honest.text}, "bad_command"),
                ({}, "bad_command"),
                ("start", "bad_command"),
            ]
            for position, code in places:
                asked = await honest.writer.command("model.use", call="hostile1", text=honest.text, position=position)
                assert asked == code, position
            elsewhere = {"item": {"client": client, "clock": 0}}
            use = {"call": "hostile1", "text": f"question:{other}", "position": elsewhere}
            assert await honest.writer.command("model.use", **use) == "unknown_root"
            assert await honest.reader.command("model.use", call="hostile1", text=honest.text, position="end") == (
                "not_yours"
            )
            await honest.once()

    run(story())


# -- floods ------------------------------------------------------------------------------------------------------------


def _aware(number: int) -> bytes:
    return (
        bytes((Up.AWARE, 1)) + json.dumps({"text": "x" * 200, "anchor": "y" * 200, "head": f"{number:0200}"}).encode()
    )


_FLOODS: dict[str, tuple[bytes, bytes]] = {
    # name: what is sent once, what is sent again and again
    "pings of the page": (b"", masked(b"\x06\0") * 20_000),
    "pings of the protocol": (b"", masked(b"", opcode=PING) * 20_000),
    "large pings": (b"", masked(b"x" * 125, opcode=PING) * 2000),
    "pieces of nothing": (masked(b"\x06", last=False), masked(b"", opcode=CONTINUATION, last=False) * 20_000),
    "text": (b"", masked(b"text", opcode=TEXT) * 5000),
    "HELLO": (b"", masked(hello()) * 500),
    "HELLO and LEAVE": (b"", (masked(hello()) + masked(b"\x07\x01")) * 500),
    "SYNC1": (masked(hello()), masked(b"\x02\x01\0") * 5000),
    "presence": (masked(hello()), b"".join(masked(_aware(number)) for number in range(200))),
    "commands": (masked(hello()), masked(b'\x05\x01{"id":"x","kind":"row.drop"}') * 2000),
    "updates": (masked(hello()), masked(b"\x03\x01\x01" + bytes(30_000)) * 20),
    "noise": (b"", bytes(range(1, 256)) * 100),
}


@pytest.mark.parametrize(
    ("what", "reads"),
    [(what, True) for what in _FLOODS] + [(what, False) for what in ("large pings", "SYNC1", "presence")],
)
def test_honest_people_go_on_in_a_flood(ana: Browser, bo: Browser, eve: Browser, what: str, reads: bool) -> None:
    first, again = _FLOODS[what]

    async def story() -> None:
        async with pair(ana, bo) as honest:
            flood = await Raw.open(eve)
            flood.writer.write(first)
            delays: list[float] = []
            typing = asyncio.create_task(honest.keep_on(delays))
            until = time.monotonic() + 15
            while len(delays) < 3 and time.monotonic() < until:
                await flood.pump(again, 0.2, read=reads)
                await asyncio.sleep(0.05)
            flood.abort()
            typing.cancel()
            await asyncio.gather(typing, return_exceptions=True)
            assert len(delays) >= 3
            await honest.writer.sync()
            assert honest.reader.text(honest.text) == honest.writer.text(honest.text)

    run(story())


def test_a_thousand_hellos_leave_few_entries(folder: Path, eve: Browser) -> None:
    async def story() -> None:
        for _ in range(4):  # nor do fresh sockets help
            flood = await Raw.open(eve)
            await flood.pump((masked(hello()) + masked(b"\x07\x01")) * 1000, 0.5)
            flood.abort()

    run(story())
    time.sleep(0.3)
    assert 10 <= events(folder, "client.issued", me(eve)) <= 70  # 50 at once, then one in two seconds


def test_asking_for_everything_again_and_again_is_slowed(ana: Browser, bo: Browser, eve: Browser) -> None:
    async def story() -> None:
        async with pair(ana, bo) as honest:
            for _ in range(6):
                row = await honest.writer.row()
                await honest.writer.type(f"question:{row}", "x" * 9900)
            await honest.writer.saved()
            got = 0
            for _ in range(3):
                flood = await Raw.open(eve)
                flood.writer.write(masked(hello()))
                got += await flood.pump(masked(b"\x02\x01\0") * 2000, 0.7)
                flood.abort()
            assert 1e6 < got < 12e6  # 8 MB at once, then 128 KB a second
            await honest.once()

    run(story())


def test_who_reads_nothing_is_cut_and_not_kept(server: Served, ana: Browser, eve: Browser) -> None:
    async def story() -> None:
        deaf = await Raw.open(eve)
        deaf.writer.write(masked(hello()))
        await deaf.pump(masked(b"\x02\x01\0") * 100, 1.5, read=False)
        # signed out while megabytes wait for it: the session's socket is not a moment longer a way in
        assert eve.post("/api/logout").status_code == 204
        deaf.writer.write(masked(hello(channel=2)) + masked(b'\x05\x02{"id":"late","kind":"row.add"}'))
        await asyncio.sleep(0.5)
        hub: Hub = server.app.state.hub
        assert all(seat.member.id != gone for room in hub.study("pilot").rooms() for seat in room.seats)
        async with page(ana) as honest:
            assert all(row["by"] != gone for row in honest.state["rows"].values())
        for _ in range(80):  # five seconds are given to take what was said before
            if all(who.id != gone for who in hub._connections.values()):
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("still connected")
        deaf.abort()

    gone = me(eve)
    run(story())


def test_a_stolen_link_is_withdrawn_and_its_guest_removed_while_typing(
    folder: Path, server: Served, olga: Browser, bo: Browser
) -> None:
    made = olga.post("/api/studies/pilot/links", {"group": "A", "role": "participant"}).json()
    code = made["url"].rpartition("/")[2]
    thief = server.browser()
    assert thief.post(f"/api/join/{code}", {"name": "Thief"}).status_code == 200
    person = me(thief)

    async def story() -> None:
        async with pair(thief, bo) as guests:
            typed = asyncio.create_task(guests.keep_on([]))
            await asyncio.sleep(0.2)
            assert (await asyncio.to_thread(olga.delete, f"/api/studies/pilot/links/{made['id']}")).status_code == 204
            removed = await asyncio.to_thread(olga.post, f"/api/studies/pilot/people/{person}/remove")
            assert removed.status_code == 204, removed.text
            await guests.writer.until(lambda: guests.writer.closed)
            typed.cancel()
            await asyncio.gather(typed, return_exceptions=True)
            await guests.reader.sync()
            # everything that was acknowledged stays
            assert guests.reader.text(guests.text).count("h") >= guests.writer.acknowledged
        with pytest.raises(InvalidStatus):
            async with page(thief):
                pass

    run(story())
    assert server.browser().post(f"/api/join/{code}", {"name": "Thief"}).status_code == 410


# -- before anybody is known -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cookie", ['a="' + "\\" * 100_000 + '"', 'a="' + "\\1" * 40_000 + '"', ";" * 60_000, "=;" * 9])
def test_a_cookie_is_no_riddle(server: Served, cookie: str) -> None:
    for path in ("/api/me", "/", "/api/studies"):
        began = time.monotonic()
        answer = httpx.get(f"{server.url}{path}", headers={"Cookie": cookie}, timeout=30, trust_env=False)
        assert answer.status_code in (200, 401, 404)
        assert time.monotonic() - began < 2  # the first took half a minute, and the whole server with it


def test_the_head_of_a_request_is_bounded(server: Served) -> None:
    def ask() -> None:
        httpx.get(f"{server.url}/api/health", headers={"X": "x" * 20_000_000}, timeout=30, trust_env=False)

    with pytest.raises(httpx.TransportError):
        ask()
    assert httpx.get(f"{server.url}/api/health", trust_env=False).status_code == 200


def test_a_handshake_that_goes_nowhere_is_cut(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seedbed.server.live.wire._HANDSHAKE", 0.2)

    async def story() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
        lines = ("GET /api/studies/pilot/live HTTP/1.1", f"Host: {server.url[7:]}", "Upgrade: websocket",
                 "Connection: Upgrade", "Sec-WebSocket-Version: 13", "X: " + "x" * 20_000, "", "")  # fmt: skip
        writer.write("\r\n".join(lines).encode())
        assert await Raw(reader, writer).cut(5)
        writer.close()

    run(story())


# -- the bounds of a board ---------------------------------------------------------------------------------------------


def test_rows_have_an_end(tmp_path: Path) -> None:
    (study,) = make_studies(tmp_path, "pilot")
    settings = study / "study.toml"
    settings.write_text(settings.read_text().replace("\nrows = 500\n", "\nrows = 60\n"))
    with serving(tmp_path, "pilot") as small:
        eve = small.joined("pilot", "Eve")

        async def story() -> None:
            async with page(eve) as found:
                answers = [await found.command("row.add", id=f"r{number}") for number in range(70)]
                assert answers == ["done"] * 60 + ["document_full"] * 10
                await found.type(f"question:{next(iter(found.state['rows']))}", "still here")
                await found.saved()

        run(story())


def test_the_loop_stays_free_while_one_person_does_their_worst(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (study,) = make_studies(tmp_path, "pilot")
    with started(tmp_path, study, "--home", tmp_path / "home", "--port", 0) as process:
        found = process.wait_for(r"(http://127\.0\.0\.1:\d+)/setup#([\w-]{43})\n")
        url, token = found[1], found[2]
        with contextlib.ExitStack() as stack:

            def browser() -> Browser:
                return stack.enter_context(Browser(url))

            olga = browser()
            setup = {"token": token, "name": "Olga", "password": PASSWORD}
            assert olga.post("/api/setup", setup).status_code == 204
            link = olga.post("/api/studies/pilot/links", {"group": "A", "role": "participant"}).json()["url"]

            def joined(name: str) -> Browser:
                made = browser()
                assert made.post(f"/api/join/{link.rpartition('/')[2]}", {"name": name}).status_code == 200
                return made

            ana, bo, *eves = (joined(name) for name in ("Ana", "Bo", *_FLOODS))
            delays: list[float] = []

            async def attack() -> None:
                for eve, (first, again) in zip(eves, _FLOODS.values(), strict=True):
                    floods = [await Raw.open(eve) for _ in range(3)]
                    for flood in floods:
                        flood.writer.write(first)
                    await asyncio.gather(*(flood.pump(again, 0.5) for flood in floods))
                    for flood in floods:
                        flood.abort()

            async def story() -> None:
                async with pair(ana, bo) as honest:
                    typing = asyncio.create_task(honest.keep_on(delays))
                    await asyncio.to_thread(lambda: asyncio.run(attack()))
                    await honest.once()
                    typing.cancel()
                    await asyncio.gather(typing, return_exceptions=True)

            run(story())
            status = Path(f"/proc/{process.process.pid}/status")
            rss = int(status.read_text().partition("VmRSS:")[2].split()[0]) / 1024 if status.exists() else 0.0
        assert "Traceback" not in process.text()
    delays.sort()
    p50, p99 = delays[len(delays) // 2], delays[int(0.99 * (len(delays) - 1))]
    with capsys.disabled():
        print(
            f"\n  under attack: {len(delays)} characters, p50 {1e3 * p50:.0f} ms, p99 {1e3 * p99:.0f} ms, {rss:.0f} MB"
        )
    assert p50 < 0.3
    assert p99 < 3
    assert rss < 250
