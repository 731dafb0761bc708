"""What helpers' writers have in common: the pieces they make, what they spend, and how patient they are."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from seedbed.errors import Overloaded, RateLimited, TransientEndpointError
from seedbed.records import Usage
from seedbed.server.helper.prompts import Messages

__all__ = ["AT_ONCE", "Piece", "Spent", "Whole", "Writer", "patient", "sent"]

AT_ONCE = 4  # requests of one person in flight, and candidates from one request: what the small model's slots compute
_WAIT = 8.0  # seconds a limit of the endpoint's is waited for, once a request

T = TypeVar("T")


@dataclass(slots=True)
class Spent:
    """Tokens, of what was shown and of what was not."""

    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Piece:
    """One reply that a person can use: `part` is empty but for proposals; `prompt` is what was sent, as JSON."""

    part: str
    reply: str
    prompt: str


Whole = tuple[Piece, ...]
Writer = AsyncGenerator[Whole]


def sent(messages: Messages) -> str:
    return json.dumps(messages, ensure_ascii=False)


async def patient(ask: Callable[[], Awaitable[T]]) -> T:
    """A limit that the endpoint says passes within seconds is waited for, once; so is one broken connection."""
    try:
        return await ask()
    except (RateLimited, Overloaded) as error:
        wait = getattr(error, "retry_after", None) or 1.0
        if wait > _WAIT:
            raise
        await asyncio.sleep(wait * random.uniform(1.0, 1.3))
    except TransientEndpointError:
        pass
    return await ask()
