"""A page without a browser: one document on a socket, by the frames of the live workshop."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Self

from pycrdt import Doc, Text

from seedbed.server.live.frames import PROTOCOL, Down, Up

__all__ = ["Ended", "Page", "Send", "read_varuint", "varuint"]

Send = Callable[[bytes], Awaitable[None]]


class Ended(Exception):
    """Nothing more is to be had of this document: by the code of CLOSED or NACK, or by what was waited for in vain."""


_NOTHING = b"\0\0"  # an update of nothing


def varuint(value: int) -> bytes:
    """A number as lib0 writes it."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def read_varuint(data: bytes, at: int) -> tuple[int, int]:
    """The number at a place, and the place after it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


class Page:
    """One document. `send` puts a message on the wire; `hear` is given each message that arrives for `channel`.

    `sent` is told of each update of its own with its number, `acked` of how far those are on disk, and `shown` of each
    of somebody else's once it is applied here.
    """

    WITHIN = 60.0
    """Seconds for an answer: a server that is asked too much answers later, and never not at all."""

    def __init__(self, send: Send, doc: str, channel: int = 1) -> None:
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
        self.answers: dict[str, str] = {}  # command id → "done" or the code of the refusal
        self.nacked: str | None = None
        self.closed: str | None = None
        self.resyncs = 0
        self.sent: Callable[[int, bytes], None] = lambda number, update: None
        self.acked: Callable[[int], None] = lambda number: None
        self.shown: Callable[[bytes], None] = lambda update: None
        self._server = b"\0"  # the state vector of what the server had at the last SYNC2
        self._typed: list[bytes] | None = None  # the update of what is being typed this moment
        self._changed = asyncio.Event()

    # --- what arrives -------------------------------------------------------------------------------------------

    def hear(self, message: bytes) -> None:
        """Take in one frame."""
        kind, at = Down(message[0]), 2
        if kind is Down.WELCOME:
            self._welcomed(json.loads(message[at:]))
        elif kind is Down.SYNC2:
            self.seq, at = read_varuint(message, at)
            size, at = read_varuint(message, at)
            self._server = message[at : at + size]
            at += size
            size, at = read_varuint(message, at)
            self.doc.apply_update(message[at : at + size])
            self.state = json.loads(message[at + size :])
        elif kind is Down.ACK:
            self.acknowledged, at = read_varuint(message, at)
            self.acked(self.acknowledged)
            self._advance(message, at)
        elif kind is Down.UPDATES:
            at = self._advance(message, at)
            while at < len(message):
                size, at = read_varuint(message, at)
                update = message[at : at + size]
                self.doc.apply_update(update)
                self.shown(update)
                at += size
        elif kind is Down.EVENTS:
            at = self._advance(message, at)
            for event in json.loads(message[at:]):
                self.happened(event)
        elif kind is Down.NACK:
            _, at = read_varuint(message, at)
            self.nacked = json.loads(message[at:])["code"]
        elif kind is Down.REFUSED:
            said = json.loads(message[at:])
            self.answers[said["id"]] = said["code"]
        elif kind is Down.PRESENCE:
            said = json.loads(message[at:])
            self.present |= {person["client"]: person for person in said["here"]}
            for client in said["gone"]:
                self.present.pop(client, None)
        elif kind is Down.CLOSED:
            self.closed = json.loads(message[at:])["code"]
        elif kind is Down.RESYNC:
            self.resyncs += 1
        self.wake()

    def _welcomed(self, said: dict[str, Any]) -> None:
        self.welcome = said
        self.client, self.epoch = said["client"], said["epoch"]
        if self.client is not None:
            self.clients.append(self.client)
            # what is typed from now on is this page's under the id that it was given
            known, self.doc = self.doc, Doc(client_id=self.client)
            self.doc.apply_update(known.get_update())
            self.doc.observe(self._observed)
        self.number = self.acknowledged = 0
        self.nacked = self.closed = None

    def happened(self, event: dict[str, Any]) -> None:
        """Merge what an event changed."""
        if event["cmd"]:
            self.answers[event["cmd"]] = "done"
        for collection, id, value in event["changes"]:
            if value is None:
                self.state[collection].pop(id, None)
            else:
                self.state.setdefault(collection, {})[id] = value

    def _advance(self, message: bytes, at: int) -> int:
        after, at = read_varuint(message, at)
        through, at = read_varuint(message, at)
        if self.seq is not None:
            if after != self.seq:
                raise Ended(f"{self.name}: a gap: at {self.seq}, told from {after} to {through}")
            self.seq = through
        return at

    def wake(self) -> None:
        """Whoever waits for something looks again."""
        self._changed.set()

    async def until(self, met: Callable[[], Any], what: str = "", seconds: float | None = None) -> None:
        """Wait until `met`, looked at after each message. Raises Ended when it is waited for in vain."""
        try:
            async with asyncio.timeout(self.WITHIN if seconds is None else seconds):
                while not met():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise Ended(f"{self.name}: waited in vain for {what or 'a change'}") from None

    # --- what it sends ------------------------------------------------------------------------------------------

    async def frame(self, kind: int, body: bytes = b"") -> None:
        await self._send(bytes((kind, self.channel)) + body)

    async def hello(self, *, epoch: int | None = None, previous: list[int] | None = None, **more: Any) -> None:
        said = {"protocol": PROTOCOL, "doc": self.name, "epoch": epoch, "previous": previous or [], **more}
        await self.frame(Up.HELLO, json.dumps(said).encode())

    async def enter(self, **said: Any) -> Self:
        """HELLO to SYNC2."""
        self.welcome, self.seq, self.closed = {}, None, None
        await self.hello(**said)
        await self.until(lambda: self.welcome or self.closed, "WELCOME")
        self._check()
        await self.sync()
        return self

    async def again(self) -> None:
        """Back on a new line, with what the server may not have had of this page sent once more."""
        await self.enter(epoch=self.epoch, previous=self.clients[-64:])
        lacking = self.doc.get_update(self._server)
        if self.client is not None and lacking != _NOTHING:
            await self.update(lacking)

    async def sync(self) -> None:
        self.seq = None
        await self.frame(Up.SYNC1, self.doc.get_state())
        await self.until(lambda: self.seq is not None or self.closed, "SYNC2")
        self._check()

    async def update(self, update: bytes) -> int:
        self.number += 1
        self.sent(self.number, update)
        await self.frame(Up.UPDATE, varuint(self.number) + update)
        return self.number

    async def write(self, name: str, at: int, words: str = "", *, remove: int = 0) -> int:
        """Take `remove` bytes out of a text at the byte `at`, then put `words` there. Returns the update's number."""
        text = self.doc.get(name, type=Text)
        made: list[bytes] = []
        self._typed = made
        try:
            with self.doc.transaction():
                if remove:
                    del text[at : at + remove]
                if words:
                    text.insert(at, words)
        finally:
            self._typed = None
        return await self.update(made[0])

    def _observed(self, event: Any) -> None:
        if self._typed is not None:
            self._typed.append(event.update)

    async def saved(self, seconds: float | None = None) -> None:
        """Everything sent is acknowledged."""
        await self.until(lambda: self.acknowledged >= self.number or self.nacked or self.closed, "ACK", seconds)
        self._check()

    async def command(self, kind: str, *, id: str = "", **args: Any) -> str:
        """Returns "done" or the refusal's code."""
        id = id or secrets.token_hex(8)
        self.answers.pop(id, None)
        await self.frame(Up.CMD, json.dumps({"id": id, "kind": kind, **args}).encode())
        await self.until(lambda: id in self.answers or self.closed, f"the answer to {kind}")
        if id not in self.answers:
            self._check()
        return self.answers.pop(id)

    def _check(self) -> None:
        if self.closed or self.nacked:
            raise Ended(f"{self.name}: {self.closed or self.nacked}")

    def text(self, name: str) -> str:
        return str(self.doc.get(name, type=Text))
