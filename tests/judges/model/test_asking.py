"""Judging runs: through the engine, journaled, taken up again, and never asked twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed.acts import Study, sample_folder
from seedbed.errors import InputError, UsageError
from seedbed.judges.model import JudgedRow, JudgeSpec, judge, read_judgements, rows_of_seeds
from seedbed.judges.model.asking import fingerprint
from seedbed.judges.model.store import judging_folder
from seedbed.study import Folder
from seedbed.testing import MockEndpoint, chaos
from seedbed.testing.chaos import CONNECTION_FAULTS
from tests.judges.model.made import questions, study, triples

# of the connection only, and none that asks for a pause: a third of the requests fails once
FLAKY = chaos(seed=3, text=0, without=[kind for kind in CONNECTION_FAULTS if kind.startswith(("429", "trickle"))])


def _said(folder: Folder) -> list[tuple[str, str, int | None, str]]:
    return [(one.row, one.part, one.says, one.why) for one in read_judgements(folder)]


def test_each_question_costs_one_call_and_no_word_of_the_rows_is_kept(tmp_path: Path) -> None:
    folder = study(tmp_path)
    with MockEndpoint() as mock:
        found = judge(folder, JudgeSpec("relevance"), questions(40), mock.settings())
        again = judge(folder, JudgeSpec("relevance"), questions(40), mock.settings())
        assert len(mock.requests) == 40
    assert (found.rows, found.questions, found.calls, found.complete) == (40, 40, 40, True)
    assert again == found
    assert sum(found.said.values()) + sum(found.without.values()) == 40
    assert set(found.said) <= {"1", "2", "3", "4", "5"}
    where = judging_folder(folder, found.name)
    assert not any(b"pills" in path.read_bytes() for path in where.iterdir())


def test_a_reply_without_a_label_is_a_failure_and_is_not_asked_again(tmp_path: Path) -> None:
    folder = study(tmp_path)
    with MockEndpoint() as mock:
        # it is not told of the schema, and writes what it likes
        free = mock.settings().model_copy(update={"structured": "tags"})
        found = judge(folder, JudgeSpec("sensibility"), questions(12), free)
        assert len(mock.requests) == 12
    assert found.without == {"out of label": 12}
    assert found.said == {}
    assert all(one.says is None for one in read_judgements(folder))


def test_lanes_faults_and_stops_change_no_judgement(tmp_path: Path) -> None:
    rows = triples(25)
    told = []
    for at, lanes in enumerate((1, 16)):
        folder = study(tmp_path / str(at))
        folder.identity.unlink(missing_ok=True)
        if at:  # the same key, so that the same random numbers are sent
            folder.identity.write_bytes((tmp_path / "0" / "study" / "identity.db").read_bytes())
        with MockEndpoint(faults=FLAKY if at else None) as mock:
            spec = JudgeSpec("alignment")
            if at:
                for stop in (9, 17):
                    part = judge(folder, spec, rows, mock.settings(), lanes=lanes, questions=stop)
                    assert not part.complete
            whole = judge(folder, spec, rows, mock.settings(), lanes=lanes)
        assert whole.complete
        assert whole.questions == 50
        told.append(_said(folder))
    assert len(told[0]) == 50
    assert told[0] == told[1]


def test_a_row_judged_before_costs_nothing_whatever_run_it_is_in(tmp_path: Path) -> None:
    folder = study(tmp_path)
    with MockEndpoint() as mock:
        endpoint = mock.settings()
        first = judge(folder, JudgeSpec("relevance"), questions(20), endpoint, source="one")
        renamed = [
            JudgedRow(f"other-{row.id}", row.kind, row.texts, row.topic, row.question_type) for row in questions(30)
        ]
        second = judge(folder, JudgeSpec("relevance"), renamed, endpoint, source="two")
        assert len(mock.requests) == 30
        assert (second.calls, second.cached) == (10, 20)
        # another judge is asked anew: other words, another number of samples, another model
        judge(folder, JudgeSpec("sensibility"), questions(20), endpoint)
        judge(folder, JudgeSpec("relevance", samples=2), questions(20), endpoint)
        judge(folder, JudgeSpec("relevance"), questions(20), endpoint.model_copy(update={"model": "mock-2"}))
        assert len(mock.requests) == 30 + 20 + 40 + 20
    (folder.root / "judgements" / first.name / "journal.db").unlink()
    of_both = {one.row: one.says for one in read_judgements(folder, second.name)}
    assert len(of_both) == 30  # a run holds its replies itself, those that it was given too


def test_the_newest_judgement_of_a_row_stands(tmp_path: Path) -> None:
    folder = study(tmp_path)
    with MockEndpoint() as mock:
        judge(folder, JudgeSpec("sensibility"), questions(5), mock.settings(), name="one")
        edited = [JudgedRow(row.id, row.kind, {"text": "Is it so?"}) for row in questions(5)]
        judge(folder, JudgeSpec("sensibility"), edited, mock.settings(), name="two")
        with pytest.raises(InputError, match="content was"):
            judge(folder, JudgeSpec("sensibility"), edited, mock.settings(), name="one")
    assert {one.run for one in read_judgements(folder)} == {"two"}


def test_samples_are_drawn_apart_and_counted(tmp_path: Path) -> None:
    folder = study(tmp_path)
    with MockEndpoint() as mock:
        found = judge(folder, JudgeSpec("grading", samples=5), triples(6), mock.settings())
        assert len(set(mock.requests)) == found.questions == 6 * 2 * 5
    shares = [one.shares for one in read_judgements(folder)]
    assert all(sum(share.values()) == pytest.approx(1) for share in shares)
    assert any(len(share) > 1 for share in shares)


def test_a_model_that_judges_its_own_rows_is_warned_of(tmp_path: Path) -> None:
    folder = study(tmp_path)
    rows = [*questions(3, written_by="people"), *triples(4, written_by="mock")]
    with MockEndpoint() as mock:
        found = judge(folder, JudgeSpec("sensibility"), rows, mock.settings())
    assert found.own_rows == 4
    assert "wrote 4 of the 7 rows" in found.warnings[0]


def test_rows_that_cannot_be_judged_are_counted_by_reason(tmp_path: Path) -> None:
    folder = study(tmp_path)
    rows = [*questions(2), *triples(3), *[JudgedRow("t9", "triple", triples(1)[0].texts)]]
    with MockEndpoint() as mock:
        found = judge(folder, JudgeSpec("grading"), rows, mock.settings())
        assert (found.rows, found.questions) == (3, 6)
        assert found.skipped == {"is a question, and has no responses": 2, "names no value": 1}
        with pytest.raises(UsageError, match="no row that alignment could judge: of 2 each is a question"):
            judge(folder, JudgeSpec("alignment"), questions(2), mock.settings())
        with pytest.raises(UsageError, match="no row"):
            judge(folder, JudgeSpec("alignment"), [], mock.settings())
        assert len(mock.requests) == 6


def test_a_larger_sample_holds_the_smaller_one(tmp_path: Path) -> None:
    folder = study(tmp_path)
    with MockEndpoint() as mock:
        for size in (5, 9):
            judge(folder, JudgeSpec("relevance"), questions(30), mock.settings(), sample=size)
        assert len(mock.requests) == 9


def test_one_model_at_two_addresses_is_one_judge_and_what_is_sent_besides_makes_another(tmp_path: Path) -> None:
    folder = study(tmp_path)
    with MockEndpoint() as mock:
        here = mock.settings()
    there = here.model_copy(update={"url": "http://127.0.0.1:9/v1"})
    spec = JudgeSpec("relevance")
    assert fingerprint(folder, spec, here) == fingerprint(folder, spec, there)
    other = here.model_copy(update={"extra_body": {"top_k": 1}})
    assert fingerprint(folder, spec, here) != fingerprint(folder, spec, other)
    assert fingerprint(folder, spec, None).startswith("relevance/SmolLM2")


def test_damage_is_named(tmp_path: Path) -> None:
    folder = study(tmp_path)
    with MockEndpoint() as mock:
        found = judge(folder, JudgeSpec("relevance"), questions(2), mock.settings())
    listed = judging_folder(folder, found.name) / "rows.jsonl"
    listed.write_text(json.dumps({"id": "q000"}))
    with pytest.raises(InputError, match=r"rows.jsonl is missing or damaged"):
        read_judgements(folder)


def test_a_run_that_was_stopped_before_its_first_reply_has_said_nothing(tmp_path: Path) -> None:
    folder = study(tmp_path)
    with MockEndpoint() as mock:
        found = judge(folder, JudgeSpec("relevance"), questions(2), mock.settings())
        where = judging_folder(folder, found.name)
        for name in ("journal.db", "rows.jsonl", "summary.json"):
            (where / name).unlink()
        assert read_judgements(folder) == []
        again = judge(folder, JudgeSpec("relevance"), questions(2), mock.settings())
    assert again.calls == 2
    assert len(read_judgements(folder)) == 2


@pytest.mark.parametrize("wrong", [{"judge": "taste"}, {"samples": 0}, {"samples": 2, "temperature": 0.0}])
def test_a_judge_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        JudgeSpec(**{"judge": "relevance", **wrong})  # type: ignore[arg-type]


def test_seeds_are_rows_too(tmp_path: Path) -> None:
    sample = Study.new(tmp_path / "sample")
    sample.import_files([sample_folder() / name for name in ("questions.csv", "pairs.csv")])
    pairs = list(rows_of_seeds(sample.folder, "triple"))
    assert {row.kind for row in pairs} == {"triple"}
    assert {row.written_by for row in pairs} == {"people", "a model, in a seed"}
    assert all(row.slices["longer_response"] in ("aligned", "misaligned", "same") for row in pairs)
    assert len(list(rows_of_seeds(sample.folder, "question"))) == 94
