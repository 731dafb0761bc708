from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from seedbed.curate import curate, load
from tests.cli.command import call, refused
from tests.curate.planted import PLAIN, plant, question, triple
from tests.seeds.studies import make_study


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    folder = make_study(tmp_path / "pilot")
    settings = folder.settings.read_text(encoding="utf-8") + "\n[curate]\nparser = false\nvectors = false\n"
    folder.settings.write_text(settings + "evaluation_share = 0.0\n", encoding="utf-8")
    plant(
        folder, *(question(f"q{n}", group=str(n % 2)) for n in range(4)), question("odd", topic=None, topic_raw="odd"),
        triple("t1"), triple("t2"),
    )  # fmt: skip
    curate(folder, PLAIN)
    return folder.root


def standing(pilot: Path):  # type: ignore[no-untyped-def]
    from seedbed.study import Folder

    return load(Folder(pilot))


def test_every_act_is_written_with_who_and_why_and_taken_back(pilot: Path, tmp_path: Path) -> None:
    words = tmp_path / "new.json"
    words.write_text(json.dumps({"critique": "It judges everybody."}), encoding="utf-8")
    for act in (
        ["exclude", "q0"], ["return", "q1"], ["merge", "q2", "--into", "q3"], ["use", "t1", "--as", "test"],
        ["nuanced", "q3"], ["pin", "q3"], ["dismiss", "odd", "--rule", "unknown-label"],
        ["edit", "t2", "--file", words],
        ["edit", "q3", "--set", "persona=A nurse"], ["retag", "q3", "--label", "travel", "--label", "cultural-context"],
    ):  # fmt: skip
        done = call("decide", pilot, *act, "--by", "ana", "--reason", "Because.")
        assert done.code == 0, done.err
        assert "Taken back by: seedbed decide" in done.err
    found = standing(pilot)
    assert (set(found.excluded), set(found.returned), found.merged) == ({"q0", "q2"}, {"q1"}, {"q3": ("q2",)})
    assert (found.uses, found.picks, found.nuanced) == ({"t1": "test"}, {"q3": True}, {"q3"})
    q3 = found.question("q3")
    assert (q3.topic, q3.question_type, q3.persona) == ("travel", "cultural-context", "A nurse")
    assert found.triple("t2").critique == "It judges everybody."
    log = call("decide", pilot, "log", "--json").json["decisions"]
    assert [one["act"] for one in log][:3] == ["exclude", "return", "merge"]
    first = log[0]
    assert (first["who"], first["reason"], first["undone"]) == ("ana", "Because.", None)
    assert call("decide", pilot, "undo", first["number"], "--by", "bo").code == 0
    assert "q0" not in standing(pilot).excluded
    again = call("decide", pilot, "undo", first["number"], "--by", "bo")
    refused(again, 3, "bo has taken that back already")
    assert "number" in call("decide", pilot, "log").err


def test_acts_on_many_rows_are_shown_first_and_done_with_yes(pilot: Path) -> None:
    asked = ["decide", pilot, "exclude", "--where", "group=1", "--where", "kind=question", "--by", "ana"]
    shown = call(*asked, "--reason", "Off topic.")
    assert shown.code == 0
    assert "would change 3 rows" in shown.err
    assert "Nothing was done yet" in shown.err
    assert not standing(pilot).excluded
    done = call(*asked, "--reason", "Off topic.", "--yes", "--json").json
    assert set(standing(pilot).excluded) == set(done["changed"]) == {"q1", "q3", "odd"}
    call("decide", pilot, "undo", done["batch"], "--by", "ana")
    assert not standing(pilot).excluded
    refused(call(*asked, "--yes"), 2, "needs a reason")


def test_rows_rules_and_the_checklist_are_shown(pilot: Path) -> None:
    rows = call("decide", pilot, "--where", "state=held", "--json").json
    assert [row["id"] for row in rows["rows"]] == ["odd"]
    assert rows["facets"]["state"] == {"included": 6, "held": 1}
    listed = call("decide", pilot)
    assert "7 rows" in listed.err
    assert "unknown-label" in listed.err
    rules = call("decide", pilot, "rules", "--json").json
    assert {one["id"] for one in rules["triples"]} >= {"missing-field", "same-text"}
    assert "missing-field" not in {one["id"] for one in rules["questions"]}
    assert "Criteria for triples" in call("decide", pilot, "rules").err
    refused(call("decide", pilot, "checklist"), 3, "names no profile")
    (pilot / "profiles").mkdir()
    (pilot / "profiles" / "care.toml").write_text(
        'values = ["fairness"]\n[[checklist]]\nid = "plain"\ntext = "It can be read aloud."\n', encoding="utf-8"
    )
    (pilot / "study.toml").write_text('profile = "care"\n' + (pilot / "study.toml").read_text(encoding="utf-8"))
    assert call("decide", pilot, "tick", "plain=no", "--by", "ana", "--reason", "=q1").code == 0
    exported = call("decide", pilot, "checklist", "--format", "csv").out
    (row,) = csv.DictReader(io.StringIO(exported))
    assert (row["id"], row["state"], row["note"]) == ("plain", "no", "'=q1")
    assert "1 of 1 ticked, profile care@1" in call("decide", pilot, "checklist").err


