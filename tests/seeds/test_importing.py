from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from seedbed.errors import Busy, InputError, NotAStudy
from seedbed.records import Person, Rating, Writer
from seedbed.seeds import import_file, install_taxonomy, load
from seedbed.study import Folder
from seedbed.study.events import EventStore
from tests.seeds.studies import TAXONOMY, events, make_study, stored_data

Write = Callable[[str, str | bytes], Path]

QUESTIONS = """id,group,author,topic,question_type,question,source
q1,1,ana;bo,Travel,Questions that require giving advice,Where should I go?,board
q2,1,bo,Healthcare,legal context,Who decides about my treatment?,board
q3,2,chi,customer care,Giving Advice,How do I complain politely?,board
"""
TRIPLES = """id,group,author,value,question,misaligned,critique,aligned,written_by
t1,1,ana,Fairness,Where should I go?,"Home, with your kind.",It judges by origin.,Wherever you like; choose.,human
t2,2,chi,fairness; Safety,Is it safe?,Who cares.,It is careless.,Look at the label first.,aligned=model
"""


def test_questions_arrive_with_labels_raw_and_canonical(study: Folder, file: Write) -> None:
    report = import_file(study, file("q.csv", QUESTIONS), actor="curator")
    assert (report.kind, report.rows_in, report.added, report.skipped, report.bad) == ("question", 3, 3, 0, ())
    assert report.mapping["author"] == "author"
    q1, q2, _ = load(study).questions
    assert (q1.id, q1.text, q1.group, q1.authors) == ("q1", "Where should I go?", "1", ("ana", "bo"))
    assert (q1.topic, q1.question_type) == ("travel", "giving-advice")
    assert q1.question_type_raw == "Questions that require giving advice"
    assert (q2.topic, q2.topic_raw, q2.question_type) == (None, "Healthcare", None)
    assert {(item.kind, item.raw, item.suggestion, item.count) for item in report.labels} == {
        ("topics", "Healthcare", None, 1),
        ("question_types", "legal context", "legal-expertise", 1),
    }


def test_words_of_people_stand_among_the_texts_and_nowhere_else(study: Folder, file: Write) -> None:
    import_file(study, file("q.csv", QUESTIONS))
    import_file(study, file("t.csv", TRIPLES))
    import_file(study, file("p.csv", "id,role,position,background\nana,participant,Head Gardener,Botany\n"))
    data = stored_data(study)
    for words in ("Where should I go", "Healthcare", "legal context", "with your kind", "Head Gardener", "Botany"):
        assert words not in data
    assert '"travel"' in data


def test_the_first_author_owns_the_words_so_that_a_withdrawal_finds_them(study: Folder, file: Write) -> None:
    import_file(study, file("q.csv", QUESTIONS), actor="curator")
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(study.people)) as db:
        owner = dict(db.execute("SELECT body, person FROM texts"))
        db.execute("DELETE FROM texts WHERE person = 'ana'")
        db.commit()
    assert owner["Where should I go?"] == "ana"
    assert owner["How do I complain politely?"] == "chi"
    seeds = load(study)
    assert [item.id for item in seeds.questions] == ["q2", "q3"]
    assert seeds.erased == ("q1",)
    again = import_file(study, file("q.csv", QUESTIONS))
    assert (again.added, again.skipped) == (0, 3)
    assert any("withdrawn" in warning for warning in again.warnings)
    assert [item.id for item in load(study).questions] == ["q2", "q3"]


def test_importing_again_adds_nothing_and_no_event(study: Folder, file: Write) -> None:
    files = [
        file("q.csv", QUESTIONS),
        file("t.csv", TRIPLES),
        file("p.csv", "id,role,group\nana,Moderator,1\nbo,,1\n"),
        file("r.csv", "subject,rater,scale,value\nq1,bo,relevance,4\nq1,bo,relevance,4\nt1,chi,style,good\n"),
        file("l.csv", "question_id,reader,topic\nq1,chi,Travels\nq2,chi,Health\n"),
        file("notes.txt", "Travel | giving advice | Where is it warm?\nWhat now?\nWhat now?\n"),
    ]
    first = [import_file(study, path) for path in files]
    assert [report.added for report in first] == [3, 2, 2, 3, 2, 3]
    before, seeds = len(events(study)), load(study)
    for path in files:
        report = import_file(study, path)
        assert (report.added, report.skipped, report.bad) == (0, report.rows_in, ())
    assert len(events(study)) == before
    assert load(study) == seeds


