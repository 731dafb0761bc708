"""The prompts that a group writes its triples for.

    prompt.give subject row {cmd, source, from, parents, run, taxonomy, owner?}
                            and the texts `text`, `topic`, `question_type`
    prompt.swap subject row {the same} and the same texts

Collection: `prompts/<row>` {source, from, parents, run, topic, question_type, at, by, earlier}. The text itself is the
field `question` of the row, which people may go on to change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedbed.study.entries import Act
from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import Change, Happened
from seedbed.workshop.bounds import EARLIER_PROMPTS
from seedbed.workshop.commands import PromptGive, PromptSwap
from seedbed.workshop.families.asking import Asked, standing
from seedbed.workshop.families.rows import full_of_rows

if TYPE_CHECKING:
    from seedbed.workshop.board import Board

__all__ = ["CHANGES", "COLLECTIONS", "DECISIONS"]

COLLECTIONS = ("prompts",)
# Who owns the words of a prompt that whoever hands it out did not write: erasing them leaves it. No person's id. A seed
# goes with its authors, whom the seeds' own events name: `seedbed.seeds.erasing` finds it by where it comes from.
OWNERS = {"grown": "model", "seed": "seed", "own": ""}


def _given(board: Board, event: Happened) -> list[Change]:
    prompt = _prompt(event, [])
    row = board.new_row(event, after=None, fields=_question(event), taxonomy=event.data["taxonomy"])
    return [row, ("prompts", event.subject, prompt)]


def _swapped(board: Board, event: Happened) -> list[Change]:
    row = board.rows[event.subject]
    before = board.items("prompts").get(event.subject)
    earlier = [*before["earlier"], {name: before[name] for name in before if name != "earlier"}] if before else []
    fields = {name: text for name, text in row["fields"].items() if name != "question"} | _question(event)
    return [
        ("rows", event.subject, {**row, "fields": fields, "taxonomy": event.data["taxonomy"]}),
        ("prompts", event.subject, _prompt(event, earlier[-EARLIER_PROMPTS:])),
    ]


def _question(event: Happened) -> dict[str, str]:
    return {"question": event.data["text"]} if event.data["text"] else {}


def _prompt(event: Happened, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    data = event.data
    return {
        "source": data["source"],
        "from": data["from"],
        "parents": list(data["parents"]),
        "run": data["run"],
        "topic": data["topic"] or "",
        "question_type": data["question_type"] or "",
        "at": event.at,
        "by": event.actor,
        "earlier": earlier,
    }


CHANGES = {"prompt.give": _given, "prompt.swap": _swapped}


def _give(board: Board, asked: Asked, command: PromptGive) -> Decided:
    if "question" not in board.place.activity.fields:
        return Refusal("bad_command")
    if full_of_rows(board, asked.member.id):
        return Refusal("document_full")
    return _act(asked, command, asked.new_id(board, "rows"))


def _swap(board: Board, asked: Asked, command: PromptSwap) -> Decided:
    if "question" not in board.place.activity.fields:
        return Refusal("bad_command")
    if not standing(board, command.row):
        return Refusal("unknown_row")
    return _act(asked, command, command.row)


def _act(asked: Asked, command: PromptGive, row: str) -> Act:
    owner = OWNERS[command.source]
    detail = {
        "text": command.text,
        "source": command.source,
        "from": command.origin,
        "parents": list(command.parents),
        "run": command.run,
        "topic": command.topic,
        "question_type": command.question_type,
        "taxonomy": asked.taxonomy,
    }
    return done(command, row, detail | ({"owner": owner} if owner else {}), person=owner)


DECISIONS = {PromptGive: _give, PromptSwap: _swap}
