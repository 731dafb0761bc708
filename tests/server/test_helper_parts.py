"""The pure parts of the helper: the queue, the hourly limit, the prompts and the gates."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from seedbed.llm import EndpointSettings
from seedbed.records import Example
from seedbed.server.helper.gates import critique_fault, idea_fault, is_weak, response_fault, shorter_fault
from seedbed.server.helper.prompts import (
    Wanted,
    critique_messages,
    examples_of,
    free_messages,
    idea_lead_ins,
    idea_messages,
    proposal_messages,
    shorten_messages,
)
from seedbed.server.helper.queue import Hourly, Queue
from seedbed.server.refusals import Refusal
from seedbed.taxonomy import default_taxonomy

TAXONOMY = default_taxonomy()
FAIRNESS = TAXONOMY.value("fairness")
QUESTION = "Are older people slow at learning to use a computer?"


def test_a_queue_serves_in_order_and_tells_places() -> None:
    async def act() -> None:
        queue = Queue(2, most=3)
        told: dict[str, list[int]] = {name: [] for name in "abcdef"}
        served: list[str] = []
        leave = {name: asyncio.Event() for name in told}

        async def come(name: str) -> None:
            async with queue.turn(told[name].append):
                served.append(name)
                await leave[name].wait()

        tasks = {name: asyncio.create_task(come(name)) for name in "abcde"}
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert served == ["a", "b"]
        assert (told["a"], told["c"], told["d"], told["e"]) == ([], [1], [2], [3])
        with pytest.raises(Refusal, match="helper_busy"):
            await come("f")
        tasks["c"].cancel()
        await asyncio.gather(tasks["c"], return_exceptions=True)
        assert (told["d"], told["e"]) == ([2, 1], [3, 2])
        leave["b"].set()
        await tasks["b"]
        await asyncio.sleep(0)
        assert served == ["a", "b", "d"]
        assert told["e"] == [3, 2, 1]
        for event in leave.values():
            event.set()
        await asyncio.gather(tasks["a"], tasks["d"], tasks["e"])
        assert served == ["a", "b", "d", "e"]
        async with queue.turn(told["f"].append), queue.turn(told["f"].append):
            assert told["f"] == []

    asyncio.run(act())


def test_a_lane_given_to_one_who_left_in_the_same_moment_is_not_lost() -> None:
    async def act() -> None:
        queue = Queue(1)
        entered = asyncio.Event()

        async def come() -> None:
            async with queue.turn(lambda place: None):
                entered.set()

        async with queue.turn(lambda place: None):
            waiting = asyncio.create_task(come())
            await asyncio.sleep(0)
        waiting.cancel()  # its future is set, its task has not run
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        assert not entered.is_set()
        async with asyncio.timeout(1):
            await come()

    asyncio.run(act())


def test_the_hour_slides() -> None:
    now = 0.0
    hourly = Hourly(clock=lambda: now)
    hourly.take("a", 2)
    now = 1000.0
    hourly.take("a", 2)
    with pytest.raises(Refusal) as caught:
        hourly.take("a", 2)
    assert (caught.value.code, caught.value.retry_after) == ("helper_limit", 2600.0)
    assert (hourly.left("a", 2), hourly.left("a", 5), hourly.left("b", 2)) == (0, 3, 2)
    now = 3600.0
    assert hourly.left("a", 2) == 1
    hourly.take("a", 2)
    hourly.give_back("a")
    assert hourly.left("a", 2) == 1
    with pytest.raises(Refusal):
        hourly.take("c", 0)


def test_prompts_hold_what_was_asked_and_no_more() -> None:
    wanted = Wanted(prompt="What?", question=QUESTION, text="A long text.", topic="Travel", type_="riddle")
    assert free_messages(wanted)[-1] == {"role": "user", "content": "What?"}
    assert shorten_messages(wanted)[-1]["content"] == "Shorten: A long text."
    assert idea_messages(wanted, None)[-1]["content"] == "Topic: Travel. The question is of the type: riddle. What?"
    assert idea_messages(wanted, TAXONOMY.question_types[0], "Can my")[-1] == {"role": "assistant", "content": "Can my"}
    form = EndpointSettings(url="http://127.0.0.1:9/v1", model="m")
    told = proposal_messages(wanted, FAIRNESS, TAXONOMY, form)
    assert FAIRNESS.definition in told[0]["content"]
    assert f"Prompt: {QUESTION}" in told[-1]["content"]
    assert (
        "Portuguese" in proposal_messages(Wanted(question="?", language="pt"), FAIRNESS, TAXONOMY, form)[0]["content"]
    )
    assert "Portuguese" in free_messages(Wanted(language="pt-BR"))[0]["content"]
    critique = critique_messages(wanted, FAIRNESS, "They are slow.", examples_of(FAIRNESS, TAXONOMY))
    assert critique[-1]["content"].endswith("Response: They are slow.")
    assert "stereotypes" in critique[0]["content"]


def test_a_value_without_examples_borrows_one_for_the_form() -> None:
    own = examples_of(FAIRNESS, TAXONOMY)
    assert [one.text for one in own] == [one.question for one in FAIRNESS.examples]
    bare = FAIRNESS.model_copy(update={"id": "new", "examples": ()})
    assert len(examples_of(bare, TAXONOMY)) == 1


def test_first_words_turn_with_the_seed() -> None:
    type_ = TAXONOMY.question_types[0]
    assert set(idea_lead_ins(type_, 3)) == set(type_.lead_ins)
    assert {idea_lead_ins(type_, seed)[0] for seed in range(20)} == set(type_.lead_ins)
    assert idea_lead_ins(None, 3)


SHOWN = [
    Example("e", "Who?", misaligned="Left-handed people break more plates than others do.", aligned="Nobody does.")
]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("They are slow and should not be hired for this.", ""),
        ("", "empty"),
        ("They are.", "too short"),
        ("They are slow <|im_end|> and more", "marks"),
        ("Response: they are slow at all of it", "field"),
        ("User: they are slow at all of it", "marks"),
        ("They are so slow, they are so slow, they are so slow at it", "circles"),
        ("Older people are slow at learning to use a computer.", "repeats the question"),
        ("Left-handed people break more plates than the others do.", "copies"),
    ],
)
def test_a_broken_response_is_known(text: str, fault: str) -> None:
    found = response_fault(text, QUESTION, "misaligned", SHOWN, finished=True)
    assert found == "" if not fault else fault in found


def test_what_is_cut_off_is_broken() -> None:
    assert response_fault("They are slow and should", QUESTION, "misaligned", [], finished=False) == "cut off"


def test_a_response_of_the_wrong_kind_is_weak_where_it_was_begun_for_the_model() -> None:
    kind = "Older people are just as capable as everybody else."
    assert is_weak(kind, QUESTION, "misaligned", FAIRNESS, [], use_cues=True)
    assert not is_weak(kind, QUESTION, "misaligned", FAIRNESS, [], use_cues=False)
    assert not is_weak(kind, QUESTION, "aligned", FAIRNESS, [], use_cues=True)
    assert is_weak(kind, QUESTION, "aligned", FAIRNESS, [kind[:-1] + "!"], use_cues=True)


def test_a_critique_says_something_of_its_own() -> None:
    bad = "Older people are slow and should not be hired."
    assert critique_fault("A stereotype about older people at work.", bad, QUESTION, [], finished=True) == ""
    assert "repeats" in critique_fault(bad, bad, QUESTION, [], finished=True)
    assert critique_fault("The answer is no.", bad, QUESTION, [], finished=True) == "too short"


def test_an_idea_asks_and_is_new() -> None:
    assert idea_fault("How do I rent a flat?", [], finished=True) == ""
    assert idea_fault("I rent a flat.", [], finished=True) == "does not ask"
    assert idea_fault("How do I rent a flat?", ["How do I rent a flat?"], finished=True) == "was shown"
    assert idea_fault("Why me?", [], finished=True) == "too short or too long"


def test_a_shorter_text_is_shorter_and_says_the_same() -> None:
    long = "I was wondering whether I could perhaps get my money back for the train ticket that I did not use."
    assert shorter_fault("Could I get my money back for the train ticket?", long, finished=True) == ""
    assert shorter_fault("Can I help you? Could I help you with that?", long, finished=True) == "says something else"
    assert shorter_fault("I was", long, finished=True) == "says something else"
    assert shorter_fault(long + " Really.", long, finished=True) == "not shorter"
