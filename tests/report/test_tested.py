"""What tests, judges and yields found, on the page: their own words and numbers, and none where there are none."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.judges.calibrating import calibrate, save_calibration
from seedbed.judges.model.spec import Judgement
from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate import document
from seedbed.propagate.document import Propagation, Reading, RunUsed
from seedbed.propagate.store import save
from seedbed.propagate.testing import Finding, Margins, Sample, dose_response, equivalence, swap_slope, with_holm
from seedbed.propagate.yields import Cell, Part, Yields, as_plain
from seedbed.records import Rating
from seedbed.report.effects import effect_figures
from seedbed.report.markup import Markup
from seedbed.report.tested import headline, verdicts_in_words
from seedbed.study import Folder, write_json
from tests.report.conftest import read
from tests.report.parsed import Element, parse

EVIL = "<b>run</b>"


def flags(share: float, n: int, seed: int) -> Sample:
    return Sample.flags(list(np.random.default_rng(seed).random(n) < share), [f"p{i // 2}" for i in range(n)])


def made() -> Propagation:
    """Six runs of their own seeds whose question marks follow, and lengths that do not, tested by the real tests."""
    shares = [0.1, 0.25, 0.4, 0.6, 0.75, 0.9]
    follows = [(Sample.flags([i < 10 * s for i in range(10)]), flags(s, 200, k)) for k, s in enumerate(shares)]
    ignores = [(Sample.numbers([10.0 + 4 * k] * 10), Sample.numbers(np.random.default_rng(k).normal(20, 3, 80)))
               for k in range(6)]  # fmt: skip
    slopes = with_holm(
        [Finding("T3", "question-mark", "Do question marks go with the seeds?", swap_slope(follows)),
         Finding("T3", "tokens", "Does length go with the seeds?", swap_slope(ignores))],
        "T3",
    )  # fmt: skip
    seeds, few, many = flags(0.5, 60, 1), flags(0.5, 60, 2), flags(0.99, 900, 3)
    held = [
        Finding("T7", "question-mark", "Is it the same?", equivalence(seeds, few, Margins())),
        Finding("T7", "openness-a", "Is it the same?", equivalence(seeds, many, Margins())),
    ]
    first, second = (finding.outcome.estimate for finding in slopes)
    assert isinstance(first, Value)
    assert isinstance(second, Value)
    readings = (
        Reading("base", "question-mark", "follows", "question marks follow the seeds, slope 1", "T3", "swap slope",
                first.value, first.low, first.high, slopes[0].p_holm),
        Reading("base", "tokens", "does not follow", "length does not follow the seeds, slope .1", "T3", "swap slope",
                0.05, second.low, second.high, slopes[1].p_holm),
        Reading("base", "topic", "cannot be told", "whether topics follow cannot be told", decides="a control"),
    )  # fmt: skip
    findings = [*slopes, *held]
    return Propagation(
        "2026-01-02T03:04:05+00:00", "0.1.0", "seedbed propagate DIR --run base", {}, {}, "Question marks follow.",
        readings,
        (RunUsed("base", "base", "", "questions", "1:abcdef", "m", "", 80, 40, 40, 10),
         RunUsed(EVIL, "set", "base", "questions", "1:012345", "m", "", 80, 80, 40, 10, differs=("model",))),
        tuple(document.Tested(one, "base", "generated", (EVIL,) if one.test == "T3" else ()) for one in findings),
        ("A remark.",),
    )  # fmt: skip


def yielded() -> Yields:
    none = NotApplicable("no row was embedded")
    part = Part("seed", "g1-q01", "1", None, None, 12, 24, 3, {"topic": 15, "form": 6}, Value(0.125, 0.05, 0.3, 24),
                0.44, Value(0.2, 0.1, 0.3, 24), none, 0, "drop", "12% of its rows, 45% of all")  # fmt: skip
    cell = Cell("travel", "giving-advice", 0, 8, 1, Value(0.125, 0.0, 0.5, 8), 1, "no included seed stands there")
    return Yields("2026-01-02", "questions", "1:feed", Value(0.45, 0.4, 0.5, 160), (part,), (cell,), 80, ("Few.",))


def judged() -> tuple[list[Judgement], list[Rating]]:
    """130 rows and two raters: one judge says what people say, the other the opposite of every third."""
    judgements, ratings = [], []
    for row in range(130):
        said = 5 if row % 2 else 1
        ratings += [Rating(f"r{row}", rater, "relevance", said) for rater in ("ana", "bo")]
        for by, value in (("relevance/good/v1", said), ("relevance/poor/v1", 6 - said if row % 3 == 0 else said)):
            judgements.append(Judgement(
                f"r{row}", "", "relevance", "relevance", value, "", by, by, "question",
                slices={"written_by": "people" if row < 65 else "SmolLM2"}, cluster=f"r{row}",
            ))  # fmt: skip
    return judgements, ratings


@pytest.fixture(scope="module")
def folder(study: Folder, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    made_in = Folder(Path(shutil.copytree(study.root, tmp_path_factory.mktemp("tested") / "pilot")))
    save(made(), made_in)
    write_json(made_in.propagation / "yield.json", as_plain(yielded()))
    save_calibration(made_in, calibrate(*judged(), draws=200), ["fit"])
    return made_in


@pytest.fixture(scope="module")
def told(folder: Folder) -> Element:
    return parse(read(folder))


def table(section: Element, start: str) -> list[list[str]]:
    """The rows of the table whose region is called so."""
    region = next(e for e in section.everything() if e.attributes.get("aria-label", "").startswith(start))
    return [[c.text for c in row.inside if isinstance(c, Element)] for row in region.find("tr")]


def test_the_headline_is_what_the_tests_said(told: Element) -> None:
    (first,) = (p for p in told.find("p") if p.attributes.get("class") == "headline")
    assert re.match(r"Question marks [\d.]+ follow the seeds \(slope\); ", first.text)
    assert first.text.endswith("; length .05 does not follow them (slope); of 1 more feature it cannot be told.")


def test_a_headline_without_a_reading_is_the_documents_own() -> None:

    assert headline(replace(made(), readings=(), headline=f"Nothing {EVIL}.")) == "Nothing &lt;b&gt;run&lt;/b&gt;."
    assert headline(replace(made(), readings=(), headline="")) is None
    assert isinstance(headline(made()), Markup)


def test_the_headline_names_the_seeds_before_it_says_them() -> None:
    only = replace(made(), readings=made().readings[1:2])
    assert str(headline(only)) == "<strong>Length</strong> .05 does not follow the seeds (slope)."


def test_verdicts_on_another_run_than_the_page_tells_of_name_it() -> None:
    assert str(verdicts_in_words(made(), ["base"])).startswith("Held against the seeds, within margins")
    assert str(verdicts_in_words(made(), ["questions"])).startswith("Rows of “base”, held against the seeds, within")


def test_a_dose_of_instructions_is_called_so() -> None:
    out = dose_response([0.0, 0.25, 0.5], [flags(share, 80, k) for k, share in enumerate((0.02, 0.2, 0.4))])
    (finding,) = with_holm([Finding("T4", "question-mark", "Does it go up?", out)], "T4")
    found = replace(made(), findings=(document.Tested(finding, "base", "generated", ("a", "b", "c")),))
    figure = effect_figures(found, 9)[0]
    assert [title for block in figure.blocks for title, _, _ in block.panels] == [
        "T4: slope", "T4: instructions (no question mark)",
    ]  # fmt: skip
    assert figure.table.rows[0][1] == "instructions (no question mark)"


def test_verdict_words_stand_where_a_test_gave_them(told: Element) -> None:
    sentences = next(part for part in told.find("ol") if part.attributes.get("class") == "sentences")
    last = [item.text for item in sentences.find("li")][-1]
    assert re.search(r"changed : open and closed form \(rule A\)", last)
    assert re.search(r"undecided : question marks", last)
    assert "preserved" not in last
    rows = table(told.by_id("tests"), "Answers of T7")
    assert [row[7] for row in rows[1:]] == ["undecided", "changed"]
    assert re.search(r"[\d,]+ seeds and [\d,]+ rows would decide", rows[1][9])
    assert "margin" in rows[1][4]


def test_every_answer_has_its_figures_and_runs(told: Element) -> None:
    section = told.by_id("tests")
    rows = table(section, "Answers of T3")
    assert [row[0] for row in rows[1:]] == ["Question marks", "Length"]
    assert all(row[5] and row[6] for row in rows[1:])
    assert EVIL in rows[1][1]
    assert float(rows[1][6]) < 0.05 < float(rows[2][6])
    assert "1:abcdef" in section.text
    assert "differs also in model" in section.text
    assert "seedbed propagate pilot --run base" in section.text
    assert "It would be settled by a control." in section.text


def test_the_figures_of_the_tests_follow_those_of_the_paper(told: Element, folder: Folder) -> None:
    articles = [a for a in told.find("article") if a.attributes.get("class") == "figure"]
    ids = [article.attributes["id"] for article in articles]
    assert ids[7:] == ["figure-novelty", "figure-tests-follow", "figure-tests-margins"]
    titles = [next(article.find("h3")).text for article in articles]
    assert titles[8] == "Figure 9 Of 3 features, 1 follows the seeds, 1 does not, 1 cannot be told"
    assert titles[9] == "Figure 10 Held against the seeds, feature by feature: 1 undecided, 1 changed"
    text = (folder.report / "figures" / "figure-tests-follow.csv").read_text()
    assert text.splitlines()[1].startswith("T3,question marks,")
    assert text.count("\n") == 3


def test_a_judge_that_has_not_earned_it_is_unverified(told: Element) -> None:
    section = told.by_id("judges")
    good, poor = (table(section, f"relevance/{name}/v1: claims")[1] for name in ("good", "poor"))
    assert good[2] == "judges"
    assert poor[2].startswith("unverified")
    assert "0.60 is the least" in poor[2]
    assert good[3] == "130"
    parts = table(section, "relevance/poor/v1: parts")
    assert sorted(row[1] for row in parts[1:]) == ["written by: SmolLM2", "written by: people"]


def test_yield_says_what_to_do_with_which_seed(told: Element) -> None:
    section = told.by_id("seeds")
    assert "Drop: g1-q01; 1 of 80 cells of topic and question type want more seeds." in section.text
    row = table(section, "Yield of each seed")[1]
    assert row[0].startswith("g1-q01: ")
    assert row[1:8] == ["12", "24", "3", "12%", "5–30%", "0.20", "0.44"]
    assert row[8] == "it strayed from its topic (15)"
    assert row[9].startswith("Drop")
    assert table(section, "What the next workshop")[1][:2] == ["Travel", "giving advice"]


def test_what_is_damaged_is_named(folder: Folder, tmp_path: Path) -> None:
    broken = Folder(Path(shutil.copytree(folder.root, tmp_path / "pilot")))
    for name, match in (("yield.json", "--yield"), ("propagation.json", "propagate")):
        (broken.propagation / name).write_text(json.dumps({"schema": "x"}))
        with pytest.raises(InputError, match=re.escape(name)) as caught:
            read(broken)
        assert match in caught.value.hint


def test_where_nothing_was_tested_the_commands_stand(page: str) -> None:
    root = parse(page)
    commands = [code.text for code in root.find("code") if code.attributes.get("class") == "command"]
    for command in ("propagate pilot", "propagate pilot --controls", "propagate pilot --yield",
                    "judges pilot --ask relevance --run questions", "judges pilot --calibrate"):  # fmt: skip
        assert f"seedbed {command}" in commands
    assert "Not measured yet" in root.by_id("tests").text
    assert not [p for p in root.find("p") if p.attributes.get("class") == "headline"]
