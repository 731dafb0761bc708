"""Which judge may judge what."""

from __future__ import annotations

import random

import pytest

from seedbed.judges.bar import LEAST_KAPPA, LEAST_PAIRS
from seedbed.judges.calibrating import LEAST_OF_WRITER, Calibrated, acceptance, calibrate
from seedbed.judges.model import Judgement
from seedbed.measures.definition import NotApplicable, Value
from seedbed.records import Rating
from tests.judges.calibrating.made import graded, judgement, pair, simulated

BY = "relevance/m/1"


def _one(judged: list[Judgement], rated: list[Rating], **where: str) -> Calibrated:
    found = calibrate(judged, rated, draws=300).of(where.pop("by", BY), where.pop("claim", "relevant"), **where)
    assert found is not None
    return found


def test_a_judge_who_agrees_with_people_earns_it() -> None:
    found = _one(*simulated(200, sensitivity=0.95, specificity=0.95))
    assert found.earned
    assert (found.reasons, found.more_ratings, found.rows, found.ratings) == ((), 0, 200, 200)


def test_too_few_ratings_are_told_with_how_many_lack() -> None:
    found = _one(*simulated(60, sensitivity=1.0, specificity=1.0))
    assert not found.earned
    assert found.reasons == (f"60 rows are labelled by people, and {LEAST_PAIRS} is the least",)
    assert found.more_ratings == 40
    wide = _one(*simulated(120, sensitivity=0.85, specificity=0.85, seed=3))
    assert not wide.earned
    assert wide.more_would_do
    assert wide.more_ratings > 100


def test_a_judge_at_the_bar_passes_it_no_oftener_than_the_interval_allows() -> None:
    # Agreement .8 with both labels alike frequent is a kappa of .6, where nothing is earned yet. The lower end of a
    # 95 % interval is passed in 2.5 %: over 200 judges 5 are expected, and more than 12 have a chance of 2 in 1,000.
    passed = 0
    for seed in range(200):
        judged, rated = simulated(150, sensitivity=0.8, specificity=0.8, seed=seed)
        found = calibrate(judged, rated, (), draws=300, seed=seed).of(BY, "relevant")
        passed += found is not None and found.earned
    assert passed <= 12


def test_out_of_label_replies_count_against_a_judge() -> None:
    clean = _one(*simulated(200, sensitivity=0.97, specificity=0.97))
    broken = _one(*simulated(200, sensitivity=0.97, specificity=0.97, none=0.3))
    assert clean.earned
    assert not broken.earned
    assert broken.without["out of label"] > 40
    for name in ("sensitivity", "specificity", "agreement"):
        before, after = clean.figures[name], broken.figures[name]
        assert isinstance(before, Value)
        assert isinstance(after, Value)
        assert after.value < before.value - 0.15


def test_people_who_disagree_make_no_judge_worse_than_they_are() -> None:
    # two raters wrong in .05: kappa between them .81. The judge is worse than either of them, by more than .1.
    judged, rated = simulated(1500, sensitivity=0.88, specificity=0.88, raters=2, rater_error=0.05)
    behind = _one(judged, rated)
    assert not behind.earned
    assert behind.reasons[0].endswith("0.10 is the most")
    # the same judge against raters who are as unsure as it is
    fair = _one(*simulated(4000, sensitivity=0.93, specificity=0.93, raters=2, rater_error=0.07))
    assert fair.earned
    human = fair.figures["human_kappa"]
    assert isinstance(human, Value)
    assert human.value < 0.8


def test_each_value_earns_it_by_itself_and_all_where_each_does() -> None:
    good = simulated(150, sensitivity=0.97, specificity=0.97, values=("fairness",), seed=1)
    bad = simulated(150, sensitivity=0.6, specificity=0.6, values=("safety",), seed=2)
    both = calibrate([*good[0], *bad[0]], [*good[1], *bad[1]], draws=300)
    fairness, safety, whole = (
        both.of(BY, "relevant", *key) for key in (("value", "fairness"), ("value", "safety"), ("", ""))
    )
    assert fairness is not None
    assert fairness.earned
    assert safety is not None
    assert not safety.earned
    assert whole is not None
    assert not whole.earned
    slices = {"written_by": "writer"}
    assert both.may_judge(BY, "relevant", ("fairness",), slices) == (True, "")
    assert not both.may_judge(BY, "relevant", ("fairness", "safety"), slices)[0]
    assert both.may_judge(BY, "relevant", ("privacy",), slices) == (False, "no rated row is of the value privacy")


