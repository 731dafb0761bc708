"""A study with rows to rate, and ratings of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from seedbed.acts import Study
from seedbed.review import Given, Rated, Sample, Task, TaskSpec, create, rate
from seedbed.study import Folder
from seedbed.testing import MockEndpoint
from tests.generate.made import WORD_GATES
from tests.studies import configure

__all__ = ["BY", "given", "make_generated", "make_task", "rate_all"]

BY = "olga"


def make_generated(path: Path) -> Path:
    configure(path, "order", json.dumps(WORD_GATES), section="generate.triples.gates")
    with MockEndpoint() as mock:
        Study.open(path).generate(endpoint=mock.settings(), candidates=60)
        Study.open(path).generate(stage="triples", endpoint=mock.settings(), candidates=20)
    return path


def make_task(folder: Folder, name: str = "first", kind: Any = "question", **more: Any) -> Task:
    sample = more.pop("sample", Sample(size=6))
    return create(folder, TaskSpec(name, kind, sample=sample, **more), BY)


def given(relevance: int | None = 3, sensibility: int | None = 4, **more: Any) -> Given:
    scales = {"relevance": relevance, "sensibility": sensibility}
    return Given({id: value for id, value in scales.items() if value is not None}, **more)


def rate_all(folder: Folder, task: Task, values: dict[str, list[int]]) -> list[Rated]:
    """Each rater's relevance of the items in their order; sensibility is always 4."""
    return [
        rate(folder, task.name, rater, item, given(value, seconds=10.0))
        for rater, row in values.items()
        for item, value in zip(task.items, row, strict=False)
    ]
