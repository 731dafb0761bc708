"""Distances between two sets, feature by feature: seeds with every run's rows, and a control with its run.

A distance describes. Two samples of one source never lie at 0, so each distance of labels comes with the distance
that chance alone gives at these sizes. Nothing here is a test, and no word for a finding comes from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from seedbed.assess.clusters import LengthTable, rate_difference
from seedbed.assess.document import Comparison, Number, QuestionFigures, ResponseFigures, RowSet
from seedbed.assess.rows import PairRow, QuestionRow
from seedbed.assess.settings import AssessSettings
from seedbed.measures.bootstrap import category_ci
from seedbed.measures.definition import NotApplicable, Value

__all__ = ["Side", "compare", "pairs_to_compare", "question_side", "response_side"]

_LabelDistance = Literal["total_variation", "jensen_shannon"]
_DISTANCES: tuple[_LabelDistance, ...] = ("total_variation", "jensen_shannon")

_LABELS: tuple[tuple[str, Callable[[QuestionRow], str | None]], ...] = (
    ("openness_a", lambda row: row.openness_a),
    ("openness_b", lambda row: row.openness_b),
    ("topic_requested", lambda row: row.topic_requested),
    ("topic_observed", lambda row: row.topic_observed),
    ("question_type_requested", lambda row: row.question_type_requested),
    ("question_type_observed", lambda row: row.question_type_observed),
)
_LENGTHS: tuple[tuple[str, Callable[[QuestionRow], int | None]], ...] = (
    ("words", lambda row: row.words),
    ("tokens", lambda row: row.tokens),
)
_RESPONSES: tuple[tuple[str, Callable[[PairRow], int | None]], ...] = (
    ("misaligned_tokens", lambda row: row.misaligned_tokens),
    ("aligned_tokens", lambda row: row.aligned_tokens),
)
_CHANCE = re.compile(r"chance alone gives ([\d.]+)")


def pairs_to_compare(sets: Sequence[RowSet]) -> list[tuple[RowSet, RowSet]]:
    """Each seed set with each run's sets, and each control's generated rows with those of the run it is for.

    Generated rows are compared with generated rows: gates would otherwise hide what the prompt did.
    """
    seeds = [item for item in sets if item.role == "seeds" and item.n]
    rows = [item for item in sets if item.role != "seeds" and item.n]
    found = [(seed, item) for seed in seeds for item in rows]
    generated = {item.run: item for item in rows if item.selection == "generated"}
    for item in generated.values():
        partner = generated.get(item.control_of)
        if item.role == "control" and partner is not None and partner.stage == item.stage:
            found.append((partner, item))
    return found


class Side:
    """One set as comparisons need it: labels and lengths with their prompts, made once and compared often."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.question_mark: Number | None = None
        self.labels: dict[str, tuple[list[str], list[str]]] = {}
        self.lengths: dict[str, LengthTable] = {}


def question_side(figures: QuestionFigures, rows: Sequence[QuestionRow]) -> Side:
    """What is compared of a set of questions."""
    side = Side(figures.key)
    side.question_mark = figures.question_mark
    for name, label in _LABELS:
        known = [(found, row.cluster) for row in rows if (found := label(row)) is not None]
        side.labels[name] = [found for found, _ in known], [cluster for _, cluster in known]
    for name, length in _LENGTHS:
        side.lengths[name] = _table((length(row), row.cluster) for row in rows)
    return side


def response_side(figures: ResponseFigures, rows: Sequence[PairRow]) -> Side:
    """What is compared of a set of triples."""
    side = Side(figures.key)
    for name, length in _RESPONSES:
        side.lengths[name] = _table((length(row), row.cluster) for row in rows)
    return side


def compare(a: Side, b: Side, settings: AssessSettings) -> list[Comparison]:
    """Every feature of two sets; a feature that one side lacks is NotApplicable, with the reason."""
    found = []
    if a.question_mark is not None and b.question_mark is not None:
        value = rate_difference(a.question_mark, b.question_mark)
        found.append(Comparison("question_mark", "rate_difference", a.key, b.key, value))
    for name in a.labels:
        for distance in _DISTANCES:
            found.append(_of_labels(name, distance, a, b, settings))
    for name, left in a.lengths.items():
        right = b.lengths[name]
        moved = left.wasserstein(right, settings.draws, settings.seed)
        found.append(Comparison(name, "wasserstein1", a.key, b.key, moved))
        ratio = left.ratio_of_medians(right, settings.draws, settings.seed)
        found.append(Comparison(name, "ratio_of_medians", a.key, b.key, ratio))
    return found


def _table(measured: Iterable[tuple[int | None, str]]) -> LengthTable:
    known = [(size, cluster) for size, cluster in measured if size is not None]
    return LengthTable([size for size, _ in known], [cluster for _, cluster in known])


def _of_labels(name: str, distance: _LabelDistance, a: Side, b: Side, settings: AssessSettings) -> Comparison:
    (left, left_clusters), (right, right_clusters) = a.labels[name], b.labels[name]
    value: Number = category_ci(
        left, right, distance, left_clusters, right_clusters, draws=settings.draws, seed=settings.seed
    )
    chance = None
    if isinstance(value, NotApplicable):
        value = NotApplicable("one of the two sets has no labels of this kind")
    else:
        if noted := _CHANCE.search(value.note):
            chance = float(noted[1])
        if value.low is not None and value.low > value.value:
            # resampling adds noise, so near 0 the whole interval lies above what was measured: it says nothing there
            value = Value(value.value, n=value.n, note=f"{value.note}; no interval: the distance is too near 0")
    return Comparison(name, distance, a.key, b.key, value, chance)
