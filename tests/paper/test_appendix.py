"""A.2's first aligned text runs on; docs/paper.md says which of our measures sees it, and which do not."""

from __future__ import annotations

import csv
import json
from statistics import median
from typing import TypeVar

import pytest

from seedbed.acts import sample_folder
from seedbed.measures import Value
from seedbed.measures.definition import Measured
from seedbed.measures.embed import Embedder
from seedbed.measures.grammar import grammar_problems, sensible_structure
from seedbed.measures.parser import Parser
from seedbed.measures.relevance import answer_relevance, coherence

T = TypeVar("T")
TRIPLES = [json.loads(line) for line in (sample_folder() / "paper_triples.jsonl").read_text("utf-8").splitlines()]
ALIGNED = [triple["aligned"] for triple in TRIPLES]


def people() -> list[dict[str, str]]:
    with (sample_folder() / "pairs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(found: Measured[T]) -> T:
    assert isinstance(found, Value)
    return found.value


def test_coherence_sees_it() -> None:
    assert [number(coherence(text)) for text in ALIGNED] == pytest.approx([0.10, 0.25])
    assert {number(coherence(pair["aligned"])) for pair in people()} == {1.0}


def test_grammar_does_not() -> None:
    assert [number(grammar_problems(text)) for text in ALIGNED] == [0, 0]


@pytest.mark.model
def test_structure_and_relevance_do_not() -> None:
    parser, embedder = Parser(), Embedder()
    assert all(number(sensible_structure(text, parser.one(text))) for text in ALIGNED)
    first, second = (number(answer_relevance(embedder, triple["prompt"], triple["aligned"])) for triple in TRIPLES)
    theirs = [number(answer_relevance(embedder, pair["question"], pair["aligned"])) for pair in people()]
    assert (first, second) == (pytest.approx(0.68, abs=0.01), pytest.approx(0.34, abs=0.01))
    assert median(theirs) == pytest.approx(0.59, abs=0.01)
    assert sum(value < first for value in theirs) == 28
