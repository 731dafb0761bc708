from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.records import Person
from seedbed.release.people import ATTRIBUTES, cross, margin

SAMPLE = Path(__file__).parents[2] / "examples" / "sample" / "people.csv"


@pytest.fixture(scope="module")
def table_4() -> list[Person]:
    with SAMPLE.open(newline="", encoding="utf-8") as file:
        return [Person(**row) for row in csv.DictReader(file)]


def test_locations_of_one_person_are_withheld_and_not_to_be_had_by_subtraction(table_4: list[Person]) -> None:
    assert Counter(p.location for p in table_4) == {"BR": 9, "US": 9, "UK": 1, "CH": 1}
    shown = margin([p.location for p in table_4], 5)
    # 20 less 9 less 9 would give the two away: so one of the nines joins them
    assert shown.shown == (("BR", 9),)
    assert shown.others == 11


def test_roles_of_table_4_are_withheld_altogether(table_4: list[Person]) -> None:
    # 4 moderators are fewer than 5, and 16 participants of 20 would tell how many
    assert margin([p.role for p in table_4], 5).shown == ()


def test_positions_shared_by_enough_people_are_shown(table_4: list[Person]) -> None:
    assert margin([p.position for p in table_4], 5).shown == (("Research Scientist", 10),)
    assert margin([p.background for p in table_4], 5).shown == ()


def test_role_by_group_is_shown_only_where_every_cell_is_large_enough(table_4: list[Person]) -> None:
    assert cross(table_4, "role", "group", 5) is None
    assert cross(table_4, "role", "group", 1) is not None
    many = [Person(str(n), "participant", str(n % 2)) for n in range(10)]
    assert cross(many, "role", "group", 5) == {("participant", "0"): 5, ("participant", "1"): 5}
    assert cross([], "role", "group", 5) is None


def test_of_too_few_people_nothing_is_shown() -> None:
    assert margin(["BR"] * 4, 5).others is None
    assert margin([], 5).shown == ()


def test_an_empty_value_is_counted_as_not_stated() -> None:
    assert margin([""] * 6 + ["BR"] * 7, 5).shown == (("BR", 7), ("not stated", 6))


def test_every_attribute_that_a_person_has_is_covered() -> None:
    assert set(ATTRIBUTES) == set(Person.__dataclass_fields__) - {"id"}


@given(st.lists(st.sampled_from("abcdefg"), max_size=60), st.integers(2, 9))
def test_no_number_is_small_and_no_difference_is(values: list[str], k: int) -> None:
    counts = Counter(values)
    table = margin(values, k)
    assert all(count == counts[value] and count >= k for value, count in table.shown)
    if table.others is None:
        assert len(values) < k
        return
    assert table.others == 0 or table.others >= k
    assert len(values) - sum(count for _, count in table.shown) == table.others
    hidden = [count for value, count in counts.items() if value not in dict(table.shown)]
    assert not hidden or len(hidden) > 1 or not table.shown or hidden[0] >= k
    if any(count < k for count in hidden):
        assert len(hidden) > 1 or not table.shown  # a value of few people is never alone under others
