"""Whole runs of stage 0, and what stage 1 takes from them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows, read_run
from seedbed.errors import InputError, SettingsError, UsageError
from seedbed.generate import Roles, conduct, prepare_questions
from seedbed.generate.settings import GenerateSettings, QuestionGates, QuestionSettings
from seedbed.generate.topics.run import narrower_of
from seedbed.records import OVER_TARGET, Example, Row
from seedbed.seeds import current_taxonomy
from seedbed.study import Folder
from seedbed.testing import MockEndpoint
from tests.generate.made import small_taxonomy
from tests.generate.topics.made import SEEDS, Body, as_json, run_topics


def rows(folder: Folder, run: str = "topics") -> list[Row]:
    return list(read_rows(folder.run(run)))


def test_every_cell_of_the_plan_gets_its_topics(tmp_path: Path) -> None:
    folder, summary = run_topics(tmp_path / "study")
    assert (summary.stage, summary.target, summary.complete, summary.shortfalls) == ("topics", 12, True, ())
    record = read_run(folder.run("topics"))
    assert (record.stage, record.ask["prompt_version"], record.ask["style"]) == ("topics", "topics/1", "schema")
    found = rows(folder)
    counted = Counter(row.verdict.notes["cell"] for row in found if row.kept and OVER_TARGET not in row.verdict.notes)
    assert counted == {f"topic{a}/type{b}": 2 for a in range(2) for b in range(3)}
    assert all(row.verdict.gate and row.verdict.reason for row in found if not row.kept)


def test_lanes_change_nothing(tmp_path: Path) -> None:
    def said(body: Body) -> str:
        return as_json([f"Thing {body['seed'] % 2}", "Stuff 0", "too small", "One two three four"])

    told = []
    for lanes in (1, 5):
        folder, _ = run_topics(tmp_path / str(lanes), said, lanes=lanes, patience=8)
        told.append([(row.id, row.verdict, row.ask) for row in rows(folder)])
    assert told[0] == told[1]
    assert {verdict.gate for _, verdict, _ in told[0]} >= {"", "duplicate", "capital", "words"}
    named = {row.id for row in rows(folder)}
    assert all(verdict.rival in named for _, verdict, _ in told[0] if verdict.gate == "duplicate")


def test_a_cell_that_gives_nothing_is_given_up_and_named(tmp_path: Path) -> None:
    def said(body: Body) -> str:
        asked = body["messages"][1]["content"]
        fits = "Topic: topic number 1 " in asked
        return as_json([f"Thing {body['seed'] % 999_983} {letter}" if fits else "too small" for letter in "abcd"])

    _, summary = run_topics(tmp_path / "study", said, patience=6)
    assert {item.cell.partition("/")[0] for item in summary.shortfalls} == {"topic0"}
    assert all(item.accepted == 0 and item.tried >= 6 for item in summary.shortfalls)


@pytest.mark.parametrize(
    ("plan", "shares", "cells"),
    [
        ("uniform", {}, {f"topic{a}/type{b}" for a in range(2) for b in range(3)}),
        ("proportional", {}, {"topic0/type0", "topic1/type1"}),
        ("table", {"*/type2": 1.0}, {"topic0/type2", "topic1/type2"}),
    ],
)
def test_topics_are_made_for_the_cells_that_the_plan_visits(
    tmp_path: Path, plan: str, shares: dict[str, float], cells: set[str]
) -> None:
    seeds = [Example("s1", "Why?", "topic0", "type0"), Example("s2", "How?", "topic1", "type1")]
    folder, _ = run_topics(tmp_path / "study", plan=plan, shares=shares, examples=seeds)
    assert {row.verdict.notes["cell"] for row in rows(folder) if row.kept} == cells


@pytest.mark.parametrize("plan", ["uniform", "proportional", "table"])
def test_topics_and_types_of_participants_take_part(tmp_path: Path, plan: str) -> None:
    taxonomy = small_taxonomy(2, 2)
    theirs = taxonomy.topics[1].model_copy(update={"origin": "participants", "subtopics": ()})
    own = taxonomy.question_types[1].model_copy(update={"origin": "participants", "hint": "", "definition": ""})
    wider = taxonomy.model_copy(
        update={"topics": (taxonomy.topics[0], theirs), "question_types": (taxonomy.question_types[0], own)}
    )
    seeds = [Example(f"s{a}{b}", "Why?", f"topic{a}", f"type{b}") for a in range(2) for b in range(2)]
    shares = {"topic1/*": 1.0, "*/type1": 1.0}
    for style in ("chat", "schema", "tags", "text"):
        folder, _ = run_topics(
            tmp_path / style, lambda body: f"{body['seed'] % 999_983}\n2. Thing {body['seed'] % 999_983}\n",
            taxonomy=wider, plan=plan, shares=shares, examples=seeds, style=style, per_cell=1, patience=12,
        )  # fmt: skip
        kept = {row.verdict.notes["cell"] for row in rows(folder) if row.kept}
        assert {"topic1/type0", "topic1/type1", "topic0/type1"} <= kept


def test_a_run_goes_on_where_it_stopped_and_other_settings_are_refused(tmp_path: Path) -> None:
    folder, first = run_topics(tmp_path / "study")
    before = [(row.id, row.verdict) for row in rows(folder)]
    _, again = run_topics(tmp_path / "study")
    assert (again.calls, [(row.id, row.verdict) for row in rows(folder)]) == (first.calls, before)
    with pytest.raises(InputError, match="per_cell was 2, is 3"):
        run_topics(tmp_path / "study", per_cell=3)
    with pytest.raises(InputError, match="gates of run"):
        run_topics(tmp_path / "study", max_characters=20)


def test_a_gate_that_does_not_exist_is_refused_before_a_run_begins(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no gate moon"):
        run_topics(tmp_path / "study", order=("moon",))
    assert not (tmp_path / "study" / "runs").exists()


def test_narrower_topics_leave_the_surplus_out_and_keep_the_rows_ids(tmp_path: Path) -> None:
    folder, _ = run_topics(tmp_path / "study")
    found = narrower_of(folder, "topics")
    kept = {row.id: row for row in rows(folder) if row.kept}
    assert all(len(topics) == 2 for topics in found.values())
    assert len(found) == 6
    for (topic, type_), topics in found.items():
        for words, id in topics:
            row = kept[id]
            assert (row.verdict.text, row.ask.topic, row.ask.question_type) == (words, topic, type_)
    assert any(OVER_TARGET in row.verdict.notes for row in kept.values())


def test_equalising_cuts_types_to_the_smallest(tmp_path: Path) -> None:
    def said(body: Body) -> str:
        few = "Question type: type number 0." in body["messages"][1]["content"]
        return as_json([f"Thing {body['seed'] % 999_983} {letter}" for letter in ("a" if few else "abcd")])

    folder, _ = run_topics(tmp_path / "study", said, per_cell=4, patience=3)
    as_they_are, even = narrower_of(folder, "topics"), narrower_of(folder, "topics", equalise=True)

    def sizes(found: dict[tuple[str, str], tuple[tuple[str, str], ...]]) -> Counter[str]:
        return Counter({t: sum(len(topics) for cell, topics in found.items() if cell[1] == t) for _, t in found})

    assert len(set(sizes(as_they_are).values())) > 1
    assert set(sizes(even).values()) == {min(sizes(as_they_are).values())}


def test_what_holds_no_topics_narrows_nothing(tmp_path: Path, curated: Path) -> None:
    folder, _ = run_topics(tmp_path / "study", lambda body: as_json(["too small"]), patience=4)
    with pytest.raises(InputError, match="kept no topic"):
        narrower_of(folder, "topics")
    with pytest.raises(UsageError, match="No run 'nowhere'"):
        narrower_of(folder, "nowhere")


def test_a_question_leads_to_its_topic_and_on_to_the_seeds(tmp_path: Path) -> None:
    folder, _ = run_topics(tmp_path / "study")
    settings = GenerateSettings(
        questions=QuestionSettings(target=12, plan="uniform", gates=QuestionGates(order=("length",), min_words=1))
    )
    with MockEndpoint(keep=True) as mock:
        prepared = prepare_questions(
            folder, settings, Roles(mock.settings()), small_taxonomy(2, 3), examples=SEEDS, seeds={},
            narrower=narrower_of(folder, "topics"),
        )  # fmt: skip
        conduct(folder, prepared)
        prompts = [str(body) for body, _ in mock.received]
    topics = {row.id: row for row in rows(folder)}
    questions = [row for row in rows(folder, "questions") if row.kept]
    assert questions
    for question in questions:
        assert question.ask.grown_from is not None
        topic = topics[question.ask.grown_from]
        assert topic.kept
        assert topic.verdict.text == question.ask.subtopic
        assert (topic.ask.topic, topic.ask.question_type) == (question.ask.topic, question.ask.question_type)
        assert set(topic.ask.examples) <= {seed.id for seed in SEEDS}
        assert topic.ask.examples
        assert any(topic.verdict.text in prompt for prompt in prompts)


@pytest.mark.model
def test_the_embedded_model_lists_topics(curated: Path, tmp_path: Path) -> None:
    from seedbed.generate.settings import TopicSettings
    from seedbed.generate.topics.run import prepare_topics

    study = Study.open(curated)
    taxonomy = current_taxonomy(study.folder)
    folder = Folder(tmp_path)
    settings = GenerateSettings(
        topics=TopicSettings(per_cell=2),
        questions=QuestionSettings(plan="table", shares={"health/giving-advice": 1, "finance/legal-expertise": 1}),
    )
    examples = [Example(q.id, q.text, q.topic, q.question_type) for q in study.curation().questions[:20]]
    summary = conduct(folder, prepare_topics(folder, settings, Roles(), taxonomy, examples=examples))
    assert summary.kept >= 3
    for row in rows(folder):
        if row.kept:
            assert len(row.verdict.text.split()) <= 3
            assert row.verdict.text[0].isupper()