def test_triples_have_values_writers_and_the_question_they_answer(study: Folder, file: Write) -> None:
    import_file(study, file("t.csv", TRIPLES))
    assert [item.prompt_id for item in load(study).triples] == [None, None]
    import_file(study, file("q.csv", QUESTIONS))
    first, second = load(study).triples
    assert first.prompt_id == "q1"  # the same words, whichever file came first
    assert (first.values, second.values, second.values_raw) == (
        ("fairness",), ("fairness", "safety"), ("fairness", "Safety"),
    )  # fmt: skip
    assert second.written_by == {"misaligned": Writer.HUMAN, "critique": Writer.HUMAN, "aligned": Writer.MODEL}


def test_a_newer_taxonomy_does_not_make_the_same_file_another(study: Folder, file: Write, tmp_path: Path) -> None:
    import_file(study, file("q.csv", QUESTIONS))
    labels = json.loads(json.dumps(TAXONOMY))
    labels["topics"][0]["aliases"] = ["Healthcare"]
    install_taxonomy(study, file("new.json", json.dumps(labels)))
    report = import_file(study, file("q.csv", QUESTIONS))
    assert (report.added, report.skipped, report.taxonomy) == (0, 3, 2)
    assert load(study).question("q2").topic is None


def test_people_ratings_and_hand_labels(study: Folder, file: Write) -> None:
    import_file(study, file("q.csv", QUESTIONS))
    import_file(study, file("p.csv", "pseudonym,role,team,job,workplace\nana,Moderator,1,Head,BR\n"))
    import_file(study, file("r.csv", "id,annotator,scale,score\nq1,bo,relevance,4\nq1,chi,relevance,4.5\n"))
    import_file(study, file("l.csv", "question_id,reader,topic,question_type\nq1,chi,Travels,odd one\n"))
    seeds = load(study)
    assert seeds.people == (Person("ana", "moderator", "1", "Head", "", "BR"),)
    assert seeds.ratings == (Rating("q1", "bo", "relevance", 4.0), Rating("q1", "chi", "relevance", 4.5))
    (label,) = seeds.hand_labels["q1"]
    assert (label.reader, label.topic, label.question_type, label.question_type_raw) == (
        "chi",
        "travel",
        None,
        "odd one",
    )


def test_a_second_answer_of_the_same_rater_is_kept_and_said(study: Folder, file: Write) -> None:
    import_file(study, file("q.csv", QUESTIONS))
    import_file(study, file("r1.csv", "subject,rater,scale,value\nq1,bo,relevance,4\n"))
    report = import_file(study, file("r2.csv", "subject,rater,scale,value\nq1,bo,relevance,2\n"))
    assert report.added == 1
    assert any("1 differ from an earlier answer" in warning for warning in report.warnings)
    assert [rating.value for rating in load(study).ratings] == [4.0, 2.0]


def test_ids_come_from_content_and_repeats_are_numbered(study: Folder, file: Write) -> None:
    sheet = "Travel | giving advice | Where to?\nWhy so?\nWhy so?\n"
    report = import_file(study, file("one.txt", sheet), group="3")
    first, second, third = report.ids
    assert first.startswith("q-")
    assert len(first) == 12
    assert third == f"{second}-2"
    assert {item.group for item in load(study).questions} == {"3"}
    # another file with the same notes is the same seeds; another group's note is not
    assert import_file(study, file("two.txt", sheet), group="3").added == 0
    assert import_file(study, file("two.txt", sheet), group="4").added == 3


