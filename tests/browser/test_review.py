"""Rating tasks in the browser: made, rated by keyboard alone and on a phone, kept when the network goes, and read."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from seedbed.testing import MockEndpoint
from tests.browser.conftest import People
from tests.browser.served import RealServer
from tests.browser.test_axe import accessible, axe, looked_at
from tests.server.road import make_study

__all__ = ["axe"]

pytestmark = pytest.mark.slow
API = "/api/studies/pilot"
WORKS = 60_000  # ms that a process of its own may take on a busy machine
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}


class Rated(RealServer):
    """A study with seeds and a run, and what its tests need to make and rate tasks without a browser."""

    def __init__(self, root: Path, curated: Path, mock: MockEndpoint) -> None:
        super().__init__(root)
        shutil.rmtree(self.study)
        make_study(curated, root, mock)

    def task(self, name: str, **more: Any) -> None:
        spec = {"name": name, "kind": "question", "title": name, "sample": {"of": ["seeds"], "size": 3}, **more}
        self.olga.post(f"{API}/review", json=spec).raise_for_status()

    def review(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.olga.get(f"{API}/review/{name}").raise_for_status().json()
        return found

    def rater(self, name: str) -> closing[httpx.Client]:
        client = httpx.Client(base_url=self.url, headers={"Origin": self.url}, trust_env=False, timeout=30)
        code = self.link("", "rater").rpartition("/")[2]
        client.post(f"/api/join/{code}", json={"name": name}).raise_for_status()
        return closing(client)

    def rate_all(self, name: str, task: str, option: int, words: str = "") -> None:
        """Everything the same, but for the first row of each."""
        draw = random.Random(f"{name} {task}")
        with self.rater(name) as client:
            asked = client.get(f"{API}/rate/{task}", params={"limit": 20}).raise_for_status().json()
            for number, item in enumerate(asked["items"]):
                values = {
                    scale["id"]: scale["options"][option if number else 0]["value"]
                    for scale in asked["scales"]
                    if not scale["several"]
                }
                rating = {
                    "item": item["item"], "again": item["again"], "values": values, "critique": words,
                    "seconds": 12 + number, "key": f"{draw.getrandbits(64):016x}",
                }  # fmt: skip
                client.post(f"{API}/rate/{task}/ratings", json=rating).raise_for_status()


@pytest.fixture(scope="module")
def shared(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rated]:
    with MockEndpoint() as mock:
        made = Rated(tmp_path_factory.mktemp("review"), curated, mock)
        made.account()
        made.seedbed("generate", str(made.study), "--target=10", "--run=plain")
        made.start()
        yield made
        made.stop()


def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(60):
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {wanted} by the Tab key")


def arrive(people: People, shared: Rated, name: str, **more: Any) -> Page:
    page = people.context(**more).new_page()
    page.goto(shared.link("", "rater"))
    page.get_by_label("Your name or a pseudonym").fill(name)
    page.get_by_role("button", name="Join to rate").click()
    expect(page.get_by_role("heading", name=f"Hello, {name}", level=1)).to_be_visible()
    return page


def text_of(page: Page) -> str:
    return page.get_by_role("article", name="Text to rate").inner_text()


def scale(page: Page, title: str) -> Locator:
    return page.get_by_role("group", name=re.compile(f"^{title}"))


def test_an_organiser_makes_a_task_and_a_link_for_raters(people_of_shared: People, shared: Rated, axe: str) -> None:
    page = people_of_shared.organiser("/studies/pilot")
    page.get_by_role("navigation").get_by_role("link", name="Review").click()
    expect(page.get_by_text("No rating tasks yet.")).to_be_visible()
    page.get_by_role("button", name="New rating task").click()
    found = page.get_by_role("region", name="What this comes to")
    expect(found.get_by_text("50 rows", exact=True).last).to_be_visible(timeout=WORKS)
    page.get_by_role("checkbox", name="plain").check()
    page.get_by_label("Number of rows").fill("4")
    expect(found.get_by_text("4 rows", exact=True).last).to_be_visible(timeout=WORKS)
    expect(found.get_by_text("2 from the run plain")).to_be_visible()
    page.get_by_role("button", name="Add a question of your own").click()
    page.get_by_label("Question to the rater").fill("Would you ask this?")
    page.get_by_label("Answers, one on each line").fill("never")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Give at least two different answers.")).to_be_visible()
    page.get_by_label("Answers, one on each line").fill("never\nperhaps\nyes: today still")
    page.get_by_role("button", name="Add it").click()
    expect(found.get_by_text("3 answers a row")).to_be_visible()
    page.get_by_label("Number of rows").fill("10")
    expect(found.get_by_text("1 of them comes a second time: 11 ratings")).to_be_visible(timeout=WORKS)
    page.get_by_label("Number of rows").fill("4")
    expect(found.get_by_text("2 from the run plain")).to_be_visible(timeout=WORKS)
    looked_at(page, axe)
    page.get_by_role("radio", name="Only people named here").check()
    expect(page.get_by_text("Name at least one person.")).to_be_visible()
    page.get_by_role("radio", name="Whoever has a link").check()
    page.get_by_label("Title", exact=True).fill("São as perguntas boas?")
    page.get_by_role("button", name="Make the task").click()
    expect(page).to_have_url(f"{shared.url}/studies/pilot/review/sao-as-perguntas-boas", timeout=WORKS)
    expect(page.get_by_text("Agreement needs rows that two people rated.")).to_be_visible()
    page.get_by_role("link", name="All rating tasks").click()
    page.get_by_role("button", name="Make a link for raters").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("img", name="QR code of")).to_be_visible()
    page.keyboard.press("Escape")
    looked_at(page, axe)


def test_a_rater_goes_all_the_way_by_keyboard(people_of_shared: People, shared: Rated, axe: str) -> None:
    shared.task("keys", instructions="Judge the fit alone.")
    page = people_of_shared.context().new_page()
    page.goto(shared.link("", "rater"))
    tab_to(page, page.get_by_label("Your name or a pseudonym"))
    page.keyboard.type("Dora")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hello, Dora", level=1)).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    accessible(page, axe)
    tab_to(page, page.get_by_role("link", name=re.compile("keys")))
    page.keyboard.press("Enter")
    go = page.get_by_role("button", name="Show the first text")
    expect(go).to_be_visible()
    tab_to(page, go)
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 of 3 done")).to_be_visible()
    first = text_of(page)
    # a number answers the marked question and goes on to the next; what is missing is named
    page.keyboard.press("4")
    expect(scale(page, "Relevance").get_by_role("radio", name="well")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").get_by_text("“Sensibility”")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_text("It fits both; another label would fit as well.")).to_be_visible()
    looked_at(page, axe)
    page.keyboard.press("5")
    page.keyboard.press("w")
    page.keyboard.type("12 of 5 would ask b")  # in a field digits and letters are words
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 3 done")).to_be_visible()
    expect(page.get_by_text("Saved")).to_be_visible()
    assert text_of(page) != first
    # back, and another answer
    page.keyboard.press("b")
    expect(page.get_by_text("You rated this one before.")).to_be_visible()
    expect(page.get_by_label("In your words")).to_have_value("12 of 5 would ask b")
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Save the change")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You rated this one before.")).to_be_hidden()
    page.keyboard.press("x")  # cannot tell
    expect(page.get_by_text("2 of 3 done")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    page.keyboard.press("3")  # a pause takes no answers
    page.keyboard.press("p")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="That was the last one. Thank you!")).to_be_visible()
    expect(page.get_by_text("You gave 3 ratings.")).to_be_visible()
    expect(page.get_by_role("link", name="Next task: São as perguntas boas?")).to_be_visible()
    accessible(page, axe)
    told = shared.review("keys")
    dora = next(one for one in told["raters"] if one["name"] == "Dora")
    assert (dora["done"], dora["skipped"]) == (3, 1)
    assert dora["given"]["relevance"] == {"1": 1, "2": 1}
    assert told["rows"]["replaced"] == 1
    # and again, from the list of what one said
    tab_to(page, page.get_by_role("button", name="Look at your answers"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(3)


def test_a_rater_comes_in_to_rate_and_hears_what_is_english(people_of_shared: People, shared: Rated) -> None:
    page = people_of_shared.context(locale="pt-BR").new_page()
    page.goto(shared.link("", "rater"))
    expect(page.get_by_role("button", name="Entrar para avaliar")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_attribute("lang", "en")
    items = page.get_by_role("group", name="Com o que você concorda").get_by_role("listitem")
    expect(items.first.locator("label")).to_have_attribute("lang", "en")
    expect(page.get_by_text("Você avalia textos curtos")).not_to_have_attribute("lang", "en")


def test_a_rating_that_cannot_be_sent_stays_until_it_is(people_of_shared: People, shared: Rated) -> None:
    shared.task("far", scales=["relevance"])
    page = arrive(people_of_shared, shared, "Eva", **PHONE)
    page.get_by_role("link", name=re.compile("far")).click()
    expect(page.get_by_text("0 of 3 done")).to_be_visible()
    rows = [page.get_by_text("0 of 3 done").bounding_box(), page.get_by_role("button", name="Pause").bounding_box()]
    assert all(rows)
    assert len({round(box["y"] + box["height"] / 2) // 8 for box in rows if box}) == 1  # the header is one row
    page.context.set_offline(True)
    page.get_by_role("radio", name="fully").check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("1 rating is not saved yet.")).to_be_visible()
    expect(page.get_by_text("1 of 3 done")).to_be_visible()  # and one goes on
    page.get_by_role("radio", name="well").check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("2 ratings are not saved yet.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    given = next(one for one in shared.review("far")["raters"] if one["name"] == "Eva")["given"]["relevance"]
    assert given == {"5": 1, "4": 1}
    page.reload()
    expect(page.get_by_text("2 of 3 done")).to_be_visible()


def test_what_was_begun_outlives_a_pause_and_a_reload(people_of_shared: People, shared: Rated) -> None:
    ten = {
        "id": "ten", "title": "How many?", "level": "ordinal", "definition": "", "kinds": ["question"],
        "options": [{"value": value, "label": f"step {value}", "anchor": ""} for value in range(1, 11)],
    }  # fmt: skip
    shared.task("begun", scales=["relevance", ten])
    page = arrive(people_of_shared, shared, "Ida")
    page.get_by_role("link", name=re.compile("begun")).click()
    expect(page.get_by_text("0 of 3 done")).to_be_visible()
    page.keyboard.press("4")
    page.keyboard.press("0")
    expect(page.get_by_role("radio", name="step 10")).to_be_checked()
    page.get_by_label("In your words").fill("One could ask")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.get_by_role("button", name="Go on rating").click()
    expect(page.get_by_label("In your words")).to_have_value("One could ask")
    # the scale that is shipped speaks the language of the page, the task's own stays as it was written
    page.evaluate("localStorage.setItem('seedbed.language', 'pt')")
    page.reload()
    expect(scale(page, "Relevância").get_by_role("radio", name="bem", exact=True)).to_be_checked()
    expect(scale(page, "How many?").get_by_role("radio", name="step 10")).to_be_checked()
    expect(page.get_by_text("O que você começou aqui está como deixou.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 de 3 feitas")).to_be_visible()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    expect(page.get_by_text("Guardado", exact=True)).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('begun'))") == []
    ida = next(one for one in shared.review("begun")["raters"] if one["name"] == "Ida")
    assert ida["given"] == {"relevance": {"4": 1}, "ten": {"10": 1}}


def test_a_task_that_closes_meanwhile_says_so_and_keeps_the_rating(people_of_shared: People, shared: Rated) -> None:
    shared.task("over", scales=["relevance"])
    page = arrive(people_of_shared, shared, "Fay")
    page.get_by_role("link", name=re.compile("over")).click()
    expect(page.get_by_text("0 of 3 done")).to_be_visible()
    shared.olga.patch(f"{API}/review/over", json={"open": False}).raise_for_status()
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(
        page.get_by_text("This task was closed meanwhile. What you sent is kept, but it is not counted.")
    ).to_be_visible()
    assert shared.review("over")["rows"]["late"] == 1
    page.goto(f"{shared.url}/studies/pilot/review/over")
    expect(page.get_by_text("This is not open to your role.").first).to_be_visible()


def test_in_a_shared_task_others_are_seen_after_ones_own(people_of_shared: People, shared: Rated) -> None:
    shared.task("shared", kind="triple", scales=["aligned"], blind=False)
    shared.rate_all("Zoe", "shared", 1, "Evasive.")
    page = arrive(people_of_shared, shared, "Gil")
    page.get_by_role("link", name=re.compile("shared")).click()
    expect(page.get_by_text("Reply that keeps to the value").first).to_be_visible()
    expect(page.get_by_text("Evasive.")).to_be_hidden()
    before = text_of(page)
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Evasive.")).to_be_visible()
    assert before.splitlines()[-1] in text_of(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Evasive.")).to_be_hidden()


def test_what_raters_differ_over_is_read_taken_and_brought_in(
    people_of_shared: People, shared: Rated, axe: str, tmp_path: Path
) -> None:
    shared.task("three", sample={"of": ["seeds", "plain"], "size": 6})
    for name, option, words in (
        ("Ana", 1, ""),
        ("Bo", 3, "The second half does not fit. " * 20),
        ("Chi", 3, "نعم، مناسب"),
    ):
        shared.rate_all(name, "three", option, words)
    page = people_of_shared.organiser("/studies/pilot/review/three")
    agreement = page.get_by_role("region", name="How far raters agree")
    agreement.get_by_role("heading", name="Relevance").click(timeout=WORKS)
    expect(agreement.get_by_role("row", name=re.compile("Krippendorff")).first).to_be_visible(timeout=WORKS)
    raters = page.get_by_role("table", name="Each rater")
    expect(raters.get_by_role("row")).to_have_count(4 + raters.get_by_role("table").get_by_role("row").count())
    talk = page.get_by_role("region", name="To talk through")
    expect(talk.get_by_role("article").first.get_by_role("columnheader")).to_have_text(["Ana", "Bo", "Chi"])
    expect(talk.get_by_role("columnheader")).to_have_count(3)  # of the others only what they differ over
    talk.get_by_role("article").nth(1).locator("summary").click()
    expect(talk.get_by_role("columnheader")).to_have_count(6)
    expect(talk.get_by_text("The second half does not fit.").first).to_be_visible()
    looked_at(page, axe)
    with page.expect_download() as waited:
        page.get_by_role("link", name="CSV, a line for each answer").click()
    waited.value.save_as(tmp_path / "three.csv")
    lines = (tmp_path / "three.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 6 * 3
    # of a file with a line that cannot be taken the rest is, once somebody says so
    item = lines[1].partition(",")[0]
    bad = tmp_path / "bad.csv"
    bad.write_text(f"item,rater,scale,value\n{item},Hal,relevance,4\nno-such-item,Hal,relevance,4\n", encoding="utf-8")
    page.get_by_label("File from Argilla").set_input_files(bad)
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_text("1 would be taken")).to_be_visible(timeout=WORKS)
    expect(page.get_by_role("cell", name="the task has no item 'no-such-item'")).to_be_visible()
    take = page.get_by_role("button", name="Take them")
    expect(take).to_be_disabled()
    assert shared.review("three")["rows"]["recorded"] == 18
    page.get_by_label("Take what can be taken").check()
    take.click()
    expect(page.get_by_text("1 was taken")).to_be_visible(timeout=WORKS)
    assert shared.review("three")["rows"]["recorded"] == 19
    page.get_by_role("button", name="Delete the task").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the task").click()
    expect(page).to_have_url(f"{shared.url}/studies/pilot/review")
    expect(page.get_by_role("link", name="three")).to_have_count(0)
