"""Every test that was collected has run, once: no scheduler of processes may drop one in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

__all__ = ["Counted", "tell_apart", "twice"]


def tell_apart(item: pytest.Item) -> None:
    """Give the item an id with all of its name in it.

    Schemathesis names its cases apart, but pytest makes the id of a name without what is in brackets where they stand
    for no parameter. Its 250 cases then had three ids, and what schedules by ids (xdist with loadfile) ran three.
    """
    _, bracket, inside = item.name.partition("[")
    if bracket and "[" not in item.nodeid:
        id: Any = item._id
        item._id = id.parse(f"{item.nodeid}[{inside}")


def twice(items: Iterable[pytest.Item]) -> list[str]:
    """Ids that more than one item has."""
    return [id for id, number in Counter(item.nodeid for item in items).items() if number > 1]


class Counted:
    """A plugin of the process that people start: a run that ends well although tests are missing has failed."""

    def __init__(self) -> None:
        self._wanted: set[str] = set()
        self._begun: set[str] = set()

    @property
    def dropped(self) -> list[str]:
        return sorted(self._wanted - self._begun)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if not session.config.option.collectonly:
            self._wanted.update(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self._wanted.update(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._begun.add(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.OK and self.dropped:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.OK and self.dropped:
            first = ", ".join(self.dropped[:3])
            terminalreporter.write_line(f"{len(self.dropped)} tests were collected and never ran: {first}", red=True)
