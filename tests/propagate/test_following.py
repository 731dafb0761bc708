"""A control makes the very asks of its run: also of a run with a target, whose plan hangs on verdicts."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows, read_run
from seedbed.errors import UsageError
from seedbed.generate.questions.following import followed
from seedbed.preparing import Wanted
from seedbed.records import Ask, Row, State, Verdict
from seedbed.testing import MockEndpoint
from tests.studies import copy_of


def row(first: int, slot: int, state: State, count: int = 2) -> Row:
    ask = Ask(f"a{first:07d}", first, count, topic="t", question_type="q", examples=("s1", "s2"), seed=first)
    return Row(f"r.{slot:06d}", "r", Verdict(slot, state), ask, "v", "m")


def test_asks_are_taken_in_order_up_to_so_many_rows_and_failed_ones_are_not() -> None:
    rows = [
        row(0, 0, State.KEPT), row(0, 1, State.REJECTED), row(2, 2, State.FAILED), row(2, 3, State.FAILED),
        row(4, 4, State.REJECTED), row(4, 5, State.REJECTED), row(6, 6, State.KEPT), row(6, 7, State.KEPT),
    ]  # fmt: skip
    assert [ask.first for ask in followed(rows, "r", candidates=None).asks] == [0, 4, 6]
    assert [ask.first for ask in followed(rows, "r", candidates=3).asks] == [0, 4]
    assert followed(rows, "r", candidates=2).shown == 2
    assert followed([], "r", candidates=2).asks == ()


def test_a_run_with_a_target_is_followed_ask_by_ask(curated: Path, tmp_path: Path) -> None:
    study = Study.open(copy_of(curated, tmp_path / "study"))
    with MockEndpoint() as mock:
        study.generate(endpoint=mock.settings(), target=25)
        found = study.curation()
        pool = [id for id in found.included if id not in found.selected_questions and found.is_question(id)]
        shown = pool[:10]
        study.generate(
            endpoint=mock.settings(),
            run="other",
            follow="questions",
            shown=shown,
            control_of="questions",
            candidates=24,
        )
    base, other = (
        list({row.ask.id: row.ask for row in read_rows(study.folder.run(name))}.values())
        for name in ("questions", "other")
    )
    assert len(other) >= 6
    assert sum(ask.count for ask in other[:-1]) < 24 <= sum(ask.count for ask in other)
    for one, two in zip(base, other, strict=False):
        alike: dict[str, Any] = {"id": "", "first": 0, "examples": (), "persona_from": None}
        assert dataclasses.replace(one, **alike) == dataclasses.replace(two, **alike)
        assert len(one.examples) == len(two.examples)
        assert set(two.examples) <= set(shown)
    records = [read_run(study.folder.run(name)) for name in ("questions", "other")]
    assert records[1].ask["follows"]["run"] == "questions"
    assert records[1].ask["target"] is None
    gates = [record.verdict for record in records]
    assert gates[0] == gates[1]  # its cell limit too, though one has a target and the other a number of rows


def test_only_runs_of_the_same_stage_can_be_followed(curated: Path) -> None:
    with pytest.raises(UsageError, match="Only questions and triples"):
        Wanted(stage="topics", follow="questions")
    with pytest.raises(UsageError, match="No run 'gone'"):
        Study.open(curated).prepare(follow="gone")
