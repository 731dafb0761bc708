"""A judge's verdicts hang on the text, the settings and what was kept before: on nothing else of a process."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.engine import Tally
from seedbed.errors import SettingsError
from seedbed.generate.questions.judge import QuestionJudge
from seedbed.records import OVER_TARGET, Candidate, State, Verdict
from tests.generate.made import GOOD, TEXT_GATES, ask, judge

WORDS = ("how", "can", "I", "save", "my", "money", "holiday", "next", "year", "with", "friends", "now")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=5, max_size=9).map(lambda words: " ".join(words).capitalize() + "?")
ORDER = tuple(name for name in TEXT_GATES if name != "repetition")
Judged = list[tuple[Verdict, bytes | None]]


def walk(over: QuestionJudge, texts: list[str], per_ask: int = 1, first: int = 0) -> Judged:
    """Judge `texts` in slots from `first` on, `per_ask` at a time; cells alternate by slot number // 4."""
    made: Judged = []
    for start in range(0, len(texts), per_ask):
        part = texts[start : start + per_ask]
        topic = ("finance", "travel")[(first + start) // 4 % 2]
        made += over.judge(ask(first + start, len(part), topic=topic), [Candidate(text) for text in part])
    return made


def test_the_first_gate_that_fails_decides_and_the_order_is_the_settings() -> None:
    wrong = Candidate("topic: save", finished=False)
    for order in (("finished", "length", "form"), ("length", "finished", "form"), ("form", "length", "finished")):
        ((verdict, _),) = judge(order).judge(ask(), [wrong])
        assert (verdict.state, verdict.gate) == (State.REJECTED, order[0])


def test_a_verdict_carries_what_was_measured() -> None:
    over = judge(TEXT_GATES, seeds={"s1": "How can I save money for my holiday this year?"})
    ((kept, vector),) = over.judge(ask(7), [Candidate("Should I tell my bank that I moved?", logprob=-0.123456)])
    assert kept == Verdict(
        7, State.KEPT, text="Should I tell my bank that I moved?",
        notes={"logprob": -0.1235, "cell": "finance/giving-advice"},
    )  # fmt: skip
    assert vector is None
    ((rejected, _),) = over.judge(ask(8), [Candidate(GOOD, logprob=-1.0)])
    assert rejected == Verdict(
        8, State.REJECTED, "novelty", "too close to another question", 0.9, "s1", GOOD, notes={"logprob": -1.0}
    )


def test_rows_kept_before_are_named_by_run_and_slot() -> None:
    _, (second, _) = walk(judge(TEXT_GATES), [GOOD, GOOD], per_ask=2)
    assert second.rival == "r.000000"


def test_with_no_gates_all_that_could_be_read_is_kept() -> None:
    made = judge(()).judge(
        ask(0, 3), [Candidate("x", finished=False), Candidate("x"), Candidate("", fault="nothing there")]
    )
    assert [verdict.state for verdict, _ in made] == [State.KEPT, State.KEPT, State.REJECTED]
    assert (made[2][0].gate, made[2][0].reason) == ("parse", "nothing there")


def test_an_unknown_gate_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(SettingsError, match=r"gates\.order: no gate moon, sun") as caught:
        judge(("length", "moon", "sun"))
    assert "near-duplicate" in caught.value.hint


def test_a_trace_shows_every_gate_and_remembers_nothing() -> None:
    over = judge(("finished", "length", "form", "novelty"))
    wrong = Candidate("save now", finished=False)
    found = over.trace(ask(), wrong)
    assert [name for name, _ in found] == ["finished", "length", "form", "novelty"]
    assert [finding is None for _, finding in found] == [False, False, False, True]
    assert over.trace(ask(), Candidate(GOOD)) == over.trace(ask(), Candidate(GOOD))
    ((kept, _),) = over.judge(ask(), [Candidate(GOOD)])
    assert kept.state is State.KEPT
    (*_, (_, rival)) = over.trace(ask(1), Candidate(GOOD))
    assert rival is not None
    assert rival.rival == "r.000000"
    ((name, finding),) = over.trace(ask(), Candidate("", fault="nothing there"))
    assert (name, finding and finding.reason) == ("parse", "nothing there")


def test_what_comes_beyond_its_share_is_kept_and_marked() -> None:
    tally = Tally({"finance/giving-advice": 1, "travel/giving-advice": 2}, 2)
    over = judge(("length",), tally)
    marks = [
        OVER_TARGET in verdict.notes
        for topic, text in (("finance", "a b c d e f"), ("finance", "b c d e f g"), ("travel", "c d e f g h"),
                            ("travel", "d e f g h i"))
        for verdict, _ in over.judge(ask(topic=topic), [Candidate(text)])
    ]  # fmt: skip
    assert marks == [False, True, False, True]  # the second cell is not full, but the run is


def test_a_judge_is_heavy_where_a_gate_embeds_or_parses() -> None:
    assert not judge(TEXT_GATES).heavy


@given(st.lists(TEXTS, max_size=24))
@settings(max_examples=60)
def test_a_resumed_judge_equals_one_that_never_stopped(texts: list[str]) -> None:
    fresh = walk(judge(ORDER, per_cell=4), texts)
    for cut in range(0, len(texts) + 1, 5):
        resumed = judge(ORDER, per_cell=4)
        for verdict, vector in fresh[:cut]:
            resumed.restore(verdict, vector)
        assert walk(resumed, texts[cut:], first=cut) == fresh[cut:]


@given(st.lists(TEXTS, max_size=24))
@settings(max_examples=60)
def test_verdicts_do_not_depend_on_how_asks_are_cut(texts: list[str]) -> None:
    assert walk(judge(ORDER, per_cell=4), texts, per_ask=4) == walk(judge(ORDER, per_cell=4), texts)


def test_such_texts_meet_the_gates_that_remember() -> None:
    texts = [
        f"How can I {a} {b} and {c} {d} now?"
        for a, b, c, d in zip(WORDS, WORDS[3:], WORDS[5:], WORDS[7:], strict=False)
    ]
    gates = {verdict.gate for verdict, _ in walk(judge(ORDER, per_cell=2), [*texts, *texts])}
    assert {"", "novelty", "cell-full"} <= gates


@pytest.mark.model
def test_vectors_read_back_from_float16_give_the_same_verdicts() -> None:
    order = ("near-duplicate", "topic")
    texts = [
        "How can I save money for my holiday next year?",
        "How do I save money for my holidays next year?",
        "Which hotel near the beach has a good breakfast?",
        "Should I pay back my student loan early?",
        "Which hotel close to the beach serves a good breakfast?",
        "Is it wise to pay my student loan back early?",
        "What is a fair price for a train ticket to Lisbon?",
        "How do I read the fees of a pension fund?",
    ]
    fresh = walk(judge(order, max_cosine=0.85), texts)
    found = {verdict.gate for verdict, _ in fresh}
    assert found == {"", "near-duplicate", "topic"}
    assert all((vector is not None) == (verdict.state is State.KEPT) for verdict, vector in fresh)
    assert {len(vector) for _, vector in fresh if vector} == {2 * 384}
    for cut in range(len(texts) + 1):
        resumed = judge(order, max_cosine=0.85)
        for verdict, vector in fresh[:cut]:
            resumed.restore(verdict, vector)
        assert walk(resumed, texts[cut:], first=cut) == fresh[cut:]
    assert walk(judge(order, max_cosine=0.85), texts, per_ask=4) == fresh
