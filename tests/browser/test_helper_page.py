"""The model helper beside the boards: suggestions for three steps, streaming, stopping, its queue and its limits."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Locator, Page, expect

from seedbed.testing.endpoint import MockEndpoint
from seedbed.testing.faults import Latency
from tests.browser.conftest import People, saved
from tests.browser.organising import go_to, plan
from tests.browser.prompting import give, group_of, warned
from tests.browser.served import RealServer
from tests.browser.test_axe import AXE, accessible
from tests.browser.test_keyboard import tab_to
from tests.browser.test_session2 import BETTER, FAILS, WRONG, text

pytestmark = pytest.mark.slow
PER_HOUR = 4
SHORT = "Ask your guests what they like to eat and what they do not; then cook something simple that all of them enjoy."
LONG = (
    SHORT
    + " "
    + " ".join(f"Course {number} may be left out by whoever is full, late or tired{number}." for number in range(9))
)


class Brief(BaseHTTPRequestHandler):
    """An endpoint that always says the same: a text shorter than the one that is to be shortened."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        message = {"role": "assistant", "content": SHORT}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        said = json.dumps({"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def model() -> Iterator[MockEndpoint]:
    """An endpoint that is quick but not at once, so that there is something to watch and to stop."""
    with MockEndpoint(latency=Latency(0.5, sigma=0, tail=0)) as made:
        yield made


@pytest.fixture(scope="module")
def brief() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Brief) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/v1"
        serving.shutdown()


def offer(server: RealServer, *endpoints: str) -> None:
    """What the helper may use."""
    said = {"enabled": True, "endpoints": list(endpoints), "temperature": 0.7, "max_tokens": 300, "per_hour": PER_HOUR}
    plan(server, "helper", said)


@pytest.fixture(scope="module")
def helped(shared: RealServer, model: MockEndpoint, brief: str) -> RealServer:
    settings = shared.study / "study.toml"
    endpoints = "".join(
        f'\n[endpoints.{name}]\nurl = "{url}"\nmodel = "mock"\n'
        for name, url in (("mock", model.url), ("brief", brief))
    )
    settings.write_text(settings.read_text(encoding="utf-8") + endpoints, encoding="utf-8")
    offer(shared, "mock")
    return shared


def helper(page: Page) -> Locator:
    page.get_by_role("button", name="Model helper").click()
    panel = page.get_by_role("complementary", name="Model helper")
    expect(panel.get_by_text("requests left this hour")).to_be_visible()
    return panel


def test_a_suggestion_fills_in_and_is_taken_whole_or_in_parts(people_of_shared: People, helped: RealServer) -> None:
    helped.link("help")
    give(helped, "help", "What should I cook?", "And for the kids?")
    ana, bo = group_of(people_of_shared, helped, "help", "Ana", "Bo")
    panel = helper(ana)
    panel.get_by_role("button", name="Suggest eight").click()
    cards = panel.get_by_role("listitem").filter(has=ana.get_by_role("button", name="Use all three"))
    expect(cards).to_have_count(8)
    expect(panel.get_by_text(f"{PER_HOUR - 1} requests left this hour")).to_be_visible()
    bad, wrong, good = (
        cards.nth(1).locator(f".{part} .text").inner_text() for part in ("misaligned", "critique", "aligned")
    )
    cards.nth(1).get_by_role("button", name="Use all three").click()
    for page in (ana, bo):
        expect(text(page, FAILS)).to_have_value(bad)
        expect(text(page, WRONG)).to_have_value(wrong)
        expect(text(page, BETTER)).to_have_value(good)
        expect(page.get_by_role("button", name="Part of this text was written by a model.")).to_have_count(3)
    # a part of another one goes below what stands there; what a person writes is not a model's
    other = cards.nth(4).locator(".aligned .text").inner_text()
    cards.nth(4).get_by_role("button", name=f"Use: {BETTER}").click()
    expect(text(bo, BETTER)).to_have_value(f"{good}\n{other}")
    text(bo, WRONG).press("Control+End")
    text(bo, WRONG).press_sequentially(" And rude.")
    bo.get_by_role("button", name="Part of this text was written by a model.").nth(1).click()
    expect(bo.locator(".who .model [data-from]")).to_have_text(wrong)
    expect(bo.locator(".who .read")).to_contain_text("And rude.")
    # they are on record: another question has none, and a new load of the page shows them again
    ana.get_by_role("button", name="Next question").click()
    expect(cards).to_have_count(0)
    ana.get_by_role("button", name="Previous question").click()
    ana.reload()
    helper(ana)
    expect(cards).to_have_count(8)
    expect(bo.get_by_role("complementary")).to_have_count(0)
    # marked for ever: deleting a person's words leaves the mark, deleting the model's takes it away
    text(ana, WRONG).fill("")
    expect(ana.get_by_role("button", name="Part of this text was written by a model.")).to_have_count(2)


