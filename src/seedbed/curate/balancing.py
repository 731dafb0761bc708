"""What the choice did to the balance of topics, types, groups and authors: counts before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from seedbed.measures.definition import Measured
from seedbed.measures.statistics import evenness
from seedbed.records import Question, Triple

__all__ = ["Balance", "Count", "balance"]


@dataclass(frozen=True, slots=True)
class Count:
    """How many seeds have a label, before and after the choice. `label` is a canonical id, or as typed in quotes."""

    label: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Balance:
    """One aspect. Evenness is Pielou's over the labels that occur before: 1 where all are equally frequent."""

    aspect: str
    rows: tuple[Count, ...]
    evenness_before: Measured[float]
    evenness_after: Measured[float]


def balance(before: Sequence[Question | Triple], after: Sequence[Question | Triple]) -> tuple[Balance, ...]:
    """Tables for all questions, or all triples, and for those chosen of them; most frequent label first."""
    found: list[Balance] = []
    sample = next(iter(before), None)
    if sample is None:
        return ()
    for aspect in ("topic", "question_type", "group", "author") if isinstance(sample, Question) else (
        "value", "group", "author",
    ):  # fmt: skip
        first = Counter(label for item in before for label in _labels(item, aspect))
        second = Counter(label for item in after for label in _labels(item, aspect))
        ordered = sorted(first | second, key=lambda label: (-first[label], label))
        found.append(
            Balance(
                aspect,
                tuple(Count(label, first[label], second[label]) for label in ordered),
                evenness(first, len(ordered)),
                evenness({label: second[label] for label in ordered}, len(ordered)),
            )
        )
    return tuple(found)


def _labels(item: Question | Triple, aspect: str) -> tuple[str, ...]:
    if aspect == "group":
        return (item.group or "none",)
    if aspect == "author":
        return item.authors or ("none",)
    if isinstance(item, Triple):
        return item.values or _typed("; ".join(item.values_raw))
    known, raw = (item.topic, item.topic_raw) if aspect == "topic" else (item.question_type, item.question_type_raw)
    return (known,) if known else _typed(raw)


def _typed(raw: str) -> tuple[str, ...]:
    return (f"“{raw}”",) if raw else ("none",)
