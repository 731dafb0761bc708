"""One socket: what breaks the protocol ends it, a flood is slowed, and nothing it does reaches anybody else."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from seedbed.server.live import budget, connection
from seedbed.server.live.frames import Down, Up
from tests.server.house import house, participant

ANA, BO = participant("ana"), participant("bo")


@pytest.mark.parametrize(
    "message",
    [
        b"", b"\x00", b"\x63\x01", b"\x01\x01not json", b"\x01\x01[]", b"\x01\x01{}",
        b'\x01\x01{"protocol": 2, "doc": "board/A/questions"}',
        b'\x01\x01{"protocol": 1, "doc": 5}',
        b'\x01\x01{"protocol": 1, "doc": "board/A/questions", "previous": "x"}',
        b'\x01\x01{"protocol": 1, "doc": "board/A/questions", "epoch": "1"}',
        b'\x01\x01{"protocol": 1, "doc": "board/A/questions", "previous": [true]}',
        b"\x02\x01\xff\xff\xff", b"\x02\x01\x01\x01", b"\x03\x01\x05late", b"\x05\x01[]",
        b'\x04\x01{"text": 5}', b'\x04\x01{"anchor": "' + b"x" * 300 + b'"}',
    ],
)  # fmt: skip
def test_what_breaks_the_protocol_ends_the_socket_and_harms_nobody(tmp_path: Path, message: bytes) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            name = f"question:{await bo.row()}"
            await ana._send(message)
            await ana.until(lambda: ana.closed)
            await bo.type(name, "unharmed")
            await bo.saved()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"kind": "row.add"}, "bad_command"),
        ({"id": "x", "kind": "row.drop"}, "bad_command"),
        ({"id": "x", "kind": "row.add", "actor": "p_bo"}, "bad_command"),
        ({"id": "x", "kind": "row.add", "at": "2020-01-01"}, "bad_command"),
        ({"id": "x", "kind": "row.set", "row": "nowhere2", "field": "topic", "value": "x"}, "unknown_row"),
        ({"id": "x", "kind": "phase.close"}, "not_yours"),
        ({"id": "x", "kind": "member.remove", "person": "p_bo"}, "bad_command"),
        ({"id": "x" * 65, "kind": "row.add"}, "bad_command"),
        ({"id": ["x"], "kind": "row.add"}, "bad_command"),
        ({"id": "x", "kind": {"a": 1}}, "bad_command"),
    ],
)
def test_commands_that_are_none_are_refused_and_change_nothing(tmp_path: Path, asked: object, code: str) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana = await home.open(ANA).enter()
            before = ana.seq
            await ana.frame(Up.CMD, json.dumps(asked).encode())
            await ana.until(lambda: Down.REFUSED in ana.heard)
            assert list(ana.answers.values()) == [code]
            await ana.sync()
            assert ana.seq == before

    asyncio.run(story())


def test_a_flood_is_slowed_and_not_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "FRAMES_A_SECOND", 100.0)
    monkeypatch.setattr(budget, "FRAMES_AT_ONCE", 20.0)

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            name = f"question:{await ana.row()}"
            began = time.monotonic()
            for _ in range(100):
                await ana.type(name, "x")
            await bo.type(name, "y")
            await bo.saved()
            assert time.monotonic() - began < 0.5  # nobody else waits
            await ana.saved()
            assert time.monotonic() - began > 0.6  # 80 over the burst at 100 a second
            assert ana.text(name).count("x") == 100

    asyncio.run(story())


def test_silence_ends_the_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SILENCE", 0.2)
    monkeypatch.setattr(connection, "LOOK_EVERY", 0.05)

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            ana = await home.open(ANA).enter()
            for _ in range(8):
                await asyncio.sleep(0.05)
                await ana._send(bytes((Up.PING, 0)))
            assert ana.closed is None
            await ana.until(lambda: ana.closed)
            assert ana.closed == "silence"

    asyncio.run(story())


def test_one_socket_holds_several_documents_and_not_many(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            page = await home.open(ANA).enter()
            for channel in range(2, 12):
                hello = {"protocol": 1, "doc": "board/A/triples", "epoch": None, "previous": []}
                await page._send(bytes((Up.HELLO, channel)) + json.dumps(hello).encode())
            await page.until(lambda: page.closed)
            assert page.closed == "too many documents"

    asyncio.run(story())


def test_a_revoked_session_is_out_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            name = f"question:{await ana.row()}"
            await home.hub.revoked(session=ANA.session)
            await ana.until(lambda: ana.closed)
            await ana.type(name, "late")
            await bo.type(name, "and I am still here")
            await bo.saved()
            await bo.sync()
            assert bo.text(name) == "and I am still here"

    asyncio.run(story())


def test_who_is_signed_out_is_not_heard_although_they_do_not_read(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            awake = asyncio.Event()
            awake.set()
            ana, bo = await home.open(ANA, slow=awake).enter(), await home.open(BO).enter()
            rows = len(bo.state["rows"])
            awake.clear()  # and so the word that ends the socket cannot be sent
            await bo.command("row.add")
            await home.hub.revoked(session=ANA.session)
            await ana.hello()
            await ana.frame(Up.CMD, json.dumps({"id": "late", "kind": "row.add"}).encode())
            await asyncio.sleep(0.1)
            await bo.sync()
            assert len(bo.state["rows"]) == rows + 1
            assert list(bo.present) == [bo.client] or not bo.present

    asyncio.run(story())


def test_an_overflow_drops_no_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST_FRAMES", 20)

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            awake = asyncio.Event()
            awake.set()
            ana, bo = await home.open(ANA).enter(), await home.open(BO, slow=awake).enter()
            name = f"question:{await ana.row()}"
            await bo.until(lambda: name.removeprefix("question:") in bo.state["rows"])
            awake.clear()
            await ana.type(name, "y")  # on its way to Bo, who does not take it
            await ana.saved()
            await bo.update(b"\xff")
            for _ in range(60):
                await ana.type(name, "y")
                await ana.saved()
            awake.set()
            await bo.until(lambda: bo.resyncs)
            assert bo.nacked == "malformed"

    asyncio.run(story())
