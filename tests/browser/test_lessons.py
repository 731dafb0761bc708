"""A lesson from the moderator's words to the next set-up, by keyboard where hands are most needed."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.served import RealServer
from tests.browser.test_axe import accessible, axe

__all__ = ["axe"]

pytestmark = pytest.mark.slow
LESSONS = "/studies/pilot/workshop/lessons"


def test_what_a_moderator_learnt_is_in_the_next_set_up(people: People, server: RealServer, axe: str) -> None:
    mia = people.arrived("Mia", role="moderator")
    mia.goto(server.url + LESSONS + "?from=note%3AA%2Freflection%2Fr1")
    expect(mia.get_by_text("Note of group A")).to_be_visible()
    mia.get_by_label("What did you learn?").fill("Twenty-five minutes were too few.")
    mia.get_by_role("button", name="Add", exact=True).click()
    lesson = mia.get_by_role("article", name="Twenty-five minutes were too few.")
    expect(lesson).to_contain_text("Mia")
    expect(lesson).to_contain_text("Note of group A")
    # the change, with the editors of the set-up, by keyboard
    lesson.get_by_label("Propose a change of").select_option(label="Sessions and steps")
    lesson.get_by_role("button", name="Edit", exact=True).focus()
    mia.keyboard.press("Enter")
    expect(mia.get_by_role("heading", name="Propose: Sessions and steps")).to_be_focused()
    mia.get_by_role("button", name="Session 1: questions 6 steps").press("Enter")
    mia.get_by_role("button", name="Write questions Writing questions").press("Enter")
    minutes = mia.get_by_label("Minutes", exact=True)
    minutes.fill("40")
    minutes.press("Enter")
    expect(lesson.get_by_role("heading")).to_be_focused()
    expect(lesson).to_contain_text("Session 1: questions › Write questions › Minutes")
    expect(lesson.get_by_role("deletion")).to_have_text("25")
    expect(lesson.get_by_role("insertion")).to_have_text("40")
    expect(lesson.get_by_role("button", name="Decide")).to_have_count(0)
    accessible(mia, axe)

    olga = people.organiser(LESSONS)
    lesson = olga.get_by_role("article", name="Twenty-five minutes were too few.")
    lesson.get_by_role("button", name="Decide").press("Enter")
    expect(lesson.get_by_label("Why?")).to_be_focused()
    lesson.get_by_role("button", name="Accept").press("Enter")
    expect(lesson).to_contain_text("Say why first.")
    olga.keyboard.type("All five groups said so.")
    lesson.get_by_role("button", name="Accept").press("Enter")
    expect(olga.get_by_text("Accepted: it is in the next set-up.")).to_be_visible()
    upcoming = olga.get_by_role("region", name="The next set-up")
    expect(upcoming.get_by_role("insertion")).to_have_text("40")
    with olga.expect_download() as download:
        upcoming.get_by_role("button", name="Download the next set-up").press("Enter")
    found = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert found["sessions"][0]["steps"][1]["minutes"] == 40
    assert server.olga.get("/api/studies/pilot/template").json()["sessions"][0]["steps"][1]["minutes"] == 25

    # the set-up goes on right there: the lesson asks for a new look, and overwrites nothing
    found["sessions"][0]["steps"][1]["minutes"] = 30
    setting = {"value": found["sessions"]}
    server.olga.put("/api/studies/pilot/template/sessions", json=setting).raise_for_status()
    expect(lesson).to_contain_text("Nothing is overwritten: look at it again.")
    expect(upcoming).to_contain_text("No change has been accepted yet")
    lesson.get_by_role("button", name="Look again").press("Enter")
    expect(olga.get_by_role("heading", name="1 open")).to_be_visible()
