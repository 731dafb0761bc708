"""Laws of the fold and of the view: batching does not matter, and what is written can be read back."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.records import Person, Question, Rating, Triple, Writer
from seedbed.seeds import HandLabel, import_file, load, write_view
from seedbed.seeds.codec import Record, SubjectLabel, decode_event, encode
from seedbed.study.events import Event, EventStore
from tests.seeds.studies import make_study

_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
_name = st.text("abcdefgh", min_size=1, max_size=4)
_maybe = st.none() | _name
_writer = st.sampled_from(list(Writer))
_entities = st.dictionaries(
    _name, st.lists(_text.map(str.split).map(" ".join).filter(bool), min_size=1, max_size=2, unique=True), max_size=2
).map(lambda found: tuple((kind, value) for kind, values in found.items() for value in values))
_questions = st.builds(
    Question, id=_name, persona=st.just("") | _text, scenario=st.just("") | _text, entities=_entities,
    text=_text, topic=_maybe, topic_raw=_text, question_type=_maybe, question_type_raw=_text,
    group=_name, authors=st.lists(_name, unique=True, max_size=2).map(tuple), written_by=_writer, source=_text,
    taxonomy=st.integers(1, 3),
)  # fmt: skip
_triples = st.builds(
    Triple, id=_name.map("t-{}".format), prompt=_text, misaligned=_text, critique=_text, aligned=_text,
    values=st.lists(_name, max_size=2).map(tuple), values_raw=st.lists(_name, max_size=2).map(tuple),
    prompt_id=_maybe, group=_name, authors=st.lists(_name, unique=True, max_size=2).map(tuple),
    written_by=st.dictionaries(st.sampled_from(["misaligned", "critique", "aligned"]), _writer),
)  # fmt: skip
_people = st.builds(Person, id=_name, role=_name, group=_name, position=_text, background=_text, location=_text)
_ratings = st.builds(Rating, subject=_name, rater=_name, scale=_name, value=st.integers(1, 5) | _text, source=_text)
_hand = st.builds(HandLabel, reader=_name, topic=_maybe, question_type=_maybe, topic_raw=_text)
_labels = st.builds(SubjectLabel, subject=_name, label=_hand)
_records = st.one_of(_questions, _triples, _people, _ratings, _labels)


@given(records=st.lists(_records, max_size=8), cuts=st.sets(st.integers(0, 8)))
@settings(max_examples=25, deadline=None)
def test_the_fold_does_not_depend_on_how_events_were_batched(
    records: list[Record], cuts: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole, parted = (make_study(tmp_path_factory.mktemp("fold") / name) for name in ("whole", "parted"))
    with EventStore.at(whole.people) as store:
        store.append("seeds", "ana", map(encode, records))
    with EventStore.at(parted.people) as store:
        edges = [0, *sorted(cut for cut in cuts if cut < len(records)), len(records)]
        for start, end in pairwise(edges):
            store.append("seeds", "ana", map(encode, records[start:end]))
    assert load(whole) == load(parted)


@given(records=st.lists(_records, min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_a_record_survives_the_event_store(records: list[Record], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("codec") / "people.db"
    with EventStore.at(path) as store:
        store.append("seeds", "ana", map(encode, records))
        assert [decode_event(event) for event in store.read("seeds")] == records


@given(questions=st.lists(_questions, max_size=5, unique_by=lambda item: item.id))
@settings(max_examples=20, deadline=None)
def test_the_view_imports_as_the_same_seeds(
    questions: list[Question], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("view")
    first, second = make_study(root / "first"), make_study(root / "second")
    trimmed = [
        replace(
            item, text=item.text.strip() or "x", topic_raw=item.topic_raw.strip(), source=item.source.strip(),
            question_type_raw=item.question_type_raw.strip(), persona=item.persona.strip(),
            scenario=item.scenario.strip(), topic=None, question_type=None, taxonomy=1,
        )
        for item in questions
    ]  # fmt: skip
    with EventStore.at(first.people) as store:
        store.append("seeds", "ana", map(encode, trimmed))
    write_view(first)
    if not trimmed:
        assert not (first.seeds / "questions.jsonl").exists()
        return
    import_file(second, first.seeds / "questions.jsonl")
    again = [replace(item, topic=None, question_type=None) for item in load(second).questions]
    assert again == trimmed


def test_the_view_is_rewritten_by_every_import_and_imports_as_already_there(study, file) -> None:  # type: ignore[no-untyped-def]
    import_file(study, file("q.csv", "id,topic,question\nq1,Travel,Where to?\n"))
    import_file(
        study,
        file("t.csv", "id,value,question,misaligned,critique,aligned\nt1,Fairness,Where to?,Home.,Rude.,Anywhere.\n"),
    )
    import_file(study, file("p.csv", "id,role,location\nana,moderator,BR\n"))
    rows = [json.loads(line) for line in (study.seeds / "questions.jsonl").read_text().splitlines()]
    assert [(row["id"], row["topic"], row["topic_id"]) for row in rows] == [("q1", "Travel", "travel")]
    for name in ("questions", "triples", "people"):
        report = import_file(study, study.seeds / f"{name}.jsonl")
        assert (report.added, report.skipped) == (0, 1)


def test_events_of_before_there_were_personas_are_read_and_written_as_they_were() -> None:
    plain = Question(id="q1", text="Why?", topic="travel", authors=("ana",), group="1")
    act = encode(plain)
    assert set(act.texts) == {"text"}
    assert not {"persona", "scenario", "entities"} & set(act.data)
    event = Event("seeds", 1, "2026-01-01", "ana", "question", "q1", {**act.data, **act.texts})
    assert decode_event(event) == plain


def test_a_study_without_a_store_has_no_seeds_and_gets_none_by_being_asked(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from seedbed.study import Folder

    folder = Folder(tmp_path)
    assert load(folder).questions == ()
    assert not folder.people.exists()
