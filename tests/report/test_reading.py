"""The page in a real browser: its policy lets its own script run, axe has nothing to say, and paper shows it all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from seedbed.report.exporting import print_page
from seedbed.study import Folder

pytestmark = pytest.mark.slow
AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "These tests need a browser: apt-get install chromium"
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def opened(browser: Browser, study: Folder, page: str) -> Iterator[Page]:
    found = browser.new_page(viewport={"width": 1280, "height": 900})
    said: list[str] = []
    found.on("console", lambda message: said.append(message.text))
    found.on("pageerror", lambda error: said.append(str(error)))
    found.goto((study.report / "index.html").as_uri())
    yield found
    assert said == []
    found.close()


def test_axe_finds_nothing(browser: Browser, study: Folder, page: str) -> None:
    assert AXE.is_file(), "The tools of the pages are not installed: npm ci in frontend/"
    # the page's policy would refuse axe itself; the tests below show that the script runs under it
    context = browser.new_context(bypass_csp=True)
    found = context.new_page()
    found.goto((study.report / "index.html").as_uri())
    found.evaluate(AXE.read_text(encoding="utf-8"))
    found.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    # in the second look only what hangs on colour or size can be another thing
    on_look = ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]
    for width, look, rules in ((1280, "light", []), (390, "dark", on_look)):
        found.set_viewport_size({"width": width, "height": 900})
        found.emulate_media(color_scheme="dark" if look == "dark" else "light")
        told = found.evaluate(
            """async (rules) => {
              const only = rules.length ? { runOnly: rules } : {};
              const { violations, passes } = await axe.run({ resultTypes: ["violations"], ...only });
              return [passes.length, violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)];
            }""",
            rules,
        )
        assert told[0] > (1 if rules else 10)
        assert told[1] == [], look
        assert found.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    context.close()


def test_tables_sort_examples_filter_and_the_map_switches(opened: Page) -> None:
    details = opened.locator("details", has_text="Run “questions” by topic").first
    details.locator("summary").click()
    kept = details.locator("tbody td:nth-of-type(2)")
    details.get_by_role("button", name="Kept", exact=True).click()
    down = [int(text) for text in kept.all_inner_texts()]
    assert down == sorted(down, reverse=True)
    assert details.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    details.get_by_role("button", name="Kept", exact=True).click()
    assert [int(text) for text in kept.all_inner_texts()] == sorted(down)

    cards = opened.locator("#examples .card")
    whole = cards.count()
    opened.get_by_label("Show only rows with").fill("novelty")
    shown = opened.locator("#examples .card:visible").count()
    assert 0 < shown < whole
    assert opened.locator("#examples [role=status]").inner_text() == f"{shown} of {whole} rows"

    full = opened.locator(".map td.s4").first
    count = int(full.inner_text())
    opened.get_by_role("button", name="Show shares of all kept rows").click()
    assert full.inner_text() == f"{100 * count / 73:.1f}%"
    opened.get_by_role("button", name="Show counts").click()
    assert full.inner_text() == str(count)


def test_without_scripts_everything_is_there(browser: Browser, study: Folder, page: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    found = context.new_page()
    found.goto((study.report / "index.html").as_uri())
    assert found.locator("button, input").count() == 0
    assert found.locator("#examples .card:visible").count() == found.locator("#examples .card").count()
    folded = found.locator("#dropped details:not([open]) table").first
    assert not folded.is_visible()
    found.emulate_media(media="print")
    assert folded.is_visible()
    rows = found.locator("#figure-6-misaligned-length .behind").first.locator("tbody tr")
    assert rows.first.is_visible()
    context.close()


def test_the_page_is_printed(study: Folder, page: str, tmp_path: Path) -> None:
    printed = print_page(study, tmp_path / "out" / "report.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page/") + printed.count(b"/Type /Page ") > 5
