from __future__ import annotations

from pathlib import Path

from seedbed.engine import Journal, Outcome
from seedbed.errors import TransientEndpointError
from seedbed.records import Ask, Reply, State, Verdict
from tests.engine.fakes import Latent, make_ask, run


def test_an_error_with_half_a_surrogate_is_journaled(tmp_path: Path) -> None:
    def fault(ask: Ask, nth: int) -> Exception | None:
        return TransientEndpointError("content filtered: \ud83d") if ask.first == 10 and nth == 1 else None

    rows = run(tmp_path, Latent(0, fault), lanes=4)
    assert len(rows) == 120
    journal = Journal(tmp_path / "journal.db")
    (said,) = journal._db.execute("SELECT error FROM calls WHERE error <> ''").fetchone()
    assert said == "content filtered: ?"
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
