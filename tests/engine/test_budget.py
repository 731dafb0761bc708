from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.engine import Caps, Prices
from seedbed.engine.budget import Budget
from seedbed.records import Usage


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(1, 300)), min_size=1, max_size=80), st.integers(1, 60_000))
def test_calls_of_even_size_never_go_beyond_a_cap(calls: list[tuple[int, int]], cap: int) -> None:
    budget = Budget(Caps(tokens=cap), Prices(), dearest=Usage(900, 300))
    for usage in calls:
        if budget.refuses(1):
            break
        budget.pay(Usage(*usage))
    assert budget.spent.prompt_tokens + budget.spent.completion_tokens <= cap


def test_what_is_in_flight_counts() -> None:
    budget = Budget(Caps(cost=1.0), Prices(1.0, 2.0), Usage(400_000, 100_000), Usage(50_000, 25_000))  # 0.6 spent
    assert budget.refuses(4) is None
    assert budget.refuses(5) == "the cap of 1 on the cost is reached"


def test_the_first_call_goes_alone_and_an_endpoint_that_counts_nothing_is_told_of() -> None:
    budget = Budget(Caps(tokens=1000), Prices())
    assert budget.refuses(1) is None
    assert budget.refuses(2)
    budget.pay(Usage())
    assert "does not say how many tokens" in str(budget.refuses(1))


@pytest.mark.parametrize("calls", [1, 500])
def test_without_a_cap_nothing_is_refused(calls: int) -> None:
    assert Budget(Caps(seconds=3.0), Prices()).refuses(calls) is None
