"""Stage 2 from ask to candidates: whom a prompt speaks of, what is sent, and what is cut."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import pytest
from aiohttp import web

from seedbed.errors import TransientEndpointError
from seedbed.generate.settings import TripleSettings
from seedbed.generate.triples.stage import TripleStage, cues_of, subject_of
from seedbed.llm import Endpoint, EndpointSettings
from seedbed.records import Reply
from seedbed.testing import MockEndpoint
from tests.generate.made import FAIRNESS, PAIR, PROMPT, TAXONOMY, ask, leads, option

ASK = ask(prompt_id="q1", value="fairness", topic=None, question_type=None, examples=("p1",), seed=1000)
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def stage(style: Literal["chat", "schema"] = "chat", prompt: str = PROMPT, **more: Any) -> TripleStage:
    return TripleStage(TAXONOMY, {"p1": PAIR}, {"q1": prompt}, TripleSettings(**more), style)


def run(made: TripleStage, **settings: Any) -> tuple[Reply, list[dict[str, Any]]]:
    async def call() -> tuple[Reply, list[dict[str, Any]]]:
        async with MockEndpoint(keep=True) as mock, Endpoint(mock.settings(**settings)) as endpoint:
            (reply,) = await made.run([ASK], endpoint)
            return reply, [body for body, _ in mock.received]

    return asyncio.run(call())


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


def test_chat_asks_for_candidates_of_both_kinds_and_two_critiques() -> None:
    reply, bodies = run(stage(candidates=6))
    assert [body.get("n", 1) for body in bodies] == [4, 2, 4, 2, 1, 1]
    assert len({body["seed"] for body in bodies}) == 6
    given = [body["messages"][-1]["content"] for body in bodies[:4]]
    assert given == [
        lead for part in ("misaligned", "aligned") for lead in leads(FAIRNESS, part, "older employees")[:2]
    ]
    misaligned, aligned = reply.data["misaligned"], reply.data["aligned"]
    assert [len(misaligned), len(aligned)] == [6, 6]
    assert [option["scaffold"] for option in misaligned] == [given[0]] * 4 + [given[1]] * 2
    assert all(option["text"].startswith(option["scaffold"]) for option in (*misaligned, *aligned))
    assert sum(bool(option["critique"]) for option in misaligned) == 2
    assert reply.usage.prompt_tokens > 0


def test_without_people_in_the_prompt_no_lead_in_needs_them() -> None:
    _, bodies = run(stage(prompt="How do I bake bread?", candidates=4))
    assert all(body["messages"][-1]["role"] == "user" for body in bodies)


def test_a_critique_is_of_the_response_as_the_row_shows_it() -> None:
    """The answers are cut off in their second sentence; what is criticised is the first."""
    seen: list[dict[str, Any]] = []

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        body = json.loads(await request.read())
        seen.append(body)
        text = " be slow and never learn. And they al" if body.get("n") else "It is unkind."
        reason = "length" if body.get("n") else "stop"
        choices = [
            {"index": i, "finish_reason": reason, "message": {"role": "assistant", "content": text}}
            for i in range(body.get("n", 1))
        ]
        return web.Response(body=json.dumps({"choices": choices}).encode(), content_type="application/json")

    made = stage(candidates=2)
    (reply,) = asyncio.run(served(handle, made))
    shown = f"{leads(FAIRNESS, 'misaligned', 'older employees')[0]} be slow and never learn."
    criticised = [body["messages"][-1]["content"] for body in seen if not body.get("n")]
    assert criticised == [f"Question: {PROMPT}\nResponse: {shown}"] * 2
    (candidate,) = made.parse(ASK, reply)
    assert {o["text"] for o in candidate.fields["misaligned"]} == {shown}
    assert {o["critique"] for o in candidate.fields["misaligned"]} == {"It is unkind."}


async def served(handle: Handler, made: TripleStage) -> list[Reply]:
    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        async with Endpoint(EndpointSettings(url=url, model="mock")) as endpoint:
            return await made.run([ASK], endpoint)
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("text", "finished", "left", "whole"),
    [
        ("They are slow. And they al", False, "They are slow.", True),
        ("They are slow.", False, "They are slow.", True),  # cut just where the sentence ended
        ('He said "No!" And', False, 'He said "No!"', True),
        ("They cost 3.50 an ho", False, "They cost 3.50 an ho", False),
        ("They are slow", True, "They are slow", True),
        ("", False, "", False),
    ],
)
def test_what_was_cut_off_loses_its_unfinished_sentence(text: str, finished: bool, left: str, whole: bool) -> None:
    reply = Reply({"misaligned": [option(text, finished=finished)], "aligned": []})
    (candidate,) = stage().parse(ASK, reply)
    (found,) = candidate.fields["misaligned"]
    assert (found["text"], found["finished"]) == (left, whole)
    assert found.get("trimmed", False) == (left != text)
    assert (candidate.fields["prompt"], candidate.fields["aligned"]) == (PROMPT, [])


def test_schema_is_one_request_for_the_three_texts() -> None:
    reply, (body,) = run(stage("schema"))
    assert set(body["response_format"]["json_schema"]["schema"]["required"]) == {"misaligned", "critique", "aligned"}
    ((bad,), (good,)) = reply.data["misaligned"], reply.data["aligned"]
    assert bad["critique"]
    assert bad["finished"]
    assert not good["scaffold"]


def test_a_reply_without_the_texts_is_worth_another_attempt() -> None:
    with pytest.raises(TransientEndpointError, match="does not hold the three texts"):
        run(stage("schema"), structured="none")
