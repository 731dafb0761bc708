"""How things stand, and what the page says: signed out elsewhere, moved, removed, a server that is gone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People, add_row, question, saved, sign_in
from tests.browser.served import RealServer

pytestmark = pytest.mark.slow


@pytest.fixture
def people(people_of_shared: People) -> People:
    return people_of_shared


def test_signed_out_elsewhere_while_typing_then_back_and_nothing_is_lost(people: People, shared: RealServer) -> None:
    bo = people.board("Bo", "out")
    add_row(bo, 1)
    page = people.organiser("/studies/pilot/workshop/out/questions")
    question(page, 1).press_sequentially("Before. ")
    saved(page)
    account = people.organiser("/account")
    ending = account.get_by_role("button", name="Sign out there").first
    expect(ending).to_be_visible()
    question(page, 1).press_sequentially("During")
    ending.click()
    # the heading takes the focus that the button had
    expect(account.get_by_role("heading", name="Where you are signed in")).to_be_focused()
    question(page, 1).press_sequentially(" and after.", delay=20)
    expect(page.get_by_text("You are not signed in any more.")).to_be_visible()
    expect(page.get_by_text("All of it is kept on this device")).to_be_visible()
    expect(question(page, 1)).to_have_value("Before. During and after.")
    expect(page.get_by_label("Saved state")).to_have_text("Not connected")

    page.get_by_role("link", name="Sign in").click()
    expect(page).to_have_url(re.compile("/login"))
    sign_in(page)
    expect(question(page, 1)).to_have_value("Before. During and after.")
    saved(page)
    expect(question(bo, 1)).to_have_value("Before. During and after.")


def test_moved_to_another_group_and_removed(people: People, shared: RealServer) -> None:
    people.board("Chi", "there")  # the group that people are moved to
    ana = people.board("Ana", "here")
    add_row(ana, 1)
    question(ana, 1).press_sequentially("Mine, from before.")
    saved(ana)
    olga = people.organiser()
    acts = olga.get_by_role("group", name="Actions for Ana")
    acts.get_by_role("button", name="Move", exact=True).click()
    olga.get_by_role("dialog").get_by_label("Group").select_option("there")
    olga.get_by_role("dialog").get_by_role("button", name="Move").click()
    expect(olga.get_by_role("dialog")).to_have_count(0)
    expect(acts.get_by_role("button", name="Move", exact=True)).to_be_focused()

    expect(ana.get_by_text("You were moved from group here to group there.")).to_be_visible()
    expect(question(ana, 1)).not_to_be_editable()
    expect(ana.get_by_role("button", name="History")).to_have_count(0)  # it would only be refused
    ana.get_by_role("button", name="Go to group there").click()
    ana.get_by_role("link", name="Write questions").click()
    expect(ana).to_have_url(f"{shared.url}/studies/pilot/workshop/there/questions")
    saved(ana)
    add_row(ana, 1)

    acts.get_by_role("button", name="Remove").click()
    olga.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(acts.get_by_role("button", name="Remove")).to_have_count(0)
    expect(olga.get_by_role("heading", name="People")).to_be_focused()
    expect(ana.get_by_text("You are no longer part of this study.")).to_be_visible()
    expect(question(ana, 1)).not_to_be_editable()
    ana.reload()
    expect(ana.get_by_text("Open the link that your organiser sent you")).to_be_visible()


def test_a_moderator_comes_to_the_desk_and_an_observer_reads(people: People, shared: RealServer) -> None:
    ana = people.board("Ana", "watched")
    add_row(ana, 1)
    question(ana, 1).press_sequentially("To be read.")
    saved(ana)
    moderator = people.join("Mo", role="moderator")
    expect(moderator).to_have_url(f"{shared.url}/studies/pilot/workshop")
    expect(moderator.get_by_role("button", name="Close: Write questions, group watched")).to_be_visible()
    moderator.goto(shared.url)
    moderator.get_by_role("link", name="Go to the workshop").click()
    expect(moderator).to_have_url(f"{shared.url}/studies/pilot/workshop")

    observer = people.join("Obi", "watched", role="observer")
    expect(observer.get_by_text("These are the boards that you may read.")).to_be_visible()
    people.to_board(observer, "watched")
    expect(question(observer, 1)).to_have_value("To be read.")
    expect(question(observer, 1)).not_to_be_editable()
    expect(observer.get_by_role("button", name="Add a question")).to_have_count(0)


def test_the_server_is_gone_and_the_band_says_what_is_kept(people: People, shared: RealServer) -> None:
    ana = people.board("Ana", "gone")
    add_row(ana, 1)
    saved(ana)
    shared.kill()
    try:
        question(ana, 1).press_sequentially("kept", delay=200)
        expect(ana.get_by_text("Offline. 4 changes are kept on this device.")).to_be_visible()
    finally:
        shared.start()
    ana.get_by_role("button", name="Connect now").click()
    saved(ana)
    expect(ana.get_by_text("kept on this device")).to_have_count(0)
    expect(question(ana, 1)).to_have_value("kept")
