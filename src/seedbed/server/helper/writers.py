"""How each kind of help is written: requests to an open endpoint, and what is whole of the replies, as it comes.

A writer is an async generator of `Whole`s; it ends when it has n of them, or after a bounded number of requests. It
knows neither people nor boards. What it makes that is broken never leaves it. Close it (`contextlib.aclosing`) and its
requests end.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from seedbed.generate.parse import fields_of
from seedbed.generate.triples.options import option_of, tidy
from seedbed.generate.triples.prompts import TRIPLE_FIELDS, TRIPLE_SCHEMA
from seedbed.llm.endpoint import Endpoint
from seedbed.server.helper.gates import (
    alike,
    critique_fault,
    idea_fault,
    is_weak,
    response_fault,
    shorter_fault,
)
from seedbed.server.helper.pieces import AT_ONCE, Piece, Spent, Whole, Writer, patient, sent
from seedbed.server.helper.prompts import (
    Wanted,
    examples_of,
    idea_lead_ins,
    idea_messages,
    proposal_messages,
    shorten_messages,
)
from seedbed.server.helper.small import drawn, first_line
from seedbed.taxonomy import Label, Taxonomy, Value

__all__ = ["ideas", "proposals", "shortened"]

_IDEA_ROUNDS = 6
_RETRIES = 4  # requests beyond n of a large model, for those that came broken
_IDEA_TOKENS = 75
_CAREFUL = 0.4  # the temperature at which the small model stays with a text; at 0.7 it answers it instead

T = TypeVar("T")


# -- proposals of a large model ----------------------------------------------------------------------------------------


async def proposals(endpoint: Endpoint, wanted: Wanted, value: Value, taxonomy: Taxonomy, spent: Spent) -> Writer:
    """Whole proposals, one request each, at most AT_ONCE at a time; the parts of one proposal share their prompt."""
    messages = proposal_messages(wanted, value, taxonomy, endpoint.settings)
    examples = examples_of(value, taxonomy)
    told = sent(messages)

    async def one(turn: int) -> Whole | None:
        completion = await patient(
            functools.partial(
                endpoint.chat,
                messages,
                max_tokens=max(wanted.max_tokens, 100),
                temperature=wanted.temperature,
                seed=wanted.seed + turn,
                json_schema=TRIPLE_SCHEMA,
            )
        )
        spent.usage += completion.usage
        choice = completion.choices[0]
        found = fields_of(choice.text, TRIPLE_FIELDS)
        texts = [tidy(found[name]) if isinstance(found[name], str) else "" for name in TRIPLE_FIELDS] if found else []
        if not texts:
            return None
        bad, why, good = texts
        fault = (
            response_fault(bad, wanted.question, "misaligned", examples, finished=choice.finished)
            or critique_fault(why, bad, wanted.question, examples, finished=choice.finished)
            or response_fault(good, wanted.question, "aligned", examples, finished=choice.finished)
        )
        if fault or alike(bad, good):
            return None
        return tuple(Piece(name, text, told) for name, text in zip(TRIPLE_FIELDS, texts, strict=True))

    shown: list[str] = []
    reserve: list[Whole] = []
    async for made in _as_they_come(one, wanted.n + _RETRIES):
        bad = made[0].reply
        if bad in shown:
            continue
        if is_weak(bad, wanted.question, "misaligned", value, shown, use_cues=False):
            reserve.append(made)
            continue
        shown.append(bad)
        yield made
        if len(shown) == wanted.n:
            return
    for made in reserve[: wanted.n - len(shown)]:
        yield made


async def _as_they_come(ask: Callable[[int], Awaitable[T | None]], most: int) -> AsyncGenerator[T]:
    """What `ask(0)` to `ask(most - 1)` give, without the Nones, as each is there; the first error ends it."""
    turns = iter(range(most))
    running: set[asyncio.Task[T | None]] = set()
    try:
        while True:
            for turn in turns:
                running.add(asyncio.ensure_future(ask(turn)))
                if len(running) == AT_ONCE:
                    break
            if not running:
                return
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if (made := task.result()) is not None:
                    yield made
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


# -- ideas and shorter texts -------------------------------------------------------------------------------------------


async def ideas(endpoint: Endpoint, wanted: Wanted, type_: Label | None, spent: Spent, *, small: bool) -> Writer:
    """Questions for a topic and a type. The small model begins with words that the taxonomy lends it."""
    shown: list[str] = []
    for turn in range(_IDEA_ROUNDS):
        lead = ""
        if small:
            leads = idea_lead_ins(type_, wanted.seed)
            lead = leads[turn % len(leads)]
        messages = idea_messages(wanted, type_, lead)
        count = min(AT_ONCE, endpoint.settings.max_choices) if small else 1
        completion = await patient(
            functools.partial(
                endpoint.chat,
                messages,
                n=count,
                max_tokens=min(wanted.max_tokens, _IDEA_TOKENS) if small else wanted.max_tokens,
                seed=wanted.seed + 20 * turn,
                **(drawn(wanted) if small else {"temperature": wanted.temperature}),
            )
        )
        spent.usage += completion.usage
        for choice in completion.choices:
            text = first_line(choice.text, choice.finished, lead)["text"]
            if not idea_fault(text, shown, finished=choice.finished or text.endswith("?")):
                shown.append(text)
                yield (Piece("", text, sent(messages)),)
                if len(shown) == wanted.n:
                    return
                if small and turn < _IDEA_ROUNDS - 1 and len(shown) % 2 == 0:
                    break  # no more than two with the same first words


async def shortened(endpoint: Endpoint, wanted: Wanted, spent: Spent, *, small: bool) -> Writer:
    """Shorter forms of a text, the shortest of a request first."""
    messages = shorten_messages(wanted)
    shown: list[str] = []
    for turn in range(3):
        completion = await patient(
            functools.partial(
                endpoint.chat,
                messages,
                n=min(AT_ONCE, endpoint.settings.max_choices) if small else 1,
                max_tokens=max(16, min(wanted.max_tokens, len(wanted.text) // 2)),
                seed=wanted.seed + 20 * turn,
                **(
                    drawn(replace(wanted, temperature=min(wanted.temperature, _CAREFUL)))
                    if small
                    else {"temperature": wanted.temperature}
                ),
            )
        )
        spent.usage += completion.usage
        texts = [first_line(c.text, c.finished, "") if small else option_of(tidy(c.text), finished=c.finished)
                 for c in completion.choices]  # fmt: skip
        for option in sorted(texts, key=lambda option: len(option["text"])):
            text = option["text"]
            if text not in shown and not shorter_fault(text, wanted.text, finished=option["finished"]):
                shown.append(text)
                yield (Piece("", text, sent(messages)),)
                if len(shown) == wanted.n:
                    return
