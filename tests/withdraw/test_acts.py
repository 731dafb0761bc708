"""A withdrawal from Python; pairs that carry somebody's words along; and copies that were published."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.errors import Busy, InputError, UsageError
from seedbed.publish.record import Publication, remember
from seedbed.records import Ask, Question, State, Triple, Verdict
from seedbed.seeds.codec import encode
from seedbed.study import SERVE_LOCK, hold
from seedbed.study.events import Act, EventStore
from tests.withdraw.studies import holding, run_of

HERS = "My grandmother sold oranges in the rain; why did nobody help her?"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Ana's question; pairs by Bo that answer it, one by its id and one by its words; what was expanded from it."""
    study = Study.new(tmp_path / "pilot")
    with EventStore.of(study.folder) as store:
        store.append("seeds", "import", [
            encode(Question("q1", HERS, authors=("ana",))), encode(Question("q2", "Who asks Bo?", authors=("bo",))),
            encode(Triple("t1", HERS, "No.", "Rude.", "Bo says yes.", authors=("bo",), prompt_id="q1")),
            encode(Triple("t2", HERS.upper(), "Never.", "Rude.", "Bo says of course.", authors=("bo",))),
        ])  # fmt: skip
        store.append("curate", "cura", [Act("expansion", "q1~br-1", {"parent": "q1", "region": "br", "text": "x"})])
    run_of(study.folder, "questions", "questions", [
        (Ask(f"a{slot:07d}", slot, 1, examples=(seed,)), Verdict(slot, State.KEPT, text=f"What grew, number {slot}?"))
        for slot, seed in enumerate(("q1", "q1~br-1", "t1", "t2", "q2"))
    ])  # fmt: skip
    return study


@pytest.mark.parametrize("who", ["ana", "q1"])
def test_what_carries_the_words_along_is_found(study: Study, who: str) -> None:
    found = study.foresee_withdrawal(who)
    assert [sorted(run.slots) for run in found.runs] == [[0, 1, 2, 3]]
    assert holding(study.folder.root, HERS, HERS.upper())
    done = study.withdraw(who)
    assert done.found.to_json() == found.to_json()
    assert not holding(study.folder.root, HERS, HERS.upper())
    assert holding(study.folder.root, "Bo says yes.")
    assert holding(study.folder.root, "Bo says of course.")
    assert study.withdraw("q1").found.rows == 0


def test_who_cannot_be_withdrawn_so_is_refused_with_the_way_on(study: Study, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Nobody of this study"):
        study.withdraw("p_nobody")
    with pytest.raises(UsageError, match="no seed"):
        study.withdraw("q1", "p_nobody")
    with pytest.raises(UsageError, match="Whom"):
        study.withdraw()
    with hold(study.folder.root / SERVE_LOCK, what="The study"), pytest.raises(Busy, match="A server holds"):
        study.withdraw("q1")
    with pytest.raises(InputError, match="Nobody has written"):
        Study.new(tmp_path / "empty").withdraw("q1")
    assert holding(study.folder.root, HERS)


def test_copies_are_told_until_another_version_came_to_their_place(study: Study) -> None:
    rows = study.folder.releases / "1.0" / "seeds"
    rows.mkdir(parents=True)
    (rows / "train.jsonl").write_text('{"id": "q1"}\n')
    for version, place in (("1.0", "hf:a/b"), ("1.0", "/srv/one"), ("2.0", "hf:a/b")):
        remember(study.folder, Publication(version, place, "2026-01-02T00:00:00+00:00", "ab"))
    assert [one.place for one in study.foresee_withdrawal("q1").published] == ["/srv/one"]
    study.withdraw("q1")
    assert study.status()["withdrawn"]["releases"][0]["published"] == ["/srv/one"]


def test_a_release_that_cannot_be_read_is_not_taken_for_one_without_the_words(study: Study) -> None:
    rows = study.folder.releases / "1.0" / "seeds"
    rows.mkdir(parents=True)
    (rows / "train.jsonl").write_text('{"id": "q2"}\n{"id": "q')
    with pytest.raises(InputError, match="line 2, is damaged"):
        study.withdraw("q1")
    assert holding(study.folder.root, HERS)
