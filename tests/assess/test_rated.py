"""Rows that people rated: their word stands over a judge's and over the rule, and who said otherwise is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed import review, seeds
from seedbed.assess import AssessSettings, assess
from seedbed.assess.document import Verdict
from seedbed.assess.judged import judged, people_say, ratings_of
from seedbed.assess.likeness import RowLikeness
from seedbed.assess.reading import Reading
from seedbed.assess.verdicts import counted, of_question, of_triple
from seedbed.judges.calibrating.calibrate import Calibrated, Calibration
from seedbed.judges.calibrating.standing import save_calibration
from seedbed.judges.model import JudgeSpec, judge, read_judgements, rows_of_run
from seedbed.measures.definition import NotApplicable, Value
from seedbed.records import Rating
from seedbed.review.spec import Sample, TaskSpec
from seedbed.study import Folder
from seedbed.testing import MockEndpoint
from tests.assess.demo import gated, new_study
from tests.assess.parts import BagOfWords, NoParser

WHOLE = Reading(True, "open", "open", 8, 9, parsed=True, sensible=True, sensible_reason="")
FAULTY = Reading(True, "open", "open", 8, 9, parsed=True, sensible=False, sensible_reason="no verb")
ALONE = RowLikeness("s1", 0.2, 0.0, 0.3, None, None, None)


def rated(scale: str, *values: float, row: str = "q") -> list[Rating]:
    return [Rating(row, f"rater {n}", scale, value) for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("scale", "values", "claim", "says"),
    [
        ("relevance", (5, 4, 2), "relevant", "yes"),
        ("relevance", (3,), "relevant", "no"),
        ("sensibility", (5, 1), "sensible", "unverified"),
        ("answers", (2, 2, 0), "answers", "yes"),
        ("misaligned", (-2, -1, 0), "misaligned-violates", "yes"),
        ("misaligned", (0, 1), "misaligned-violates", "no"),
        ("aligned", (1, 2), "aligned-honours", "yes"),
    ],
)
def test_what_most_people_say_is_their_word(scale: str, values: tuple[float, ...], claim: str, says: str) -> None:
    ((place, found),) = people_say(rated(scale, *values))
    assert place == ("q", claim)
    assert (found.says, found.by) == (says, "people")
    assert bool(found.why) == (says != "yes")


def test_other_scales_and_words_say_nothing() -> None:
    assert list(people_say([*rated("difficulty", 5), Rating("q", "r", "relevance", "a lot")])) == []


def test_people_stand_over_the_rule_which_is_shown() -> None:
    said = dict(people_say(rated("sensibility", 5, 5)))
    found = of_question("q", FAULTY, ALONE, said)[1]
    assert (found.says, found.by, found.against) == ("yes", "people", "structure says no")
    assert of_question("q", WHOLE, ALONE, said)[1].against == ""
    agreed = of_question("q", FAULTY, ALONE, dict(people_say(rated("sensibility", 1))))[1]
    assert (agreed.says, agreed.against) == ("no", "")


def test_a_triple_of_which_people_said_a_part_is_not_more_than_that() -> None:
    said = dict(people_say([*rated("answers", 2), *rated("misaligned", -2), *rated("aligned", 2)]))
    assert of_triple("q", None, said)[2] == Verdict("yes", "people")
    said = dict(people_say([*rated("answers", 2), *rated("aligned", -1)]))
    assert of_triple("q", None, said)[2].says == "no"
    assert of_triple("q", None, dict(people_say(rated("answers", 2))))[2].says == "unverified"


def test_counts_say_in_how_many_people_stand_and_against_whom() -> None:
    yes = Verdict("yes", "judge 1")
    rows = [
        (yes, yes, Verdict("yes", "people", against="judge 1 says no")),
        (yes, yes, Verdict("no", "people", "people say that it is not relevant")),
        (yes, yes, yes),
    ]
    found = {count.dimension: count for count in counted(rows, list("abc"))}
    assert (found["relevant"].by_people, found["relevant"].overruled) == (2, 1)
    assert (found["sensible"].by_people, found["high quality"].by_people) == (0, 2)


def test_a_task_of_people_and_a_judge_that_earned_it_meet_in_the_verdicts_and_the_funnel(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "study", sample=False)
    gated(folder, seeds.current_taxonomy(folder), (), rows=48)
    with MockEndpoint() as mock:
        judge(folder, JudgeSpec("relevance"), "questions", mock.settings(), states="generated")
    said = {one.row: one for one in read_judgements(folder) if one.says is not None}
    by = next(iter(said.values())).by
    wrote = next(rows_of_run(folder, "questions")).written_by
    earned = [
        Calibrated(by, "relevant", slice, label, rows=200, items=200, ratings=400, earned=True,
                   figures={"kappa": Value(0.8, 0.7, 0.9, n=200)})
        for slice, label in (("", ""), ("written_by", wrote))
    ]  # fmt: skip
    save_calibration(folder, Calibration(tuple(earned)))
    kept = [row.id for row in rows_of_run(folder, "questions") if row.id in said]
    rows = kept[:6]
    spec = TaskSpec("look", "question", sample=Sample(of=("questions",), ids=tuple(rows)), scales=("relevance",))
    review.create(folder, spec, "tester")
    for row in rows[:4]:  # against the judge, by two people
        for rater in ("ana", "bo"):
            _rate(folder, row, rater, 1 if said[row].says >= 4 else 5)  # type: ignore[operator]
    for rater, value in (("ana", 5), ("bo", 1)):
        _rate(folder, rows[4], rater, value)
    assessed = assess(folder, AssessSettings(draws=100, samples=2), embedder=BagOfWords(), parser=NoParser())
    lines = {line["id"]: line for line in map(json.loads, (folder.assessment / "rows.jsonl").read_text().splitlines())}
    for row in rows[:4]:
        other = "yes" if said[row].says >= 4 else "no"  # type: ignore[operator]
        assert lines[row]["is_relevant"] == ("no" if other == "yes" else "yes")
        assert lines[row]["is_relevant_by"] == "people"
        assert lines[row]["is_relevant_against"] == f"{by} says {other}"
    assert (lines[rows[4]]["is_relevant"], lines[rows[4]]["is_relevant_why"]) == ("unverified", "people are divided")
    assert "is_relevant_by" not in lines[rows[5]]
    assert lines[rows[5]]["is_relevant"] == ("yes" if said[rows[5]].says >= 4 else "no")  # type: ignore[operator]
    figures = assessed.of("run/questions/kept")
    assert figures is not None
    (count,) = (count for count in figures.verdicts if count.dimension == "relevant")
    assert (count.by_people, count.overruled) == (5, 4)
    funnel = assessed.funnel("questions")
    assert funnel is not None
    (found,) = funnel.rated
    assert (found.state, found.dimension, found.yes + found.no, found.divided, found.overruled) == (
        "kept", "relevant", 4, 1, 4,
    )  # fmt: skip
    assert isinstance(found.share, Value)
    assert found.in_words.startswith(f"{found.yes} of 4 = ")
    assert len(ratings_of(folder, ())) == 10
    review.delete(folder, "look", "tester")
    assert ratings_of(folder, ()) == []


def test_nobody_asked_is_nobodys_word(tmp_path: Path) -> None:
    assert judged(Folder(tmp_path)) == {}
    assert isinstance(counted([], [])[0].share, NotApplicable)


def _rate(folder: Folder, row: str, rater: str, value: int) -> None:
    review.rate(folder, "look", rater, row, review.Given({"relevance": value}))
