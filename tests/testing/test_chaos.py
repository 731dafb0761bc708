from __future__ import annotations

import random
from collections import Counter

import pytest

from seedbed.errors import UsageError
from seedbed.testing import Fault, chaos
from seedbed.testing.chaos import CONNECTION_FAULTS, TEXT_FAULTS
from seedbed.testing.faults import TEXT_KINDS
from seedbed.testing.replies import digest

NAMES = [digest(f"body {k}".encode()) for k in range(6000)]


def met(seed: int, names: list[str], **options: float) -> dict[str, tuple[Fault | None, Fault | None]]:
    """What each body meets the first time and the second."""
    plan = chaos(seed, **options)
    first = {name: plan.next(k, name) for k, name in enumerate(names)}
    return {name: (fault, plan.next(k, name)) for k, (name, fault) in enumerate(first.items())}


def test_the_same_seed_strikes_the_same_bodies_in_any_order() -> None:
    shuffled = random.Random(3).sample(NAMES, len(NAMES))
    assert met(1, NAMES) == met(1, shuffled)
    assert met(1, NAMES) != met(2, NAMES)


def test_the_mixture_is_as_documented() -> None:
    found = met(5, NAMES, connection=0.4, text=0.2)
    first = Counter(str(one) for one, _ in found.values() if one)
    second = Counter(str(other) for _, other in found.values() if other)
    assert set(first) == {*CONNECTION_FAULTS, *TEXT_FAULTS}
    assert set(second) == set(TEXT_FAULTS)
    struck = sum(first[kind] for kind in CONNECTION_FAULTS) / len(NAMES)
    assert 0.37 < struck < 0.43
    assert 0.17 < second.total() / len(NAMES) < 0.23
    assert max(second.values()) < 3 * min(second.values())


def test_every_kind_of_text_is_in_the_mixture() -> None:
    assert {Fault.parse(kind).kind for kind in TEXT_FAULTS} == set(TEXT_KINDS)
    assert not {Fault.parse(kind).kind for kind in CONNECTION_FAULTS} & set(TEXT_KINDS)


def test_faults_can_be_left_out_and_what_is_not_there_cannot() -> None:
    plan = chaos(1, without=("429:1e9", "surrogate"))
    assert not {Fault.parse("429:1e9"), Fault("surrogate")} & {*plan.shares, *plan.always}
    assert abs(sum(plan.shares.values()) - 0.3) < 1e-9
    with pytest.raises(UsageError, match="hang"):
        chaos(1, without=("hang",))
