"""Session 2: one question at a time, three steps, what is said of them, and by whom; several people, the keys, axe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People, saved
from tests.browser.organising import plan
from tests.browser.prompting import give, group_of, reader, warned
from tests.browser.served import RealServer
from tests.browser.test_axe import AXE, accessible
from tests.browser.test_keyboard import tab_to

pytestmark = pytest.mark.slow

FAILS, WRONG, BETTER, OTHER = "A reply that fails", "What is wrong with it", "A better reply", "Another better reply"
BAD = "Keep it plain. People like them cannot handle our food."


@pytest.fixture
def people(people_of_shared: People) -> People:
    return people_of_shared


def text(page: Page, part: str, number: int = 1) -> Locator:
    return page.get_by_role("textbox", name=f"{part}, question {number}", exact=True)


def heading(page: Page, words: str) -> Locator:
    return page.get_by_role("heading", name=words, level=2)


def select(field: Locator, words: str) -> None:
    field.focus()
    field.evaluate(
        "(field, words) => { const at = field.value.indexOf(words); field.setSelectionRange(at, at + words.length); }",
        words,
    )


def test_the_steps_open_one_after_another_and_all_write_in_them(people: People, shared: RealServer) -> None:
    shared.link("steps")
    give(shared, "steps", "What should I cook for my neighbour?", "Is my accent a problem?")
    ana, bo = group_of(people, shared, "steps", "Ana", "Bo")
    expect(heading(ana, "What should I cook for my neighbour?")).to_be_visible()
    expect(ana.get_by_text("0 of 10 done").first).to_be_visible()
    expect(text(ana, WRONG)).to_have_count(0)
    text(ana, FAILS).press_sequentially("Plain food. ")
    expect(text(bo, FAILS)).to_have_value("Plain food. ")
    expect(ana.get_by_text("2 words, 12 characters").first).to_be_visible()
    text(bo, FAILS).press("Control+End")
    text(bo, FAILS).press_sequentially("Do not ask.")
    expect(ana.get_by_text("Writing here: Bo")).to_have_count(1)
    text(bo, WRONG).press_sequentially("It assumes.")
    expect(text(ana, WRONG)).to_have_value("It assumes.")
    text(ana, BETTER).press_sequentially("Ask what they like.")
    expect(bo.get_by_text("1 of 10 done").first).to_be_visible()
    # nothing is locked: a later step opens by hand, and an open one closes
    bo.get_by_role("button", name="Next question").click()
    expect(heading(bo, "Is my accent a problem?")).to_be_focused()
    bo.get_by_role("button", name=re.compile(f"Step 3 {BETTER}")).click()
    text(bo, BETTER, 2).press_sequentially("No.")
    expect(bo.get_by_role("button", name=re.compile(f"Step 3 {BETTER}"))).to_have_attribute("aria-expanded", "true")
    # the address keeps which question it is
    bo.reload()
    expect(heading(bo, "Is my accent a problem?")).to_be_visible()
    expect(text(bo, BETTER, 2)).to_have_value("No.")
    for page in (ana, bo):
        saved(page)


def test_words_that_are_pointed_at_stay_marked_while_the_text_moves(people: People, shared: RealServer) -> None:
    shared.link("spans")
    give(shared, "spans", "What should I cook?")
    ana, bo = group_of(people, shared, "spans", "Ana", "Bo")
    text(ana, FAILS).press_sequentially(BAD)
    ana.get_by_role("button", name="exclusion", exact=True).click()
    expect(bo.get_by_role("button", name="exclusion", exact=True)).to_have_attribute("aria-pressed", "true")
    point = ana.get_by_role("button", name="Point at these words")
    expect(point).to_be_disabled()
    select(text(ana, FAILS), "People like them")
    point.click()
    form = ana.get_by_role("group", name="The words that do it")
    expect(form.get_by_text("People like them").last).to_be_visible()
    form.get_by_label("Kind of harm").select_option("exclusion")
    form.get_by_label("Why these words").fill("Nobody is alike. =HYPERLINK(1) <b>x</b>")
    form.get_by_role("button", name="Keep it").click()
    expect(ana.get_by_role("heading", name="The words that do it")).to_be_focused()
    marked = bo.locator("blockquote mark")
    expect(marked).to_have_text(re.compile("People like them"))
    expect(bo.get_by_text("Nobody is alike. =HYPERLINK(1) <b>x</b>")).to_be_visible()
    # the text moves before it and grows at its edges: the mark stays on its words
    text(bo, FAILS).press("Control+Home")
    text(bo, FAILS).press_sequentially("🙂 Yes. ")
    expect(marked.locator("[data-from]")).to_have_text("People like them")
    expect(bo.get_by_role("button", name=re.compile("Remove: People"))).to_have_count(0)  # it is Ana's
    select(text(bo, FAILS), "People like them")
    bo.keyboard.press("Delete")
    expect(ana.get_by_text("These words are not in the text any more.")).to_be_visible()
    expect(ana.locator("blockquote mark")).to_have_count(0)

    # selecting in the view does too, as a thumb does
    box = bo.locator("blockquote .read").bounding_box()
    assert box is not None
    bo.mouse.dblclick(box["x"] + 70, box["y"] + 12)
    expect(bo.get_by_role("button", name="Point at these words")).to_be_enabled()
    picked = bo.evaluate("getSelection().toString().trim()")
    bo.get_by_role("button", name="Point at these words").click()
    bo.get_by_role("button", name="Keep it").click()
    expect(ana.locator("blockquote mark [data-from]").first).to_have_text(picked)
    ana.get_by_role("button", name="Remove", exact=False).first.click()
    expect(bo.get_by_text("These words are not in the text any more.")).to_have_count(0)
    expect(bo.locator("blockquote mark")).to_have_count(1)


def test_values_harms_and_words_of_ones_own(people: People, shared: RealServer) -> None:
    group = {"value": "safety", "call_url": "", "goal_questions": 10, "goal_triples": 1}
    shared.link("values")
    plan(shared, "groups", {"values": group})
    give(shared, "values", "Bleach and vinegar?")
    (ana,) = group_of(people, shared, "values", "Ana")
    # the group's value is one key away before anything is chosen
    text(ana, FAILS).focus()
    ana.keyboard.press("F2")
    dialog = ana.get_by_role("dialog", name="Safety")
    expect(dialog.get_by_text("An example")).to_be_visible()
    ana.keyboard.press("Escape")
    expect(text(ana, FAILS)).to_be_focused()
    for value in ("Safety", "Fairness"):
        ana.get_by_role("button", name=value, exact=True).click()
        expect(ana.get_by_role("button", name=value, exact=True)).to_have_attribute("aria-pressed", "true")
    ana.get_by_role("button", name=re.compile("Step 2")).click()
    ana.get_by_role("button", name="Add yours").last.click()
    ana.get_by_role("textbox", name="Add yours").fill("  Bad   chemistry ")
    ana.keyboard.press("Enter")
    own = ana.get_by_role("button", name=re.compile("^Bad chemistry"))
    expect(own).to_have_attribute("aria-pressed", "true")
    # said again, it is the same
    ana.get_by_role("button", name="Add yours").last.click()
    ana.get_by_role("textbox", name="Add yours").fill("bad chemistry")
    ana.keyboard.press("Enter")
    expect(ana.get_by_role("textbox", name="Add yours")).to_have_count(0)
    expect(own).to_have_count(1)
    ana.get_by_label("Role card").select_option("Think like a hacker")
    expect(ana.locator(".card")).to_contain_text("Think like a hacker")
    ana.reload()
    expect(ana.get_by_label("Role card").locator("option:checked")).to_have_text("Think like a hacker")
    expect(ana.get_by_role("button", name="Safety", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(ana.get_by_role("alert")).to_have_count(0)


def test_everyones_judgement_stands_and_is_shown_after_ones_own(people: People, shared: RealServer) -> None:
    shared.link("judge")
    give(shared, "judge", "What should I cook?")
    ana, bo = group_of(people, shared, "judge", "Ana", "Bo")
    text(ana, FAILS).fill("Plain food.")
    text(ana, WRONG).fill("It assumes.")
    text(ana, BETTER).fill("Ask them.")

    def part(page: Page) -> Locator:
        return page.get_by_role("group", name=BETTER, exact=True)

    part(ana).get_by_role("radio", name="7 clearly aligned").check()
    part(ana).get_by_role("button", name="Aligned", exact=True).click()
    part(ana).get_by_role("button", name="I am not sure", exact=True).click()
    expect(part(ana).get_by_text("1 person has chosen")).to_have_count(2)
    expect(part(bo).get_by_text("1 other has chosen. Choose to see it.")).to_have_count(2)
    expect(part(bo).get_by_text("7 clearly aligned: 1 person (Ana)")).to_have_count(0)
    part(bo).get_by_role("radio", name="3", exact=True).check()
    expect(part(bo).get_by_text("7 clearly aligned: 1 person (Ana)")).to_have_count(1)
    expect(part(bo).get_by_text("3: 1 person (you)")).to_have_count(1)
    expect(part(ana).get_by_text("3: 1 person (Bo)")).to_have_count(1)
    part(bo).get_by_role("button", name="Take back").click()
    expect(part(bo).get_by_text("7 clearly aligned: 1 person (Ana)")).to_have_count(0)
    expect(part(ana).get_by_text("3: 0 people")).to_have_count(1)
    for scale in ("How hard was it to write?", "How sure are you?"):
        bo.get_by_role("group", name=scale).get_by_role("radio").nth(3).check()
    saved(bo)
    bo.reload()
    expect(bo.get_by_role("group", name="How sure are you?").get_by_role("radio").nth(3)).to_be_checked()
    looking = reader(people, shared, "judge")
    expect(looking.get_by_text("7 clearly aligned: 1 person (Ana)")).to_have_count(1)
    expect(looking.get_by_role("radio")).to_have_count(0)


def test_two_better_replies_stand_each_with_what_it_puts_first(people: People, shared: RealServer) -> None:
    shared.link("two")
    give(shared, "two", "Should I tell my boss?")
    ana, bo = group_of(people, shared, "two", "Ana", "Bo")
    for page in (ana, bo):
        page.get_by_role("button", name=re.compile("Step 3")).click()
    ana.get_by_role("button", name="Add another better reply").click()
    expect(text(ana, OTHER)).to_be_focused()
    ana.keyboard.type("Talk to a colleague first.")
    expect(text(bo, OTHER)).to_have_value("Talk to a colleague first.")
    stances = bo.get_by_label("What this reply puts first")
    stances.nth(1).fill("safety")
    stances.nth(1).press("Enter")
    expect(ana.get_by_label("What this reply puts first").nth(1)).to_have_value("safety")


def test_who_would_rather_not_is_asked_for_none_and_writes_the_rest(people: People, shared: RealServer) -> None:
    shared.link("optout")
    give(shared, "optout", "What should I cook?")
    ana = warned(people.board("Ana", "optout", "triples"), write=False)
    expect(ana.get_by_text("You chose not to write replies that fail.")).to_be_visible()
    expect(text(ana, FAILS)).to_have_count(0)
    (bo,) = group_of(people, shared, "optout", "Bo")
    text(bo, FAILS).fill(BAD)
    expect(ana.get_by_text(BAD)).to_have_count(0)
    expect(text(ana, WRONG)).to_be_visible()
    text(ana, WRONG).fill("It is unkind.")
    expect(text(bo, WRONG)).to_have_value("It is unkind.")
    ana.get_by_role("button", name="Show what others wrote").click()
    expect(text(ana, FAILS)).to_have_value(BAD)
    expect(text(ana, FAILS)).not_to_be_editable()
    select(text(ana, FAILS), "Keep it plain")
    ana.get_by_role("button", name="Point at these words").click()
    ana.get_by_role("button", name="Keep it", exact=True).click()
    expect(bo.locator("blockquote mark [data-from]")).to_have_text("Keep it plain")
    # who was not asked yet sees none either
    cy = people.board("Cy", "optout", "triples")
    expect(cy.get_by_role("heading", name="Before you begin")).to_be_visible()
    expect(cy.get_by_text(BAD)).to_have_count(0)


def test_parents_and_the_moderators_way_to_another_question(people: People, shared: RealServer) -> None:
    shared.link("parents")
    give(
        shared, "parents", "A grown one?", source="grown", **{"from": "run-1", "parents": ["gone-1"], "topic": "travel"}
    )
    (ana,) = group_of(people, shared, "parents", "Ana")
    expect(ana.get_by_text("Topic: Travel")).to_be_visible()
    ana.get_by_text("Grown from 1 question").click()
    expect(ana.get_by_text("The questions it grew from cannot be shown.")).to_be_visible()
    expect(ana.get_by_role("link", name="Swap this question")).to_have_count(0)
    mod = people.arrived("Mo", role="moderator")
    people.to_board(mod, "parents", "triples")
    expect(mod.get_by_role("link", name="Swap this question")).to_have_attribute(
        "href", "/studies/pilot/workshop/bridge"
    )


def test_a_question_is_gone_through_without_a_mouse(people: People, shared: RealServer) -> None:
    shared.link("hands")
    give(shared, "hands", "First?", "Second?", "Third?")
    (ana,) = group_of(people, shared, "hands", "Ana")
    expect(text(ana, FAILS)).to_be_focused()  # where the warning led to
    ana.keyboard.type("No.")
    ana.keyboard.press("Alt+PageDown")
    expect(heading(ana, "Second?")).to_be_focused()
    ana.keyboard.press("n")
    expect(heading(ana, "Third?")).to_be_focused()
    ana.keyboard.press("p")
    expect(heading(ana, "Second?")).to_be_focused()
    ana.keyboard.press("2")
    expect(text(ana, WRONG, 2)).to_be_focused()
    ana.keyboard.type("n1?")  # letters are letters in a text
    expect(text(ana, WRONG, 2)).to_have_value("n1?")
    ana.keyboard.press("Escape")
    expect(ana.get_by_role("button", name=re.compile("Step 2"))).to_be_focused()
    ana.keyboard.press("v")
    expect(ana.get_by_role("dialog", name="The values").get_by_text("An example").first).to_be_visible()
    ana.keyboard.press("Escape")
    ana.keyboard.press("Alt+PageUp")
    expect(heading(ana, "First?")).to_be_focused()
    expect(text(ana, FAILS)).to_have_value("No.")
    ana.keyboard.press("?")
    expect(ana.get_by_role("dialog", name="Keys").get_by_text("Go to a step")).to_be_visible()
    ana.keyboard.press("Escape")
    # pointing, by the keys alone
    ana.keyboard.press("1")
    ana.keyboard.press("Control+Home")
    ana.keyboard.press("Shift+End")
    tab_to(ana, "Point at these words", 60)
    ana.keyboard.press("Enter")
    expect(ana.get_by_label("Kind of harm", exact=True)).to_be_focused()
    tab_to(ana, "Keep it", 4)
    ana.keyboard.press("Enter")
    expect(ana.locator("blockquote mark [data-from]")).to_have_text("No.")


def test_an_empty_board_says_what_comes_and_takes_a_question(people: People, shared: RealServer) -> None:
    page = people.board("Ana", "bare", "triples")
    expect(page.get_by_text("once the moderator gives them out")).to_be_visible()
    page.get_by_role("button", name="Add a question of our own").click()
    field = page.get_by_label("Your question")
    expect(field).to_be_focused()
    field.fill("Ours?")
    field.press("Enter")
    expect(heading(page, "Ours?")).to_be_visible()
    saved(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_screen_or_out_of_reach(people: People, shared: RealServer, width: int) -> None:
    axe = AXE.read_text(encoding="utf-8")
    group = f"axe{width}"
    shared.link(group)
    give(shared, group, "Why? " * 120, "كيف أخبر صديقي؟")
    size = {"width": width, "height": 800}
    ana, bo = group_of(people, shared, group, "Ana", "Bo", viewport=size)
    accessible(ana, axe)
    text(ana, FAILS).fill("Verylongword" * 60 + " = cmd|' /C calc'!A0 <script>alert(1)</script> " + BAD)
    text(ana, WRONG).fill("كلام جارح 🙂 " * 40)
    text(ana, BETTER).fill("Better. " * 200)
    for page in (ana, bo):
        page.get_by_role("group", name=BETTER, exact=True).get_by_role("radio").nth(4).check()
        page.get_by_role("group", name=BETTER, exact=True).get_by_role("button", name="In between").click()
    ana.get_by_role("button", name="exclusion", exact=True).click()
    select(text(ana, FAILS), BAD)
    ana.get_by_role("button", name="Point at these words").click()
    accessible(ana, axe)
    ana.get_by_role("button", name="Keep it").click()
    expect(ana.locator("blockquote mark")).to_be_visible()
    bo.get_by_role("button", name="Model helper").click()
    expect(bo.get_by_text("Three steps to pick from")).to_be_visible()
    for page in (ana, bo):
        saved(page)
        accessible(page, axe)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
