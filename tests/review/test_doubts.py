"""Where judges and gates are not of one mind."""

from __future__ import annotations

from typing import Any

import pytest

from seedbed.curate import Curation, Logged
from seedbed.engine import RunRecord
from seedbed.records import Ask, Decision, Question, Row, State, Verdict
from seedbed.review.doubts import RowDoubts, SeedDoubts
from seedbed.study import Folder

SETTINGS = {
    "order": ["length", "logprob", "differs"], "min_words": 5, "max_words": 100, "max_pair_rouge": 0.6,
    "max_pair_cosine": 0.9, "min_logprob_misaligned": -1.0, "min_logprob_aligned": -2.0,
}  # fmt: skip


def row(state: State, *, misaligned: Any = None, aligned: Any = None, gate: str = "", measured: Any = None,
        **notes: Any) -> Row:  # fmt: skip
    judged = {
        part: {f"v{n}": {"says": says, "shown": "A"} for n, says in enumerate(labels)}
        for part, labels in (("misaligned", misaligned), ("aligned", aligned)) if labels
    }  # fmt: skip
    told = {**notes, "judge": {**judged, "critique": None, "calibrated": True}} if judged else notes
    fields = {"prompt": "p", "misaligned": "w " * 20, "critique": "c", "aligned": "w " * 50}
    verdict = Verdict(0, state, gate, "why", measured, text="t", fields=fields, notes=told)
    return Row("r.000000", "r", verdict, Ask("a", 0, 1), "1", "m")


DOUBTS = RowDoubts(RunRecord("r", "triples", {}, SETTINGS))


@pytest.mark.parametrize(
    ("state", "misaligned", "aligned", "doubt"),
    [
        (State.KEPT, ["violates"], ["honours"], 0.0),
        (State.KEPT, ["honours"], ["honours"], 1.0),  # the judge says that nothing was wrong
        (State.KEPT, ["violates"], ["violates"], 1.0),
        (State.KEPT, ["violates", "honours"], ["honours"], 1.0),  # by one value so, by another so
        (State.KEPT, ["unclear"], ["honours"], 0.5),
        (State.KEPT, [None], ["honours"], 0.5),
        (State.REJECTED, ["violates"], ["honours"], 1.0),  # the judge would have kept it
        (State.REJECTED, ["honours"], ["honours"], 0.0),
        (State.KEPT, None, None, 0.0),
    ],
)
def test_a_judge_against_the_verdict(state: State, misaligned: Any, aligned: Any, doubt: float) -> None:
    assert DOUBTS.of(row(state, misaligned=misaligned, aligned=aligned)) == doubt


def test_margins() -> None:
    assert DOUBTS.margin(row(State.REJECTED, gate="differs", measured=0.63)) == ("differs", pytest.approx(0.05))
    assert DOUBTS.margin(row(State.REJECTED, gate="form", measured="a")) == ("", None)
    assert DOUBTS.margin(row(State.KEPT)) == ("length", pytest.approx(0.5))  # 50 words of at most 100
    near = row(State.KEPT, logprob={"misaligned": -0.9, "aligned": -1.0})
    assert DOUBTS.margin(near) == ("logprob", pytest.approx(0.1))


def logged(id: str, act: Any, rule: str, measured: Any = None, by: str = "rule", **detail: Any) -> Logged:
    return Logged("", by, Decision(id, act, by, rule, "why", measured, detail=detail))


def test_what_no_longer_stands_says_nothing(folder: Folder) -> None:
    settings = {"near_duplicate": "7/10"}
    gone = (
        logged("a", "flag", "near-duplicate", 0.71), logged("a", "flag", "near-duplicate", cleared=True),
        logged("b", "exclude", "near-duplicate", 0.72), logged("b", "undo", "near-duplicate"),
        logged("c", "exclude", "near-duplicate", 0.8), logged("c", "include", "person", by="olga"),
    )  # fmt: skip
    # olga took hers back: it is not among `included`
    doubts = SeedDoubts(folder, Curation(log=gone, settings=settings))
    a, b, c = (Question(id, "What now?") for id in "abc")
    assert [doubts.margin(one)[1] for one in (a, b)] == [None, None]
    assert doubts.margin(c)[1] == pytest.approx(1 / 7)
    assert doubts.of(c) == 0.0
    stands = Curation(log=gone, settings=settings, included={"c": gone[-1].decision, "b": gone[-1].decision})
    assert [SeedDoubts(folder, stands).of(one) for one in (a, b, c)] == [0.0, 0.0, 1.0]


def test_margins_of_seeds_are_to_the_cuts_of_curation(folder: Folder) -> None:
    found = [("a", "near-duplicate", 0.77), ("b", "irrelevant-to-profile", 0.05), ("c", "duplicate-topic-in-group", 3)]
    made = [Decision(id, "flag", "rule", rule, "why", value) for id, rule, value in found]
    log = tuple(Logged("", "rule", one) for one in made)
    doubts = SeedDoubts(folder, Curation(log=log, settings={"near_duplicate": "7/10", "relevance": 0.1}))
    near, margin = doubts.margin(Question("a", "What now?"))
    assert (near, margin) == ("near-duplicate", pytest.approx(0.1))
    assert doubts.margin(Question("b", "What now?")) == ("irrelevant-to-profile", pytest.approx(0.5))
    assert doubts.margin(Question("c", "What now?")) == ("", None)  # a count has no cut
