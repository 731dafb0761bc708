"""What a training found out: plain data, stored with the inspector."""

from __future__ import annotations

from dataclasses import dataclass

from seedbed.measures.definition import NotApplicable, Value

__all__ = ["InspectorReport", "Number", "Shuffled", "ValueReport"]

Number = Value[float] | NotApplicable


@dataclass(frozen=True, slots=True)
class ValueReport:
    """How the inspector does on the pairs of one value, or of all where `value` is None.

    `pairs` trained; `tested` of them are those whose labels are people's, on which all figures stand. `own_model` says
    whether the value has a line of its own or is scored by the one over all values. `figures` and `length` (the
    length-only baseline) are empty where `tested` is under 5. `gain` is kappa above the baseline's. `reasons` say what
    keeps it from judging. `more_pairs` is how many pairs are missing at least; `more_would_do` is False where more
    pairs like these would not be enough, however many.
    """

    value: str | None
    pairs: int
    tested: int
    own_model: bool
    figures: dict[str, Number]
    length: dict[str, Number]
    gain: Number
    may_judge: bool
    reasons: tuple[str, ...]
    more_pairs: int
    more_would_do: bool


@dataclass(frozen=True, slots=True)
class Shuffled:
    """The permutation null: AUROC of uncalibrated scores out of fold, where the labels of each cluster are swapped by
    a coin. `p` is the share of shuffles, the true labels counted in, that do as well as the true labels."""

    times: int
    auroc: float
    mean: float
    upper: float
    p: float


@dataclass(frozen=True, slots=True)
class InspectorReport:
    """The outcome of one training. `values` begins with all values together; `left_out` counts pairs by reason.

    `clusters` is the number of pairs or sets of pairs that are independent of each other. `majority` is the accuracy
    of always giving one answer: each pair has one text of either kind.
    """

    embedder: str
    features: str
    penalty: float
    pairs: int
    clusters: int
    left_out: dict[str, int]
    values: tuple[ValueReport, ...]
    shuffled: Shuffled
    majority: float = 0.5

    def of(self, value: str | None) -> ValueReport | None:
        """The report on one value, or None where no pair of it was trained on."""
        return next((found for found in self.values if found.value == value), None)
