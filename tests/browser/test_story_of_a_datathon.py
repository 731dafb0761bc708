"""A Datathon of two sessions, led by one real browser, written in by another and by twenty simulated people.

Nobody stops to think, so it takes a minute. Afterwards export, replay and replication package say the same of it.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import Browser, Page, expect

from seedbed import Study
from seedbed.rehearse import Order, Rehearsed, place_for
from seedbed.rehearse.rehearsing import rehearse
from seedbed.rehearse.serving import House
from seedbed.study import Folder
from seedbed.testing import MockEndpoint
from tests.browser.conftest import People, question, saved
from tests.browser.served import RealServer
from tests.browser.test_facilitation import next_step
from tests.rehearse.agreeing import grow_by, packed_as_recorded, replayed_as_recorded, seeds_of, table

pytestmark = pytest.mark.slow

ROOMS = ("A", "B", "C", "D")
ORDER = Order(people=20, rooms=ROOMS, speed=None, minutes=8, seed=7)
WRITTEN = "How do I tell my landlord that the heating is off?"
QUIET_S = 1.5


class Rehearsal:
    """Twenty people at a server of their own, in a thread; `made` is there when it was stopped."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.links: Future[tuple[str, dict[str, str]]] = Future()
        self.made: Rehearsed | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._hold()))

    async def _hold(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with House(self.place, 0) as self._house:
                links = {room: await self._house.link(room, "participant") for room in ROOMS}
                codes = [link.rpartition("/")[2] for link in links.values()]
                self.links.set_result((self._house.url, {"": await self._house.link("", "moderator"), **links}))
                self.made = await rehearse(
                    ORDER, self._house.url, codes, None, folder=Folder(self.place), stop=self._stop, say=print
                )
        except BaseException as error:
            if not self.links.done():
                self.links.set_exception(error)
            raise

    def begin(self) -> None:
        self._thread.start()

    def bridge(self) -> str:
        """Has every group given its prompts, as an organiser does."""
        return asyncio.run_coroutine_threadsafe(self._house.bridge(ORDER.prompts), self._loop).result(120)

    def end(self) -> None:
        if self._thread.is_alive() and self.links.done() and not self.links.exception():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(120)
        assert not self._thread.is_alive()

    def settle(self) -> None:
        """Until nothing was written for a while: whoever is still at it when the next step begins stops there."""
        log, until = self.place / "people.db-wal", time.monotonic() + 60
        last, since = log.stat().st_mtime_ns, time.monotonic()
        while time.monotonic() - since < QUIET_S and time.monotonic() < until:
            time.sleep(0.1)
            if (now := log.stat().st_mtime_ns) != last:
                last, since = now, time.monotonic()


@contextmanager
def rehearsed(place: Path, chromium: Browser) -> Iterator[tuple[Rehearsal, People, str]]:
    rehearsal = Rehearsal(place)
    rehearsal.begin()
    try:
        url, links = rehearsal.links.result(90)
        people = People(chromium, cast(RealServer, SimpleNamespace(url=url, link=lambda group, role: links[group])))
        try:
            yield rehearsal, people, url
        finally:
            people.close()
    finally:
        rehearsal.end()
    assert people.faults == []


def agreeing(people: People, link: str) -> Page:
    """Somebody in group A who agrees to all that is asked, as the simulated do: the package has such words only."""
    page = people.context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(link)
    expect(page.get_by_role("button", name="Join", exact=True)).to_be_visible()
    for box in page.get_by_role("group", name="What you agree to").get_by_role("checkbox").all():
        box.check()
    page.get_by_label("Your name or a pseudonym").fill("Ana")
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page).not_to_have_url(re.compile("/join/"))
    return page


def at(page: Page, activity: str) -> None:
    expect(page).to_have_url(re.compile(f"/workshop/A/{activity}"))


def test_a_datathon_of_two_sessions_ends_in_one_account_of_it(chromium: Browser, tmp_path: Path) -> None:
    place, _ = place_for(tmp_path / "pilot", ORDER, here=False, yes=False, say=lambda text: None)
    with MockEndpoint() as mock:
        grow_by(place, mock)
        with rehearsed(place, chromium) as (rehearsal, people, url):
            mo = people.join("Mo", role="moderator", viewport={"width": 1280, "height": 900})
            ana = agreeing(people, rehearsal.links.result()[1]["A"])
            mo.goto(f"{url}/studies/{place.name}/workshop/lead")
            next_step(mo, "Welcome")
            rehearsal.settle()

            next_step(mo, "Write questions")
            at(ana, "questions")
            ana.get_by_role("button", name="Add a question").first.click()
            told = ana.get_by_text(re.compile(r"^Row \d+ added\.$")).inner_text()
            question(ana, int(told.split()[1])).press_sequentially(WRITTEN, delay=10)
            saved(ana)
            rehearsal.settle()
            expect(mo.get_by_role("article", name="Group B")).to_contain_text("10 of 10")
            next_step(mo, "Break")
            expect(ana.get_by_role("heading", name="Break", exact=True)).to_be_visible()
            next_step(mo, "Refine together")
            rehearsal.settle()
            for title in ("Look back", "See you next week", "Welcome back", "Your ten questions"):
                next_step(mo, title)
                rehearsal.settle()
            assert rehearsal.bridge().startswith("The bridge: up to 5 prompts a group")

            next_step(mo, "Write replies")
            at(ana, "triples")
            ana.get_by_role("button", name="I would rather not").click()
            rehearsal.settle()
            for title in ("Break", "Read each other's replies", "Look back", "Thank you"):
                next_step(mo, title)
                rehearsal.settle()
        made = rehearsal.made
    assert made is not None
    assert (made.faults, made.checked.differences, made.checked.lost) == ([], [], 0)
    assert made.sound
    assert made.checked.boards == 3 * len(ROOMS)
    given = ORDER.prompts * len(ROOMS)
    assert made.counts["rows"] + given + 1 == sum(made.checked.rows.values())
    assert not [name for name in made.counts if name.startswith("refused")]

    record = Study.open(place).record(tmp_path / "record", "jsonl").folder
    written = replayed_as_recorded(place, record)
    assert len(written) == made.counts["rows"] + given + 1
    (hers,) = (row for row in written if str(row.get("question")).startswith(WRITTEN))  # others refine it
    assert hers["group"] == "A"
    for name in ("comments", "votes", "reactions", "asked"):
        assert len(table(record, name)) == made.counts[name], name
    assert Counter(person["role"] for person in table(record, "people")) == {"participant": 21, "moderator": 1}
    kinds = [step["kind"] for step in table(record, "steps")]
    assert [kind for kind in kinds if kind] == [
        "welcome", "questions", "break", "refine", "reflection", "close",
        "welcome", "bridge", "triples", "break", "triples", "reflection", "close",
    ]  # fmt: skip
    packed_as_recorded(place, record, tmp_path)
    assert seeds_of(place) == (made.checked.rows["questions"], made.checked.rows["triples"])
