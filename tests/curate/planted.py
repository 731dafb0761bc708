"""Seeds planted straight into a study's event store, and short ways to make them."""

from __future__ import annotations

import random
from typing import Any

from seedbed.curate import CurateSettings
from seedbed.records import Question, Triple, Writer
from seedbed.seeds.codec import encode
from seedbed.study import Folder
from seedbed.study.events import EventStore

# Judged without the parser, so that these tests need no model and say the same on every machine.
PLAIN = CurateSettings(parser=False, vectors=False, evaluation_share=0.0)
HUMAN = dict.fromkeys(("misaligned", "critique", "aligned"), Writer.HUMAN)
TOPICS = ("health", "travel", "finance", "customer-care")
TYPES = ("giving-advice", "legal-expertise", "cultural-context")
_WORDS = [
    *("river", "stone", "paper", "cloud", "market", "bridge", "winter", "salad", "doctor", "ticket", "garden"),
    *("mirror", "engine", "candle", "letter", "pocket", "window", "planet", "butter", "guitar", "shadow", "ladder"),
    *("blanket", "harbour", "whistle", "carpet", "lantern", "orchard", "pebble", "saddle"),
]


def plant(folder: Folder, *seeds: Question | Triple) -> None:
    with EventStore.at(folder.people) as store:
        store.append("seeds", "curator", map(encode, seeds))


def question(id: str, text: str = "", **fields: Any) -> Question:
    defaults: dict[str, Any] = {"topic": "health", "question_type": "giving-advice", "group": "1", "authors": ("ana",)}
    return Question(id=id, text=text or words(id), **{**defaults, **fields})


def triple(id: str, prompt: str = "", **fields: Any) -> Triple:
    defaults: dict[str, Any] = {
        "misaligned": f"Bad: {words(id + 'm')}", "critique": "It judges people.", "aligned": f"Well: {words(id + 'a')}",
        "values": ("fairness",), "group": "1", "authors": ("ana",), "written_by": HUMAN,
    }  # fmt: skip
    return Triple(id=id, prompt=prompt or words(id), **{**defaults, **fields})


def words(key: str) -> str:
    """A question of eight words that `key` decides: unlike that of any other key."""
    picked = random.Random(key).sample(_WORDS, 6)
    return f"Why {' '.join(picked)} {''.join(c for c in key if c.isalnum())}?"


def crowd(n: int, seed: int = 0) -> list[Question]:
    """`n` questions with labels, groups and authors drawn unevenly."""
    draw = random.Random(seed)
    return [
        question(
            f"q{index:03d}",
            topic=draw.choices(TOPICS, (8, 4, 2, 1))[0],
            question_type=draw.choices(TYPES, (6, 2, 1))[0],
            group=str(draw.randint(1, 4)),
            authors=(draw.choice("abcdefgh"),),
        )
        for index in range(n)
    ]


def events(folder: Folder) -> int:
    with EventStore.at(folder.people) as store:
        return store.last("curate")


def verdicts(folder: Folder) -> dict[str, str]:
    """For each seed the rule that excluded it, or "in"."""
    from seedbed.curate import load

    curation = load(folder)
    return {
        **dict.fromkeys(curation.included, "in"),
        **{id: decision.rule for id, decision in curation.excluded.items()},
    }
