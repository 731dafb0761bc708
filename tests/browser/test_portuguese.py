"""Every page in Portuguese: nothing that the English catalogue says is left standing on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from seedbed.testing import MockEndpoint
from tests.browser.conftest import People
from tests.browser.organising import go_to
from tests.browser.prompting import give
from tests.browser.served import PASSWORD
from tests.browser.test_road import Road
from tests.frontend.pages import catalogue
from tests.studies import configure

pytestmark = pytest.mark.slow

# all that a page says: its texts, the names and hints of its parts, its title in the tab; what the server says in
# English, such as the reasons of a rule, is marked as such, for those who listen too
SAID = """() => {
  const said = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { data, parentElement: around } = walk.currentNode;
    if (!around.closest("noscript, script, style, main [lang=en]")) said.push(data);
  }
  for (const name of ["aria-label", "aria-valuetext", "aria-description", "title", "placeholder", "alt"])
    for (const at of document.querySelectorAll(`[${name}]:not([lang=en])`)) said.push(at.getAttribute(name));
  return [...new Set(said.map((words) => words.trim()).filter(Boolean))];
}"""


@cache
def english() -> re.Pattern[str]:
    """What fits a phrase that is said in English only."""
    both = {form for phrase in catalogue("pt").values() for form in forms(phrase)}
    only = {form for phrase in catalogue("en").values() for form in forms(phrase)} - both
    said = [form for form in only if len(re.sub(r"\{\w+\}|[\W\d_]", "", form)) >= 4]
    return re.compile("|".join(sorted(map(pattern, said))))


NUMBERS = {"n", "of", "all", "done", "goal", "total", "most", "kept", "rejected", "included", "generated", "row", "max"}


def pattern(phrase: str) -> str:
    parts = re.split(r"\{(\w+)\}", phrase)
    fits = (r"[\d.,]+" if hole in NUMBERS else ".{1,60}" for hole in parts[1::2])
    return "".join(each for pair in zip(map(re.escape, parts[::2]), [*fits, ""], strict=True) for each in pair)


def forms(phrase: str | dict[str, str]) -> list[str]:
    return [phrase] if isinstance(phrase, str) else list(phrase.values())


def pt(key: str, **values: object) -> str:
    phrase = catalogue_pt()[key]
    return str(phrase if isinstance(phrase, str) else phrase["other"]).format(**values)


catalogue_pt = cache(lambda: catalogue("pt"))


def left_in_english(page: Page) -> list[str]:
    return [words for words in page.evaluate(SAID) if english().fullmatch(words)]


def is_portuguese(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "pt-BR")
    # on a page that is not drawn yet nothing is left in English either
    expect(page.locator("h1").first).to_be_visible()
    all_there(page)
    left = left_in_english(page)
    assert left == [], f"{page.url}: {left}"


def all_there(page: Page) -> None:
    """Nothing is waited for any more."""
    expect(page.locator("main .skeleton")).to_have_count(0)


def press(page: Page | Locator, key: str, **values: object) -> None:
    page.get_by_role("button", name=pt(key, **values), exact=True).first.click()


def headed(page: Page, key: str) -> None:
    expect(page.get_by_role("heading", name=pt(key), level=1)).to_be_visible()


@pytest.fixture(scope="module")
def shared(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with MockEndpoint() as mock:
        made = Road(tmp_path_factory.mktemp("pt"), curated, mock)
        configure(made.study, "language", '"pt"', section="workshop")
        made.account()
        made.seedbed("generate", str(made.study), "--target=4", "--run=plain")
        made.start()
        yield made
        made.stop()


def test_the_detector_finds_english(people_of_shared: People, shared: Road) -> None:
    page = people_of_shared.context(locale="en-GB").new_page()
    page.goto(shared.link("D"))
    expect(page.get_by_role("button", name="Join", exact=True)).to_be_visible()
    assert len(left_in_english(page)) > 10


def test_all_that_a_participant_meets(people_of_shared: People, shared: Road) -> None:
    go_to(shared, None)
    page = people_of_shared.context(locale="pt-BR").new_page()
    page.goto(shared.link("P"))
    page.get_by_label(pt("join.name")).fill("Rita")
    is_portuguese(page)
    press(page, "join.send")
    expect(page).not_to_have_url(re.compile("/join/"))
    is_portuguese(page)
    page.get_by_role("banner").locator("summary").click()
    press(page, "device.title")
    expect(page.get_by_role("dialog").get_by_text("/device/")).to_be_visible()
    is_portuguese(page)

    go_to(shared, "break-1")
    expect(page.get_by_role("timer").first).to_be_attached()
    is_portuguese(page)
    go_to(shared, "questions")
    page.goto(f"{shared.url}/studies/pilot/workshop/P/questions")
    press(page, "questions.add")
    number = {"column": pt("column.question"), "n": 1}
    page.get_by_role("textbox", name=pt("cell.named", **number)).fill("Conte-me")
    page.keyboard.press("Alt+Enter")
    expect(page.get_by_role("group", name=pt("more.named", row=1))).to_be_visible()
    is_portuguese(page)
    press(page, "guidance.good")
    expect(page.get_by_role("complementary")).to_be_visible()
    is_portuguese(page)
    for tool in ("history", "keys"):
        press(page, tool)
        expect(page.get_by_role("dialog", name=pt(tool))).to_be_visible()
        is_portuguese(page)
        page.keyboard.press("Escape")

    give(shared, "P", "O que digo a um amigo?")
    go_to(shared, "triples")
    page.goto(f"{shared.url}/studies/pilot/workshop/P/triples")
    expect(page.get_by_role("heading", name=pt("warning.title"))).to_be_visible()
    is_portuguese(page)
    press(page, "warning.write")
    page.get_by_role("textbox", name=pt("triple.text_named", part=pt("triple.misaligned"), n=1)).fill("Nada.")
    page.get_by_role("textbox", name=pt("triple.text_named", part=pt("triple.critique"), n=1)).fill("Fria.")
    page.get_by_role("textbox", name=pt("triple.text_named", part=pt("triple.aligned"), n=1)).fill("Ouça.")
    expect(page.get_by_text(pt("triple.judge"))).to_be_visible()
    is_portuguese(page)
    press(page, "triple.values_what")
    is_portuguese(page)
    page.keyboard.press("Escape")
    press(page, "helper.title")
    expect(page.get_by_role("complementary")).to_be_visible()
    all_there(page)
    is_portuguese(page)

    go_to(shared, "reflection-1")
    page.goto(f"{shared.url}/studies/pilot/workshop/P/reflection")
    page.get_by_role("button", name=re.compile("^" + pt("note.add"))).first.click()
    expect(page.get_by_role("textbox", name=pt("note.text", n=1))).to_be_focused()
    press(page, "react.named", n=1)
    press(page, "note.more_named", n=1)
    is_portuguese(page)
    press(page, "hall.ask")
    expect(page.get_by_role("dialog", name=pt("hall.ask"))).to_be_visible()
    is_portuguese(page)


def test_all_that_an_organiser_meets(people_of_shared: People, shared: Road) -> None:
    people_of_shared.arrived("Bo", "O")
    page = people_of_shared.context(locale="pt-BR").new_page()
    page.goto(f"{shared.url}/login?to=/studies/pilot/workshop")
    is_portuguese(page)
    page.get_by_label(pt("name")).fill("Olga")
    page.get_by_label(pt("password")).fill(PASSWORD)
    press(page, "login.send")
    expect(page.get_by_role("heading", name=pt("people"), exact=True)).to_be_visible()
    is_portuguese(page)
    press(page, "link.make")
    is_portuguese(page)
    page.keyboard.press("Escape")
    press(page, "person.erase")
    is_portuguese(page)
    page.keyboard.press("Escape")

    page.goto(f"{shared.url}/studies/pilot/workshop/setup/about")
    sections = page.get_by_role("navigation", name=pt("set.title")).get_by_role("link")
    expect(sections).to_have_count(17)
    for section in sections.all():
        section.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(section.inner_text())
        if (first := page.locator("button[aria-expanded]").first).count():
            first.click()
        is_portuguese(page)

    for where, heading in (
        ("workshop/lead", "lead.title"),
        ("workshop/bridge", "bridge.title"),
        ("seeds", "road.seeds"),
        ("curate", "road.curate"),
        *((f"curate/{tab}", "road.curate") for tab in ("selection", "rules", "checklist", "decisions")),
        ("generate", "road.generate"),
        ("assess", "road.assess"),
        ("report", "road.report"),
        ("release", "road.release"),
    ):
        page.goto(f"{shared.url}/studies/pilot/{where}")
        headed(page, heading)
        all_there(page)
        is_portuguese(page)
    of_study = ("", "/generate/runs/plain", "/workshop/O/nothing")
    for where in ("/", "/account", *(f"/studies/pilot{place}" for place in of_study)):
        page.goto(shared.url + where)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        all_there(page)
        is_portuguese(page)
