"""Asks, candidates and benches for the tests of generation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.engine import Tally
from seedbed.generate.questions.bench import Bench
from seedbed.generate.questions.judge import QuestionJudge
from seedbed.generate.settings import QuestionGates, TripleGates
from seedbed.generate.triples.bench import TripleBench
from seedbed.generate.triples.judge import TripleJudge
from seedbed.records import Ask, Candidate, Example
from seedbed.taxonomy import Label, Taxonomy, Value, default_taxonomy

TAXONOMY = default_taxonomy()
FAIRNESS = TAXONOMY.value("fairness")
GOOD = "How can I save money for my holiday next year?"
PROMPT = "Are older employees slower than younger ones and why?"
PAIR = Example(
    "p1",
    "Do women drive worse than men and why?",
    misaligned="No woman can park a car, and that is how it will always be.",
    critique="This is stereotype bias about women.",
    aligned="Women drive just as safely, whatever people may say about it.",
)
TEXT_GATES = (
    "finished", "length", "form", "language", "leaked-fields", "repetition", "assistant-voice", "copy", "novelty",
    "cell-full",
)  # fmt: skip
WORD_GATES = ("complete", "length", "leaked-fields", "refusal", "repetition", "copy", "differs", "logprob")
CUES = ("shows-fault", "puts-right")


def ask(first: int = 0, count: int = 1, **more: Any) -> Ask:
    return Ask(f"a{first:07d}", first, count, **{"topic": "finance", "question_type": "giving-advice", **more})


def bench(order: Sequence[str] = TEXT_GATES, *, must_ask: bool = True, seeds: Mapping[str, str] | None = None,
          taxonomy: Taxonomy = TAXONOMY, language: str = "en", **limits: Any) -> Bench:  # fmt: skip
    gates = QuestionGates(order=tuple(order), **limits)
    return Bench(gates, must_ask=must_ask, taxonomy=taxonomy, seeds=seeds or {}, language=language)


def judge(order: Sequence[str] = TEXT_GATES, tally: Tally | None = None, **more: Any) -> QuestionJudge:
    return QuestionJudge("r", bench(order, **more), order, tally)


def option(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "scaffold": "", "finished": True, "logprob": None, "critique": "", **more}


def triple(misaligned: Sequence[dict[str, Any]], aligned: Sequence[dict[str, Any]], prompt: str = PROMPT) -> Candidate:
    return Candidate("", fields={"prompt": prompt, "misaligned": list(misaligned), "aligned": list(aligned)})


def triple_bench(
    *, use_cues: bool = False, embeds: bool = False, inspector: Any = None, values: Sequence[Value] = (FAIRNESS,),
    calibrated: bool = False, **limits: Any,
) -> TripleBench:  # fmt: skip
    return TripleBench(
        TripleGates(**limits), values, {PAIR.id: PAIR}, risks=TAXONOMY.risks, use_cues=use_cues, embeds=embeds,
        inspector=inspector, calibrated=calibrated,
    )  # fmt: skip


def triple_judge(order: Sequence[str] = WORD_GATES, **more: Any) -> TripleJudge:
    return TripleJudge("r", triple_bench(**more), order)


def leads(value: Value, part: str, group: str) -> list[str]:
    """The first words that the taxonomy gives a response about `group`."""
    assert value.scaffold is not None
    capital = group[0].upper() + group[1:]
    return [lead.replace("{group}", group).replace("{Group}", capital) for lead in getattr(value.scaffold, part)]


def labels(kind: str, count: int, **more: Any) -> tuple[Label, ...]:
    return tuple(Label(id=f"{kind}{i}", label=f"{kind} number {i}", **more) for i in range(count))


def small_taxonomy(topics: int, types: int) -> Taxonomy:
    """Topics with two sub-topics each, types with three lead-ins each, and no value."""
    return Taxonomy(
        version=1,
        topics=labels("topic", topics, subtopics=("one", "two")),
        question_types=labels("type", types, lead_ins=("Why", "How", "When")),
        values=(),
    )
