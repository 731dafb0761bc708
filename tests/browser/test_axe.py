"""axe-core on every page, light and dark, with what people wrote on it: no violation that is serious or worse."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People, add_row, question, saved
from tests.browser.served import RealServer

pytestmark = pytest.mark.slow
OF_COLOUR = ["color-contrast", "link-in-text-block"]  # what else axe looks at is the same in both looks
AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="module")
def axe() -> str:
    assert AXE.is_file(), "The tools of the pages are not installed: npm ci in frontend/"
    return AXE.read_text(encoding="utf-8")


def accessible(page: Page, axe: str, *looks: Literal["light", "dark"]) -> None:
    """As the page stands now, in both looks unless some are named: all rules in the first, those of colour in both."""
    for number, look in enumerate(looks or ("light", "dark")):
        page.emulate_media(color_scheme=look, reduced_motion="reduce")
        if not page.evaluate("'axe' in window"):
            page.evaluate(axe)
        found = page.evaluate(
            """async (only) => {
              const { violations, passes } = await axe.run({ resultTypes: ["violations"], ...only });
              const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
              const told = ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary: why }) => html + why)}`;
              return [passes.length, grave.map(told)];
            }""",
            {"runOnly": OF_COLOUR} if number else {},
        )
        assert found[0] > (0 if number else 10), "axe looked at nothing"
        assert found[1] == [], (look, page.url)


def looked_at(page: Page, axe: str) -> None:
    """Wide and on a phone, light and dark: each once, for axe reads a page of many rows for seconds."""
    looks: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1280, "light"), (390, "dark"))
    for width, look in looks:
        page.set_viewport_size({"width": width, "height": 844})
        accessible(page, axe, look)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)
    page.set_viewport_size({"width": 1280, "height": 720})


def test_the_doors(people_of_shared: People, shared: RealServer, axe: str) -> None:
    page = people_of_shared.context().new_page()
    link = shared.link()
    for path, heading in (
        ("/", "Seedbed"),
        ("/login", "Sign in"),
        ("/setup#token", "Set up this server"),
        ("/studies/pilot/workshop/A/nothing", "There is no such page"),
        (f"/join/{link.rpartition('/')[2]}", "A workshop for better answers"),
        ("/join/unknown", "This link does not open"),
    ):
        page.goto(shared.url + path)
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        accessible(page, axe)


def test_the_boards(people_of_shared: People, axe: str) -> None:
    ana, bo = people_of_shared.board("Ana", "axe"), people_of_shared.board("Bo", "axe")
    ana.goto(ana.url.split("/studies")[0])
    expect(ana.get_by_role("link", name="Write questions")).to_be_visible()
    accessible(ana, axe)
    people_of_shared.to_board(ana, "axe")
    accessible(ana, axe)  # empty
    for number in (1, 2, 3):
        add_row(ana, number)
    ana.get_by_label("Topic, row 1").fill("Travel")
    question(ana, 1).fill("Where to? كيف أخبر صديقي 🙂")
    ana.get_by_role("button", name="Remove row 3").click()
    ana.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ana.evaluate("navigator.clipboard.writeText('From elsewhere. '.repeat(40))")
    question(ana, 2).press("Control+v")
    expect(ana.get_by_text("Where is this text from?")).to_be_visible()
    question(bo, 1).focus()
    expect(ana.get_by_text("Writing here: Bo")).to_have_count(1)
    saved(ana)
    accessible(ana, axe)
    bo.context.set_offline(True)
    question(bo, 1).press("End")
    question(bo, 1).press_sequentially("offline")
    for tool in ("History", "Keys"):
        ana.get_by_role("button", name=tool).click()
        expect(ana.get_by_role("dialog", name=tool)).to_be_visible()
        if tool == "History":
            expect(ana.get_by_role("list", name="Who wrote")).to_be_visible()
        accessible(ana, axe)
        ana.keyboard.press("Escape")
    ana.set_viewport_size({"width": 360, "height": 740})
    accessible(ana, axe)
    expect(bo.get_by_text("kept on this device")).to_be_visible()
    accessible(bo, axe)


def test_the_desk(people_of_shared: People, axe: str) -> None:
    people_of_shared.arrived("Ana", "axe")
    page = people_of_shared.organiser()
    expect(page.get_by_role("group", name="Actions for Ana").first).to_be_visible()
    accessible(page, axe)
    page.get_by_role("button", name="Make a link").click()
    accessible(page, axe)
    page.get_by_role("dialog").get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("img", name="QR code of")).to_be_visible()
    accessible(page, axe)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Erase").first.click()
    accessible(page, axe)
    page.keyboard.press("Escape")
    page.goto(page.url.split("/studies")[0] + "/account")
    expect(page.get_by_text("This browser")).to_be_visible()
    accessible(page, axe)


def test_the_review_of_nothing(people_of_shared: People, axe: str) -> None:
    page = people_of_shared.organiser("/studies/pilot/review")
    expect(page.get_by_text("No rating tasks yet.")).to_be_visible()
    accessible(page, axe)
    page.get_by_role("button", name="New rating task").click()
    expect(page.get_by_role("checkbox", name="Seeds", exact=True)).to_be_checked()
    expect(page.get_by_role("alert")).to_be_visible()  # there are no rows to draw
    accessible(page, axe)
    page.goto(page.url.replace("/review/new", "/rate"))
    expect(page.get_by_text("There is nothing for you to rate now.")).to_be_visible()
    accessible(page, axe)


def test_curation_of_nothing_says_where_seeds_come_from(people_of_shared: People, axe: str) -> None:
    page = people_of_shared.organiser("/studies/pilot/curate")
    expect(page.get_by_text("No seeds yet.")).to_be_visible()
    accessible(page, axe, "light")
    page.get_by_role("link", name="Checklist").click()
    expect(page.get_by_text("This study names no profile")).to_be_visible()
    page.get_by_role("link", name="Examples").click()
    expect(page.get_by_text("No examples are chosen yet.")).to_be_visible()
    page.get_by_role("link", name="Decisions").click()
    expect(page.get_by_text("People have not decided anything yet")).to_be_visible()
