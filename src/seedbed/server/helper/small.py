"""How the embedded model, or one as small, writes proposals: each part by itself, paired as they come.

`first_line` and `drawn` are how it is read and asked whatever it writes.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from seedbed.generate.parse import clean
from seedbed.generate.triples.options import PARTS, Option, Part, option_of, sentences, whole
from seedbed.generate.triples.prompts import response_chat
from seedbed.generate.triples.scaffold import lead_ins, subject_of
from seedbed.llm.endpoint import Endpoint
from seedbed.records import Example
from seedbed.server.helper.gates import alike, critique_fault, is_weak, response_fault
from seedbed.server.helper.pieces import AT_ONCE, Piece, Spent, Writer, patient, sent
from seedbed.server.helper.prompts import Wanted, critique_messages, examples_of
from seedbed.taxonomy import Taxonomy, Value

__all__ = ["drawn", "first_line", "small_proposals"]

_AT_FIRST = 2
_ROUNDS = 12  # times it is asked for more of a part
_CHOOSY = 3  # of these rounds what is weak is kept back
_PART_TOKENS = 48  # two short sentences; a 135M model that goes on longer repeats itself


@dataclass(slots=True)
class _Pool:
    """The responses of one part: good ones in the order they came, weak ones behind them."""

    good: list[tuple[str, str]] = field(default_factory=list)  # (text, prompt)
    weak: list[tuple[str, str]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def put(self, text: str, told: str, *, weak: bool) -> None:
        if text.casefold() in (one.casefold() for one in self.seen):
            return
        self.seen.append(text)
        (self.weak if weak else self.good).append((text, told))


async def small_proposals(endpoint: Endpoint, wanted: Wanted, value: Value, taxonomy: Taxonomy, spent: Spent) -> Writer:
    """Whole proposals, each of three replies: both responses by the value's scaffold, some candidates a request, paired
    as they come; then a critique of each misaligned one.

    After _CHOOSY requests a part what is weak is shown as well.
    """
    examples = examples_of(value, taxonomy)
    pools = {part: _Pool() for part in PARTS}
    made = 0
    for turn in range(_ROUNDS):
        for part in PARTS:
            # two at first, so that something is there soon: on one processor four take twice as long as two
            lacking = min(AT_ONCE if turn else _AT_FIRST, wanted.n - made) - len(pools[part].good)
            if lacking > 0:
                count = min(AT_ONCE, lacking + (1 if turn else 0))
                await _respond(endpoint, wanted, value, part, turn, count, examples, pools[part], spent)
        if turn >= _CHOOSY:
            for part in PARTS:
                pools[part].good += pools[part].weak
                pools[part].weak.clear()
        # one critique after the other: four at once take four times as long on one processor, and each would read anew
        # what they have in common
        for bad, good in _pairs(pools, wanted.n - made):
            critique = await _criticise(endpoint, wanted, value, bad[0], examples, 40 * turn + made, spent)
            if critique is not None:
                made += 1
                yield Piece("misaligned", *bad), critique, Piece("aligned", *good)
        if made == wanted.n:
            return


async def _respond(
    endpoint: Endpoint, wanted: Wanted, value: Value, part: Part, turn: int, count: int, examples: Sequence[Example],
    pool: _Pool, spent: Spent,
) -> None:  # fmt: skip
    """Ask for `count` responses of a part."""
    leads = lead_ins(value, part, subject_of(value, wanted.question)) or [""]
    lead = leads[(wanted.seed + turn) % len(leads)]
    messages = response_chat([value], part, wanted.question, examples, lead)
    completion = await patient(
        functools.partial(
            endpoint.chat,
            messages,
            n=count,
            max_tokens=min(wanted.max_tokens, _PART_TOKENS),
            stop=["\n"],
            seed=wanted.seed + 20 * turn + (10 if part == "aligned" else 0),
            logprobs=True,  # else the tokens of the first of four are counted alone
            **drawn(wanted),
        )
    )
    spent.usage += completion.usage
    for choice in completion.choices:
        option = first_line(choice.text, choice.finished, lead)
        text = option["text"]
        if _drops(lead, choice.text) or response_fault(
            text, wanted.question, part, examples, finished=option["finished"]
        ):
            continue
        weak = is_weak(text, wanted.question, part, value, pool.seen, use_cues=bool(lead))
        pool.put(text, sent(messages), weak=weak)


def first_line(text: str, finished: bool, lead: str) -> Option:
    """The first line with its lead-in, up to its last whole sentence: a small model goes on with a further turn."""
    first = text.strip("\n").split("\n")[0]
    joined = clean(f"{lead}{'' if first[:1] in ' ,.' else ' '}{first}" if lead else first)
    return whole(option_of(joined, finished=finished or "\n" in text.strip()))


def _drops(lead: str, text: str) -> bool:
    """Whether the model left the sentence that was begun for it: "Women cannot" and then a full stop."""
    return bool(lead) and lead[-1].isalnum() and text.lstrip()[:1] in ".,;:!?"


def _pairs(pools: dict[Part, _Pool], most: int) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Take from the pools: each misaligned response with the first aligned one that differs from it."""
    bad, good = pools["misaligned"].good, pools["aligned"].good
    found: list[tuple[tuple[str, str], tuple[str, str]]] = []
    for first in list(bad):
        if len(found) == most:
            break
        second = next((one for one in good if not alike(first[0], one[0])), None)
        if second is None:
            continue
        bad.remove(first)
        good.remove(second)
        found.append((first, second))
    return found


async def _criticise(
    endpoint: Endpoint,
    wanted: Wanted,
    value: Value,
    misaligned: str,
    examples: Sequence[Example],
    turn: int,
    spent: Spent,
) -> Piece | None:
    """One sentence on what is wrong with a response; None where three attempts gave none."""
    messages = critique_messages(wanted, value, misaligned, examples)
    for attempt in range(3):
        completion = await patient(
            functools.partial(
                endpoint.chat,
                messages,
                max_tokens=min(wanted.max_tokens, _PART_TOKENS),
                stop=["\n", ". "],  # one sentence is asked for; it would go on
                seed=wanted.seed + 500 + 10 * turn + attempt,
                **drawn(wanted),
            )
        )
        spent.usage += completion.usage
        choice = completion.choices[0]
        said = choice.text.strip()
        ended = choice.finished and said[-1:].isalnum()
        text = sentences(first_line(f"{said}." if ended else said, choice.finished, "")["text"])
        if not critique_fault(text, misaligned, wanted.question, examples, finished=bool(text)):
            return Piece("critique", text, sent(messages))
    return None


def drawn(wanted: Wanted) -> dict[str, Any]:
    """How the small model draws: found for stage 2, but for the temperature, which a person chooses. What its prompts
    have in common is read once: nobody needs the same words again for the same seed, as a run does."""
    return {"temperature": wanted.temperature, "min_p": 0.1, "top_k": 0, "extra": {"cache_prompt": True}}
