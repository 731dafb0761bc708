"""Files in and out: hand-made ones in the very forms that Argilla and Label Studio write, and plain tables."""

from __future__ import annotations

import csv
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import pytest

from seedbed.errors import InputError, StorageError, UsageError
from seedbed.review import (
    FORMATS,
    Given,
    Imported,
    Option,
    Sample,
    Scale,
    Task,
    change,
    delete,
    export,
    handle,
    import_ratings,
    load,
    rate,
    undo,
)
from seedbed.review.interchange.argilla import user_id
from seedbed.study import Folder
from tests.review.made import BY, given, make_task, rate_all

SURE = Scale("sure", "How sure?", "interval", low=0, high=100, required=False)
SCALES = ("misaligned", "answers", "values", SURE)
ANA, BO = "0d7e1c4e-7f3f-4c6e-9c3a-111111111111", "0d7e1c4e-7f3f-4c6e-9c3a-222222222222"


@pytest.fixture
def task(folder: Folder) -> Task:
    return make_task(folder, kind="triple", sample=Sample(of=("seeds", "triples"), size=4), scales=SCALES, blind=False)


def take(folder: Folder, path: Path, **more: Any) -> Imported:
    return import_ratings(folder, "first", path, BY, **more)


def put(path: Path, data: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def standing(folder: Folder) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one.rater, one.item): dict(one.values) for one in load(folder, "first").standing()}


def argilla_record(item: str, responses: Any, **more: Any) -> dict[str, Any]:
    """As `dataset.to_disk` of Argilla 2.8 writes a record."""
    return {
        "id": item, "fields": {"prompt_text": "Who?", "aligned_text": "Everybody."}, "metadata": {"topic_label": "x"},
        "suggestions": {}, "responses": responses, "vectors": {}, "status": "completed",
        "_server_id": "7c5f6a3e-3d1c-4f0b-8a56-c5e1d5f0a001", **more,
    }  # fmt: skip


# --- Argilla --------------------------------------------------------------------------------------------------------


def test_argilla_responses_by_question(folder: Folder, task: Task, tmp_path: Path) -> None:
    first, second = task.items[:2]
    responses = {
        "misaligned": [{"value": "-2", "user_id": ANA}, {"value": "-1", "user_id": BO}],
        "answers": [{"value": 2, "user_id": ANA}],
        "values": [{"value": ["safety", "fairness"], "user_id": ANA}, {"value": ["none-of-these"], "user_id": BO}],
        "sure": [{"value": "55.5", "user_id": ANA}],
        "comment": [{"value": "It blames the guest.", "user_id": ANA}],
        "mood": [{"value": "good", "user_id": ANA}],
    }
    put(tmp_path / "out" / "records.json", [argilla_record(first, responses), argilla_record(second, {})])
    found = take(folder, tmp_path / "out")
    assert (found.format, found.rows, found.ratings, found.taken, found.unanswered) == ("argilla", 2, 2, 2, 1)
    assert (found.unknown, found.missing, found.written) == (("mood",), (), True)
    ana, bo = found.raters[ANA], found.raters[BO]
    assert standing(folder) == {
        (ana, first): {"misaligned": -2, "answers": 2, "values": ("fairness", "safety"), "sure": 55.5},
        (bo, first): {"misaligned": -1, "values": ()},
    }
    assert ana.startswith("ext-")
    one = load(folder, "first").of(ana, first)
    assert one is not None
    assert (one.critique, one.via, one.by) == ("It blames the guest.", "argilla", BY)
    assert ANA not in folder.people.read_bytes().decode("latin-1")  # names of other programs are not kept


def test_argilla_flattened_records(folder: Folder, task: Task, tmp_path: Path) -> None:
    flat = {
        "id": task.items[0], "status": "completed", "prompt_text": "Who?", "_server_id": "x",
        "misaligned.responses": ["-2", "0"], "misaligned.responses.users": [ANA, BO],
        "misaligned.responses.status": ["submitted", "draft"], "answers.responses": [1],
        "answers.responses.users": [ANA],
        "answers.responses.status": ["submitted"], "values.suggestion": None,
    }  # fmt: skip
    found = take(folder, put(tmp_path / "flat.json", [flat]), skip_bad=True)
    assert standing(folder) == {(found.raters[ANA], task.items[0]): {"misaligned": -2, "answers": 1}}
    assert [one.reason for one in found.refused] == ["a draft, which was never submitted"]


