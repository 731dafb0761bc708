"""The whole way with the keys alone: every place that has the focus shows it, and none of it is ever lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People, question, saved
from tests.browser.served import PASSWORD, RealServer

pytestmark = pytest.mark.slow

NAME = """at.labels?.[0]?.textContent ?? at.getAttribute("aria-label") ?? at.textContent"""
# what has the focus: its name, whether a ring or an edge shows it, whether it is in sight
FOCUS = f"""() => {{
  const at = document.activeElement, look = getComputedStyle(at), box = at.getBoundingClientRect();
  const label = {NAME};
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return [label.trim(), look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0, seen, at.tagName];
}}"""
# whether the page has loaded what is called so: before that, no key leads to it
THERE = f"""name => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .some(at => new RegExp(`^(?:${{name}})$`).test(({NAME}).trim()))"""


def tab_to(page: Page, name: str, most: int = 40, key: str = "Tab") -> None:
    """Press Tab until what is called `name` has the focus; each stop on the way shows that it has it."""
    page.wait_for_function(THERE, arg=name)
    stops: list[str] = []
    for _ in range(most):
        page.keyboard.press(key)
        label, ringed, seen, tag = page.evaluate(FOCUS)
        assert tag != "BODY" or not stops, f"the focus fell out of the page after {stops}"
        assert tag == "BODY" or (ringed and seen), f"nobody sees that {label!r} has the focus"
        if re.fullmatch(name, label):
            return
        stops.append(label)
    raise AssertionError(f"no way to {name!r} with Tab, only to {stops}")


def focus_is_somewhere(page: Page) -> None:
    page.wait_for_function("document.activeElement !== document.body")


def test_a_participant_joins_writes_and_looks_back_without_a_mouse(
    people_of_shared: People, shared: RealServer
) -> None:
    page = people_of_shared.context().new_page()
    page.goto(shared.link("keys"))
    expect(page.get_by_role("button", name="Join", exact=True)).to_be_visible()
    tab_to(page, "Your name or a pseudonym")
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("/join/"))
    expect(page.get_by_role("heading", name="Hello, Ana")).to_be_focused()
    tab_to(page, "Write questions")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Write questions")).to_be_focused()
    saved(page)

    tab_to(page, "Add a question")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Topic, row 1")).to_be_focused()
    page.keyboard.type("Travel")
    tab_to(page, "Question, row 1", 2)
    page.keyboard.type("Where to?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Topic, row 2")).to_be_focused()
    page.keyboard.press("Escape")  # to the cell; then over to the question above, and into it
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    assert page.evaluate(FOCUS)[1:3] == [True, True]
    page.keyboard.press("Enter")
    expect(question(page, 1)).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And why?")
    saved(page)
    expect(question(page, 1)).to_have_value("Where to? And why?")

    # out comes the row, and back
    tab_to(page, "Remove row 1", 4)
    page.keyboard.press("Enter")
    expect(page.get_by_role("table").get_by_role("button", name="Put back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Topic, row 1")).to_be_focused()

    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    focus_is_somewhere(page)

    tab_to(page, "History", key="Shift+Tab")
    page.keyboard.press("Enter")
    moment = page.get_by_role("slider", name="Moment")
    expect(moment).to_have_attribute("aria-valuetext", re.compile("Ana put a row back"))
    tab_to(page, "Moment", 4)
    page.keyboard.press("Home")
    expect(moment).to_have_attribute("aria-valuetext", re.compile("Ana added a row"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="History")).to_be_focused()


def test_an_organiser_runs_the_workshop_without_a_mouse(people_of_shared: People, shared: RealServer) -> None:
    people_of_shared.board("Bo", "desk")
    page = people_of_shared.context().new_page()
    page.goto(f"{shared.url}/login")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    tab_to(page, "Name")
    page.keyboard.type("Olga")
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Studies")).to_be_focused()
    tab_to(page, "The pilot")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The pilot")).to_be_focused()
    expect(page.get_by_role("heading", name="People")).to_be_visible()

    close = page.get_by_role("button", name="Close: Write questions, group desk")
    tab_to(page, "Close: Write questions, group desk")
    page.keyboard.press("Enter")
    expect(close).to_have_count(0)
    expect(page.get_by_role("button", name="Open: Write questions, group desk")).to_be_focused()

    tab_to(page, "Make a link")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Role")).to_be_focused()
    page.keyboard.press("o")  # observer
    tab_to(page, "Group", 3)
    page.keyboard.type("desk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="The link is ready")).to_be_visible()
    expect(page.get_by_role("heading", name="The link is ready")).to_be_focused()
    tab_to(page, "Copy the link", 2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Make a link")).to_be_focused()

    # withdraw it: the button goes with the link, and the focus to the heading above
    tab_to(page, "Withdraw")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Withdraw this link?")).to_be_visible()
    tab_to(page, "Withdraw", 3)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Links to join")).to_be_focused()

    tab_to(page, "Erase")
    page.keyboard.press("Enter")
    tab_to(page, "Erase what .* wrote, for good", 3)
    page.keyboard.press("Space")
    tab_to(page, "Erase", 2)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Erased")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="People")).to_be_focused()
