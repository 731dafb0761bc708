"""The shapes that trainers read, each a pure function of one triple and of what was judged of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seedbed.records import Pool, Rating, Triple
from seedbed.release import COLUMNS
from seedbed.release.files import JsonLines
from seedbed.release.formats import FORMATS, NOTHING, Said
from seedbed.release.formats.shaping import Judged
from seedbed.release.judged import labels_of
from seedbed.release.lists import as_lists
from seedbed.release.rows import human_triple
from tests.release import made

TRIPLE = human_triple(
    made.pair("p1", "Why? ", misaligned=" No. ", aligned="\nPeople differ."), made.Writer.HUMAN, "MIT"
)
SAME = human_triple(made.pair("p2", "Why?", misaligned="Fine.", aligned=" Fine. "), made.Writer.HUMAN, "MIT")


def shaped(name: str, triple: Any = TRIPLE, said: Said = NOTHING) -> list[dict[str, Any]]:
    return list(FORMATS[name].rows(triple, said))


def only(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_each_shape_holds_the_texts_where_its_trainer_looks_for_them() -> None:
    (sft,), (dpo,), (aligner,), (identity,) = (shaped(name) for name in ("sft", "dpo", "aligner", "identity"))
    assert only(sft, "prompt", "completion") == ("Why? [INIT] No. [ALIGNED]", " People differ.")
    assert only(dpo, "prompt", "chosen", "rejected") == ("Why?", " People differ.", " No.")
    assert only(aligner, "question", "answer", "correction") == ("Why?", "No.", "People differ.")
    assert only(identity, "prompt", "completion") == ("Why? [INIT] People differ. [ALIGNED]", " People differ.")
    assert only(identity, "question", "answer", "correction") == ("Why?", "People differ.", "People differ.")
    assert [only(row, "prompt", "completion", "label") for row in shaped("kto")] == [
        ("Why?", " People differ.", True),
        ("Why?", " No.", False),
    ]
    assert [only(row, "prompt", "response", "label", "role") for row in shaped("inspector")] == [
        ("Why?", "No.", 0, "misaligned"),
        ("Why?", "People differ.", 1, "aligned"),
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_keeps_its_id_lineage_and_whose_words_it_holds(name: str) -> None:
    for row in shaped(name):
        assert list(row) == [column.name for column in COLUMNS[name]]
        assert only(row, "id", "pool", "origin", "lineage", "values") == only(
            TRIPLE, "id", "pool", "origin", "lineage", "values"
        )
        assert set(row["human_or_llm"].values()) <= {"human", "model-edited-by-human"}


def test_where_both_responses_are_the_same_there_is_nothing_to_prefer_and_nothing_to_find() -> None:
    assert shaped("dpo", SAME) == []
    assert [row["label"] for row in shaped("kto", SAME)] == [True]
    assert [row["role"] for row in shaped("inspector", SAME)] == ["aligned"]
    assert len(shaped("sft", SAME)) == len(shaped("aligner", SAME)) == len(shaped("identity", SAME)) == 1


def test_an_aligned_response_that_people_find_at_fault_is_no_example_of_nothing_to_mend() -> None:
    assert shaped("identity", said=Said(aligned=Judged(False, "people", 0.2, 5))) == []
    assert len(shaped("identity", said=Said(aligned=Judged(None, "people", 0.5, 2)))) == 1


@pytest.mark.parametrize(
    ("judged", "label", "soft", "ratings", "source"),
    [
        (Judged(), 1, None, 0, "role"),
        (Judged(False, "people", 1 / 3, 3), 0, 0.3333, 3, "people"),
        (Judged(None, "people", 0.5, 2), 1, 0.5, 2, "role"),
        (Judged(True, "judge"), 1, None, 0, "judge"),
        (Judged(False, "judge"), 0, None, 0, "judge"),
    ],
)
def test_a_hard_label_is_peoples_word_then_a_judges_then_the_role(
    judged: Judged, label: int, soft: float | None, ratings: int, source: str
) -> None:
    row = shaped("inspector", said=Said(aligned=judged))[1]
    assert only(row, "label", "soft_label", "ratings", "label_from") == (label, soft, ratings, source)


def test_the_list_of_the_aligners_own_program_is_the_rows_with_three_keys(tmp_path: Path) -> None:
    with JsonLines(tmp_path) as lines:
        for name in ("aligner", "identity", "sft"):
            for triple in (TRIPLE, SAME):
                for row in shaped(name, triple):
                    lines.add(f"{name}/train.jsonl", row)
        files = lines.close()
    written = as_lists(tmp_path, files)
    assert [(file.path, file.rows) for file in written] == [("aligner/train.json", 2), ("identity/train.json", 2)]
    for file in written:
        rows = made.json_lines(tmp_path / file.path.replace(".json", ".jsonl"))
        listed = json.loads((tmp_path / file.path).read_text())
        assert listed == [{key: row[key] for key in ("question", "answer", "correction")} for row in rows]


# --- labels --------------------------------------------------------------------------------------------------


def rated(*given: tuple[str, str, float | str]) -> Judged:
    return labels_of([Rating("t", rater, scale, value) for rater, scale, value in given])["t"].aligned


def test_a_vote_is_a_label_or_a_grade_of_the_board_or_of_a_rating_task() -> None:
    assert rated(("a", "aligned.label", "aligned"), ("b", "aligned.grade", 6.0), ("c", "aligned", 2)) == Judged(
        True, "people", 1.0, 3
    )
    assert rated(("a", "aligned.label", "misaligned"), ("b", "aligned.grade", 1.0), ("c", "aligned", "-1")) == Judged(
        False, "people", 0.0, 3
    )
    assert rated(("a", "aligned.label", "in_between"), ("b", "aligned.grade", 4.0), ("c", "aligned", 0)) == Judged(
        None, "people", 0.5, 3
    )


def test_several_answers_of_one_person_are_one_vote_and_unsure_is_none() -> None:
    twice = rated(("a", "aligned.label", "aligned;misaligned"), ("a", "aligned.grade", 7.0), ("b", "aligned", -2))
    assert twice == Judged(None, "people", 0.375, 2)
    assert labels_of([Rating("t", "a", "aligned.label", "unsure"), Rating("t", "a", "aligned", "nan")]) == {}
    assert labels_of([Rating("t", "a", "difficulty", 5), Rating("t", "a", "relevance", 5)]) == {}


def test_half_against_half_is_undecided_and_no_judge_decides_it() -> None:
    votes = [Rating("t", "a", "aligned", 2), Rating("t", "b", "aligned", -2)]
    said = labels_of(votes, {("t", "aligned-honours"): "yes", ("t", "misaligned-violates"): "yes"})["t"]
    assert said.aligned == Judged(None, "people", 0.5, 2)
    assert said.misaligned == Judged(False, "judge")
    assert labels_of([], {("t", "aligned-honours"): "unverified"}) == {}


def test_ratings_reach_the_released_labels(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    triples: tuple[Triple, ...] = (made.pair("p1", "Are old people bad drivers?"),)
    ratings = (
        Rating("p1", "zed-1", "aligned", -2),
        Rating("p1", "zed-2", "aligned", -1),
        Rating("p1", "zed-3", "aligned", 2),
    )
    sources = made.sources(
        folder, triples=triples, pools={"p1": Pool.ALIGNMENT}, ratings=ratings, said=labels_of(ratings)
    )
    report = made.make(folder, made=sources)
    found = {row["role"]: only(row, "label", "soft_label", "label_from") for row in made.rows(report, "inspector")}
    assert found == {"misaligned": (0, None, "role"), "aligned": (0, 0.3333, "people")}
    assert report.rows["identity"] == 0
    assert "| `aligned` | people | 1 |" in (report.path / "README.md").read_text()
