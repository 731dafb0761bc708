from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from seedbed.engine import Caps, Journal, Outcome
from seedbed.errors import EndpointError, EndpointRefused, InputError, StorageError, UnreadableReply
from seedbed.records import Ask, Reply, State, Usage, Verdict
from tests.engine.fakes import (
    Latent,
    RateLimited,
    RequestRefused,
    TransientEndpointError,
    conductor,
    make_ask,
    told,
)


def run(path: Path, engine: Latent, **options: Any) -> list[tuple[Any, ...]]:
    journal = Journal(path / "journal.db")
    try:
        asyncio.run(conductor(journal, engine, **options).run())
        return told(journal)
    finally:
        journal.close()


@pytest.mark.parametrize("lanes", [1, 8, 256, None])
@pytest.mark.parametrize(("seed", "heavy"), [(1, False), (2, True)])
def test_any_number_of_lanes_gives_the_sequential_verdicts(
    tmp_path: Path, lanes: int | None, seed: int, heavy: bool
) -> None:
    sequential, other = tmp_path / "one", tmp_path / "many"
    sequential.mkdir()
    other.mkdir()
    expected = run(sequential, Latent(0), lanes=1)
    assert len(expected) == 120
    assert {row[1] for row in expected} == {State.KEPT, State.REJECTED}
    assert run(other, Latent(seed), lanes=lanes, heavy=heavy) == expected


@pytest.mark.parametrize("look_back", [1, 7, 64])
def test_failed_asks_are_made_again_at_the_tail_in_the_same_slots(tmp_path: Path, look_back: int) -> None:
    def fault(ask: Ask, nth: int) -> Exception | None:
        return TransientEndpointError("no") if ask.seed in (3, 40, 59) and ask.first < 120 else None

    results = []
    for lanes in (1, 9):
        folder = tmp_path / str(lanes)
        folder.mkdir()
        engine = Latent(lanes, fault)
        results.append(run(folder, engine, lanes=lanes, look_back=look_back, attempts=2))
        assert all(engine.calls[f"a{slot:05d}"] == 2 for slot in (6, 80, 118))
    assert results[0] == results[1]
    failed = [row for row in results[0] if row[1] is State.FAILED]
    assert [row[0] for row in failed] == [6, 7, 80, 81, 118, 119]
    tail = [row[6].seed for row in results[0] if row[0] >= 120]
    assert sorted(set(tail)) == [3, 40, 59]


def test_a_row_that_always_fails_does_not_keep_the_run_going(tmp_path: Path) -> None:
    def fault(ask: Ask, nth: int) -> Exception | None:
        return TransientEndpointError("poison") if ask.seed == 5 else None

    rows = run(tmp_path, Latent(0, fault), asks=10, lanes=4, attempts=2)
    assert len([row for row in rows if row[1] is State.KEPT or row[1] is State.REJECTED]) == 18
    assert {row[6].seed for row in rows if row[1] is State.FAILED} == {5}
    assert len([row for row in rows if row[1] is State.FAILED]) == 2 * (1 + 2)  # the row and its two replacements


def test_a_stop_keeps_what_arrived_and_the_next_session_goes_on(tmp_path: Path) -> None:
    expected = run(_made(tmp_path / "whole"), Latent(0), lanes=1)
    path = _made(tmp_path / "stopped")

    async def interrupted() -> tuple[int, Latent]:
        journal, engine = Journal(path / "journal.db"), Latent(3)
        session = conductor(journal, engine, lanes=4)
        task = asyncio.create_task(session.run())
        while session.progress.generated < 20:
            await asyncio.sleep(0.001)
        session.stop()
        progress = await task
        journal.close()
        return progress.calls, engine

    calls, _ = asyncio.run(interrupted())
    assert calls < 60
    engine = Latent(4)
    assert run(path, engine, lanes=8) == expected
    assert engine.calls.total() + calls == 60  # nothing that arrived was asked for again


def test_a_cancelled_session_repeats_at_most_what_was_in_flight(tmp_path: Path) -> None:
    expected = run(_made(tmp_path / "whole"), Latent(0), lanes=1)
    path = _made(tmp_path / "cut")
    total = 0

    async def cut(seed: int) -> int:
        journal, engine = Journal(path / "journal.db"), Latent(seed)
        task = asyncio.create_task(conductor(journal, engine, lanes=5).run())
        await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        journal.close()
        return engine.calls.total()

    for seed in range(4):
        total += asyncio.run(cut(seed))
    engine = Latent(9)
    assert run(path, engine, lanes=5) == expected
    assert 60 <= total + engine.calls.total() <= 60 + 4 * 5


def test_replies_beyond_the_cursor_are_judged_from_disk(tmp_path: Path) -> None:
    expected = run(_made(tmp_path / "whole"), Latent(0), lanes=1)
    journal = Journal(tmp_path / "whole" / "journal.db")
    journal.judge_anew({"cut": 2})
    assert list(journal.verdicts()) == []
    journal.close()
    engine = Latent(1)
    assert run(tmp_path / "whole", engine, lanes=8) == expected
    assert engine.calls.total() == 0


def test_an_endpoint_that_dies_for_good_stops_the_run_and_no_row_is_lost(tmp_path: Path) -> None:
    refused = TransientEndpointError("refused", hint="start it")
    engine = Latent(0, lambda ask, nth: refused if ask.first >= 40 else None, lambda: refused)
    with pytest.raises(EndpointError, match="no usable answer from the endpoint for") as caught:
        run(tmp_path, engine, lanes=8, attempts=4, outage_s=0.2)
    assert caught.value.hint == "start it"
    rows = run(tmp_path, Latent(1), lanes=8)
    assert len(rows) == 120
    assert not [row for row in rows if row[1] is State.FAILED]


