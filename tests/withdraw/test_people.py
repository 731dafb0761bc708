"""A person leaves: by the command as by the page, from boards, seeds, every kind of run, judgements and releases."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seedbed.engine import read_rows
from seedbed.errors import UsageError
from seedbed.records import Ask, State, Verdict
from seedbed.release.taken import refuse_withdrawn
from seedbed.seeds import gather, load
from seedbed.server.people.home import Home, named_studies
from seedbed.study import Folder, hold
from seedbed.study.backup import backup
from tests.cli.command import call
from tests.seeds.boards import ANA, BO, OLGA, Workshop, study, tell
from tests.withdraw.studies import holding, run_of

SECRET = "My sister Ünal lives at 5 Elm Street in Springfield"
TRIPLES = "board/A/triples"
FIELDS = {
    "prompt": f"Is it so that {SECRET}?",
    "misaligned": "No.",
    "critique": "",
    "aligned": "Yes.",
    "alternatives": {},
}


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path, str]:
    """A study in which Ana's question became a seed, and what was made of it: (study, home, Ana's id)."""
    path, home = tmp_path / "pilot", tmp_path / "home"
    people: dict[str, str] = {}

    async def story(shop: Workshop) -> tuple[str, str]:
        await shop.join(BO)
        return "", await shop.write(await shop.page(BO), question="Bo alone asks this, of nobody in the whole town.")

    folder, (_, bo_s) = study(path, story)
    with Home(home, named_studies([path])) as opened:
        known = opened.studies["pilot"].people
        with known._db.write() as db:  # as a link does that lets someone in
            people["ana"] = known.add(db, "Ana", "A", "participant", "link").id
    ana = replace(ANA, id=people["ana"])

    async def writing(shop: Workshop) -> str:
        await shop.join(ana)
        return await shop.write(await shop.page(ana), question=SECRET)

    row = f"A-{tell(folder, writing)}"
    bo_s = f"A-{bo_s}"
    gather(folder)
    _runs(folder, row, bo_s)
    release = path / "releases" / "1.0"
    (release / "triples").mkdir(parents=True)
    rows = [{"id": "triples.000000", "prompt": SECRET}, {"id": "x", "prompt": "y"}]
    told = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (release / "triples" / "train.jsonl").write_text(told)
    (release / "manifest.json").write_text(json.dumps({"created": "2025-01-01T00:00:00+00:00"}))
    (path / "themes" / "sources").mkdir(parents=True)
    (path / "themes" / "sources" / "t1.txt").write_text(SECRET)
    (path / "propagation").mkdir()
    (path / "propagation" / "propagation.json").write_text(SECRET)
    return path, home, ana.id


def _runs(folder: Folder, row: str, bo_s: str) -> None:
    """Topics, questions, a control and triples: each hangs on the seed in a way of its own."""
    kept, rejected = State.KEPT, State.REJECTED
    run_of(folder, "topics", "topics", [
        (Ask("a0000000", 0, 1, examples=(row,)), Verdict(0, kept, text="sisters who live in Springfield")),
    ])  # fmt: skip
    run_of(folder, "questions", "questions", [
        (Ask("a0000000", 0, 1, examples=(row, bo_s)), Verdict(0, kept, text="Where does my sister live now?")),
        (Ask("a0000001", 1, 1, examples=(bo_s,)), Verdict(1, kept, text="Who is it that nobody asks?")),
        (Ask("a0000002", 2, 1, examples=(bo_s,)), Verdict(2, rejected, "copy", "near", 0.9, row, "Elm Street, is it?")),
        (Ask("a0000003", 3, 1, examples=(bo_s,), grown_from="topics.000000", subtopic="sisters in all of Springfield"),
         Verdict(3, kept, text="Where do sisters live?")),
        (Ask("a0000004", 4, 1, examples=(bo_s,)), None),
        (Ask("a0000005", 5, 1, examples=(row,)), None),
    ])  # fmt: skip
    run_of(folder, "control", "questions", [
        (Ask("a0000000", 0, 1), Verdict(0, rejected, "form", text=f"I know that {SECRET.upper()}")),
        (Ask("a0000001", 1, 1), Verdict(1, kept, text="What is the tallest of all the mountains?")),
    ], with_seeds=False)  # fmt: skip
    run_of(folder, "triples", "triples", [
        (Ask("a0000000", 0, 1, prompt_id="questions.000000"), Verdict(0, kept, text="No. Yes.", fields=FIELDS)),
        (Ask("a0000001", 1, 1, prompt_id="questions.000001"), Verdict(1, kept, text="Sure. Never.", fields={
            **FIELDS, "prompt": "Who is it that nobody asks?"})),
    ], with_seeds=False)  # fmt: skip


def _withdrawn(path: Path) -> set[str]:
    runs = [run.name for run in (path / "runs").iterdir()]
    return {row.id for run in runs for row in read_rows(path / "runs" / run, withdrawn=True) if row.withdrawn}


EXPECTED = {
    "topics.000000", "questions.000000", "questions.000002", "questions.000003", "control.000000", "triples.000000",
}  # fmt: skip


def _command(made: tuple[Path, Path, str], *more: Any) -> Any:
    path, home, ana = made
    return call("withdraw", path, ana, "--home", home, *more)


def test_a_person_goes_from_everything_that_was_made(made: tuple[Path, Path, str], tmp_path: Path) -> None:
    path, _, ana = made
    backup(Folder(path), tmp_path / "saved.zip")
    assert len(holding(path, SECRET)) >= 6
    shown = _command(made, "--dry-run", "--json")
    told = json.loads(shown.out)
    assert {run["name"]: run["rows"] for run in told["runs"]} == {
        "topics": 1,
        "questions": 3,
        "control": 1,
        "triples": 1,
    }
    assert told["releases"] == [{"version": "1.0", "rows": 1}]
    assert [one["path"] for one in told["backups"]] == [str(tmp_path / "saved.zip")]
    assert not _withdrawn(path)

    done = _command(made, "--yes")
    assert done.code == 0, done.err
    assert "Release 1.0 holds 1 such rows" in done.err
    assert "saved.zip" in done.err
    assert _withdrawn(path) == EXPECTED
    for words in (SECRET, "Ünal", "Elm Street", "ELM STREET", "sister", "Ana"):
        assert not holding(path, words), words
    assert holding(path, "Who is it that nobody asks?")
    assert not (path / "releases" / "1.0").exists()
    with pytest.raises(UsageError, match="taken away"):
        refuse_withdrawn(Folder(path), "1.0")
    assert load(Folder(path)).questions[0].text.startswith("Bo alone")
    status = json.loads(call("status", path, "--json").out)["withdrawn"]
    assert status == {
        "rows": 6, "releases": [{"version": "1.0", "rows": 1, "removed": True, "published": []}],
        "unfinished": 0, "due": [],
    }  # fmt: skip
    assert ana not in (path / "withdrawals.json").read_text()


def test_flagged_rows_and_releases_stay_and_are_marked(made: tuple[Path, Path, str]) -> None:
    path, _, _ = made
    assert _command(made, "--yes", "--policy", "flag").code == 0
    assert _withdrawn(path) == EXPECTED
    assert {row.verdict.text for row in read_rows(path / "runs/topics", withdrawn=True)} != {""}
    assert (path / "releases/1.0/triples/train.jsonl").read_text().count("\n") == 2
    shown = call("status", path).err
    assert "release 1.0: 1 of its rows are withdrawn; it holds them still" in shown
    assert holding(path, "Elm Street")  # of what people wrote themselves nothing stays
    assert not [name for name in holding(path, SECRET) if name.startswith(("people", "seeds", "themes", "propagation"))]


@pytest.mark.parametrize("who", ["person", "seed"])
def test_what_was_flagged_is_purged_as_a_whole_when_its_seeds_are_named(made: tuple[Path, Path, str], who: str) -> None:
    path, home, ana = made
    seed = next(item.id for item in load(Folder(path)).questions if item.text == SECRET)
    flagged = ana if who == "person" else seed
    assert call("withdraw", path, flagged, "--home", home, "--yes", "--policy", "flag").code == 0
    assert holding(path / "runs", "ELM STREET")  # by its words alone it was found, and they are gone
    for _ in range(2):
        assert call("withdraw", path, seed, "--home", home, "--yes", "--policy", "purge").code == 0
        assert _withdrawn(path) == EXPECTED
        for words in ("ELM STREET", "Elm Street"):
            assert not holding(path / "runs", words)


def test_while_a_run_is_under_way_nothing_is_done(made: tuple[Path, Path, str]) -> None:
    path, _, _ = made
    with hold(path / "runs" / "questions" / "lock", what="The run"):
        done = _command(made, "--yes")
    assert done.code == 6
    assert "Stop it first" in done.err
    assert not _withdrawn(path)
    assert not (path / "withdrawals.json").exists()


def test_single_seeds_go_and_no_gathering_brings_them_back(made: tuple[Path, Path, str]) -> None:
    path, home, _ = made
    folder = Folder(path)
    seed = next(item.id for item in load(folder).questions if item.text == SECRET)
    assert call("withdraw", path, seed, "--home", home, "--yes").code == 0
    assert _withdrawn(path) == EXPECTED
    assert not holding(path / "runs", "Elm Street")
    assert not holding(path / "seeds", "Elm Street")
    assert not gather(folder).changed
    assert gather(folder, language="pt").held == {"taken_back": 1}  # every board is read once more
    assert load(folder).erased == (seed,)


@pytest.mark.parametrize("who", ["person", "seed"])
def test_a_row_that_a_group_was_given_as_its_prompt_is_gone_from_people_too(
    made: tuple[Path, Path, str], who: str
) -> None:
    path, home, ana = made
    folder = Folder(path)
    grown, swapped, other = "Where does my sister live now?", "Where do sisters live?", "Who is it that nobody asks?"
    gone = "Does it rain on the roof of a house that is no more?"  # of a run that was removed since
    seed = next(item.id for item in load(folder).questions if item.text == SECRET)

    async def story(shop: Workshop) -> None:
        given = {
            grown: ("questions.000000", [seed]), other: ("questions.000001", []), gone: ("old.000000", [seed]),
        }  # fmt: skip
        for text, (row, parents) in given.items():
            await shop.order(OLGA, "prompt.give", TRIPLES, text=text, source="grown", parents=parents, topic="",
                             question_type="", run="questions", **{"from": row})  # fmt: skip
        page = await shop.page(BO, TRIPLES)
        rows = list(page.state["rows"])
        for row in rows:
            await shop.fill(page, row, misaligned="No, says Bo.", critique="Rude.", aligned=f"Yes, says Bo to {row}.")

    tell(folder, story)
    gather(folder)
    assert {item.prompt for item in load(folder).triples} == {grown, other, gone}

    async def swap(shop: Workshop) -> None:
        page = await shop.page(BO, TRIPLES)
        row = next(id for id, prompt in page.state["prompts"].items() if prompt["from"] == "questions.000001")
        await shop.order(OLGA, "prompt.swap", TRIPLES, row=row, text=swapped, source="grown", parents=[], topic="",
                         question_type="", run="questions", **{"from": "questions.000003"})  # fmt: skip

    tell(folder, swap)
    assert holding(path, swapped)
    for _ in range(2):
        command = call("withdraw", path, ana if who == "person" else seed, "--home", home, "--yes")
        assert command.code == 0, command.err
        for words in (grown, swapped, gone):
            assert not holding(path, words), words
        gather(folder)
    assert holding(path, other)
    assert not {item.prompt for item in load(folder).triples} & {grown, swapped, gone}
    assert holding(path, "Yes, says Bo")


def test_whom_nobody_knows_is_told_from_a_seed(made: tuple[Path, Path, str]) -> None:
    path, home, _ = made
    assert call("withdraw", path, "p_nobody", "--home", home, "--yes").code == 2
    mixed = call("withdraw", path, "A-1", "p_nobody", "--home", home)
    assert mixed.code == 2
    assert call("withdraw", path, "--home", home).code == 2
