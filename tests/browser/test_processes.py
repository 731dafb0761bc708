"""Two server processes at one study: people who come to either write on one board, and go on when one is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import People, add_row, question, saved
from tests.postgres import postgres_schema, postgres_server
from tests.server.processes import Process, Town, town

pytestmark = pytest.mark.slow


class Door:
    """One of the servers, as browsers are sent to it."""

    def __init__(self, of: Town, server: Process) -> None:
        self.url, self._town, self._server = server.url, of, server

    def link(self, group: str = "A", role: str = "participant") -> str:
        assert role == "participant"
        return self._town.link(self._server, group)


@pytest.fixture
def at_both(tmp_path: Path, chromium: Browser) -> Iterator[tuple[Town, People, People]]:
    with postgres_server() as server, postgres_schema(server) as url, town(tmp_path, url) as made:
        first, second = (People(chromium, Door(made, one)) for one in made.serve(2))
        yield made, first, second
        first.close()
        second.close()
        assert first.faults + second.faults == []


def test_pages_at_two_processes_write_on_one_board(at_both: tuple[Town, People, People]) -> None:
    made, first, second = at_both
    ana, bo = first.board("Ana"), second.board("Bo")
    add_row(ana, 1)
    question(bo, 1).press_sequentially("Why is it dark")
    expect(question(ana, 1)).to_have_value("Why is it dark")
    question(ana, 1).press("Control+End")
    question(ana, 1).press_sequentially(" at night? 🌒")
    expect(question(bo, 1)).to_have_value("Why is it dark at night? 🌒")
    saved(ana)
    saved(bo)
    # each sees that the other is here
    expect(ana.get_by_text("Bo", exact=True).first).to_be_visible()
    expect(bo.get_by_text("Ana", exact=True).first).to_be_visible()
    # one process is killed: its page says so, and loses nothing; the other's goes on
    made.servers[0].kill()
    question(bo, 1).press("Control+End")
    question(bo, 1).press_sequentially(" And then?")
    saved(bo)
    expect(ana.locator(".saved > [aria-hidden]").last).not_to_have_text("Saved")
    expect(question(ana, 1)).to_have_value("Why is it dark at night? 🌒")
    cara = second.board("Cara")
    expect(question(cara, 1)).to_have_value("Why is it dark at night? 🌒 And then?")
