"""How fast simulated people are."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

__all__ = ["Pace"]

_KEY_S = 0.2  # between two keys: 60 words a minute, which is a good typist's
_SLIPS = 0.03  # of all keys; typists correct 2 to 7 in a hundred


@dataclass(frozen=True, slots=True)
class Pace:
    """`speed` times as fast as people are; None for as fast as the server takes it."""

    speed: float | None

    @property
    def hurried(self) -> bool:
        return self.speed is None

    async def key(self, rng: random.Random) -> None:
        """Between two keys."""
        if self.speed is not None:
            await asyncio.sleep(rng.lognormvariate(0, 0.5) * _KEY_S / self.speed)

    async def think(self, seconds: float, rng: random.Random) -> None:
        """Something like `seconds` of a person's time."""
        await asyncio.sleep(0 if self.speed is None else rng.lognormvariate(0, 0.6) * seconds / self.speed)

    def slips(self, rng: random.Random) -> bool:
        """Whether the next key is a wrong one."""
        return rng.random() < _SLIPS
