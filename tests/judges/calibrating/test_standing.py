"""What a judge's word comes to, and what is kept of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.errors import InputError
from seedbed.judges.calibrating import calibrate, load_calibration, save_calibration, verdicts
from tests.judges.calibrating.made import graded, judgement, pair, simulated
from tests.judges.made import folder_at


def test_a_row_is_unverified_unless_its_judge_has_earned_it() -> None:
    judged, rated = simulated(200, sensitivity=0.97, specificity=0.97, none=0.02)
    new = [judgement("n1", 5), judgement("n2", 2), judgement("n3", None)]
    trusted = verdicts([*judged, *new], calibrate(judged, rated, draws=200))
    assert [trusted[row, "relevant"].says for row in ("n1", "n2", "n3")] == ["yes", "no", "unverified"]
    assert trusted["n3", "relevant"].why == "out of label"
    for calibration in (None, calibrate(judged[:50], rated[:50], draws=50)):
        found = verdicts([*judged, *new], calibration)
        assert {one.says for one in found.values()} == {"unverified"}
        assert all(one.why for one in found.values())


def test_a_judge_that_may_goes_before_one_that_may_not_and_the_newer_before_the_older() -> None:
    judged, rated = simulated(200, sensitivity=0.97, specificity=0.97)
    calibration = calibrate(judged, rated, draws=200)
    good, bad, newer = judgement("n", 5), judgement("n", 1, by="another"), judgement("n", 1)
    for order in ([good, bad], [bad, good]):
        assert verdicts(order, calibration)["n", "relevant"].says == "yes"
    assert verdicts([good, newer], calibration)["n", "relevant"].says == "no"


def test_of_a_pair_each_response_is_held_to_what_it_is_for() -> None:
    grades = [
        judgement("t", says, part=part, judge="grading", scale=part, kind="triple", by="g")
        for part, says in (("misaligned", -2), ("aligned", 2))
    ]
    found = verdicts([*grades, *pair("t", 1)], calibrate([*grades, *pair("t", 1)], graded("t", -2, 2), draws=20))
    assert {claim for _, claim in found} == {"misaligned-violates", "aligned-honours", "aligned-better"}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    folder = folder_at(tmp_path / "s")
    assert load_calibration(folder) is None
    judged, rated = simulated(120, raters=2, rater_error=0.1, values=("fairness",))
    made = calibrate(judged, rated, draws=50)
    save_calibration(folder, made, ["fit"])
    assert load_calibration(folder) == made
    (path,) = tmp_path.rglob("calibration.json")
    path.write_text(path.read_text().replace('"schema": 1', '"schema": 9'))
    with pytest.raises(InputError, match="damaged"):
        load_calibration(folder)


@pytest.mark.parametrize(
    ("sound", "damaged"),
    [
        ('"earned": false', '"earned": "false"'),  # a word is true to a careless reader
        ('"earned": false', '"earned": true'),  # against its own figures
        ('"rows": 50', '"rows": "50"'),
        ('"rows": 50', '"rows": NaN'),
        ('"value": ', '"value": 1e999, "was": '),
        ('"figures": {', '"figures": [], "was": {'),
        ('"found": [', '"found": null, "was": ['),
        ('"unrated": {', '"unrated": [], "was": {'),
    ],
)
def test_a_calibration_that_was_damaged_makes_no_judge_believed(tmp_path: Path, sound: str, damaged: str) -> None:
    folder = folder_at(tmp_path / "s")
    save_calibration(folder, calibrate(*simulated(50), draws=50))
    (path,) = tmp_path.rglob("calibration.json")
    written = path.read_text()
    assert sound in written
    path.write_text(written.replace(sound, damaged, 1))
    with pytest.raises(InputError, match="damaged"):
        load_calibration(folder)
