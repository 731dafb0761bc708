"""Erasing a rater: their words are in no file of the study, and what they judged stays."""

from __future__ import annotations

import csv
from pathlib import Path

from seedbed.curate import load as curated
from seedbed.review import (
    SHIPPED,
    Given,
    Option,
    Scale,
    delete,
    export,
    import_ratings,
    load,
    rate,
    summary,
)
from seedbed.seeds.erasing import erase
from seedbed.study import Folder
from seedbed.study.events import EventStore
from tests.review.made import BY, given, make_task, rate_all
from tests.workshop.test_erasing import held_in

SECRET = "My neighbour Ünal said so 😀 at 5 Elm Street"


def test_a_raters_words_go_and_their_values_stay(folder: Folder, tmp_path: Path) -> None:
    task = make_task(folder)
    rate_all(folder, task, {"bo": [3, 3]})
    rate(folder, "first", "ana", task.items[0], given(2, critique=SECRET, note=f"Note: {SECRET}"))
    rate(folder, "first", "ana", task.items[0], given(1, critique=f"Better: {SECRET}"))  # the replaced one goes too
    rate(folder, "first", "bo", task.items[0], given(4, critique="Bo keeps this."))
    sheet = tmp_path / "sheet.csv"
    with sheet.open("w", newline="") as made:
        csv.writer(made).writerows([["item", "rater", "relevance", "comment"], [task.items[1], "ana", 5, SECRET]])
    assert import_ratings(folder, "first", sheet, BY).taken == 1  # written down by another, and still Ana's words
    second = make_task(folder, "second")
    rate(folder, "second", "ana", second.items[0], given(2, critique=SECRET))
    delete(folder, "second", BY, "over")
    before = summary(load(folder, "first"))
    assert len(held_in(folder.root, SECRET)) >= 1

    with EventStore.of(folder) as store:
        erase(store, "ana", folder)

    assert held_in(folder.root, SECRET) == []
    state = load(folder, "first")
    assert {rated.critique for rated in state.rated} == {"", "Bo keeps this."}
    assert summary(state) == before
    assert state.of("ana", task.items[1]).values["relevance"] == 5  # type: ignore[union-attr]
    out = export(folder, state, "csv", tmp_path / "out")
    assert held_in(out.target, SECRET) == []


def test_an_organisers_words_go_and_the_task_stays(folder: Folder) -> None:
    options = (Option(0, f"no, {SECRET}", SECRET), Option(1, "yes"))
    own = Scale("fit", f"Does it fit {SECRET}", "ordinal", SECRET, options, examples=(SECRET, f"{SECRET}: 1"))
    made = make_task(folder, title=f"About {SECRET}", instructions=SECRET, scales=("sensibility", own))
    assert made.scale("fit") == own == load(folder, "first").task.scale("fit")
    rate(folder, "first", "ana", made.items[0], Given({"fit": 1, "sensibility": 5}))
    with EventStore.of(folder) as store:
        erase(store, BY, folder)
    assert held_in(folder.root, SECRET) == []
    state = load(folder, "first")
    task = state.task
    assert (task.title, task.instructions, len(task.items)) == ("", "", 6)
    assert task.scale("fit") == Scale("fit", "fit", "ordinal", options=(Option(0), Option(1)))
    assert task.scale("sensibility") == SHIPPED["sensibility"]  # nobody's words
    assert dict(state.of("ana", made.items[0]).values) == {"fit": 1, "sensibility": 5}  # type: ignore[union-attr]


def test_rows_whose_words_went_are_not_counted_as_exported(folder: Folder, tmp_path: Path) -> None:
    task = make_task(folder)
    author = next(one.authors[0] for one in curated(folder).questions if one.id == task.items[0])
    with EventStore.of(folder) as store:
        erase(store, author, folder)
    done = export(folder, load(folder, "first"), "csv-wide", tmp_path / "out")
    assert task.items[0] in done.missing
    assert done.items == len(task.items) - len(done.missing)
