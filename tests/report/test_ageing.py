"""A study that changed after it was measured, or whose figures were damaged: the page says so, or there is none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from seedbed.assess import load
from seedbed.errors import InputError
from seedbed.propagate import store as tests_store
from seedbed.propagate.document import Propagation, RunUsed
from seedbed.report.ageing import changed_since, outdated_tests
from seedbed.report.yielding import load_yields
from seedbed.study import Folder
from tests.report.conftest import read


def _made_anew(folder: Folder, run: str) -> None:
    path = folder.run(run) / "run.json"
    record = json.loads(path.read_text())
    record["fingerprints"]["ask"] = "1:another"
    path.write_text(json.dumps(record))


def _tested(folder: Folder, run: str, generated: int) -> Propagation:
    used = RunUsed(
        name=run, part="base", of="", stage="questions",
        fingerprint=json.loads((folder.run(run) / "run.json").read_text())["fingerprints"]["ask"], model="m",
        created="", generated=generated, kept=1, requests=1, seeds=1,
    )  # fmt: skip
    made = Propagation(
        made_at="2026-01-01T00:00:00+00:00", seedbed="0", command="seedbed propagate DIR", settings={}, margins={},
        headline="Length follows the seeds.", readings=(), runs=(used,), findings=(),
    )  # fmt: skip
    tests_store.save(made, folder)
    return made


def test_nothing_is_said_of_a_study_as_it_was_measured(study: Folder) -> None:
    assert changed_since(study, load(study)) == []


def test_a_run_made_anew_under_its_name_is_told_though_its_counts_are_the_same(copied: Callable[[], Folder]) -> None:
    folder = copied()
    _made_anew(folder, "questions")
    assert changed_since(folder, load(folder)) == ["questions"]


def test_a_run_that_is_gone_is_named_with_the_next_step(copied: Callable[[], Folder]) -> None:
    folder = copied()
    shutil.rmtree(folder.run("questions"))
    with pytest.raises(InputError, match="no longer in the study: questions") as refused:
        read(folder)
    assert "seedbed assess" in refused.value.hint


def test_a_page_does_not_mend_what_it_looks_at(copied: Callable[[], Folder]) -> None:
    folder = copied()
    journal = folder.run("questions") / "journal.db"
    journal.unlink()
    assert changed_since(folder, load(folder)) == ["questions"]
    assert not journal.exists()


def test_tests_of_runs_that_are_others_now_are_told(copied: Callable[[], Folder]) -> None:
    folder = copied()
    found = load(folder).funnel("questions")
    assert found is not None
    tests = _tested(folder, "questions", found.generated)
    assert outdated_tests(folder, tests) == []
    assert outdated_tests(folder, _tested(folder, "questions", found.generated + 1)) == ["questions"]
    _made_anew(folder, "questions")
    assert "changed since the tests (questions)" in read(folder)
    shutil.rmtree(folder.run("questions"))
    assert outdated_tests(folder, tests) == ["questions"]


def test_figures_with_numbers_that_are_none_are_refused(copied: Callable[[], Folder]) -> None:
    folder = copied()
    found = load(folder).funnel("questions")
    assert found is not None
    _tested(folder, "questions", found.generated)
    (folder.propagation / "yield.json").write_text(
        '{"made_at": "", "run": "r", "fingerprint": "", "overall": {"value": 0.5}, "parts": [], "ask_for": [], '
        '"cells": 0, "schema": "seedbed/yield/1"}'
    )
    assert load_yields(folder) is not None
    cases: list[tuple[Path, str, Callable[[Folder], object]]] = [
        (folder.assessment / "assessment.json", '"seconds":', load),
        (folder.propagation / "propagation.json", '"seconds":', tests_store.load),
        (folder.propagation / "yield.json", '"value":', load_yields),
    ]
    for path, place, reader in cases:
        sound = path.read_text()
        assert place in sound
        for number in ("NaN", "Infinity", "1e300"):
            path.write_text(sound.replace(place, f'{place} {number}, "was":', 1))
            with pytest.raises(InputError, match="damaged"):
                reader(folder)
        path.write_text(sound.replace("seedbed/yield/1", "seedbed/yield/9"))
    with pytest.raises(InputError, match="another version"):
        load_yields(folder)
