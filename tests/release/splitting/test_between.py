"""No leak between the pools is missed, none is made up, and without the rows that go none is left."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from seedbed.errors import MissingExtra
from seedbed.measures.contamination import Rule
from seedbed.records import Pool
from seedbed.release.splitting.between import between
from tests.release.splitting import worlds


@pytest.mark.parametrize("seed", range(12))
def test_every_row_that_any_pair_condemns_goes_and_no_other(seed: int) -> None:
    items = worlds.world(seed, 45)
    found = between(items, worlds.ASKED, worlds.vectors)
    by_id = {item.id: item for item in items}
    going: dict[str, set[Rule]] = {}
    for one in items:
        for other in items:
            if one.pool is Pool.EVALUATION and other.pool is Pool.ALIGNMENT:
                for rule in worlds.linked(one, other, inside=False):
                    going.setdefault(one.id if other.by_people else other.id, set()).add(rule)
    told: dict[str, set[Rule]] = {}
    for leak in found.leaks:
        told.setdefault(leak.goes, set()).add(leak.rule)
        assert leak.rule in worlds.linked(by_id[leak.evaluation], by_id[leak.alignment], inside=False)
    assert told == going
    left = [item for item in items if item.id not in found.going]
    assert between(left, worlds.ASKED, worlds.vectors).leaks == ()


def test_the_worlds_have_leaks_of_every_rule_and_of_both_sides() -> None:
    """Else the test above would hold for an empty answer."""
    rules: Counter[str] = Counter()
    sides: Counter[bool] = Counter()
    for seed in range(12):
        for leak in between(worlds.world(seed, 45), worlds.ASKED, worlds.vectors).leaks:
            rules[leak.rule] += 1
            sides[leak.goes == leak.evaluation] += 1
    assert set(rules) == set(worlds.ASKED.rules)
    assert min(rules.values()) >= 5
    assert len(sides) == 2


def test_rules_left_out_find_nothing_and_ask_for_no_vectors() -> None:
    items = worlds.world(1, 45)

    def none_here(texts: object) -> object:
        raise MissingExtra("there is no embedder")

    asked = replace(worlds.ASKED, rules=("exact", "lineage"))
    found = between(items, asked, none_here)  # type: ignore[arg-type]
    assert {leak.rule for leak in found.leaks} == {"exact", "lineage"}
    with pytest.raises(MissingExtra):
        between(items, worlds.ASKED, none_here)  # type: ignore[arg-type]


def test_an_empty_pool_has_no_leaks_and_needs_no_vectors() -> None:
    items = [item for item in worlds.world(1, 45) if item.pool is Pool.ALIGNMENT]
    found = between(items, worlds.ASKED, lambda texts: pytest.fail("asked for vectors"))
    assert (found.evaluation, found.leaks) == (0, ())
