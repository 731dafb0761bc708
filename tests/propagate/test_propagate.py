"""From a study to propagation.json: a writer that copies its examples is told from one that ignores them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows, read_run
from seedbed.errors import InputError, UsageError
from seedbed.measures.definition import Value
from seedbed.propagate import Propagation, load
from seedbed.propagate.planning import read_plan
from seedbed.records import Ask
from tests.propagate.writers import writer
from tests.studies import configure, copy_of

ROWS = 120
SMALL = {"draws": "400", "permutations": "400", "pseudo": "20"}


def study_of(measured: Path, path: Path) -> Study:
    copy_of(measured, path)
    for key, value in SMALL.items():
        configure(path, key, value, section="propagate")
    configure(path, "candidates", str(ROWS), section="propagate")
    configure(path, "per_ask", "2", section="generate.questions")  # more prompts, more to be seen within a run
    return Study.open(path)


class Worlds(dict[str, tuple[Study, Propagation]]):
    """The same study grown by a copier and by a writer that never looks, each with controls and a swap of six.

    Each is made when it is first asked for, since a process may run the tests of one of them only.
    """

    def __init__(self, measured: Path, folder: Path) -> None:
        super().__init__()
        self._measured, self._folder = measured, folder

    def __missing__(self, name: str) -> tuple[Study, Propagation]:
        study = study_of(self._measured, self._folder / name)
        with writer({"copies": 1.0, "ignores": 0.0}[name]) as endpoint:
            study.generate(endpoint=endpoint, candidates=ROWS)
            found = [study.propagate(make=kind, endpoint=endpoint) for kind in ("controls", "swap")]
        assert found[-1] is not None
        self[name] = study, found[-1]
        return self[name]


@pytest.fixture(scope="module")
def worlds(measured: Path, tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    return Worlds(measured, tmp_path_factory.mktemp("worlds"))


def says(found: Propagation) -> dict[str, tuple[str, str]]:
    return {reading.feature: (reading.says, reading.by) for reading in found.readings}


def slope(found: Propagation, test: str, feature: str, rows: str = "generated") -> Value[float]:
    (one,) = (
        tested.finding.outcome.estimate
        for tested in found.findings
        if (tested.finding.test, tested.finding.feature, tested.rows) == (test, feature, rows)
    )
    assert isinstance(one, Value), one
    return one


def test_what_the_writer_copies_follows_and_the_slope_is_near_one(
    worlds: Worlds,
) -> None:
    _, found = worlds["copies"]
    assert says(found)["tokens"] == ("follows", "T3")
    assert says(found)["openness-a"] == ("follows", "T3")
    for feature in ("tokens", "openness-a", "openness-b", "topic"):
        swapped = slope(found, "T3", feature)
        assert swapped.value == pytest.approx(1, abs=0.25), feature
    within = slope(found, "T5", "openness-a")
    assert within.low is not None
    assert within.low > 0.2
    assert "length follows the seeds, slope" in found.headline.lower()


def test_a_writer_that_ignores_its_examples_is_never_said_to_follow(
    worlds: Worlds,
) -> None:
    _, found = worlds["ignores"]
    assert {kind for kind, _ in says(found).values()} <= {"does not follow", "cannot be told"}
    assert says(found)["openness-a"][0] == "does not follow"
    assert slope(found, "T3", "openness-a").value == pytest.approx(0, abs=0.2)
    assert "follow the seeds" not in found.headline.replace("not follow the seeds", "")


def test_run_and_control_ask_the_same_but_for_the_examples(worlds: Worlds) -> None:
    study, found = worlds["copies"]
    parts = [run.part for run in found.runs]
    assert parts.count("set") == 6
    assert {"base", "no-seed", "swapped"} <= set(parts)
    base = asks(study, "questions")
    for run in found.runs[1:]:
        other = asks(study, run.name)
        assert [bare(ask) for ask in other] == [bare(ask) for ask in base], run.name
        shown = {id for ask in other for id in ask.examples}
        assert bool(shown) == (run.part != "no-seed")
        assert run.differs == ()
        assert (study.folder.run(run.name) / "journal.db").is_file()
        assert read_run(study.folder.run(run.name)).about["control_of"] == "questions"
    ((swapped,), (first,)) = ([run.name for run in found.runs if run.part == part] for part in ("swapped", "base"))
    seeds = [{id for ask in asks(study, name) for id in ask.examples} for name in (swapped, first)]
    assert not seeds[0] & seeds[1]


def asks(study: Study, run: str) -> list[Ask]:
    return list({row.ask.id: row.ask for row in read_rows(study.folder.run(run))}.values())


def bare(ask: Ask) -> Ask:
    return dataclasses.replace(ask, examples=(), persona_from=None)


def test_designs_are_declared_before_their_runs_and_stand(worlds: Worlds) -> None:
    study, found = worlds["copies"]
    plan = read_plan(study.folder)
    assert plan is not None
    assert (plan.file, plan.follows, plan.new) == ("plan-2.json", "plan.json", ("swap of questions",))
    swap = next(design for design in plan.designs if design.kind == "swap")
    assert plan.made_at <= min(read_run(study.folder.run(arm.run)).created for arm in swap.arms)
    assert {len(arm.seeds) for arm in swap.arms} == {12}
    assert len({id for arm in swap.arms for id in arm.seeds}) == 72
    declared = (study.folder.propagation / "plan-2.json").read_bytes()
    journals = {run.name: (study.folder.run(run.name) / "run.json").read_bytes() for run in found.runs}
    again = study.propagate(make="swap", agree=lambda said: pytest.fail(f"asked to make {said}"))
    assert again is not None
    assert (study.folder.propagation / "plan-2.json").read_bytes() == declared
    assert {run.name: (study.folder.run(run.name) / "run.json").read_bytes() for run in again.runs} == journals


def test_a_control_is_no_run_whose_questions_wait_for_answers(worlds: Worlds, tmp_path: Path) -> None:
    study = Study.open(copy_of(worlds["ignores"][0].folder.root, tmp_path / "study"))
    run = study.prepare(stage="triples", target=1)
    assert run.record.about["prompts_from"] == "questions"


def test_the_file_reads_back_and_holds_no_text_of_a_row(worlds: Worlds) -> None:
    study, _ = worlds["ignores"]
    found = load(study.folder)
    text = (study.folder.propagation / "propagation.json").read_text()
    assert json.loads(text)["schema"] == found.schema
    assert {tested.finding.test for tested in found.findings} >= {"T1", "T2", "T3", "T5", "T6", "T7", "T8"}
    assert all(run.fingerprint for run in found.runs)
    for row in read_rows(study.folder.run("questions")):
        assert row.verdict.text == "" or row.verdict.text not in text
    families = {tested.finding.family for tested in found.findings if tested.finding.test == "T3"}
    assert families == {"T3 questions generated", "T3 questions kept"}


def test_a_dose_of_length_is_followed_by_the_copier(worlds: Worlds) -> None:
    study, _ = worlds["copies"]
    with writer(1.0) as endpoint:
        found = study.propagate(make="dose", feature="length", endpoint=endpoint, candidates=80)
    assert found is not None
    assert says(found)["tokens"] == ("follows", "T4")
    (left,) = (tested.finding.outcome for tested in found.findings if tested.finding.feature == "left alone")
    assert isinstance(left.estimate, Value)


def test_what_every_seed_gave(worlds: Worlds) -> None:
    study, _ = worlds["copies"]
    found = study.seed_yield("questions")
    rows = list(read_rows(study.folder.run("questions")))
    for part in (part for part in found.parts if part.kind == "seed"):
        own = [row for row in rows if part.id in row.ask.examples]
        assert (part.rows, part.accepted) == (len(own), sum(row.kept for row in own)), part.id
        assert part.accepted + sum(part.rejected.values()) == part.rows
    assert max(part.nearest or 0 for part in found.parts) == 1.0  # the copier repeats a seed word for word
    assert any(part.copies for part in found.parts)
    assert (study.folder.propagation / "yield.json").is_file()


def test_nothing_is_made_where_nobody_agrees(measured: Path, tmp_path: Path) -> None:
    study = study_of(measured, tmp_path / "study")
    with pytest.raises(InputError, match="no run yet"):
        study.propagate()
    with writer(0.0) as endpoint:
        study.generate(endpoint=endpoint, candidates=40)
        told: list[str] = []

        def refuse(said: Sequence[str]) -> bool:
            told.extend(said)
            return False

        assert study.propagate(make="controls", endpoint=endpoint, agree=refuse) is None
        assert study.folder.run_names() == ["questions"]
        # a cap stops it within the first run; the same call goes on with that run and makes the other
        assert study.propagate(make="controls", endpoint=endpoint, max_tokens=3_000) is None
        assert study.folder.run_names() == ["questions", "questions-no-seed"]
        first = [row.verdict.text for row in read_rows(study.folder.run("questions-no-seed"))]
        assert 0 < len(first) < 40
        partly = study.propagate()
        assert partly is not None
        assert any("Of the 2 runs declared for controls of questions 0 are complete" in one for one in partly.remarks)
        found = study.propagate(make="controls", endpoint=endpoint)
        assert found is not None
        assert [(run.part, run.requests) for run in found.runs] == [("base", 20), ("no-seed", 20), ("swapped", 20)]
        assert [row.verdict.text for row in read_rows(study.folder.run("questions-no-seed"))][: len(first)] == first
    assert any("2 runs" in line and "requests" in line for line in told)
    with pytest.raises(InputError, match="settings have changed"):
        study.propagate(make="swap", sets=3, endpoint=endpoint.model_copy(update={"model": "another"}))
    with pytest.raises(UsageError, match="no dose of"):
        study.propagate(make="dose", feature="colour", endpoint=endpoint)
    with pytest.raises(InputError, match="too few for 20 sets"):
        study.propagate(make="swap", sets=20, endpoint=endpoint)
