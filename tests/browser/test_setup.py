"""Setting a Datathon up, and the desk from which it is run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People, add_row, saved
from tests.browser.organising import go_to, plan
from tests.browser.served import RealServer
from tests.browser.test_axe import accessible, axe

__all__ = ["axe"]

pytestmark = pytest.mark.slow
SETUP = "/studies/pilot/workshop/setup"


def section(people: People, name: str) -> Page:
    page = people.organiser(f"{SETUP}/{name}")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    return page


def state(page: Page) -> Locator:
    return page.locator("form .state")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(state(page)).to_contain_text("Saved")


def told(server: RealServer, section: str) -> Any:
    return server.olga.get("/api/studies/pilot/template").json()[section]


def test_what_people_are_told_is_saved_and_shown_at_the_door(people_of_shared: People, shared: RealServer) -> None:
    page = section(people_of_shared, "about")
    expect(state(page)).to_have_text("Saved")
    page.get_by_label("Whom to turn to").fill("Ask for Inês at the desk.")
    expect(state(page)).to_have_text("Not saved yet")
    save(page)
    guest = people_of_shared.context().new_page()
    guest.goto(shared.link())
    expect(guest.get_by_text("Ask for Inês at the desk.")).to_be_visible()
    page.get_by_label("Title of the workshop").fill("Something else")
    page.get_by_role("button", name="Discard my changes").click()
    expect(page.get_by_label("Title of the workshop")).not_to_have_value("Something else")
    expect(state(page)).to_have_text("Saved")


def test_steps_are_added_moved_by_keys_removed_and_put_back(people_of_shared: People, shared: RealServer) -> None:
    page = section(people_of_shared, "sessions")
    before = [step["title"] for step in told(shared, "sessions")[0]["steps"]]
    page.get_by_role("button", name="Session 1: questions 6 steps").click()
    page.get_by_role("button", name="Remove: Look back").click()
    expect(page.get_by_role("button", name="Put it back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Look back", exact=False).first).to_be_focused()
    page.get_by_role("button", name="Add a step").click()
    page.keyboard.type("A walk outside")
    page.get_by_label("What is done in it").select_option("break")
    page.get_by_label("Minutes").fill("15")
    page.get_by_role("button", name="Move up: A walk outside").focus()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move up: A walk outside")).to_be_focused()
    save(page)
    steps = told(shared, "sessions")[0]["steps"]
    assert [step["title"] for step in steps] == [*before[:-2], "A walk outside", *before[-2:]]
    assert steps[-3] == {"id": "a-walk-outside", "kind": "break", "title": "A walk outside", "minutes": 15, "text": ""}


def test_what_is_wrong_is_shown_and_nothing_is_saved(people_of_shared: People, shared: RealServer) -> None:
    page = section(people_of_shared, "groups")
    before = told(shared, "groups")
    page.get_by_role("button", name="Group A").first.click()
    page.get_by_label("Address of its video call").fill("http://meet.example/a")
    page.get_by_role("button", name="Group A").first.click()  # closed again, it opens by itself
    page.get_by_role("button", name="Save", exact=True).click()
    call = page.get_by_label("Address of its video call")
    expect(call).to_be_focused()
    expect(page.get_by_text("The address begins with https://")).to_be_visible()
    assert told(shared, "groups") == before
    call.fill("https://meet.example/a")
    save(page)
    assert told(shared, "groups")["A"]["call_url"] == "https://meet.example/a"


def test_nobody_overwrites_another_organiser_unasked(people_of_shared: People, shared: RealServer) -> None:
    page = section(people_of_shared, "tasks")
    page.get_by_role("button", name="Summarise").first.click()
    page.get_by_label("Name", exact=True).fill("Sum it up")
    theirs = told(shared, "tasks")
    theirs[1]["label"] = "Shorten"
    plan(shared, "tasks", theirs)
    expect(state(page)).to_contain_text("Somebody else changed this section")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()  # who types goes on typing
    page.get_by_role("button", name="Save", exact=True).click()
    compared = page.get_by_role("dialog")
    expect(compared).to_contain_text("Sum it up")
    expect(compared).to_contain_text("Shorten")
    assert told(shared, "tasks") == theirs
    compared.get_by_role("button", name="Go on with mine").click()
    save(page)
    assert told(shared, "tasks")[1]["label"] == "Sum it up"
    # nothing of one's own: theirs is simply there
    theirs[1]["label"] = "Summarise"
    plan(shared, "tasks", theirs)
    expect(page.get_by_text("Another organiser changed this section.")).to_be_visible()
    expect(
        page.get_by_label("Name", exact=True).or_(page.get_by_role("button", name="Summarise")).first
    ).to_be_visible()


def test_leaving_asks_and_the_other_sections_do_not(people_of_shared: People, shared: RealServer) -> None:
    page = section(people_of_shared, "helper")
    page.get_by_label("How often each person may ask in an hour").fill("12")
    page.get_by_role("link", name="Kinds of task").click()
    page.get_by_role("link", name="Model helper").click()
    expect(page.get_by_label("How often each person may ask in an hour")).to_have_value("12")
    page.get_by_role("link", name="Back to the workshop").click()
    asked = page.get_by_role("dialog", name="Leave without saving?")
    expect(asked).to_contain_text("Model helper")
    asked.get_by_role("button", name="Stay here").click()
    expect(page.get_by_label("How often each person may ask in an hour")).to_have_value("12")
    page.get_by_role("link", name="Back to the workshop").click()
    asked.get_by_role("button", name="Save and leave").click()
    expect(page.get_by_role("heading", name="Where we are")).to_be_visible()
    assert told(shared, "helper")["per_hour"] == 12


def test_words_have_versions_and_participants_propose_theirs(people_of_shared: People, shared: RealServer) -> None:
    page = section(people_of_shared, "labels")
    expect(page.get_by_text("This is version 1 of the words.")).to_be_visible()
    page.get_by_role("button", name="Add a topic").click()
    page.keyboard.type("Cooking")
    save(page)
    expect(state(page)).to_contain_text("Saved as version 2; rows keep theirs")

    go_to(shared, "questions")
    ana = people_of_shared.board("Ana", "words")
    add_row(ana, 1)
    for label in ("Gardens", "Voyages", "Nonsense"):
        topic = ana.get_by_role("combobox", name="Topic, row 1")
        topic.fill(label)
        ana.get_by_role("option", name=f"Add yours: “{label}”").click()
        ana.get_by_role("button", name="Add it", exact=True).click()
        expect(ana.get_by_role("dialog")).to_have_count(0)
    saved(ana)

    page.get_by_role("link", name="Proposed words").click()
    expect(page.get_by_text("Ana, group words").first).to_be_visible()

    def acts(label: str) -> Locator:
        return page.get_by_role("group", name=f"Actions for: {label}")

    acts("Gardens").get_by_role("button", name="Take it as a new one").click()
    expect(page.get_by_text("“Gardens” is taken. The words are version 3")).to_be_visible()
    acts("Voyages").get_by_label("The same as").select_option(label="Travel")
    acts("Voyages").get_by_role("button", name="It is the same").click()
    expect(page.get_by_text("The same as “Travel”")).to_be_visible()
    acts("Nonsense").get_by_role("button", name="Decline").click()
    expect(page.get_by_text("Nothing waits for a decision.")).to_be_visible()
    topics = shared.olga.get("/api/studies/pilot/taxonomy").json()["topics"]
    assert [topic["origin"] for topic in topics if topic["label"] in ("Cooking", "Gardens")] == [
        "predefined",
        "participants",
    ]
    assert not any(topic["label"] in ("Voyages", "Nonsense") for topic in topics)


def test_the_whole_goes_out_and_comes_back_as_files(
    people_of_shared: People, shared: RealServer, tmp_path: Path
) -> None:
    page = people_of_shared.organiser(f"{SETUP}/file")
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download the programme").click()
    path = tmp_path / waited.value.suggested_filename
    waited.value.save_as(path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["seedbed_template"] == 1
    kept["about"]["title"] = "From a file"
    path.write_text(json.dumps(kept), encoding="utf-8")
    page.get_by_label("Programme or words (.json)").set_input_files(path)
    page.get_by_role("button", name="Replace").click()
    expect(page.get_by_text("The programme is replaced.")).to_be_visible()
    assert told(shared, "about")["title"] == "From a file"
    path.write_text("{}", encoding="utf-8")
    page.get_by_label("Programme or words (.json)").set_input_files(path)
    expect(page.get_by_role("alert")).to_contain_text("take one that was downloaded here")


def test_the_desk_goes_from_step_to_step_and_says_what_opens(people_of_shared: People, shared: RealServer) -> None:
    go_to(shared, "welcome-2")
    page = people_of_shared.organiser()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    go_to(shared, "bridge")
    follow = page.get_by_role("button", name="Go to: Write replies")
    expect(follow).to_be_visible()  # it came by itself
    expect(page.get_by_text("Opens for writing: “Write better replies”.")).to_be_visible()
    expect(page.get_by_role("link", name="See the questions that the groups get")).to_be_visible()
    follow.click()
    expect(page.get_by_role("button", name="Close: Write better replies, group A")).to_be_visible()
    expect(page.get_by_text("Closes: “Write better replies”.")).to_be_visible()


def test_a_moderator_has_the_parts_that_they_may_use(people_of_shared: People, shared: RealServer) -> None:
    page = people_of_shared.arrived("Mo", role="moderator")
    page.goto(f"{shared.url}/studies/pilot/workshop")
    expect(page.get_by_role("button", name="Go to:")).to_be_visible()
    expect(page.get_by_role("link", name="Set-up")).to_have_count(0)
    page.get_by_role("link", name="Proposed words").click()
    expect(page.get_by_role("heading", name="Proposed words", level=1)).to_be_visible()
    page.goto(f"{shared.url}{SETUP}/about")
    expect(page.get_by_text("This is not open to your role.")).to_be_visible()


def test_every_section_is_accessible(people_of_shared: People, axe: str) -> None:
    page = section(people_of_shared, "about")
    sections = page.get_by_role("navigation", name="Set-up").get_by_role("link")
    expect(sections).to_have_count(17)
    for at in range(sections.count()):
        sections.nth(at).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(sections.nth(at).inner_text())
        first = page.locator("button[aria-expanded]").first
        if first.count():
            first.click()
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            accessible(page, axe)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)
