"""Curation by hand, as a program does it: through `Study` alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed import Study
from seedbed.curate import Bulk, DecidedMeanwhile, Filter, PreviewChanged
from seedbed.errors import InputError
from seedbed.taxonomy.profile_versions import use_profile
from tests.studies import copy_of


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Study:
    return Study.open(copy_of(curated, tmp_path / "study"))


def test_a_decision_stands_until_it_is_taken_back(study: Study) -> None:
    made = study.decide("g1-q01", "exclude", "we cannot place it", "ana")
    assert study.curation().excluded["g1-q01"].actor == "ana"
    with pytest.raises(DecidedMeanwhile):
        study.decide("g1-q01", "include", "it is clear", "olga", seen=0)
    study.undo(made.seq, "ana")
    assert "g1-q01" not in study.curation().excluded


def test_a_bulk_act_does_what_was_shown_or_nothing(study: Study) -> None:
    wanted = Bulk("nuanced", Filter(group=("1",)), detail={"nuanced": True})
    shown = study.preview(wanted)
    assert shown.changes == study.table().page(Filter(group=("1",))).total > 1
    study.decide(shown.ids[0], "nuanced", "", "olga", nuanced=True)
    with pytest.raises(PreviewChanged) as caught:
        study.bulk(wanted, shown.token, "worth a second look", "ana")
    assert study.curation().nuanced == {shown.ids[0]}
    done = study.bulk(wanted, caught.value.preview.token, "worth a second look", "ana")
    assert study.curation().nuanced == set(shown.ids)
    study.undo(done.batch, "ana")
    assert study.curation().nuanced == {shown.ids[0]}


def test_the_checklist_is_that_of_the_profile_in_use(study: Study) -> None:
    assert study.profile() is None
    with pytest.raises(InputError, match="names no profile"):
        study.checklist()
    use_profile(study.folder, "fairness")
    first = study.checklist()[0]
    assert first.state == "open"
    study.tick(first.id, "no", "ana", "two of them ask two things")
    assert (study.checklist()[0].state, study.checklist()[0].by) == ("no", "ana")
