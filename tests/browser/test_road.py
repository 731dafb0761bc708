"""The road of the data in the browser: seeds, curation, runs that pause and go on, measures, report, release."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from seedbed.testing import Latency, MockEndpoint
from tests.browser.conftest import People
from tests.browser.served import RealServer
from tests.browser.test_axe import axe, looked_at
from tests.generate.made import WORD_GATES
from tests.server.road import make_study
from tests.studies import configure
from tests.withdraw.studies import shown_by

__all__ = ["axe"]

pytestmark = pytest.mark.slow
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}
STOPS = ("Workshop", "Seeds", "Curate", "Generate", "Assess", "What the seeds did", "Report", "Release")
WORKS = 90_000  # ms that a job may take on a busy machine


class Road(RealServer):
    """A study that is curated, and a model whose replies take as long as a test says."""

    def __init__(self, root: Path, curated: Path, mock: MockEndpoint) -> None:
        super().__init__(root)
        self.mock = mock
        shutil.rmtree(self.study)
        make_study(curated, root, mock)
        # what a mock writes answers no prompt but by chance
        configure(self.study, "order", json.dumps(WORD_GATES), section="generate.triples.gates")
        for key, value in (("draws", "100"), ("sample", "60"), ("grammar_sample", "0")):
            configure(self.study, key, value, section="assess")


@pytest.fixture(scope="module")
def shared(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with MockEndpoint() as mock:
        made = Road(tmp_path_factory.mktemp("road"), curated, mock)
        made.account()
        made.seedbed("generate", str(made.study), "--target=20", "--run=plain")
        made.start()
        yield made
        made.stop()


@dataclass(frozen=True)
class Stop:
    people: People
    axe: str

    def at(self, name: str, heading: str, **more: Any) -> Page:
        page = self.people.organiser(f"/studies/pilot{name}", **more)
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        return page

    def looked_at(self, page: Page) -> None:
        """Wide and on a phone, light and dark, each once: all four together cost these pages 15 s of CPU more."""
        looked_at(page, self.axe)


@pytest.fixture
def stop(people_of_shared: People, axe: str) -> Stop:
    return Stop(people_of_shared, axe)


def card(page: Page, act: str) -> Locator:
    return page.get_by_role("article", name=act)


def rows(page: Page, caption: str) -> Locator:
    return page.get_by_role("table", name=caption).get_by_role("row")


def test_the_overview_leads_to_every_stop_and_names_the_next(stop: Stop) -> None:
    page = stop.at("", "pilot")
    for number, name in enumerate(STOPS, 1):
        expect(page.get_by_role("main").get_by_role("listitem").nth(number - 1)).to_contain_text(name)
    expect(page.get_by_role("link", name="Next step")).to_be_visible()
    stop.looked_at(page)
    page.get_by_role("main").get_by_role("link", name=re.compile("Seeds")).last.click()
    expect(page.get_by_role("heading", name="Seeds", level=1)).to_be_focused()


def test_seeds_are_searched_by_words_kind_and_group(stop: Stop) -> None:
    page = stop.at("/seeds", "Seeds")
    table = page.get_by_role("table", name="Seeds")
    expect(table.get_by_role("row").nth(1)).to_be_visible()
    stop.looked_at(page)
    page.get_by_label("Search the words").fill("zzzz no such words")
    expect(page.get_by_text("No seed fits.")).to_be_visible()
    page.get_by_label("Search the words").fill("")
    page.get_by_label("Kind").select_option("Triples")
    table.get_by_text("Show the three texts").first.click()
    expect(table.get_by_text("Better reply").first).to_be_visible()


def test_curation_runs_and_every_decision_has_its_reason(stop: Stop) -> None:
    page = stop.at("/curate", "Curate")
    page.get_by_role("button", name="Curate now").click()
    expect(card(page, "Curation").get_by_text("Done", exact=True)).to_be_visible(timeout=WORKS)
    page.get_by_role("link", name="Rules").click()
    expect(rows(page, "Step by step").nth(1)).to_be_visible()
    page.get_by_role("link", name="Decisions").click()
    page.get_by_role("button", name="Show what the rules decided").click()
    more = page.get_by_role("button", name="Show more")
    before = page.get_by_text(re.compile(r"^\d+ rows shown$")).inner_text()
    more.click()
    expect(page.get_by_text(before, exact=True)).to_have_count(0)
    stop.looked_at(page)


def test_a_run_is_paused_goes_on_and_is_read_row_by_row(stop: Stop, shared: Road) -> None:
    page = stop.at("/generate", "Generate")
    shared.mock.latency = Latency(median_s=2.0)  # the page is looked at before the pause, with other tests at work
    page.get_by_label("Rows to keep").fill("24")
    page.get_by_text("Name and comparison").click()
    page.get_by_label("Name of the run").fill("<b>")
    page.get_by_role("button", name="Start").click()
    assert page.get_by_label("Name of the run").evaluate("(field) => field.matches(':invalid')")
    page.get_by_label("Name of the run").fill("grown")
    page.get_by_role("button", name="Start").click()
    job = card(page, "Generation")
    expect(job.get_by_text(re.compile("kept, "))).to_be_visible(timeout=WORKS)
    expect(job.get_by_text("Writing and judging rows", exact=False)).to_be_visible()
    job.get_by_role("button", name="Pause").click()
    expect(job.get_by_text("Paused", exact=True)).to_be_visible(timeout=WORKS)
    stop.looked_at(page)
    shared.mock.latency = Latency()
    job.get_by_role("button", name="Go on").click()
    expect(job.get_by_text("Done", exact=True)).to_be_visible(timeout=WORKS)
    page.get_by_role("link", name="grown", exact=True).click()
    expect(page.get_by_role("heading", name="grown", level=1)).to_be_focused()
    expect(rows(page, "Rows").nth(24)).to_be_visible()  # below the head
    stop.looked_at(page)
    page.get_by_label("Show", exact=True).select_option("Rejected")
    expect(page.get_by_role("table", name="Rows").get_by_text("Rejected").first).to_be_visible()
    # triples answer the newest questions that were made with seeds
    page.get_by_role("link", name="All runs").click()
    page.get_by_label("What to make").select_option("triples")
    page.get_by_label("Rows to keep").fill("2")
    page.get_by_role("button", name="Start").click()
    expect(job.get_by_text("Running", exact=True)).to_be_visible()
    expect(job.get_by_text("Done", exact=True)).to_be_visible(timeout=WORKS)
    page.get_by_role("link", name="triples", exact=True).click()
    expect(rows(page, "Rows").nth(1)).to_contain_text("Better reply")


def test_an_act_that_fails_says_why_in_both_places(stop: Stop, shared: Road) -> None:
    assert not (shared.study / "assessment").exists(), "this test comes before the assessment"
    page = stop.at("/report", "Report")
    expect(page.get_by_text("there is none yet: measure first.")).to_be_visible()
    expect(page.get_by_role("button", name="Make the report")).to_be_disabled()
    shared.olga.post("/api/studies/pilot/jobs", json={"act": "report", "options": {}}).raise_for_status()
    page.reload()
    failed = card(page, "Report")
    expect(failed.get_by_text("This study has no assessment yet")).to_be_visible(timeout=WORKS)
    stop.looked_at(page)


@pytest.mark.model
def test_what_was_made_is_measured_and_the_report_is_read_in_its_frame(stop: Stop) -> None:
    page = stop.at("/assess", "Assess")
    expect(page.get_by_text("Nothing has been measured yet.")).to_be_visible()
    page.get_by_role("button", name="Measure now").click()
    expect(card(page, "Assessment").get_by_text("Done", exact=True)).to_be_visible(timeout=2 * WORKS)
    expect(page.get_by_role("region", name="Questions").get_by_role("row").nth(2)).to_be_visible()
    expect(page.get_by_role("columnheader", name="Synthetic")).not_to_have_count(0)
    stop.looked_at(page)
    page.goto(page.url.replace("/assess", "/report"))
    page.get_by_role("button", name="Make the report").click()
    expect(card(page, "Report").get_by_text("Done", exact=True)).to_be_visible(timeout=2 * WORKS)
    frame = page.frame_locator("iframe[title=Report]")
    expect(frame.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator("iframe").get_attribute("sandbox") == "allow-popups allow-scripts"
    stop.looked_at(page)


def test_a_release_is_made_once_and_its_files_and_the_record_are_taken(
    stop: Stop, shared: Road, tmp_path: Path
) -> None:
    page = stop.at("/release", "Release")
    expect(page.get_by_text("No releases yet.")).to_be_visible()
    page.get_by_label("Version").fill("1.0")
    page.get_by_role("button", name="Make the release").click()
    made = page.get_by_role("article", name="1.0", exact=True)
    expect(made).to_be_visible(timeout=WORKS)
    made.get_by_text(re.compile(r"\d+ files")).click()
    with page.expect_download() as waited:
        made.get_by_role("link", name="README.md").click()
    assert waited.value.failure() is None
    stop.looked_at(page)
    with page.expect_download() as waited:
        page.get_by_role("link", name="CSV, as a zip file").click()
    waited.value.save_as(tmp_path / "record.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "record.zip").read_bytes())) as record:
        assert {"people.csv", "questions.csv"} <= {Path(name).name for name in record.namelist()}
    # the next: its licence is changed, it is seen before it is made, and held against the one before
    page.get_by_role("button", name="Change …").click()
    page.get_by_label("Licence").fill("CC-BY-40")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Did you mean CC-BY-4.0?")).to_be_visible()
    page.get_by_label("Licence").fill("CC0-1.0")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved, into study.toml.")).to_be_visible()
    assert 'license = "CC0-1.0"' in (shared.study / "study.toml").read_text()
    expect(page.get_by_label("Version")).to_have_value("1.1")
    page.get_by_role("button", name="See it first").click()
    expect(page.get_by_text("So release 1.1 would be. Nothing was made.")).to_be_visible(timeout=WORKS)
    expect(page.get_by_text("Its card leaves open:")).to_be_visible()
    assert not (shared.study / "releases" / "1.1").exists()
    stop.looked_at(page)
    page.get_by_role("button", name="Make the release").click()
    later = page.get_by_role("article", name="1.1", exact=True)
    expect(later).to_be_visible(timeout=WORKS)
    later.get_by_text("What changed since 1.0").click()
    # a row says its licence
    expect(later.get_by_text(re.compile(r"^\d+ with other labels")).first).to_be_visible()
    later.get_by_text(re.compile(r"settings? (and|or) numbers?")).click()
    expect(later.get_by_text("→ CC0-1.0").first).to_be_visible()
    # the same version again is refused, and says so
    page.get_by_label("Version").fill("1.0")
    expect(page.get_by_text("1.0 was made already.")).to_be_visible()
    page.get_by_role("button", name="Make the release").click()
    expect(card(page, "Release").get_by_text("Failed", exact=True)).to_be_visible(timeout=WORKS)
    expect(made).to_have_count(1)


def test_whoever_may_not_see_the_road_is_told(people_of_shared: People, shared: Road) -> None:
    page = people_of_shared.arrived("Ana")
    for where in (
        "",
        "/seeds",
        "/curate",
        "/generate",
        "/assess",
        "/propagate",
        "/report",
        "/release",
        "/generate/runs/plain",
    ):
        page.goto(f"{shared.url}/studies/pilot{where}")
        expect(page.get_by_text("This is not open to your role.").first).to_be_visible()


def test_a_seed_is_taken_back_with_the_rows_that_were_made_of_it(stop: Stop, shared: Road) -> None:
    """The last of this module: later ones would miss the seed. Rows of runs that earlier ones made may go with it."""
    seed = shown_by(shared.study, "plain")
    page = stop.at(f"/trace/seed:{seed}", seed)
    page.get_by_role("button", name="Take this seed back").click()
    dialog = page.get_by_role("dialog", name=f"Take back the seed {seed}?")
    expect(dialog.get_by_text(re.compile(r"^\d+ generated rows?, in .*plain \(\d+\)"))).to_be_visible()
    expect(dialog.get_by_label("Purge: their texts go from every file")).to_be_checked()
    stop.looked_at(page)
    # by keyboard: the other policy, the agreement, the act
    dialog.get_by_label("Purge: their texts go from every file").focus()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_label("Flag: they are marked")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Erased")).to_be_focused()
    expect(page.get_by_text(re.compile(r"^\d+ generated rows? (was|were) flagged\.$"))).to_be_visible()
    page.get_by_role("button", name="Close").last.click()
    page.goto(f"{shared.url}/studies/pilot/withdrawals")
    expect(page.get_by_text(re.compile(r"generated rows? (was|were) flagged\."))).to_be_visible()
    stop.looked_at(page)
