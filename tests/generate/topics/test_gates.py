"""Each gate of stage 0 lets something pass and stops something, and says why."""

from __future__ import annotations

from typing import Any

import pytest

from seedbed.engine import Tally
from seedbed.errors import SettingsError
from seedbed.generate.gating import Finding
from seedbed.generate.settings import TopicSettings
from seedbed.generate.topics.gates import TOPIC_GATES, TopicBench
from seedbed.generate.topics.judge import TopicJudge
from seedbed.records import OVER_TARGET, Candidate, State, Verdict
from tests.generate.made import TAXONOMY, ask
from tests.generate.topics.made import GATES


def bench(**settings: Any) -> TopicBench:
    return TopicBench(TopicSettings(**{"order": GATES, **settings}), TAXONOMY)


def finding(gate: str, text: str, **settings: Any) -> Finding | None:
    return TOPIC_GATES[gate](bench(**settings), ask(), Candidate(text))


def judge(tally: Tally | None = None, order: tuple[str, ...] = GATES) -> TopicJudge:
    return TopicJudge(
        "topics", bench(), order, tally or Tally({"finance/giving-advice": 9, "health/giving-advice": 9}, 18)
    )


def test_every_gate_is_on_by_default_and_documented() -> None:
    assert TopicSettings().order == tuple(TOPIC_GATES)
    assert all((gate.__doc__ or "").strip() for gate in TOPIC_GATES.values())


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize(
    "text", ["Debt", "Old age pensions", "Économies", "Über-Ziehung", "3D printers", "बचत खाते", "储蓄"]
)
def test_a_good_topic_passes(gate: str, text: str) -> None:
    assert finding(gate, text) is None


@pytest.mark.parametrize(
    ("gate", "text", "found"),
    [
        ("words", "Ways to save money", Finding("4 words, more than 3", 4)),
        ("words", "", Finding("no word", 0)),
        ("capital", "debt relief", Finding("does not begin with a capital letter", "d")),
        ("capital", "élan", Finding("does not begin with a capital letter", "é")),
        ("capital", '"Debt', Finding("does not begin with a capital letter", '"')),
        ("ending", "Debt relief.", Finding("ends in punctuation", ".")),
        ("ending", "Debt (old)", Finding("ends in punctuation", ")")),
        ("ending", "储蓄。", Finding("ends in punctuation", "。")),
        ("signs", "Http://debt", Finding("holds //", "//")),
        ("signs", r"Debt \u00e9", Finding(r"holds \u", r"\u")),
        ("signs", "Me@bank", Finding("holds @", "@")),
        ("signs", "Debt_relief", Finding("holds _", "_")),
        ("characters", "D" * 50, Finding("50 characters, more than 49", 50)),
        ("leaked-fields", "Topic: Debt", Finding("a field name leaked: Topic", "Topic")),
        ("own-name", "finance", Finding("the name of the topic or type itself")),
        ("own-name", "Giving Advice", Finding("the name of the topic or type itself")),
        ("copy", "Credit Cards", Finding("a sub-topic of the taxonomy already")),
    ],
)
def test_a_fault_is_found_and_measured(gate: str, text: str, found: Finding) -> None:
    assert finding(gate, text) == found


def test_limits_are_inside() -> None:
    assert finding("characters", "D" * 49) is None
    assert finding("words", "One two", max_words=2) is None
    assert finding("words", "One two three", max_words=2) is not None


def test_the_same_words_in_any_case_are_taken_once_in_a_type_and_the_rival_is_named() -> None:
    over = judge()
    first, second, other = (
        ask(0, 1),
        ask(1, 1, topic="health"),
        ask(2, 1, topic="health", question_type="legal-expertise"),
    )
    assert [verdict.state for verdict, _ in over.judge(first, [Candidate("Debt Relief")])] == [State.KEPT]
    ((again, _),) = over.judge(second, [Candidate("Debt relief")])
    assert (again.gate, again.rival) == ("duplicate", "topics.000000")
    assert [verdict.state for verdict, _ in over.judge(other, [Candidate("Debt relief")])] == [State.KEPT]


def test_a_verdict_says_its_cell_and_whether_the_published_filter_would_have_kept_it() -> None:
    found = [
        verdict for verdict, _ in judge().judge(ask(0, 3), [Candidate("Debt"), Candidate("Économies"), Candidate("3D")])
    ]
    assert [verdict.notes for verdict in found] == [
        {"cell": "finance/giving-advice", "ascii": kept} for kept in (True, False, False)
    ]


def test_what_comes_beyond_its_share_is_kept_and_marked() -> None:
    over = judge(Tally({"finance/giving-advice": 1}, 1))
    found = over.judge(ask(0, 2), [Candidate("Debt"), Candidate("Wages")])
    assert [OVER_TARGET in verdict.notes for verdict, _ in found] == [False, True]


def test_a_resumed_judge_equals_one_that_never_stopped() -> None:
    lines = ["Debt", "debt", "Wages", "Debt", "Old age pensions for all", "Wages"]
    asks = [ask(slot, 1, topic=("finance", "health")[slot % 2]) for slot in range(len(lines))]
    pairs = list(zip(asks, lines, strict=True))

    def walk(over: TopicJudge, part: list[Any]) -> list[Verdict]:
        return [verdict for one, line in part for verdict, _ in over.judge(one, [Candidate(line)])]

    fresh = walk(judge(), pairs)
    assert {verdict.gate for verdict in fresh} == {"", "capital", "duplicate", "words"}
    for cut in range(len(lines) + 1):
        resumed = judge()
        for verdict in fresh[:cut]:
            resumed.restore(verdict, None)
        assert walk(resumed, pairs[cut:]) == fresh[cut:]


def test_a_trace_shows_every_gate_and_remembers_nothing() -> None:
    over = judge()
    found = over.trace(ask(), Candidate("ways to save money."))
    assert [name for name, _ in found] == list(GATES)
    assert [name for name, finding in found if finding] == ["words", "capital", "ending"]
    assert over.trace(ask(), Candidate("Debt")) == over.trace(ask(), Candidate("Debt"))
    ((name, finding),) = over.trace(ask(), Candidate("", fault="nothing there"))
    assert (name, finding and finding.reason) == ("parse", "nothing there")


def test_an_unknown_gate_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(SettingsError, match=r"topics\.order: no gate moon") as caught:
        judge(order=("words", "moon"))
    assert "own-name" in caught.value.hint


def test_only_the_gate_that_embeds_is_heavy() -> None:
    assert not judge().heavy


@pytest.mark.model
def test_a_topic_near_another_one_is_stopped_by_meaning() -> None:
    made = bench(order=("topic",))
    assert TopicJudge("topics", made, ("topic",), Tally({}, 0)).heavy
    gate = TOPIC_GATES["topic"]
    assert gate(made, ask(), Candidate("Paying off debt")) is None
    found = gate(made, ask(), Candidate("Beach holidays"))
    assert found is not None
    assert found.reason == "nearer to travel than to finance"
    assert isinstance(found.measured, float)
    assert found.measured < -0.1
    ours = [(label.id, name.capitalize()) for label in TAXONOMY.topics for name in label.subtopics]
    stopped = [name for topic, name in ours if gate(made, ask(topic=topic), Candidate(name))]
    assert len(stopped) <= len(ours) / 20  # of those that people wrote
