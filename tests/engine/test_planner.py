from __future__ import annotations

import math
import random
from collections import Counter, deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.engine import Stop, Tally, TargetPlanner, Wait, apportion
from seedbed.records import Ask, State, Verdict


def make(cell: str, count: int, first: int) -> Ask:
    return Ask(id=f"a{first}", first=first, count=count, topic=cell)


def conduct(
    quotas: dict[str, int],
    target: int,
    shares: dict[str, float],
    *,
    look_back: int = 512,
    per_ask: int = 4,
    patience: int = 60,
    seed: int = 0,
) -> tuple[TargetPlanner, Counter[str], Counter[str], list[tuple[int, str, int]]]:
    """Drive a planner as the conductor does: it sees the verdicts of slots before slot - look_back, and no other.

    Whether a candidate is accepted hangs on its slot alone. Returns the planner, candidates made and kept by cell,
    and the plan.
    """
    planner = TargetPlanner(
        Tally(quotas, target), make, cell_of=lambda ask: str(ask.topic), per_ask=per_ask, patience=patience
    )
    slot, plan = 0, []
    hidden: deque[tuple[Verdict, str]] = deque()
    made: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for _ in range(1_000_000):
        while hidden and hidden[0][0].slot < slot - look_back:
            planner.observe(hidden.popleft()[0])
        step = planner.plan(slot)
        if isinstance(step, Stop):
            break
        if isinstance(step, Wait):
            assert hidden, "a plan waits only for verdicts that are to come"
            slot = max(slot + 1, hidden[0][0].slot + look_back + 1)
            continue
        plan.append((step.first, str(step.topic), step.count))
        for at in step.slots:
            accepted = random.Random(f"{seed}/{at}").random() < shares[str(step.topic)]
            hidden.append((Verdict(at, State.KEPT if accepted else State.REJECTED), str(step.topic)))
            made[str(step.topic)] += 1
            kept[str(step.topic)] += accepted
        slot += step.count
    else:
        pytest.fail("the plan does not end")
    for verdict, _ in hidden:
        planner.observe(verdict)
    return planner, made, kept, plan


@pytest.mark.parametrize("share", [1.0, 0.9, 0.36, 0.1])
@pytest.mark.parametrize("target", [1, 10, 150, 2000])
def test_the_target_is_reached_with_little_surplus(share: float, target: int) -> None:
    cells = [f"c{index}" for index in range(20)]
    quotas = apportion(dict.fromkeys(cells, 1.0), target)
    planner, made, kept, _ = conduct(quotas, target, dict.fromkeys(cells, share), patience=200)
    assert planner.shortfalls() == []
    assert all(kept[cell] >= quota for cell, quota in quotas.items())
    over = sum(kept.values()) - target
    assert over <= 10 + 0.2 * target
    assert made.total() <= 1.4 * (target + over) / share + 30


def test_thin_cells_are_topped_up() -> None:
    shares = {"rich": 0.9, "thin": 0.05}
    planner, made, kept, _ = conduct({"rich": 50, "thin": 50}, 100, shares, patience=400)
    assert planner.shortfalls() == []
    assert kept["rich"] >= 50
    assert kept["thin"] >= 50
    assert made["thin"] > 10 * made["rich"]


def test_a_cell_that_brings_nothing_is_given_up_and_named_and_the_others_get_theirs() -> None:
    shares = {"good": 0.5, "dead": 0.0, "also": 0.5}
    planner, made, kept, _ = conduct({"good": 30, "dead": 10, "also": 30}, 70, shares)
    (short,) = planner.shortfalls()
    assert (short.cell, short.wanted, short.accepted) == ("dead", 10, 0)
    assert 60 <= short.tried == made["dead"] < 60 + 4
    assert kept["good"] >= 30
    assert kept["also"] >= 30


def test_a_run_that_brings_nothing_anywhere_stops_before_every_cell_was_tried_out() -> None:
    cells = [f"c{index}" for index in range(500)]
    planner, made, _, _ = conduct(dict.fromkeys(cells, 2), 1000, dict.fromkeys(cells, 0.0))
    assert 240 <= made.total() <= 240 + 64 + 480
    assert len(planner.shortfalls()) == 500


def test_prompts_of_which_few_are_needed_stop_at_the_target() -> None:
    cells = [f"q{index}" for index in range(100)]
    planner, made, kept, _ = conduct(dict.fromkeys(cells, 1), 12, dict.fromkeys(cells, 0.5), per_ask=1, patience=4)
    assert 12 <= kept.total() <= 20
    assert made.total() <= 60
    assert planner.shortfalls() == []


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(st.integers(0, 30), st.floats(0, 1)), min_size=1),
    st.integers(1, 6),
    st.integers(1, 5000),
    st.integers(1, 40),
)
def test_every_plan_ends_and_counts_right(
    cells: dict[str, tuple[int, float]], per_ask: int, look_back: int, patience: int
) -> None:
    quotas = {cell: quota for cell, (quota, _) in cells.items()}
    target = sum(quotas.values())
    if not target:
        return
    planner, made, kept, plan = conduct(
        quotas, target, {cell: share for cell, (_, share) in cells.items()},
        look_back=look_back, per_ask=per_ask, patience=patience,
    )  # fmt: skip
    assert all(1 <= count <= per_ask for _, _, count in plan)
    assert all(quotas[cell] > 0 for _, cell, _ in plan)
    short = {one.cell: one for one in planner.shortfalls()}
    for cell, quota in quotas.items():
        assert (kept[cell] < quota) == (cell in short)
        if cell in short:
            assert (short[cell].accepted, short[cell].tried) == (kept[cell], made[cell])


def test_the_tally_marks_what_is_beyond_a_cell_and_beyond_the_target() -> None:
    tally = Tally({"a": 2, "b": 2}, 3)
    marked = []
    for cell in "aaabb":
        marked.append(tally.is_over(cell))
        tally.take(cell)
    assert marked == [False, False, True, False, True]
    assert (tally.within, tally.accepted) == (3, {"a": 3, "b": 2})


@given(st.dictionaries(st.text(min_size=1), st.floats(0, 1e6), min_size=1), st.integers(0, 10_000))
def test_rows_are_apportioned_without_loss_and_within_one_of_their_share(shares: dict[str, float], rows: int) -> None:
    total = math.fsum(shares.values())
    if not total > 0:
        with pytest.raises(ValueError, match="no cell"):
            apportion(shares, rows)
        return
    quotas = apportion(shares, rows)
    assert sum(quotas.values()) == rows
    assert all(abs(quotas[cell] - rows * share / total) <= 1 for cell, share in shares.items())


def test_equal_shares_go_to_the_first_cells_first() -> None:
    assert apportion({"b": 1, "a": 1, "c": 1}, 5) == {"b": 2, "a": 2, "c": 1}
