"""Tasks: which rows are drawn, what stands fixed from then on, and what cannot be made."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from seedbed import curate
from seedbed.engine import read_rows
from seedbed.errors import InputError, UsageError
from seedbed.records import State
from seedbed.review import (
    Option,
    Sample,
    Scale,
    TaskSpec,
    change,
    create,
    delete,
    handle,
    handles,
    items_of,
    list_tasks,
    load,
    rate,
    shown,
)
from seedbed.review.assigning import assigned, assignment
from seedbed.review.material import Item, gather
from seedbed.review.sampling import draw, stratum
from seedbed.study import Folder
from tests.review.made import BY, given, make_task

MIXED = ("seeds", "questions")


def test_a_task_stands_as_it_was_made(folder: Folder) -> None:
    task = make_task(folder, title="Which fit?", instructions="Read twice.", raters=("ana", "bo"), retest=0.5)
    again = load(folder, "first").task
    assert again == task
    assert (task.title, task.instructions, task.raters, task.created_by) == (
        "Which fit?",
        "Read twice.",
        ("ana", "bo"),
        BY,
    )
    assert [scale.id for scale in task.scales] == ["relevance", "sensibility"]
    assert len(set(task.items)) == 6
    curate.decide(folder, task.items[0], "exclude", "seen since", BY)
    assert load(folder, "first").task.items == task.items
    assert [state.name for state in list_tasks(folder)] == ["first"]


def test_the_same_seed_is_the_same_draw_and_another_is_another(folder: Folder) -> None:
    draws = [make_task(folder, f"t{n}", sample=Sample(size=20, seed=seed)).items for n, seed in enumerate((1, 1, 2))]
    assert draws[0] == draws[1] != draws[2]


def test_sources_are_mixed_in_equal_numbers_and_out_of_their_order(folder: Folder) -> None:
    task = make_task(folder, sample=Sample(of=MIXED, size=20))
    assert Counter(task.sources) == {"seeds": 10, "questions": 10}
    assert list(task.sources) != sorted(task.sources)
    assert all(
        item.startswith("questions.") == (at == "questions") for item, at in zip(task.items, task.sources, strict=True)
    )


@pytest.mark.parametrize("states", ["kept", "rejected", "generated"])
def test_the_rows_of_a_run_by_their_state(folder: Folder, states: Any) -> None:
    task = make_task(folder, sample=Sample(of=("questions",), method="all", size=None, states=states))
    rows = [row for row in read_rows(folder.run("questions")) if row.verdict.text.strip()]
    wanted = [row.id for row in rows if states == "generated" or row.verdict.state is State(states)]
    assert sorted(task.items) == sorted(wanted)
    assert wanted


def test_excluded_seeds_are_rejected_ones_and_chosen_ones_can_be_asked_for(folder: Folder) -> None:
    curation = curate.load(folder)
    everything = {item.id for item in gather(folder, "question", ["seeds"], "kept")}
    assert everything.isdisjoint(curation.excluded)
    chosen = make_task(folder, sample=Sample(method="all", size=None, chosen=True))
    assert set(chosen.items) == set(curation.selected_questions)


def test_strata_come_in_turn(folder: Folder) -> None:
    found = gather(folder, "question", ["seeds"], "kept")
    strata = Counter(stratum(item, "topic") for item in found)
    drawn = draw(found, Sample(method="stratified", by="topic", size=2 * len(strata)))
    counted = Counter(stratum(item, "topic") for item in drawn)
    assert counted == {name: min(2, n) for name, n in strata.items()} | {
        name: n for name, n in counted.items() if n > 2
    }  # more than two only where another stratum had fewer
    assert set(counted) == set(strata)


def test_near_a_threshold_come_the_smallest_margins_kept_and_rejected_in_turn(folder: Folder) -> None:
    found = gather(folder, "question", ["questions"], "generated")
    near = [replace(item, margin=n / 100, kept=n % 3 == 0) for n, item in enumerate(found)]
    drawn = draw([*near, replace(near[0], id="unmeasured", margin=None)], Sample(method="near-threshold", size=8))
    kept = sorted((item.margin or 0) for item in drawn if item.kept)
    rejected = sorted((item.margin or 0) for item in drawn if not item.kept)
    assert kept == [0.0, 0.03, 0.06, 0.09]
    assert rejected == [0.01, 0.02, 0.04, 0.05]


def test_margins_are_those_of_the_runs_own_settings(folder: Folder) -> None:
    by_id = {item.id: item for item in gather(folder, "question", ["questions"], "generated")}
    for row in read_rows(folder.run("questions")):
        item = by_id.get(row.id)
        if row.verdict.gate == "length" and item:
            assert item.near == "length"
            assert item.margin == min(abs(row.verdict.measured - cut) / cut for cut in (6, 45))  # type: ignore[operator]
        elif row.kept and item:
            n = len(row.verdict.text.split())
            assert item.margin == min(abs(n - cut) / cut for cut in (6, 45))


def test_disagreement_draws_only_what_somebody_disagreed_on(folder: Folder) -> None:
    task = make_task(folder, "seen", sample=Sample(size=10))
    for rater, value in (("ana", 1), ("bo", 5)):
        for item in task.items[:3]:
            rate(folder, "seen", rater, item, given(value))
    rows = gather(folder, "question", ["seeds"], "kept")
    doubtful = {item.id for item in rows if item.doubt > 0}
    later = make_task(folder, "talk", sample=Sample(method="disagreement", size=None, earlier="seen"))
    assert set(later.items) == doubtful | set(task.items[:3])
    worst = make_task(folder, "worst", sample=Sample(method="disagreement", size=3, earlier="seen", seed=4))
    at = {item.id: item.doubt for item in rows}
    assert {1.0} == {max(at[item], float(item in task.items[:3])) for item in worst.items}


def test_rows_by_name(folder: Folder) -> None:
    ids = ("questions.000000", "g1-q01")
    assert make_task(folder, sample=Sample(of=MIXED, ids=ids)).items == ids
    with pytest.raises(InputError, match="nobody-1"):
        make_task(folder, "other", sample=Sample(ids=("nobody-1",)))


def test_a_blind_task_shows_no_origin(folder: Folder) -> None:
    blind = make_task(folder, sample=Sample(of=MIXED, size=10))
    seen = make_task(folder, "open", sample=Sample(of=MIXED, size=10), blind=False)
    for task in (blind, seen):
        for item in items_of(folder, task).values():
            told = repr(shown(task, item))
            assert (item.id in told) == ("'source'" in told) == (task is seen)
    names = handles(blind)
    assert sorted(names.values()) == sorted(blind.items)
    assert all(len(name) == 12 and name == handle(blind, id) for name, id in names.items())
    assert names.keys().isdisjoint(handles(seen))


def test_a_blind_mix_shows_nothing_that_only_seeds_have(folder: Folder) -> None:
    texts = {"text": "t", "persona": "p"}
    seed = Item("x", "question", "seeds", texts, "Trips", "advice", language="pt", typed=("topic",))
    for name, of, blind, hidden in (
        ("mix", MIXED, True, True), ("one", ("seeds",), True, False), ("open", MIXED, False, False),
    ):  # fmt: skip
        told = shown(make_task(folder, name, sample=Sample(of=of, size=4), blind=blind), seed)
        assert told["texts"] == ({"text": "t"} if hidden else texts)
        assert (told["topic"], told["question_type"]) == (None if hidden else "Trips", "advice")
        assert told["language"] == ("" if hidden else "pt")
    known = {item.id: item for item in curate.load(folder).questions}
    for item in gather(folder, "question", ["seeds"], "generated"):
        assert ("topic" in item.typed) == (known[item.id].topic is None and bool(known[item.id].topic_raw))
        assert all(getattr(item, name) == getattr(known[item.id], f"{name}_raw") for name in item.typed)


def test_rows_have_the_language_that_is_on_record(folder: Folder) -> None:
    """Of a run of questions that of the run; a run of triples says none."""
    path = folder.run("questions") / "run.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "ask": {**record["ask"], "language": "pt"}}))
    assert {item.language for item in gather(folder, "question", ["questions"], "generated")} == {"pt"}
    assert {item.language for item in gather(folder, "triple", ["triples"], "generated")} == {""}
    assert {item.language for item in gather(folder, "triple", ["seeds"], "generated")} == {"en"}


def test_triples_are_asked_with_the_labels_of_the_taxonomy(folder: Folder) -> None:
    task = make_task(folder, kind="triple", sample=Sample(of=("seeds", "triples"), size=6))
    assert [scale.id for scale in task.scales] == ["misaligned", "aligned", "answers", "values"]
    assert task.scale("values").values == ("fairness", "safety", "productivity", "explainability")
    assert all(
        set(item.texts) == {"prompt", "misaligned", "critique", "aligned"} for item in items_of(folder, task).values()
    )
    harms = make_task(folder, "harms", "triple", scales=("harms",)).scale("harms")
    assert "social-bias" in harms.values


def test_a_name_is_taken_for_good_and_a_deleted_task_stays_on_record(folder: Folder) -> None:
    make_task(folder)
    with pytest.raises(UsageError, match="already"):
        make_task(folder)
    assert delete(folder, "first", BY, "a mistake").deleted
    with pytest.raises(UsageError, match="already, or was one"):
        make_task(folder)
    assert [state.task.deleted for state in list_tasks(folder)] == [True]
    with pytest.raises(InputError, match="was deleted"):
        change(folder, "first", BY, open=True)


def test_a_task_can_be_changed_but_not_shared_out_anew(folder: Folder) -> None:
    make_task(folder, raters=("ana", "bo"), per_item=1)
    assert change(folder, "first", BY, title="Second thoughts", raters=("ana", "bo", "clo")).raters == (
        "ana",
        "bo",
        "clo",
    )
    assert change(folder, "first", BY, open=False).open is False
    assert change(folder, "first", BY, open=True).title == "Second thoughts"
    rate(folder, "first", "ana", load(folder, "first").task.items[0], given())
    with pytest.raises(UsageError, match="being rated"):
        change(folder, "first", BY, raters=("ana",))


BAD: list[tuple[dict[str, Any], str]] = [
    ({"kind": "pair"}, "no rows of kind"),
    ({"sample": Sample(of=("triples",))}, "has no question"),
    ({"sample": Sample(of=("nowhere",))}, "No run"),
    ({"sample": Sample(of=())}, "names no source"),
    ({"sample": Sample(size=0)}, "is none"),
    ({"sample": Sample(method="best")}, "no way to draw"),  # type: ignore[arg-type]
    ({"scales": ("beauty",)}, "No scale 'beauty'"),
    ({"scales": ("aligned",)}, "cannot be asked of a question"),
    ({"scales": ("relevance", "relevance")}, "named twice"),
    ({"scales": (Scale("critique", "Critique", "nominal", options=(Option("a"), Option("b"))),)}, "free words"),
    ({"per_item": 2}, "named raters"),
    ({"raters": ("ana",), "per_item": 2}, "named raters"),
    ({"retest": 1.5}, "from 0 to 1"),
    ({"raters": ("a", "b"), "per_item": 1, "each": 3}, "not both"),
    ({"sample": Sample(of=("questions",), method="disagreement")}, "disagree"),
]


@pytest.mark.parametrize(("more", "said"), BAD)
def test_what_cannot_be_made_is_refused_and_leaves_nothing(folder: Folder, more: dict[str, Any], said: str) -> None:
    with pytest.raises((UsageError, InputError), match=said):
        make_task(folder, **more)
    assert list_tasks(folder) == []


def test_a_spec_from_json(folder: Folder) -> None:
    scale = {
        "id": "tone",
        "title": "Tone",
        "level": "nominal",
        "options": ["kind", {"value": "harsh", "anchor": "It hurts."}],
    }
    data = {"name": "tone", "kind": "question", "scales": ["relevance", scale], "sample": {"of": ["seeds"], "size": 3}}
    spec = TaskSpec.from_json(data)
    task = create(folder, spec, BY)
    assert task.scale("tone").options[1] == Option("harsh", "", "It hurts.")
    assert TaskSpec.from_json(spec.to_json()) == spec
    for wrong, said in (({**data, "colour": 1}, "colour"), ({**data, "sample": {"sizes": 3}}, "sizes")):
        with pytest.raises(InputError, match=said):
            TaskSpec.from_json(wrong)


@pytest.mark.parametrize(
    "more",
    [{"title": 5}, {"blind": "no"}, {"raters": "ana"}, {"raters": [""]}, {"per_item": True}, {"retest": "x"},
     {"scales": "relevance"}, {"sample": {"of": [5]}}, {"sample": {"ids": "ab"}}, {"sample": {"size": 1.5}},
     {"sample": {"seed": [1]}}, {"sample": {"earlier": 5}}],
)  # fmt: skip
def test_a_spec_with_values_of_another_kind_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="The task's spec has"):
        TaskSpec.from_json({"name": "first", "kind": "question", **more})


def test_a_task_that_is_shared_out_keeps_enough_raters(folder: Folder) -> None:
    make_task(folder, raters=("ana", "bo", "cy"), per_item=2)
    for raters in ([], ["ana"], ["ana", " "]):
        with pytest.raises(UsageError):
            change(folder, "first", BY, raters=raters)
    assert change(folder, "first", BY, raters=["ana", "di"]).raters == ("ana", "di")
    # one that lost them before this was refused can still be read: then everybody rates everything
    task = replace(load(folder, "first").task, raters=())
    assert assigned(task, "eve") == len(assignment(task, "eve")) == len(task.items)


@pytest.mark.parametrize(
    "wrong",
    [{"title": 5}, {"several": "no"}, {"required": "no"}, {"definition": ["x"]}, {"examples": "abc"},
     {"options": [{"value": "a", "label": {}}, "b"]},
     {"options": [], "level": "interval", "low": 0, "high": 10**400}],
)  # fmt: skip
def test_a_scale_of_a_spec_that_is_none(folder: Folder, wrong: dict[str, Any]) -> None:
    scale = {"id": "tone", "title": "Tone", "level": "nominal", "options": ["a", "b"], **wrong}
    with pytest.raises(InputError):
        create(folder, TaskSpec.from_json({"name": "x", "kind": "question", "scales": [scale]}), BY)


@pytest.mark.parametrize(
    "more",
    [{"title": "a\0"}, {"instructions": "\x1b[2J"}, {"raters": ("a\0",)},
     {"scales": (Scale("own", "\x1b", "nominal", options=(Option("a"), Option("b"))),)},
     {"scales": (Scale("own", "Own", "nominal", options=(Option("a\0"), Option("b"))),)},
     {"scales": (Scale("own", "Own", "ordinal", options=(Option(1), Option(10**400))),)}],
)  # fmt: skip
def test_a_task_has_words_that_a_keyboard_makes_and_numbers_that_can_be_summed(
    folder: Folder, more: dict[str, Any]
) -> None:
    with pytest.raises(InputError):
        make_task(folder, **more)
    assert list_tasks(folder) == []
