"""Each fault of the connection, for more than half of all requests: the rows are those of an endpoint without fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import EndpointError
from seedbed.testing import Capacity, Fault, FaultPlan, Latency, MockEndpoint, Outage
from seedbed.testing.chaos import CONNECTION_FAULTS
from tests.chaos.runs import accounted, balanced, everything, generate, ledger, new_study, poisoned, probes, rows, told

COUNT = 40
ASKS = COUNT // 4


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Path:
    return new_study(curated, tmp_path / "study")


@pytest.fixture(scope="module")
def undisturbed(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    whole = new_study(curated, tmp_path_factory.mktemp("whole") / "study")
    with MockEndpoint() as mock:
        assert generate(whole, mock, COUNT).error is None
    return told(whole)


@pytest.mark.parametrize("fault", [kind for kind in CONNECTION_FAULTS if kind != "429:1e9"])
def test_what_happens_once_changes_no_row_and_the_books_agree(
    study: Path, undisturbed: list[tuple[Any, ...]], fault: str
) -> None:
    # not every body: the question whether the endpoint lives is a request too
    with MockEndpoint(keep=True, faults=FaultPlan(shares={Fault.parse(fault): 0.6}, salt="once")) as mock:
        ended = generate(study, mock, COUNT)
        stats = mock.stats()
    assert ended.error is None
    assert told(study) == undisturbed
    book = balanced(study, ended.summary, asks=ASKS)
    assert book.settled == book.answered == ASKS
    assert accounted(mock, book)
    assert stats["faults"][fault.partition(":")[0]] >= ASKS // 3
    if not probes(mock):
        assert (book.prompt_tokens, book.completion_tokens) == (stats["prompt_tokens"], stats["completion_tokens"])


def test_silence_and_trickles_beyond_the_time_out(study: Path, undisturbed: list[tuple[Any, ...]]) -> None:
    faults = FaultPlan(shares={Fault("hang"): 0.3, Fault("trickle", "1.5"): 0.3}, salt="once")
    with MockEndpoint(faults=faults) as mock:
        ended = generate(study, mock, COUNT, settings={"timeout_s": 0.4})
        assert {"hang", "trickle"} <= set(mock.stats()["faults"])
    assert ended.error is None
    assert told(study) == undisturbed


@pytest.mark.parametrize("wait", ["1e9", "1e308", "99999999"])
def test_a_pause_of_years_is_not_waited_for(study: Path, undisturbed: list[tuple[Any, ...]], wait: str) -> None:
    """The session may end with an error that says so, or take no notice; the same call then goes on."""
    with MockEndpoint(faults=FaultPlan(script={3: Fault("429", wait)})) as mock:
        ended = generate(study, mock, COUNT, seconds=30)
        if ended.error is not None:
            assert isinstance(ended.error, EndpointError)
            assert ended.error.hint
            assert generate(study, mock, COUNT).error is None
    assert told(study) == undisturbed


def test_the_key_is_in_no_file_error_or_output(
    study: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    key = "sk-live-0123456789abcdefXYZ"
    monkeypatch.setenv("CHAOS_KEY", key)
    caplog.set_level(0)
    others = ("500", "reset", "cut", "torn", "truncated", "html", "429:0", "null")
    shares = {Fault("echo"): 0.4, **{Fault.parse(kind): 0.4 / len(others) for kind in others}}
    with MockEndpoint(key=key, keep=True, faults=FaultPlan(shares=shares, times=2)) as mock:
        ended = generate(study, mock, COUNT, settings={"key_env": "CHAOS_KEY"})
        assert mock.stats()["faults"]["echo"] > 0
        assert all(headers["Authorization"] == f"Bearer {key}" for _, headers in mock.received)
        mock.faults = FaultPlan(always={Fault("echo"): 1.0})
        failed = generate(study, mock, COUNT, settings={"key_env": "CHAOS_KEY"}, run="never")
    assert ended.error is None
    told_to_people = "".join(capfd.readouterr()) + caplog.text + failed.shown + str(failed.summary)
    assert failed.error is not None or failed.summary.generated == 0
    assert b"answered 500" in everything(study)  # the journal quotes the endpoint
    for part in (key, key[:12], key[-12:]):
        assert part.encode() not in everything(study)
        assert part not in told_to_people


# --- servers -----------------------------------------------------------------------------------------------------


def test_a_single_slot_with_far_more_lanes_than_it_serves_in_time(
    study: Path, undisturbed: list[tuple[Any, ...]]
) -> None:
    """Sixteen in the queue take longer than the time-out; a few at a time do not."""
    with MockEndpoint(capacity=Capacity(slots=1), latency=Latency(0.05, sigma=0, tail=0)) as mock:
        ended = generate(study, mock, COUNT, settings={"timeout_s": 0.5})
        stats = mock.stats()
    assert ended.error is None
    assert ended.summary.failed == 0
    assert told(study) == undisturbed
    assert stats["requests"] <= 4 * ASKS


def test_a_rate_limit_is_kept_and_used(study: Path, undisturbed: list[tuple[Any, ...]]) -> None:
    with MockEndpoint(keep=True, capacity=Capacity(slots=4, rate=10, burst=3)) as mock:
        ended = generate(study, mock, COUNT)
        stats = mock.stats()
    assert ended.error is None
    assert told(study) == undisturbed
    book = balanced(study, ended.summary, asks=ASKS)
    assert book.attempts == ASKS  # being told to wait costs no attempt
    refused = stats["faults"].get("429", 0)
    assert accounted(mock, book)
    assert refused <= 6 * ASKS
    assert (ASKS - 3) / 10 - 0.1 < ended.summary.seconds < 20


def test_a_server_that_turns_away_who_does_not_fit_into_its_queue(
    study: Path, undisturbed: list[tuple[Any, ...]]
) -> None:
    with MockEndpoint(capacity=Capacity(slots=1, queue=2), latency=Latency(0.03, sigma=0, tail=0)) as mock:
        ended = generate(study, mock, COUNT)
    assert ended.error is None
    assert ended.summary.failed == 0
    assert told(study) == undisturbed


def test_a_server_that_slows_down_with_load(study: Path, undisturbed: list[tuple[Any, ...]]) -> None:
    with MockEndpoint(capacity=Capacity(drag=1.0), latency=Latency(0.03, sigma=0, tail=0)) as mock:
        ended = generate(study, mock, COUNT)
    assert ended.error is None
    assert told(study) == undisturbed
    assert ended.summary.seconds < 20


@pytest.mark.parametrize("how", ["refuse", "503"])
@pytest.mark.parametrize("seconds", [1.0, 6.0])
def test_an_endpoint_that_is_gone_for_a_while_costs_no_row(
    study: Path, undisturbed: list[tuple[Any, ...]], how: Any, seconds: float
) -> None:
    with MockEndpoint(
        outages=[Outage(after=5, seconds=seconds, how=how)], latency=Latency(0.02, sigma=0, tail=0)
    ) as mock:
        ended = generate(study, mock, COUNT)
        requests = mock.stats()["requests"]
    assert ended.error is None, ended.shown
    assert ended.summary.failed == 0
    assert told(study) == undisturbed
    assert requests <= ASKS + 16 * 8  # it is not hammered while it is down


def test_an_endpoint_that_is_gone_while_few_rows_are_in_flight(curated: Path, tmp_path: Path) -> None:
    """Three in flight where sixty-four might be: their failures are all that tells."""
    study = new_study(curated, tmp_path / "study", attempts=4)
    with MockEndpoint(outages=[Outage(after=0, seconds=5.0)], latency=Latency(0.02, sigma=0, tail=0)) as mock:
        ended = generate(study, mock, 12, lanes=64, settings={"max_lanes": 64})
    assert ended.error is None, ended.shown
    assert (ended.summary.generated, ended.summary.failed) == (12, 0)


def test_an_endpoint_that_keeps_dying(study: Path, undisturbed: list[tuple[Any, ...]]) -> None:
    outages = [Outage(after, 0.7, how) for after, how in ((2, "refuse"), (6, "503"), (9, "refuse"), (14, "503"))]  # type: ignore[arg-type]
    with MockEndpoint(outages=outages, latency=Latency(0.02, sigma=0, tail=0)) as mock:
        ended = generate(study, mock, COUNT)
    assert ended.error is None, ended.shown
    assert ended.summary.failed == 0
    assert told(study) == undisturbed


@pytest.mark.parametrize("lanes", [1, 16])
def test_a_poisonous_row_fails_whatever_the_order_and_takes_no_other_with_it(
    study: Path, undisturbed: list[tuple[Any, ...]], lanes: int
) -> None:
    ask = undisturbed[20][-1]
    assert (ask.first, ask.count) == (20, 4)
    with MockEndpoint(faults=poisoned(ask.seed, "500"), latency=Latency(0.01, sigma=1, seed=lanes)) as mock:
        ended = generate(study, mock, COUNT, lanes=lanes)
        met = mock.stats()["faults"]["500"]
    assert ended.error is None
    lost = [row for row in rows(study) if row.verdict.state == "failed"]
    assert [row.verdict.slot for row in lost] == [20, 21, 22, 23]
    assert all("answered 500" in row.verdict.reason for row in lost)
    assert met == 3 == ledger(study).most_attempts
    balanced(study, ended.summary, asks=ASKS)
    assert ended.summary.generated == COUNT  # made again at the tail, with other words
    same = [one for one in told(study) if one[0] < undisturbed[20][0]]
    assert same == undisturbed[:20]
