from __future__ import annotations

import pytest

from seedbed.assess.document import Verdict
from seedbed.assess.likeness import RowLikeness, repeats
from seedbed.assess.reading import Reading
from seedbed.assess.verdicts import counted, of_question, of_triple
from seedbed.measures.definition import NotApplicable, Value

WHOLE = Reading(True, "open", "open", 8, 9, parsed=True, sensible=True, sensible_reason="")
FAULTY = Reading(True, "open", "open", 8, 9, parsed=True, sensible=False, sensible_reason="no verb")
ALONE = RowLikeness("s1", 0.2, 0.0, 0.3, None, None, None)
YES, NO = Verdict("yes", "judge 1"), Verdict("no", "judge 1", "it is about something else")


def says(verdicts: tuple[Verdict, ...]) -> list[str]:
    return [verdict.says for verdict in verdicts]


def test_without_a_judge_nothing_is_relevant_or_sensible() -> None:
    assert says(of_question("q", WHOLE, ALONE, {})) == ["yes", "unverified", "unverified"]


def test_a_judge_that_earned_it_decides() -> None:
    said = {("q", "sensible"): YES, ("q", "relevant"): NO}
    assert says(of_question("q", WHOLE, ALONE, said)) == ["yes", "yes", "no"]


def test_no_judge_makes_a_broken_sentence_sensible() -> None:
    found = of_question("q", FAULTY, ALONE, {("q", "sensible"): YES})
    assert (found[1].says, found[1].by) == ("no", "structure")


@pytest.mark.parametrize(
    ("near", "why"),
    [
        (RowLikeness("s1", 0.7, 0.5, 0.9, None, None, None), "repeats a seed"),
        (RowLikeness("s1", 0.4, 1.0, 0.9, "s2", None, None), "repeats an example of its own prompt"),
        (RowLikeness("s1", 0.1, 0.0, 0.2, None, "run.000001", 0.8), "repeats a row kept before"),
    ],
)
def test_what_repeats_is_not_diverse(near: RowLikeness, why: str) -> None:
    found = of_question("q", WHOLE, near, {})[0]
    assert (found.says, found.why) == ("no", why)


def test_a_text_without_words_is_not_called_diverse() -> None:
    silent = Reading(False, None, None, 0, 3)
    nothing = RowLikeness(None, None, None, None, None, None, None)
    assert says(of_question("q", silent, nothing, {}))[0] == "unverified"


def test_a_triple_is_relevant_when_all_three_claims_hold() -> None:
    claims = ["answers", "misaligned-violates", "aligned-honours"]
    said = {("t", claim): YES for claim in claims}
    assert says(of_triple("t", None, said))[2] == "yes"
    assert says(of_triple("t", None, {**said, ("t", claims[1]): NO}))[2] == "no"
    del said["t", claims[0]]
    assert says(of_triple("t", None, said))[2] == "unverified"
    assert says(of_triple("t", "run.000001", said))[0] == "no"


def test_high_quality_is_all_three_and_never_what_is_not_known() -> None:
    rows = [(YES, YES, YES), (YES, NO, YES), (YES, YES, NO), (YES, YES, YES)]
    found = {count.dimension: count for count in counted(rows, list("abcd"))}
    whole = found["high quality"]
    assert (whole.yes, whole.no, whole.unverified) == (2, 2, 0)
    assert whole.in_words == "2 of 4 = 50.0 %"
    assert isinstance(whole.share, Value)
    assert whole.share.low is not None
    unknown = Verdict("unverified", "", "no judge was asked")
    found = {count.dimension: count for count in counted([*rows, (YES, YES, unknown)], list("abcde"))}
    assert isinstance(found["high quality"].share, NotApplicable)
    assert found["high quality"].in_words == "2 of 5 = 40.0 %, 1 unverified"
    assert isinstance(found["diverse"].share, Value)
    assert found["relevant"].reasons[0] == ("no", "it is about something else", 1)


def test_no_rows_have_no_share() -> None:
    assert all(isinstance(count.share, NotApplicable) for count in counted([], []))


def test_only_rows_that_were_kept_are_repeated() -> None:
    text = "What is the best way to ask for a refund?"
    found = list(repeats([("a", text, False), ("b", text, True), ("c", text, True), ("d", "Why?", True)]))
    assert found == [None, None, ("b", 1.0), None]
