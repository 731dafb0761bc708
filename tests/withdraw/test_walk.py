"""What a withdrawal reaches: all that a brute-force walk reaches, on random studies, and nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from seedbed.engine import read_rows
from seedbed.records import Ask, State, Verdict
from seedbed.study import Folder
from seedbed.withdraw.walk import echoes, walk
from tests.withdraw.studies import run_of

SEEDS = [f"s{number}" for number in range(12)]
ECHO = "my grandmother sold oranges in the rain"


def _study(root: Path, draw: random.Random) -> Folder:
    """Topics, questions, a control and triples, whose rows hang on seeds and on each other in every way there is."""
    root.mkdir()
    (root / "study.toml").write_text("")
    folder, made = Folder(root), dict[str, list[str]]()
    for name, stage, before in (
        ("topics", "topics", None), ("one", "questions", "topics"), ("control", "questions", "topics"),
        ("two", "triples", "one"), ("three", "triples", "control"),
    ):  # fmt: skip
        slots: list[tuple[Ask, Verdict | None]] = []
        ids: list[str] = []
        for slot in range(draw.randint(4, 12)):
            above = made[before] if before else []
            link = draw.choice(above) if above and draw.random() < 0.5 else None
            shown = () if name == "control" else tuple(draw.sample(SEEDS, draw.randint(0, 3)))
            ask = Ask(
                f"a{slot:07d}", slot, 1, examples=shown, persona_from=draw.choice([None, None, None, *SEEDS[:3]]),
                prompt_id=link if stage == "triples" else None, grown_from=link if stage == "questions" else None,
            )  # fmt: skip
            state = draw.choice([State.KEPT, State.REJECTED])
            rival = draw.choice([*SEEDS, *ids]) if state is State.REJECTED and draw.random() < 0.5 else None
            text = f"{slot} of {name}" + (f": {ECHO.title()}!" if draw.random() < 0.1 else "")
            fields = {"alternatives": {"misaligned": [{"text": "t", "rival": draw.choice(SEEDS)}]}} if (
                stage == "triples" and draw.random() < 0.2
            ) else {}  # fmt: skip
            slots.append((ask, Verdict(slot, state, "" if rival is None else "novelty", rival=rival, text=text,
                                       fields=fields)))  # fmt: skip
            ids.append(f"{name}.{slot:06d}")
        made[name] = ids
        run_of(folder, name, stage, slots, with_seeds=False)
    return folder


def _brute(folder: Folder, seeds: set[str]) -> set[str]:
    """By the definition, over and over until nothing is added."""
    rows = [row for name in folder.run_names() for row in read_rows(folder.run(name), withdrawn=True)]
    found = set(seeds)
    while True:
        fresh = set()
        for row in rows:
            ask, verdict = row.ask, row.verdict
            named = {*ask.examples, ask.persona_from, ask.prompt_id, ask.grown_from, verdict.rival}
            named |= {one["rival"] for part in verdict.fields.get("alternatives", {}).values() for one in part}
            if named & found or ECHO in verdict.text.lower():
                fresh.add(row.id)
        if fresh <= found:
            return found
        found |= fresh


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_missed_and_nothing_else_is_reached(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    folder = _study(tmp_path / "study", draw)
    taken = set(draw.sample(SEEDS, 2))
    found = walk(folder, taken, [f"Once, {ECHO}, and so on."])
    assert found.ids == _brute(folder, taken)
    assert {id for run in found.runs for id in run.ids()} == found.ids - taken


def test_a_stretch_that_others_wrote_too_is_nobodys_alone() -> None:
    own = "What is the difference between a loan and a gift from my uncle?"
    repeats = echoes([own], ["What is the difference between heat and temperature?"])
    assert not repeats("What is the difference between salt and sugar?")
    assert repeats("Is it a loan, and a gift from my uncle at that?")
    assert repeats("IS IT A LOAN – and a gift,\nfrom my uncle!")
    assert not echoes([])("whatever there is to be said about loans")


def test_words_in_any_script_are_found() -> None:
    repeats = echoes(["Minha avó vendia laranjas à beira do rio", "祖母は雨の日に市場でみかんを売った"])
    assert repeats("E a minha avo vendia laranjas a beira-rio")
    assert repeats("「祖母は雨の日に市場で」と言った")
    assert not repeats("Minha vizinha vende flores")
