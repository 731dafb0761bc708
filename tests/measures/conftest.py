from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from seedbed.measures.embed import Embedder
from seedbed.measures.parser import Parser

SAMPLE = Path(__file__).parents[2] / "examples" / "sample"


def _rows(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture(scope="session")
def parser() -> Parser:
    return Parser()


@pytest.fixture(scope="session")
def questions() -> list[dict[str, str]]:
    """The sample's 94 questions."""
    return _rows("questions.csv")


@pytest.fixture(scope="session")
def pairs() -> list[dict[str, str]]:
    """The sample's 40 response pairs."""
    return _rows("pairs.csv")


@pytest.fixture(scope="session")
def printed(questions: list[dict[str, str]]) -> list[str]:
    """The seven questions that the paper prints in its Figure 1, in its order."""
    return [row["question"] for row in questions if row["source"].startswith("paper")]


@pytest.fixture(scope="session")
def appendix() -> list[dict[str, str]]:
    """The two triples of the paper's appendix A.2."""
    lines = (SAMPLE / "paper_triples.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]
