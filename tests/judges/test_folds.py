"""What is alike stays in one fold, and the folds do not depend on the order of the pairs."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.judges.folds import clusters, deal
from seedbed.judges.pairs import Pair, training_pairs
from tests.judges.made import ids, pairs

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen"


def test_near_duplicate_prompts_and_shared_passages_stay_together() -> None:
    found = clusters(
        [
            Pair("a", "Are older employees worse at learning new software?", "x", "y"),
            Pair("b", "Are older employees worse at learning the new software?", "q", "r"),
            Pair("c", "How do I boil an egg?", f"Well, {LONG}.", "s"),
            Pair("d", "Which road leads to the sea?", "t", f"{LONG}, they say"),
            Pair("e", "Who may vote here?", "u", "v"),
        ]
    )
    assert found == ["a", "a", "c", "c", "e"]


@given(st.lists(st.integers(0, 30), min_size=2, max_size=120), st.integers(2, 10), st.randoms())
def test_groups_are_whole_and_order_is_nothing(names: list[int], folds: int, draw: object) -> None:
    groups = [str(name) for name in names]
    folds = min(folds, len(set(groups)))
    if folds < 2:
        return
    found = deal(groups, folds)
    assert len({(group, fold) for group, fold in zip(groups, found, strict=True)}) == len(set(groups))
    assert set(found) == set(range(folds))
    sizes, largest = Counter(found.tolist()).values(), Counter(groups).most_common(1)[0][1]
    assert max(sizes) - min(sizes) <= largest
    backwards = deal(groups[::-1], folds)
    assert backwards[::-1].tolist() == found.tolist()


def test_a_great_group_is_balanced_by_small_ones() -> None:
    for name in "abcdefgh":
        found = Counter(deal([*[name * 3] * 6, *(f"{name}{index}" for index in range(6))], 2).tolist())
        assert found == {0: 6, 1: 6}


def test_fewer_groups_than_folds_are_refused() -> None:
    with pytest.raises(ValueError, match="2 groups"):
        deal(["a", "a", "b"], 3)


def test_made_pairs_stand_alone() -> None:
    made = pairs(40)
    found, _ = training_pairs(made, ids(made))
    assert len(set(clusters(found))) == 40
