"""Stage 2 from ask to candidates in its four styles: what is sent, what is journaled, what is read."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from seedbed.errors import UnreadableReply
from seedbed.generate.models import Models, Style
from seedbed.generate.settings import TripleSettings
from seedbed.generate.triples.prompts import NOTHING
from seedbed.generate.triples.scaffold import cues_of, subject_of
from seedbed.generate.triples.stage import TripleStage
from seedbed.llm import Endpoint
from seedbed.records import Ask, Reply
from seedbed.testing import Fault, FaultPlan, MockEndpoint
from tests.generate.made import FAIRNESS, PAIR, PROMPT, TAXONOMY, leads
from tests.generate.triples.made import ASK, TEXTS, Body, run, tagged

SINGLE: tuple[Style, ...] = ("schema", "tags", "text")


def stage(style: Style = "chat", prompt: str = PROMPT, *, sound: bool = False, **more: Any) -> TripleStage:
    return TripleStage(TAXONOMY, {"p1": PAIR}, {"q1": prompt}, TripleSettings(**more), style, sound=lambda ask: sound)


def mocked(made: TripleStage, faults: FaultPlan | None = None) -> tuple[Reply, list[Body]]:
    async def call() -> tuple[Reply, list[Body]]:
        async with MockEndpoint(keep=True, faults=faults) as mock, Endpoint(mock.settings()) as endpoint:
            (reply,) = await made.run([ASK], Models(endpoint))
            return reply, [body for body, _ in mock.received]

    return asyncio.run(call())


def written(style: Style) -> str:
    """The three texts in the form that a style asks for."""
    if style == "schema":
        return json.dumps(TEXTS)
    if style == "tags":
        return tagged()
    return f" {TEXTS['misaligned']}\nCritique: {TEXTS['critique']}\nCorrector: {TEXTS['aligned']}\n"


def sent(body: Body) -> str:
    return str(body.get("prompt") or "\n".join(message["content"] for message in body["messages"]))


@pytest.mark.parametrize(
    ("prompt", "subject"),
    [
        ("Are older employees slower and why?", "older employees"),
        ("Do people with a disability need help at work?", "people with a disability"),
        ("Should people from other countries pay more?", "people from other countries"),
        ("Why do WOMEN earn less?", "WOMEN"),
        ("Should we hire women with their own cars?", "women"),
        ("How do I bake bread?", ""),
    ],
)
def test_the_people_that_a_prompt_speaks_of(prompt: str, subject: str) -> None:
    assert subject_of(FAIRNESS, prompt) == subject


def test_a_value_without_scaffold_names_nobody() -> None:
    assert subject_of(TAXONOMY.value("safety"), PROMPT) == ""
    assert cues_of(TAXONOMY.value("safety"), "aligned", "They are bad.", PROMPT) == (True, False)


def test_cues_are_looked_for_outside_the_groups_name() -> None:
    prompt = "Are poor families worse neighbours and why?"
    assert cues_of(FAIRNESS, "aligned", "Poor families deserve respect.", prompt) == (True, False)
    assert cues_of(FAIRNESS, "misaligned", "Poor families deserve respect.", prompt) == (False, True)
    assert cues_of(FAIRNESS, "misaligned", "Poor families are lazy.", prompt) == (True, False)
    assert cues_of(FAIRNESS, "aligned", "Poor families are dirty but have rights.", prompt) == (True, True)


# --- one request for all three texts ---------------------------------------------------------------------------


@pytest.mark.parametrize("style", SINGLE)
def test_the_raw_text_is_journaled_and_its_paragraphs_are_read(style: Style) -> None:
    made = stage(style)
    reply, (body,), _ = run(made, lambda body: written(style))
    assert reply.data == {"text": written(style), "finished": True}
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (10, 5)
    (candidate,) = made.parse(ASK, reply)
    ((bad,), (good,)) = candidate.fields["misaligned"], candidate.fields["aligned"]
    assert (bad["text"], bad["critique"], good["text"]) == tuple(TEXTS.values())
    assert (candidate.fault, candidate.fields["prompt"]) == ("", PROMPT)
    assert (bad["finished"], bad["scaffold"]) == (True, "")
    assert not {"min_p", "top_k"} & body.keys()


@pytest.mark.parametrize("style", SINGLE)
def test_what_a_prompt_holds(style: Style) -> None:
    _, (body,), _ = run(stage(style, values=("fairness", "safety")), lambda body: written(style))
    words = sent(body)
    for id in ("fairness", "safety"):
        value = TAXONOMY.value(id)
        assert value.definition in words
        assert all(harm in words for harm in value.harms)
        assert value.scope in words
    for text in (PAIR.text, PAIR.misaligned, PAIR.critique, PAIR.aligned, PROMPT):
        assert text in words
    assert words.index(PAIR.aligned) < words.index(PROMPT)


def test_each_style_asks_in_its_own_form() -> None:
    _, (schema,), _ = run(stage("schema"), lambda body: written("schema"))
    _, (tags,), _ = run(stage("tags"), lambda body: written("tags"))
    _, (text,), _ = run(stage("text"), lambda body: written("text"))
    assert set(schema["response_format"]["json_schema"]["schema"]["required"]) == set(TEXTS)
    assert "response_format" not in tags
    assert tags["messages"][-1]["content"].endswith("misaligned: …\ncritique: …\naligned: …")
    assert text["prompt"].endswith(f"Input: {PROMPT}\nResponse:")
    assert text["stop"] == ["\nInput:"]
    assert "stop" not in schema


@pytest.mark.parametrize("style", SINGLE)
def test_a_reply_that_was_cut_off_is_a_candidate_with_a_fault(style: Style) -> None:
    made = stage(style)
    half = written(style)[:-30]
    reply, bodies, _ = run(made, lambda body: (half, "length"))
    assert len(bodies) == 1
    (candidate,) = made.parse(ASK, reply)
    assert (candidate.fault, candidate.finished) == ("cut off at the token limit", False)
    assert candidate.fields["prompt"] == PROMPT


def test_json_that_is_closed_was_not_cut_whatever_the_endpoint_says() -> None:
    made = stage("schema")
    reply, _, _ = run(made, lambda body: (f"```json\n{written('schema')}\n```", "other"))
    assert made.parse(ASK, reply)[0].fault == ""


@pytest.mark.parametrize("style", SINGLE)
def test_a_whole_reply_without_the_texts_is_worth_another_attempt_and_was_paid_for(style: Style) -> None:
    with pytest.raises(UnreadableReply, match="does not hold the three texts") as caught:
        run(stage(style), lambda body: "I would rather not.")
    assert caught.value.reply.data == {"text": "I would rather not.", "finished": True}
    assert caught.value.reply.usage.completion_tokens == 5


@pytest.mark.parametrize("style", ["tags", "text"])
def test_what_the_model_writes_after_the_triple_is_left_out(style: Style) -> None:
    more = "\nPrompt: And what of me?\nmisaligned: No." if style == "tags" else "\nInput: And what of me?"
    made = stage(style)
    reply, _, _ = run(made, lambda body: written(style) + more)
    assert made.parse(ASK, reply)[0].fields["aligned"][0]["text"] == TEXTS["aligned"]


@pytest.mark.parametrize("kind", ["prose", "fence", "newline", "lines", "comma"])
def test_a_wrong_form_is_forgiven(kind: str) -> None:
    made = stage("schema")
    plain, spoiled = mocked(made)[0], mocked(made, FaultPlan(always={Fault(kind): 1.0}))[0]
    assert plain.data["text"] != spoiled.data["text"]
    (one,), (other,) = made.parse(ASK, plain), made.parse(ASK, spoiled)
    assert [o["text"] for o in other.fields["aligned"]] != []
    if kind != "newline":  # that one breaks the line within a text
        assert other.fields["misaligned"] == one.fields["misaligned"]


@pytest.mark.parametrize("style", SINGLE)
def test_a_sound_ask_wants_nothing_to_put_right(style: Style) -> None:
    made = stage(style, sound=True)
    _, (body,), _ = run(made, lambda body: written(style))
    words = sent(body)
    assert NOTHING in words
    assert PAIR.misaligned not in words
    assert words.count(PAIR.aligned) == 2
    (candidate,) = made.parse(ASK, Reply({"text": written(style), "finished": True}))
    assert candidate.fields["sound"] is True


@pytest.mark.parametrize("style", [*SINGLE, "chat"])
def test_what_is_rendered_is_what_is_sent(style: Style) -> None:
    made = stage(style, best_of=2)
    answer = written(style) if style != "chat" else " be slow and never learn."
    _, bodies, _ = run(made, lambda body: answer)
    shown = made.rendered(ASK)
    if style == "chat":
        assert [title for title, _ in shown] == [
            "misaligned, 2 candidates", "aligned, 2 candidates", "critique, of the 2 likeliest",
        ]  # fmt: skip
        assert [messages for _, messages in shown[:2]] == [body["messages"] for body in bodies[:2]]
        assert shown[2][1][-1]["content"] == f"Question: {PROMPT}\nResponse: {{misaligned}}"  # type: ignore[index]
    else:
        ((title, content),) = shown
        assert title == "triple"
        assert content == (bodies[0].get("prompt") or bodies[0]["messages"])


# --- the chat style --------------------------------------------------------------------------------------------


def test_chat_asks_for_candidates_of_both_kinds_and_two_critiques() -> None:
    made = stage(best_of=6)
    reply, bodies = mocked(made)
    assert [body.get("n", 1) for body in bodies] == [4, 2, 4, 2, 1, 1]
    assert len({body["seed"] for body in bodies}) == 6
    assert all((body["min_p"], body["top_k"]) == (0.1, 0) for body in bodies)
    given = [body["messages"][-1]["content"] for body in bodies[:4]]
    assert given == [
        lead for part in ("misaligned", "aligned") for lead in leads(FAIRNESS, part, "older employees")[:2]
    ]
    (candidate,) = made.parse(ASK, reply)
    misaligned, aligned = candidate.fields["misaligned"], candidate.fields["aligned"]
    assert [len(misaligned), len(aligned)] == [6, 6]
    assert [option["scaffold"] for option in misaligned] == [given[0]] * 4 + [given[1]] * 2
    assert all(option["text"].startswith(option["scaffold"]) for option in (*misaligned, *aligned))
    assert sum(bool(option["critique"]) for option in misaligned) == 2
    promising = [cues_of(FAIRNESS, "misaligned", option["text"], PROMPT) == (True, False) for option in misaligned]
    best = [o["logprob"] for o, good in zip(misaligned, promising, strict=True) if good]
    assert len(best) > 2
    assert {o["logprob"] for o in misaligned if o["critique"]} == {*sorted(best)[-2:]}
    assert reply.usage.prompt_tokens > 0
    assert not any(option["text"].startswith(given[0]) for option in reply.data["misaligned"])  # as it was written


def test_without_people_in_the_prompt_no_lead_in_needs_them() -> None:
    _, bodies = mocked(stage(prompt="How do I bake bread?", best_of=4))
    assert all(body["messages"][-1]["role"] == "user" for body in bodies)


def test_several_values_take_the_scaffold_of_the_first() -> None:
    _, bodies = mocked(stage(best_of=1, values=("fairness", "safety")))
    assert FAIRNESS.scaffold is not None
    assert bodies[0]["messages"][0]["content"] == FAIRNESS.scaffold.persona
    _, bodies = mocked(stage(best_of=1, values=("safety", "fairness")))
    assert "safety and fairness" in bodies[0]["messages"][0]["content"]


def test_a_critique_is_of_the_response_as_the_row_shows_it() -> None:
    """The answers are cut off in their second sentence; what is criticised is the first."""
    made = stage(best_of=2)
    reply, bodies, _ = run(
        made,
        lambda body: (" be slow and never learn. And they al", "length") if body.get("n") else "It is unkind.\nYes.",
    )
    shown = f"{leads(FAIRNESS, 'misaligned', 'older employees')[0]} be slow and never learn."
    criticised = [body["messages"][-1]["content"] for body in bodies if not body.get("n")]
    assert criticised == [f"Question: {PROMPT}\nResponse: {shown}"] * 2
    assert [text for _, text in reply.data["critiques"]] == ["It is unkind.\nYes."] * 2
    (candidate,) = made.parse(ASK, reply)
    assert {o["text"] for o in candidate.fields["misaligned"]} == {shown}
    assert {o["critique"] for o in candidate.fields["misaligned"]} == {"It is unkind."}


def test_only_the_values_that_the_taxonomy_has() -> None:
    from seedbed.errors import InputError

    with pytest.raises(InputError, match="No value 'moon'"):
        stage(values=("moon",))


def test_the_stage_can_be_sent_to_another_process() -> None:
    import pickle

    made = TripleStage(TAXONOMY, {"p1": PAIR}, {"q1": PROMPT}, TripleSettings(), "schema")
    copy: TripleStage = pickle.loads(pickle.dumps(made))
    ask: Ask = ASK
    assert copy.rendered(ask) == made.rendered(ask)
