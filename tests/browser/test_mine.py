"""Afterwards: somebody's own page by a kept link, on a phone; what is offered, accepted, taken back and erased."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from seedbed.seeds import gather
from seedbed.study import Folder
from tests.browser.conftest import People, add_row, question, saved
from tests.browser.served import RealServer
from tests.browser.test_axe import AXE, accessible

pytestmark = pytest.mark.slow
YES = {"training": True, "quoting": True, "demographics": True}
ROW = "May my neighbour park in front of my ramp?"
OFFERED = "Who pays for the sign language interpreter at the notary?"


def test_a_kept_link_an_offer_a_withdrawal_and_an_erasure(people: People, server: RealServer, tmp_path: Path) -> None:
    axe = AXE.read_text(encoding="utf-8")
    ana = people.board("Ana")
    ana.request.post(f"{server.url}/api/studies/pilot/me/consent", data={"items": YES}, headers={"Origin": server.url})
    add_row(ana, 1)
    question(ana, 1).fill(ROW)
    saved(ana)

    # who leaves is offered the link that leads back
    ana.get_by_text("Ana", exact=True).first.click()
    ana.get_by_role("button", name="Leave on this device").click()
    ana.get_by_role("button", name="Make a link").click()
    link = ana.locator("dialog code").inner_text()
    ana.get_by_role("dialog").get_by_role("button", name="Leave", exact=True).click()
    expect(ana).to_have_url(f"{server.url}/")

    gather(Folder(server.study))
    mine = people.context(viewport={"width": 390, "height": 844}).new_page()
    mine.goto(link)
    expect(mine.get_by_role("heading", name="Your page, Ana")).to_be_visible()
    assert "#" not in mine.url
    wrote = mine.get_by_role("region", name="What you wrote")
    expect(wrote.get_by_text(ROW)).to_be_visible()
    expect(wrote.get_by_text("Not decided yet")).to_be_visible()
    expect(mine.get_by_role("region", name="What came of it")).to_contain_text("Nothing has grown")
    mine.get_by_label("Question", exact=True).fill(OFFERED)
    mine.get_by_label("Topic").select_option(index=1)
    mine.get_by_role("button", name="Offer it").click()
    expect(mine.get_by_role("region", name="What you offered").get_by_text(OFFERED)).to_be_visible()
    accessible(mine, axe, "dark")
    assert mine.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # the queue, by the keys alone
    olga = people.organiser("/studies/pilot/offers")
    expect(olga.get_by_role("article")).to_have_count(1)
    accessible(olga, axe, "light")
    olga.keyboard.press("j")
    expect(olga.get_by_role("article")).to_be_focused()
    olga.keyboard.press("x")
    olga.get_by_label("Why").fill("It was asked before.")
    olga.keyboard.press("Tab")
    olga.keyboard.press("Enter")
    expect(olga.get_by_text("Declined. Its author reads your reason.")).to_be_visible()
    olga.keyboard.press("u")
    expect(olga.get_by_role("article")).to_be_focused()
    olga.keyboard.press("i")
    expect(olga.get_by_text("Accepted: it is the seed offer-")).to_be_visible()
    expect(olga.get_by_text("No offer waits.")).to_be_visible()

    # what a withdrawal does is told before, and holds at once
    mine.reload()
    mine.get_by_role("button", name=re.compile("^Take it back: What I write may become")).click()
    asked = mine.get_by_role("dialog", name="Take this back?")
    expect(asked).to_contain_text("2 rows and offers with words of yours stop being used at once")
    asked.get_by_role("button", name="Take it back").click()
    expect(wrote.get_by_text("Not used: you, or somebody who wrote in it too, did not agree")).to_be_visible()
    assert ROW not in (server.study / "seeds" / "questions.jsonl").read_text()
    mine.get_by_role("button", name="Ask for it").click()
    mine.get_by_role("dialog").get_by_role("button", name="Ask for it").click()
    expect(mine.get_by_text("You asked to have everything erased")).to_be_visible()

    expect(mine.get_by_role("region", name="What you offered").get_by_text(OFFERED)).to_be_visible()

    olga.goto(f"{server.url}/studies/pilot/workshop")
    olga.get_by_role("button", name="Link to the page of Ana").click()
    olga.get_by_role("dialog", name="The page of Ana").get_by_role("button", name="Make a link").click()
    keeping = olga.get_by_role("dialog", name="Keep a link to your page")
    keeping.get_by_role("button", name="Make a link").click()
    expect(keeping.locator("code")).to_contain_text("/mine#")
    keeping.get_by_role("button", name="Close").last.click()
    theirs = olga.get_by_role("dialog", name="The page of Ana")
    expect(theirs.get_by_text("Made by the organiser")).to_be_visible()
    olga.keyboard.press("Escape")
    expect(theirs).to_be_hidden()
    # what would go is said before it goes
    olga.goto(f"{server.url}/studies/pilot")
    olga.get_by_role("main").get_by_role("link", name="Withdrawals").click()
    expect(olga.get_by_role("heading", name="Withdrawals", level=1)).to_be_focused()
    olga.get_by_role("button", name="Erase now: what Ana wrote").click()
    leaving = olga.get_by_role("dialog", name="Erase Ana and what they wrote?")
    expect(leaving.get_by_text("No generated row was made of these words.")).to_be_visible()
    leaving.get_by_role("checkbox").check()
    leaving.get_by_role("button", name="Erase").click()
    expect(olga.get_by_role("heading", name="Erased")).to_be_visible()
    olga.get_by_role("button", name="Close").last.click()
    expect(olga.get_by_text("Nobody is waiting.")).to_be_visible()
    expect(olga.get_by_text("Nothing had been made of the words.")).to_be_visible()
    mine.reload()
    expect(mine.get_by_role("heading", name="This page is closed")).to_be_visible()
    mine.goto("about:blank")
    mine.goto(link)
    expect(mine.get_by_role("heading", name="Your words were erased")).to_be_visible()