def test_a_value_of_few_rows_keeps_all_values_waiting() -> None:
    many = simulated(400, sensitivity=0.98, specificity=0.98, values=("fairness",), seed=1)
    few = simulated(70, sensitivity=0.98, specificity=0.98, values=("safety",), seed=2)
    found = _one([*many[0], *few[0]], [*many[1], *few[1]])
    assert (found.rows, found.earned) == (470, False)
    assert found.reasons == ("it has not earned it for safety",)
    assert found.more_ratings == 30


def test_agreement_on_people_s_rows_does_not_carry_over_to_a_model_s() -> None:
    judged, rated = simulated(200, sensitivity=0.97, specificity=0.97, slices={"written_by": "people"})
    few, on_few = simulated(LEAST_OF_WRITER - 1, seed=5, slices={"written_by": "m-1"})
    found = calibrate([*judged, *few], [*rated, *on_few], draws=200)
    assert found.may_judge(BY, "relevant", (), {"written_by": "people"})[0]
    for writer, seen in (("m-1", LEAST_OF_WRITER - 1), ("m-2", 0)):
        may, why = found.may_judge(BY, "relevant", (), {"written_by": writer})
        assert not may
        assert why.startswith(f"{seen} rated rows are written by {writer}")
    assert found.may_judge("another", "relevant") == (False, "no row that it judged was rated by people")


def test_a_slice_that_contradicts_takes_its_rows_out() -> None:
    good = simulated(400, sensitivity=0.98, specificity=0.98, slices={"topic": "travel", "written_by": "m"}, seed=1)
    bad = simulated(60, sensitivity=0.5, specificity=0.5, slices={"topic": "health", "written_by": "m"}, seed=2)
    found = calibrate([*good[0], *bad[0]], [*good[1], *bad[1]], draws=300)
    assert found.may_judge(BY, "relevant", (), {"topic": "travel", "written_by": "m"})[0]
    may, why = found.may_judge(BY, "relevant", (), {"topic": "health", "written_by": "m"})
    assert not may
    assert "whose topic is health" in why
    small = calibrate(good[0], good[1], draws=100).of(BY, "relevant", "topic", "travel")
    assert small is not None
    assert not small.earned  # a slice earns nothing


def test_a_slice_of_few_rows_is_counted_and_not_measured() -> None:
    judged, rated = simulated(9, slices={"topic": "travel"})
    found = _one(judged, rated, slice="topic", label="travel")
    assert found.rows == 9
    assert all(isinstance(one, NotApplicable) for one in found.figures.values())


def _pairs(n: int, right: float, *, longer: float, seed: int = 0) -> tuple[list[Judgement], list[Rating]]:
    """Pairs of which people call the aligned response the better in nine of ten. It is the longer one in `longer`."""
    draw = random.Random(seed)
    judged, rated = [], []
    for row in range(n):
        better = draw.random() < 0.9
        says = 1 if better == (draw.random() < right) else -1
        long = "aligned" if better == (draw.random() < longer) else "misaligned"
        judged += pair(f"p{row}", says, longer=long)
        rated += graded(f"p{row}", -1 if better else 1, 1 if better else -1)
    return judged, rated


def test_a_pair_tells_whatever_most_pairs_are_like() -> None:
    by = "alignment/m/1"
    judged, rated = _pairs(200, 0.97, longer=0.6)
    found = _one(judged, rated, by=by, claim="better")
    assert (found.rows, found.items) == (200, 400)  # a pair counts once
    kappa = found.figures["kappa"]
    assert isinstance(kappa, Value)
    assert kappa.value == pytest.approx(0.94, abs=0.05)  # 2 · accuracy - 1, though nine in ten are one way round
    assert found.earned