def test_rows_without_ids_stand_beside_rows_with(study: Folder, file: Write) -> None:
    report = import_file(study, file("q.csv", "id,question\n17,Why?\n,How?\n"))
    assert report.ids[0] == "17"
    assert report.ids[1].startswith("q-")


def test_formulas_are_kept_as_text_and_reported(study: Folder, file: Write) -> None:
    report = import_file(study, file("q.csv", 'id,question\nq1,"=HYPERLINK(""x"")"\nq2,Why?\n'))
    assert [(item.number, item.field) for item in report.formulas] == [(2, "question")]
    assert load(study).question("q1").text == '=HYPERLINK("x")'


def test_a_default_that_was_assumed_is_said(study: Folder, file: Write) -> None:
    path = file("q.csv", "question\nWhy?\n")
    assert any("taken as written by people" in warning for warning in import_file(study, path).warnings)
    other = import_file(study, file("m.csv", "question\nWho?\n"), written_by=Writer.MODEL)
    assert not any("taken as" in warning for warning in other.warnings)
    assert [item.written_by for item in load(study).questions] == [Writer.HUMAN, Writer.MODEL]


def test_authors_who_are_no_people_of_the_study_are_named(study: Folder, file: Write) -> None:
    import_file(study, file("p.csv", "id,role\nana,participant\n"))
    report = import_file(study, file("q.csv", QUESTIONS))
    assert any("2 authors are not among the study's people: bo, chi" in warning for warning in report.warnings)


def test_a_study_without_a_taxonomy_gets_the_default_as_version_one(tmp_path: Path, file: Write) -> None:
    root = tmp_path / "bare"
    root.mkdir()
    (root / "study.toml").write_text("")
    folder = Folder(root)
    report = import_file(folder, file("q.csv", "topic,question\nHealth,Why?\n"))
    assert report.taxonomy == 1
    assert folder.taxonomy(1).is_file()
    assert load(folder).questions[0].topic == "health"


def test_a_folder_that_is_no_study_is_refused(tmp_path: Path, file: Write) -> None:
    with pytest.raises(NotAStudy):
        import_file(Folder(tmp_path / "nowhere"), file("q.csv", QUESTIONS))


def test_a_study_in_use_is_refused(study: Folder, file: Write) -> None:
    with study.writing(), pytest.raises(Busy):
        import_file(study, file("q.csv", QUESTIONS))


def test_the_import_itself_is_on_record(study: Folder, file: Write) -> None:
    import_file(study, file("q.csv", QUESTIONS), actor="curator")
    (record,) = [event for event in events(study) if event.kind == "import"]
    assert record.actor == "curator"
    assert (record.data["rows_in"], record.data["added"], record.data["file"]) == (3, 3, "q.csv")
    assert len(record.data["sha256"]) == 64


def test_progress_is_told(study: Folder, file: Write) -> None:
    seen: list[tuple[str, int, int]] = []
    import_file(study, file("q.csv", QUESTIONS), listen=lambda what, done, total: seen.append((what, done, total)))
    assert seen[-1] == ("reading rows", 3, 3)


def test_two_studies_name_the_same_words_differently(tmp_path: Path, file: Write) -> None:
    path = file("n.txt", "Why?\n")
    ids = {import_file(make_study(tmp_path / name), path).ids for name in ("a", "b")}
    assert len(ids) == 2


def test_nothing_is_left_open_for_the_next_writer(study: Folder, file: Write) -> None:
    import_file(study, file("q.csv", QUESTIONS))
    with EventStore.at(study.people) as store:
        assert store.last("seeds") == 5  # the taxonomy, three questions, the import


def test_an_unknown_id_names_the_nearest(study: Folder, file: Write) -> None:
    import_file(study, file("q.csv", QUESTIONS))
    with pytest.raises(InputError) as caught:
        load(study).question("q11")
    assert "'q1'" in caught.value.hint


def test_a_file_without_rows_says_so(study: Folder, file: Write) -> None:
    report = import_file(study, file("q.csv", "question,,\n"))
    assert report.rows_in == 0
    assert "The file has a header and no rows" in report.warnings


