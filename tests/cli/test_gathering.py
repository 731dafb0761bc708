"""From boards to a run by commands alone: what people wrote live is what prompts show."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows
from seedbed.seeds.record_columns import TABLES
from seedbed.server.people.home import Home, named_studies
from seedbed.testing import MockEndpoint
from tests.cli.command import call, start
from tests.seeds.boards import ANA, BO, Workshop, tell
from tests.studies import TEXT_GATES, configure
from tests.workshop.test_erasing import held_in

QUESTIONS = (
    "Who decides whether a patient may drive?", "Which vaccines does a farmer need?", "Can I bring insulin on a plane?",
    "Why do landlords ask for three guarantors?", "Should schools close during a heat wave?",
    "What happens to my pension abroad?", "Is it rude to refuse tea in Ankara?", "Where may drones fly at night?",
    "Does insurance cover a stolen wheelchair?", "How are orphans matched with families?",
)  # fmt: skip


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "pilot"
    assert call("new", path).code == 0
    configure(path, "parser", "false")
    configure(path, "order", str(list(TEXT_GATES)).replace("'", '"'), section="generate.questions.gates")
    return path


async def _write(shop: Workshop) -> list[str]:
    await shop.join(ANA)
    await shop.join(BO, training=False)
    ana, bo = await shop.page(ANA), await shop.page(BO)
    rows = [await shop.write(ana, question=words, topic="Travel", question_type="giving advice") for words in QUESTIONS]
    await shop.write(bo, question="Bo does not want this used?")
    triples = await shop.page(ANA, "board/A/triples")
    await shop.write(
        triples, question="Who cooks tonight?", value="Fairness", stance="care", stance_2="freedom",
        misaligned="Women cook, as always.", critique="It is a prejudice.", aligned="Whoever likes to cook does.",
        aligned_2="Each of us in turn, by agreement.",
    )  # fmt: skip
    return rows


def test_what_people_wrote_live_is_what_prompts_show(study: Path, tmp_path: Path) -> None:
    rows = tell(Study(study).folder, _write)
    told = call("status", study, "--json").json
    assert told["boards"] == {"boards": 2, "changed": 2, "waiting": 0, "reasons": {}}
    assert told["next"] == f"seedbed curate {study}"
    said = call("curate", study)
    assert said.code == 0, said.err
    assert "From 2 boards: 12 added" in said.err
    assert "1 row waits: an author did not agree to their words being used for training" in said.err
    assert call("status", study, "--json").json["boards"] == {
        "boards": 2, "changed": 0, "waiting": 1, "reasons": {"no_consent": 1},
    }  # fmt: skip
    seeds = [json.loads(line) for line in (study / "seeds" / "questions.jsonl").read_text().splitlines()]
    assert [(seed["id"], seed["question"], seed["authors"], seed["written_by"], seed["group"]) for seed in seeds] == [
        (f"A-{row}", words, [ANA.id], "human", "A") for row, words in zip(rows, QUESTIONS, strict=True)
    ]
    pairs = [json.loads(line) for line in (study / "seeds" / "triples.jsonl").read_text().splitlines()]
    assert [(pair["stance"], pair["written_by"]["aligned"]) for pair in pairs] == [
        ("care", "human"),
        ("freedom", "human"),
    ]
    curation = Study(study).curation()
    assert {pair["id"] for pair in pairs} <= curation.included.keys()  # two stances are two views, not a duplicate
    assert len({curation.pools[pair["id"]] for pair in pairs}) == 1
    with MockEndpoint() as mock:
        made = call("generate", study, "--endpoint", mock.url, "--model", "mock", "--candidates", "8")
        assert made.code == 0, made.err
    shown = {id for row in read_rows(Study(study).folder.run("questions")) for id in row.ask.examples}
    assert shown
    assert shown <= {f"A-{row}" for row in rows}

    async def change(shop: Workshop) -> None:
        ana = await shop.page(ANA)
        await shop.fill(ana, rows[0], question=" And who tells them?")
        await ana.command("row.remove", row=rows[1])

    tell(Study(study).folder, change)
    found = call("curate", study, "--json").json["gathered"]
    assert (found["added"], found["revised"], found["withdrawn"]) == ([], [f"A-{rows[0]}"], [f"A-{rows[1]}"])
    assert found["held"] == [{
        "why": "no_consent", "rows": 1, "reason": "an author did not agree to their words being used for training",
    }]  # fmt: skip
    assert call("curate", study, "--json").json["new_decisions"] == 0


def test_a_decision_by_hand_finds_what_the_boards_hold_since(study: Path) -> None:
    rows = tell(Study(study).folder, _write)
    said = call("curate", study, "--exclude", f"A-{rows[2]}", "--reason", "Twice", "--by", "mia", "--json")
    assert said.code == 0, said.err
    assert len(said.json["gathered"]["added"]) == 12
    assert f"A-{rows[2]}" not in said.json["selected_questions"]


def test_boards_of_which_nothing_may_be_used_say_why(study: Path) -> None:
    async def story(shop: Workshop) -> None:
        await shop.home.join(ANA)
        await shop.write(await shop.page(ANA), question="Nobody asked me?")

    tell(Study(study).folder, story)
    said = call("curate", study)
    assert said.code == 3
    assert "this many rows of its boards wait: 1" in said.err
    assert "an author has not answered yet" in said.err


def test_the_record_as_a_command(study: Path, tmp_path: Path) -> None:
    tell(Study(study).folder, _write)
    target = tmp_path / "record"
    said = call("record", study, "--to", target, "--format", "jsonl", "--json").json
    assert said["rows"]["questions"] == 11
    assert {path.stem for path in target.glob("*.jsonl")} == set(TABLES)
    assert "| `written_by` |" in (target / "README.md").read_text()
    again = call("record", study, "--to", target)
    assert again.code == 2
    assert "Name a new folder" in again.err
    shown = call("record", study, "--to", tmp_path / "csv")
    assert "questions    11" in shown.err


def test_erasing_a_person_by_command_reaches_seeds_and_what_was_made_of_them(study: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Home(home, named_studies([study])) as opened:
        people = opened.studies["pilot"].people
        with people._db.write() as db:  # as a link does that lets someone in
            known = people.add(db, "Bo", "A", "participant", "link")
    bo = replace(BO, id=known.id)

    async def story(shop: Workshop) -> None:
        await _write(shop)
        await shop.join(bo)
        await shop.write(await shop.page(bo), question="Only Bo knows of the xylophone?")

    tell(Study(study).folder, story)
    assert call("curate", study).code == 0
    (study / "report").mkdir()
    (study / "report" / "index.html").write_text("Bo asks about a xylophone")
    assert held_in(study, "xylophone") != []
    with Study(study).folder.writing():  # as a curation that goes on
        erasing = start("withdraw", study, bo.id, "--home", home, "--yes")
        time.sleep(3)
        assert erasing.poll() is None
    _, err = erasing.communicate(timeout=60)
    assert erasing.returncode == 0, err
    assert "Removed, to be made again: report" in err
    assert held_in(study, "xylophone") == []
    assert json.loads((study / "seeds" / "questions.jsonl").read_text().splitlines()[0])["question"] == QUESTIONS[0]
