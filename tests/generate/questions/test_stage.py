"""Stage 1 from ask to candidates: what is sent, what is journaled, and how replies are read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import UnreadableReply
from seedbed.generate.models import Models, Style
from seedbed.generate.questions.stage import QuestionStage
from seedbed.generate.settings import QuestionSettings, Sampling
from seedbed.llm import Endpoint, EndpointSettings
from seedbed.records import Ask, Candidate, Example, Reply
from tests.generate.made import GOOD, TAXONOMY, ask

EXAMPLES = {"s1": Example("s1", "Should I pay cash?", "finance", "giving-advice")}
LABEL = "topic: Finance; type: giving advice; question:"


def stage(style: Style = "chat", **settings: Any) -> QuestionStage:
    return QuestionStage(TAXONOMY, EXAMPLES, QuestionSettings(**settings), style)


def read(text: str, *, finished: bool = True, logprob: float | None = None, lead_in: str = "") -> Candidate:
    (found,) = stage().parse(ask(lead_in=lead_in), Reply({"choices": [[text, finished, logprob]]}))
    return found


def texts(style: Style, text: str, *, finished: bool = True, count: int = 4, **more: Any) -> list[str]:
    candidates = stage(style).parse(
        ask(count=count, examples=("s1",), **more), Reply({"text": text, "finished": finished})
    )
    assert len(candidates) == count
    return [candidate.text for candidate in candidates if not candidate.fault]


def answer(
    style: Style, said: Callable[[dict[str, Any]], tuple[str, str]], wanted: Ask, choices_of: int = 4, **settings: Any
) -> tuple[Reply, dict[str, Any]]:
    """What the stage makes of an endpoint that says (text, finish_reason), and the body it was sent."""
    bodies: list[dict[str, Any]] = []

    async def handle(request: web.Request) -> web.Response:
        body = await request.json()
        bodies.append(body)
        text, reason = said(body)
        one = {"text": text} if request.path.endswith("/v1/completions") else {"message": {"content": text}}
        choices = [{"index": index, "finish_reason": reason, **one} for index in range(body.get("n", 1))]
        return web.json_response({"choices": choices, "usage": {"prompt_tokens": 5, "completion_tokens": 7}})

    async def call() -> Reply:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", handle)
        app.router.add_post("/v1/completions", handle)
        runner = web.AppRunner(app)
        async with AsyncExitStack() as stack:
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            endpoint = Endpoint(EndpointSettings(url=f"http://{host}:{port}/v1", model="m", max_choices=choices_of))
            writer = await stack.enter_async_context(endpoint)
            (reply,) = await stage(style, **settings).run([wanted], Models(writer))
            return reply

    return asyncio.run(call()), bodies[0]


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


@given(st.text(max_size=60), st.booleans(), st.sampled_from(["schema", "tags", "text"]))
def test_any_text_gives_one_candidate_a_slot(text: str, finished: bool, style: Style) -> None:
    assert len(stage(style).parse(ask(count=3), Reply({"text": text, "finished": finished}))) == 3


def test_what_a_reply_lacks_is_said() -> None:
    for reply in (Reply({"text": '{"questions": ["Why?"', "finished": False}), Reply({"questions": ["Why?"],
                                                                                      "finished": False})):  # fmt: skip
        cut = stage("schema").parse(ask(count=2), reply)
        assert cut == [Candidate("Why?"), Candidate("", fault="the reply was cut off before this one")]
    short = stage("schema").parse(ask(count=2), Reply({"text": '{"questions": ["Why?"]}', "finished": True}))
    assert short == [Candidate("Why?"), Candidate("", fault="the reply held fewer questions than were asked for")]


def test_tags_are_read_in_every_form_and_a_single_question_needs_none() -> None:
    assert texts("tags", "Sure:\n1. Why?\n2. **How?**\nGood luck!") == ["Why?", "How?"]
    assert texts("tags", "1. Why?\n2. How?\n3. Wh", finished=False) == ["Why?", "How?"]
    assert texts("tags", "Why is it so?") == []
    assert texts("tags", "Why is it so?", count=1) == ["Why is it so?"]
    assert texts("tags", "I cannot do that.", count=1) == []


def test_lines_of_a_base_model_count_with_the_label_that_was_asked_for() -> None:
    text = f" Why?\n3. {LABEL} How?\n4. topic: Health; type: giving advice; question: Who?\n5. {LABEL.upper()} When?"
    assert texts("text", text) == ["Why?", "How?", "When?"]
    assert texts("text", text, finished=False) == ["Why?", "How?"]
    assert texts("text", f" Why?\n3. {LABEL} How?\n4. topic: Heal", finished=False) == ["Why?", "How?"]
    assert texts("text", " Wh", finished=False) == []
    assert texts("text", " I go?", lead_in="Should") == ["Should I go?"]


def test_chat_is_one_request_for_all_candidates() -> None:
    wanted = ask(count=4, examples=("s1",), seed=9, lead_in="Should I")
    reply, body = answer("chat", lambda body: (" save money?", "stop"), wanted)
    assert (body["n"], body["max_tokens"], body["seed"], body["temperature"]) == (4, 75, 9, 0.7)
    assert (body["min_p"], body["top_k"]) == (0.1, 0)
    assert body["messages"][-1] == {"role": "assistant", "content": "Should I"}
    assert body["logprobs"] is True
    assert "response_format" not in body
    assert [candidate.text for candidate in stage().parse(wanted, reply)] == ["Should I save money?"] * 4
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (5, 7)


@pytest.mark.parametrize(("style", "written"), [("schema", '{"questions": ["Why?"]}'), ("tags", "1. Why?")])
def test_a_list_is_one_request_and_journaled_as_it_came(style: Style, written: str) -> None:
    reply, body = answer(style, lambda body: (written, "stop"), ask(count=4, examples=("s1",), seed=9))
    assert reply.data == {"text": written, "finished": True}
    assert ("response_format" in body) is (style == "schema")
    assert (body["max_tokens"], body["seed"]) == (400, 9)
    assert not {"n", "min_p", "top_k", "stop"} & body.keys()  # hosted endpoints refuse what they do not know


def test_a_base_model_is_given_a_list_whose_next_line_it_writes_in_several_versions() -> None:
    wanted = ask(count=4, examples=("s1",), seed=9, lead_in="Should I")
    reply, body = answer("text", lambda body: (" save money?", "stop"), wanted)
    assert body["prompt"].endswith(f"1. {LABEL} Should I pay cash?\n2. {LABEL} Should I")
    assert (body["n"], body["stop"], body["max_tokens"], body["seed"]) == (4, ["\n"], 75, 9)
    assert not {"messages", "min_p", "top_k"} & body.keys()
    assert [candidate.text for candidate in stage("text").parse(wanted, reply)] == ["Should I save money?"] * 4
    cut, _ = answer("text", lambda body: (" save mon", "length"), wanted)
    assert not any(candidate.finished for candidate in stage("text").parse(wanted, cut))


def test_an_endpoint_of_few_choices_writes_the_lines_one_after_another() -> None:
    reply, body = answer("text", lambda body: (" Why?\n", "stop"), ask(count=4, examples=("s1",), seed=9), choices_of=3)
    assert body["stop"] == ["\n\n", "\n6."]
    assert "n" not in body
    assert reply.data == {"text": " Why?\n", "finished": True}


def test_parameters_are_sent_where_they_are_set_and_none_where_they_are_switched_off() -> None:
    said = '{"questions": ["Why?"]}', "stop"
    _, bare = answer("chat", lambda body: said, ask(), sampling=Sampling(min_p=False, top_k=False, temperature=False))
    assert not {"min_p", "top_k", "temperature", "top_p"} & bare.keys()
    _, full = answer("schema", lambda body: said, ask(), sampling=Sampling(min_p=0.05, top_k=40, top_p=0.9))
    assert (full["min_p"], full["top_k"], full["top_p"]) == (0.05, 40, 0.9)


@pytest.mark.parametrize("style", ["schema", "tags"])
def test_a_reply_without_a_list_is_worth_another_attempt_and_carries_what_came(style: Style) -> None:
    with pytest.raises(UnreadableReply, match="no list of questions") as caught:
        answer(style, lambda body: ("I would rather not.", "stop"), ask(count=4))
    assert caught.value.reply.data == {"text": "I would rather not.", "finished": True}
    assert caught.value.reply.usage.completion_tokens == 7


@pytest.mark.parametrize("style", ["schema", "tags", "text"])
def test_a_reply_that_was_cut_off_is_an_answer(style: Style) -> None:
    reply, _ = answer(style, lambda body: ("1. Wh", "length"), ask(count=4), choices_of=1)
    assert reply.data["finished"] is False


@pytest.mark.parametrize("style", ["chat", "schema", "tags", "text"])
def test_what_is_rendered_is_what_is_sent(style: Style) -> None:
    wanted = ask(count=2, examples=("s1",), seed=3)
    _, body = answer(style, lambda body: ('{"questions": ["Why?"]}', "stop"), wanted)
    ((title, shown),) = stage(style).rendered(wanted)
    assert shown == (body["prompt"] if style == "text" else body["messages"])
    assert title
    assert json.dumps(shown)
