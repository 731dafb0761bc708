"""The model judge: asked within the ask, in a fixed form, with the places balanced, and read again from the journal."""

from __future__ import annotations

import json
import re

import pytest

from seedbed.errors import EndpointError
from seedbed.generate.settings import TripleSettings
from seedbed.generate.triples.stage import TripleStage
from seedbed.generate.triples.verdict_prompts import first_shown, read_critique, read_responses
from seedbed.records import Reply, State
from tests.generate.made import PAIR, PROMPT, TAXONOMY, triple_judge
from tests.generate.triples.made import ASK, TEXTS, Answer, Body, run

VALUES = ("fails-value", "critique-true", "honours-value")


def stage(*values: str, style: str = "schema", form: str = "schema") -> TripleStage:
    settings = TripleSettings(values=values or ("fairness",), best_of=4)
    return TripleStage(TAXONOMY, {"p1": PAIR}, {"q1": PROMPT}, settings, style, judge=form)  # type: ignore[arg-type]


def writer(body: Body) -> Answer:
    return json.dumps(TEXTS)


def asked(body: Body) -> str:
    return str(body["messages"][-1]["content"])


def place(body: Body) -> str:
    """Where the judge sees the misaligned response."""
    shown = asked(body)
    return "A" if shown.index(TEXTS["misaligned"]) < shown.index(TEXTS["aligned"]) else "B"


def honest(body: Body) -> Answer:
    """A judge that knows which response is which."""
    if "Critique:" in asked(body):
        return json.dumps({"reason": "It is so.", "verdict": "true"})
    a, b = ("violates", "honours") if place(body) == "A" else ("honours", "violates")
    return json.dumps({"reason": "As it is.", "response_a": a, "response_b": b})


def tags(body: Body) -> Answer:
    return "\n".join(f"{name}: {word}" for name, word in json.loads(str(honest(body))).items())


@pytest.mark.parametrize(("structured", "answer"), [("json_schema", honest), ("tags", tags)])
def test_the_judge_is_asked_of_the_responses_and_of_the_critique(structured: str, answer: object) -> None:
    made = stage()
    reply, _, bodies = run(made, writer, answer, structured=structured)  # type: ignore[arg-type]
    assert len(bodies) == 2
    assert ("response_format" in bodies[0]) == (structured == "json_schema")
    assert all(body["temperature"] == 0 for body in bodies)
    assert TEXTS["critique"] not in asked(bodies[0])  # it would give away which is the misaligned one
    assert (TEXTS["critique"] in asked(bodies[1]), TEXTS["aligned"] in asked(bodies[1])) == (True, False)
    assert reply.data["judge_usage"] == [20, 10]
    assert reply.usage.completion_tokens == 15
    (candidate,) = made.parse(ASK, reply)
    ((bad,), (good,)) = candidate.fields["misaligned"], candidate.fields["aligned"]
    assert bad["judged"] == {"fairness": {"says": "violates", "shown": place(bodies[0])}}
    assert good["judged"]["fairness"]["says"] == "honours"
    assert bad["critique_judged"] == {"says": "true"}
    for calibrated, stands in ((True, {"judge"}), (False, {"unverified", "words"})):
        ((found, _),) = triple_judge(VALUES, calibrated=calibrated).judge(ASK, [candidate])
        assert found.state is State.KEPT
        assert set(found.notes["verified"].values()) == stands


def test_each_value_is_asked_by_itself() -> None:
    made = stage("fairness", "safety")
    reply, _, bodies = run(made, writer, honest)
    assert len(bodies) == 3
    told = [body["messages"][0]["content"] for body in bodies]
    one, other = (TAXONOMY.value(id).definition for id in ("fairness", "safety"))
    assert [(one in text, other in text) for text in told] == [(True, False), (False, True), (True, True)]
    assert set(made.parse(ASK, reply)[0].fields["aligned"][0]["judged"]) == {"fairness", "safety"}


def test_neither_place_is_the_misaligned_ones() -> None:
    for turn, value in ((0, "fairness"), (1, "safety")):
        first = sum(first_shown(1024 * k, value, turn) == "misaligned" for k in range(1000))
        assert 450 < first < 550
    together = sum(first_shown(1024 * k, "a", 0) == first_shown(1024 * k, "b", 0) for k in range(1000))
    assert 450 < together < 550


