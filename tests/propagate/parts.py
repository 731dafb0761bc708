"""Rows as assessment would have measured them."""

from __future__ import annotations

from typing import Any

from seedbed.assess.rows import QuestionRow

_FIXED: dict[str, Any] = {
    "run": None, "state": "seed", "gate": "", "topic_observed": None, "question_type_observed": None, "words": 10,
    "looked_at": True, "parsed": True, "verb": None, "noun": None, "auxiliary_root": False, "sensible": True,
    "sensible_reason": "", "grammar_problems": 0, "relevance_topic": None, "relevance_question_type": None,
    "topic_first": None,
}  # fmt: skip


def seed(
    id: str, *, mark: bool = True, tokens: int = 20, openness: str = "open", topic: str = "", type_: str = ""
) -> QuestionRow:
    return QuestionRow(
        **_FIXED, id=id, cluster=id, traditional=mark, tokens=tokens, openness_a=openness, openness_b=openness,
        topic_requested=topic or None, question_type_requested=type_ or None,
    )  # fmt: skip


def pool(n: int, *, marks: int | None = None, step: int = 1) -> dict[str, QuestionRow]:
    """`n` seeds of 10, 10 + step, … tokens, of which `marks` (all) end in a question mark; topics and types in turn."""
    return {
        f"s{at:03d}": seed(
            f"s{at:03d}", mark=marks is None or at < marks, tokens=10 + at * step,
            openness=("open", "closed", "other")[at % 3], topic=f"t{at % 5}", type_=f"q{at % 4}",
        )
        for at in range(n)
    }  # fmt: skip