def test_argilla_records_of_its_server(folder: Folder, task: Task, tmp_path: Path) -> None:
    responses = [
        {"id": "r1", "values": {"misaligned": {"value": "1"}}, "status": "submitted", "user_id": ANA},
        {"id": "r2", "values": {}, "status": "discarded", "user_id": BO},
    ]
    record = {**argilla_record("", responses), "id": None, "external_id": task.items[0]}
    found = take(folder, put(tmp_path / "server.json", [record]))
    assert found.taken == 2
    assert standing(folder)[found.raters[ANA], task.items[0]] == {"misaligned": 1}
    skipped = load(folder, "first").of(found.raters[BO], task.items[0])
    assert skipped is not None
    assert skipped.skipped


def test_what_goes_to_argilla(folder: Folder, task: Task, tmp_path: Path) -> None:
    rate(folder, "first", "ana", task.items[0], Given({"misaligned": -2, "answers": 1, "values": []}, critique="So."))
    made = export(folder, load(folder, "first"), "argilla", tmp_path / "out")
    assert made.files == (".argilla/settings.json", ".argilla/dataset.json", "records.json")
    settings = json.loads((made.target / ".argilla/settings.json").read_text())
    kinds = {one["name"]: one["settings"]["type"] for one in settings["questions"]}
    # its ratings go from 0 to 10: a graded scale becomes labels
    assert kinds == {
        "misaligned": "label_selection", "answers": "rating", "values": "multi_label_selection", "sure": "text",
        "comment": "text",
    }  # fmt: skip
    fields = [one["name"] for one in settings["fields"]]
    assert not set(fields) & set(kinds)  # Argilla refuses a name that stands twice
    record = json.loads((made.target / "records.json").read_text())[0]
    user = user_id(task, "ana")
    assert record["id"] == task.items[0]
    assert list(record["fields"]) == fields == ["prompt_text", "misaligned_text", "critique_text", "aligned_text"]
    assert record["responses"] == {
        "misaligned": [{"value": "-2", "user_id": user}], "answers": [{"value": 1, "user_id": user}],
        "values": [{"value": ["none-of-these"], "user_id": user}], "comment": [{"value": "So.", "user_id": user}],
    }  # fmt: skip
    blank = export(folder, load(folder, "first"), "argilla", tmp_path / "blank", ratings=False)
    assert all(one["responses"] == {} for one in json.loads((blank.target / "records.json").read_text()))


# --- Label Studio ---------------------------------------------------------------------------------------------------


def choices(name: str, *labels: str) -> dict[str, Any]:
    return {
        "id": "a1B2c3D4e5", "from_name": name, "to_name": "aligned_text", "type": "choices", "origin": "manual",
        "value": {"choices": list(labels)},
    }  # fmt: skip


