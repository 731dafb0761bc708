"""Between the sessions: the page that turns what was written into the questions of the second one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from seedbed import Study
from tests.browser.conftest import People
from tests.browser.served import RealServer
from tests.browser.test_axe import accessible, axe

__all__ = ["axe"]

pytestmark = pytest.mark.slow
BRIDGE = "/studies/pilot/workshop/bridge"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A study that has questions already."""
    made = RealServer(tmp_path_factory.mktemp("bridged"))
    made.account()
    Study.open(made.study).import_sample()
    made.start()
    yield made
    made.stop()


def test_each_group_gets_its_questions_and_one_is_swapped(
    people_of_shared: People, shared: RealServer, axe: str
) -> None:
    page = people_of_shared.organiser(BRIDGE)
    expect(page.get_by_text("The questions of each group will stand here")).to_be_visible()
    accessible(page, axe)
    page.get_by_label("Where they come from").select_option("seeds")
    page.get_by_label("Questions for each group").fill("3")
    page.get_by_role("button", name="Make them").click()
    swap = page.get_by_role("button", name="Swap question 1 of group A")
    expect(swap).to_be_visible(timeout=60_000)
    expect(page.get_by_text("3 of 3")).to_have_count(2)
    first = page.locator("ol > li").first.locator("p").first
    was = first.inner_text()
    swap.click()
    dialog = page.get_by_role("dialog", name="Swap this question")
    expect(dialog).to_contain_text(was)
    accessible(page, axe)
    spare = dialog.get_by_role("radio").first
    wanted = dialog.locator("label").first.inner_text()
    spare.check()
    dialog.get_by_role("button", name="Swap", exact=True).click()
    expect(first).to_have_text(wanted)
    expect(swap).to_be_focused()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        accessible(page, axe)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    # the group has it too
    ana = people_of_shared.arrived("Ana", "A")
    ana.goto(f"{shared.url}/studies/pilot/workshop/A/triples")
    expect(ana.get_by_text(wanted).first).to_be_visible()
    expect(ana.get_by_text(was)).to_have_count(0)


def test_what_is_lacking_is_said_with_the_ways_on(people_of_shared: People, shared: RealServer) -> None:
    for number in range(4):
        shared.link(f"more-{number}")
    page = people_of_shared.organiser(BRIDGE)
    page.get_by_label("Where they come from").select_option("seeds")
    page.get_by_label("Questions for each group").fill("40")
    page.get_by_role("button", name="Make them").click()
    expect(page.get_by_text("Some groups have too few.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Fill up from session 1")).to_be_visible()
    expect(page.get_by_role("button", name="Grow more")).to_be_visible()


def test_a_moderator_may_make_them_too(people_of_shared: People, shared: RealServer) -> None:
    page = people_of_shared.arrived("Mo", role="moderator")
    page.goto(f"{shared.url}{BRIDGE}")
    expect(page.get_by_role("heading", name="What each group has")).to_be_visible()
    page.get_by_label("Where they come from").select_option("seeds")
    page.get_by_label("Questions for each group").fill("1")
    page.get_by_role("button", name="Make them").click()
    expect(page.get_by_role("group", name="Questions for session 2")).to_be_visible()
    expect(page.get_by_role("group", name="Questions for session 2")).to_have_count(0, timeout=60_000)
