"""Scales: what they take, in which forms, and which cannot be asked."""

from __future__ import annotations

from typing import Any

import pytest

from seedbed.errors import InputError
from seedbed.review import SHIPPED, Option, Scale, scale_for
from seedbed.taxonomy import default_taxonomy

FIVE = SHIPPED["relevance"]
GRADED = SHIPPED["aligned"]
LABELS = Scale("tags", "Tags", "nominal", options=(Option("a", "First one"), Option("b"), Option("c")), several=True)
RANGE = Scale("sure", "How sure?", "interval", low=0, high=1)


@pytest.mark.parametrize(
    ("scale", "text", "value"),
    [
        (FIVE, "4", 4), (FIVE, " 4.0 ", 4), (FIVE, "Fully", 5), (GRADED, "-2", -2), (GRADED, "−2", -2),
        (GRADED, "clearly violates", -2), (LABELS, "c; a", ("a", "c")), (LABELS, "first one|b", ("a", "b")),
        (LABELS, "", ()), (RANGE, "0.25", 0.25),
    ],
)  # fmt: skip
def test_values_as_other_programs_write_them(scale: Scale, text: str, value: Any) -> None:
    assert scale.parse(text) == value


@pytest.mark.parametrize(
    ("scale", "text"), [(FIVE, "6"), (FIVE, "0"), (FIVE, "3.5"), (FIVE, "x"), (LABELS, "a;d"), (RANGE, "1.01"),
                        (RANGE, "nan"), (RANGE, "inf"), (FIVE, "")]
)  # fmt: skip
def test_values_outside_the_scale(scale: Scale, text: str) -> None:
    with pytest.raises(InputError, match="is no value of the scale") as told:
        scale.parse(text)
    assert told.value.hint.startswith("It takes")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"id": "Big"}, "cannot name a scale"), ({"title": " "}, "no title"), ({"level": "ratio"}, "no level"),
        ({"level": "ordinal", "several": True}, "so its level is nominal"), ({"options": ()}, "has no options"),
        ({"options": (Option("a"),)}, "1 options"), ({"options": (Option("a"), Option("a"))}, "twice"),
        ({"options": (Option(1), Option(2))}, "no label"), ({"level": "ordinal"}, "no whole number"),
        ({"level": "ordinal", "options": (Option(2), Option(1))}, "not in their order"),
        ({"level": "interval", "options": (), "low": 2, "high": 1}, "low < high"), ({"low": 1}, "low or high as well"),
        ({"kinds": ("pair",)}, "asked of pair"),
    ],
)  # fmt: skip
def test_scales_that_cannot_be_asked(more: dict[str, Any], said: str) -> None:
    whole = {"id": "tags", "title": "Tags", "level": "nominal", "options": (Option("a"), Option("b"))}
    with pytest.raises(InputError, match=said):
        Scale(**{**whole, **more}).check()


@pytest.mark.parametrize("id", list(SHIPPED))
def test_every_shipped_scale_says_what_each_value_means(id: str) -> None:
    scale = scale_for(id, default_taxonomy())
    scale.check()
    assert scale.definition
    assert len(scale.values) > 2
    assert all(option.label and option.anchor for option in scale.options)
    assert Scale.from_json(scale.to_json()) == scale


@pytest.mark.parametrize("id", ["item", "rater", "note", "comment", "seconds", "question_text", "topic_label"])
def test_no_scale_is_called_as_a_column_of_the_tables(id: str) -> None:
    with pytest.raises(InputError, match="a column of the tables"):
        Scale(id, "Title", "ordinal", options=(Option(1), Option(2))).check()


@pytest.mark.parametrize("label", ["a;b", "a|b", "a\nb", "none-of-these"])
def test_labels_that_cannot_stand_beside_another(label: str) -> None:
    with pytest.raises(InputError, match="cannot stand beside another"):
        Scale("tags", "Tags", "nominal", options=(Option(label), Option("c")), several=True).check()


def test_a_range_has_two_ends_and_takes_no_number_beyond_all() -> None:
    with pytest.raises(InputError, match="has no end"):
        Scale("s", "S", "interval", low=float("-inf"), high=1).check()
    with pytest.raises(InputError, match="is no value of the scale"):
        Scale("s", "S", "interval", low=0, high=1).read(10**400)
