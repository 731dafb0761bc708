"""Prompts for the second session, the versions of labels that rows carry, and what a model call was asked with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seedbed.workshop import Board, CommandRefused, model_called, parse_command
from seedbed.workshop.bounds import EARLIER_PROMPTS
from tests.workshop.making import ANA, BEN, MIA, OLA, Desk, board

GROWN: dict[str, Any] = {
    "text": "Is it\n fair?", "source": "grown", "from": "bridge-1:q12", "parents": ["A-r1", "B-r2"], "run": "bridge-1",
    "topic": "Health", "question_type": "giving advice",
}  # fmt: skip


def the(desk: Desk) -> Board:
    assert isinstance(desk.state, Board)
    return desk.state


def test_a_prompt_is_a_row_with_its_question() -> None:
    desk = board("triples")
    desk.taxonomy = 4
    row = desk.done(MIA, "1", "prompt.give", **GROWN).subject
    assert the(desk).rows[row]["fields"] == {"question": "Is it fair?"}
    assert the(desk).rows[row]["taxonomy"] == 4
    assert f"aligned:{row}" in the(desk).names
    assert the(desk).items("prompts")[row] == {
        "source": "grown", "from": "bridge-1:q12", "parents": ["A-r1", "B-r2"], "run": "bridge-1", "topic": "Health",
        "question_type": "giving advice", "at": desk.log[-1][1], "by": "p_mia", "earlier": [],
    }  # fmt: skip
    desk.done(ANA, "1", "row.set", row=row, field="question", value="Is that fair?")
    assert the(desk).items("prompts")[row]["source"] == "grown"


def test_prompts_are_the_facilitators_and_of_triples() -> None:
    desk = board("triples")
    assert desk.refused(ANA, "1", "prompt.give", **GROWN) == "not_yours"
    desk.done(MIA, "1", "prompt.give", **GROWN)
    assert desk.refused(ANA, "1", "prompt.swap", row="r1", **GROWN) == "not_yours"
    assert desk.refused(MIA, "2", "prompt.swap", row="zz", **GROWN) == "unknown_row"
    questions = board("questions")
    questions.done(MIA, "1", "row.add")
    assert questions.refused(MIA, "2", "prompt.give", **GROWN) == "bad_command"
    assert questions.refused(MIA, "2", "prompt.swap", row="r1", **GROWN) == "bad_command"
    full = board("triples", rows=1)
    full.done(MIA, "1", "prompt.give", **GROWN)
    assert full.refused(MIA, "2", "prompt.give", **GROWN) == "document_full"


def test_a_swapped_prompt_stays_on_record() -> None:
    desk = board("triples")
    row = desk.done(MIA, "1", "prompt.give", **GROWN).subject
    desk.done(ANA, "1", "row.set", row=row, field="value", value="fairness")
    own = {"text": "Why?", "source": "own"}
    desk.done(OLA, "1", "prompt.swap", row=row, **own)
    assert the(desk).rows[row]["fields"] == {"value": "fairness", "question": "Why?"}
    prompt = the(desk).items("prompts")[row]
    assert (prompt["source"], prompt["from"], prompt["by"]) == ("own", None, "a_ola")
    assert [(item["from"], item["by"]) for item in prompt["earlier"]] == [("bridge-1:q12", "p_mia")]
    assert "earlier" not in prompt["earlier"][0]
    for number in range(EARLIER_PROMPTS + 5):
        desk.done(OLA, f"s{number}", "prompt.swap", row=row, **own)
    assert len(the(desk).items("prompts")[row]["earlier"]) == EARLIER_PROMPTS


def test_whose_words_a_prompt_holds() -> None:
    desk = board("triples")
    # erasing the moderator leaves what a model wrote, and what others wrote as a seed
    desk.done(MIA, "1", "prompt.give", **GROWN | {"source": "seed", "from": "A-r1", "parents": [], "run": None})
    assert desk.log[-1][3].person not in ("", "p_mia")
    desk.done(MIA, "2", "prompt.give", **GROWN)
    assert desk.log[-1][3].person not in ("", "p_mia")
    desk.done(MIA, "3", "prompt.give", text="Why?", source="own")
    assert desk.log[-1][3].person == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"from": None},
        {"source": "own"},
        {"source": "stolen"},
        {"text": "  \n "},
        {"text": "x" * 2001},
        {"parents": ["A r1"]},
        {"parents": ["a"] * 21},
        {"run": "../x"},
        {"topic": "x" * 201},
    ],
)
def test_what_is_no_prompt(changed: dict[str, Any]) -> None:
    with pytest.raises(CommandRefused):
        parse_command({"id": "k", "kind": "prompt.give", **GROWN, **changed})


def test_rows_carry_the_version_of_their_labels() -> None:
    desk = board()
    desk.taxonomy = 2
    row = desk.done(ANA, "1", "row.add").subject
    assert the(desk).rows[row]["taxonomy"] == 2
    desk.taxonomy = 3
    desk.done(ANA, "2", "row.set", row=row, field="persona", value="rosa")
    assert the(desk).rows[row]["taxonomy"] == 2  # no label was chosen
    desk.done(ANA, "3", "row.set", row=row, field="topic", value="Health")
    assert the(desk).rows[row]["taxonomy"] == 3
    desk.taxonomy = 4
    desk.done(ANA, "4", "row.set", row=row, field="question_type", value="giving advice")
    assert the(desk).rows[row]["taxonomy"] == 4
    desk.taxonomy = 5
    desk.done(BEN, "1", "row.remove", row=row)
    assert the(desk).rows[row]["taxonomy"] == 4


def test_a_call_says_what_it_was_asked_with_and_its_words_are_private() -> None:
    desk = board("triples")
    row = desk.done(ANA, "1", "row.add").subject
    asked = {
        "purpose": "proposals",
        "batch": "b1",
        "part": "critique",
        "temperature": 0.7,
        "max_tokens": 300,
        "row": row,
    }
    event = desk.append(
        "p_ana",
        model_called("c1", endpoint="local", model="small", reply="R-words", prompt="P-words", **asked),  # type: ignore[arg-type]
    )
    call = the(desk).call("c1")
    assert call is not None
    assert {name: call[name] for name in asked} == asked
    assert the(desk).snapshot(ANA)["replies"]["c1"] == {"person": "p_ana", "text": "R-words", "prompt": "P-words"}
    for words in ("R-words", "P-words"):
        assert words not in json.dumps([the(desk).snapshot(BEN), the(desk).told(event, BEN)])
        assert words not in json.dumps(dict(desk.log[-1][3].data))
