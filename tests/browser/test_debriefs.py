"""Two people debrief a workshop and keep a topic; a transcript is looked at and taken in; in real browsers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People, saved
from tests.browser.served import RealServer
from tests.browser.test_axe import AXE, looked_at
from tests.browser.test_facilitation import film, part
from tests.themes.making import VTT

pytestmark = pytest.mark.slow
DEBRIEFS = "/studies/pilot/workshop/debriefs"


def test_a_debrief_ends_in_kept_topics_and_a_source(
    people_of_shared: People, shared: RealServer, tmp_path: Path
) -> None:
    people, axe = people_of_shared, AXE.read_text(encoding="utf-8")
    mo = people.join("Moira", role="moderator", viewport={"width": 1280, "height": 900})
    mo.goto(shared.url + "/studies/pilot/workshop")
    mo.get_by_role("link", name="Debriefs").click()
    expect(part(mo, "Sources")).to_contain_text("No sources yet")
    film(mo, "debriefs-empty", whole=True)
    mo.get_by_role("link", name="Open the board: Method issues").click()
    expect(mo.get_by_role("heading", name="Method issues", level=1)).to_be_visible()

    # notes by keys alone, one topic for both, and votes
    mo.get_by_role("button", name="Add a note: Time and effort").focus()
    mo.keyboard.press("Enter")
    for words in ("Ten questions need more than 25 minutes.", "Groups were tired after the break."):
        expect(mo.get_by_role("textbox", name=re.compile("^Note ")).and_(mo.locator(":focus"))).to_have_value("")
        mo.keyboard.type(words)
        saved(mo)
        mo.keyboard.press("Escape")
        mo.keyboard.press("g")
        mo.keyboard.type("Time")
        mo.keyboard.press("Enter")
        expect(mo.locator("[data-note]:focus")).to_have_accessible_name(re.compile("Time"))
        if words.startswith("Ten"):
            mo.keyboard.press("v")
            mo.keyboard.press("n")
    mo.get_by_label("Arranged by").select_option("Topic")
    mo.get_by_role("button", name="Keep the topic Time").focus()
    mo.keyboard.press("Enter")
    expect(part(mo, "Kept topics")).to_contain_text("Time 2 notes")
    olga = people.organiser("/studies/pilot/workshop/method/debrief")
    expect(part(olga, "Kept topics")).to_contain_text("Time 2 notes")
    part(mo, "Kept topics").get_by_role("button", name="Rename the topic Time").click()
    mo.keyboard.type("Too little time")
    mo.keyboard.press("Enter")
    expect(part(olga, "Kept topics")).to_contain_text("Too little time 2 notes")
    film(mo, "debrief", whole=True)
    looked_at(mo, axe)

    # a transcript: looked at first, put right, taken in
    talk = tmp_path / "talk.vtt"
    talk.write_text(VTT, encoding="utf-8")
    olga.get_by_role("link", name="Debriefs").click()
    expect(olga.get_by_role("article", name="Method issues")).to_contain_text("2 notes · 2 with a topic · 1 topic kept")
    olga.get_by_role("button", name="Take in a transcript").click()
    sheet = olga.get_by_role("dialog", name="Take in a transcript")
    sheet.get_by_label("File").set_input_files(talk)
    expect(sheet.get_by_label("Title")).to_have_value("talk")
    sheet.get_by_label("Title").fill("Method issues")
    sheet.get_by_label("What was recorded").select_option("Method issues")
    sheet.get_by_role("button", name="Look at it").click()
    expect(sheet.get_by_role("combobox", name="Who is Ana Silva?")).to_have_value("")
    sheet.get_by_role("combobox", name="Who is Ben Ode?").select_option("Moira")
    expect(sheet.get_by_role("button", name="Take it in")).to_be_disabled()
    sheet.get_by_role("button", name="Look again").click()
    expect(sheet).to_contain_text("1 segment will be left out.")  # Moira did not agree to be recorded
    film(olga, "debrief-import")
    looked_at(olga, axe)
    sheet.get_by_role("button", name="Take it in").click()
    expect(olga.get_by_text("It was taken in.")).to_be_visible()
    part(olga, "Sources").get_by_role("button", name="Method issues").click()
    expect(olga.get_by_role("dialog")).to_contain_text("No words for Rosa.")
    film(olga, "debrief-source")
    olga.keyboard.press("Escape")
    looked_at(olga, axe)
    film(olga, "debriefs", whole=True)
