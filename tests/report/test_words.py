from __future__ import annotations

import pytest

from seedbed.measures.definition import NotApplicable, Value
from seedbed.report.gates import gate_words, rule_words
from seedbed.report.words import count, interval, join, measured, percent, plural, points, rounded


@pytest.mark.parametrize(
    ("share", "n", "text"),
    [
        (0.936, 94, "94%"),
        (0.9362, 66_609, "93.6%"),
        (0.0, 30, "0%"),
        (1.0, 30, "100%"),
        (0.004, 30, "<1%"),
        (0.997, 300, ">99%"),
        (0.9997, 60_000, ">99.9%"),
        (0.0002, 60_000, "<0.1%"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(share: float, n: int, text: str) -> None:
    assert percent(share, n) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Value(0.9, 0.85, 0.93, n=60), "85–93%"),
        (Value(0.9, 0.85, 0.998, n=60), "85% to >99%"),
        (Value(0.01, 0.001, 0.05, n=60), "<1% to 5%"),
        (Value(0.9, n=60), ""),
        (NotApplicable("no rows"), ""),
    ],
)
def test_an_interval_is_written_only_where_there_is_one(number: Value[float] | NotApplicable, text: str) -> None:
    assert interval(number) == text


def test_what_does_not_apply_is_no_number() -> None:
    assert measured(NotApplicable("no rows")) == "n/a"
    assert points(NotApplicable("no rows")) == "n/a"


def test_differences_have_a_sign() -> None:
    assert points(Value(0.12)) == "+12 points"
    assert points(Value(-0.733)) == "−73 points"
    assert points(Value(0.001)) == "0 points"


def test_counts_and_lists() -> None:
    assert count(66609) == "66,609"
    assert plural(1, "question") == "1 question"
    assert plural(0, "person", "people") == "0 people"
    assert join(["a", "b", "c"]) == "a, b and c"
    assert join(["a"], "or") == "a"
    assert join([]) == ""
    assert [rounded(v) for v in (0.114, 25.0, 29.5, 1234.4)] == ["0.11", "25", "29.5", "1,234"]


def test_every_gate_has_words_for_one_and_for_many() -> None:
    assert gate_words("topic") == "it strayed from its topic"
    assert gate_words("topic", many=True) == "they strayed from their topic"
    assert gate_words("my-plugin", many=True) == "the check “my-plugin” turned them away"
    assert rule_words("near-duplicate") == "nearly the same as another"
    assert rule_words("mine") == "by the rule “mine”"


def test_gates_of_the_settings_have_words() -> None:
    from seedbed.curate.settings import RULE_IDS
    from seedbed.generate.settings import QuestionGates, TripleGates

    for gate in (*QuestionGates().order, *TripleGates().order):
        assert "“" not in gate_words(gate), gate
    assert sum("“" not in rule_words(rule) for rule in RULE_IDS) >= 9
