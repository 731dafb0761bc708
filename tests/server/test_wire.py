"""The short way out: under uvicorn frames are written at once, in order, and what does not fit waits its turn."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.sync.client import connect

from seedbed.server.live import wire
from seedbed.server.live.budget import Budget
from seedbed.server.live.connection import Connection, Socket
from seedbed.server.live.frames import Down
from tests.server.served import serving


@given(st.integers(0, 70_000))
def test_the_head_is_that_of_a_binary_message(length: int) -> None:
    from websockets.frames import Frame, Opcode

    ours = wire._head(length) + bytes(length)
    assert ours == Frame(Opcode.BINARY, bytes(length)).serialize(mask=False)


def test_uvicorn_offers_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    real = wire.Wire.write

    def write(self: wire.Wire, message: bytes) -> bool:
        written.append(message)
        return real(self, message)

    monkeypatch.setattr(wire.Wire, "write", write)
    with serving(tmp_path, "pilot") as server:
        ana = server.joined("pilot", "Ana")
        address = f"{server.url.replace('http', 'ws')}/api/studies/pilot/live"
        with connect(address, additional_headers={"Cookie": ana.cookie()}, origin=server.url, max_size=None) as live:  # type: ignore[arg-type]
            live.send(b"\x06\x00")
            assert live.recv(timeout=5) == bytes((Down.PONG, 0))
    assert written == [bytes((Down.PONG, 0))]


def test_nothing_overtakes_what_waits() -> None:
    async def story() -> None:
        arrived: list[bytes] = []
        full, drained = True, asyncio.Event()

        def write(frame: bytes) -> bool:
            if full:
                return False
            arrived.append(frame)
            return True

        async def send(frame: bytes) -> None:
            await drained.wait()
            arrived.append(frame)

        async def receive() -> None:
            await asyncio.Event().wait()

        async def close(code: int, reason: str) -> None:
            pass

        async def enter(*_: object) -> None:
            pass

        connection = Connection(Socket(receive, send, close, write), enter, Budget())
        running = asyncio.create_task(connection.run())
        connection.send(b"1")
        await asyncio.sleep(0)
        full = False
        connection.send(b"2")  # the transport has room again, and yet 1 is still on its way
        await asyncio.sleep(0.01)
        connection.send(b"3")
        drained.set()
        await asyncio.sleep(0.01)
        connection.send(b"4")
        assert arrived == [b"1", b"2", b"3", b"4"]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(story())
