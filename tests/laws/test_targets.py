"""Law 1 for targets: the plan follows from verdicts, never from lanes or latencies; and N means N accepted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.engine import read_run
from seedbed.records import OVER_TARGET, State
from seedbed.testing import Latency, MockEndpoint
from tests.studies import configure, copy_of, told

TARGET = 150


@pytest.fixture(scope="module")
def sequential(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = copy_of(curated, tmp_path_factory.mktemp("targets") / "study")
    with MockEndpoint() as mock:
        Study.open(study).generate(endpoint=mock.settings(), target=TARGET, lanes=1)
    return study


@pytest.mark.parametrize(("lanes", "seed"), [(1, 1), (8, 1), (8, 2), (256, 1), (256, 2), (None, 1), (None, 2)])
def test_lanes_and_latencies_do_not_change_the_plan(
    curated: Path, sequential: Path, tmp_path: Path, lanes: int | None, seed: int
) -> None:
    study = copy_of(curated, tmp_path / "study")
    with MockEndpoint(latency=Latency(0.004, sigma=1.0, tail=0.05, seed=seed)) as mock:
        summary = Study.open(study).generate(endpoint=mock.settings(), target=TARGET, lanes=lanes)
        assert mock.stats()["requests"] == summary.calls
    assert told(study) == told(sequential)


@pytest.mark.parametrize("plan", ["proportional", "uniform"])
def test_the_rows_within_the_target_are_as_many_as_asked_for(curated: Path, tmp_path: Path, plan: str) -> None:
    study = copy_of(curated, tmp_path / "study")
    configure(study, "plan", f'"{plan}"', section="generate.questions")
    with MockEndpoint() as mock:
        summary = Study.open(study).generate(endpoint=mock.settings(), target=TARGET)
    rows = told(study)
    kept = [row for row in rows if row[1] is State.KEPT]
    record = read_run(study / "runs" / "questions")
    assert summary.complete
    assert len(kept) == summary.kept
    assert summary.kept - summary.over_target == TARGET - sum(s.wanted - s.accepted for s in summary.shortfalls)
    assert summary.over_target <= record.ask["look_back"]
    assert summary.over_target < TARGET / 2


def test_surplus_rows_are_kept_and_marked(sequential: Path) -> None:
    from seedbed.engine import read_rows

    rows = [row for row in read_rows(sequential / "runs" / "questions") if row.kept]
    within = Counter(row.verdict.notes["cell"] for row in rows if OVER_TARGET not in row.verdict.notes)
    assert within.total() == TARGET
    surplus = [row for row in rows if OVER_TARGET in row.verdict.notes]
    assert surplus
    assert all(row.verdict.notes[OVER_TARGET] is True for row in surplus)


def test_a_run_stopped_by_a_cap_goes_on_to_the_same_rows(curated: Path, sequential: Path, tmp_path: Path) -> None:
    study = copy_of(curated, tmp_path / "study")
    with MockEndpoint() as mock:
        settings = mock.settings()
        spent = 0
        for cap in (4_000, 9_000, 20_000):
            summary = Study.open(study).generate(endpoint=settings, target=TARGET, max_tokens=cap, lanes=8)
            tokens = summary.prompt_tokens + summary.completion_tokens
            assert (summary.complete, summary.stopped_by) == (False, f"the cap of {cap:,} tokens is reached")
            assert spent < tokens <= 1.01 * cap
            spent = tokens
        pilot = Study.open(study).generate(endpoint=settings, target=TARGET, pilot=5)
        assert pilot.stopped_by == "the pilot is done"
        whole = Study.open(study).generate(endpoint=settings, target=TARGET)
        assert whole.complete
        assert mock.stats()["requests"] == whole.calls  # nothing was asked for twice
    assert told(study) == told(sequential)


def test_a_cap_on_money_holds(curated: Path, tmp_path: Path) -> None:
    study = copy_of(curated, tmp_path / "study")
    with MockEndpoint() as mock:
        settings = mock.settings(price_in=1.0, price_out=4.0, currency="EUR")
        summary = Study.open(study).generate(endpoint=settings, target=TARGET, max_cost=0.01, lanes=4)
        assert not summary.complete
        assert 0.005 < summary.cost <= 0.0101
        assert summary.currency == "EUR"
        expected = (summary.prompt_tokens * 1.0 + summary.completion_tokens * 4.0) / 1e6
        assert summary.cost == pytest.approx(expected)


def test_a_cap_on_time_ends_the_session_in_time(curated: Path, tmp_path: Path) -> None:
    study = copy_of(curated, tmp_path / "study")
    with MockEndpoint(latency=Latency(0.1, sigma=0, tail=0)) as mock:
        summary = Study.open(study).generate(endpoint=mock.settings(), target=100_000, max_seconds=1.0, lanes=4)
    assert not summary.complete
    assert summary.stopped_by == "1 s have passed"
    assert summary.seconds < 6


def test_gates_that_changed_judge_the_same_replies_anew_and_then_go_on_to_the_target(
    curated: Path, sequential: Path, tmp_path: Path
) -> None:
    study = copy_of(sequential, tmp_path / "study")
    before = told(study)
    configure(study, "min_words", "17", section="generate.questions.gates")
    with MockEndpoint() as mock:
        summary = Study.open(study).generate(endpoint=mock.settings(), target=TARGET, rejudge=True)
        made = mock.stats()["requests"]
        assert made == summary.calls - len({row[7].id for row in before})  # only for the rows that are lacking now
    after = told(study)
    assert [(row[0], row[7]) for row in after[: len(before)]] == [(row[0], row[7]) for row in before]
    assert sum(row[2] == "length" for row in after) > 10 + sum(row[2] == "length" for row in before)
    assert made
    assert summary.kept - summary.over_target == TARGET - sum(s.wanted - s.accepted for s in summary.shortfalls)
    with MockEndpoint() as mock:  # and that run can be taken up again
        again = Study.open(study).generate(endpoint=mock.settings(), target=TARGET)
        assert mock.stats()["requests"] == 0
    assert (again.kept, again.over_target) == (summary.kept, summary.over_target)
