"""How much is on a board, and by whom: what those who lead see of a group at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from seedbed.workshop.board import Board

__all__ = ["Tally", "Written", "tally"]

# the texts that a row has to hold to count as written
_WHOLE = {"questions": ("question",), "triples": ("misaligned", "aligned"), "reflection": ("note",)}


@dataclass(frozen=True, slots=True)
class Written:
    """What one person has on one board. `characters` are UTF-16 units typed, those that were deleted since too.

    `last_seen` is the ISO time of the last thing they did there; "" where they did nothing.
    """

    rows: int = 0
    characters: int = 0
    comments: int = 0
    votes: int = 0
    last_seen: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """One board: how many rows are written, who wrote what, which labels the rows have, and who is there now.

    `labels` holds the topic and question type of each row that is written, "" for none.
    """

    doc: str
    group: str
    activity: str
    rows: int
    people: Mapping[str, Written]
    labels: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    here: frozenset[str] = field(default_factory=frozenset)


def tally(board: Board, lengths: Mapping[str, int], clocks: Mapping[int, int], acted: Mapping[str, str]) -> Tally:
    """Count a board. `lengths` are those of its texts by name, `clocks` says how much was ever written under each
    client id, `acted` when people last did something there."""
    place = board.place
    rows: Counter[str] = Counter()
    labels = set()
    for row in board.ordered():
        if all(lengths.get(f"{text}:{row}") for text in _WHOLE[place.activity.name]):
            value = board.rows[row]
            rows[value["by"]] += 1
            labels.add((value["fields"].get("topic", ""), value["fields"].get("question_type", "")))
    characters: Counter[str] = Counter()
    for client, (person, call) in board.clients.items():
        if call is None:  # a model's words are nobody's typing
            characters[person] += clocks.get(client, 0)
    comments = Counter(item["person"] for item in board.items("comments").values())
    votes = Counter(item["person"] for item in board.items("votes").values())
    people = {
        person: Written(rows[person], characters[person], comments[person], votes[person], acted.get(person, ""))
        for person in dict.fromkeys([*rows, *characters, *comments, *votes, *acted])
    }
    return Tally(place.stream, place.group, place.activity.name, rows.total(), people, frozenset(labels))
