"""What a withdrawal reaches: all that a brute-force walk reaches, on random studies, and nothing else."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from seedbed.engine import read_rows
from seedbed.records import Ask, State, Verdict
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.withdraw import foresee
from seedbed.withdraw.walk import echoes, walk
from tests.lineage.test_descendants import MEMORY, PEOPLE, SEEDS, WORLD
from tests.lineage.worlds import World, write_world
from tests.withdraw.studies import run_of

TAKEN = [f"s{number}" for number in range(12)]
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
            shown = () if name == "control" else tuple(draw.sample(TAKEN, draw.randint(0, 3)))
            ask = Ask(
                f"a{slot:07d}", slot, 1, examples=shown, persona_from=draw.choice([None, None, None, *TAKEN[:3]]),
                prompt_id=link if stage == "triples" else None, grown_from=link if stage == "questions" else None,
            )  # fmt: skip
            state = draw.choice([State.KEPT, State.REJECTED])
            rival = draw.choice([*TAKEN, *ids]) if state is State.REJECTED and draw.random() < 0.5 else None
            text = f"{slot} of {name}" + (f": {ECHO.title()}!" if draw.random() < 0.1 else "")
            fields = {"alternatives": {"misaligned": [{"text": "t", "rival": draw.choice(TAKEN)}]}} if (
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
    taken = set(draw.sample(TAKEN, 2))
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


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(world=WORLD)
def test_it_takes_what_lineage_says_grew_from_somebody(world: World) -> None:
    """Two walks that share no line: the one over journals, for who withdraws, the other over the index, for who looks.

    Who withdraws may take more: merges both ways, and of a reply that goes for one of its rows those not judged yet.
    """
    with tempfile.TemporaryDirectory(dir=MEMORY) as home:
        study = write_world(Path(home) / "s", world)
        study.lineage.refresh()
        wanted = [("person", one) for one in PEOPLE if any(one in authors for authors in world.authors.values())]
        with EventStore.of(study.folder) as store:
            for kind, id in (*wanted, *(("seed", id) for id in SEEDS)):
                whom: dict[str, object] = {"person": id} if kind == "person" else {"seeds": [id]}
                found = foresee(store, study.folder, "purge", **whom)  # type: ignore[arg-type]
                taken = {(run.run, slot) for run in found.runs for slot in run.slots}
                grown = study.lineage.descendants(f"{kind}:{id}")
                judged = {(run, slot) for run, slots in grown.rows.items() for slot in slots}
                made = {(run, row.slot) for run in study.folder.run_names()
                        for row in _rows(study.folder, run)}  # fmt: skip
                assert (judged & made) <= taken
                assert set(grown.releases) <= set(found.releases)


def _rows(folder: Folder, run: str) -> list[Verdict]:
    return [row.verdict for row in read_rows(folder.run(run), withdrawn=True)]
