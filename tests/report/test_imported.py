"""A table that a model wrote elsewhere: no check judged it, and the page says nothing of it that is not known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from seedbed.acts import Study
from seedbed.assess import AssessSettings, assess
from seedbed.assess.store import load
from seedbed.records import Origin
from seedbed.report import ReportSettings
from seedbed.report.view import arms_of
from seedbed.study import Folder
from tests.assess.parts import BagOfWords, NoParser
from tests.report.conftest import read
from tests.report.parsed import parse

ROWS = ["What does a nurse earn?", "Tell me about trains.", "Who may vote?", "How do I hire a clerk?"]


def with_table(folder: Folder, tmp_path: Path, rows: int = 4) -> Folder:
    table = tmp_path / "table.csv"
    many = [f"{ROWS[n % 4][:-1]} number {n}?" for n in range(rows)]
    table.write_text("question\n" + "\n".join(many) + "\n", encoding="utf-8")
    study = Study.open(folder.root)
    study.import_files([table], kind="question", origin=Origin.SYNTHETIC, run="elsewhere", model="Falcon")
    assess(folder, AssessSettings(draws=200, samples=2, grammar_sample=20), embedder=BagOfWords(), parser=NoParser())
    return folder


def test_the_page_says_that_nothing_checked_it_and_that_its_examples_are_unknown(
    copied: Callable[[], Folder], tmp_path: Path
) -> None:
    folder = with_table(copied(), tmp_path)
    funnel = load(folder).funnel("elsewhere")
    assert funnel is not None
    assert funnel.imported
    page = parse(read(folder, run="elsewhere"))
    told = page.text
    assert "4 questions by the model Falcon were imported" in told
    assert "which examples it was shown is not known" in told
    assert "With these examples the model Falcon" not in told
    assert "No check judged them: all 4 are taken as they came." in told
    caption = next(page.by_id("dropped").find("caption")).text
    assert caption == "Run “elsewhere”: questions"
    assert "gives its rows no topic and no question type" in page.by_id("cells").text


def test_a_run_made_here_is_shown_before_a_larger_table(copied: Callable[[], Folder], tmp_path: Path) -> None:
    folder = with_table(copied(), tmp_path, rows=200)
    shown = arms_of(load(folder), "questions", ReportSettings()).run
    assert shown is not None
    assert (shown.run, shown.kept) == ("questions", 73)
