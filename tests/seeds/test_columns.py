from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.errors import InputError, UsageError
from seedbed.seeds.columns import map_columns

FILE = Path("rows.csv")


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        (["Topic", "Question Type", "Question (prompt)"], "question"),
        (["input"], "question"),
        (["Instruction", "Domain", "TYPE", "Team"], "question"),
        (["prompt", "chosen", "rejected"], "triple"),
        (["Input", "Response", "Problems", "Correction"], "triple"),
        (["question", "misaligned", "critique", "aligned", "written_by"], "triple"),
        (["id", "role", "group", "position", "background", "location"], "people"),
        (["subject", "rater", "scale", "value"], "ratings"),
        (["item", "annotator", "criterion", "score"], "ratings"),
        (["question_id", "reader", "topic", "question_type"], "labels"),
        (["id", "group", "author", "topic", "question_type", "question", "source"], "question"),
        (["Question", "Role", "Situation", "Entity slots"], "question"),
        (["id", "role", "profile"], "people"),
    ],
)
def test_the_kind_is_found_from_the_columns(columns: list[str], kind: str) -> None:
    assert map_columns(columns, FILE).kind == kind


def test_the_better_name_wins_and_the_other_column_is_reported_unused() -> None:
    found = map_columns(["text", "question", "mood"], FILE)
    assert found.mapping == {"question": "question"}
    assert found.unused == ("text", "mood")


def test_a_mapping_given_by_hand_wins_over_names() -> None:
    found = map_columns(["question", "Prompt"], FILE, given={"question": "Prompt"})
    assert found.mapping["question"] == "Prompt"
    assert found.unused == ("question",)


def test_a_mapping_given_by_hand_may_differ_in_case_from_the_file() -> None:
    assert map_columns(["What They Asked"], FILE, given={"question": "what they asked"}).mapping == {
        "question": "What They Asked"
    }


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        (["prompt", "response"], ["question", "triple"]),
        (["id", "reader", "topic", "question"], ["question", "labels"]),
    ],
)
def test_columns_that_fit_two_kinds_are_refused_and_both_are_named(columns: list[str], named: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        map_columns(columns, FILE)
    assert all(f"--kind {kind}" in caught.value.hint for kind in named)
    for kind in named[:1]:
        assert map_columns(columns, FILE, kind="question").kind == kind


def test_a_missing_column_names_the_nearest_one() -> None:
    with pytest.raises(InputError, match=r"rows\.csv: no column for question") as caught:
        map_columns(["Questoin", "Topic"], FILE)
    assert "--column question=Questoin" in caught.value.hint


def test_a_triple_without_its_aligned_text_says_so_when_the_kind_is_given() -> None:
    with pytest.raises(InputError, match="no column for aligned"):
        map_columns(["prompt", "response"], FILE, kind="triple")


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="two columns are called"):
        map_columns(["question", "Question "], FILE)


def test_unknown_kinds_fields_and_columns_are_usage_or_input_errors() -> None:
    with pytest.raises(UsageError, match="no kind 'poems'"):
        map_columns(["question"], FILE, kind="poems")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no field 'colour'"):
        map_columns(["question"], FILE, given={"colour": "question"})
    with pytest.raises(InputError, match="no column 'Promt'") as caught:
        map_columns(["Prompt"], FILE, given={"question": "Promt"})
    assert "'Prompt'" in caught.value.hint
