from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from seedbed.engine import Journal
from seedbed.errors import EndpointRefused, InputError, StorageError, TransientEndpointError
from seedbed.records import Ask, State
from tests.engine.fakes import Latent, conductor, made, run


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
    expected = run(made(tmp_path / "whole"), Latent(0), lanes=1)
    path = made(tmp_path / "stopped")

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
    expected = run(made(tmp_path / "whole"), Latent(0), lanes=1)
    path = made(tmp_path / "cut")
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
    expected = run(made(tmp_path / "whole"), Latent(0), lanes=1)
    journal = Journal(tmp_path / "whole" / "journal.db")
    journal.judge_anew({"cut": 2})
    assert list(journal.verdicts()) == []
    journal.close()
    engine = Latent(1)
    assert run(tmp_path / "whole", engine, lanes=8) == expected
    assert engine.calls.total() == 0


def test_another_plan_on_the_same_journal_is_refused(tmp_path: Path) -> None:
    run(tmp_path, Latent(0), lanes=1, asks=20)
    journal = Journal(tmp_path / "journal.db")
    journal.judge_anew({})
    journal.close()
    with pytest.raises(InputError, match="not the one that was asked"):
        run(tmp_path, Latent(0), lanes=1, asks=20, count=1)


def test_a_disk_that_refuses_ends_the_run_with_lanes_still_in_flight(tmp_path: Path) -> None:
    expected = run(made(tmp_path / "whole"), Latent(0), lanes=1)
    path = made(tmp_path / "full")
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
