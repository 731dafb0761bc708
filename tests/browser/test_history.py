"""Who wrote what: in the history at any moment, with a model's text marked as such; and all of it on a small phone."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from seedbed.server.identity import Who
from seedbed.workshop import model_called
from tests.browser.conftest import People, add_row, question, saved
from tests.browser.prompting import give, warned
from tests.browser.served import RealServer
from tests.server.house import STUDY, house

pytestmark = pytest.mark.slow
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def people(people_of_shared: People) -> People:
    return people_of_shared


def uses_a_model(study: Path, person: str, board: str, reply: str) -> None:
    """On the study that no server holds: a model replies to the person, who puts its reply behind their own text."""

    async def act() -> None:
        async with house(study) as home:
            ana = Who(person, "Ana", "participant", STUDY, board.split("/")[1], "session")
            page = await home.open(ana, board).enter()
            (row,) = page.state["rows"]
            await home.hub.called(
                STUDY, board, ana, model_called("call1", endpoint="local", model="small", reply=reply)
            )
            assert await page.command("model.use", call="call1", text=f"question:{row}", position="end") == "done"

    with ThreadPoolExecutor(1) as aside:  # this thread has a loop already: the browser's
        aside.submit(asyncio.run, act()).result()


def fits(page: Page) -> None:
    """No wider than it was opened: a phone's innerWidth would grow with what sticks out."""
    assert page.viewport_size
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_the_history_says_who_wrote_what_and_marks_a_models_text(people: People, shared: RealServer) -> None:
    ana, bo = people.board("Ana", "past", **PHONE), people.board("Bo", "past")
    add_row(ana, 1)
    question(ana, 1).press_sequentially("Ana's words 🙂. ")
    saved(ana)
    expect(question(bo, 1)).to_have_value("Ana's words 🙂. ")
    question(bo, 1).press("Control+End")
    question(bo, 1).press_sequentially("Bo's words. ")
    saved(bo)
    expect(question(ana, 1)).to_have_value("Ana's words 🙂. Bo's words. ")
    person = ana.request.get(f"{shared.url}/api/me").json()["id"]
    shared.stop()
    uses_a_model(shared.study, person, "board/past/questions", "Modèle 😀.")
    shared.start()
    for page in (ana, bo):
        page.reload()
        saved(page)
        expect(question(page, 1)).to_have_value("Ana's words 🙂. Bo's words. Modèle 😀.")

    for page in (ana, bo):
        page.get_by_role("button", name="History").click()
        sheet = page.get_by_role("dialog", name="History")
        piece = sheet.locator(".piece")
        expect(piece).to_have_count(3)
        expect(piece.nth(0)).to_have_text(re.compile(r"Ana:\s*AN\s*Ana's words 🙂\."))
        expect(piece.nth(1)).to_have_text(re.compile(r"Bo:\s*BO\s*Bo's words\."))
        expect(piece.nth(2)).to_have_text(re.compile(r"Written by a model, put in by Ana:\s*AN\s*Modèle 😀\."))
        expect(sheet.get_by_text("Written by a model", exact=True)).to_be_visible()
        # the initials are there to be seen: colour alone tells nobody apart
        expect(piece.nth(1).get_by_text("BO", exact=True)).to_be_visible()
        fits(page)

    # back, moment by moment, to the empty board
    said = [sheet.locator(".moment").inner_text()]
    back = sheet.get_by_role("button", name="The moment before")
    while back.is_enabled():
        back.click()
        said.append(sheet.locator(".moment").inner_text())
    acts = [re.sub(r"^\S+ ", "", each) for each in said]
    assert acts[0] == "Ana put in a model’s text"
    assert acts[-1] == "Ana added a row"
    assert set(acts) == {acts[0], "Ana asked a model", "Ana wrote", "Bo wrote", acts[-1]}
    expect(sheet.locator(".piece")).to_have_count(0)
    expect(sheet.get_by_text("an empty row")).to_be_visible()


def test_nothing_is_wider_than_a_phone(people: People, shared: RealServer) -> None:
    page = people.context(**PHONE).new_page()
    page.goto(shared.link("phone"))
    expect(page.get_by_role("button", name="Join", exact=True)).to_be_visible()
    fits(page)
    page.get_by_label("Your name or a pseudonym").fill("W" * 40)
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page).not_to_have_url(re.compile("/join/"))
    long = "w" * 300 + " كيف أخبر صديقي " + "word " * 300
    people.to_board(page, "phone")
    add_row(page, 1)
    question(page, 1).fill(long)
    saved(page)
    fits(page)
    give(shared, "phone", "v" * 300 + " كيف أخبر صديقي " + "prompt " * 50)
    people.to_board(page, "phone", "triples")
    warned(page)
    field = page.get_by_role("textbox", name="A reply that fails, question 1")
    field.fill(long)
    saved(page)
    fits(page)
    page.context.set_offline(True)
    field.press_sequentially("offline")

    desk = people.organiser(**PHONE)
    expect(desk.get_by_role("heading", name="People")).to_be_visible()
    expect(desk.get_by_text("W" * 40)).to_be_visible()
    fits(desk)
    desk.get_by_role("button", name="Make a link").click()
    desk.get_by_role("dialog").get_by_role("button", name="Make a link").click()
    expect(desk.get_by_role("img", name="QR code of")).to_be_visible()
    fits(desk)
    right = desk.get_by_role("img", name="QR code of").evaluate("(svg) => svg.getBoundingClientRect().right")
    assert right <= 360

    # the band has come meanwhile
    expect(page.get_by_text("kept on this device")).to_be_visible()
    fits(page)
