"""Lineage in the browser: from a release back to a person by way of the picture, the list, and the keyboard alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from seedbed.engine import read_rows
from seedbed.study import Folder
from seedbed.testing import MockEndpoint
from tests.browser.conftest import People
from tests.browser.served import RealServer
from tests.browser.test_axe import accessible, axe
from tests.lineage.worlds import write_release
from tests.server.road import make_study

__all__ = ["axe"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shared(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A curated study with a run of 200 candidates, and a release of some of its rows."""
    made = RealServer(tmp_path_factory.mktemp("trace"))
    shutil.rmtree(made.study)
    with MockEndpoint() as mock:
        path = make_study(curated, made.study.parent, mock)
        # another process: a browser's event loop runs in this one
        made.seedbed("generate", str(path), "--candidates=200", "--run=grown")
    write_release(Folder(path), "1.0", [row.id for row in read_rows(path / "runs" / "grown") if row.kept])
    made.account()
    made.start()
    yield made
    made.stop()


def test_anybody_at_the_desk_can_follow_a_row_back_to_people(people_of_shared: People, axe: str) -> None:
    page = people_of_shared.organiser("/studies/pilot/release")
    page.get_by_role("link", name="Where this came from: 1.0").click()
    expect(page.get_by_role("heading", name="1.0", level=1)).to_be_focused()
    came = page.get_by_role("region", name="Where it came from")
    first = came.get_by_role("link", name=re.compile(r"^grown\.")).first
    row = first.inner_text()
    rows = came.get_by_role("link", name=re.compile(r"^grown\."))
    shown = rows.count()
    came.get_by_role("button", name=re.compile("^Show .* more$")).click()
    expect(rows.nth(shown)).to_be_visible()
    first.click()
    # the picture, by keys: two columns back from the row stand the people
    expect(page.get_by_role("heading", name=row, level=1)).to_be_focused()
    picture = page.get_by_role("group", name="Picture")
    focus = picture.get_by_role("link", name=re.compile(f"^Question, {re.escape(row)}"))
    accessible(page, axe)
    focus.focus()
    page.keyboard.press("ArrowLeft")
    expect(picture.get_by_role("link", name=re.compile("^Seed question"))).not_to_have_count(0)
    page.keyboard.press("ArrowLeft")
    person = page.evaluate("document.activeElement.querySelector('title').textContent")
    assert person.startswith("Person, "), person
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=person.split(", ")[1], level=1)).to_be_focused()
    became = page.get_by_role("region", name="What came of it")
    expect(became.get_by_text("Questions", exact=True)).to_be_visible()
    expect(became.get_by_text("1.0").first).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(picture).to_be_hidden()
    accessible(page, axe, "light")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Trace something else").fill("nobody-at-all")
    page.get_by_role("button", name="Trace", exact=True).click()
    expect(page.get_by_text("Nothing in the study is called nobody-at-all.")).to_be_visible()