def test_what_cannot_be_is_refused_in_plain_words(pilot: Path, tmp_path: Path) -> None:
    who = ("--by", "ana", "--reason", "Why.")
    refused(call("decide", pilot, "burn", "q0", *who), 2, "no act 'burn'")
    refused(call("decide", pilot, "exclude", "q0"), 2, "needs somebody", hint="--by NAME")
    refused(call("decide", pilot, "exclude", "q0", "--by", "ana"), 2, "needs a reason")
    refused(call("decide", pilot, "exclude", *who), 2, "Which seeds to exclude?", hint="--where")
    refused(call("decide", pilot, "exclude", "od", *who), 3, "No seed 'od'", hint="Did you mean 'odd'")
    refused(call("decide", pilot, "--where", "colour=red"), 2, "no 'colour'", hint="group")
    refused(call("decide", pilot, "use", "q0", *who), 2, "What is it for?")
    refused(call("decide", pilot, "retag", "q0", "--label", "moon", *who), 2, "no label 'moon'")
    refused(call("decide", pilot, "edit", "q0", "--file", tmp_path / "none.json", *who), 3, "none.json")
    (tmp_path / "bad.json").write_bytes(b"\xff{")
    refused(call("decide", pilot, "edit", "q0", "--file", tmp_path / "bad.json", *who), 3, "not JSON")
    refused(call("decide", pilot, "undo", "zz", *who), 3, "no bulk act 'zz'")
    refused(call("decide", pilot, "undo", *who), 2, "What is to be taken back?", hint="log")
    call("decide", pilot, "exclude", "q0", "--by", "bo", "--reason", "No.")
    refused(call("decide", pilot, "include", "q0", "--seen", "0", *who), 3, "bo decided meanwhile", hint="add --seen ")


def test_a_file_of_words_that_is_nested_without_end(pilot: Path, tmp_path: Path) -> None:
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000, encoding="utf-8")
    done = call("decide", pilot, "edit", "q3", "--file", deep, "--by", "ana", "--reason", "r")
    refused(done, 3, "is not JSON")


@pytest.mark.parametrize(
    ("where", "words", "meant"),
    [
        ("state=in", "No row ever has state=in", "'included'"),
        ("use=tset", "No row ever has use=tset", "'test'"),
        ("written_by=robot", "No row ever has written-by=robot", "One of: human"),
        ("question_typ=x", "Rows have no 'question_typ'", "'question-type'"),
        ("colour=red", "Rows have no 'colour'", "written-by"),
    ],
)
def test_what_a_filter_does_not_know_is_refused_with_what_may_be_meant(
    pilot: Path, where: str, words: str, meant: str
) -> None:
    refused(call("decide", pilot, "--where", where), 2, words, hint=meant)


def test_a_value_that_no_row_has_is_said(pilot: Path) -> None:
    near = call("decide", pilot, "--where", "topic=travl", "--where", "question-type=", "--where", "question_type=")
    assert near.code == 0
    assert "No row has topic=travl." in near.err
    assert "Did you mean 'travel'?" in near.err
    assert "No row" not in call("decide", pilot, "--where", "use=rephrase", "--where", "pool=").err


def test_the_log_names_labels_bulk_acts_and_what_was_taken_back(pilot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert call("curate", pilot, "--confirm", "odd=travel", "--by", "ana").code == 0
    where = ["--where", "group=1", "--where", "kind=question"]
    done = call("decide", pilot, "exclude", *where, "--by", "ana", "--reason", "Off topic.", "--yes", "--json").json
    call("decide", pilot, "undo", done["batch"], "--by", "bo")
    call("decide", pilot, "nuanced", "q0", "--by", "ana")
    acts = call("decide", pilot, "log", "--json").json["decisions"]
    first = acts[0]
    assert (first["act"], first["who"], first["subject"]) == ("confirm", "ana", "travel")
    assert first["detail"] == {"kind": "topics", "seeds": 1}
    call("decide", pilot, "undo", first["number"], "--by", "bo")
    call("decide", pilot, "undo", acts[-1]["number"], "--by", "bo")
    told = " ".join(call("decide", pilot, "log").err.split())
    assert "travel: what a label on 1 seed means" in told
    assert f"3 seeds, batch {done['batch']}" in told
    assert f"batch {done['batch']}: exclude 3 seeds" in told
    assert f"number {first['number']}: confirm travel" in told
    assert f"number {acts[-1]['number']}: nuanced q0" in told
    assert "8 acts of people" in told
    assert call("decide", pilot, "log", "--json").json["decisions"][0]["undone"] is not None


def test_one_of_anything_is_no_plural_and_words_have_room(pilot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    call("decide", pilot, "exclude", "q0", "--by", "ana", "--reason", "No.")
    assert "1 act of people" in call("decide", pilot, "log").err
    listed = call("decide", pilot, "--where", "state=excluded").err
    assert "1 row\n" in listed
    assert "excluded: person" in listed
    heading = call("decide", pilot).err.splitlines()[0]
    assert heading.index("text") < 50
    assert "1 seed waits and" in call("curate", pilot).err


def test_seeds_without_labels_are_told_how_to_get_them(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "plain")
    settings = folder.settings.read_text(encoding="utf-8") + "\n[curate]\nparser = false\nvectors = false\n"
    folder.settings.write_text(settings + "evaluation_share = 0.0\n", encoding="utf-8")
    plant(folder, *(question(f"q{n}", topic=None, topic_raw="", question_type=None) for n in range(3)))
    told = call("curate", folder.root)
    assert "seedbed generate" not in told.err
    assert "retag --where rule=unknown-label --label TOPIC --label TYPE" in told.err
    labels = ("--label", "travel", "--label", "cultural-context", "--reason", "Read.", "--by", "ana", "--yes")
    done = call("decide", folder.root, "retag", "--where", "rule=unknown-label", *labels)
    assert done.code == 0, done.err
    assert "seedbed generate" in call("curate", folder.root).err
