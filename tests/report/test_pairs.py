"""Verb–noun pairs at equal number, and what one source would show."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from seedbed.assess.store import load
from seedbed.report.pairs import PairRow, apart, pairs_of
from seedbed.report.settings import ReportSettings
from seedbed.report.view import arms_of
from seedbed.study import Folder


def rows(n: int, verbs: int, seed: int, start: int = 0, a_request: int = 2) -> list[PairRow]:
    draw = random.Random(seed)
    return [((f"v{start + draw.randrange(verbs)}", f"n{draw.randrange(30)}"), f"r{k // a_request}") for k in range(n)]


def test_two_samples_of_one_source_are_seldom_beyond_it() -> None:
    beyond = 0
    for seed in range(40):
        found = apart(rows(24, 12, seed), rows(60, 12, 1000 + seed, a_request=1), draws=200)
        assert found is not None
        assert found.m == 24
        beyond += found.verbs.beyond
    assert beyond <= 5


def test_other_verbs_are_seen_and_few_pairs_are_not_judged() -> None:
    found = apart(rows(40, 10, 1), rows(40, 10, 2, start=100))
    assert found is not None
    assert found.verbs.value == 1
    assert found.verbs.beyond
    assert found.verbs.chance[1] < 1
    assert apart(rows(4, 10, 1), rows(400, 10, 2)) is None


def test_repetition_is_compared_at_the_smaller_number() -> None:
    few, many = rows(20, 6, 1), rows(2_000, 6, 2)
    found = apart(few, many)
    assert found is not None
    assert found.m == 20
    # all 2,000 repeat 94 % of 180 pairs; 20 of them about as seldom as the 20 do
    assert abs(found.repeats.value) < 0.15
    assert found.repeats.chance[0] <= found.repeats.value <= found.repeats.chance[1]


def test_requests_stay_whole_when_chance_is_drawn() -> None:
    same = [((f"v{k // 4}", "n"), f"r{k // 4}") for k in range(40)]
    loose = [(pair, f"x{k}") for k, (pair, _) in enumerate(same)]
    seeds = [((f"v{k % 10}", "n"), f"s{k}") for k in range(40)]
    whole, single = apart(seeds, same), apart(seeds, loose)
    assert whole is not None
    assert single is not None
    assert whole.verbs.chance[1] > single.verbs.chance[1]


def test_rows_of_another_assessment_are_not_used(study: Folder, tmp_path: Path) -> None:
    assessment = load(study)
    arms = arms_of(assessment, "questions", ReportSettings()).all()
    assert pairs_of(study, assessment, arms, []) == {}  # this study was assessed without a parser
    folder = Folder(tmp_path)
    folder.assessment.mkdir(parents=True)
    row = {"kind": "question", "id": "q", "run": None, "state": "seed", "cluster": "q", "verb": "be", "noun": "thing"}
    (folder.assessment / "rows.jsonl").write_text(json.dumps(row, separators=(",", ":")) + "\n")
    assert pairs_of(folder, assessment, arms, []) == {}


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_without_rows_there_are_no_pairs(study: Folder, tmp_path: Path, name: str) -> None:
    folder = Folder(tmp_path)
    if name == "empty":
        folder.assessment.mkdir(parents=True)
        (folder.assessment / "rows.jsonl").write_text("")
    assert pairs_of(folder, load(study), arms_of(load(study), "questions", ReportSettings()).all(), []) == {}