def test_a_free_request_streams_can_be_stopped_and_goes_where_the_cursor_was(
    people_of_shared: People, helped: RealServer, model: MockEndpoint
) -> None:
    helped.link("free")
    give(helped, "free", "What should I cook?")
    (ana,) = group_of(people_of_shared, helped, "free", "Ana")
    ana.reload()  # the cursor is nowhere
    saved(ana)
    panel = helper(ana)
    asked = panel.get_by_role("textbox", name="What should it do?")
    asked.fill("Say something about guests.")
    usual, model.latency = model.latency, Latency(60, sigma=0, tail=0)  # nothing else ends it
    try:
        asked.press("Control+Enter")
        panel.get_by_role("button", name="Stop").click()
        expect(panel.get_by_text("You stopped it.").last).to_be_visible()
    finally:
        model.latency = usual
    panel.get_by_role("button", name=re.compile("^Ask")).click()
    use = panel.get_by_role("button", name="Use this")
    expect(panel.get_by_text("Put the cursor into a text to choose where it goes.")).to_be_visible()  # it has ended
    expect(use).to_have_count(0)
    reply = panel.locator(".reply .text").inner_text()
    text(ana, FAILS).press_sequentially("Before after")
    for _ in range(5):
        ana.keyboard.press("ArrowLeft")
    expect(panel.get_by_text(f"Goes into: {FAILS}, question 1")).to_be_visible()
    use.click()
    expect(text(ana, FAILS)).to_have_value(f"Before {reply}after")
    expect(ana.get_by_text("It is in the text, marked as written by a model.")).to_have_count(1)


def test_the_limit_of_an_hour_is_said_and_everything_else_works_on(
    people_of_shared: People, helped: RealServer
) -> None:
    helped.link("limit")
    give(helped, "limit", "What should I cook?")
    (ana,) = group_of(people_of_shared, helped, "limit", "Ana")
    panel = helper(ana)
    asked = panel.get_by_role("textbox", name="What should it do?")
    asked.fill("Say something.")
    for left in reversed(range(PER_HOUR)):
        panel.get_by_role("button", name=re.compile("^Ask")).click()
        said = f"{left} request" if left else "No requests left this hour."
        expect(panel.get_by_text(said)).to_be_visible()
    expect(panel.get_by_role("button", name="Ask again")).to_be_disabled()
    expect(panel.get_by_role("button", name="Suggest eight")).to_have_count(0)
    text(ana, FAILS).fill("Writing goes on.")
    saved(ana)


def test_a_long_text_is_shortened_beside_it_and_replaced_only_when_wanted(
    people_of_shared: People, helped: RealServer
) -> None:
    helped.link("short")
    give(helped, "short", "What should I cook?")
    ana, bo = group_of(people_of_shared, helped, "short", "Ana", "Bo")
    text(ana, FAILS).fill(LONG)
    expect(ana.get_by_text("Longer than 120 words")).to_be_visible()
    offer(helped, "brief")
    try:
        ana.get_by_role("button", name="Suggest a shorter text").click()
        use = ana.get_by_role("button", name="Put it in place of the text")
        expect(use).to_be_visible()
    finally:
        offer(helped, "mock")
    expect(ana.locator(".shorter .text")).to_have_text(SHORT)
    expect(text(bo, FAILS)).to_have_value(LONG)
    use.click()
    for page in (ana, bo):
        expect(text(page, FAILS)).to_have_value(SHORT)
    # what was taken out was the person's own doing, and undo brings it back
    text(ana, FAILS).press("Control+z")
    expect(text(bo, FAILS)).to_have_value(re.compile(f"^{re.escape(LONG)}"))


