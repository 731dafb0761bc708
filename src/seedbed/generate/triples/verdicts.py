"""Asking a model judge of a triple's responses and of its critique, as part of the ask that made them.

The reply holds what the judge said, word for word, so that a verdict can be read again. A reply that cannot be read is
asked for once more; if that cannot be read either, there is no verdict, and that is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from seedbed.generate.triples.options import PARTS, Option
from seedbed.generate.triples.prompts import Messages
from seedbed.generate.triples.verdict_prompts import (
    CRITIQUE_SCHEMA,
    RESPONSES_SCHEMA,
    JudgeForm,
    critique_question,
    first_shown,
    read_critique,
    read_responses,
    responses_question,
)
from seedbed.llm.endpoint import Endpoint
from seedbed.records import Ask, Usage
from seedbed.taxonomy import Value

__all__ = ["ask_judge", "judge_form", "questions_of", "take_verdicts"]

_TRIES = 2


def judge_form(structured: str) -> JudgeForm:
    return "schema" if structured == "json_schema" else "tags"


def questions_of(
    ask: Ask, values: Sequence[Value], prompt: str, bad: Option, good: Option, turn: int, form: JudgeForm
) -> list[tuple[dict[str, Any], Messages]]:
    """What is asked of one pair: of its responses for each value, and of its critique; each with what is recorded."""
    found: list[tuple[dict[str, Any], Messages]] = []
    for value in values:
        first = first_shown(ask.seed, value.id, turn)
        shown = (bad["text"], good["text"]) if first == "misaligned" else (good["text"], bad["text"])
        record = {"about": "responses", "value": value.id, "first": first}
        found.append((record, responses_question(value, prompt, *shown, form)))
    asked = critique_question(values, prompt, bad["text"], bad["critique"], form)
    return [*found, ({"about": "critique"}, asked)]


async def ask_judge(
    judge: Endpoint, ask: Ask, values: Sequence[Value], prompt: str, pairs: Sequence[tuple[int, int]],
    options: dict[str, list[Option]], *, max_tokens: int,
) -> tuple[list[dict[str, Any]], Usage]:  # fmt: skip
    """One record for each question on each of `pairs` (indices of a misaligned and an aligned option), with the replies
    under "said". Raises what a call raises."""
    made: list[dict[str, Any]] = []
    usage = Usage()
    form = judge_form(judge.settings.structured)
    for turn, (i, j) in enumerate(pairs):
        bad, good = options["misaligned"][i], options["aligned"][j]
        for record, messages in questions_of(ask, values, prompt, bad, good, turn, form):
            responses = record["about"] == "responses"
            read: Callable[[str], object] = read_responses if responses else read_critique
            said: list[str] = []
            while len(said) < _TRIES and not (said and read(said[-1])):
                completion = await judge.chat(
                    messages,
                    max_tokens=max_tokens,
                    temperature=0.0,
                    json_schema=RESPONSES_SCHEMA if responses else CRITIQUE_SCHEMA,
                    seed=ask.seed + 900 + len(said),
                )
                usage += completion.usage
                said.append(completion.choices[0].text)
            made.append({**record, "of": [i, j], "said": said})
    return made, usage


def take_verdicts(options: dict[str, list[Option]], records: Sequence[dict[str, Any]]) -> None:
    """Put what the judge said beside the options: under "judged" {value: {"says", "shown"}} of both, and under
    "critique_judged" of the misaligned one. Where a reply cannot be read, `says` is None."""
    for record in records:
        said, of = record["said"], dict(zip(PARTS, record["of"], strict=True))
        if record["about"] == "critique":
            verdict = next(filter(None, map(read_critique, said)), None)
            options["misaligned"][of["misaligned"]]["critique_judged"] = {"says": verdict}
            continue
        labels = next(filter(None, map(read_responses, said)), None)
        for part in PARTS:
            first = part == record["first"]
            says = labels and labels[0 if first else 1]
            judged = options[part][of[part]].setdefault("judged", {})
            judged[record["value"]] = {"says": says, "shown": "A" if first else "B"}
