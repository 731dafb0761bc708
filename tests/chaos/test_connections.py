"""Each fault of the connection, for more than half of all requests: the rows are those of an endpoint without fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import EndpointError
from seedbed.testing import Capacity, Fault, FaultPlan, Latency, MockEndpoint, Outage
from seedbed.testing.chaos import CONNECTION_FAULTS
from tests.chaos.runs import (
    Session,
    accounted,
    balanced,
    everything,
    generate,
    ledger,
    new_study,
    poisoned,
    probes,
    rows,
    session,
    told,
)
from tests.chaos.together import Together

COUNT = 40
ASKS = COUNT // 4
ONCE = [kind for kind in CONNECTION_FAULTS if kind != "429:1e9"]
GONE = [(seconds, how) for seconds in (6.0, 1.0) for how in ("refuse", "503")]
POISONED = 20  # the first slot of the row whose request is never answered


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Path:
    return new_study(curated, tmp_path / "study")


@pytest.fixture(scope="module")
def undisturbed(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    whole = new_study(curated, tmp_path_factory.mktemp("whole") / "study")
    with MockEndpoint() as mock:
        assert generate(whole, mock, COUNT).error is None
    return told(whole)


@pytest.fixture(scope="module", autouse=True)
def begun(
    curated: Path, undisturbed: list[tuple[Any, ...]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Together]:
    """The sessions that wait longest, the longest first."""
    folder, quick = tmp_path_factory.mktemp("begun"), Latency(0.02, sigma=0, tail=0)

    def begin(mock: MockEndpoint, *, count: int = COUNT, attempts: int = 3, **options: Any) -> Any:
        study = new_study(curated, folder / f"study-{len(works)}", attempts=attempts)
        return lambda: session(study, mock, count, **options)

    works: dict[Any, Any] = {}
    for seconds, how in GONE:
        outage = Outage(after=5, seconds=seconds, how=how)  # type: ignore[arg-type]
        works["gone", seconds, how] = begin(MockEndpoint(outages=[outage], latency=quick))
    works["few"] = begin(
        MockEndpoint(outages=[Outage(after=0, seconds=5.0)], latency=quick),
        count=12, attempts=4, lanes=64, settings={"max_lanes": 64},
    )  # fmt: skip
    outages = [Outage(after, 0.7, how) for after, how in ((2, "refuse"), (6, "503"), (9, "refuse"), (14, "503"))]  # type: ignore[arg-type]
    works["dying"] = begin(MockEndpoint(outages=outages, latency=quick))
    for fault in ONCE:
        # not every body: the question whether the endpoint lives is a request too
        faults = FaultPlan(shares={Fault.parse(fault): 0.6}, salt="once")
        works["once", fault] = begin(MockEndpoint(keep=True, faults=faults))
    (ask,) = {one[-1] for one in undisturbed if one[-1].first == POISONED}
    for lanes in (1, 16):
        mock = MockEndpoint(faults=poisoned(ask.seed, "500"), latency=Latency(0.01, sigma=1, seed=lanes))
        works["poisoned", lanes] = begin(mock, lanes=lanes)
    with Together(works) as begun:
        yield begun


@pytest.mark.parametrize("fault", ONCE)
def test_what_happens_once_changes_no_row_and_the_books_agree(
    begun: Together, undisturbed: list[tuple[Any, ...]], fault: str
) -> None:
    met: Session = begun["once", fault]
    study, ended, mock, stats = met.study, met.ended, met.mock, met.mock.stats()
    assert ended.error is None
    assert told(study) == undisturbed
    book = balanced(study, ended.summary, asks=ASKS)
    assert book.settled == book.answered == ASKS
    assert accounted(mock, book)
    assert stats["faults"][fault.partition(":")[0]] >= ASKS // 3
    if not probes(mock):
        assert (book.prompt_tokens, book.completion_tokens) == (stats["prompt_tokens"], stats["completion_tokens"])


def test_silence_and_trickles_beyond_the_time_out(
    study: Path, undisturbed: list[tuple[Any, ...]], begun: Together
) -> None:
    begun.rest()
    faults = FaultPlan(shares={Fault("hang"): 0.3, Fault("trickle", "1.5"): 0.3}, salt="twice")
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


@pytest.mark.slow
def test_the_key_is_in_no_file_error_or_output(
    study: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    key = "sk-live-0123456789abcdefXYZ"
    monkeypatch.setenv("CHAOS_KEY", key)
    caplog.set_level(0)
    others = ("500", "reset", "cut", "torn", "truncated", "html", "429:0", "null")
    shares = {Fault("echo"): 0.4, **{Fault.parse(kind): 0.4 / len(others) for kind in others}}
    mock = MockEndpoint(key=key, keep=True, faults=FaultPlan(shares=shares, times=2))
    never = MockEndpoint(key=key, faults=FaultPlan(always={Fault("echo"): 1.0}))
    by_key: dict[str, Any] = {"settings": {"key_env": "CHAOS_KEY"}}
    works = {
        "ended": lambda: session(study, mock, COUNT, **by_key).ended,
        "failed": lambda: session(study, never, COUNT, run="never", **by_key).ended,
    }
    with Together(works) as both:
        ended, failed = both["ended"], both["failed"]
    assert mock.stats()["faults"]["echo"] > 0
    assert never.stats()["faults"]["echo"] > 0
    assert all(headers["Authorization"] == f"Bearer {key}" for _, headers in mock.received)
    assert ended.error is None
    told_to_people = "".join(capfd.readouterr()) + caplog.text + failed.shown + str(failed.summary)
    assert failed.error is not None or failed.summary.generated == 0
    assert b"answered 500" in everything(study)  # the journal quotes the endpoint
    for part in (key, key[:12], key[-12:]):
        assert part.encode() not in everything(study)
        assert part not in told_to_people


# --- servers -----------------------------------------------------------------------------------------------------


def test_a_single_slot_with_far_more_lanes_than_it_serves_in_time(
    study: Path, undisturbed: list[tuple[Any, ...]], begun: Together
) -> None:
    """Sixteen in the queue take longer than the time-out; a few at a time do not."""
    begun.rest()
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


@pytest.mark.parametrize(("seconds", "how"), GONE)
def test_an_endpoint_that_is_gone_for_a_while_costs_no_row(
    begun: Together, undisturbed: list[tuple[Any, ...]], how: str, seconds: float
) -> None:
    met: Session = begun["gone", seconds, how]
    assert met.ended.error is None, met.ended.shown
    assert met.ended.summary.failed == 0
    assert told(met.study) == undisturbed
    assert met.mock.stats()["requests"] <= ASKS + 16 * 8  # it is not hammered while it is down


def test_an_endpoint_that_is_gone_while_few_rows_are_in_flight(begun: Together) -> None:
    """Three in flight where sixty-four might be: their failures are all that tells."""
    ended = begun["few"].ended
    assert ended.error is None, ended.shown
    assert (ended.summary.generated, ended.summary.failed) == (12, 0)


def test_an_endpoint_that_keeps_dying(begun: Together, undisturbed: list[tuple[Any, ...]]) -> None:
    met: Session = begun["dying"]
    assert met.ended.error is None, met.ended.shown
    assert met.ended.summary.failed == 0
    assert told(met.study) == undisturbed


@pytest.mark.parametrize("lanes", [1, 16])
def test_a_poisonous_row_fails_whatever_the_order_and_takes_no_other_with_it(
    begun: Together, undisturbed: list[tuple[Any, ...]], lanes: int
) -> None:
    assert undisturbed[POISONED][-1].count == 4
    met: Session = begun["poisoned", lanes]
    study, ended = met.study, met.ended
    assert ended.error is None
    lost = [row for row in rows(study) if row.verdict.state == "failed"]
    assert [row.verdict.slot for row in lost] == [20, 21, 22, 23]
    assert all("answered 500" in row.verdict.reason for row in lost)
    assert met.mock.stats()["faults"]["500"] == 3 == ledger(study).most_attempts
    balanced(study, ended.summary, asks=ASKS)
    assert ended.summary.generated == COUNT  # made again at the tail, with other words
    same = [one for one in told(study) if one[0] < undisturbed[POISONED][0]]
    assert same == undisturbed[:POISONED]
