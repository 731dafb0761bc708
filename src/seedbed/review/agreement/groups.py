"""Agreement within and between groups of people: do those of one group see it alike, and the other group otherwise?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from seedbed.measures.definition import Measured, NotApplicable
from seedbed.review.agreement.agreeing import Agreement, agree
from seedbed.review.agreement.coefficients import cross, identity, quadratic
from seedbed.review.agreement.resampling import DRAWS, measured
from seedbed.review.agreement.table import Level, Table

__all__ = ["CrossAgreement", "GroupAgreement", "agree_groups"]


@dataclass(frozen=True, slots=True)
class CrossAgreement:
    """Two groups over the `n_items` that both rated.

    `raw` is the share of pairs, one rater of each, that agree (on an ordered scale with quadratic weights), and
    `kappa` that beyond chance: cross-replication reliability (Wong, Paritosh, Aroyo 2021). Lower than the alpha
    within both groups: they see it otherwise.
    """

    a: str
    b: str
    n_items: int
    raw: Measured[float]
    kappa: Measured[float]


@dataclass(frozen=True, slots=True)
class GroupAgreement:
    """`within` each group and `between` each two. `left_out` are groups with too few raters, with how many."""

    within: dict[str, Agreement]
    between: tuple[CrossAgreement, ...]
    left_out: dict[str, int]


def agree_groups(
    table: Table,
    groups: Mapping[str, str],
    level: Level = "nominal",
    *,
    least: int = 1,
    draws: int = DRAWS,
    seed: int = 0,
) -> GroupAgreement:
    """Agreement by group of the raters; `groups` maps a rater to a group, and who is in none counts nowhere.

    A group of fewer than `least` raters is left out: what few people of a kind think can be told from its figures.
    """
    members: dict[str, set[str]] = {}
    for rater in table.raters:
        if rater in groups:
            members.setdefault(groups[rater], set()).add(rater)
    left_out = {name: len(people) for name, people in sorted(members.items()) if len(people) < least}
    shown = {name: people for name, people in sorted(members.items()) if name not in left_out}
    return GroupAgreement(
        {name: agree(table.of_raters(people), level, draws=draws, seed=seed) for name, people in shown.items()},
        tuple(
            _between(table, (a, shown[a]), (b, shown[b]), level, draws=draws, seed=seed)
            for a, b in combinations(shown, 2)
        ),
        left_out,
    )


def _between(
    table: Table, a: tuple[str, set[str]], b: tuple[str, set[str]], level: Level, *, draws: int, seed: int
) -> CrossAgreement:
    pair = table.of_raters(a[1] | b[1])
    columns = [[number for number, rater in enumerate(pair.raters) if rater in side] for side in (a[1], b[1])]
    left, right = (
        Table(pair.items, tuple(pair.raters[n] for n in chosen), pair.categories, pair.codes[:, chosen]).counts()
        for chosen in columns
    )
    shared = (left.sum(axis=1) > 0) & (right.sum(axis=1) > 0)
    items = int(shared.sum())
    if not items:
        none = NotApplicable("no item was rated by both groups")
        return CrossAgreement(a[0], b[0], 0, none, none)
    weights = identity(len(pair.categories)) if level == "nominal" else quadratic(pair.numbers(level))
    observed, beyond = cross(left[shared], right[shared], weights)
    found = measured({"raw": observed, "kappa": beyond}, items, draws=draws, seed=seed)
    return CrossAgreement(a[0], b[0], items, found["raw"], found["kappa"])
