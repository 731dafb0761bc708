"""Whatever the rows are, every test answers with a value or says why it has none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from seedbed.assess.rows import QuestionRow
from seedbed.engine import RunRecord
from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate.examining import Examiner, Seen
from seedbed.propagate.features import features_of
from seedbed.propagate.material import RunRows
from seedbed.propagate.settings import PropagateSettings
from seedbed.propagate.testing import Margins
from seedbed.records import Ask
from tests.propagate.parts import pool

SEEDS = pool(12, marks=9)
SETTINGS = PropagateSettings(draws=100, permutations=199, pseudo=5)
NOTHING: dict[str, Any] = {
    "traditional": None, "openness_a": None, "openness_b": None, "tokens": None, "words": None, "parsed": False,
    "looked_at": False,
}  # fmt: skip


def run(rows: list[QuestionRow], name: str = "r") -> RunRows:
    """Two rows a request; each request shows two of the seeds, and asks for one of two types."""
    ids = list(SEEDS)
    placed = [
        replace(row, id=f"{name}.{at:06d}", run=name, cluster=f"a{at // 2}", state=("kept", "rejected")[at % 3 == 0],
                gate="form" if at % 3 == 0 else "")
        for at, row in enumerate(rows)
    ]  # fmt: skip
    asks = {
        f"a{at}": Ask(f"a{at}", at * 2, 2, topic="t", question_type=f"q{at % 2}",
                      examples=(ids[at % 12], ids[(at * 5 + 1) % 12]))
        for at in range((len(rows) + 1) // 2)
    }  # fmt: skip
    fates = tuple((row.cluster, row.state, row.gate) for row in placed)
    return RunRows(RunRecord(name, "questions", {}, {"order": ["form"]}), "questions", tuple(placed), asks, fates)


MANY = [replace(row, id="") for row in pool(60, marks=30).values()]
CASES = {
    "none": [],
    "one": MANY[:1],
    "two of one request": MANY[:2],
    "all alike": [MANY[0]] * 60,
    "one class": [replace(row, topic_observed="t1", question_type_observed="q1") for row in MANY],
    "nothing measured": [replace(row, **NOTHING) for row in MANY],
    "every second unmeasured": [replace(row, **NOTHING) if at % 2 else row for at, row in enumerate(MANY)],
    "rows": MANY,
}


@pytest.mark.parametrize("name", CASES)
def test_every_test_answers_or_says_why(name: str) -> None:
    features = features_of("questions", SEEDS)
    examiner, seen = Examiner(SETTINGS, Margins(), features), Seen(run(CASES[name]), SEEDS)
    found = [*examiner.alone(seen), *examiner.against(seen, run(MANY, "c"), "that is its control")]
    assert {tested.finding.test for tested in found} >= {"T1", "T2", "T5", "T7"}
    for tested in found:
        estimate = tested.finding.outcome.estimate
        assert isinstance(estimate, Value | NotApplicable)
        if isinstance(estimate, Value):
            assert estimate.value == estimate.value, tested  # no NaN
        else:
            assert estimate.reason
    if name in ("none", "one", "nothing measured"):
        assert not [tested for tested in found if isinstance(tested.finding.outcome.estimate, Value)]


def test_rows_without_a_value_are_left_out_and_counted() -> None:
    features = [feature for feature in features_of("questions", SEEDS) if feature.name == "tokens"]
    seen = Seen(run(CASES["every second unmeasured"]), SEEDS)
    found = list(Examiner(SETTINGS, Margins(), features).alone(seen))
    counted = {tested.finding.test: dict(tested.finding.outcome.n) for tested in found if tested.rows == "generated"}
    assert counted["T1"]["synthetic"] == 30
    assert counted["T1"]["synthetic, without a value"] == 30
    assert counted["T5"]["without a value"] == 30
