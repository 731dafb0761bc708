"""Stage 0 from ask to lines: what is sent in each style, and how replies are read."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import UnreadableReply
from seedbed.generate.models import Models, Style
from seedbed.generate.settings import TopicSettings
from seedbed.generate.topics.stage import TopicStage
from seedbed.llm import Endpoint
from seedbed.records import Example, Reply
from seedbed.taxonomy import Label, Taxonomy
from tests.generate.made import TAXONOMY, ask
from tests.generate.topics.made import Body, as_json, listing

EXAMPLES = {"s1": Example("s1", "May I fly with a cat?", "travel", "legal-expertise")}
ASK = ask(count=3, examples=("s1",), seed=11)
STYLES: list[Style] = ["chat", "schema", "tags", "text"]


def stage(style: Style, language: str = "", **settings: Any) -> TopicStage:
    return TopicStage(TAXONOMY, EXAMPLES, TopicSettings(**settings), style, language)


def answered(style: Style, said: str | tuple[str, str]) -> tuple[Reply, Body]:
    bodies: list[Body] = []

    async def call() -> Reply:
        with listing(lambda body: said, bodies) as settings:
            async with Endpoint(settings) as writer:
                (reply,) = await stage(style).run([ASK], Models(writer))
                return reply

    return asyncio.run(call()), bodies[0]


def lines(style: Style, text: str, *, finished: bool = True, count: int = 3) -> list[str]:
    found = stage(style).parse(ask(count=count), Reply({"text": text, "finished": finished}))
    assert len(found) == count
    return [candidate.text for candidate in found if not candidate.fault]


def test_chat_shows_the_seeds_topic_as_a_worked_turn_and_begins_the_list() -> None:
    ((_, messages),) = stage("chat").rendered(ASK)
    assert isinstance(messages, list)
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user", "assistant"]
    contents = [message["content"] for message in messages]
    assert "at most 3 words" in contents[0]
    assert (
        contents[1]
        == "List narrower topics of Travel for a question that asks about laws or rights. At most 3 words each."
    )
    worked = [line.partition(". ")[2] for line in contents[2].splitlines()]
    assert len(worked) == 8
    assert {topic.lower() for topic in worked} <= {name.lower() for name in TAXONOMY.topic("travel").subtopics}
    assert contents[3].startswith("List narrower topics of Finance for a question that asks for advice.")
    begun = contents[4].splitlines()
    assert [line.split(".")[0] for line in begun] == ["1", "2", "3", "4"]
    assert begun[3] == "4."
    shown = [line.partition(". ")[2] for line in begun[:3]]
    assert {topic.lower() for topic in shown} <= {name.lower() for name in TAXONOMY.topic("finance").subtopics}
    assert all(topic[0].isupper() for topic in shown)


def test_another_ask_begins_its_list_otherwise_and_the_same_ask_alike() -> None:
    def begun(seed: int) -> str:
        ((_, messages),) = stage("chat").rendered(ask(count=3, seed=seed))
        return str(messages[-1])

    assert begun(1) == begun(1)
    assert len({begun(seed) for seed in range(12)}) > 6


def test_a_topic_without_subtopics_begins_with_an_empty_list() -> None:
    topics = [{**label.model_dump(), "subtopics": ()} for label in TAXONOMY.topics]
    bare = Taxonomy(
        version=1, topics=tuple(map(Label.model_validate, topics)), question_types=TAXONOMY.question_types, values=()
    )
    ((_, messages),) = TopicStage(bare, EXAMPLES, TopicSettings(), "chat").rendered(ASK)
    assert [message["content"] for message in messages][-1] == "1."  # type: ignore[index]
    assert len(messages) == 3  # and the seed makes no worked turn


@pytest.mark.parametrize("style", ["schema", "tags"])
def test_an_instruction_names_the_cell_the_list_and_the_seeds_question(style: Style) -> None:
    ((_, messages),) = stage(style).rendered(ASK)
    text = messages[1]["content"]  # type: ignore[index]
    assert "- (Travel; legal expertise) May I fly with a cat?" in text
    assert "Topic: Finance (" in text
    assert "Question type: giving advice." in text
    assert "On the list already: " in text
    assert "Write 3 narrower topics" in text
    assert ("JSON" in text) is (style == "schema")


@pytest.mark.parametrize("style", STYLES)
def test_what_is_rendered_is_what_is_sent_and_replies_are_journaled_as_they_came(style: Style) -> None:
    written = {"schema": as_json(["Debt", "Wages"]), "tags": "1. Debt\n2. Wages"}.get(style, " Debt\n5. Wages")
    reply, body = answered(style, written)
    ((_, shown),) = stage(style).rendered(ASK)
    assert shown == (body["prompt"] if style == "text" else body["messages"])
    assert reply.data == {"text": written, "finished": True}
    assert [candidate.text for candidate in stage(style).parse(ASK, reply)] == ["Debt", "Wages", ""]
    assert (body["max_tokens"], body["seed"], body["temperature"]) == (128, 11, 1.0)
    assert ("min_p" in body) is (style == "chat")
    assert body.get("stop") == {"chat": ["\n7."], "text": ["\n\n", "\n7."]}.get(style)
    assert ("response_format" in body) is (style == "schema")


@pytest.mark.parametrize("style", STYLES)
def test_another_language_is_asked_for(style: Style) -> None:
    assert "Portuguese" in str(stage(style, "pt-BR").rendered(ASK))
    assert stage(style, "en").rendered(ASK) == stage(style).rendered(ASK)


def test_no_more_lines_are_read_than_were_asked_for_and_the_last_is_dropped_where_it_was_cut() -> None:
    text = " Debt\n5. Wages\n6. Rent\n7. Fees\n8. Sav"
    assert lines("chat", text) == ["Debt", "Wages", "Rent"]
    assert lines("chat", " Debt\n5. Wag", finished=False) == ["Debt"]
    assert lines("text", "Debt\n\nI hope that this helps") == ["Debt"]
    assert lines("tags", "Debt\nWages") == ["Debt", "Wages"]
    assert lines("schema", '{"topics": ["Debt", "Wa', finished=False) == ["Debt"]


@given(st.text(max_size=60), st.booleans(), st.sampled_from(STYLES))
def test_any_text_gives_one_candidate_a_slot(text: str, finished: bool, style: Style) -> None:
    found = stage(style).parse(ask(count=3), Reply({"text": text, "finished": finished}))
    assert len(found) == 3
    assert all(candidate.fault for candidate in found if not candidate.text)


def test_a_reply_without_a_list_is_worth_another_attempt_and_carries_what_came() -> None:
    with pytest.raises(UnreadableReply, match="no list of topics") as caught:
        answered("schema", '{"topics": []}')
    assert caught.value.reply.data["text"] == '{"topics": []}'
    reply, _ = answered("schema", ('{"topics": [', "length"))
    assert reply.data["finished"] is False
