"""Sets, doses and controls are drawn from the seeds alone: sized, spread and matched as they say, or refused."""

from __future__ import annotations

from statistics import fmean, median, pstdev

import pytest

from seedbed.errors import InputError
from seedbed.propagate.drawing import dose_instructions, dose_length, others, swap_sets
from seedbed.propagate.settings import PropagateSettings
from tests.propagate.parts import pool

SETTINGS = PropagateSettings()


def test_sets_are_of_one_size_disjoint_where_there_are_enough_and_spread_more_than_chance_would() -> None:
    seeds = pool(72, marks=50)
    drawn = swap_sets(seeds, 6, 33, SETTINGS)
    assert [len(made) for made in drawn.sets] == [12] * 6
    assert len({id for made in drawn.sets for id in made}) == 72
    assert "no seed is in two of them" in drawn.how
    # sets of 12 drawn blindly would have means 1/sqrt(12) of the seeds' spread apart, a little less without return
    for name in ("tokens", "traditional"):
        values = {id: float(getattr(row, name)) for id, row in seeds.items()}
        spread = pstdev(fmean(values[id] for id in made) for made in drawn.sets)
        assert spread > 1.2 * pstdev(values.values()) / 12**0.5
    assert swap_sets(seeds, 6, 33, SETTINGS) == drawn
    assert swap_sets(seeds, 6, 33, PropagateSettings(seed=1)) != drawn


def test_few_seeds_are_shared_between_sets_up_to_the_stated_part_or_refused() -> None:
    drawn = swap_sets(pool(33), 6, 33, SETTINGS)
    assert [len(made) for made in drawn.sets] == [8] * 6
    most = max(len(set(a) & set(b)) for a in drawn.sets for b in drawn.sets if a is not b)
    assert 0 < most <= 4
    assert f"no two share more than {most / 8:.0%}" in drawn.how
    with pytest.raises(InputError, match="15 seeds are too few for 6 sets of 8") as refused:
        swap_sets(pool(15), 6, 33, SETTINGS)
    assert "2 sets are possible" in refused.value.hint


def test_other_seeds_are_none_that_were_shown() -> None:
    seeds = pool(40)
    shown = list(seeds)[:25]
    drawn = others(seeds, shown, SETTINGS)
    assert len(drawn.sets[0]) == 15
    assert not set(drawn.sets[0]) & set(shown)
    with pytest.raises(InputError, match="2 seeds that the run did not show"):
        others(seeds, list(seeds)[:38], SETTINGS)


def test_doses_of_instructions_differ_by_one_of_each_pair() -> None:
    seeds = pool(40, marks=20)
    drawn = dose_instructions(seeds, 16, SETTINGS)
    assert drawn.doses == (0.0, 0.25, 0.5, 0.75, 1.0)
    for dose, made in zip(drawn.doses, drawn.sets, strict=True):
        assert len(set(made)) == 16
        assert sum(not seeds[id].traditional for id in made) == dose * 16
    # every fifth topic and fourth type: of 20 seeds on either side each finds one of its own
    assert "matched in topic and type: 16" in drawn.how
    kinds = [
        sorted((seeds[id].topic_requested, seeds[id].question_type_requested) for id in made) for made in drawn.sets
    ]
    assert all(kind == kinds[0] for kind in kinds)


def test_a_rare_kind_is_turned_as_far_as_it_lasts() -> None:
    seeds = pool(40, marks=36)
    drawn = dose_instructions(seeds, 16, SETTINGS)
    assert drawn.doses == (0.0, 0.25, 0.5)
    assert [sum(not seeds[id].traditional for id in made) for made in drawn.sets] == [0, 2, 4]
    assert "75% and 100% cannot be reached: the pool has 4 seeds that end without a question mark" in drawn.how
    assert "a set of 8 of these wants 4 more (or propagate.least_set = 4" in drawn.how
    # as it says: so many more seeds, or sets of so few, reach every dose
    for more in (
        dose_instructions(pool(40, marks=32), 16, SETTINGS),
        dose_instructions(seeds, 16, PropagateSettings(least_set=4)),
    ):
        assert more.doses == (0.0, 0.25, 0.5, 0.75, 1.0)
        assert "cannot be reached" not in more.how
    # however few the run showed
    assert dose_instructions(pool(40, marks=20), 3, SETTINGS).doses == (0.0, 0.25, 0.5, 0.75, 1.0)
    turned = dose_instructions(pool(40, marks=4), 16, SETTINGS)
    assert turned.doses == (0.5, 0.75, 1.0)
    with pytest.raises(InputError, match="1 seeds end without"):
        dose_instructions(pool(40, marks=39), 16, SETTINGS)


def test_doses_of_length_are_half_once_and_twice_where_the_pool_has_them_else_its_thirds() -> None:
    wide = pool(120, step=1)  # 10 to 129 tokens
    drawn = dose_length(wide, 10, SETTINGS)
    middle = median(row.tokens or 0 for row in wide.values())
    assert drawn.doses[0] < 0.7 * middle < 0.8 * middle < drawn.doses[1] < 1.25 * middle < 1.6 * middle < drawn.doses[2]
    assert all(len(made) == 10 for made in drawn.sets)
    narrow = pool(30, step=1)  # 10 to 39
    drawn = dose_length(narrow, 33, SETTINGS)
    assert drawn.doses == (14.5, 24.5, 34.5)
    with pytest.raises(InputError, match="differ in length"):
        dose_length(pool(30, step=0), 33, SETTINGS)
