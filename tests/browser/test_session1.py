"""Session 1: topics and types, hints, and what belongs to a question, each with the keys and in two browsers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People, add_row, question, saved
from tests.browser.organising import plan
from tests.browser.served import RealServer
from tests.browser.test_axe import AXE, accessible
from tests.browser.test_keyboard import tab_to

pytestmark = pytest.mark.slow


def topic(page: Page, row: int) -> Locator:
    return page.get_by_role("combobox", name=f"Topic, row {row}")


def kind(page: Page, row: int) -> Locator:
    return page.get_by_role("combobox", name=f"Question type, row {row}")


def options(page: Page) -> Locator:
    return page.get_by_role("listbox").get_by_role("option")


def drawer(page: Page, row: int) -> Locator:
    return page.get_by_role("group", name=f"More about row {row}", exact=True)


def test_a_topic_is_chosen_by_the_keys_or_is_ones_own(people_of_shared: People) -> None:
    ana, bo = people_of_shared.board("Ana", "labels"), people_of_shared.board("Bo", "labels")
    add_row(ana, 1)
    expect(topic(ana, 1)).to_be_focused()
    ana.keyboard.press("ArrowDown")
    expect(topic(ana, 1)).to_have_attribute("aria-expanded", "true")
    first = options(ana).first.locator("span").first.inner_text()
    expect(options(ana).first).to_have_attribute("aria-selected", "true")
    ana.keyboard.press("Enter")
    expect(topic(ana, 1)).to_have_value(first)
    expect(topic(bo, 1)).to_have_value(first)
    expect(options(ana)).to_have_count(0)

    # part of a word, another case; Esc closes the list, then gives back what was there
    kind(ana, 1).press_sequentially("GIVING AD")
    expect(options(ana).first).to_contain_text("giving advice")
    ana.keyboard.press("Escape")
    expect(options(ana)).to_have_count(0)
    expect(kind(ana, 1)).to_have_value("GIVING AD")
    ana.keyboard.press("Escape")
    kind(ana, 1).fill("Giving Advice")
    ana.keyboard.press("Tab")
    expect(kind(bo, 1)).to_have_value("giving advice")

    add_row(ana, 2)
    topic(ana, 2).press_sequentially("Bees")
    ana.keyboard.press("ArrowUp")
    expect(topic(ana, 2)).to_have_attribute("aria-activedescendant", re.compile("."))
    ana.keyboard.press("Enter")
    dialog = ana.get_by_role("dialog", name="Add your topic")
    expect(dialog.get_by_label("What it is called")).to_have_value("Bees")
    dialog.get_by_label("What it means").fill("All that hums.")
    ana.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(topic(bo, 2)).to_have_value("Bees")
    expect(bo.get_by_role("img", name="Your group’s own")).to_be_visible()
    topic(bo, 1).click()
    expect(options(bo).filter(has_text="Bees")).to_contain_text("All that hums.")


def test_hints_say_why_block_nothing_and_stay_away(people_of_shared: People) -> None:
    page = people_of_shared.board("Ana", "hints")
    for number, words in ((1, "How do I tell my old friend the truth?"), (2, "How do I tell my old friend a truth?")):
        add_row(page, number)
        topic(page, number).fill("Friends")
        question(page, number).fill(words)
    row = page.get_by_role("row").filter(has=question(page, 2))
    expect(row.get_by_text("This is nearly the same as row 1.")).to_be_visible()
    expect(row.get_by_text("Row 1 has this topic too.")).to_be_visible()
    question(page, 1).fill("Tell my friend the truth")
    first = page.get_by_role("row").filter(has=question(page, 1))
    expect(first.get_by_text("There is no question mark yet.")).to_be_visible()
    question(page, 1).fill("دوستم را کجا ببینم؟")
    expect(first.get_by_text("There is no question mark yet.")).to_have_count(0)

    away = row.get_by_role("button", name=re.compile("^Put this hint away: Row 1 has"))
    away.click()
    expect(away).to_have_count(0)
    expect(question(page, 2)).to_be_focused()
    saved(page)
    page.reload()
    expect(question(page, 2)).to_have_value("How do I tell my old friend a truth?")
    question(page, 1).fill("How do I tell my old friend that truth?")
    expect(row.get_by_text("This is nearly the same as row 1.")).to_be_visible()
    expect(row.get_by_text("Row 1 has this topic too.")).to_have_count(0)


def test_comments_votes_versions_and_words_that_could_change(people_of_shared: People) -> None:
    ana, bo = people_of_shared.board("Ana", "marks"), people_of_shared.board("Bo", "marks")
    add_row(ana, 1)
    question(ana, 1).fill("May I take aspirin in Brazil?")
    saved(ana)
    bo.get_by_role("button", name="I like row 1, 0 likes").click()
    expect(ana.get_by_role("button", name="I like row 1, 1 like")).to_have_attribute("aria-pressed", "false")
    expect(bo.get_by_role("button", name="I like row 1, 1 like")).to_have_attribute("aria-pressed", "true")

    # into the drawer and out of it, with the keys
    question(ana, 1).focus()
    ana.keyboard.press("Alt+Enter")
    expect(ana.get_by_role("heading", name="More about row 1")).to_be_focused()
    tab_to(ana, "Comment on this question", 3)
    ana.keyboard.type("For whom?")
    tab_to(ana, "Add the comment", 1)
    ana.keyboard.press("Enter")
    expect(drawer(ana, 1).get_by_text("For whom?")).to_be_visible()
    bo.get_by_role("button", name="More about row 1, 1 open comment").click()
    expect(drawer(bo, 1).get_by_text("For whom?")).to_be_visible()
    expect(drawer(bo, 1).get_by_role("button", name="Remove")).to_have_count(0)
    drawer(bo, 1).get_by_role("button", name="Done with this").click()
    expect(ana.get_by_role("button", name="More about row 1", exact=True)).to_be_visible()

    drawer(ana, 1).get_by_label("Why this version").fill("before Bo")
    ana.keyboard.press("Enter")
    expect(drawer(bo, 1).get_by_text("before Bo")).to_be_visible()
    question(bo, 1).fill("May my child take aspirin in Brazil?")
    saved(bo)
    drawer(bo, 1).get_by_role("button", name="Look at it").click()
    expect(drawer(bo, 1).get_by_text("May I take aspirin in Brazil?")).to_be_visible()

    # words are taken over from what is selected in the question
    question(ana, 1).evaluate("(at) => { at.focus(); at.setSelectionRange(at.value.length - 7, at.value.length - 1); }")
    expect(drawer(ana, 1).get_by_label("The words")).to_have_value("Brazil")
    drawer(ana, 1).get_by_role("button", name="Mark them").click()
    expect(drawer(bo, 1).get_by_role("button", name="Unmark “Brazil”")).to_be_visible()
    drawer(bo, 1).get_by_text("What could stand there instead").click()
    expect(drawer(bo, 1).get_by_role("definition").first).to_be_visible()
    question(bo, 1).fill("May my child take aspirin?")
    expect(drawer(ana, 1).get_by_text("do not stand in the question any more")).to_be_visible()

    drawer(ana, 1).get_by_label("Who might ask").fill("A nurse")
    ana.keyboard.press("Enter")
    expect(drawer(bo, 1).get_by_label("Who might ask")).to_have_value("A nurse")
    ana.keyboard.press("Escape")
    expect(drawer(ana, 1)).to_have_count(0)
    expect(ana.get_by_role("button", name="More about row 1", exact=True)).to_be_focused()


def test_who_left_is_still_named_beside_their_words(people_of_shared: People, shared: RealServer) -> None:
    ana = people_of_shared.board("Ana", "left")
    add_row(ana, 1)
    zoe = people_of_shared.context().new_page()
    zoe.goto(shared.link("left"))
    zoe.get_by_label("Your name or a pseudonym").fill("Zoe")
    zoe.get_by_role("radio", name=re.compile("As “Someone”")).check()
    zoe.get_by_role("button", name="Join", exact=True).click()
    expect(zoe).not_to_have_url(re.compile("/join/"))
    people_of_shared.to_board(zoe, "left")
    for page, words in ((ana, "From Ana"), (zoe, "From Zoe")):
        page.get_by_role("button", name=re.compile("More about row 1")).click()
        drawer(page, 1).get_by_label("Comment on this question").fill(words)
        drawer(page, 1).get_by_role("button", name="Add the comment").click()
        expect(drawer(page, 1).get_by_role("listitem").filter(has_text=words)).to_be_visible()
        page.context.close()
    bo = people_of_shared.board("Bo", "left")
    bo.get_by_role("button", name="More about row 1, 2 open comments").click()
    said = drawer(bo, 1).get_by_role("listitem")
    expect(said.filter(has_text="From Ana").get_by_text("Ana", exact=True)).to_be_visible()
    expect(said.filter(has_text="From Zoe").get_by_text("Someone", exact=True)).to_be_visible()
    expect(bo.get_by_text("Zoe", exact=True)).to_have_count(0)


def test_how_far_the_group_is_and_what_is_still_empty(people_of_shared: People, shared: RealServer) -> None:
    usual = {"value": "", "call_url": "", "goal_triples": 10}
    plan(shared, "groups", {"goal": {**usual, "goal_questions": 2}})
    page = people_of_shared.board("Ana", "goal")
    meter = page.get_by_role("meter", name="Goal: 2 questions for your group")
    expect(meter).to_have_attribute("aria-valuenow", "0")
    page.get_by_role("button", name=re.compile(" × ")).first.click()
    expect(question(page, 1)).to_be_focused()
    expect(topic(page, 1)).not_to_have_value("")
    expect(kind(page, 1)).not_to_have_value("")
    page.keyboard.type("Why?")
    expect(meter).to_have_attribute("aria-valuenow", "1")
    page.get_by_role("button", name="Show the map").click()
    map_ = page.get_by_role("dialog", name="Topics and types")
    expect(map_.get_by_role("cell", name="1", exact=True)).to_have_count(1)
    page.keyboard.press("Escape")
    add_row(page, 2)
    question(page, 2).fill("And how?")
    expect(page.get_by_text("2 written. Goal reached")).to_be_visible()


def test_definitions_are_one_press_away_beside_the_board_and_on_a_phone(people_of_shared: People) -> None:
    wide = people_of_shared.board("Ana", "panel")
    wide.get_by_role("button", name="What makes a good question?").click()
    beside = wide.get_by_role("complementary", name="Look it up")
    expect(beside.get_by_role("heading", name="Look it up")).to_be_focused()
    beside.get_by_role("button", name="Topics").click()
    expect(beside.get_by_role("term").first).to_be_visible()
    wide.keyboard.press("Escape")
    expect(beside).to_have_count(0)
    expect(wide.get_by_role("button", name="What makes a good question?")).to_be_focused()

    phone = people_of_shared.board("Bo", "panel", viewport={"width": 390, "height": 844})
    phone.get_by_role("button", name="What makes a good question?").click()
    expect(phone.get_by_role("dialog", name="Look it up")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_script_long_words_and_other_directions_do_no_harm(people_of_shared: People) -> None:
    evil = "<img src=x onerror='window.hit=1'>\u202e{@html 1}" + "W" * 60
    ana, bo = (
        people_of_shared.board("Ana", "evil"),
        people_of_shared.board("Bo", "evil", viewport={"width": 390, "height": 844}),
    )
    add_row(ana, 1)
    topic(ana, 1).fill(evil[:80])
    question(ana, 1).fill(evil * 20)
    ana.get_by_role("button", name=re.compile("is your own. Add it to the list")).click()
    ana.get_by_label("What it means").fill(evil)
    ana.keyboard.press("Enter")
    expect(ana.get_by_role("dialog")).to_have_count(0)
    question(ana, 1).press("Alt+Enter")
    drawer(ana, 1).get_by_label("Comment on this question").fill(evil)
    drawer(ana, 1).get_by_role("button", name="Add the comment").click()
    drawer(ana, 1).get_by_label("Why this version").fill(evil)
    ana.keyboard.press("Enter")
    drawer(ana, 1).get_by_label("The words").fill(evil)
    drawer(ana, 1).get_by_role("button", name="Mark them").click()
    expect(drawer(ana, 1).get_by_role("button", name=re.compile("^Unmark"))).to_be_visible()
    bo.get_by_role("button", name=re.compile("^More about row 1")).click()
    expect(drawer(bo, 1).get_by_role("listitem").first).to_be_visible()
    bo.get_by_role("button", name="Show the map").click()
    for page in (ana, bo):
        assert page.evaluate("window.hit") is None
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_axe_finds_nothing(people_of_shared: People) -> None:
    axe = AXE.read_text(encoding="utf-8")
    page = people_of_shared.board("Ana", "axe1")
    add_row(page, 1)
    topic(page, 1).fill("Bees")
    question(page, 1).fill("Tell me of the bees")
    page.get_by_role("button", name="What makes a good question?").click()
    question(page, 1).press("Alt+Enter")
    expect(drawer(page, 1)).to_be_visible()
    expect(page.get_by_text("There is no question mark yet.")).to_be_visible()
    kind(page, 1).click()
    expect(options(page).first).to_be_visible()
    accessible(page, axe)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    page.keyboard.press("Escape")
    accessible(page, axe)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show the map").click()
    accessible(page, axe)
