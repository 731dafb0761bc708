from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from seedbed.engine import read_rows, read_run
from seedbed.errors import InputError, UsageError
from seedbed.records import Origin, State
from seedbed.seeds import import_file, load
from seedbed.study import Folder
from tests.seeds.studies import events

Write = Callable[[str, str | bytes], Path]

ROWS = [
    {"id": "a", "prompt": "Why?", "misaligned": "Because.", "aligned": "For two reasons.", "value": "Fairness"},
    {"id": "b", "prompt": "How?", "misaligned": "Badly.", "aligned": "With care.", "value": "odd"},
]


def lines(rows: list[dict[str, str]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_rows_of_a_model_become_a_run_of_kept_slots(study: Folder, file: Write) -> None:
    before = len(events(study))
    report = import_file(study, file("x.jsonl", lines(ROWS)), origin=Origin.SYNTHETIC, model="some-model")
    assert (report.origin, report.run, report.added) == (Origin.SYNTHETIC, "imported", 2)
    assert report.ids == ("imported.000000", "imported.000001")
    record = read_run(study.run("imported"))
    assert (record.stage, record.ask["model"], record.ask["rows"]) == ("imported", "some-model", "triples")
    first, second = read_rows(study.run("imported"))
    assert (first.id, first.verdict.state, first.ask.count, first.ask.values) == (
        "imported.000000", State.KEPT, 1, ("fairness",),
    )  # fmt: skip
    assert first.verdict.fields["prompt"] == "Why?"
    assert first.verdict.fields["critique"] == ""
    assert first.verdict.text == "Because. For two reasons."
    assert second.verdict.notes["values_raw"] == ["odd"]
    assert len(events(study)) == before  # a model's rows are no act of a person
    assert load(study).triples == ()


def test_a_column_may_say_that_the_rows_are_synthetic(study: Folder, file: Write) -> None:
    path = file("x.jsonl", lines([{**row, "origin": "synthetic"} for row in ROWS]))
    assert import_file(study, path).run == "imported"
    with pytest.raises(InputError, match="says synthetic, the command seed"):
        import_file(study, path, origin=Origin.SEED)
    mixed = file("m.jsonl", lines([{**ROWS[0], "origin": "synthetic"}, {**ROWS[1], "origin": "seed"}]))
    with pytest.raises(InputError, match="says seed and synthetic"):
        import_file(study, mixed)


def test_importing_again_adds_nothing_and_more_rows_go_to_the_tail(study: Folder, file: Write) -> None:
    path = file("q.csv", "topic,question\nTravel,Where to?\nTravel,Where to?\nodd,Why?\n")
    first = import_file(study, path, origin=Origin.SYNTHETIC, name="other")
    assert (first.added, first.skipped) == (3, 0)
    assert import_file(study, path, origin=Origin.SYNTHETIC, name="other").skipped == 3
    more = file("more.csv", "topic,question\nHealth,Is it well?\nodd,Why?\n")
    report = import_file(study, more, origin=Origin.SYNTHETIC, name="other")
    assert (report.added, report.skipped, report.ids) == (1, 1, ("other.000003",))
    rows = list(read_rows(study.run("other")))
    assert [row.ask.topic for row in rows] == ["travel", "travel", None, "health"]
    assert rows[2].verdict.notes["topic_raw"] == "odd"


def test_who_asks_is_kept_with_a_models_question_and_makes_it_another(study: Folder, file: Write) -> None:
    path = file("q.csv", "id,question,persona,entities\na,Why?,a nurse,country=Brazil\nb,How?,,\n")
    import_file(study, path, origin=Origin.SYNTHETIC)
    assert import_file(study, path, origin=Origin.SYNTHETIC).skipped == 2
    first, second = read_rows(study.run("imported"))
    assert (first.verdict.notes["persona"], first.verdict.notes["entities"]) == ("a nurse", [["country", "Brazil"]])
    assert not {"persona", "scenario", "entities"} & set(second.verdict.notes)
    with pytest.raises(InputError, match="names another row"):
        import_file(study, file("r.csv", "id,question,persona\na,Why?,a doctor\n"), origin=Origin.SYNTHETIC)


def test_a_bad_file_makes_no_run(study: Folder, file: Write) -> None:
    for rows in ([ROWS[0], {**ROWS[1], "aligned": ""}], [ROWS[0], {**ROWS[0], "aligned": "Another."}]):
        with pytest.raises(InputError, match="line 2"):
            import_file(study, file("x.jsonl", lines(rows)), origin=Origin.SYNTHETIC)
    assert study.run_names() == []


def test_a_run_keeps_to_one_kind_and_one_model(study: Folder, file: Write) -> None:
    import_file(study, file("x.jsonl", lines(ROWS)), origin=Origin.SYNTHETIC)
    with pytest.raises(InputError, match="exists with other settings") as caught:
        import_file(study, file("q.csv", "question\nWhy?\n"), origin=Origin.SYNTHETIC)
    assert "--run NAME" in caught.value.hint


def test_people_cannot_be_synthetic(study: Folder, file: Write) -> None:
    with pytest.raises(UsageError, match="only questions and triples"):
        import_file(study, file("p.csv", "id,role\nana,moderator\n"), origin=Origin.SYNTHETIC)


def test_rows_of_runs_can_be_rated(study: Folder, file: Write) -> None:
    import_file(study, file("x.jsonl", lines(ROWS)), origin=Origin.SYNTHETIC)
    good = file("r.csv", "subject,rater,scale,value\nimported.000001,bo,relevance,3\n")
    assert import_file(study, good).added == 1
    bad = file("s.csv", "subject,rater,scale,value\nimported.000002,bo,relevance,3\n")
    with pytest.raises(InputError, match=r"no row 'imported\.000002'"):
        import_file(study, bad)
