"""A run's rows page by page are those that reading it whole gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.engine import read_rows
from seedbed.errors import InputError, UsageError
from seedbed.records import Row, State
from seedbed.runs import paging
from tests.studies import copy_of


def walk(run: Path, state: State | None, limit: int) -> tuple[list[Row], int]:
    """All rows by pages, and how many pages that took."""
    found: list[Row] = []
    after, pages = -1, 0
    while True:
        page = paging.page(run, state=state, after=after, limit=limit)
        found += page.rows
        pages += 1
        if page.next is None:
            return found, pages
        assert page.next > after
        after = page.next


@pytest.mark.parametrize("state", [None, *State])
@pytest.mark.parametrize("limit", [1, 7, 50, 1000])
def test_the_pages_of_a_run_are_the_run(grown: Path, state: State | None, limit: int) -> None:
    run = grown / "runs" / "fixed"
    whole = [row for row in read_rows(run) if state is None or row.verdict.state is state]
    assert walk(run, state, limit)[0] == whole


def test_a_page_looks_at_a_bounded_part_of_a_run(grown: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = grown / "runs" / "fixed"
    monkeypatch.setattr(paging, "LOOKED_AT", 10)
    rejected = [row for row in read_rows(run) if row.verdict.state is State.REJECTED]
    found, pages = walk(run, State.REJECTED, 1000)
    assert found == rejected
    assert pages >= 12


def test_rows_by_their_slots(grown: Path) -> None:
    run = grown / "runs" / "fixed"
    whole = {row.verdict.slot: row for row in read_rows(run)}
    wanted = [77, 3, 10**9, 3]
    assert paging.rows_at(run, wanted) == [whole[77], whole[3], whole[3]]


def test_what_is_no_run_or_no_journal_is_said(grown: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        paging.page(tmp_path / "nothing")
    run = copy_of(grown / "runs" / "fixed", tmp_path / "fixed")
    for name in ("journal.db-wal", "journal.db-shm"):
        (run / name).unlink(missing_ok=True)
    (run / "journal.db").write_bytes(b"no database" * 1000)
    with pytest.raises(InputError, match=r"journal\.db"):
        paging.page(run)
    (run / "journal.db").unlink()
    assert paging.page(run) == paging.Page((), None)
