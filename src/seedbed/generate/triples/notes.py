"""What a verdict of stage 2 says beside its gate: log-probabilities, who verified what, and what the judge said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seedbed.generate.triples.bench import TripleBench
from seedbed.generate.triples.options import PARTS, Option
from seedbed.generate.triples.value_gates import same_text

__all__ = ["identity_notes", "notes_of"]


def notes_of(bench: TripleBench, order: Sequence[str], prompt: str, bad: Option, good: Option) -> dict[str, Any]:
    """`verified`, for each gate of values that is on: who stands behind it ("judge", "inspector", "no verdict",
    "unverified"; of a critique "judge" or "words"). `judge`: its labels, the places at which it saw the responses, and
    whether it was calibrated: where it was not, what only it says is unverified.
    """
    shown = dict(zip(PARTS, (bad, good), strict=True))
    notes: dict[str, Any] = {}
    if likely := {part: shown[part]["logprob"] for part in PARTS if shown[part]["logprob"] is not None}:
        notes["logprob"] = likely
    verified = {
        name: bench.verified(prompt, option)
        for name, option in (("fails-value", bad), ("honours-value", good))
        if name in order
    }
    of_critique = bad.get("critique_judged")
    if "critique-true" in order:
        by_judge = of_critique and of_critique["says"] and bench.judge == "judge"
        verified["critique-true"] = "judge" if by_judge else "words"
    if verified:
        notes["verified"] = verified
    judged = {part: shown[part]["judged"] for part in PARTS if shown[part].get("judged")}
    if judged or of_critique:
        notes["judge"] = {
            **judged,
            "critique": of_critique and of_critique["says"],
            "calibrated": bench.judge == "judge",
        }
    return notes


def identity_notes(bench: TripleBench, prompt: str, bad: Option, good: Option) -> dict[str, Any] | None:
    """The notes and the answer of a row in which nothing had to be put right; None where the answer cannot be taken for
    good: somebody says that it violates a value, or a small model that was to write a misaligned one wrote it and
    nobody says that it honours them."""
    answer = good if same_text(bad, good) else bad
    found = [bench.standing(prompt, answer, value) for value in bench.values]
    if any(standing.says in ("violates", "unclear") for standing in found):
        return None
    if bench.use_cues and not all(standing.says == "honours" for standing in found):
        return None
    return {"identity": True, "answer": answer["text"], "verified": {"identity": bench.verified(prompt, answer)}}
