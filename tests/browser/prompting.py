"""What the bridge does before the second session, by hand: prompts for a group, given by the organiser."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from playwright.sync_api import Page, expect

from tests.browser.conftest import People, saved
from tests.browser.served import PASSWORD, RealServer
from tests.server.served import Browser, Served, seated

__all__ = ["give", "group_of", "reader", "warned"]


def give(server: RealServer, group: str, *texts: str, **more: Any) -> list[str]:
    """Give a group these prompts; returns their rows. `more` goes with each, such as where it comes from."""
    with Browser(server.url) as olga:
        olga.post("/api/login", {"name": "Olga", "password": PASSWORD}).raise_for_status()
        where = cast(Served, SimpleNamespace(url=server.url))
        with seated(where, olga, f"board/{group}/triples", "pilot") as seat:
            rows = [seat.made("prompt.give", text=text, **{"source": "own", **more}) for text in texts]
        olga.post("/api/logout").raise_for_status()
    return rows


def group_of(people: People, server: RealServer, group: str, *names: str, **more: Any) -> list[Page]:
    """People of one group at their triples, who were warned and write."""
    server.link(group)  # makes the group
    return [warned(people.board(name, group, "triples", **more)) for name in names]


def warned(page: Page, *, write: bool = True) -> Page:
    """Answer the warning before replies that fail."""
    page.get_by_role("button", name="I understand" if write else "I would rather not").click()
    expect(page.get_by_role("heading", name="Before you begin")).to_have_count(0)
    saved(page)
    return page


def reader(people: People, server: RealServer, group: str) -> Page:
    """Somebody who only looks on."""
    page = people.arrived("Obs", group, "observer")
    page.goto(f"{server.url}/studies/pilot/workshop/{group}/triples")
    saved(page)
    return page
