"""What one ask goes through: seen from the run that it belongs to, and last by itself."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from seedbed.engine import Caps, Journal, Limits, Outcome, Progress
from seedbed.engine.attempts import Attempts
from seedbed.errors import (
    EndpointError,
    EndpointRefused,
    RateLimited,
    RequestRefused,
    TransientEndpointError,
    UnreadableReply,
)
from seedbed.records import Ask, Reply, State, Usage
from tests.engine.fakes import Latent, WordStage, conductor, make_ask, run


@pytest.mark.parametrize("error", [TransientEndpointError, UnreadableReply])
def test_rows_that_fail_for_good_do_not_pass_for_an_endpoint_that_is_down(
    tmp_path: Path, error: type[EndpointError]
) -> None:
    """Here the window of look_back slots holds many of them, and at times nothing else is left in flight."""

    def fault(ask: Ask, nth: int) -> Exception | None:
        return error("poison") if ask.seed % 8 == 3 and ask.first < 400 else None

    rows = run(tmp_path, Latent(0, fault), asks=200, lanes=16, look_back=96, attempts=3, backoff_s=0.01)
    assert len([row for row in rows if row[1] is not State.FAILED]) == 400


def test_a_model_that_never_writes_the_form_stops_the_run_and_what_it_cost_is_on_record(tmp_path: Path) -> None:
    engine = Latent(0, lambda ask, nth: UnreadableReply("no list", reply=Reply({"text": "?"}, Usage(5, 7))))
    with pytest.raises(EndpointError, match=r"\d requests in a row got no usable answer"):
        run(tmp_path, engine, asks=200, lanes=8, attempts=2)
    journal = Journal(tmp_path / "journal.db")
    calls = engine.calls.total()
    assert 6 * 2 <= calls <= 6 * 2 + 8 * 2
    total, dearest = journal.spent()
    assert dearest == Usage(5, 7)
    assert calls - 8 <= total.prompt_tokens // 5 <= calls  # but for those cut off when the run stopped
    journal.close()


def test_a_model_that_stops_writing_the_form_stops_the_run_later(tmp_path: Path) -> None:
    engine = Latent(0, lambda ask, nth: UnreadableReply("no list") if ask.first >= 40 else None)
    with pytest.raises(EndpointError, match=r"6\d requests in a row got no usable answer"):
        run(tmp_path, engine, asks=2000, lanes=8, attempts=1)


def test_a_wrong_key_stops_at_once(tmp_path: Path) -> None:
    engine = Latent(0, lambda ask, nth: EndpointRefused("401"))
    with pytest.raises(EndpointRefused, match="401"):
        run(tmp_path, engine, lanes=2)
    assert engine.calls.total() <= 2


def test_a_refused_request_fails_its_row_without_further_attempts(tmp_path: Path) -> None:
    def fault(ask: Ask, nth: int) -> Exception | None:
        return RequestRefused("400 too long") if ask.first == 10 else None

    engine = Latent(0, fault)
    rows = run(tmp_path, engine, lanes=3)
    assert engine.calls["a00010"] == 1
    assert [(row[0], row[3]) for row in rows if row[1] is State.FAILED] == [(10, "400 too long"), (11, "400 too long")]


def test_a_rate_limit_pauses_everyone_and_costs_no_attempt(tmp_path: Path) -> None:
    def limited(ask: Ask, nth: int) -> Exception | None:
        return RateLimited("429", retry_after=0.05) if ask.first == 0 and nth <= 5 else None

    engine = Latent(0, limited)
    began = time.monotonic()
    rows = run(tmp_path, engine, lanes=1, attempts=2)
    assert time.monotonic() - began >= 5 * 0.05
    assert engine.calls["a00000"] == 6
    assert not [row for row in rows if row[1] is State.FAILED]


def test_unbroken_rate_limiting_stops_the_run(tmp_path: Path) -> None:
    engine = Latent(0, lambda ask, nth: RateLimited("429", retry_after=0.01))
    with pytest.raises(EndpointError, match="rate limit"):
        run(tmp_path, engine, lanes=4, outage_s=0.1)


def test_a_cap_holds_for_attempts_after_the_first(tmp_path: Path) -> None:
    engine = Latent(0, lambda ask, nth: UnreadableReply("no list", reply=Reply({"text": "?"}, Usage(900, 100))))
    journal = Journal(tmp_path / "journal.db")
    session = conductor(journal, engine, lanes=1, attempts=8, caps=Caps(tokens=2500))
    progress = asyncio.run(session.run())
    assert progress.stopped_by == "the cap of 2,500 tokens is reached"
    assert engine.calls.total() == 2
    assert journal.answered()  # what was paid for binds the run, although nothing was read
    journal.close()


def test_what_was_paid_for_before_a_refusal_is_on_record_and_bounded(tmp_path: Path) -> None:
    def fault(ask: Ask, nth: int) -> Exception | None:
        error = RateLimited("429 of the judge", retry_after=0.0)
        error.spent = Usage(70, 30)
        return error if ask.first == 0 else None

    engine = Latent(0, fault)
    rows = run(tmp_path, engine, asks=4, lanes=1, attempts=3)
    assert {row[1] for row in rows if row[0] < 2} == {State.FAILED}
    journal = Journal(tmp_path / "journal.db")
    refused = sum(count for id, count in engine.calls.items() if engine.fault(make_ask(0, int(id[1:])), 1))
    spent, dearest = journal.spent()
    assert refused == 3
    assert (spent.prompt_tokens, dearest) == (70 * refused + 3 * (engine.calls.total() - refused), Usage(70, 30))
    journal.close()


def test_lanes_are_all_used_and_never_exceeded(tmp_path: Path) -> None:
    engine = Latent(0)
    run(tmp_path, engine, lanes=16)
    assert engine.peak == 16


def test_after_a_reply_that_was_not_read_other_random_numbers_are_used_and_after_a_lost_one_the_same(
    tmp_path: Path,
) -> None:
    seeds: dict[int, list[int]] = {0: [], 2: []}

    def fault(ask: Ask, nth: int) -> Exception | None:
        if ask.first not in seeds:
            return None
        seeds[ask.first].append(ask.seed)
        if nth > 2:
            return None
        return TransientEndpointError("reset") if ask.first == 0 else UnreadableReply("no list")

    rows = run(tmp_path, Latent(0, fault), asks=2, lanes=1)
    assert seeds[0] == [0, 0, 0]
    assert len({*seeds[2]}) == 3
    assert [row[6].seed for row in rows] == [0, 0, 1, 1]  # the ask stands as it was planned


def test_the_next_session_counts_on_from_the_attempts_at_an_ask_that_stayed_open(tmp_path: Path) -> None:
    seeds: list[int] = []

    def fault(ask: Ask, nth: int) -> Exception | None:
        seeds.append(ask.seed)
        return UnreadableReply("no list", reply=Reply({"text": "?"}, Usage(900, 100))) if len(seeds) <= 2 else None

    assert run(tmp_path, Latent(0, fault), asks=1, lanes=1, caps=Caps(tokens=2500)) == []
    rows = run(
        tmp_path, Latent(0, fault), asks=1, lanes=1, attempts=1
    )  # those of earlier sessions are not held against it
    assert len({*seeds}) == len(seeds) == 3  # the third is neither the first nor the second
    assert {row[1] for row in rows} <= {State.KEPT, State.REJECTED}
    journal = Journal(tmp_path / "journal.db")
    assert [number for number, *_ in journal.attempts_at("a00000")] == [1, 2, 3]
    journal.close()


class Kept:
    """Attempts by themselves: what they would have on disk, and how often they said that something changed."""

    def __init__(self, engine: Latent, **limits: Any) -> None:
        self.saved: list[Outcome] = []
        self.changes = 0
        self.progress = Progress()
        self.attempts = Attempts(
            stage=WordStage(), engine=engine, limits=Limits(**limits), progress=self.progress, save=self.save,
            changed=self.changed,
        )  # fmt: skip

    async def save(self, outcome: Outcome) -> None:
        self.saved.append(outcome)

    def changed(self) -> None:
        self.changes += 1


def test_a_pilot_takes_as_many_lanes_as_it_has_asks_and_stops_when_they_are_settled() -> None:
    async def work() -> None:
        kept = Kept(Latent(0), asks=3, lanes=2)
        attempts = kept.attempts
        assert [attempts.take_lane() for _ in range(3)] == [True, True, False]  # no lane is free
        await attempts.settle(make_ask(0, 0))
        assert attempts.take_lane()
        await attempts.settle(make_ask(1, 2))
        assert attempts.lane_free
        assert not attempts.take_lane()  # the third is in flight
        assert not attempts.stopping
        await attempts.settle(make_ask(2, 4))
        assert not attempts.take_lane()
        assert attempts.stopping
        assert kept.progress.stopped_by == "the pilot is done"
        assert [outcome.ask.seed for outcome in kept.saved] == [0, 1, 2]

    asyncio.run(work())


def test_a_pause_is_told_when_it_begins_and_a_stop_ends_it() -> None:
    async def work() -> None:
        kept = Kept(Latent(0, lambda ask, nth: RateLimited("429", retry_after=30)), lanes=2)
        assert kept.attempts.take_lane()
        assert not kept.attempts.tell()
        asking = asyncio.create_task(kept.attempts.settle(make_ask(0, 0)))
        while not kept.changes:
            await asyncio.sleep(0.001)
        assert kept.attempts.tell()
        assert kept.progress.paused_until > time.monotonic() + 20
        assert not kept.attempts.tell()  # it is told
        kept.attempts.stop()
        await asyncio.wait_for(asking, 1)
        assert (kept.saved, kept.attempts.in_flight) == ([], 0)

    asyncio.run(asyncio.wait_for(work(), 10))
