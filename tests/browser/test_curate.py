"""Curation in the browser: a curator decides with the keys alone, on many rows at once, and beside another curator."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from seedbed.testing import MockEndpoint
from tests.browser.served import PASSWORD
from tests.browser.test_axe import accessible, axe, looked_at
from tests.browser.test_keyboard import tab_to
from tests.browser.test_road import PHONE, WORKS, Road, Stop, stop

__all__ = ["axe", "stop"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shared(curated, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:  # type: ignore[no-untyped-def]
    with MockEndpoint() as mock:
        made = Road(tmp_path_factory.mktemp("curate"), curated, mock)
        made.account()
        made.seedbed("profile", str(made.study), "use", "fairness")
        made.account("Bo", "curator")
        made.start()
        yield made
        made.stop()


@pytest.fixture
def bo(shared: Road) -> Iterator[httpx.Client]:
    """Another curator, at a page of his own."""
    with httpx.Client(base_url=shared.url, headers={"Origin": shared.url}, trust_env=False, timeout=30) as client:
        client.post("/api/login", json={"name": "Bo", "password": PASSWORD}).raise_for_status()
        yield client


def row(page: Page, id: str) -> Locator:
    return page.locator(f'tr[data-id="{id}"]')


def table(stop: Stop, query: str = "?kind=question", **more: object) -> Page:
    page = stop.at(f"/curate{query}", "Curate", **more)
    expect(page.locator("tr[data-id]").first).to_be_visible()
    return page


def at_hand(page: Page, id: str) -> None:
    expect(row(page, id)).to_be_focused()


def decide(client: httpx.Client, subject: str, act: str, reason: str, **detail: object) -> None:
    body = {"subject": subject, "act": act, "reason": reason, "detail": detail}
    client.post("/api/studies/pilot/curation/decisions", json=body).raise_for_status()


def test_a_curator_never_touches_the_mouse(stop: Stop) -> None:
    page = table(stop)
    keys = page.keyboard
    keys.press("ArrowDown")
    at_hand(page, "g1-q01")
    keys.press("j")
    at_hand(page, "g1-q02")
    # excluded with a reason, and on to the next
    keys.press("x")
    expect(page.get_by_role("textbox", name="Exclude g1-q02")).to_be_focused()
    keys.press("Escape")
    at_hand(page, "g1-q02")
    keys.press("x")
    keys.type("too vague to answer")
    keys.press("Enter")
    at_hand(page, "g1-q03")
    expect(row(page, "g1-q02")).to_contain_text("Excluded")
    expect(row(page, "g1-q02")).to_contain_text("“too vague to answer”")
    expect(page.get_by_text("Done: Exclude g1-q02.")).to_be_visible()
    # the same reason stands there for the next; then both are taken back
    keys.press("x")
    expect(page.get_by_role("textbox", name="Exclude g1-q03")).to_have_value("too vague to answer")
    keys.press("Enter")
    at_hand(page, "g1-q04")
    for id in ("g1-q03", "g1-q02"):
        keys.press("u")
        at_hand(page, id)
        expect(row(page, id)).to_contain_text("Included")
    # marks need no reason
    keys.press("n")
    expect(row(page, "g1-q02")).to_contain_text("Nuanced")
    keys.press("3")
    expect(row(page, "g1-q02")).to_contain_text("To rephrase")
    keys.press("3")
    expect(row(page, "g1-q02")).not_to_contain_text("To rephrase")
    # another topic
    keys.press("t")
    expect(page.get_by_label("Topic", exact=True)).to_be_focused()
    keys.type("Health")
    keys.press("Tab")
    keys.press("Tab")
    keys.type("it is about care")
    keys.press("Enter")
    at_hand(page, "g1-q02")
    expect(row(page, "g1-q02").get_by_role("gridcell").nth(2)).to_contain_text("health")
    # other words
    keys.press("e")
    expect(page.get_by_label("Question", exact=True)).to_be_focused()
    keys.press("Control+Home")
    keys.type("Please: ")
    for _ in range(3):
        keys.press("Tab")
    keys.type("polite")
    keys.press("Enter")
    at_hand(page, "g1-q02")
    expect(row(page, "g1-q02")).to_contain_text("Please: I have only")
    expect(row(page, "g1-q02")).to_contain_text("edited")
    # back to its group, with what they read
    keys.press("r")
    keys.type("Say in which country you are")
    keys.press("Enter")
    at_hand(page, "g1-q03")
    expect(row(page, "g1-q02")).to_contain_text("Returned")
    # the open row says all of it; the keys go on beside it
    keys.press("k")
    keys.press("Enter")
    panel = page.get_by_role("complementary", name="g1-q02")
    expect(panel.get_by_role("heading", name="g1-q02")).to_be_focused()
    for said in ("“Say in which country you are”", "“polite”", "Words before the edit"):
        expect(panel.get_by_text(said).first).to_be_visible()
    keys.press("j")
    expect(page.get_by_role("complementary", name="g1-q03")).to_be_visible()
    keys.press("Escape")
    at_hand(page, "g1-q03")
    # one goes into another
    keys.press("m")
    choices = page.get_by_role("dialog", name="Merge: g1-q03").get_by_role("radio")
    # nothing is all but the same: the choice stands on another seed, and so does the focus
    expect(choices.last).to_be_checked()
    expect(choices.last).to_be_focused()
    keys.press("ArrowDown")
    expect(choices.first).to_be_checked()
    tab_to(page, "Why\\?")
    keys.type("one and the same")
    keys.press("Enter")
    at_hand(page, "g1-q04")
    expect(row(page, "g1-q03")).to_contain_text("Excluded")
    # several at once: shown first, done as one, taken back as one
    keys.press("Space")
    keys.press("Shift+ArrowDown")
    keys.press("Shift+ArrowDown")
    expect(page.get_by_text("3 marked", exact=True)).to_be_visible()
    keys.press("x")
    bulk = page.get_by_role("dialog", name="Exclude: what it would do")
    expect(bulk.get_by_text("3 rows would change.")).to_be_visible()
    expect(bulk.get_by_label("Why?")).to_be_focused()
    keys.type("not now")
    keys.press("Enter")
    expect(page.get_by_text("Done: Exclude, 3 rows.")).to_be_visible()
    expect(row(page, "g1-q05")).to_contain_text("“not now”")
    keys.press("u")
    expect(row(page, "g1-q05")).to_contain_text("Included")
    # the keys are told, and the letters can be switched off
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keys").get_by_text("Open the row")).to_be_visible()
    page.get_by_label("Letters and digits decide").focus()
    keys.press("Space")
    keys.press("Escape")
    row(page, "g1-q05").focus()
    keys.press("x")
    expect(page.get_by_role("textbox", name="Exclude g1-q05")).to_have_count(0)
    keys.press("ArrowDown")
    at_hand(page, "g1-q06")


def test_what_is_filtered_stands_in_the_address_and_counts_follow(stop: Stop) -> None:
    page = table(stop, "")
    everything = page.get_by_role("heading", name=re.compile(r"^\d+ seeds$"))
    whole = everything.inner_text()
    page.get_by_role("button", name=re.compile("^Excluded")).click()
    expect(everything).not_to_have_text(whole)
    excluded = everything.inner_text()
    page.locator("summary", has_text="Remarks").click()
    # pressed on its words, which take no focus themselves
    page.locator("details[open] label .text", has_text="Nearly the same words").click()
    expect(page.get_by_role("checkbox", name="Nearly the same words")).to_be_checked()
    expect(page).to_have_url(re.compile(r"\?state=excluded&flag=near-duplicate$"))
    page.keyboard.press("Escape")
    expect(page.locator("summary", has_text="Remarks")).to_be_focused()
    rows = page.locator("tr[data-id]")
    expect(everything).not_to_have_text(excluded)
    expect(rows.first).to_contain_text("Nearly the same words")
    found = rows.count()
    page.reload()
    expect(rows).to_have_count(found)
    page.get_by_role("searchbox", name="Search the words").fill("zzzz no such words")
    expect(page.get_by_text("No seed fits this filter.")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Show all").first.click()
    expect(everything).to_have_text(whole)
    # a row has an address of its own
    rows.first.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"\?seed="))
    page.reload()
    expect(page.get_by_role("complementary")).to_contain_text("Decisions")


def test_two_curators_on_one_row_keep_both_their_words(stop: Stop, bo: httpx.Client) -> None:
    page = table(stop, "?kind=question&group=2")
    decide(bo, "g2-q05", "exclude", "too private")
    row(page, "g2-q05").focus()
    page.keyboard.press("i")
    page.keyboard.type("we need it")
    page.keyboard.press("Enter")
    told = page.get_by_role("alert").filter(has_text="“too private”")
    expect(told).to_contain_text("Bo decided meanwhile about g2-q05: Exclude")
    expect(told.get_by_role("button", name="Keep theirs")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row(page, "g2-q05")).to_contain_text("Excluded")
    decide(bo, "g2-q06", "exclude", "too private")
    row(page, "g2-q06").focus()
    page.keyboard.press("i")
    page.keyboard.press("Enter")
    told.get_by_role("button", name="Put mine over it").click()
    expect(row(page, "g2-q06")).to_contain_text("Included")
    log = page.goto(page.url.split("/curate")[0] + "/curate/decisions")
    assert log is not None
    assert log.ok
    decisions = page.get_by_role("list", name="Decisions").get_by_role("listitem")
    expect(decisions.nth(0)).to_contain_text("“we need it”")
    expect(decisions.nth(1)).to_contain_text("“too private”")
    expect(decisions.nth(1)).to_contain_text("replaced by a later one")
    expect(decisions.nth(1)).to_contain_text("Bo")
    decisions.nth(0).get_by_role("button", name="Take back").click()
    expect(decisions.nth(0)).to_contain_text("Undo")


def test_a_bulk_act_that_changed_meanwhile_is_shown_again(stop: Stop, bo: httpx.Client) -> None:
    page = table(stop, "?kind=question&group=4")
    page.locator("tr[data-id]").first.focus()
    page.keyboard.press("Control+a")
    page.get_by_role("group", name="Decide").get_by_role("button", name="Include").click()
    dialog = page.get_by_role("dialog", name="Include: what it would do")
    before = dialog.get_by_text(re.compile("rows would change"))
    expect(before).to_be_visible()
    decide(bo, page.locator("tr[data-id]").first.get_attribute("data-id") or "", "include", "mine")
    dialog.get_by_label("Why?").fill("all of the group")
    dialog.get_by_role("button", name=re.compile("^Include: ")).click()
    expect(dialog.get_by_text("The rows changed meanwhile.")).to_be_visible()
    expect(dialog.get_by_text("1 is so already.")).to_be_visible()
    looked_at(page, stop.axe)
    dialog.get_by_role("button", name=re.compile("^Include: ")).click()
    expect(page.get_by_text(re.compile("^Done: Include, "))).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text(re.compile("^Taken back: Include, "))).to_be_visible()


def test_a_bulk_act_is_one_line_of_the_log_and_taken_back_as_one(stop: Stop, bo: httpx.Client) -> None:
    found = bo.get("/api/studies/pilot/curation/table", params={"group": "3", "kind": "question", "limit": 4}).json()
    bulk = {"ids": [row["id"] for row in found["rows"]], "act": "exclude"}
    shown = bo.post("/api/studies/pilot/curation/bulk/preview", json=bulk).raise_for_status().json()
    asked = {**bulk, "token": shown["token"], "reason": "too much alike"}
    n = bo.post("/api/studies/pilot/curation/bulk", json=asked).raise_for_status().json()["changed"]
    assert n > 1
    page = stop.at("/curate/decisions", "Curate")
    lines = page.get_by_role("list", name="Decisions", exact=True).locator("> li")
    expect(lines.nth(0)).to_contain_text(f"Exclude: {n} rows at once")
    expect(lines.nth(0)).to_contain_text("“too much alike”")
    expect(lines.nth(1)).not_to_contain_text("too much alike")
    expect(lines.nth(0).get_by_role("button", name="Take back")).to_have_count(1)
    lines.nth(0).locator("summary").click()
    rows = lines.nth(0).get_by_role("listitem")
    expect(rows).to_have_count(n)
    rows.nth(0).get_by_role("button", name="Take back").click()
    expect(lines.nth(0)).to_contain_text("Undo")
    expect(lines.nth(1)).to_contain_text(f"{n - 1} still stand")
    expect(rows).to_have_count(0)  # they are those of the second line now
    looked_at(page, stop.axe)
    lines.nth(1).get_by_role("button", name=f"Take back: Exclude: {n} rows at once").click()
    expect(lines.nth(0)).to_contain_text(f"Exclude: {n} rows at once")
    expect(lines.nth(0)).to_contain_text("Undo")
    expect(lines.nth(2)).to_contain_text("(taken back)")


def test_the_examples_are_seen_and_one_is_kept_out(stop: Stop) -> None:
    page = stop.at("/curate/selection", "Curate")
    expect(page.get_by_role("region", name="Topics by question types").get_by_role("rowheader").first).to_be_visible()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("table", name="Ways of choosing compared").get_by_text("in use")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    accessible(page, stop.axe, "dark")  # the page is long: once
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1280, "height": 720})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    out = page.get_by_role("button", name=re.compile("^Keep out: ")).first
    out.click()
    expect(page.get_by_text("People decided since these were chosen.")).to_be_visible()
    page.get_by_role("button", name="Curate now").click()
    expect(page.get_by_role("article", name="Curation").get_by_text("Done", exact=True)).to_be_visible(timeout=WORKS)
    expect(page.get_by_text("People decided since these were chosen.")).to_have_count(0)


def test_rules_and_checklist_are_read_filled_and_taken_along(stop: Stop) -> None:
    page = stop.at("/curate/rules", "Curate")
    questions = page.get_by_role("table", name="Criteria for questions")
    expect(questions.get_by_text("Nearer to another topic")).to_be_visible()
    expect(page.get_by_role("table", name="Criteria for triples").get_by_text("A part is missing")).to_be_visible()
    expect(page.get_by_role("table", name="Step by step").get_by_role("row").nth(1)).to_be_visible()
    looked_at(page, stop.axe)
    questions.get_by_role("link").first.click()
    expect(page.locator("tr[data-id]").first).to_be_visible()
    page.get_by_role("link", name="Checklist").click()
    first = page.get_by_role("group").filter(has=page.get_by_role("radio", name="Yes")).first
    first.get_by_role("radio", name="Yes").check()
    first.get_by_label("Note").fill("read twice")
    first.get_by_label("Note").blur()
    expect(page.get_by_text("1 of ")).to_be_visible()
    expect(page.get_by_text("Olga").last).to_be_visible()
    looked_at(page, stop.axe)
    page.reload()
    expect(first.get_by_role("radio", name="Yes")).to_be_checked()
    expect(first.get_by_label("Note")).to_have_value("read twice")
    with page.expect_download() as waited:
        page.get_by_role("link", name="Take it as CSV").click()
    assert "read twice" in waited.value.path().read_text(encoding="utf-8")


def test_on_a_phone_a_row_is_opened_and_decided_about(stop: Stop) -> None:
    page = table(stop, "?kind=triple", **PHONE, has_touch=True)
    first = page.locator("tr[data-id]").first
    id = first.get_attribute("data-id") or ""
    first.locator(".hero").tap()
    sheet = page.get_by_role("dialog", name=id)
    expect(sheet.get_by_text("Better reply")).to_be_visible()
    sheet.get_by_role("button", name="Exclude").tap()
    sheet.get_by_role("textbox").fill("says too little")
    sheet.get_by_role("textbox").press("Enter")
    expect(page.get_by_text(f"Done: Exclude {id}.")).to_have_count(1)
    # the sheet goes on to the next, says what was done, and takes it back
    expect(page.get_by_role("dialog")).to_contain_text(f"Done: Exclude {id}.")
    page.get_by_role("dialog").get_by_role("button", name="Undo").first.tap()
    expect(sheet).to_contain_text(f"Taken back: Exclude {id}.")
    expect(sheet).to_contain_text("Included")


def test_the_table_in_both_looks(stop: Stop) -> None:
    page = table(stop, "?group=1&q=how")
    page.locator("tr[data-id]").first.focus()
    page.keyboard.press("Space")
    looked_at(page, stop.axe)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary")).to_contain_text("Decisions")
    page.keyboard.press("x")
    looked_at(page, stop.axe)


def test_a_seed_that_the_table_does_not_show_is_decided_about_by_its_address(stop: Stop) -> None:
    page = table(stop, "?kind=triple&seed=g3-q01")
    panel = page.get_by_role("complementary", name="g3-q01")
    expect(panel.get_by_role("group", name="Decide")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_text("Done: Nuanced g3-q01.")).to_be_visible()
    expect(panel.get_by_role("button", name="Nuanced", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("u")
    expect(page.get_by_text("Taken back: Nuanced g3-q01.")).to_be_visible()
