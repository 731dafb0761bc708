"""A row explained: what is shown is what was asked, what came, and what was decided."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study
from seedbed.cli.explain import show_explanation
from seedbed.engine import read_rows
from seedbed.errors import UsageError
from seedbed.generate import Prepared, Roles, conduct, prepare_questions, prepare_triples
from seedbed.generate.explain import THRESHOLDS, explain, is_there, slot_of
from seedbed.generate.questions.gates import QUESTION_GATES
from seedbed.generate.settings import QuestionGates, TopicSettings, TripleGates
from seedbed.generate.triples.gates import TRIPLE_GATES
from seedbed.llm.settings import EndpointSettings
from seedbed.records import Example, Row, State
from seedbed.seeds import current_taxonomy
from seedbed.study import Folder
from seedbed.testing import Fault, FaultPlan, MockEndpoint
from tests.studies import configure, copy_of

ENDPOINT = EndpointSettings(url="http://127.0.0.1:9/v1", model="mock")
TRIPLE_ORDER = '["complete", "length", "leaked-fields", "refusal", "repetition", "copy"]'


def prepared(path: Path, run: str = "questions", endpoint: EndpointSettings = ENDPOINT, **more: Any) -> Prepared:
    """The run as `seedbed generate` prepares it, from the study as it is."""
    study = Study.open(path)
    settings = study.settings.generate
    part = settings.questions.model_copy(update={"candidates": 80, **more.pop("settings", {})})
    curation = study.curation()
    chosen = [curation.question(id) for id in curation.selected_questions]
    examples = [
        Example(q.id, q.text, q.topic, q.question_type, persona=q.persona, scenario=q.scenario, entities=q.entities)
        for q in chosen
    ]
    return prepare_questions(
        study.folder, settings.model_copy(update={"questions": part}), Roles(endpoint), current_taxonomy(study.folder),
        examples=examples, seeds={q.id: q.text for q in study.seeds().questions}, run=run, **more,
    )  # fmt: skip


def prepared_triples(path: Path, endpoint: EndpointSettings = ENDPOINT) -> Prepared:
    study = Study.open(path)
    settings = study.settings.generate
    part = settings.triples.model_copy(update={"candidates": 6})
    curation = study.curation()
    pairs = [
        Example(t.id, t.prompt, misaligned=t.misaligned, critique=t.critique, aligned=t.aligned)
        for t in map(curation.triple, curation.selected_triples)
        if set(t.values) & set(part.values) and t.misaligned and t.aligned
    ]
    return prepare_triples(
        study.folder, settings.model_copy(update={"triples": part}), Roles(endpoint), current_taxonomy(study.folder),
        pairs=pairs, prompts=[(row.id, row.verdict.text) for row in rows(path) if row.kept],
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A questions run in which some requests failed for good, and some were asked again; and a triples run."""
    path = copy_of(curated, tmp_path_factory.mktemp("explained") / "study")
    configure(path, "order", TRIPLE_ORDER, section="generate.triples.gates")
    configure(path, "attempts", "2", section="generate")
    configure(path, "rouge_l", "[1, 2]", section="generate.questions.gates")  # so that there are rivals
    with MockEndpoint(faults=FaultPlan(shares={Fault("null"): 0.4}, times=None)) as mock:
        conduct(Folder(path), prepared(path, endpoint=mock.settings()))
    with MockEndpoint() as mock:
        conduct(Folder(path), prepared_triples(path, mock.settings()))
    return path


def rows(path: Path, run: str = "questions") -> list[Row]:
    return list(read_rows(path / "runs" / run))


def test_every_row_is_judged_again_as_it_was(made: Path) -> None:
    states = set()
    for row in rows(made)[::7]:
        found = explain(Folder(made), prepared(made), row.id)
        states.add(row.verdict.state)
        assert (found.verdict, found.ask, found.changed) == (row.verdict, row.ask, ())
        if row.verdict.state is State.FAILED:
            assert (found.again, found.parsed, found.gates) == (None, None, ())
            continue
        assert found.again == row.verdict
        assert found.differs == ()
        decided = [look.gate for look in found.gates if look.decided]
        assert decided == ([row.verdict.gate] if row.verdict.gate else [])
    assert states == set(State)


def test_gates_after_the_one_that_decided_are_shown_too(made: Path) -> None:
    order = list(Study.open(made).settings.generate.questions.gates.order)
    row = next(row for row in rows(made) if row.verdict.gate == "length")
    found = explain(Folder(made), prepared(made), str(row.verdict.slot))
    assert [look.gate for look in found.gates] == order
    (length,) = [look for look in found.gates if look.gate == "length"]
    assert (length.decided, length.measured) == (True, row.verdict.measured)
    assert length.thresholds == {"min_words": 6, "max_words": 45}


def test_a_rival_is_shown_with_its_text(made: Path) -> None:
    by_id = {row.id: row.verdict.text for row in rows(made)}
    row = next(row for row in rows(made) if row.verdict.rival in by_id)
    found = explain(Folder(made), prepared(made), row.id)
    (look,) = [look for look in found.gates if look.decided]
    assert look.rival is not None
    assert (look.rival.id, look.rival.text) == (row.verdict.rival, by_id[row.verdict.rival or ""])


