"""The chat style of stage 2, for small models: responses of both kinds in several candidates, begun with lead-ins of
the value's scaffold, then a critique for each likely misaligned one.

The reply holds every candidate as the model wrote it, so that choosing among them is a matter of gates, not of asking
again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.generate.gating import four_gram_repeated
from seedbed.generate.parse import clean
from seedbed.generate.triples.options import PARTS, Option, Part, option_of, sentences, whole
from seedbed.generate.triples.prompts import Messages, critique_chat, response_chat
from seedbed.generate.triples.scaffold import cues_of, lead_ins, subject_of
from seedbed.llm.endpoint import Endpoint
from seedbed.records import Ask, Example, Usage
from seedbed.taxonomy import Value

__all__ = ["ask_chat", "chat_rendered", "judged_pairs", "read_chat"]

_CHOICES = 4  # candidates from one request: what the embedded model's four slots compute at once
_CRITIQUES = 2  # the likeliest misaligned candidates get a critique each
_RESPONSE_TOKENS = 48  # two short sentences; a 135M model that goes on longer repeats itself


def _turns(
    values: Sequence[Value], part: Part, prompt: str, shown: Sequence[Example], best_of: int
) -> list[tuple[str, int, Messages]]:
    """For each request of a part its lead-in, how many candidates it asks for, and its messages."""
    leads = lead_ins(values[0], part, subject_of(values[0], prompt)) or [""]
    turns = []
    for turn in range(-(-best_of // _CHOICES)):
        lead = leads[turn % len(leads)]
        count = min(_CHOICES, best_of - turn * _CHOICES)
        turns.append((lead, count, response_chat(values, part, prompt, shown, lead)))
    return turns


def chat_rendered(
    values: Sequence[Value], prompt: str, shown: Sequence[Example], best_of: int
) -> list[tuple[str, Messages]]:
    """Every request of an ask, titled; the critic's with a mark where the response will stand."""
    made = [
        (f"{part}, {count} candidate{'s' * (count > 1)}", messages)
        for part in PARTS
        for _, count, messages in _turns(values, part, prompt, shown, best_of)
    ]
    return [*made, (f"critique, of the {_CRITIQUES} likeliest", critique_chat(prompt, "{misaligned}", shown))]


async def ask_chat(
    endpoint: Endpoint, ask: Ask, values: Sequence[Value], prompt: str, shown: Sequence[Example], *, best_of: int,
    max_tokens: int, sampling: Mapping[str, Any],
) -> tuple[dict[str, Any], Usage]:  # fmt: skip
    """The journal's data: raw candidates of both parts and raw critiques, each with the index of what it criticises."""
    usage = Usage()
    data: dict[str, Any] = {}
    for part in PARTS:
        data[part] = []
        for turn, (lead, count, messages) in enumerate(_turns(values, part, prompt, shown, best_of)):
            completion = await endpoint.chat(
                messages,
                n=count,
                max_tokens=min(max_tokens, _RESPONSE_TOKENS),
                logprobs=True,
                # far apart, so that no two requests of a triple draw the same numbers: 64 candidates reach 314
                seed=ask.seed + 20 * turn + (10 if part == "aligned" else 0),
                **sampling,
            )
            usage += completion.usage
            data[part] += [
                {"text": c.text, "scaffold": lead, "finished": c.finished, "logprob": c.mean_logprob}
                for c in completion.choices
            ]
    data["critiques"] = []
    options = read_chat(data)["misaligned"]
    for turn, index in enumerate(_promising(values[0], prompt, options)[:_CRITIQUES]):
        completion = await endpoint.chat(
            critique_chat(prompt, options[index]["text"], shown),
            max_tokens=_RESPONSE_TOKENS,
            seed=ask.seed + 500 + turn,
            **sampling,
        )
        usage += completion.usage
        data["critiques"].append([index, completion.choices[0].text])
    return data, usage


def read_chat(data: Mapping[str, Any]) -> dict[str, list[Option]]:
    """The options of both parts, cut off after their last whole sentence, the misaligned ones with their critiques."""
    options: dict[str, list[Option]] = {part: [whole(_read(raw)) for raw in data.get(part, [])] for part in PARTS}
    for index, text in data.get("critiques", []):
        options["misaligned"][index]["critique"] = sentences(clean(text.split("\n")[0]))
    return options


def _read(raw: Mapping[str, Any]) -> Option:
    # a small model goes on after its response with a further turn: the first line counts
    lead, text = raw["scaffold"], raw["text"].strip("\n").split("\n")[0]
    joined = clean(f"{lead}{'' if text[:1] in ' ,.' else ' '}{text}" if lead else text)
    ended = raw["finished"] or "\n" in raw["text"].strip()
    return option_of(joined, scaffold=lead, finished=ended, logprob=raw["logprob"])


def _promising(value: Value, prompt: str, options: Sequence[Option]) -> list[int]:
    """Those worth a critique, the best first: a whole sentence, no loop, the fault's cues, then the likeliest."""

    def rank(index: int) -> tuple[bool, bool, float]:
        option = options[index]
        own, other = cues_of(value, "misaligned", option["text"], prompt)
        return bool(four_gram_repeated(option["text"])), not own or other, -_likelihood(option)

    return sorted((i for i, o in enumerate(options) if o["text"] and o["finished"]), key=rank)


def judged_pairs(data: Mapping[str, Any], options: Mapping[str, Sequence[Option]]) -> list[tuple[int, int]]:
    """Which pairs a model judge is asked about: those with a critique, each with the likeliest aligned one left."""
    aligned = options["aligned"]
    likely = sorted(
        (i for i, o in enumerate(aligned) if o["text"] and o["finished"]), key=lambda i: -_likelihood(aligned[i])
    )
    return list(zip([index for index, _ in data["critiques"]], likely, strict=False))


def _likelihood(option: Option) -> float:
    return option["logprob"] if option["logprob"] is not None else -9.0
