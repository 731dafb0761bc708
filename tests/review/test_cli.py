"""seedbed review: the whole way by command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.review import Sample, TaskSpec, load, rate
from seedbed.server.people.home import StudyIdentity
from seedbed.study import Folder
from tests.cli.command import call, refused
from tests.review.made import given, make_task, rate_all


def test_the_whole_way(folder: Folder, tmp_path: Path) -> None:
    root = folder.root
    assert call("review", root).code == 0
    made = call("review", root, "new", "fit", "--kind", "question", "--of", "seeds", "--of", "questions", "--size", 6,
                "--rater", "ana", "--rater", "bo", "--title", "Fit", "--seed", 3, "--by", "olga", "--json")  # fmt: skip
    assert made.json == {
        "schema": 1, "task": "fit", "items": 6, "sources": {"seeds": 3, "questions": 3},
        "scales": ["relevance", "sensibility"],
    }  # fmt: skip
    rate_all(folder, load(folder, "fit").task, {"ana": [1, 2, 3, 4, 5, 1], "bo": [1, 2, 3, 4, 5, 5]})
    listed = call("review", root, "list", "--json").json["tasks"][0]
    assert (listed["task"], listed["done"], listed["places"], listed["open"]) == ("fit", 12, 12, True)
    shown = call("review", root, "show", "fit", "--json").json
    assert [line["done"] for line in shown["raters"]] == [6, 6]
    assert shown["rows"] == {"recorded": 12, "standing": 12, "replaced": 0, "taken_back": 0, "late": 0}
    assert "6 of 6 rows rated by 2 people" in call("review", root, "show", "fit").err
    agreed = call("review", root, "agreement", "fit", "--people", "group", "--json").json
    assert agreed["scales"]["relevance"]["overall"][""]["n_pairable"] == 6
    told = call("review", root, "agreement", "fit", "--scale", "relevance").err
    assert "alpha 0." in told
    assert "sensibility" not in told

    sheet = tmp_path / "out"
    assert call("review", root, "export", "fit", sheet, "--format", "csv-wide").code == 0
    again = call("review", root, "import", "fit", sheet / "ratings.csv", "--by", "olga", "--json")
    assert (again.code, again.json["already"], again.json["written"]) == (0, 12, False)
    item = load(folder, "fit").task.items[0]
    bad = tmp_path / "bad.csv"
    bad.write_text(f"item,rater,relevance\n{item},Zoe,9\n{item},Yui,2\n")
    whole = call("review", root, "import", "fit", bad, "--by", "olga")
    assert whole.code == 3
    assert "line 2: Zoe" in whole.err
    assert "1 of 2 ratings cannot be taken; nothing was recorded" in " ".join(whole.err.split())
    dry = call("review", root, "import", "fit", bad, "--skip-bad", "--dry-run", "--by", "olga")
    assert "2 ratings in 2 rows; 1 to take (0 revisions), 0 there already, 1 refused." in " ".join(dry.err.split())
    part = call("review", root, "import", "fit", bad, "--skip-bad", "--by", "olga")
    assert part.code == 0
    assert "1 taken (0 revisions)" in part.err
    assert "Yui is not known here and stands as ext-" in part.err
    assert len(load(folder, "fit").rated) == 13

    assert call("review", root, "close", "fit", "--by", "olga", "--json").json["state"] == "closed"
    assert call("review", root, "open", "fit", "--by", "olga", "--json").json["state"] == "open"
    assert (
        call("review", root, "delete", "fit", "--reason", "over", "--by", "olga", "--json").json["state"] == "deleted"
    )
    assert load(folder, "fit").task.deleted


def test_a_task_from_a_file(folder: Folder, tmp_path: Path) -> None:
    spec = tmp_path / "task.json"
    scale = {"id": "tone", "title": "Tone", "level": "nominal", "options": ["kind", "harsh"]}
    spec.write_text(json.dumps({"name": "any", "kind": "question", "scales": [scale], "sample": {"size": 4}}))
    made = call("review", folder.root, "new", "tone", "--spec", spec, "--size", 3, "--by", "olga", "--json").json
    assert made == {"schema": 1, "task": "tone", "items": 3, "sources": {"seeds": 3}, "scales": ["tone"]}


def test_what_cannot_be(folder: Folder, tmp_path: Path) -> None:
    root = folder.root
    refused(call("review", root, "show"), 2, "Which task", hint="review")
    refused(call("review", root, "new", "x", "--by", "olga"), 2, "--kind question or triple", hint="--spec")
    refused(call("review", root, "show", "none"), 3, "no rating task 'none'", hint="list")
    refused(call("review", root, "export", "none"), 3, "no rating task 'none'", hint="list")
    broken = tmp_path / "task.json"
    broken.write_text("{")
    assert call("review", root, "new", "x", "--spec", broken, "--by", "olga").code == 3


@pytest.mark.parametrize("act", ["new", "import", "close", "open", "delete"])
def test_who_does_it_is_asked_for(folder: Folder, act: str) -> None:
    refused(call("review", folder.root, act, "fit"), 2, "Somebody has to sign", hint="--by NAME")


def test_shares_and_what_raters_see_by_command(folder: Folder) -> None:
    new = ("review", folder.root, "new")
    assert call(*new, "few", "--kind", "question", "--size", 6, "--each", 2, "--shared", "--by", "olga").code == 0
    task = load(folder, "few").task
    assert (task.each, task.blind, task.created_by) == (2, False, "olga")
    assert call(*new, "hid", "--kind", "question", "--size", 6, "--by", "olga").code == 0
    assert load(folder, "hid").task.blind


def test_the_acts_of_a_study(folder: Folder, tmp_path: Path) -> None:
    study = Study.open(folder.root)
    task = study.rating_task(TaskSpec("fit", "question", sample=Sample(size=2)), "olga")
    rate(folder, "fit", "ana", task.items[0], given())
    assert [state.name for state in study.rating_tasks()] == ["fit"]
    done = study.export_ratings("fit", "csv", tmp_path / "out")
    assert study.import_ratings("fit", done.target / "ratings.csv", "olga").already == 1


def join(folder: Folder, *names: str) -> list[str]:
    """Their ids; as those whom a link for raters brought."""
    identity = StudyIdentity.of(folder)
    with identity.db.write() as db:
        made = [identity.people.add(db, name, "", "rater", "l_1").id for name in names]
    identity.db.close()
    return made


def test_fewer_rows_than_asked_for_are_told_with_how_many_from_each_source(folder: Folder) -> None:
    new = ("review", folder.root, "new", "all", "--kind", "question", "--of", "seeds", "--of", "questions")
    made = call(*new, "--size", 5000, "--by", "olga")
    task = load(folder, "all").task
    of = {source: task.sources.count(source) for source in ("seeds", "questions")}
    assert f"{5000 - len(task.items):,} fewer than the 5,000 asked for" in made.err
    assert f"{of['seeds']} from seeds, {of['questions']} from questions." in made.err
    enough = call("review", folder.root, "new", "some", "--kind", "question", "--size", 4, "--by", "olga")
    assert "asked for" not in enough.err
    assert "from seeds" not in enough.err


def test_who_cannot_come_is_told_of_and_who_came_has_a_name(folder: Folder) -> None:
    bia, ana = join(folder, "Bia", "Ana")
    more = ("--kind", "question", "--size", 10, "--rater", bia, "--rater", ana, "--by", "olga")
    assert "not joined" not in call("review", folder.root, "new", "open", *more).err
    made = call("review", folder.root, "new", "shut", *more, "--rater", "misty-otter")
    assert "  misty-otter has not joined this study by a link" in made.err
    assert f"seedbed review {folder.root} export shut FOLDER --format csv-wide --blank" in made.err
    shown = call("review", folder.root, "show", "shut").err
    assert "misty-otter has not joined" in shown
    assert "Bia " in shown
    assert bia not in shown
    assert "None" not in shown
    values = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]
    rate_all(folder, load(folder, "shut").task, {bia: values, ana: values, "misty-otter": values[::-1]})
    told = call("review", folder.root, "agreement", "shut", "--scale", "relevance").err
    assert "relevance: Bia with Ana, Cohen's kappa 1.00" in told
    assert bia not in told


def test_agreement_says_why_it_has_nothing_to_say(folder: Folder) -> None:
    task = make_task(folder, "fit")
    none = call("review", folder.root, "agreement", "fit")
    assert "fit: nobody has rated any row yet." in none.err
    assert f"seedbed review {folder.root} show fit" in none.err
    rate_all(folder, task, {"ana": [1, 2, 3], "bo": [1, 2, 4]})
    told = call("review", folder.root, "agreement", "fit", "--people", "group").err
    assert "By group nothing can be told: of those who rated, the study does not know it of any." in told
    assert "nothing can be told" not in call("review", folder.root, "agreement", "fit").err


def test_a_study_whose_names_cannot_be_read_is_shown_by_pseudonyms(folder: Folder) -> None:
    make_task(folder, "fit", raters=("ana",))
    folder.identity.write_bytes(b"no database" * 100)
    shown = call("review", folder.root, "show", "fit")
    assert shown.code == 0
    assert "ana " in shown.err
