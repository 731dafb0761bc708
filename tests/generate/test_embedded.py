"""Both stages with the real embedded model and every gate: small, and twice, to see that it repeats itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows, read_run
from seedbed.generate import RunSummary
from seedbed.generate.settings import QuestionGates
from seedbed.llm.embedded import EMBEDDED_MODEL
from seedbed.records import Origin, Row
from seedbed.seeds import current_taxonomy
from tests.generate.made import leads
from tests.studies import configure, copy_of

pytestmark = pytest.mark.model

PROMPTS = "questions-given"


@pytest.fixture(scope="module")
def made(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunSummary, RunSummary]:
    study = copy_of(curated, tmp_path_factory.mktemp("embedded") / "study")
    configure(study, "order", json.dumps(QuestionGates().order), section="generate.questions.gates")
    configure(study, "best_of", "4", section="generate.triples")
    # what stage 2 answers does not hang on what a small model happened to write in eight attempts
    given = study / "given.jsonl"
    row = {"id": "x1", "question": "Are older employees slower than younger ones and why?", "topic": "human-resources"}
    given.write_text(json.dumps(row) + "\n")
    opened = Study.open(study)
    opened.import_files([given], kind="question", origin=Origin.SYNTHETIC, run=PROMPTS)
    questions = opened.generate(candidates=8)
    return study, questions, opened.generate(stage="triples", candidates=1, prompts_from=PROMPTS)


def rows(study: Path, run: str) -> list[Row]:
    return list(read_rows(study / "runs" / run))


def test_kept_and_rejected_add_up_and_every_rejection_has_its_reason(
    made: tuple[Path, RunSummary, RunSummary],
) -> None:
    study, questions, triples = made
    for summary, generated in ((questions, 8), (triples, 1)):
        assert (summary.generated, summary.failed, summary.complete) == (generated, 0, True)
        assert summary.kept + summary.rejected == generated == len(rows(study, summary.name))
        assert sum(summary.reasons.values()) == summary.rejected
        assert summary.completion_tokens > 0
        assert all(row.kept or (row.verdict.gate and row.verdict.reason) for row in rows(study, summary.name))


def test_lead_ins_are_recorded_and_stand_first(made: tuple[Path, RunSummary, RunSummary]) -> None:
    study, _, _ = made
    for row in rows(study, "questions"):
        assert row.ask.lead_in
        assert row.verdict.text.startswith(row.ask.lead_in)
        assert "logprob" in row.verdict.notes
        assert row.model == EMBEDDED_MODEL


def test_a_triple_of_the_embedded_model_is_a_proposal_with_its_alternatives(
    made: tuple[Path, RunSummary, RunSummary],
) -> None:
    study, _, _ = made
    record = read_run(study / "runs" / "triples")
    assert record.ask["proposals"] is True
    assert record.about["endpoint"] == "embedded"
    (row,) = rows(study, "triples")
    fields = row.verdict.fields
    value = current_taxonomy(Study.open(study).folder).value("fairness")
    for part in ("misaligned", "aligned"):
        assert fields["scaffold"][part] == leads(value, part, "older employees")[0]
    assert fields["aligned"].startswith(fields["scaffold"]["aligned"])
    for part in ("misaligned", "aligned"):
        assert len(fields["alternatives"][part]) == 3
        assert all(o["text"] and o["logprob"] is not None for o in fields["alternatives"][part])


def test_the_same_seed_gives_the_same_replies_in_any_number_of_lanes(
    made: tuple[Path, RunSummary, RunSummary],
) -> None:
    study, _, _ = made
    again = copy_of(study, study.with_name("again"))
    (again / "runs" / "questions").rename(again / "runs" / "first")
    Study.open(again).generate(candidates=8, lanes=1)
    first = [(row.ask, row.verdict) for row in rows(again, "first")]
    assert [(row.ask, row.verdict) for row in rows(again, "questions")] == first
