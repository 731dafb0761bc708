"""Keys, one after the other, with slips that are taken back."""

from __future__ import annotations

import asyncio
import random
import string

from seedbed.rehearse.pace import Pace
from seedbed.rehearse.page import Page

__all__ = ["Typist"]

_UNDER_WAY = 40  # keys that are not acknowledged yet: more, and somebody who does not pause waits


class Typist:
    """Somebody's hands at one text, at its end. `typed` and `deleted` count characters."""

    def __init__(self, page: Page, pace: Pace, rng: random.Random, leaving: asyncio.Event) -> None:
        self.typed = self.deleted = 0
        self._page, self._pace, self._rng, self._leaving = page, pace, rng, leaving

    async def type(self, name: str, words: str) -> str:
        """Type `words` at the end of a text; returns how far it went, which is less where the board closed."""
        for at, letter in enumerate(words):
            if not self._may():
                await self._page.saved()
                return words[:at]
            if self._pace.slips(self._rng):
                wrong = self._rng.choice(string.ascii_lowercase)
                await self._insert(name, wrong)
                await self._pace.key(self._rng)
                await self._take_back(name, wrong)
            await self._insert(name, letter)
            await self._pace.key(self._rng)
        await self._page.saved()
        return words

    def _may(self) -> bool:
        return self._page.state["board"]["main"]["phase"] == "open" and not self._leaving.is_set()

    async def _insert(self, name: str, letter: str) -> None:
        page = self._page
        await page.until(lambda: page.number - page.acknowledged < _UNDER_WAY or page.closed or page.nacked, "ACK")
        await page.write(name, len(page.text(name).encode()), letter)
        self.typed += 1

    async def _take_back(self, name: str, letter: str) -> None:
        text = self._page.text(name)
        if text.endswith(letter):  # else somebody wrote behind it, who may have it
            await self._page.write(name, len(text.encode()) - len(letter.encode()), remove=len(letter.encode()))
            self.deleted += 1
