"""A plan is read as it was declared, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed.assess.settings import AssessSettings
from seedbed.engine import RunRecord
from seedbed.errors import InputError
from seedbed.propagate.planning import Kind, make_plan, read_plan
from seedbed.propagate.settings import PropagateSettings
from seedbed.study import Folder
from tests.propagate.parts import pool


@pytest.fixture
def planned(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    seeds = pool(40)
    base = RunRecord("r", "questions", {}, {}, fingerprints={"ask": "1:abc"})
    designs: tuple[tuple[Kind, str], ...] = (("controls", ""), ("dose", "length"))
    for kind, feature in designs:
        make_plan(
            folder, base, kind, seeds, list(seeds)[:8], ["tokens"], PropagateSettings(), AssessSettings(),
            feature=feature, candidates=40,
        )  # fmt: skip
    return folder


def test_a_plan_is_read_as_it_was_declared(planned: Folder) -> None:
    found = read_plan(planned)
    assert found is not None
    assert [design.kind for design in found.designs] == ["controls", "dose"]
    assert [arm.part for arm in found.designs[0].arms] == ["no-seed", "swapped"]
    assert len(found.designs[0].arms[1].seeds) == 8
    assert found.designs[1].arms[0].dose is not None


@pytest.mark.parametrize(
    ("sound", "damaged"),
    [
        ("{", "[" * 100_000),
        ('"candidates": 40', '"candidates": "40"'),
        ('"candidates": 40', '"candidates": null'),
        ('"total_variation": 0.1', '"total_variation": NaN'),
        ('"total_variation": 0.1', '"total_variation": 1e300'),
        ('"part": "no-seed"', '"part": "<b>"'),
        ('"kind": "controls"', '"kind": 3'),
        ('"designs": [', '"designs": {}, "was": ['),
        ("propagation-plan/1", "propagation-plan/9"),
    ],
)
def test_a_damaged_plan_is_refused(planned: Folder, sound: str, damaged: str) -> None:
    path = planned.propagation / "plan-2.json"
    written = path.read_text(encoding="utf-8")
    assert json.loads(written)
    assert sound in written
    path.write_text(written.replace(sound, damaged, 1), encoding="utf-8")
    with pytest.raises(InputError, match="damaged"):
        read_plan(planned)
