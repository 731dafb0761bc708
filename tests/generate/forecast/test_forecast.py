"""From a journal to a forecast, and what is said of it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.engine import Journal, Outcome, Prices, RunRecord, apportion, read_run
from seedbed.errors import InputError
from seedbed.generate.forecast import Amounts, Forecast, Range, forecast, lines
from seedbed.generate.questions.plan import cell_name, spread
from seedbed.records import Ask, Example, Reply, State, Usage, Verdict
from seedbed.seeds import current_taxonomy
from seedbed.testing import Latency, MockEndpoint
from tests.studies import copy_of


@pytest.fixture(scope="module")
def pilot(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 requests of a run of 300 rows, against an endpoint that takes its time."""
    path = copy_of(curated, tmp_path_factory.mktemp("pilot") / "study")
    with MockEndpoint(latency=Latency(0.02)) as mock:
        Study.open(path).generate(endpoint=mock.settings(), target=300, pilot=30)
    return path / "runs" / "questions"


FREE = Prices()


def made(run: Path, prices: Prices = FREE, **more: object) -> Forecast:
    return forecast(run / "journal.db", read_run(run), prices, draws=400, **more)  # type: ignore[arg-type]


def said(found: Forecast) -> str:
    return "\n".join(lines(found))


@pytest.mark.parametrize("knows_the_plan", [True, False])
def test_what_a_pilot_says_of_the_whole_is_borne_out(pilot: Path, tmp_path: Path, knows_the_plan: bool) -> None:
    found = made(pilot, Prices(1.0, 4.0), currency="USD", quotas=planned(pilot) if knows_the_plan else None)
    study = copy_of(pilot.parents[1], tmp_path / "study")
    with MockEndpoint() as mock:
        summary = Study.open(study).generate(endpoint=mock.settings(), target=300)
    assert found.whole.calls.low <= summary.calls <= found.whole.calls.high
    assert found.whole.read.low <= summary.prompt_tokens <= found.whole.read.high
    assert found.whole.cost is not None
    true = (summary.prompt_tokens + 4 * summary.completion_tokens) / 1e6
    assert found.whole.cost.low <= true <= found.whole.cost.high
    assert found.acceptance.low <= summary.kept / summary.generated <= found.acceptance.high


def test_the_whole_is_what_is_spent_and_what_is_left(pilot: Path) -> None:
    found = made(pilot)
    with_calls = [(found.whole.calls, found.rest.calls, 30.0)]
    journal = Journal(pilot / "journal.db", read_only=True)
    totals = journal.totals()
    journal.close()
    with_calls.append((found.whole.read, found.rest.read, float(totals["prompt_tokens"])))
    with_calls.append((found.whole.written, found.rest.written, float(totals["completion_tokens"])))
    for whole, rest, spent in with_calls:
        assert whole == rest.plus(spent)
    assert (found.asks, found.generated, found.kept) == (30, totals["kept"] + totals["rejected"], totals["kept"])


def planned(run: Path) -> dict[str, int]:
    """The rows wanted of each cell, by the study's own plan."""
    study = Study.open(run.parents[1])
    curation, seed = study.curation(), study.settings.generate.seed
    chosen = [curation.question(id) for id in curation.selected_questions]
    examples = [Example(item.id, item.text, item.topic, item.question_type) for item in chosen]
    shares = spread("proportional", current_taxonomy(study.folder), examples, {}, seed)
    return apportion({cell_name(*cell): share for cell, share in shares.items()}, 300)


def test_quotas_are_counted_with_where_they_are_known(pilot: Path) -> None:
    found = made(pilot, quotas=planned(pilot))
    assert found.quotas_known
    assert not made(pilot, quotas={"a/b": 7}).quotas_known  # of another target
    assert "How the plan spreads its rows" in said(made(pilot))
    assert "How the plan spreads its rows" not in said(found)


def test_lanes_of_the_next_session_change_the_time_alone(pilot: Path) -> None:
    one, other = made(pilot), made(pilot, lanes=1)
    assert one.rest.calls == other.rest.calls
    assert one.pace is not None
    assert one.rest.seconds is not None
    assert other.rest.seconds is not None
    assert other.rest.seconds.high == pytest.approx(one.rest.seconds.high * one.pace.lanes)