def test_the_plan_and_the_prompt(made: Path, tmp_path: Path) -> None:
    path = copy_of(made, tmp_path / "study")
    with MockEndpoint(keep=True) as mock:
        conduct(Folder(path), prepared(path, "again", mock.settings()))
        sent = [body["messages"] for body, _ in mock.received]
    seeds = {question.id: question.text for question in Study.open(path).seeds().questions}
    for row in rows(path, "again")[::30]:
        found = explain(Folder(path), prepared(path, "again"), row.id)
        ((_, messages),) = found.prompts
        assert messages in sent
        assert [(seed.id, seed.text) for seed in found.shown] == [(id, seeds[id]) for id in row.ask.examples]
        assert found.cell == f"{row.ask.topic}/{row.ask.question_type}"


def test_attempts_with_their_errors_and_seconds(made: Path) -> None:
    with closing(sqlite3.connect(made / "runs" / "questions" / "journal.db")) as db:
        stored = dict(db.execute("SELECT first, count(*) FROM calls GROUP BY ask_id"))
    for row in rows(made)[::20]:
        found = explain(Folder(made), prepared(made), row.id)
        assert [one.number for one in found.attempts] == list(range(1, stored[row.ask.first] + 1))
        failed = row.verdict.state is State.FAILED
        assert [bool(one.error) for one in found.attempts] == [True] * (len(found.attempts) - 1) + [failed]
        assert all(one.seconds > 0 for one in found.attempts)


def test_another_gate_is_told_from_the_one_that_decided(made: Path, tmp_path: Path) -> None:
    path = copy_of(made, tmp_path / "study")
    configure(path, "max_words", "7", section="generate.questions.gates")
    row = next(row for row in rows(path) if row.kept and len(row.verdict.text.split()) > 7)
    found = explain(Folder(path), prepared(path), row.id)
    assert found.changed == ("max_words",)
    assert "state was kept, is rejected" in found.differs
    assert "gate was none, is length" in found.differs


def test_a_triple(made: Path) -> None:
    questions = {row.id: row.verdict.text for row in rows(made)}
    for row in rows(made, "triples"):
        found = explain(Folder(made), prepared_triples(made), row.id)
        assert (found.again, found.differs, found.changed) == (row.verdict, (), ())
        assert found.answers is not None
        assert found.answers.text == questions[row.ask.prompt_id or ""]
        assert [look.gate for look in found.gates] in (json.loads(TRIPLE_ORDER), ["parse"])


def test_a_row_that_is_not_there(made: Path) -> None:
    folder = Folder(made)
    last = rows(made)[-1].verdict.slot
    for id, words in (
        (str(last + 1), "has no row"),
        ("other.000001", "names no row of"),
        ("questions.x", "names no row of"),
        ("-1", "names no row of"),
    ):
        with pytest.raises(UsageError, match=words) as caught:
            explain(folder, prepared(made), id)
        assert caught.value.hint
    assert is_there(folder, "questions", "0")
    assert not is_there(folder, "questions", str(last + 1))
    assert not is_there(folder, "nothing", "0")
    assert slot_of("questions.000012", "questions") == slot_of("12", "questions") == 12
    assert slot_of("v1.2.000012", "v1.2") == 12


def test_a_slot_at_which_the_plan_waited(curated: Path, tmp_path: Path) -> None:
    path = copy_of(curated, tmp_path / "study")
    with MockEndpoint() as mock:
        Study.open(path).generate(endpoint=mock.settings(), target=60)
    slots = [row.verdict.slot for row in rows(path)]
    gap = next(slot for slot in range(slots[-1]) if slot not in set(slots))
    with pytest.raises(UsageError, match=f"No row stands in slot {gap}") as caught:
        explain(Folder(path), prepared(path, settings={"candidates": None, "target": 60}), str(gap))
    assert str(gap - 1) in caught.value.hint


def test_a_session_up_to_the_row_and_no_further(curated: Path, tmp_path: Path) -> None:
    path = copy_of(curated, tmp_path / "study")
    with MockEndpoint() as mock:
        run = prepared(path, endpoint=mock.settings())
        limits = dataclasses.replace(run.limits, lanes=1, until_slot=12)
        conduct(Folder(path), dataclasses.replace(run, limits=limits))
    assert rows(path)[-1].verdict.slot == 15  # an ask fills four slots
    assert explain(Folder(path), prepared(path), "12").again is not None


def test_it_prints_all_of_it(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for row in rows(made)[::27]:
        found = explain(Folder(made), prepared(made), row.id)
        show_explanation(found)
        told = capsys.readouterr().out
        for words in (row.id, row.verdict.gate, row.verdict.text, *(seed.text for seed in found.shown)):
            assert words in told
        for heading in ("Plan", "Prompt", "Attempts", "Reply", "Verdict"):
            assert f"\n{heading}" in told


def test_every_threshold_is_claimed_by_a_gate() -> None:
    for stage, gates, settings, other in (
        ("questions", QUESTION_GATES, QuestionGates, {"order"}),
        ("triples", TRIPLE_GATES, TripleGates, {"order"}),
    ):
        assert set(THRESHOLDS[stage]) <= set(gates)
        assert {key for keys in THRESHOLDS[stage].values() for key in keys} == set(settings.model_fields) - other
    assert {key for keys in THRESHOLDS["topics"].values() for key in keys} <= set(TopicSettings.model_fields)