def test_an_endpoint_that_comes_back_is_gone_on_with_and_no_attempt_is_held_against_a_row(tmp_path: Path) -> None:
    expected = run(_made(tmp_path / "whole"), Latent(0), lanes=1)
    dead_until = time.monotonic() + 0.8

    def dead() -> Exception | None:
        return TransientEndpointError("refused") if 0.02 < time.monotonic() - dead_until + 0.8 < 0.8 else None

    engine = Latent(3, lambda ask, nth: dead(), dead)
    # one lane: all of its few attempts fall into the outage
    assert run(_made(tmp_path / "outage"), engine, lanes=1, attempts=4) == expected
    assert engine.probes >= 2
    assert time.monotonic() >= dead_until


def test_an_endpoint_that_never_answered_is_given_up_soon(tmp_path: Path) -> None:
    refused = TransientEndpointError("refused")
    began = time.monotonic()
    with pytest.raises(EndpointError, match="no usable answer from the endpoint at all"):
        run(tmp_path, Latent(0, lambda ask, nth: refused, lambda: refused), lanes=8, outage_s=900.0)
    assert time.monotonic() - began < 15


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


def test_lanes_are_all_used_and_never_exceeded(tmp_path: Path) -> None:
    engine = Latent(0)
    run(tmp_path, engine, lanes=16)
    assert engine.peak == 16


def test_another_plan_on_the_same_journal_is_refused(tmp_path: Path) -> None:
    run(tmp_path, Latent(0), lanes=1, asks=20)
    journal = Journal(tmp_path / "journal.db")
    journal.judge_anew({})
    journal.close()
    with pytest.raises(InputError, match="not the one that was asked"):
        run(tmp_path, Latent(0), lanes=1, asks=20, count=1)


def test_a_disk_that_refuses_ends_the_run_with_lanes_still_in_flight(tmp_path: Path) -> None:
    expected = run(_made(tmp_path / "whole"), Latent(0), lanes=1)
    path = _made(tmp_path / "full")
    journal = Journal(path / "journal.db")
    commit, commits = journal.commit, 0

    def full(outcomes: Any, verdicts: Any) -> None:
        nonlocal commits
        commits += 1
        if commits > 3:
            raise StorageError("database or disk is full")
        commit(outcomes, verdicts)

    journal.commit = full  # type: ignore[method-assign]
    with pytest.raises(StorageError, match="full"):
        asyncio.run(asyncio.wait_for(conductor(journal, Latent(5), lanes=16).run(), 10))
    journal.close()
    assert run(path, Latent(6), lanes=8) == expected


def test_a_judge_that_breaks_ends_the_run_with_its_error(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    session = conductor(journal, Latent(0), lanes=4)
    session._judge.judge = lambda ask, candidates: 1 / 0  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        asyncio.run(session.run())
    journal.close()


def _made(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def test_a_judge_that_breaks_while_the_endpoint_is_gone_still_ends_the_run(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    session = conductor(
        journal, Latent(0, lambda ask, nth: EndpointRefused("401") if ask.first == 30 else None), lanes=8
    )
    judge, judged = session._judge.judge, 0

    def breaks(ask: Ask, candidates: Any) -> Any:
        nonlocal judged
        judged += 1
        if judged > 3:
            time.sleep(0.05)  # the endpoint's refusal arrives meanwhile
            raise ZeroDivisionError
        return judge(ask, candidates)

    session._judge.judge = breaks  # type: ignore[method-assign]
    with pytest.raises((ZeroDivisionError, EndpointRefused)):
        asyncio.run(asyncio.wait_for(session.run(), 10))
    journal.close()


def test_a_judge_that_needs_a_dead_endpoint_ends_the_run(tmp_path: Path) -> None:
    """Gates may embed by an endpoint, so that judging too can fail as an endpoint does."""
    journal = Journal(tmp_path / "journal.db")
    session = conductor(journal, Latent(0), lanes=4, heavy=True)

    def refuse(ask: Ask, candidates: Any) -> Any:
        raise EndpointRefused("404: it does not embed")

    session._judge.judge = refuse  # type: ignore[method-assign]
    with pytest.raises(EndpointRefused, match="does not embed"):
        asyncio.run(asyncio.wait_for(session.run(), 10))
    journal.close()


def test_an_error_with_half_a_surrogate_is_journaled(tmp_path: Path) -> None:
    def fault(ask: Ask, nth: int) -> Exception | None:
        return TransientEndpointError("content filtered: \ud83d") if ask.first == 10 and nth == 1 else None

    rows = run(tmp_path, Latent(0, fault), lanes=4)
    assert len(rows) == 120
    journal = Journal(tmp_path / "journal.db")
    (said,) = journal._db.execute("SELECT error FROM calls WHERE error <> ''").fetchone()
    assert said == "content filtered: ?"
    journal.close()


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


def test_rows_can_be_read_while_the_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    run(tmp_path, Latent(0), asks=10, lanes=1)
    writing, reading = Journal(path), Journal(path, read_only=True)
    seen = 0
    for _ in reading.rows():
        seen += 1
        if seen == 2:
            ask = make_ask(99, 900, 1)
            verdict = Verdict(900, State.KEPT, text="new")
            writing.commit([Outcome(ask, 1, Reply({"words": ["new"]}))], [(verdict, None)])
    assert seen == 20
    reading.check()
    writing.close()
    reading.close()
