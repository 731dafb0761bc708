"""A page without a browser, as rehearsals have it, with what tests need besides: every frame kept, and words of others.

The real browser side is TypeScript, and tested in Chromium; this one is for what a browser would never do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pycrdt import Doc, Text

from seedbed.rehearse.page import Ended, Send, read_varuint, varuint
from seedbed.rehearse.page import Page as RehearsedPage
from seedbed.server.live.frames import Down

__all__ = ["Page", "read_varuint", "varuint"]


class Page(RehearsedPage):
    """One document on channel 1. `send` puts a message on the wire; `hear` is given each message that arrives."""

    WITHIN = 10.0

    def __init__(self, send: Send, doc: str = "board/A/questions", channel: int = 1) -> None:
        super().__init__(send, doc, channel)
        self.events: list[dict[str, Any]] = []
        self.heard: list[Down] = []
        self._commands = 0

    def hear(self, message: bytes) -> None:
        self.heard.append(Down(message[0]))
        super().hear(message)

    def happened(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        super().happened(event)

    async def until(self, met: Callable[[], Any], what: str = "", seconds: float | None = None) -> None:
        try:
            await super().until(met, what, seconds)
        except Ended as ended:
            raise AssertionError(f"{ended}; heard {self.heard}") from None

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

    async def saved(self, seconds: float | None = None) -> None:
        try:
            await super().saved(seconds)
        except Ended as ended:
            raise AssertionError(str(ended)) from None

    async def command(self, kind: str, *, id: str = "", **args: Any) -> str:
        """Returns "done" or the refusal's code. What came of it stays in `answers`."""
        self._commands += 1
        id = id or f"c{self._commands}-{self.client}"
        self.answers[id] = said = await super().command(kind, id=id, **args)
        return said

    async def row(self) -> str:
        """A new row's id."""
        before = set(self.state["rows"])
        assert await self.command("row.add") == "done"
        (row,) = set(self.state["rows"]) - before
        return row
