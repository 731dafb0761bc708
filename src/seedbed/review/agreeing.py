"""Agreement of a task's raters on one scale: all together, within and between kinds of people, and with themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seedbed.measures.definition import Value
from seedbed.review.agreement import (
    Agreement,
    GroupAgreement,
    PairAgreement,
    Table,
    agree,
    agree_groups,
    cohen_pairs,
)
from seedbed.review.agreement.resampling import DRAWS
from seedbed.review.fold import TaskState
from seedbed.review.scales import Scalar, Scale

__all__ = ["ScaleAgreement", "agreement_of", "pairs_of", "tables"]

_ONE = ""
"""The key of a scale that takes one value; a scale that takes several labels has a table for each."""


@dataclass(frozen=True, slots=True)
class ScaleAgreement:
    """Agreement on one scale. Keys are "" for a scale of one value, and the labels of one that takes several: then each
    label is a judgement by itself, given (1) or not (0).

    `people` is within and between kinds of people, None where they are not told apart. `retest` compares first and
    second times, each (rater, item) a row and the two times its raters.
    """

    scale: str
    level: str
    overall: Mapping[Scalar, Agreement]
    people: Mapping[Scalar, GroupAgreement] | None = None
    retest: Mapping[Scalar, Agreement] = field(default_factory=dict)


def agreement_of(
    state: TaskState, scale: str, people: Mapping[str, str] | None = None, *, least: int = 1, draws: int = DRAWS,
    seed: int = 0,
) -> ScaleAgreement:  # fmt: skip
    """How far raters agree on `scale`. `people` maps raters to their kind; kinds of fewer than `least` are left out.

    Raises InputError for an unknown scale.
    """
    asked = state.task.scale(scale)
    made = tables(state, asked)
    pairs = _retest_tables(state, asked)
    return ScaleAgreement(
        scale, asked.level,
        {key: agree(table, asked.level, draws=draws, seed=seed) for key, table in made.items()},
        None if people is None else {
            key: agree_groups(table, people, asked.level, least=least, draws=draws, seed=seed)
            for key, table in made.items()
        },
        {key: agree(table, asked.level, draws=draws, seed=seed) for key, table in pairs.items() if table.n_ratings},
    )  # fmt: skip


def pairs_of(state: TaskState, scale: str, *, least: int = 10) -> dict[Scalar, list[PairAgreement]]:
    """Cohen's kappa of every two raters with at least `least` rows in common, those who agree least first; keys as in
    `ScaleAgreement`. Raises InputError for an unknown scale."""
    by_key = tables(state, state.task.scale(scale))
    found = {key: list(cohen_pairs(table, least=least)) for key, table in by_key.items()}
    for pairs in found.values():
        pairs.sort(key=lambda one: (one.kappa.value if isinstance(one.kappa, Value) else 1.0, one.raw, one.a, one.b))
    return found


def tables(state: TaskState, scale: Scale) -> dict[Scalar, Table]:
    """The first times that stand, as items by raters."""
    rows = [
        (rated.item, rated.rater, rated.values[scale.id])
        for rated in state.standing()
        if not rated.again and scale.id in rated.values
    ]
    return _tables(scale, rows)


def _retest_tables(state: TaskState, scale: Scale) -> dict[Scalar, Table]:
    rows: list[tuple[str, str, Any]] = []
    for rated in state.standing():
        before = state.of(rated.rater, rated.item) if rated.again else None
        if before and scale.id in before.values and scale.id in rated.values:
            pair = f"{rated.rater}\x1f{rated.item}"
            rows += [(pair, "first", before.values[scale.id]), (pair, "again", rated.values[scale.id])]
    return _tables(scale, rows)


def _tables(scale: Scale, rows: list[tuple[str, str, Any]]) -> dict[Scalar, Table]:
    if scale.several:
        return {
            label: Table.of(((item, rater, int(label in given)) for item, rater, given in rows), categories=(0, 1))
            for label in scale.values
        }
    return {_ONE: Table.of(rows, categories=scale.values or None)}
