"""Who rates what: even shares, orders of one's own, and second times that come late enough."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.review import Task, assignment
from seedbed.review.assigning import assigned

RATERS = tuple("abcdefg")


def task(n: int, raters: int = 0, per_item: int | None = None, **more: object) -> Task:
    items = tuple(f"i{number:03d}" for number in range(n))
    return Task("t", "question", items, ("seeds",) * n, (), raters=RATERS[:raters], per_item=per_item, **more)  # type: ignore[arg-type]


@settings(max_examples=80, deadline=None)
@given(st.data(), st.integers(1, 60), st.integers(1, 7), st.floats(0, 1), st.integers(0, 9))
def test_each_item_has_its_raters_and_shares_are_even(
    data: st.DataObject, n: int, raters: int, retest: float, seed: int
) -> None:
    k = data.draw(st.integers(1, raters))
    made = task(n, raters, k, retest=retest, seed=seed)
    rows = {rater: assignment(made, rater) for rater in made.raters}
    first = Counter(place.item for row in rows.values() for place in row if not place.again)
    assert first == dict.fromkeys(made.items, k)
    shares = [sum(not place.again for place in row) for row in rows.values()]
    assert max(shares) - min(shares) <= 1
    assert [len(row) for row in rows.values()] == [assigned(made, rater) for rater in made.raters]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.floats(0, 1), st.sampled_from(["random", "fixed"]), st.integers(0, 5))
def test_what_comes_again_comes_once_and_late_enough(n: int, retest: float, order: str, seed: int) -> None:
    made = task(n, retest=retest, order=order, seed=seed)
    row = assignment(made, "somebody")
    again = [place.item for place in row if place.again]
    assert len(again) == len(set(again)) == min(round(retest * n), n - min(10, n // 2))
    first = {place.item: at for at, place in enumerate(row) if not place.again}
    for at, place in enumerate(row):
        if place.again:
            assert at - first[place.item] - 1 >= min(10, n // 2)


def test_an_order_is_the_raters_own_and_stays() -> None:
    made = task(30, retest=0.2)
    assert assignment(made, "ana") == assignment(task(30, retest=0.2), "ana") != assignment(made, "bo")
    assert [place.item for place in assignment(task(30, order="fixed"), "ana")] == list(made.items)
    # pinned: a rater in the middle of a task must find the same row after an upgrade
    assert [place.item for place in assignment(task(6), "ana")] == PINNED


PINNED = ["i002", "i005", "i003", "i001", "i000", "i004"]


def test_who_is_not_named_gets_nothing_and_open_raters_their_number() -> None:
    assert assignment(task(9, raters=2), "zoe") == ()
    some = assignment(task(40, each=12), "zoe")
    assert len({place.item for place in some}) == len(some) == assigned(task(40, each=12), "zoe") == 12
    assert len(assignment(task(5, each=12), "zoe")) == 5
