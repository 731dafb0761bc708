"""Every test answers every sample: with a value inside its interval, or with a reason."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pytest

from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate.testing import (
    Finding,
    Outcome,
    Sample,
    describe,
    distance,
    dose_response,
    equivalence,
    filter_steps,
    follow_index,
    moved_by_filter,
    swap_slope,
    with_holm,
    within_run,
)

NAN = float("nan")
RNG = np.random.default_rng(0)


def kinds(values: list[float | None], clusters: list[str] | None = None) -> list[Sample]:
    words = [None if value is None or math.isnan(value) else f"label {value}" for value in values]
    truths = [None if value is None or math.isnan(value) else bool(value > 3) for value in values]
    return [Sample.flags(truths, clusters), Sample.labels(words, clusters), Sample.numbers(values, clusters)]


CASES: dict[str, list[Sample]] = {
    "none": kinds([]),
    "one row": kinds([4.0]),
    "two rows": kinds([4.0, 2.0]),
    "one cluster": kinds([4.0, 2.0, 3.0], ["a", "a", "a"]),
    "all alike": kinds([4.0] * 40),
    "all missing": kinds([None, NAN, None]),
    "NaN among them": kinds([4.0, NAN, 2.0, 5.0, 1.0]),
    "zeros": kinds([0.0] * 12),
    "negative": kinds([-3.0, 2.0, 8.0] * 5),
    "fine": kinds(RNG.integers(1, 9, 60).tolist(), [f"p{i // 3}" for i in range(60)]),
}
TESTS: dict[str, Callable[[Sample, Sample], list[Outcome]]] = {
    "describe": lambda a, b: list(describe(a, b, draws=20)),
    "distance": lambda a, b: [distance(a, b, draws=20)],
    "follow_index": lambda a, b: [follow_index(a, b, a, draws=20), follow_index(a, a, b, draws=20)],
    "swap_slope": lambda a, b: [swap_slope([(a, b)] * 2), swap_slope([(a, b), (b, a), (a, a), (b, b)])],
    "dose_response": lambda a, b: [dose_response([0, 1], [a, b]), dose_response([1, 1], [a, b]), dose_response([], [])],
    "equivalence": lambda a, b: [equivalence(a, b, draws=20)],
    "filter": lambda a, b: [
        moved_by_filter(a, np.ones(99, dtype=bool), np.arange(99) % 2 == 0, draws=20),
        moved_by_filter(a, np.ones(99, dtype=bool), np.zeros(99, dtype=bool), draws=20),
        *(outcome for _, outcome in filter_steps(b, [("g", np.arange(99) % 3 == 0)], draws=20)),
    ],
}


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("first", CASES)
def test_a_value_or_a_reason(test: str, first: str) -> None:
    for second in CASES.values():
        for a, b in zip(CASES[first], second, strict=True):
            for outcome in TESTS[test](a, b):
                check(outcome)


@pytest.mark.parametrize("case", CASES)
def test_within_a_run(case: str) -> None:
    for sample in (CASES[case][0], CASES[case][2]):
        values = sample.values.astype(float)
        names = [f"p{index}" for index in sample.cluster]
        check(within_run(values, np.linspace(0, 1, max(1, sample.clusters))[sample.cluster], names, draws=20))
        check(within_run(values, np.full(len(values), 0.5), names, draws=20))
        check(within_run(values, np.full(len(values), NAN), names, draws=20))
        check(within_run(values, np.linspace(0, 1, max(1, sample.clusters))[sample.cluster], names, strata=names))


def check(outcome: Outcome) -> None:
    estimate = outcome.estimate
    if isinstance(estimate, NotApplicable):
        assert len(estimate.reason.split()) > 3
        assert outcome.p is None
        assert outcome.verdict is None
    else:
        assert isinstance(estimate, Value)
        assert math.isfinite(estimate.value)
        assert estimate.low is None or estimate.low <= estimate.value + 1e-9
        assert estimate.high is None or estimate.value <= estimate.high + 1e-9
    # NaN is no JSON
    json.dumps(asdict(with_holm([Finding("T1", "feature", "question?", outcome)], "family")[0]), allow_nan=False)