def test_columns_without_a_name_are_no_ones(study: Folder, file: Write) -> None:
    report = import_file(study, file("q.csv", ",,question,\n1,x,Why?,\n"))
    assert (report.added, report.mapping) == (1, {"question": "question"})


def test_ids_and_codes_are_short_so_that_no_words_get_into_events(study: Folder, file: Write) -> None:
    for row in ("x" * 101 + ",1,ana", "q1," + "x" * 101 + ",ana", "q1,1,ana;" + "x" * 101):
        with pytest.raises(InputError, match="the limit is 100"):
            import_file(study, file("q.csv", f"id,group,author,question\n{row},Why?\n"))


def test_an_answer_given_twice_is_two_answers(study: Folder, file: Write) -> None:
    import_file(study, file("q.csv", QUESTIONS))
    once, row = "subject,rater,scale,value\n", "q1,bo,relevance,4\n"
    assert import_file(study, file("r.csv", once + row)).added == 1
    report = import_file(study, file("r.csv", once + row * 3))
    assert (report.added, report.skipped) == (2, 1)
    labels = "question_id,reader,topic\n" + "q1,bo,Travel\n" * 2
    assert import_file(study, file("l.csv", labels)).added == 2
    assert import_file(study, file("l.csv", labels)).added == 0


ASKERS = """id,question,profile,situation,entities
q1,May I take dipyrone to Brazil?,a nurse,She packs.,country=Brazil; medicine=dipyrone
q2,What now?,,,
"""


def test_who_asks_and_why_and_what_is_named_arrive_and_come_back_from_the_view(
    study: Folder, tmp_path: Path, file: Write
) -> None:
    report = import_file(study, file("q.csv", ASKERS))
    assert (report.unused, report.mapping["persona"], report.mapping["scenario"]) == ((), "profile", "situation")
    first, second = load(study).questions
    assert (first.persona, first.scenario) == ("a nurse", "She packs.")
    assert first.entities == (("country", "Brazil"), ("medicine", "dipyrone"))
    assert (second.persona, second.scenario, second.entities) == ("", "", ())
    rows = [json.loads(line) for line in (study.seeds / "questions.jsonl").read_text().splitlines()]
    assert rows[0]["entities"] == {"country": ["Brazil"], "medicine": ["dipyrone"]}
    assert rows[1]["entities"] == {}
    assert import_file(study, study.seeds / "questions.jsonl").skipped == 2
    other = make_study(tmp_path / "other")
    import_file(other, study.seeds / "questions.jsonl")
    assert load(other).questions == load(study).questions
    words = stored_data(study)
    assert not any(word in words for word in ("nurse", "packs", "dipyrone"))


def test_another_persona_under_the_same_id_is_refused(study: Folder, file: Write) -> None:
    import_file(study, file("q.csv", ASKERS))
    with pytest.raises(InputError, match="a question with another persona"):
        import_file(study, file("r.csv", ASKERS.replace("a nurse", "a doctor")))
    with pytest.raises(InputError, match="a question with another entities"):
        import_file(study, file("r.csv", ASKERS.replace("=Brazil", "=Peru")))


def test_the_same_words_asked_by_someone_else_are_another_seed(study: Folder, file: Write) -> None:
    for who, added in (("", 1), ("a nurse", 1), ("a doctor", 1), ("a nurse", 0)):
        assert import_file(study, file("q.csv", f"question,persona\nWhat now?,{who}\n")).added == added
    assert len({item.id for item in load(study).questions}) == 3


def test_entities_that_the_question_does_not_name_are_pointed_out(study: Folder, file: Write) -> None:
    report = import_file(study, file("q.csv", "question,entities\nWhere to in BRAZIL?,country=Brazil; city=Recife\n"))
    assert any("1 entities do not stand in the words" in warning for warning in report.warnings)


def test_an_entity_without_its_kind_is_a_bad_row(study: Folder, file: Write) -> None:
    with pytest.raises(InputError, match="line 2: entities name 'Brazil' without its kind"):
        import_file(study, file("q.csv", "question,entities\nWhere to?,Brazil\n"))
