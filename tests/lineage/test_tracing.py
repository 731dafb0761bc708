"""What a trace tells, how it is found, and that what was kept on disk is never taken for what is there now."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seedbed.acts import Study
from seedbed.cli.app import app
from seedbed.engine.taking_back import take_back
from seedbed.engine.withdrawing import Policy
from seedbed.errors import InputError, UsageError
from seedbed.lineage import Key
from seedbed.lineage.index import index_path
from seedbed.records import State
from tests.lineage.worlds import Made, Run, World, write_run, write_world

KEPT = (State.KEPT, ())


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    asks = tuple(Made(("s1", "s2"), fates=(KEPT, (State.REJECTED, ("s1",)))) for _ in range(40))
    answers = (Made(("t1",), prompt_id="questions.000000"), Made(("t1",), prompt_id="questions.000002", settled=False))
    world = World(
        authors={"s1": ("P1",), "s2": ("P1", "P2"), "t1": ("P2",), "P2": ("P3",)},
        answers={"t1": "s1"},
        runs=[Run("questions", "questions", asks), Run("triples", "triples", answers)],
        releases={"1.0": ("questions.000000", "triples.000000", "s1")},
    )
    return write_world(tmp_path_factory.mktemp("lineage") / "s", world)


def test_back_ends_at_the_people_and_forward_at_the_release(study: Study) -> None:
    found = study.trace("triples.000000")
    assert [(step.how, [node.key.id for node in step.nodes]) for step in found.back] == [
        ("answered", ["questions.000000"]), ("shown", ["t1"]), ("made", ["triples"]),
    ]  # fmt: skip
    question = found.back[0].nodes[0]
    (shown,) = (step for step in question.steps if step.how == "shown")
    assert {node.key.id: {of.key.id for step in node.steps for of in step.nodes} for node in shown.nodes} == {
        "s1": {"P1"}, "s2": {"P1", "P2"},
    }  # fmt: skip
    assert [(step.how, [node.key.id for node in step.nodes]) for step in found.forward] == [("holds", ["1.0"])]


def test_what_is_too_much_is_counted_and_the_rest_comes_in_pages(study: Study) -> None:
    found = study.trace("s2", first=7)
    (shown,) = (step for step in found.forward if step.how == "shown")
    assert (shown.total, shown.states) == (80, {"kept": 40, "rejected": 40})
    ids, after = [node.key.id for node in shown.nodes], shown.next
    assert len(ids) == 7
    while after is not None:
        step = study.lineage.more(Key("seed", "s2"), "forward", "shown", "questions", kind="row", after=after, limit=30)
        ids, after = ids + [node.key.id for node in step.nodes], step.next
    assert ids == [f"questions.{slot:06d}" for slot in range(80)]
    assert found.totals.rows == {"question": {"kept": 40, "rejected": 40}, "triple": {"kept": 1, "waiting": 1}}
    assert found.totals.releases == ("1.0",)
    with pytest.raises(UsageError):
        study.lineage.more(Key("seed", "s2"), "forward", "judged", "j", kind="judgement", after=-1)


def test_an_id_that_nobody_has_names_what_is_near_and_one_that_several_have_is_asked_about(study: Study) -> None:
    with pytest.raises(InputError) as near:
        study.trace("qestions.000001x")
    assert "questions" in near.value.hint
    with pytest.raises(InputError) as beyond:
        study.trace("questions.000999")
    assert "questions.000000 to questions.000079" in beyond.value.hint
    with pytest.raises(UsageError) as several:
        study.trace("P2")
    assert "seed:P2" in several.value.hint
    assert "person:P2" in several.value.hint
    assert study.trace("seed:P2").node.key == Key("seed", "P2")
    assert study.trace("questions.3").node.key == Key("row", "questions.000003")


@pytest.mark.parametrize("harm", ["gone", "torn", "of another version", "in the way"])
def test_the_index_may_be_lost_at_any_time(tmp_path: Path, harm: str) -> None:
    world = World(authors={"s1": ("P1",)}, runs=[Run("questions", "questions", (Made(("s1",)),))])
    study = write_world(tmp_path / "s", world)
    before = study.descendants("P1")
    path = index_path(study.folder)
    assert path.is_file()
    if harm == "of another version":
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA user_version=99")
    elif harm == "torn":
        path.write_bytes(b"no database" * 500)
    else:
        path.unlink()
        if harm == "in the way":
            path.mkdir()
    assert Study(study.folder.root).descendants("P1") == before


def test_a_run_that_went_on_is_read_again(tmp_path: Path) -> None:
    world = World(authors={"s1": ("P1",)}, runs=[Run("questions", "questions", (Made(("s1",)),))])
    study = write_world(tmp_path / "s", world)
    assert len(study.descendants("s1").rows["questions"]) == 1
    write_run(study.folder, Run("more", "questions", (Made(("s1",)), Made(("s1",)))))
    assert {run: len(rows) for run, rows in study.descendants("s1").rows.items()} == {"questions": 1, "more": 2}


def test_a_damaged_journal_is_named_and_hides_nothing_else(tmp_path: Path) -> None:
    world = World(authors={"s1": ("P1",)}, runs=[Run(name, "questions", (Made(("s1",)),)) for name in ("a", "b")])
    study = write_world(tmp_path / "s", world)
    for path in study.folder.run("b").glob("journal.db*"):
        path.unlink()
    (study.folder.run("b") / "journal.db").write_bytes(b"no database" * 500)
    found = study.trace("s1")
    assert found.totals.rows == {"question": {"kept": 1}}
    assert any("b: journal.db is damaged" in fault for fault in found.faults)


def test_the_command_prints_a_tree_and_names_no_more_than_it_should(study: Study) -> None:
    told = CliRunner().invoke(app, ["trace", str(study.folder.root), "triples.0", "--back"])
    assert told.exit_code == 0, told.output
    assert "answers: 1 row of questions" in told.stdout
    assert "P1" in told.stdout
    assert "What came of it" not in told.stdout
    some = CliRunner().invoke(app, ["trace", str(study.folder.root), "s2", "--forward"])
    assert "… and 75 more" in some.stdout
    every = CliRunner().invoke(app, ["trace", str(study.folder.root), "s2", "--forward", "--all"])
    assert "more" not in every.stdout
    assert "questions.000079" in every.stdout


@pytest.mark.parametrize("policy", ["flag", "purge"])
def test_a_withdrawn_row_keeps_its_place_and_shows_no_words(tmp_path: Path, policy: Policy) -> None:
    asks = (Made(("s1",), fates=(KEPT, (State.REJECTED, ("s2",)), KEPT)),)
    judged = (Made(prompt_id="questions.000000#text/0"),)
    runs = [Run("questions", "questions", asks), Run("j", "judging", judged, "judgements")]
    study = write_world(tmp_path / "s", World(authors={"s1": ("P1",), "s2": ("P2",)}, runs=runs))
    before = study.descendants("P2")
    assert study.trace("questions.1").node.texts == (("text", "a row"),)
    take_back(study.folder.run("questions") / "journal.db", ["s1"], [0, 1], [], [], policy)
    take_back(study.folder.root / "judgements" / "j" / "journal.db", ["s1"], [0], [], [], policy)
    for place in ("questions.000000", "questions.000001", "judgement:j.000000"):
        found = study.trace(place)
        assert (found.node.state, found.node.texts) == ("withdrawn", ()), place
        assert dict(found.node.facts).keys() & {"measured", "surplus"} == set()
        assert dict(found.node.facts)["gate"] == "novelty"  # without its reason, "near"
        assert "rival" not in [step.how for step in found.back]
    whole = study.trace("person:P1")
    assert whole.totals.rows == {"question": {"kept": 1, "withdrawn": 2}}
    (shown,) = (step for node in whole.forward[0].nodes for step in node.steps)
    assert shown.states == {"kept": 1, "withdrawn": 2}
    assert [(node.state, node.texts) for node in shown.nodes] == [
        ("withdrawn", ()), ("withdrawn", ()), ("kept", (("text", "a row"),)),
    ]  # fmt: skip
    told = CliRunner().invoke(app, ["trace", str(study.folder.root), "person:P1", "--all", "--json"])
    assert told.stdout.count("a row") == 1
    # what grew from whom stays as it was
    assert study.descendants("P2") == before


def test_an_index_from_before_withdrawn_rows_were_told_apart_is_made_anew(tmp_path: Path) -> None:
    world = World(authors={"s1": ("P1",)}, runs=[Run("questions", "questions", (Made(("s1",)),))])
    study = write_world(tmp_path / "s", world)
    take_back(study.folder.run("questions") / "journal.db", ["s1"], [0], [], [], "flag")
    time.sleep(0.2)  # what was written just now is read again in any case
    study.lineage.refresh()
    with closing(sqlite3.connect(index_path(study.folder))) as db, db:
        db.execute("UPDATE sets SET what = 'state kept' WHERE what LIKE 'state %'")
        db.execute("PRAGMA user_version=1")
    assert Study(study.folder.root).trace("s1").totals.rows == {"question": {"withdrawn": 1}}