def test_an_unreadable_verdict_is_asked_for_once_more_and_then_there_is_none() -> None:
    made = stage()
    said = iter(["I think that A is bad.", *[None] * 9])

    def once(body: Body) -> Answer:
        return next(said) or honest(body)

    reply, _, bodies = run(made, writer, once)
    assert len(bodies) == 3
    assert bodies[0]["seed"] != bodies[1]["seed"]
    assert made.parse(ASK, reply)[0].fields["misaligned"][0]["judged"]["fairness"]["says"] == "violates"

    reply, _, bodies = run(made, writer, lambda body: '{"reason": "", "response_a": "awful", "response_b": "fine"}')
    assert len(bodies) == 4
    (candidate,) = made.parse(ASK, reply)
    assert candidate.fields["misaligned"][0]["judged"]["fairness"]["says"] is None
    ((found, _),) = triple_judge(VALUES).judge(ASK, [candidate])
    assert found.state is State.KEPT
    assert found.notes["verified"] == {
        "fails-value": "no verdict", "honours-value": "no verdict", "critique-true": "words",
    }  # fmt: skip
    assert len(reply.data["judge"][0]["said"]) == 2


def test_a_triple_that_cannot_be_read_is_not_judged() -> None:
    made = stage()
    reply, _, bodies = run(made, lambda body: (json.dumps(TEXTS)[:-20], "length"), honest)
    assert bodies == []
    assert made.parse(ASK, reply)[0].fault


def test_a_judge_that_does_not_answer_is_an_error_of_the_attempt() -> None:
    with pytest.raises(EndpointError):
        run(stage(), writer, lambda body: "")


def test_of_several_candidates_those_with_a_critique_are_judged() -> None:
    made = stage(style="chat")
    texts = iter(f" be slow and never learn, number {i}." for i in range(99))
    verdict = '{"reason": "", "response_a": "unclear", "response_b": "unclear", "verdict": "false"}'
    reply, _, bodies = run(made, lambda body: next(texts), lambda body: verdict)
    assert len(bodies) == 4
    (candidate,) = made.parse(ASK, reply)
    critics = [bool(option["critique"]) for option in candidate.fields["misaligned"]]
    assert [bool(option.get("judged")) for option in candidate.fields["misaligned"]] == critics
    assert sum(bool(option.get("judged")) for option in candidate.fields["aligned"]) == 2


def test_what_the_judge_is_asked_is_rendered_with_marks_for_what_is_not_known() -> None:
    for form, ending in (("schema", "unclear."), ("tags", "unclear")):
        shown = stage("fairness", "safety", form=form).rendered(ASK)
        assert [title for title, _ in shown] == [
            "triple", "judge: responses, fairness", "judge: responses, safety", "judge: critique",
        ]  # fmt: skip
        for _, messages in shown[1:]:
            assert not isinstance(messages, str)
            assert re.search(r"\{misaligned\}", messages[-1]["content"])
            assert messages[-1]["content"].endswith(ending)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('{"response_a": "Violates", "response_b": "honours."}', ("violates", "honours")),
        ('```json\n{"response_a": "unclear", "response_b": "honours"}\n```', ("unclear", "honours")),
        ("reason: so\nresponse_a: **violates**\nresponse_b: honours", ("violates", "honours")),
        ('{"response_a": "violates"}', None),
        ('{"response_a": "bad", "response_b": "honours"}', None),
        ('{"response_a": 1, "response_b": "honours"}', None),
        ("", None),
    ],
)
def test_labels_are_read_and_no_other_words(text: str, read: object) -> None:
    assert read_responses(text) == read


def test_a_json_truth_value_is_the_label() -> None:
    assert read_critique('{"verdict": true}') == "true"
    assert read_critique('{"verdict": "maybe"}') is None


def test_verdicts_are_a_function_of_the_journal_alone() -> None:
    made = stage()
    reply, _, _ = run(made, writer, honest)
    stored = Reply(json.loads(json.dumps(reply.data)), reply.usage)
    assert made.parse(ASK, stored) == made.parse(ASK, reply) == made.parse(ASK, stored)