def test_replies_that_fail_stay_hidden_from_who_would_rather_not(people_of_shared: People, helped: RealServer) -> None:
    helped.link("veil")
    give(helped, "veil", "What should I cook?")
    ana = warned(people_of_shared.board("Ana", "veil", "triples"), write=False)
    panel = helper(ana)
    panel.get_by_role("button", name="Suggest eight").click()
    expect(panel.get_by_text("Hidden, as you chose.")).to_have_count(8)
    expect(panel.get_by_role("button", name="Use all three")).to_have_count(0)
    good = panel.locator(".part.aligned .text").first.inner_text()
    panel.get_by_role("button", name=f"Use: {BETTER}").first.click()
    ana.get_by_role("button", name=re.compile("Step 3")).focus()
    expect(text(ana, BETTER)).to_have_value(good)
    panel.get_by_role("button", name="Show it").first.click()
    expect(panel.locator(".part.misaligned .text")).to_have_count(1)


def test_the_settings_last_and_all_can_be_reached(people_of_shared: People, helped: RealServer) -> None:
    axe = AXE.read_text(encoding="utf-8")
    helped.link("sets")
    give(helped, "sets", "What should I cook?")
    ana, bo = group_of(people_of_shared, helped, "sets", "Ana", "Bo")
    panel = helper(ana)
    panel.get_by_text("Settings").click()
    tokens = panel.get_by_label("Longest reply")
    tokens.fill("99999")
    tokens.press("Tab")
    expect(tokens).to_have_value(tokens.get_attribute("max") or "")
    panel.get_by_label(re.compile("Variety")).press("End")
    ana.reload()
    panel = helper(ana)
    panel.get_by_text("Settings").click()
    expect(panel.get_by_label(re.compile("Variety"))).to_have_value("2")
    panel.get_by_role("button", name="Suggest eight").click()
    expect(panel.get_by_role("button", name="Use all three")).to_have_count(8)
    accessible(ana, axe)
    # on a phone it is a sheet over the page
    bo.set_viewport_size({"width": 390, "height": 800})
    bo.get_by_role("button", name="Model helper").click()
    sheet = bo.get_by_role("dialog", name="Model helper")
    expect(sheet.get_by_role("button", name="Suggest eight")).to_be_visible()
    accessible(bo, axe)
    bo.keyboard.press("Escape")
    expect(bo.get_by_role("button", name="Model helper")).to_be_focused()


def test_the_whole_way_with_the_keys_alone(people_of_shared: People, helped: RealServer) -> None:
    """From the link through both sessions to a text of the helper's that is put in."""
    link = helped.link("hands")
    go_to(helped, None)
    page = people_of_shared.context().new_page()
    page.goto(link)
    expect(page.get_by_role("button", name="Join", exact=True)).to_be_visible()
    tab_to(page, "Your name or a pseudonym")
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hello, Ana")).to_be_focused()
    try:
        go_to(helped, "questions")
        expect(page.get_by_role("heading", name="Write questions", level=1)).to_be_focused()
        saved(page)
        tab_to(page, "Add a question")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Topic, row 1")).to_be_focused()
        tab_to(page, "Question, row 1", 4)
        page.keyboard.type("What should I cook?")
        saved(page)
        give(helped, "hands", "And for the kids?")
        go_to(helped, "triples")
        # the page does not leave by itself while somebody writes
        expect(page.get_by_text("Your group is at")).to_be_visible()
        expect(page.get_by_role("textbox", name="Question, row 1")).to_be_focused()
        tab_to(page, "Go there", 40, "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Before you begin")).to_be_visible()
        tab_to(page, "I understand.*", 20)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Before you begin")).to_have_count(0)
        expect(text(page, FAILS)).to_be_focused()
        saved(page)
        page.keyboard.type("No. ")
        tab_to(page, "Model helper", 60, "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Model helper")).to_be_focused()
        # while it loads, the panel is the last that can be reached
        expect(page.get_by_role("textbox", name="What should it do?")).to_be_visible()
        tab_to(page, "What should it do\\?", 20)
        page.keyboard.type("Say something about guests.")
        page.keyboard.press("Control+Enter")
        use = page.get_by_role("complementary").get_by_role("button", name="Use this")
        expect(use).to_be_visible()
        reply = page.get_by_role("complementary").locator(".reply .text").inner_text()
        tab_to(page, "Use this", 20)
        page.keyboard.press("Enter")
        expect(text(page, FAILS)).to_have_value(re.compile(re.escape(reply)))
        saved(page)
    finally:
        go_to(helped, None)
