"""A test that was collected and did not run is told, whoever dropped it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.counted import Counted, twice


def ended(ids: list[str], ran: list[str], status: int = 0) -> tuple[int, list[str]]:
    """The status of a session in which those were collected by a process, and those ran; and what was dropped."""
    counted, session = Counted(), SimpleNamespace(exitstatus=status)
    counted.pytest_xdist_node_collection_finished(ids)
    for id in ran:
        counted.pytest_runtest_logreport(pytest.TestReport(id, ("", 0, ""), {}, "passed", None, "call"))
    counted.pytest_sessionfinish(session, status)  # type: ignore[arg-type]
    return session.exitstatus, counted.dropped


def test_a_session_that_dropped_a_test_has_failed() -> None:
    assert ended(["a", "b"], ["b", "a"]) == (0, [])
    assert ended(["a", "b"], ["b"]) == (1, ["a"])
    assert ended(["a", "b"], ["b"], status=2) == (2, ["a"])  # stopped by a person: that is told anyway


def test_ids_are_told_apart(request: pytest.FixtureRequest) -> None:
    items: list[Any] = request.session.items
    assert twice(items) == []
    assert twice([items[0], items[0]]) == [items[0].nodeid]
