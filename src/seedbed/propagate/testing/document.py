"""What a test answers, and the findings as they go to propagation.json. Plain data: `dataclasses.asdict` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, TypeAlias

from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate.testing.multiplicity import holm

__all__ = ["Finding", "Needed", "Number", "Outcome", "TestId", "Verdict", "with_holm"]

Number: TypeAlias = Value[float] | NotApplicable
TestId: TypeAlias = Literal["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8"]


class Verdict(StrEnum):
    """What an equivalence test may say. No other part of Seedbed may use these words of a feature."""

    PRESERVED = "preserved"
    CHANGED = "changed"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Needed:
    """Rows that would decide an undecided test four times in five, if what was measured is the truth.

    `seeds`: seeds, while the synthetic rows stay as many; `synth`: the reverse; `both`: seeds and rows, grown by the
    same factor. None: no number up to 10,000 times today's would do.
    """

    seeds: int | None = None
    synth: int | None = None
    both: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of one test on one feature.

    `measure` names the estimate, `p` is the raw p-value where the test has one and `smallest_p` the least that it
    could have been. `null` is the middle 95 % of the estimate where the seeds do nothing. `n` counts what was
    compared. `points` are (seed side, synthetic side) where a slope was drawn through them. Of an equivalence test:
    `bounds` is the interval that decides (90 %; of labels 93.75 %), `margin` what it was held against.
    """

    measure: str
    estimate: Number
    p: float | None = None
    smallest_p: float | None = None
    null: tuple[float, float] | None = None
    n: tuple[tuple[str, int], ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    verdict: Verdict | None = None
    bounds: tuple[float, float] | None = None
    margin: tuple[float, float] | None = None
    needed: Needed | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of propagation.json: which test, of which feature, the question in words, and its outcome.

    `p_holm` is the p-value adjusted for the family that the finding was tested in, `family` that family's name.
    """

    test: TestId
    feature: str
    question: str
    outcome: Outcome
    p_holm: float | None = None
    family: str = ""


def with_holm(findings: Sequence[Finding], family: str) -> tuple[Finding, ...]:
    """The findings as one family: each with its Holm-adjusted p-value (see `holm`) and the family's name."""
    adjusted = holm([finding.outcome.p for finding in findings])
    return tuple(replace(finding, p_holm=p, family=family) for finding, p in zip(findings, adjusted, strict=True))
