"""What the seeds did, from the browser: what runs would take, their making, and what was found in words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from seedbed.testing import Latency, MockEndpoint
from tests.browser.conftest import People
from tests.browser.test_axe import axe
from tests.browser.test_road import WORKS, Road, Stop, card, stop

__all__ = ["axe", "stop"]

pytestmark = [pytest.mark.slow, pytest.mark.model]


@pytest.fixture(scope="module")
def shared(curated: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with MockEndpoint() as mock:
        made = Road(tmp_path_factory.mktemp("propagated"), curated, mock)  # type: ignore[arg-type]
        made.account()
        made.seedbed("generate", str(made.study), "--candidates=24", "--run=plain", "--raw")
        made.start()
        yield made
        made.stop()


def test_controls_are_agreed_to_made_and_read(stop: Stop, shared: Road, people_of_shared: People) -> None:
    page = stop.at("/propagate", "What the seeds did")
    expect(page.get_by_text("Whether they are nearer than rows made without these seeds (by controls)")).to_be_visible()
    stop.looked_at(page)
    asked = shared.mock.stats()["requests"]
    page.get_by_label("Rows of each run, at most").fill("16")
    page.get_by_role("button", name="See what it takes").click()
    dialog = page.get_by_role("dialog", name="Make these runs?")
    expect(dialog.get_by_text("2 runs of at most 16 rows")).to_be_visible(timeout=WORKS)
    expect(dialog.get_by_text("included seeds that the run did not show")).to_be_visible()
    stop.looked_at(page)
    dialog.get_by_role("button", name="Not now").click()
    expect(dialog).to_have_count(0)
    assert shared.mock.stats()["requests"] == asked  # nothing was made
    # what was worked out is there when the page is opened again
    page.reload()
    page.get_by_role("button", name="Look at it").click()
    shared.mock.latency = Latency(median_s=1.0)
    dialog.get_by_role("button", name="Make them").press("Enter")
    job = card(page, "What the seeds did")
    expect(job.get_by_text(re.compile("Run 1 of 2: plain-no-seed"))).to_be_visible(timeout=WORKS)
    job.get_by_role("button", name="Stop").click()
    expect(job.get_by_text("Stopped", exact=True)).to_be_visible(timeout=WORKS)
    shared.mock.latency = Latency()
    job.get_by_role("button", name="Go on").click()
    expect(job.get_by_text("Done", exact=True)).to_be_visible(timeout=2 * WORKS)
    found = page.get_by_role("region", name="What was found")
    expect(found.get_by_text("Question marks", exact=True)).to_be_visible()
    expect(
        found.get_by_text(re.compile("^Held against the seeds: (preserved|changed|undecided)$")).first
    ).to_be_visible()
    expect(page.get_by_role("region", name="What each seed gave")).to_be_visible()
    assert shared.mock.stats()["requests"] >= asked + 32
    stop.looked_at(page)
    # a report from before says so in both places, and one press has it made again
    report = shared.study / "report" / "index.html"
    report.parent.mkdir()
    report.write_text("<!doctype html><title>Made before</title>")
    page.reload()
    expect(found.get_by_role("link", name="All tests, with their figures, in the report")).to_be_visible()
    os.utime(report, (0, 0))
    page.reload()
    found.get_by_role("button", name="Make the report again").click()
    expect(card(page, "Report")).to_be_visible(timeout=WORKS)
    page.goto(page.url.replace("/propagate", "/report"))
    expect(card(page, "Report").get_by_text("This study has no assessment yet")).to_be_visible(timeout=WORKS)
    expect(page.get_by_text("Something was measured or tested since this report was made")).to_be_visible()
    # in Portuguese
    here = people_of_shared.organiser("/studies/pilot/propagate", locale="pt-BR")
    expect(here.get_by_role("heading", name="O que as sementes fizeram", level=1)).to_be_visible()
    expect(here.get_by_text("Pontos de interrogação", exact=True)).to_be_visible()
    expect(here.get_by_text("Pode ser dito agora")).to_be_visible()
