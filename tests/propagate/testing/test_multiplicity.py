from __future__ import annotations

import numpy as np
import pytest

from seedbed.measures.definition import NotApplicable
from seedbed.propagate.testing import Finding, Outcome, holm, with_holm
from tests.propagate.testing.worlds import most, rate


def test_against_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    ps = np.random.default_rng(0).random(12) ** 3
    assert holm(ps.tolist()) == pytest.approx(multipletests(ps, method="holm")[1], abs=1e-12)


def test_a_test_without_an_answer_counts_in_the_family() -> None:
    assert holm([0.01, None, 0.03]) == (pytest.approx(0.03), None, pytest.approx(0.06))
    assert holm([]) == ()
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([1.5])


def test_one_wrong_claim_among_seven_in_at_most_a_twentieth() -> None:
    # 2,000 families of 7 true nulls, p-values that hang together: 100 expected at most, 130 allowed
    def claims(rng: np.random.Generator) -> bool:
        from statistics import NormalDist

        z = 0.5 * rng.normal() + np.sqrt(0.75) * rng.normal(size=7)
        return any(p <= 0.05 for p in holm([2 * NormalDist().cdf(-abs(value)) for value in z]) if p is not None)

    assert 0 < rate(claims, 2_000) <= most(2_000)


def test_findings_become_one_family() -> None:
    found = [
        Finding("T3", feature, "?", Outcome("slope", NotApplicable("a reason"), p=p))
        for feature, p in (("length", 0.01), ("openness", 0.04))
    ]
    assert [(f.feature, f.p_holm, f.family) for f in with_holm(found, "T3")] == [
        ("length", 0.02, "T3"),
        ("openness", 0.04, "T3"),
    ]
