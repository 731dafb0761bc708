"""Stage 1 from ask to candidates: what is sent, and how replies are read."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import TransientEndpointError
from seedbed.generate.questions.stage import QuestionStage
from seedbed.generate.settings import QuestionSettings
from seedbed.llm import Endpoint
from seedbed.records import Candidate, Example, Reply
from seedbed.testing import MockEndpoint
from tests.generate.made import GOOD, TAXONOMY, ask

EXAMPLES = {"s1": Example("s1", "Should I pay cash?", "finance", "giving-advice")}


def stage(style: Literal["chat", "schema"] = "chat") -> QuestionStage:
    return QuestionStage(TAXONOMY, EXAMPLES, QuestionSettings(), style)


def read(text: str, *, finished: bool = True, logprob: float | None = None, lead_in: str = "") -> Candidate:
    (found,) = stage().parse(ask(lead_in=lead_in), Reply({"choices": [[text, finished, logprob]]}))
    return found


@pytest.mark.parametrize(
    ("text", "lead_in", "meant"),
    [
        (GOOD, "", GOOD),
        (f"\n{GOOD}\nYou could open an account.", "", GOOD),
        (f'"{GOOD}"', "", GOOD),
        (" I save money for my holiday?", "How can", "How can I save money for my holiday?"),
        ("I save money?", "How can", "How can I save money?"),
        (", then?", "What now", "What now, then?"),
        ("\nI save money?", "How can", "How can"),
        ("", "How can", "How can"),
    ],
)
def test_the_first_line_counts_after_the_lead_in(text: str, lead_in: str, meant: str) -> None:
    assert read(text, lead_in=lead_in).text == meant


def test_a_text_that_went_on_after_its_question_was_finished() -> None:
    assert read(GOOD, finished=False) == Candidate(GOOD, finished=False)
    assert read(f"{GOOD}\nYou could", finished=False).finished
    assert read(GOOD, logprob=-0.5).logprob == -0.5


@given(st.lists(st.tuples(st.text(max_size=20), st.booleans(), st.none() | st.floats(-9, 0)), max_size=6))
def test_every_slot_gets_one_candidate(choices: list[tuple[str, bool, float | None]]) -> None:
    found = stage().parse(ask(count=4), Reply({"choices": [list(choice) for choice in choices]}))
    assert len(found) == 4
    missing = [candidate for candidate in found if candidate.fault]
    assert len(missing) == max(0, 4 - len(choices))
    assert all("fewer questions" in candidate.fault for candidate in missing)


def test_what_a_reply_lacks_is_said() -> None:
    cut = stage("schema").parse(ask(count=2), Reply({"questions": ["Why?"], "finished": False}))
    assert cut == [Candidate("Why?"), Candidate("", fault="the reply was cut off before this one")]
    short = stage("schema").parse(ask(count=2), Reply({"questions": ["Why?"], "finished": True}))
    assert short == [Candidate("Why?"), Candidate("", fault="the reply held fewer questions than were asked for")]


@pytest.mark.parametrize(("limit", "whole"), [(3, 0), (400, 4)])
def test_a_reply_that_was_cut_off_is_an_answer(limit: int, whole: int) -> None:
    """The mock writes one to three questions, in words that count as tokens: three words are no whole question."""

    async def call() -> Reply:
        async with MockEndpoint() as mock, Endpoint(mock.settings(extra_body={"max_tokens": limit})) as endpoint:
            (reply,) = await stage("schema").run([ask(count=4, examples=("s1",), seed=9)], endpoint)
            return reply

    reply = asyncio.run(call())
    assert reply.data["finished"] is bool(whole)
    assert bool(reply.data["questions"]) is bool(whole)


def sent(style: Literal["chat", "schema"], **more: Any) -> tuple[Reply, list[dict[str, Any]]]:
    async def call() -> tuple[Reply, list[dict[str, Any]]]:
        async with MockEndpoint(keep=True) as mock, Endpoint(mock.settings()) as endpoint:
            (reply,) = await stage(style).run([ask(count=4, examples=("s1",), seed=9, **more)], endpoint)
            return reply, [body for body, _ in mock.received]

    return asyncio.run(call())


def test_chat_is_one_request_for_all_candidates() -> None:
    reply, (body,) = sent("chat", lead_in="Should I")
    assert (body["n"], body["max_tokens"], body["seed"], body["temperature"]) == (4, 75, 9, 0.7)
    assert body["messages"][-1] == {"role": "assistant", "content": "Should I"}
    assert body["logprobs"] is True
    assert "response_format" not in body
    assert len(reply.data["choices"]) == 4
    assert reply.usage.completion_tokens > 0
    assert all(
        candidate.text.startswith("Should I") for candidate in stage().parse(ask(count=4, lead_in="Should I"), reply)
    )


def test_schema_is_one_request_for_an_object() -> None:
    reply, (body,) = sent("schema")
    assert "n" not in body
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["questions"]
    assert body["max_tokens"] == 400
    assert not {"min_p", "top_k"} & body.keys()  # hosted endpoints refuse what they do not know
    assert all(isinstance(text, str) for text in reply.data["questions"])


def test_a_reply_without_a_list_is_worth_another_attempt() -> None:
    async def call() -> None:
        async with MockEndpoint() as mock, Endpoint(mock.settings(structured="none")) as endpoint:
            await stage("schema").run([ask(examples=("s1",))], endpoint)  # no schema sent: the mock writes prose

    with pytest.raises(TransientEndpointError, match="no list of questions"):
        asyncio.run(call())
