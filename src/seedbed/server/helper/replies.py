"""The replies to one request: written by a model, put on record, and told line by line."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections.abc import Callable
from typing import Any

from seedbed.errors import EndpointError
from seedbed.llm.endpoint import Endpoint
from seedbed.llm.streaming import Finished
from seedbed.server.helper.order import Order
from seedbed.server.helper.pieces import Spent, Whole, Writer, sent
from seedbed.server.helper.prompts import free_messages
from seedbed.server.helper.small import small_proposals
from seedbed.server.helper.writers import ideas, proposals, shortened
from seedbed.workshop import fresh_id, model_called

__all__ = ["Replies"]

# what no text needs and a terminal or a page might obey: control characters, and changes of direction
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")


class Replies:
    """`calls` is how many are on record. Nothing is told as ended before it is."""

    def __init__(self, order: Order, say: Callable[[dict[str, Any]], None]) -> None:
        self._order, self._say = order, say
        self.calls = 0
        self.spent = Spent()

    async def write(self, endpoint: Endpoint) -> None:
        """Raises what the endpoint raises, and Refusal where the record cannot be written."""
        order, wanted = self._order, self._order.wanted
        small = order.settings is None
        match order.asked.purpose:
            case "free":
                await self._stream(endpoint)
            case "proposals":
                assert wanted.value is not None
                make = small_proposals if small else proposals
                await self._take(endpoint, make(endpoint, wanted, wanted.value, order.taxonomy, self.spent))
            case "questions":
                type_id = order.taxonomy.match("question_types", wanted.type_) if wanted.type_ else None
                type_ = order.taxonomy.question_type(type_id) if type_id is not None else None
                await self._take(endpoint, ideas(endpoint, wanted, type_, self.spent, small=small))
            case "shorten":
                await self._take(endpoint, shortened(endpoint, wanted, self.spent, small=small))

    async def _take(self, endpoint: Endpoint, writer: Writer) -> None:
        """Record and tell what a writer makes, as each is whole."""
        async with contextlib.aclosing(writer):
            number = 0
            async for whole in writer:
                number += 1
                await self._tell(endpoint, whole, number)

    async def _tell(self, endpoint: Endpoint, whole: Whole, number: int) -> None:
        batch = fresh_id() if len(whole) > 1 else ""
        calls = [fresh_call() for _ in whole]
        # all parts at once: the log takes them in one commit
        await asyncio.gather(
            *(
                self._record(endpoint, call, piece.reply, piece.prompt, batch=batch, part=piece.part)
                for call, piece in zip(calls, whole, strict=True)
            )
        )
        for call, piece in zip(calls, whole, strict=True):
            self._begin(number, call, batch, piece.part)
            self._end(call, piece.part, piece.reply, finished=True)

    async def _stream(self, endpoint: Endpoint) -> None:
        """One reply, shown while it is written. What was shown is recorded also when it breaks off."""
        wanted = self._order.wanted
        messages = free_messages(wanted)
        call, pieces, end = fresh_call(), list[str](), None
        stream = endpoint.stream_chat(
            messages, max_tokens=wanted.max_tokens, temperature=wanted.temperature, seed=wanted.seed
        )
        try:
            async with contextlib.aclosing(stream):
                async for piece in stream:
                    if isinstance(piece, Finished):
                        end = piece
                        continue
                    piece = _CONTROL.sub("", piece)
                    if not pieces:
                        piece = piece.lstrip()
                        if not piece:
                            continue
                        self._begin(1, call, "", "")
                    pieces.append(piece)
                    self._say({"text": piece, "call": call})
        except (EndpointError, TimeoutError, asyncio.CancelledError):
            await self._partly(endpoint, call, pieces, sent(messages))
            raise
        assert end is not None
        self.spent.usage += end.usage
        reply = "".join(pieces).strip()
        if reply:
            await self._record(endpoint, call, reply, sent(messages))
            self._end(call, "", reply, finished=end.finished)

    async def _partly(self, endpoint: Endpoint, call: str, pieces: list[str], prompt: str) -> None:
        reply = "".join(pieces).strip()
        if reply:
            await self._record(endpoint, call, reply, prompt)
            self._end(call, "", reply, finished=False)

    async def _record(
        self, endpoint: Endpoint, call: str, reply: str, prompt: str, *, batch: str = "", part: str = ""
    ) -> None:
        order, wanted = self._order, self._order.wanted
        made = model_called(
            call, endpoint=order.endpoint, model=endpoint.settings.model, reply=reply, prompt=prompt,
            purpose=order.asked.purpose, batch=batch, part=part, temperature=wanted.temperature,
            max_tokens=wanted.max_tokens, row=order.asked.row or "",
        )  # fmt: skip
        await order.hub.called(order.study, order.doc, order.who, made)
        self.calls += 1

    def _begin(self, number: int, call: str, batch: str, part: str) -> None:
        self._say({"begin": {"n": number, "call": call, "batch": batch, "part": part}})

    def _end(self, call: str, part: str, reply: str, *, finished: bool) -> None:
        self._say({"end": {"call": call, "part": part, "reply": reply, "finished": finished}})


def fresh_call() -> str:
    """An id of a call: 80 bits, which nobody guesses."""
    return f"c{secrets.token_hex(10)}"