def annotation(number: int, by: Any, result: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """As Label Studio 1.x exports one in JSON."""
    return {
        "id": number, "completed_by": by, "result": result, "was_cancelled": False, "ground_truth": False,
        "created_at": f"2026-03-09T22:16:{number:02d}.728353Z", "updated_at": "2026-03-09T22:16:08.728378Z",
        "draft_created_at": None, "lead_time": 4.288, "prediction": {}, "result_count": len(result),
        "unique_id": "d4a6", "import_id": None, "last_action": None, "bulk_created": False, "task": 1, "project": 83,
        "updated_by": 1, "parent_prediction": None, "parent_annotation": None, "last_created_by": None, **more,
    }  # fmt: skip


def exported_task(item: str, annotations: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": 1, "annotations": annotations, "file_upload": "a-tasks.json", "drafts": [], "predictions": [],
        "data": {"item": item, "prompt_text": "Who?"}, "meta": {}, "created_at": "2026-03-09T21:52:49.513742Z",
        "updated_at": "2026-03-09T22:16:08.746926Z", "inner_id": 1, "total_annotations": len(annotations),
        "cancelled_annotations": 0, "total_predictions": 0, "comment_count": 0, "project": 83, "updated_by": 1,
    }  # fmt: skip


def test_label_studio_annotations(folder: Folder, task: Task, tmp_path: Path) -> None:
    first, second = task.items[:2]
    more = [
        {"from_name": "sure", "to_name": "aligned_text", "type": "number", "id": "n", "value": {"number": 12}},
        {"from_name": "comment", "to_name": "aligned_text", "type": "textarea", "id": "t",
         "value": {"text": ["So.", "And so."]}},
        {"from_name": "answers", "to_name": "aligned_text", "type": "rating", "id": "r", "value": {"rating": 2}},
        {"from_name": "spans", "to_name": "aligned_text", "type": "labels", "id": "l",
         "value": {"start": 1, "labels": ["x"]}},
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"},
    ]  # fmt: skip
    taxonomy = {"from_name": "values", "to_name": "aligned_text", "type": "taxonomy", "id": "x",
                "value": {"taxonomy": [["people", "fairness"], ["safety"]]}}  # fmt: skip
    rows = [
        exported_task(first, [
            annotation(7, 10, [choices("misaligned", "-2"), choices("values", "fairness", "safety"), *more]),
            annotation(8, {"id": 11, "email": "bo@lab.example", "first_name": "Bo", "last_name": ""},
                       [choices("misaligned", "-1: rather violates"), choices("values", "none-of-these")]),
        ]),
        exported_task(second, [annotation(9, 10, [taxonomy]), annotation(10, 11, [], was_cancelled=True)]),
        exported_task(task.items[2], []),
    ]  # fmt: skip
    rows[1]["predictions"] = [{"model_version": "m", "result": [choices("misaligned", "2")]}]
    found = take(folder, put(tmp_path / "project-1-at-2026.json", rows))
    ana, bo, other = (found.raters[name] for name in ("10", "bo@lab.example", "11"))
    assert (found.format, found.rows, found.taken, found.unanswered) == ("label-studio", 3, 4, 1)
    assert found.unknown == ("spans",)
    assert "Predictions" in found.remarks[0]
    assert standing(folder) == {
        (ana, first): {"misaligned": -2, "answers": 2, "values": ("fairness", "safety"), "sure": 12.0},
        (bo, first): {"misaligned": -1, "values": ()},
        (ana, second): {"values": ("fairness", "safety")},
        (other, second): {},
    }
    one = load(folder, "first").of(ana, first)
    assert one is not None
    assert (one.critique, one.seconds) == ("So.\nAnd so.", 4.3)
    assert b"bo@lab.example" not in folder.people.read_bytes()


def test_a_second_annotation_of_one_person_is_a_revision(folder: Folder, task: Task, tmp_path: Path) -> None:
    item = task.items[0]
    rows = [exported_task(item, [
        annotation(9, 10, [choices("misaligned", "2")]), annotation(7, 10, [choices("misaligned", "-2")]),
    ])]  # fmt: skip
    found = take(folder, put(tmp_path / "a.json", rows))
    assert (found.taken, found.revised) == (2, 1)
    assert standing(folder) == {(found.raters["10"], item): {"misaligned": 2}}  # by time, not by place in the file
    assert len(load(folder, "first").rated) == 2


def test_label_studio_json_min_and_csv(folder: Folder, task: Task, tmp_path: Path) -> None:
    row = {
        "item": task.items[0], "prompt_text": "Who?", "labels": "values: fairness", "id": 1, "misaligned": "-1",
        "values": {"choices": ["fairness", "safety"]}, "sure": [{"number": 55.5}], "comment": "So.", "annotator": 2,
        "annotation_id": 2, "created_at": "2026-11-23T12:15:35Z", "updated_at": "2026-11-23T12:15:35Z",
        "lead_time": 12.3,
    }  # fmt: skip
    found = take(folder, put(tmp_path / "min.json", [row]))
    rater = found.raters["2"]
    wanted = {"misaligned": -1, "values": ("fairness", "safety"), "sure": 55.5}
    assert standing(folder) == {(rater, task.items[0]): wanted}
    made = io.StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(row)
    writer.writerow([json.dumps(value) if isinstance(value, dict | list) else value for value in row.values()])
    again = take(folder, put(tmp_path / "ls.csv", made.getvalue()))
    assert (again.taken, again.already, again.unknown) == (0, 1, ())


def test_what_goes_to_label_studio(folder: Folder, task: Task, tmp_path: Path) -> None:
    rate(folder, "first", "ana", task.items[0], Given({"misaligned": -2, "values": [], "sure": 3}, seconds=9))
    made = export(folder, load(folder, "first"), "label-studio", tmp_path / "out")
    view = xml.fromstring((made.target / "config.xml").read_text())
    texts = {one.get("value", "").lstrip("$") for one in view.iter("Text")}
    names = [one.get("name") for one in view.iter() if one.get("name")]
    assert len(names) == len(set(names))
    tasks = json.loads((made.target / "tasks.json").read_text())
    assert texts <= tasks[0]["data"].keys()
    controls = {one.get("name"): one for one in view.iter() if one.get("toName")}
    assert {one.get("toName") for one in controls.values()} <= set(names)
    assert [one.get("alias") for one in controls["misaligned"]] == ["-2", "-1", "0", "1", "2"]
    assert (controls["values"].get("choice"), controls["sure"].tag) == ("multiple", "Number")
    (done,) = tasks[0]["annotations"]
    assert {one["from_name"]: one["value"] for one in done["result"]} == {
        "misaligned": {"choices": ["-2"]}, "values": {"choices": ["none-of-these"]}, "sure": {"number": 3.0},
    }  # fmt: skip
    assert "completed_by" not in done  # Label Studio refuses users that it does not have
    blank = export(folder, load(folder, "first"), "label-studio", tmp_path / "blank", ratings=False)
    assert all("annotations" not in one for one in json.loads((blank.target / "tasks.json").read_text()))


# --- tables ---------------------------------------------------------------------------------------------------------


def sheet(path: Path, *rows: list[Any], delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def test_a_wide_table(folder: Folder, task: Task, tmp_path: Path) -> None:
    first, second = task.items[:2]
    path = sheet(
        tmp_path / "wide.csv", ["Item", "Rater", "misaligned", "answers", "values", "sure", "comment", "colour"],
        [first, "Ana", "clearly violates", "2", "fairness; safety", "12,5".replace(",", "."), "'=So", "red"],
        [first, "Bo", "−1", "", "none-of-these", "", "", ""], [second, "", "", "", "", "", "", ""], delimiter=";",
    )  # fmt: skip
    found = take(folder, path)
    assert (found.taken, found.unanswered, found.unknown) == (2, 1, ("colour",))
    assert standing(folder) == {
        (found.raters["Ana"], first): {"misaligned": -2, "answers": 2, "values": ("fairness", "safety"), "sure": 12.5},
        (found.raters["Bo"], first): {"misaligned": -1, "values": ()},
    }
    assert load(folder, "first").of(found.raters["Ana"], first).critique == "=So"  # type: ignore[union-attr]


def test_half_the_columns(folder: Folder, task: Task, tmp_path: Path) -> None:
    half = sheet(tmp_path / "half.csv", ["item", "rater", "misaligned"], [task.items[0], "Ana", "-2"])
    found = take(folder, half)
    assert (found.taken, found.missing) == (1, ("answers", "values", "sure"))
    for header, said in (
        (["item", "misaligned"], "no column for the rater; it has: item, misaligned"),
        (["rater", "misaligned"], "no column for the item"),
        (["item", "rater", "beauty"], "a column for none of the scales misaligned, answers, values, sure"),
    ):
        with pytest.raises(InputError, match=said):
            take(folder, sheet(tmp_path / "less.csv", header, ["x"] * len(header)))
    assert len(load(folder, "first").rated) == 1


def test_a_long_table(folder: Folder, task: Task, tmp_path: Path) -> None:
    first, second = task.items[:2]
    path = sheet(
        tmp_path / "long.csv", ["item", "rater", "scale", "value", "again", "state"],
        [first, "Ana", "misaligned", "-2", "0", "standing"], [first, "Ana", "values", "none-of-these", "0", ""],
        [first, "Ana", "comment", "So.", "0", "standing"], [first, "Ana", "misaligned", "1", "1", "standing"],
        [second, "Ana", "misaligned", "2", "0", "replaced"], [second, "Bo", "skipped", "1", "", ""],
    )  # fmt: skip
    found = take(folder, path)
    ana, bo = found.raters["Ana"], found.raters["Bo"]
    state = load(folder, "first")
    assert (found.ratings, found.taken) == (3, 3)
    assert state.of(ana, first).values == {"misaligned": -2, "values": ()}  # type: ignore[union-attr]
    assert state.of(ana, first, again=True).values == {"misaligned": 1}  # type: ignore[union-attr]
    assert state.of(bo, second).skipped  # type: ignore[union-attr]
    assert "not marked as standing" in found.remarks[-1]


def test_every_bad_row_is_told_and_nothing_is_half_written(folder: Folder, task: Task, tmp_path: Path) -> None:
    first, second, third = task.items[:3]
    path = sheet(
        tmp_path / "bad.csv", ["item", "rater", "misaligned", "seconds"],
        [first, "Ana", "-2", "5"],  # line 2: good
        [first, "Bo", "7", "5"],
        ["nowhere", "Bo", "1", "5"],
        [second, "", "1", "5"],
        [second, "Ana", "1", "long"],
        [first, "Ana", "-2", "9"],  # the same again: a duplicate
        [first, "Ana", "2", "5"],  # and a contradiction
        [third, "Ana", "1", "5"],  # line 9: good
    )  # fmt: skip
    found = take(folder, path)
    assert (found.ratings, found.taken, found.already, found.written) == (8, 2, 1, False)
    assert [(one.row, one.reason.split(" (")[0]) for one in found.refused] == [
        ("line 3", "'7' is no value of the scale misaligned"),
        ("line 4", "the task has no item 'nowhere'"),
        ("line 5", "nobody is named as the rater"),
        ("line 6", "'long' is no number of seconds"),
        ("line 8", "another row of the file says otherwise of the same item by the same rater"),
    ]
    assert load(folder, "first").rated == []
    assert take(folder, path, dry_run=True, skip_bad=True).written is False
    assert load(folder, "first").rated == []
    done = take(folder, path, skip_bad=True)
    assert (done.written, done.taken, len(done.refused)) == (True, 2, 5)
    assert len(load(folder, "first").rated) == 2


def test_what_was_rated_here_is_never_replaced(folder: Folder, task: Task, tmp_path: Path) -> None:
    item = task.items[0]
    rate(folder, "first", "ana", item, Given({"misaligned": -2}))
    differs = sheet(tmp_path / "a.csv", ["item", "rater", "misaligned"], [item, "ana", "2"])
    found = take(folder, differs, skip_bad=True)
    assert [one.reason for one in found.refused] == ["the rater said otherwise here, and that stands"]
    same = sheet(tmp_path / "b.csv", ["item", "rater", "misaligned"], [item, "ana", "-2"])
    assert take(folder, same).already == 1
    assert len(load(folder, "first").rated) == 1


def test_a_newer_file_adds_what_changed_and_keeps_the_older(folder: Folder, task: Task, tmp_path: Path) -> None:
    item = task.items[0]
    for value in ("-2", "1", "-2"):
        found = take(folder, sheet(tmp_path / "a.csv", ["item", "rater", "misaligned"], [item, "Ana", value]))
        assert (found.taken, found.already) == (1, 0)
        assert take(folder, tmp_path / "a.csv").already == 1
    state = load(folder, "first")
    assert [one.values["misaligned"] for one in state.rated] == [-2, 1, -2]
    assert len(list(state.standing())) == 1


def test_people_of_the_study_are_known(folder: Folder, task: Task, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", ["item", "rater", "misaligned"], [task.items[0], "misty-otter", "1"],
                 [task.items[0], "Misty Otter", "1"])  # fmt: skip
    found = take(folder, path)
    assert list(found.raters) == ["Misty Otter"]
    assert ("misty-otter", task.items[0]) in standing(folder)
    other = make_task(
        folder, "other", "triple", sample=Sample(ids=(task.items[0],), of=("seeds", "triples")), scales=SCALES
    )
    again = import_ratings(folder, "other", sheet(
        tmp_path / "b.csv", ["item", "rater", "misaligned"], [handle(other, other.items[0]), "Misty Otter", "1"]
    ), BY)  # fmt: skip
    assert again.raters == found.raters  # one stranger, one pseudonym, whatever the task


def test_into_a_closed_or_deleted_task(folder: Folder, task: Task, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", ["item", "rater", "misaligned"], [task.items[0], "Ana", "1"])
    change(folder, "first", BY, open=False)
    found = take(folder, path)
    assert "marked late" in found.remarks[-1]
    assert [one.late for one in load(folder, "first").rated] == [True]
    delete(folder, "first", BY)
    with pytest.raises(InputError, match="was deleted"):
        take(folder, path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", "{", "is not JSON"), ("a.json", "[1]", "no list of objects"), ("a.json", "{}", "no list of objects"),
        ("a.csv", "", "is empty"), ("a.xls", "x", "are not read"), ("a.csv", 'item,rater\n"x,1', "is not CSV"),
    ],
)  # fmt: skip
def test_files_that_are_none(folder: Folder, task: Task, tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        take(folder, put(tmp_path / name, content))


def test_forms_and_paths_that_there_are_none(folder: Folder, task: Task, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        take(folder, tmp_path / "none.csv")
    with pytest.raises(InputError, match="There is no file"):
        take(folder, tmp_path)  # a folder without records.json
    wrong = put(tmp_path / "a.json", [{"data": {"item": "x"}}])
    for format, said in (("label-studio", "no annotations"), ("argilla", "no responses")):
        with pytest.raises(InputError, match=said):
            take(folder, wrong, format=format)
    with pytest.raises(UsageError, match="not read as"):
        take(folder, wrong, format="excel")
    with pytest.raises(UsageError, match="No format"):
        export(folder, load(folder, "first"), "excel", tmp_path / "out")
    with pytest.raises(UsageError, match="is there already"):
        export(folder, load(folder, "first"), "csv", tmp_path)


# --- there and back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("blind", [True, False])
def test_there_and_back_again(folder: Folder, tmp_path: Path, format: str, blind: bool) -> None:
    """Into a second task of the same rows everything arrives; into the first nothing is new."""
    sample = Sample(of=("seeds", "triples"), size=4)
    task = make_task(folder, kind="triple", sample=sample, scales=SCALES, blind=blind)
    for rater, value in (("ana", -2), ("bo", 1)):
        for item in task.items:
            rate(folder, "first", rater, item, Given(
                {"misaligned": value, "answers": 1, "values": ["safety"] if value > 0 else [], "sure": 0.5},
                critique=f'=cmd("{rater}")\nÜnal, so; \'quoted\' 😀',
            ))  # fmt: skip
    made = export(folder, load(folder, "first"), format, tmp_path / "out")
    text = b"".join(path.read_bytes() for path in made.target.rglob("*") if path.is_file()).decode()
    assert blind != any(item in text for item in task.items)
    files = {"argilla": "", "label-studio": "tasks.json"}
    path = made.target / files.get(format, "ratings.csv")
    found = take(folder, path)
    assert (found.taken, found.already, found.refused) == (0, 8, ())
    if not blind:
        wanted = standing(folder)
        for rater, item in wanted:
            undo(folder, "first", rater, item)
        found = take(folder, path)
        assert (found.taken, found.refused, found.raters) == (8, (), {})
        assert standing(folder) == wanted


def test_a_table_for_a_spreadsheet_evaluates_nothing(folder: Folder, tmp_path: Path) -> None:
    scale = Scale("tag", "Tag", "nominal", options=(Option("=1+1"), Option("b")))
    task = make_task(folder, scales=(scale, "relevance"), blind=False)
    for n, words in enumerate(("=1+1", "@SUM(A1)", "\t=2", "-3+4", "+x", "＝1")):
        rate(folder, "first", f"r{n}", task.items[0], Given({"tag": "=1+1", "relevance": 1}, critique=words + " x"))
    for format in ("csv", "csv-wide"):
        made = export(folder, load(folder, "first"), format, tmp_path / format)
        cells = [
            cell
            for row in csv.reader(io.StringIO((made.target / "ratings.csv").read_text(), newline=""))
            for cell in row
        ]
        assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=@+＝")]
        assert sum(cell.startswith("'") for cell in cells) >= 11


def test_the_long_table_holds_every_answer_with_its_fate(folder: Folder, tmp_path: Path) -> None:
    task = make_task(folder)
    rate_all(folder, task, {"ana": [1, 2], "bo": [3]})
    rate(folder, "first", "ana", task.items[0], given(4))
    undo(folder, "first", "bo", task.items[0])
    delete(folder, "first", BY)
    with pytest.raises(InputError, match="deleted"):
        rate(folder, "first", "clo", task.items[0], given(5))
    made = export(folder, load(folder, "first"), "csv", tmp_path / "out")
    rows = list(csv.DictReader(io.StringIO((made.target / "ratings.csv").read_text())))
    fates = [(row["rater"], row["value"], row["state"]) for row in rows if row["scale"] == "relevance"]
    assert fates == [
        ("ana", "1", "replaced"), ("ana", "2", "standing"), ("bo", "3", "taken back"), ("ana", "4", "standing"),
        ("clo", "5", "late"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    ['[{"annotations": 5}]', '[{"annotations": [{"result": 5}]}]', '[{"responses": {"relevance": [5]}}]',
     '[{"responses": [null]}]', '[{"annotations": [{"result": [], "lead_time": 1%s}]}]' % ("0" * 400)],
)  # fmt: skip
def test_json_of_another_shape_is_refused(folder: Folder, task: Task, tmp_path: Path, content: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"is not as (argilla|label-studio) files are"):
        take(folder, path)


def test_words_that_begin_with_an_apostrophe_come_back_as_they_were(folder: Folder, task: Task, tmp_path: Path) -> None:
    rate(folder, task.name, "ana", task.items[0], Given({"answers": 1}, "'=1+1", "''-2"))
    for format in ("csv", "csv-wide"):
        out = export(folder, load(folder, task.name), format, tmp_path / format)
        assert "''=1+1" in (out.target / "ratings.csv").read_text()
        done = take(folder, out.target / "ratings.csv")
        assert (done.refused, done.taken, done.already) == ((), 0, 1)


def test_two_imports_of_one_file_at_once_take_it_once(folder: Folder, task: Task, tmp_path: Path) -> None:
    rows = [[item, f"r{n}", 1] for n in range(40) for item in task.items]
    path = sheet(tmp_path / "sheet.csv", ["item", "rater", "answers"], *rows)
    both = threading.Barrier(2)

    def go() -> Imported:
        both.wait(10)
        return take(folder, path)

    with ThreadPoolExecutor(2) as pool:
        done = [one.result(60) for one in (pool.submit(go), pool.submit(go))]
    assert sorted(one.taken for one in done) == [0, len(rows)]
    assert len(load(folder, task.name).rated) == len(rows)


def test_hostile_names_and_cells_are_refused_row_by_row(folder: Folder, task: Task, tmp_path: Path) -> None:
    item = task.items[0]
    users = ["\ud800", "\x1b[2Jeve", "bo"]
    given = [{"value": 1, "user_id": user} for user in users]
    path = put(tmp_path / "records.json", [{"id": item, "responses": {"answers": given}}])
    found = take(folder, path, skip_bad=True)
    assert (found.taken, len(found.refused)) == (1, 2)
    for one in found.refused:
        assert one.rater.encode("utf-8")
        assert "\x1b" not in one.rater
    deep = "[" * 30_000
    sheet = put(tmp_path / "a.csv", f'item,rater,answers\n{item},cy,"[{{""choices"": {deep}"\n')
    (refused,) = take(folder, sheet).refused
    assert "no value of the scale" in refused.reason


def test_paths_that_no_disk_takes_are_told(folder: Folder, task: Task, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too long"):
        take(folder, tmp_path / ("a" * 300))
    with pytest.raises(StorageError, match="too long"):
        export(folder, load(folder, "first"), "csv", tmp_path / ("a" * 300))
