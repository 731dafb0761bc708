"""Several people in one text, in real textareas: undo, composed input, carets, emoji, a browser that keeps nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People, add_row, question, saved
from tests.browser.served import RealServer

pytestmark = pytest.mark.slow


@pytest.fixture
def people(people_of_shared: People) -> People:
    return people_of_shared


def caret(field: Locator) -> list[int]:
    """Where the caret or the selection is, in the browser's own units."""
    return list(field.evaluate("(field) => [field.selectionStart, field.selectionEnd]"))


def put_caret(field: Locator, at: int) -> None:
    field.focus()
    field.evaluate("(field, at) => field.setSelectionRange(at, at)", at)


def two(people: People, group: str) -> tuple[Page, Page]:
    ana, bo = people.board("Ana", group), people.board("Bo", group)
    add_row(ana, 1)
    expect(question(bo, 1)).to_be_visible()
    return ana, bo


def test_undo_takes_back_ones_own_words_and_never_a_colleagues(people: People) -> None:
    ana, bo = two(people, "undo")
    question(ana, 1).press_sequentially("Mine 👩‍🌾 ")
    expect(question(bo, 1)).to_have_value("Mine 👩‍🌾 ")
    question(bo, 1).press("Control+End")
    question(bo, 1).press_sequentially("his 🙂")
    expect(question(ana, 1)).to_have_value("Mine 👩‍🌾 his 🙂")
    for _ in range(5):
        question(ana, 1).press("Control+z")
    expect(question(ana, 1)).to_have_value("his 🙂")
    expect(question(bo, 1)).to_have_value("his 🙂")
    ana.get_by_role("button", name="Undo").click()
    expect(ana.get_by_text("Nothing of yours to undo here")).to_be_visible()
    expect(question(ana, 1)).to_be_focused()
    question(ana, 1).press("Control+Shift+z")
    expect(question(bo, 1)).to_have_value("Mine 👩‍🌾 his 🙂")
    question(bo, 1).press("Control+z")
    expect(question(ana, 1)).to_have_value("Mine 👩‍🌾 ")
    saved(ana)


def test_a_word_being_composed_survives_a_colleague_who_types_before_it(people: People) -> None:
    ana, bo = two(people, "compose")
    question(ana, 1).press_sequentially("A: ")
    expect(question(bo, 1)).to_have_value("A: ")
    keyboard = ana.context.new_cdp_session(ana)
    put_caret(question(ana, 1), 3)
    keyboard.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    put_caret(question(bo, 1), 0)
    question(bo, 1).press_sequentially("🙂 ")
    keyboard.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    saved(bo)
    keyboard.send("Input.imeSetComposition", {"text": "にほんご", "selectionStart": 4, "selectionEnd": 4})
    keyboard.send("Input.insertText", {"text": "日本語"})
    for page in (ana, bo):
        expect(question(page, 1)).to_have_value("🙂 A: 日本語")
    question(ana, 1).press_sequentially("!")
    expect(question(bo, 1)).to_have_value("🙂 A: 日本語!")


def test_the_caret_stays_in_its_words_while_a_colleague_types(people: People) -> None:
    ana, bo = two(people, "carets")
    question(ana, 1).press_sequentially("before after")
    add_row(ana, 2)
    question(ana, 2).press_sequentially("below")
    expect(question(bo, 2)).to_have_value("below")

    # in the same text, before the caret and behind it
    question(ana, 1).focus()
    question(ana, 1).evaluate("(field) => field.setSelectionRange(7, 12)")
    put_caret(question(bo, 1), 0)
    question(bo, 1).press_sequentially("🙂🙂 ")
    question(bo, 1).press("Control+End")
    question(bo, 1).press_sequentially(" end")
    expect(question(ana, 1)).to_have_value("🙂🙂 before after end")
    assert caret(question(ana, 1)) == [12, 17]
    ana.keyboard.type("AFTER")
    expect(question(bo, 1)).to_have_value("🙂🙂 before AFTER end")

    # in the row above, and a new row above
    put_caret(question(ana, 2), 3)
    question(bo, 1).press_sequentially(", much longer than it was" * 8, delay=0)
    question(bo, 1).press("Control+Enter")
    expect(question(ana, 3)).to_have_value("below")
    expect(question(ana, 3)).to_be_focused()
    assert caret(question(ana, 3)) == [3, 3]
    ana.keyboard.type("-")
    expect(question(bo, 3)).to_have_value("bel-ow")


def test_an_emoji_replaced_by_its_neighbour_is_whole_in_both_browsers(people: People) -> None:
    ana, bo = two(people, "emoji")
    question(ana, 1).press_sequentially("a😀z")  # U+1F600; the next differs in the second half only
    expect(question(bo, 1)).to_have_value("a😀z")
    question(bo, 1).focus()
    question(bo, 1).evaluate("(field) => field.setSelectionRange(1, 3)")
    bo.keyboard.insert_text("😁")
    for page in (ana, bo):
        expect(question(page, 1)).to_have_value("a😁z")
    # and both at once, one for one
    bo.context.set_offline(True)
    question(bo, 1).evaluate("(field) => field.setSelectionRange(1, 3)")
    bo.keyboard.insert_text("😂")
    question(ana, 1).focus()
    question(ana, 1).evaluate("(field) => field.setSelectionRange(1, 3)")
    ana.keyboard.insert_text("🤣")
    bo.context.set_offline(False)
    saved(bo)
    for page in (ana, bo):  # both have both, and then in one order
        expect(question(page, 1)).to_have_value(re.compile("^a(😂🤣|🤣😂)z$"))
    assert question(ana, 1).input_value() == question(bo, 1).input_value()


def test_a_browser_that_keeps_nothing_writes_and_says_so_when_it_matters(people: People, shared: RealServer) -> None:
    context = people.context()
    context.add_init_script(
        "Object.defineProperty(window, 'indexedDB', {get() { throw new DOMException('insecure', 'SecurityError'); }})"
    )
    page = context.new_page()
    page.goto(shared.link("bare"))
    page.get_by_label("Your name or a pseudonym").fill("Yul")
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page).not_to_have_url(re.compile("/join/"))
    people.to_board(page, "bare")
    add_row(page, 1)
    question(page, 1).press_sequentially("said")
    saved(page)
    context.set_offline(True)
    question(page, 1).press_sequentially(" and kept")
    expect(page.get_by_text("This browser keeps nothing for later, so leave this page open")).to_be_visible()
    context.set_offline(False)
    saved(page)
    expect(question(page, 1)).to_have_value("said and kept")
