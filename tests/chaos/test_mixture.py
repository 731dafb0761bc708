"""A bit of everything, over both stages: every row ends somewhere, and the same faults give the same rows."""

from __future__ import annotations

import functools
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from seedbed.records import State
from seedbed.testing import MARK, Capacity, Fault, FaultPlan, Latency, MockEndpoint, MockProcess, Outage, chaos
from tests.chaos.runs import (
    Session,
    accounted,
    balanced,
    generate,
    kept,
    ledger,
    limited,
    new_study,
    offered,
    rows,
    said_wrongly,
    session,
    told,
)
from tests.chaos.together import Together

COUNT, TRIPLES = 120, 20
ASKS = COUNT // 4
# An endpoint that asks for a pause of years may end the session, which is tested where it stands alone.
WITHOUT = ("429:1e9",)


def plan(seed: int, *more: str) -> FaultPlan:
    made = chaos(seed, connection=0.4, text=0.4, without=(*WITHOUT, *more))
    # more of what can never be read, so that some rows fail for good however much else is understood
    made.always = {**made.always, Fault("silent"): 0.12}
    return made


ORDERS = {1: Latency(), 4: Latency(0.01, sigma=1, seed=1), 16: Latency(0.01, sigma=1, seed=2)}


@pytest.fixture(scope="module", autouse=True)
def begun(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Together]:
    """Every session in one process, the longest first."""
    folder = tmp_path_factory.mktemp("begun")

    def begin(mock: MockEndpoint, **options: Any) -> Callable[[], Session]:
        study = new_study(curated, folder / f"study-{len(works)}")
        return lambda: session(study, mock, COUNT, **options)

    def triples(seed: int) -> Session:
        study = new_study(curated, folder / f"triples-{seed}")
        with MockEndpoint() as calm:
            assert generate(study, calm, COUNT).error is None
        spoilt = MockEndpoint(keep=True, faults=plan(seed, "portuguese", "mojibake", "chinese"))
        return session(study, spoilt, TRIPLES, stage="triples")

    works: dict[Any, Callable[[], Session]] = {}
    works["calm"] = begin(MockEndpoint(faults=plan(4)), lanes=1)
    for lanes, latency in ORDERS.items():
        works["order", lanes] = begin(MockEndpoint(faults=plan(8), latency=latency), lanes=lanes)
    works["bad"] = begin(
        MockEndpoint(
            faults=plan(4),
            capacity=Capacity(slots=4, queue=16, rate=60, burst=20, drag=0.1),
            latency=Latency(0.02, sigma=1, tail=0.02),
            outages=[Outage(12, 1.0, "refuse"), Outage(40, 1.0, "503")],
        ),
        seconds=90,
    )
    for seed in (1, 2, 3):
        latency = Latency(0.01, sigma=1, tail=0.05, seed=seed)
        works["every", seed] = begin(
            MockEndpoint(keep=True, faults=plan(seed, "portuguese", "mojibake"), latency=latency)
        )
    for seed in (1, 2):
        works["triples", seed] = functools.partial(triples, seed)
    with Together(works) as begun:
        yield begun


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_row_ends_somewhere_and_the_books_agree(begun: Together, seed: int) -> None:
    met: Session = begun["every", seed]
    study, ended, mock = met.study, met.ended, met.mock
    stats, whole = mock.stats(), offered(mock)
    assert ended.error is None, ended.shown
    book = balanced(study, ended.summary, asks=ASKS)
    assert len(stats["faults"]) >= 10
    assert accounted(mock, book)
    assert book.most_attempts <= 3
    found = rows(study)
    assert {row.verdict.state for row in found} == set(State)
    assert said_wrongly([row.verdict.text for row in kept(study)], whole) == []
    assert not any(MARK in row.verdict.text for row in kept(study))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_triples_too(begun: Together, seed: int) -> None:
    met: Session = begun["triples", seed]
    study, ended, mock = met.study, met.ended, met.mock
    whole = offered(mock)
    assert ended.error is None, ended.shown
    book = balanced(study, ended.summary, asks=TRIPLES, per_ask=1, run="triples")
    assert accounted(mock, book)
    good = kept(study, "triples")
    assert good
    parts = [row.verdict.fields[part] for row in good for part in ("misaligned", "critique", "aligned")]
    assert said_wrongly([part for part in parts if part], whole) == []
    assert all(row.verdict.fields["misaligned"] and row.verdict.fields["aligned"] for row in good)


@pytest.mark.slow
def test_the_same_faults_give_the_same_rows_in_any_order(begun: Together) -> None:
    found = []
    for lanes in ORDERS:
        met: Session = begun["order", lanes]
        assert met.ended.error is None, met.ended.shown
        found.append(told(met.study))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) > COUNT  # some rows failed for good and were made again


@pytest.mark.slow
def test_a_bad_day(begun: Together) -> None:
    """Faults, a small server with a rate limit, and outages, all together."""
    calm: Session = begun["calm"]
    assert calm.ended.error is None
    met: Session = begun["bad"]
    assert met.ended.error is None, met.ended.shown
    balanced(met.study, met.ended.summary, asks=ASKS)
    assert told(met.study) == told(calm.study)


@pytest.mark.slow
def test_killed_in_chaos_it_ends_as_if_it_had_not_been(curated: Path, tmp_path: Path) -> None:
    options = [option for kind in WITHOUT for option in ("--without", kind)]
    whole, killed = new_study(curated, tmp_path / "whole"), new_study(curated, tmp_path / "killed")
    with MockProcess("--chaos", "9", *options) as mock:
        assert generate(whole, mock, COUNT).error is None
    draw, kills = random.Random(5), 0
    with MockProcess("--chaos", "9", *options, "--latency-ms", "30", "--sigma", "1") as mock:
        for _ in range(6):
            before = _settled(killed)
            process = subprocess.Popen(_command(killed, mock.url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            deadline = time.monotonic() + 60
            until = before + draw.randrange(2, 9)
            while process.poll() is None and _settled(killed) < until and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            kills += process.wait() == -signal.SIGKILL
        ended = generate(killed, mock, COUNT, lanes=8)
    assert ended.error is None, ended.shown
    assert kills >= 3
    assert told(killed) == told(whole)


def _settled(study: Path) -> int:
    try:
        return ledger(study).settled or 0
    except Exception:  # there is no journal yet, or no table in it
        return 0


def _command(study: Path, url: str) -> list[str]:
    return [
        sys.executable, "-m", "seedbed", "generate", str(study), "--endpoint", url, "--model", "mock",
        "--candidates", str(COUNT), "--lanes", "8",
    ]  # fmt: skip


def test_what_the_limit_is_for() -> None:
    with pytest.raises(pytest.fail.Exception, match="had not ended after"):
        limited(lambda: time.sleep(1), seconds=0.1)
