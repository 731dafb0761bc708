"""A moderator leads a session from one page, and groups look back on it by keys alone, in real browsers.

With SEEDBED_FILM set to a folder, the pages are photographed there on the way: the pictures of docs/facilitator.md.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People, add_row, question, saved
from tests.browser.organising import go_to
from tests.browser.served import RealServer
from tests.browser.test_axe import AXE, accessible, looked_at

pytestmark = pytest.mark.slow
FILM = os.environ.get("SEEDBED_FILM")
LEAD = "/studies/pilot/workshop/lead"


def film(what: Page | Locator, name: str, *, whole: bool = False) -> None:
    if FILM and isinstance(what, Page):
        what.emulate_media(color_scheme="light")
        what.wait_for_timeout(600)
        what.screenshot(path=Path(FILM) / f"{name}.png", full_page=whole)
    elif FILM:
        what.screenshot(path=Path(FILM) / f"{name}.png")


def part(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def next_step(mo: Page, title: str) -> None:
    mo.get_by_role("button", name=f"Next: {title}").click()
    mo.get_by_role("dialog").get_by_role("button", name="Go there").click()
    expect(part(mo, title)).to_be_visible()


def test_a_session_is_led_from_one_page(people_of_shared: People, shared: RealServer) -> None:
    people, axe = people_of_shared, AXE.read_text(encoding="utf-8")
    go_to(shared, None)
    ana, bo, chi = (people.join(name, "L") for name in ("Ana", "Bo", "Chi"))
    mo = people.join("Mo", role="moderator", viewport={"width": 1280, "height": 900})
    mo.goto(shared.url + LEAD)

    # the script is read before anything begins
    film(mo, "lead-before")
    part(mo, "Script").get_by_role("button", name="The whole script").click()
    mo.get_by_role("dialog").get_by_role("button", name="I have read it").click()
    expect(mo.get_by_text("Read it before you lead")).to_have_count(0)

    # a step says what it opens before it is gone to, and the pages go along
    next_step(mo, "Welcome")
    mo.get_by_role("button", name="Next: Write questions").click()
    expect(mo.get_by_role("dialog")).to_contain_text("Opens for writing: “Write questions”")
    film(mo, "lead-step")
    mo.get_by_role("dialog").get_by_role("button", name="Go there").click()
    expect(ana).to_have_url(re.compile("/workshop/L/questions$"))
    add_row(ana, 1)
    question(ana, 1).fill("Which shoes for my grandmother?")
    saved(ana)

    # the time is held, grows, and runs on, on every page
    mo.get_by_role("button", name="Hold the time").click()
    expect(ana.get_by_role("timer")).to_have_accessible_name("Held at 25 minutes")
    mo.get_by_role("button", name="+1 minute").click()
    expect(ana.get_by_role("timer")).to_have_accessible_name("Held at 26 minutes")
    mo.get_by_role("button", name="Let it run").click()
    expect(ana.get_by_role("timer")).to_have_accessible_name("26 minutes left")

    # what is told to everybody stands until it is put away
    part(mo, "Tell everybody").get_by_role("textbox").fill("Ten minutes more than planned.")
    part(mo, "Tell everybody").get_by_role("button", name="Tell them").click()
    told = ana.get_by_role("status").filter(has_text="Ten minutes more than planned.")
    expect(told).to_be_visible()
    film(ana, "lead-told")
    told.get_by_role("button", name="Got it").click()
    expect(told).to_have_count(0)

    # one answer for everybody who asks, and who asked is not named
    for page, words in ((ana, "May we write about children?"), (bo, "Are children a topic?")):
        page.get_by_role("button", name="Ask the moderator").click()
        page.get_by_role("dialog").get_by_role("textbox", name="Your question").fill(words)
        page.get_by_role("dialog").get_by_role("button", name="Ask", exact=True).click()
        expect(page.get_by_role("dialog").get_by_text("Waiting for an answer")).to_be_visible()
        page.keyboard.press("Escape")
    waiting = part(mo, "Questions: 2 wait")
    expect(waiting.get_by_text("May we write about children?").first).to_be_visible()
    film(waiting, "lead-questions")
    second = waiting.get_by_role("listitem").filter(has_text="Are children a topic?").first
    second.get_by_role("button", name="Asked before").click()
    second.get_by_role("combobox", name="It asks the same as").select_option("May we write about children?")
    first = part(mo, "Questions: 1 waits").get_by_role("listitem").first
    first.get_by_role("button", name="Answer").click()
    first.get_by_role("textbox", name="Your answer").fill("Yes, without names.")
    first.get_by_role("button", name="Send the answer").click()
    expect(part(mo, "Questions")).to_contain_text("No question is waiting.")
    for page in (ana, bo):
        expect(page.get_by_text("Yes, without names.")).to_be_visible()
    chi_hears = chi.get_by_role("status").filter(has_text="Yes, without names.")
    expect(chi_hears).to_contain_text("May we write about children?")
    expect(chi_hears).not_to_contain_text("Ana")

    # a break: the board waits, and what was written stays
    mo.get_by_role("button", name="Break …").click()
    mo.get_by_role("dialog").get_by_label("Minutes").fill("5")
    film(mo, "lead-break")
    mo.get_by_role("dialog").get_by_role("button", name="Begin the break").click()
    expect(ana.get_by_role("heading", name=re.compile("Break until"))).to_be_visible()
    expect(question(ana, 1)).to_have_value("Which shoes for my grandmother?")
    expect(question(ana, 1)).not_to_be_editable()
    film(ana, "lead-pause")
    accessible(ana, axe, "light")
    mo.get_by_role("button", name="End the break").click()
    expect(question(ana, 1)).to_be_editable()

    # how tired they are: put off or answered, and counted where three did
    part(mo, "How are they doing?").get_by_role("button", name="Ask them").click()
    for page, tired in ((ana, 2), (bo, 4), (chi, 3)):
        page.get_by_role("status").filter(has_text="How tired are you?").get_by_role("button", name="Answer").click()
        page.get_by_role("dialog").get_by_role("radio", name=str(tired)).check()
        if page is ana:
            film(ana, "lead-check-in")
            accessible(ana, axe, "dark")
        page.get_by_role("dialog").get_by_role("button", name="Send").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(part(mo, "How are they doing?")).to_contain_text("3 answers so far")
    part(mo, "How are they doing?").get_by_role("button", name="Close and see").click()
    expect(part(mo, "How are they doing?")).to_contain_text("3.0 of 5")

    # on record, among those who lead, and for oneself
    done = part(mo, "What I did in a group")
    done.get_by_role("combobox", name="Group").select_option("L")
    done.get_by_role("combobox", name="What").select_option("Encouraged")
    done.get_by_role("button", name="Put it on record").click()
    expect(done.get_by_role("list")).to_contain_text("Encouraged · Group L")
    for title, action, words in (
        ("Between us", "Send", "Group L is quick."),
        ("Notes to myself", "Keep it", "Ask Chi."),
    ):
        part(mo, title).get_by_role("textbox").fill(words)
        part(mo, title).get_by_role("button", name=action, exact=True).click()
        expect(part(mo, title).get_by_role("list")).to_contain_text(words)
    mo.get_by_text("Rate a session").click()
    part(mo, "How neutral was it?").get_by_role("radio", name="4", exact=True).check()
    part(mo, "How neutral was it?").get_by_role("button", name="Keep the rating").click()
    expect(part(mo, "How neutral was it?")).to_contain_text("You said: 4 of 5.")

    # how the groups are doing is counted now and then
    room = part(mo, "Groups").get_by_role("article", name="Group L")
    expect(room).to_contain_text("1 of 10", timeout=30_000)
    expect(room).to_contain_text("Ana")
    film(mo, "lead", whole=True)
    looked_at(mo, axe)
    mo.set_viewport_size({"width": 390, "height": 844})
    mo.get_by_role("tab", name="Now").focus()
    mo.keyboard.press("ArrowRight")
    expect(mo.get_by_role("tabpanel", name="Script")).to_be_visible()
    film(mo, "lead-phone")

    # the organiser sees all groups too, and nothing of a moderator's own notes
    olga = people.organiser(LEAD)
    expect(part(olga, "Between us")).to_contain_text("Group L is quick.")
    expect(olga.get_by_text("Have read it: Mo.")).to_be_visible()
    expect(olga.get_by_text("Ask Chi.")).to_have_count(0)
    expect(part(olga, "How neutral was it?").get_by_role("listitem")).to_contain_text("by themselves")

    # looking back, by keys alone
    go_to(shared, "reflection-1")
    expect(ana).to_have_url(re.compile("/workshop/L/reflection$"))
    expect(bo).to_have_url(re.compile("/workshop/L/reflection$"))
    ana.get_by_role("button", name=re.compile("^Add a note: ")).first.focus()
    for words in ("The hour was short.", "I liked the topics."):
        ana.keyboard.press("Enter" if words.startswith("The") else "n")
        expect(ana.get_by_role("textbox", name=re.compile("^Note ")).and_(ana.locator(":focus"))).to_have_value("")
        ana.keyboard.type(words)
        saved(ana)
        ana.keyboard.press("Escape")
    ana.keyboard.press("ArrowLeft")
    note = ana.locator("[data-note]:focus")
    expect(note).to_have_accessible_name(re.compile("^Note 1, by Ana"))
    ana.keyboard.press("r")
    expect(ana.get_by_role("toolbar", name="React to note 1")).to_be_visible()
    ana.keyboard.press("ArrowRight")
    ana.keyboard.press("Enter")
    ana.keyboard.press("v")
    expect(note).to_have_accessible_name(re.compile("1 vote"))
    ana.keyboard.press("g")
    ana.keyboard.type("Time")
    ana.keyboard.press("Enter")
    expect(note).to_have_accessible_name(re.compile("Time"))
    theirs = bo.get_by_role("group", name=re.compile("^Note 1, by Ana"))
    expect(theirs.get_by_role("textbox", name="Note 1", exact=True)).to_have_value("The hour was short.")
    theirs.get_by_role("button", name="Heart, 1 person: Ana").click()
    expect(ana.get_by_role("button", name=re.compile("^Heart, 2 people: Ana"))).to_be_visible()
    bo.get_by_label("Arranged by").select_option("Topic")
    expect(bo.get_by_role("heading", name="Time", level=2)).to_be_visible()
    film(ana, "reflection")
    looked_at(ana, axe)
