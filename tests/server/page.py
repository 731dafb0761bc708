"""A page without a browser: it speaks the frames and holds a pycrdt document, so that tests can watch every byte.

The real browser side is TypeScript, and tested in Chromium; this one is for what a browser would never do.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from pycrdt import Doc, Text

from seedbed.server.frames import PROTOCOL, Down, Up

Send = Callable[[bytes], Awaitable[None]]


def varuint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def read_varuint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


class Page:
    """One document on channel 1. `send` puts a message on the wire; `hear` is given each message that arrives."""

    def __init__(self, send: Send, doc: str = "board/A/questions", channel: int = 1) -> None:
        self._send = send
        self.name = doc
        self.channel = channel
        self.client: int | None = None
        self.clients: list[int] = []
        self.epoch: int | None = None
        self.welcome: dict[str, Any] = {}
        self.doc: Doc[Text] = Doc()
        self.seq: int | None = None
        self.state: dict[str, dict[str, Any]] = {}
        self.number = 0
        self.acknowledged = 0
        self.present: dict[int, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.answers: dict[str, str] = {}  # command id → "done" or the code of the refusal
        self.nacked: str | None = None
        self.closed: str | None = None
        self.resyncs = 0
        self.heard: list[Down] = []
        self._changed = asyncio.Event()

    # --- what arrives -------------------------------------------------------------------------------------------

    def hear(self, message: bytes) -> None:
        kind, at = Down(message[0]), 2
        self.heard.append(kind)
        if kind is Down.WELCOME:
            self.welcome = json.loads(message[at:])
            self.client, self.epoch = self.welcome["client"], self.welcome["epoch"]
            if self.client is not None:
                self.clients.append(self.client)
            self.number = self.acknowledged = 0
            self.nacked = self.closed = None
        elif kind is Down.SYNC2:
            self.seq, at = read_varuint(message, at)
            size, at = read_varuint(message, at)
            at += size
            size, at = read_varuint(message, at)
            self.doc.apply_update(message[at : at + size])
            self.state = json.loads(message[at + size :])
        elif kind is Down.ACK:
            self.acknowledged, at = read_varuint(message, at)
            self._advance(message, at)
        elif kind is Down.UPDATES:
            at = self._advance(message, at)
            while at < len(message):
                size, at = read_varuint(message, at)
                self.doc.apply_update(message[at : at + size])
                at += size
        elif kind is Down.EVENTS:
            at = self._advance(message, at)
            for event in json.loads(message[at:]):
                self.events.append(event)
                if event["cmd"]:
                    self.answers[event["cmd"]] = "done"
                for collection, id, value in event["changes"]:
                    if value is None:
                        self.state[collection].pop(id, None)
                    else:
                        self.state[collection][id] = value
        elif kind is Down.NACK:
            _, at = read_varuint(message, at)
            self.nacked = json.loads(message[at:])["code"]
        elif kind is Down.REFUSED:
            said = json.loads(message[at:])
            self.answers[said["id"]] = said["code"]
        elif kind is Down.PRESENCE:
            said = json.loads(message[at:])
            for person in said["here"]:
                self.present[person["client"]] = person
            for client in said["gone"]:
                self.present.pop(client, None)
        elif kind is Down.CLOSED:
            self.closed = json.loads(message[at:])["code"]
        elif kind is Down.RESYNC:
            self.resyncs += 1
        self._changed.set()

    def _advance(self, message: bytes, at: int) -> int:
        after, at = read_varuint(message, at)
        through, at = read_varuint(message, at)
        if self.seq is not None:
            assert after == self.seq, f"a gap: at {self.seq}, told from {after} to {through}"
            self.seq = through
        return at

    async def until(self, met: Callable[[], Any], what: str = "", seconds: float = 10.0) -> None:
        """Wait until `met`, looked at after each message."""
        async with asyncio.timeout(seconds):
            while not met():
                self._changed.clear()
                try:
                    await self._changed.wait()
                except asyncio.CancelledError:
                    raise AssertionError(f"waited in vain{': ' + what if what else ''}; heard {self.heard}") from None

    # --- what it sends ------------------------------------------------------------------------------------------

    async def frame(self, kind: int, body: bytes = b"") -> None:
        await self._send(bytes((kind, self.channel)) + body)

    async def hello(self, *, epoch: int | None = None, previous: list[int] | None = None, **more: Any) -> None:
        said = {"protocol": PROTOCOL, "doc": self.name, "epoch": epoch, "previous": previous or [], **more}
        await self.frame(Up.HELLO, json.dumps(said).encode())

    async def enter(self, **said: Any) -> Page:
        """HELLO to SYNC2."""
        self.welcome, self.seq, self.closed = {}, None, None
        await self.hello(**said)
        await self.until(lambda: self.welcome or self.closed, "WELCOME")
        assert self.closed is None, self.closed
        await self.sync()
        return self

    async def sync(self) -> None:
        self.seq = None
        await self.frame(Up.SYNC1, self.doc.get_state())
        await self.until(lambda: self.seq is not None, "SYNC2")

    async def update(self, update: bytes) -> int:
        self.number += 1
        await self.frame(Up.UPDATE, varuint(self.number) + update)
        return self.number

    def edit(self, text: str, words: str, *, at: int | None = None, client: int | None = None) -> bytes:
        """The update of inserting `words` at the byte `at` of a text, under this page's client id; applied here too."""
        scratch: Doc[Text] = Doc(client_id=client or self.client or 0)
        scratch.apply_update(self.doc.get_update())
        found: list[bytes] = []
        into = scratch.get(text, type=Text)
        subscription = scratch.observe(lambda event: found.append(event.update))
        into.insert(len(into) if at is None else at, words)
        scratch.unobserve(subscription)
        self.doc.apply_update(found[0])
        return found[0]

    async def type(self, text: str, words: str, *, at: int | None = None) -> int:
        return await self.update(self.edit(text, words, at=at))

    async def saved(self) -> None:
        """Everything sent is acknowledged."""
        await self.until(lambda: self.acknowledged >= self.number or self.nacked or self.closed, "ACK")
        assert self.nacked is None, self.nacked
        assert self.closed is None, self.closed

    async def command(self, kind: str, *, id: str = "", **args: Any) -> str:
        """Returns "done" or the refusal's code."""
        id = id or f"c{len(self.answers)}-{self.client}"
        self.answers.pop(id, None)
        await self.frame(Up.CMD, json.dumps({"id": id, "kind": kind, **args}).encode())
        await self.until(lambda: id in self.answers, f"answer to {kind}")
        return self.answers[id]

    async def row(self) -> str:
        """A new row's id."""
        before = set(self.state["rows"])
        assert await self.command("row.add") == "done"
        (row,) = set(self.state["rows"]) - before
        return row

    def text(self, name: str) -> str:
        return str(self.doc.get(name, type=Text))