def test_of_two_that_people_grade_alike_neither_is_better() -> None:
    judged = [*pair("even", 1), *pair("odd", 0)]
    found = calibrate(judged, [*graded("even", 1, 1), *graded("odd", 0, 0)], draws=20).of("alignment/m/1", "better")
    assert found is not None
    assert found.figures["agreement"].value == 3 / 4  # type: ignore[union-attr]


def test_a_judge_that_length_alone_equals_has_earned_nothing() -> None:
    judged, rated = _pairs(300, 0.95, longer=0.97)
    found = _one(judged, rated, by="alignment/m/1", claim="better")
    kappa = found.figures["kappa"]
    assert isinstance(kappa, Value)
    assert kappa.low is not None
    assert kappa.low > LEAST_KAPPA
    assert not found.earned
    assert "length alone" in found.reasons[0]


def test_grades_speak_to_two_claims_and_each_response_counts() -> None:
    judged = [
        judgement("t", says, part=part, judge="grading", scale=part, kind="triple", by="grading/m/1")
        for part, says in (("misaligned", -2), ("aligned", 1))
    ]
    found = calibrate(judged, graded("t", -1, 0), draws=20)
    violates, honours = found.of("grading/m/1", "violates"), found.of("grading/m/1", "honours")
    assert violates is not None
    assert honours is not None
    assert violates.figures["agreement"].value == 1  # type: ignore[union-attr]
    assert honours.figures["agreement"].value == 0.5  # type: ignore[union-attr]
    assert (violates.rows, violates.items) == (1, 2)


def test_what_nobody_rated_is_counted() -> None:
    judged, rated = simulated(30)
    found = calibrate(judged, rated[:10], draws=20)
    assert found.unrated == {BY: 20}
    assert calibrate(judged, [], draws=20).found == ()
    assert calibrate([], rated, draws=20).found == ()
    odd = [Rating("s0-0000", "r", "relevance", value) for value in ("nonsense", "nan", "inf")]
    assert calibrate(judged, odd, draws=20).found == ()


def test_the_share_of_accepted_rows_is_put_right_by_writer() -> None:
    # it says yes to .95 · .6 + .3 · .4 = .69 of the rows; .6 are relevant
    judged, rated = simulated(1200, sensitivity=0.95, specificity=0.7, share=0.6)
    rows = {one.row for one in judged[:250]}
    (found,) = acceptance(judged, [rating for rating in rated if rating.subject in rows], draws=300)
    assert (found.rows, found.rated, found.written_by) == (1200, 250, "writer")
    raw, corrected, powered = found.raw, found.corrected, found.powered
    assert isinstance(raw, Value)
    assert isinstance(corrected, Value)
    assert isinstance(powered, Value)
    assert raw.low is not None
    assert raw.low > 0.63
    for answer in (corrected, powered):
        assert answer.value == pytest.approx(0.6, abs=0.06)
        assert answer.low is not None
        assert answer.high is not None
        assert answer.low < 0.6 < answer.high
    (unrated,) = acceptance(judged, [], draws=20)
    assert isinstance(unrated.corrected, NotApplicable)
    assert isinstance(unrated.powered, NotApplicable)


def test_a_judges_own_share_counts_whole_requests() -> None:
    # the same words on 300 rows: of 300 requests, and of 10 in which all 30 rows were judged alike
    alone = [judgement(f"row-{at}", 5 if at < 180 else 2, cluster=f"row-{at}") for at in range(300)]
    alike = [judgement(f"row-{at}", 5 if at < 180 else 2, cluster=f"request-{at // 30}") for at in range(300)]
    widths = []
    for judged in (alone, alike):
        (found,) = acceptance(judged, [], draws=20)
        assert isinstance(found.raw, Value)
        assert found.raw.value == pytest.approx(0.6)
        assert found.raw.low is not None
        assert found.raw.high is not None
        widths.append(found.raw.high - found.raw.low)
    assert widths[0] < 0.12
    assert widths[1] > 0.45
