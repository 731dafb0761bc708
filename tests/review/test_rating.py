"""Rating: what is recorded, revised, taken back, refused; and nobody's work is lost."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import InputError, UsageError
from seedbed.records import Rating
from seedbed.review import (
    Given,
    KeyUsed,
    Sample,
    TaskClosed,
    TaskState,
    change,
    delete,
    load,
    rate,
    ratings,
    summary,
    undo,
)
from seedbed.review.fold import stream_of
from seedbed.review.rating import act_of
from seedbed.study import Folder
from seedbed.study.events import EventStore
from tests.review.made import BY, given, make_task


def test_a_rating_is_recorded_as_it_was_given(folder: Folder) -> None:
    task = make_task(folder, kind="triple", sample=Sample(of=("seeds", "triples"), size=4))
    item = task.items[0]
    said = Given(
        {"misaligned": -2, "aligned": 1, "answers": 2, "values": ["safety", "fairness"]},
        critique="It blames\r\nthe guest.", note="Odd text.", seconds=12.345,
    )  # fmt: skip
    made = rate(folder, task.name, "ana", item, said)
    assert made == next(load(folder, task.name).standing())
    assert made.values == {"misaligned": -2, "aligned": 1, "answers": 2, "values": ("fairness", "safety")}
    assert (made.critique, made.note, made.seconds, made.rater, made.by) == (
        "It blames\nthe guest.", "Odd text.", 12.3, "ana", "ana",
    )  # fmt: skip
    assert Rating(item, "ana", "values", "fairness;safety", f"review/{task.name}") in ratings(load(folder, task.name))


def test_a_second_rating_is_a_revision_and_both_stay(folder: Folder) -> None:
    task = make_task(folder)
    item = task.items[0]
    first, second = (rate(folder, "first", "ana", item, given(value)) for value in (2, 5))
    state = load(folder, "first")
    assert state.of("ana", item) == second
    assert state.rated == [first, second]
    assert undo(folder, "first", "ana", item) == first
    assert undo(folder, "first", "ana", item) is None
    state = load(folder, "first")
    assert (state.of("ana", item), len(state.rated), state.undone) == (None, 2, {first.seq, second.seq})
    with pytest.raises(InputError, match="no rating"):
        undo(folder, "first", "ana", item)


def test_nobody_takes_back_anothers(folder: Folder) -> None:
    task = make_task(folder)
    rate(folder, "first", "ana", task.items[0], given())
    with pytest.raises(InputError, match="bo has no rating"):
        undo(folder, "first", "bo", task.items[0])
    assert load(folder, "first").of("ana", task.items[0])


def test_the_same_key_is_the_same_answer(folder: Folder) -> None:
    task = make_task(folder)
    first = rate(folder, "first", "ana", task.items[0], given(2), "k1")
    assert rate(folder, "first", "ana", task.items[0], given(2), "k1") == first
    assert rate(folder, "first", "bo", task.items[0], given(2), "k1") != first
    assert len(load(folder, "first").rated) == 2
    for other in (given(3), given(2, critique="More words."), given(2, note="A note."), given(2, again=True)):
        with pytest.raises(KeyUsed, match="another answer"):
            rate(folder, "first", "ana", task.items[0], other, "k1")
    assert load(folder, "first").of("ana", task.items[0]) == first


def test_two_answers_under_one_key_at_the_same_moment_are_both_kept(folder: Folder) -> None:
    task = make_task(folder)
    acts = [
        act_of("ana", task.items[0], given(2, critique=words), "k1") for words in ("First.", "First.", "Another.")
    ]  # as two processes append them that read the same state before
    with EventStore.of(folder) as store:
        store.append(stream_of("first"), "ana", acts)
    assert [one.critique for one in load(folder, "first").rated] == ["First.", "Another."]


def test_one_answer_sent_many_times_at_once_is_one_rating(folder: Folder) -> None:
    task = make_task(folder)
    seqs: list[int] = []

    def send() -> None:
        seqs.append(rate(folder, "first", "ana", task.items[0], given(2), "k1").seq)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seqs) == 6
    assert len(set(seqs)) == 1
    assert [one.values["relevance"] for one in load(folder, "first").rated] == [2]


def test_a_kept_state_is_brought_up_to_date(folder: Folder) -> None:
    task = make_task(folder)
    kept = load(folder, "first")
    rate(folder, "first", "bo", task.items[0], given())
    rate(folder, "first", "ana", task.items[0], given(), known=kept)
    fresh = load(folder, "first")
    assert kept.rated == fresh.rated
    assert kept.seq == fresh.seq
    assert load(folder, "first", kept) is kept


@pytest.mark.parametrize("how", ["closed", "deleted"])
def test_a_task_that_goes_while_somebody_rates_keeps_the_rating(folder: Folder, how: str) -> None:
    task = make_task(folder)
    rate(folder, "first", "ana", task.items[0], given(2))
    kept = load(folder, "first")
    if how == "closed":
        change(folder, "first", BY, open=False)
    else:
        delete(folder, "first", BY)
    with pytest.raises(TaskClosed, match=f"{how} before this rating came. The rating is kept") as told:
        rate(folder, "first", "ana", task.items[0], given(5, critique="Late."), "k9", known=kept)
    assert told.value.rated.critique == "Late."
    with pytest.raises(TaskClosed):  # sent again: the same answer, once on record
        rate(folder, "first", "ana", task.items[0], given(5, critique="Late."), "k9")
    state = load(folder, "first")
    assert [one.late for one in state.rated] == [False, True]
    assert state.of("ana", task.items[0]).values["relevance"] == 2  # type: ignore[union-attr]
    assert (summary(state).rows.late, summary(state).rows.holds) == (1, True)


def test_an_item_may_be_skipped(folder: Folder) -> None:
    task = make_task(folder, raters=("ana",))
    rate(folder, "first", "ana", task.items[0], Given(skipped=True, note="I know the author."))
    (line,) = summary(load(folder, "first")).raters
    assert (line.done, line.skipped, line.assigned) == (1, 1, 6)
    assert ratings(load(folder, "first")) == []


BAD: list[tuple[Given, str]] = [
    (given(6), "6 is no value of the scale relevance"),
    (given(relevance=True), "True is no value"),
    (Given({"relevance": "3"}), "'3' is no value"),
    (Given({"relevance": 3.5}), "3.5 is no value"),
    (Given({"relevance": [1, 2]}), "takes one value"),
    (Given({"beauty": 1}), "no scale 'beauty'"),
    (Given(), "is empty"),
    (Given(note="nothing else"), "is empty"),
    (Given({"relevance": 3}, skipped=True), "not both"),
    (given(seconds=float("nan")), "no time"),
    (given(seconds=-1.0), "no time"),
    (given(critique="x" * 20_001), "the limit is 20,000"),
    (given(critique="a\0b"), "NUL"),
    (given(again=True), "not rated .* a first time"),
]


@pytest.mark.parametrize(("wrong", "said"), BAD)
def test_what_cannot_be_is_refused_and_nothing_is_written(folder: Folder, wrong: Given, said: str) -> None:
    task = make_task(folder)
    with pytest.raises(InputError, match=said):
        rate(folder, "first", "ana", task.items[0], wrong)
    assert load(folder, "first").rated == []


def test_unknown_tasks_items_and_raters(folder: Folder, tmp_path: Path) -> None:
    task = make_task(folder, raters=("ana",))
    attempts: list[tuple[str, str, str, str, type[Exception]]] = [
        ("other", "ana", task.items[0], "no rating task 'other'", InputError),
        ("first", "ana", "q-none", "no item 'q-none'", InputError),
        ("first", "zoe", task.items[0], "not among the raters", UsageError),
        ("first", " ", task.items[0], "needs the person", UsageError),
        ("../first", "ana", task.items[0], "cannot name", UsageError),
    ]
    for name, rater, item, said, kind in attempts:
        with pytest.raises(kind, match=said):
            rate(folder, name, rater, item, given())
    empty = Folder(tmp_path / "empty")
    empty.root.mkdir()
    empty.settings.touch()
    with pytest.raises(InputError, match="no rating task"):
        rate(empty, "first", "ana", "x", given())
    assert not empty.people.exists()


def test_any_event_order_folds_to_the_same_state_event_by_event(folder: Folder) -> None:
    """A server takes events one by one and a command reads them all: both see the same."""
    task = make_task(folder, retest=0.5)
    for item in task.items[:3]:
        rate(folder, "first", "ana", item, given(2))
        rate(folder, "first", "ana", item, given(3, again=True))
    undo(folder, "first", "ana", task.items[0], again=True)
    whole, stepwise = load(folder, "first"), TaskState("first")
    with EventStore.of(folder) as store:
        for event in store.read(stream_of("first")):
            stepwise.take(event)
    assert (list(stepwise.standing()), stepwise.undone) == (list(whole.standing()), whole.undone)


def test_a_half_surrogate_is_kept_as_text_that_can_be_stored(folder: Folder) -> None:
    task = make_task(folder)
    broken: Any = "ok \ud83d end"
    assert rate(folder, "first", "ana", task.items[0], given(critique=broken)).critique == "ok ? end"
