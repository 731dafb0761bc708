"""From a study's pairs to its inspector: who may train, what it earns, and when it is out of date."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import InputError, NotAStudy
from seedbed.judges import InspectorReport, changes, load, path_in, train, training_pairs
from seedbed.judges.pairs import fingerprint
from seedbed.measures.definition import Value
from seedbed.records import Pool, Triple, Writer
from seedbed.study import Folder
from tests.judges.made import WordEmbedder, by, folder_at, ids, pairs

EMBEDDER = WordEmbedder()


def trained(path: Path, triples: list[Triple], **options: Any) -> tuple[Folder, InspectorReport]:
    folder = folder_at(path)
    included = options.pop("included", ids(triples))
    return folder, train(folder, triples, included=included, embedder=EMBEDDER, draws=200, **options)


# --- the bar ---------------------------------------------------------------------------------------------------


def test_a_strong_signal_in_enough_pairs_earns_judging(tmp_path: Path) -> None:
    folder, report = trained(tmp_path, pairs(130, signal=5))
    found = report.of("fairness")
    assert found is not None
    assert found.may_judge
    assert (found.reasons, found.more_pairs) == ((), 0)
    assert report.values[0].may_judge
    inspector = load(folder, EMBEDDER)
    assert inspector is not None
    assert inspector.may_judge("fairness")[0]
    assert "130 pairs" in inspector.may_judge("fairness")[1]
    assert inspector.may_judge()[0]
    allowed, reason = inspector.may_judge("safety")
    assert not allowed
    assert "'safety'" in reason
    assert report.shuffled.p < 0.01
    assert report.shuffled.auroc > 0.9 > report.shuffled.upper


def test_the_same_signal_in_few_pairs_does_not(tmp_path: Path) -> None:
    _, report = trained(tmp_path, pairs(60, signal=5))
    found = report.of("fairness")
    assert found is not None
    assert not found.may_judge
    assert found.reasons == ("60 pairs are labelled by people, and 100 is the least",)
    assert (found.more_pairs, found.more_would_do) == (40, True)


def test_a_weak_signal_in_many_pairs_does_not(tmp_path: Path) -> None:
    folder, report = trained(tmp_path, pairs(130, signal=1))
    found = report.of("fairness")
    assert found is not None
    assert not found.may_judge
    assert any("agreement with people" in reason for reason in found.reasons)
    inspector = load(folder, EMBEDDER)
    assert inspector is not None
    assert inspector.may_judge("fairness") == (False, "; ".join(found.reasons))


def test_a_signal_that_length_gives_away_does_not(tmp_path: Path) -> None:
    _, report = trained(tmp_path, pairs(130, signal=5, longer=6))
    found = report.of("fairness")
    assert found is not None
    assert isinstance(kappa := found.figures["kappa"], Value)
    assert kappa.value > 0.8
    assert isinstance(length := found.length["accuracy"], Value)
    assert length.value > 0.99
    assert not found.may_judge
    assert any("length alone" in reason for reason in found.reasons)
    assert not found.more_would_do


def test_labels_of_a_model_are_no_evidence(tmp_path: Path) -> None:
    made = pairs(130, signal=5)
    mixed = [replace(t, written_by=by(Writer.MODEL)) if at >= 70 else t for at, t in enumerate(made)]
    _, report = trained(tmp_path, mixed)
    assert (report.pairs, report.values[0].tested) == (130, 70)
    assert not report.values[0].may_judge
    edited = [replace(t, written_by=by(Writer.EDITED)) for t in made]
    assert training_pairs(edited, ids(edited))[0][0].by_people


def test_one_value_may_be_judged_where_another_is_not(tmp_path: Path) -> None:
    poor = [replace(t, id=f"q{t.id}") for t in pairs(60, signal=0, seed=1, values=("safety",))]
    few = [replace(t, id=f"r{t.id}") for t in pairs(4, seed=2, values=("clarity",))]
    folder, report = trained(tmp_path, [*pairs(120, signal=5), *poor, *few])
    by_value = {found.value: found for found in report.values}
    assert list(by_value) == [None, "clarity", "fairness", "safety"]
    assert {value: found.may_judge for value, found in by_value.items()} == {
        None: False, "clarity": False, "fairness": True, "safety": False,
    }  # fmt: skip
    assert {value: found.own_model for value, found in by_value.items()} == {
        None: False, "clarity": False, "fairness": True, "safety": True,
    }  # fmt: skip
    assert by_value["clarity"].figures == {}
    inspector = load(folder, EMBEDDER)
    assert inspector is not None
    prompt, kind = "Who may come?", "gladly fairly kindly gently"
    assert inspector.score(prompt, kind, "clarity") == inspector.score(prompt, kind)
    assert inspector.score(prompt, kind, "fairness") != inspector.score(prompt, kind)


def test_all_values_together_wait_for_each(tmp_path: Path) -> None:
    few = [replace(t, id=f"r{t.id}") for t in pairs(6, signal=5, seed=2, values=("clarity",))]
    folder, report = trained(tmp_path, [*pairs(124, signal=5), *few])
    may = {found.value: found.may_judge for found in report.values}
    assert may == {None: False, "clarity": False, "fairness": True}
    assert report.values[0].reasons == ("it has not earned it for clarity",)
    inspector = load(folder, EMBEDDER)
    assert inspector is not None
    assert inspector.may_judge() == (False, "it has not earned it for clarity")


# --- who may train ---------------------------------------------------------------------------------------------


def test_the_evaluation_pool_never_trains(tmp_path: Path) -> None:
    made = pairs(20)
    held = [replace(t, id=f"e{t.id}", pool=Pool.EVALUATION) for t in pairs(20, seed=9)]
    folder, report = trained(tmp_path, [*made, *held])
    assert report.pairs == 20
    assert report.left_out == {"in the evaluation pool, which never trains": 20}
    first = path_in(folder).read_bytes()
    other = [replace(t, misaligned="Something else", aligned="altogether.") for t in held]
    trained(tmp_path, [*made, *other])
    assert path_in(folder).read_bytes() == first


def test_what_else_is_left_out_is_counted_by_reason(tmp_path: Path) -> None:
    made = pairs(15)
    made[0] = replace(made[0], pool=None)
    made[1] = replace(made[1], aligned="  ")
    made[2] = replace(made[2], language="pt")
    _, report = trained(tmp_path, made, included=ids(made) - {"p0003"})
    assert report.pairs == 11
    assert report.left_out == {
        "a part is missing": 1, "excluded by curation": 1, "in no pool yet": 1,
        "not in English, the embedder's language": 1,
    }  # fmt: skip


def test_too_few_pairs_are_refused_with_what_became_of_the_others(tmp_path: Path) -> None:
    made = pairs(12)
    with pytest.raises(InputError, match=r"at least 10 pairs.*9 may train it; 3 excluded by curation") as caught:
        trained(tmp_path, made, included=[t.id for t in made[:9]])
    assert "seedbed curate" in caught.value.hint
    alike = [replace(t, id=f"x{at}") for at, t in enumerate(made[:1] * 30)]
    with pytest.raises(InputError, match="not alike, and 1 may"):
        trained(tmp_path, alike)
    assert not path_in(Folder(tmp_path)).exists()


def test_no_study_no_inspector(tmp_path: Path) -> None:
    with pytest.raises(NotAStudy):
        train(Folder(tmp_path), pairs(20), included=ids(pairs(20)), embedder=EMBEDDER)


# --- the same again --------------------------------------------------------------------------------------------


def test_the_same_pairs_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    made = pairs(25)
    folder, report = trained(tmp_path, made)
    first = path_in(folder).read_bytes()
    _, again = trained(tmp_path, made[::-1], included=sorted(ids(made), reverse=True))
    assert path_in(folder).read_bytes() == first
    assert again == report
    trained(tmp_path, [replace(made[0], aligned=made[0].aligned + " gladly"), *made[1:]])
    assert path_in(folder).read_bytes() != first


def test_it_says_when_the_pairs_have_changed(tmp_path: Path) -> None:
    made = pairs(25)
    folder, _ = trained(tmp_path, made)
    inspector = load(folder, EMBEDDER)
    assert inspector is not None
    assert changes(inspector, folder, made[::-1], included=ids(made)) is None

    new = replace(pairs(1, seed=7)[0], id="z1")
    found = changes(inspector, folder, [*made, new], included={*ids(made), "z1"})
    assert found is not None
    assert (found.added, found.removed, found.edited) == (("z1",), (), False)
    withdrawn = changes(inspector, folder, made[2:], included=ids(made))
    assert withdrawn is not None
    assert (withdrawn.added, withdrawn.removed) == ((), ("p0000", "p0001"))
    excluded = changes(inspector, folder, made, included=ids(made) - {"p0009"})
    assert excluded is not None
    assert excluded.removed == ("p0009",)
    for edit in ({"aligned": "Other words"}, {"values": ("safety",)}, {"written_by": by(Writer.MODEL)}):
        edited = changes(inspector, folder, [replace(made[0], **edit), *made[1:]], included=ids(made))
        assert edited is not None
        assert (edited.added, edited.removed, edited.edited) == ((), (), True)
    about = changes(inspector, folder, [replace(made[0], critique="Another"), *made[1:]], included=ids(made))
    assert about is None, "a critique trains nothing"


def test_a_fingerprint_is_of_a_set_under_a_key() -> None:
    made, _ = training_pairs(pairs(5), ids(pairs(5)))
    assert fingerprint(made, b"one") == fingerprint(made[::-1], b"one")
    assert fingerprint(made, b"one") != fingerprint(made, b"two")
    assert fingerprint(made, b"one") != fingerprint(made[1:], b"one")


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    trained(tmp_path, pairs(20), listen=lambda *what: told.append(what))
    assert ("embedding", 20, 20) in told
    assert ("cross-validating", 10, 10) in told
