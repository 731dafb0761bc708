"""Controls of a run of triples: the very asks of it, slot for slot, with other pairs or with none."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows, read_run
from seedbed.errors import UsageError
from seedbed.propagate import Propagation
from seedbed.propagate.planning import read_plan
from seedbed.records import Ask
from seedbed.testing import MockEndpoint
from tests.studies import configure, copy_of

ROWS = 12
FEW = 4  # pairs that the run shows, of the sample's eight on fairness: the others are left for the swapped control


def asks(study: Study, run: str) -> list[Ask]:
    return list({row.ask.id: row.ask for row in read_rows(study.folder.run(run))}.values())


World: TypeAlias = tuple[Study, Propagation]


@pytest.fixture(scope="module", params=["candidates", "target"])
def world(request: pytest.FixtureRequest, measured: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A run of triples with its controls."""
    path = copy_of(measured, tmp_path_factory.mktemp("triples") / "study")
    configure(path, "identity_share", "0.3", section="generate.triples")
    configure(path, "least_set", str(FEW), section="propagate")
    study = Study.open(path)
    found = study.curation()
    pairs = [id for id in found.selected_triples if "fairness" in found.triple(id).values]
    wanted: Any = {"candidates": ROWS} if request.param == "candidates" else {"target": ROWS // 2}
    with MockEndpoint() as mock:
        study.generate(endpoint=mock.settings(), candidates=24)
        study.generate(endpoint=mock.settings(), stage="triples", shown=pairs[:FEW], sample=10, **wanted)
        made = study.propagate(run="triples", make="controls", endpoint=mock.settings(), candidates=ROWS)
    assert made is not None
    return study, made


def test_run_and_controls_ask_the_same_but_for_the_pairs(world: World) -> None:
    study, found = world
    assert [run.part for run in found.runs] == ["base", "no-seed", "swapped"]
    assert not any(run.differs for run in found.runs)
    base = asks(study, "triples")
    shown = [{id for ask in asks(study, run.name) for id in ask.examples} for run in found.runs]
    assert shown[0]
    assert not shown[1]
    assert shown[2]
    assert not shown[0] & shown[2]
    for run in found.runs[1:]:
        other = asks(study, run.name)
        alike = [dataclasses.replace(ask, id="", first=0, examples=()) for ask in other]
        assert alike == [dataclasses.replace(ask, id="", first=0, examples=()) for ask in base[: len(other)]]
        assert len(other) == min(ROWS, len(base))
        record = read_run(study.folder.run(run.name))
        assert record.ask["follows"]["run"] == "triples"
        assert record.verdict == read_run(study.folder.run("triples")).verdict


def test_lengths_of_both_responses_are_tested_against_the_controls(world: World) -> None:
    _, found = world
    for test in ("T1", "T2", "T7"):
        features = {one.finding.feature for one in found.findings if one.finding.test == test}
        assert features == {"misaligned-tokens", "aligned-tokens"}, test
    against = {one.against for one in found.findings if one.finding.test == "T2"}
    assert against == {("triples-no-seed",), ("triples-swapped",)}


def test_only_controls_are_made_of_triples(world: World) -> None:
    study, _ = world
    plan = read_plan(study.folder)
    assert plan is not None
    assert plan.features == ("misaligned-tokens", "aligned-tokens")
    with pytest.raises(UsageError, match="only runs of questions a swap"):
        study.propagate(run="triples", make="swap")
