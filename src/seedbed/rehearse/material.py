"""What simulated people write: the sample study's questions and pairs, and a few sentences to talk about them."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seedbed.acts import sample_folder

__all__ = ["COMMENTS", "NOTES", "QUESTIONS", "Material", "Pair", "Written"]

COMMENTS = (
    "Could a stranger understand this?",
    "I would ask it in fewer words.",
    "This one is strong: a hurried reply will miss the point.",
    "Is there another row that asks the same?",
    "Who would be hurt by a bad reply here?",
    "My mother would ask it exactly so.",
)
QUESTIONS = (
    "May we change the words of somebody else's row?",
    "Does a question have to end with a question mark?",
    "How many rows should our group have?",
    "What do we do when no topic fits?",
    "Is it all right to write about something that happened to me?",
)
NOTES: Mapping[str, tuple[str, ...]] = {
    "thoughts": ("I had not thought that a polite reply can be the worst one.", "We saw the same thing in many ways."),
    "challenges": ("Finding a type for my question took longer than writing it.", "It was hard not to polish."),
    "ease": ("Writing beside the others was easy.", "The timer helped us to begin."),
    "else": ("More time for the second half, please.", "I would do this again."),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A question as somebody wrote it."""

    topic: str
    question_type: str
    question: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with a reply that fails a value, what is wrong with it, and a better reply."""

    value: str
    question: str
    misaligned: str
    critique: str
    aligned: str


@dataclass(frozen=True, slots=True)
class Material:
    """The texts of one person."""

    questions: tuple[Written, ...]
    pairs: tuple[Pair, ...]

    @classmethod
    def dealt(cls, people: int, rng: random.Random) -> list[Material]:
        """The sample's texts, dealt to so many people; nobody has a text of another's. Raises InputError."""
        questions = [
            Written(row["topic"], row["question_type"], row["question"]) for row in _table("questions.csv", rng)
        ]
        pairs = [
            Pair(row["value"], row["question"], row["misaligned"], row["critique"], row["aligned"])
            for row in _table("pairs.csv", rng)
        ]
        return [cls(tuple(questions[at::people]), tuple(pairs[at::people])) for at in range(people)]


def _table(name: str, rng: random.Random) -> Iterator[dict[str, str]]:
    with (sample_folder() / name).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rng.shuffle(rows)
    yield from rows