def test_what_cannot_be_known_is_said(pilot: Path) -> None:
    unpriced, priced = made(pilot), made(pilot, Prices(1.0, 1.0), currency="EUR")
    assert (unpriced.rest.cost, unpriced.whole.cost) == (None, None)
    assert "price_in" in said(unpriced)
    assert "price_in" not in said(priced)
    assert "EUR (" in said(priced)
    assert "so few requests cannot show how fast" in said(priced)


def written(path: Path, kept: list[int], record: RunRecord) -> Path:
    """A journal of asks of four rows, of which so many are kept."""
    path.mkdir()
    journal = Journal(path / "journal.db")
    for index, count in enumerate(kept):
        outcome = Outcome(
            Ask(f"a{index:04d}", 4 * index, 4, topic=f"t{index % 5}", question_type="q"), 1, Reply({}, Usage(500, 90)),
            seconds=1.0,
        )  # fmt: skip
        verdicts = [
            (Verdict(slot, State.KEPT if place < count else State.REJECTED, "" if place < count else "length"), None)
            for place, slot in enumerate(outcome.ask.slots)
        ]
        journal.commit([outcome], verdicts)
    journal.close()
    return path / "journal.db"


RECORD = RunRecord("r", "questions", {"target": 1000, "candidates": None, "per_ask": 4, "patience": 60}, {})


def test_acceptance_that_falls_is_gone_on_from_where_it_is(tmp_path: Path) -> None:
    falling = forecast(written(tmp_path / "a", [3, 4, 3, 3] * 10 + [1, 2, 1, 1] * 10, RECORD), RECORD, Prices())
    steady = forecast(written(tmp_path / "b", [3, 1, 2, 3] * 20, RECORD), RECORD, Prices())
    assert falling.from_second_half
    assert "has fallen from 81 % in the first half to 31 %" in said(falling)
    assert falling.rest.calls.value > 1.4 * steady.rest.calls.value
    assert not steady.from_second_half
    assert "has not clearly fallen" in said(steady)


def test_a_run_that_is_done_needs_nothing(tmp_path: Path) -> None:
    record = dataclasses.replace(RECORD, ask={**RECORD.ask, "target": None, "candidates": 80})
    found = forecast(written(tmp_path / "a", [2, 1] * 10, record), record, Prices())
    assert (found.rest.calls.high, found.whole.calls.value) == (0, 20)
    assert said(found) == "To make 80 candidates: nothing is left to ask for."


def test_replies_that_are_not_judged_yet_are_paid_for(tmp_path: Path) -> None:
    record = dataclasses.replace(RECORD, ask={**RECORD.ask, "target": None, "candidates": 400})
    path = written(tmp_path / "a", [2, 1] * 10, record)
    journal = Journal(path)
    journal.commit([Outcome(Ask("late", 84, 4, topic="t"), 1, Reply({}, Usage(500, 90)), seconds=1.0)], [])
    journal.close()
    found = forecast(path, record, Prices())
    assert (found.asks, found.rest.calls.value) == (21, 79)


def test_too_little_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a", [2, 1, 3], RECORD)
    with pytest.raises(InputError, match="3 requests are too few") as caught:
        forecast(path, RECORD, Prices())
    assert "--pilot 30" in caught.value.hint


def test_the_words_of_a_forecast(pilot: Path) -> None:
    amounts = Amounts(
        calls=Range(24_312, 21_870, 27_440), read=Range(2e7, 2e7, 2e7), written=Range(1e7, 1e7, 1e7),
        tokens=Range(31_000_000, 28_000_000, 34_600_000), seconds=Range(2900, 2520, 3300),
        cost=Range(11.2, 10.1, 12.6),
    )  # fmt: skip
    found = dataclasses.replace(made(pilot), target=10_000, whole=amounts, currency="USD")
    assert lines(found)[0] == (
        "To keep 10,000: about 24,300 (21,900 to 27,400) calls, 31 M (28 M to 34.6 M) tokens, 42 to 55 min, "
        "11.20 USD (10.10 to 12.60)"
    )
    long = dataclasses.replace(amounts, seconds=Range(9e3, 7.2e3, 1.08e4), cost=Range(0.0123, 0.0101, 0.0145))
    assert "2.0 to 3.0 h, 0.012 USD (0.010 to 0.015)" in lines(dataclasses.replace(found, whole=long))[0]
