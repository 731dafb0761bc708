"""Whole runs through the mock endpoint: both stages, both styles, controls, raw rows, judging anew."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study
from seedbed.engine import Journal, read_rows, read_run
from seedbed.errors import InputError
from seedbed.generate import RunSummary
from seedbed.generate.questions.prompts import QUESTIONS_VERSION
from seedbed.records import Row, State
from seedbed.testing import Fault, FaultPlan, MockEndpoint
from tests.generate.made import WORD_GATES
from tests.studies import configure, copy_of, told


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Path:
    made = copy_of(curated, tmp_path / "study")
    configure(made, "order", json.dumps(WORD_GATES), section="generate.triples.gates")
    return made


def generate(study: Path, faults: FaultPlan | None = None, **more: Any) -> RunSummary:
    with MockEndpoint(faults=faults) as mock:
        return Study.open(study).generate(endpoint=mock.settings(), **more)


def rows(study: Path, run: str) -> list[Row]:
    return list(read_rows(study / "runs" / run))


def adds_up(summary: RunSummary, study: Path) -> bool:
    found = rows(study, summary.name)
    states = [row.verdict.state for row in found]
    rejected = [row for row in found if row.verdict.state is State.REJECTED]
    return (
        summary.generated == summary.kept + summary.rejected == len(found) - summary.failed
        and summary.kept == states.count(State.KEPT)
        and sum(summary.reasons.values()) == summary.rejected + summary.failed
        and all(row.verdict.gate and row.verdict.reason for row in rejected)
    )


@pytest.mark.parametrize("style", ["schema", "chat"])
def test_questions_in_both_styles(study: Path, style: str) -> None:
    configure(study, "style", f'"{style}"', section="generate.questions")
    summary = generate(study, candidates=80)
    assert adds_up(summary, study)
    assert summary.kept > 5
    assert summary.rejected > 5
    assert summary.complete
    record = read_run(study / "runs" / "questions")
    assert (record.ask["style"], record.ask["candidates"], record.ask["with_seeds"]) == (style, 80, True)
    assert record.ask["lead_ins"] is (style == "chat")
    assert record.verdict["must_ask"] is (style == "chat")
    chosen = set(Study.open(study).curation().selected_questions)
    for row in rows(study, "questions"):
        assert bool(row.ask.lead_in) is (style == "chat")
        assert len(row.ask.examples) == (2 if style == "chat" else 5)
        assert set(row.ask.examples) <= chosen
        assert (row.model, row.prompt_version) == ("mock", QUESTIONS_VERSION)
        if style == "chat" and row.verdict.text:
            assert row.verdict.text.startswith(row.ask.lead_in)
    written = json.loads((study / "runs" / "questions" / "summary.json").read_text())
    assert written == json.loads(json.dumps(dataclasses.asdict(summary)))


def test_a_number_of_candidates_that_is_no_multiple_is_filled_up(study: Path) -> None:
    assert generate(study, candidates=10).generated == 12
    assert read_run(study / "runs" / "questions").ask["candidates"] == 12


def test_with_and_without_seeds_have_the_same_plan_but_for_the_examples(study: Path) -> None:
    generate(study, run="with", raw=True, candidates=40)
    generate(study, run="without", raw=True, candidates=40, with_seeds=False, control_of="with")
    with_, without = rows(study, "with"), rows(study, "without")
    assert [dataclasses.replace(row.ask, examples=(), persona_from=None) for row in with_] == [
        row.ask for row in without
    ]
    assert all(len(row.ask.examples) == 5 for row in with_)
    assert [row.verdict.text for row in with_] != [row.verdict.text for row in without]
    one, other = read_run(study / "runs" / "with"), read_run(study / "runs" / "without")
    assert {key for key in one.ask if one.ask[key] != other.ask[key]} == {"with_seeds"}
    assert (one.about["control_of"], other.about["control_of"]) == (None, "with")


@pytest.mark.parametrize("style", ["schema", "chat"])
def test_raw_rows_are_first_samples_with_no_help_and_no_gate(study: Path, style: str) -> None:
    configure(study, "style", f'"{style}"', section="generate.questions")
    with MockEndpoint(keep=True) as mock:
        summary = Study.open(study).generate(endpoint=mock.settings(), raw=True, candidates=20)
        bodies = [body for body, _ in mock.received]
    assert len(bodies) >= 20
    assert all(body.get("n", 1) == 1 and body["messages"][-1]["role"] == "user" for body in bodies)
    found = rows(study, "questions")
    assert (summary.generated, len(found)) == (20, 20)
    assert all(row.ask.count == 1 and not row.ask.lead_in for row in found)
    assert set(summary.reasons) <= {"parse"}
    record = read_run(study / "runs" / "questions")
    assert (record.ask["raw"], record.ask["per_ask"], record.ask["lead_ins"]) == (True, 1, False)
    assert record.verdict == {"order": []}


@pytest.mark.parametrize("style", ["schema", "chat"])
def test_triples_in_both_styles(study: Path, style: str) -> None:
    configure(study, "style", f'"{style}"', section="generate.triples")
    generate(study, candidates=80)
    summary = generate(study, stage="triples", candidates=6)
    assert adds_up(summary, study)
    assert summary.generated == 6
    record = read_run(study / "runs" / "triples")
    assert (record.stage, record.ask["style"], record.ask["values"]) == ("triples", style, ["fairness"])
    assert record.ask["proposals"] is False  # what an endpoint writes can be released
    kept = {row.id: row.verdict.text for row in rows(study, "questions") if row.kept}
    for row in rows(study, "triples"):
        fields = row.verdict.fields
        assert row.ask.prompt_id is not None
        assert fields["prompt"] == kept[row.ask.prompt_id]
        assert len(row.ask.examples) == (2 if style == "chat" else 4)
        shown = [fields["alternatives"][part] for part in ("misaligned", "aligned")]
        assert [len(others) for others in shown] == ([7, 7] if style == "chat" else [0, 0])
        if row.kept:
            assert all(fields[part] for part in ("misaligned", "critique", "aligned"))
            assert row.verdict.text == f"{fields['misaligned']} {fields['aligned']}"


def test_triples_without_seeds_show_no_pair(study: Path) -> None:
    generate(study, candidates=40)
    generate(study, stage="triples", candidates=3, with_seeds=False, run="bare")
    assert all(row.ask.examples == () for row in rows(study, "bare"))
    assert read_run(study / "runs" / "bare").ask["examples"] == []


def test_replies_that_cannot_be_read_cost_attempts_and_then_their_slots(study: Path) -> None:
    whole = generate(study, candidates=40, run="whole")
    broken = generate(study, FaultPlan(shares={Fault("null"): 0.2}), candidates=40, run="broken")
    assert (whole.failed, broken.failed) == (0, 0)
    mine, theirs = ([(row.verdict.state, row.verdict.text) for row in rows(study, run)] for run in ("whole", "broken"))
    assert mine == theirs


def test_changed_gates_judge_the_same_replies_anew(study: Path) -> None:
    first = generate(study, candidates=80)
    configure(study, "min_words", "12", section="generate.questions.gates")
    with pytest.raises(InputError, match=r"min_words was 6, is 12") as caught:
        generate(study, candidates=80)
    assert "--rejudge" in caught.value.hint
    with MockEndpoint() as mock:
        second = Study.open(study).generate(endpoint=mock.settings(), candidates=80, rejudge=True)
        assert mock.stats()["requests"] == 0
    assert (second.generated, second.calls) == (first.generated, first.calls)
    assert second.kept < first.kept
    assert adds_up(second, study)
    fresh = copy_of(study, study.with_name("fresh"))
    (fresh / "runs" / "questions").rename(fresh / "runs" / "earlier")
    generate(fresh, candidates=80)
    assert told(fresh) == told(study)


def test_another_plan_is_refused_with_the_keys_that_differ(study: Path) -> None:
    generate(study, candidates=20)
    for change in ({"candidates": 24}, {"with_seeds": False, "run": "questions"}, {"raw": True}):
        with pytest.raises(InputError, match=f"{next(iter(change))} was"):
            generate(study, **{"candidates": 20, **change})


def test_a_finished_run_is_left_as_it_is(study: Path) -> None:
    first = generate(study, candidates=20)
    before = told(study)
    with MockEndpoint() as mock:
        again = Study.open(study).generate(endpoint=mock.settings(), candidates=20)
        assert mock.stats()["requests"] == 0
    assert dataclasses.replace(again, seconds=0.0) == dataclasses.replace(first, seconds=0.0)
    assert told(study) == before


def test_what_a_listener_hears(study: Path) -> None:
    heard: list[tuple[int, int]] = []
    generate(study, candidates=20, listen=lambda progress, slots: heard.append((progress.generated, slots)))
    assert heard == [(done, 20) for done in range(1, 21)]


def test_nothing_to_show_is_said(study: Path) -> None:
    with pytest.raises(InputError, match="no questions to answer yet"):
        generate(study, stage="triples")
    configure(study, "order", "[]", section="generate.questions.gates")
    generate(study, candidates=8)
    with pytest.raises(InputError, match="No value 'moon'"):
        generate(study, stage="triples", values=["moon"])


def test_a_run_journals_no_prompt_and_no_words_of_people(study: Path) -> None:
    generate(study, candidates=40)
    seeds = [seed.text for seed in Study.open(study).seeds().questions]
    journal = Journal(study / "runs" / "questions" / "journal.db", read_only=True)
    try:
        asks = json.dumps([ask.to_json() for _, ask, _ in journal.rows()])
    finally:
        journal.close()
    run = (study / "runs" / "questions" / "run.json").read_text()
    assert not any(text in asks or text in run for text in seeds)
