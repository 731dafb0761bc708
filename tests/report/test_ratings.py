"""What people judged, on the page: counts, spread and agreement of each task, and nobody's words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from seedbed.measures.definition import Value
from seedbed.report.words import rounded
from seedbed.review import (
    Given,
    Option,
    Sample,
    Scale,
    TaskSpec,
    agreement_of,
    assignment,
    create,
    delete,
    load,
    rate,
)
from seedbed.study import Folder
from tests.report.conftest import read
from tests.report.parsed import Element, parse

TONE = Scale("tone", "What Olga calls tone", "nominal", options=(Option("kind", "Olga's word"), Option("harsh")))
RAW = {"ana": (1, 2, 3, 4, 5, 5, 2, 1), "bo": (1, 2, 3, 4, 5, 1, 2, 1)}


@pytest.fixture(scope="module")
def rated(study: Folder, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Eight rows of seeds and a run, by two people who differ over one; and a task that was deleted."""
    folder = Folder(Path(shutil.copytree(study.root, tmp_path_factory.mktemp("rated") / "pilot")))
    mixed = Sample(of=("seeds", "questions"), size=8)
    spec = TaskSpec("fit", "question", "A title by Olga", mixed, ("relevance", "sensibility", TONE), retest=0.5)
    task = create(folder, spec, "olga")
    for rater, values in RAW.items():
        given = dict(zip(task.items, values, strict=True))
        for place in assignment(task, rater):
            said = {"relevance": given[place.item], "sensibility": 4, "tone": "kind"}
            rate(folder, "fit", rater, place.item, Given(said, critique="Words of a rater.", again=place.again))
    labels = create(folder, TaskSpec("at-stake", "triple", sample=Sample(size=4), scales=("values",)), "olga")
    for item in labels.items:
        rate(folder, "at-stake", "ana", item, Given({"values": ["fairness"]}))
        rate(
            folder, "at-stake", "bo", item, Given({"values": ["fairness", "safety"] if item == labels.items[0] else []})
        )
    gone = create(folder, TaskSpec("gone", "question", sample=Sample(size=2)), "olga")
    rate(folder, "gone", "ana", gone.items[0], Given({"relevance": 1}))
    delete(folder, "gone", "olga")
    return folder


@pytest.fixture(scope="module")
def told(rated: Folder) -> str:
    return read(rated)


@pytest.fixture(scope="module")
def section(told: str) -> Element:
    return parse(told).by_id("ratings")


def rows(section: Element) -> dict[str, list[str]]:
    """By the scale's name, the cells after it."""
    found = {}
    for row in section.find("tr"):
        if (heads := list(row.find("th"))) and heads[0].attributes.get("scope") == "row":
            found[heads[0].text] = [cell.text for cell in row.find("td")]
    return found


def test_each_scale_has_its_counts_its_spread_and_its_agreement(rated: Folder, section: Element) -> None:
    name = next(name for name in rows(section) if name.startswith("Relevance"))
    counts, said, mixed, entropy, same, alpha, _ = rows(section)[name]
    assert counts == "8 8"
    assert said.startswith("1: 31%, 2: 25%, 3: 12%, 4: 12%, 5: 19% Mean by origin: ")
    assert "seeds " in said
    assert "questions " in said
    assert mixed.startswith("12% ")
    assert entropy == "0.12"  # one bit on one of eight rows
    assert same.startswith("88% ")
    wanted = agreement_of(load(rated, "fit"), "relevance").overall[""].alpha
    assert isinstance(wanted, Value)
    assert wanted.low is not None
    assert alpha.startswith(f"{rounded(wanted.value)} {rounded(wanted.low)} to ".replace("-", "−"))
    assert "Asked again, the same in 100%" in name
    assert "2 people rated 8 of 8 questions of seeds and the run “questions”, without seeing" in section.text
    assert "seedbed review pilot show fit" in section.text


def test_what_is_not_defined_is_said(section: Element) -> None:
    name = next(name for name in rows(section) if name.startswith("Sensibility"))
    assert rows(section)[name][5].startswith("n/a ")
    assert len(rows(section)[name][5]) > len("n/a ")


def test_labels_are_told_one_by_one(section: Element) -> None:
    found = {name: cells for name, cells in rows(section).items() if name.startswith("Values at stake: ")}
    assert list(found) == ["Values at stake: fairness", "Values at stake: safety"]
    assert found["Values at stake: fairness"][1] == "62%"
    assert found["Values at stake: fairness"][2].startswith("75% ")


def test_nobodys_words_stand_on_the_page_and_no_deleted_task(section: Element) -> None:
    assert "tone" in rows(section).keys() | {name.split()[0] for name in rows(section)}
    for words in ("Olga", "Words of a rater", "gone"):
        assert words not in section.text


def test_rows_that_people_rated_are_not_called_unread(told: str, page: str) -> None:
    unread = "No person has rated the kept rows yet"
    assert unread in page
    assert unread not in told


def test_without_ratings_the_page_says_how_to_ask_for_them(page: str) -> None:
    text = parse(page).by_id("ratings").text
    assert "Nobody has rated rows in a rating task yet" in text
    assert "seedbed review pilot new first --kind question --by NAME" in text
