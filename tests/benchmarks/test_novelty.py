"""The three ways to decide about novelty agree, on texts with exact ties, empty ones and repetitions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import novelty
from _questions import made_up, read_questions, recombined

# The sixth stands at F1 = 7/10 exactly with the fifth; the last does with the seventh and the eighth.
TEXTS = [
    "", "?!", "Why is that?", "why is THAT", "p q r s t u v w x y", "p q r s t u v 1 2 3",
    "a b c d e f g h i j", "c d e f g h k l m n", "c d e f g h i k o 4",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["scan", "rouge_score"])
def test_ways_agree(kind: str) -> None:
    index, other = novelty.KINDS["index"]("ascii"), novelty.KINDS[kind]("ascii")
    texts = [*TEXTS, *made_up(120)]
    decisions = [index(number, text) for number, text in enumerate(texts)]
    assert decisions == [other(number, text) for number, text in enumerate(texts)]
    assert decisions[: len(TEXTS)] == [None, None, None, (2, "1"), None, (4, "7/10"), None, None, (6, "7/10")]
    assert any(decision is not None for decision in decisions[len(TEXTS) :])


def test_the_slope_of_a_power_law() -> None:
    assert novelty.exponent([(n, 3e-6 * n**1.5) for n in novelty.SIZES]) == pytest.approx(1.5)


def test_inner_writes_every_decision(tmp_path: Path) -> None:
    (tmp_path / "corpus.txt").write_text("Who pays?\nWhy?\nwho pays\n")
    made = novelty.inner("index", "unicode", tmp_path / "corpus.txt", 3, tmp_path / "out.jsonl")
    assert [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()] == [None, None, [0, "1"]]
    assert made["rejected"] == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'id,question\n1,"Who, and\nwhy?"\n2,When?\n'),
        ("a.jsonl", '{"id": 1, "text": "Who, and  why?"}\n{"id": 2, "text": "When?"}\n'),
        ("a.txt", "Who, and why?\n\nWhen?\n"),
    ],
)
def test_questions_are_read(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert read_questions(tmp_path / name) == ["Who, and why?", "When?"]


def test_a_corpus_is_extended_and_never_changed() -> None:
    texts = ["one two three four", "five six seven eight"]
    made = list(recombined(texts, 9))
    assert made[:2] == texts
    assert len(made) == 9
    assert made == list(recombined(texts, 9))
    assert set(made[2:]) <= {*texts, "one two seven eight", "five six three four"}
    assert list(recombined(texts, 1)) == texts[:1]
