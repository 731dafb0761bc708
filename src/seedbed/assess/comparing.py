"""Distances between two sets, feature by feature: seeds with every run's rows, and a control with its run.

A distance describes. Two samples of one source never lie at 0, so each distance of labels comes with the distance
that chance alone gives at these sizes. Nothing here is a test, and no word for a finding comes from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from seedbed.assess.clusters import LengthTable, rate_difference
from seedbed.assess.document import Comparison, Number, QuestionFigures, ResponseFigures, RowSet
from seedbed.assess.rows import PairRow, QuestionRow
from seedbed.assess.settings import AssessSettings
from seedbed.measures.bootstrap import category_ci
from seedbed.measures.definition import NotApplicable, Value

__all__ = ["compare_questions", "compare_responses", "pairs_to_compare"]

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


def compare_questions(
    a: tuple[QuestionFigures, Sequence[QuestionRow]],
    b: tuple[QuestionFigures, Sequence[QuestionRow]],
    settings: AssessSettings,
) -> list[Comparison]:
    """Every feature of two sets of questions; a feature that one side lacks is NotApplicable, with the reason."""
    (figures_a, rows_a), (figures_b, rows_b) = a, b
    keys = figures_a.key, figures_b.key
    found = [
        Comparison(
            "question_mark",
            "rate_difference",
            *keys,
            rate_difference(figures_a.question_mark, figures_b.question_mark),
        )
    ]
    for feature, of in _LABELS:
        left = [(label, row.cluster) for row in rows_a if (label := of(row)) is not None]
        right = [(label, row.cluster) for row in rows_b if (label := of(row)) is not None]
        for measure in ("total_variation", "jensen_shannon"):
            found.append(_of_labels(feature, measure, keys, left, right, settings))
    for name, length in _LENGTHS:
        one = [(size, row.cluster) for row in rows_a if (size := length(row)) is not None]
        other = [(size, row.cluster) for row in rows_b if (size := length(row)) is not None]
        found += _of_lengths(name, keys, one, other, settings)
    return found


def compare_responses(
    a: tuple[ResponseFigures, Sequence[PairRow]],
    b: tuple[ResponseFigures, Sequence[PairRow]],
    settings: AssessSettings,
) -> list[Comparison]:
    """Lengths of the responses of two sets of triples."""
    keys = a[0].key, b[0].key
    found: list[Comparison] = []
    for name, of in _RESPONSES:
        left = [(size, row.cluster) for row in a[1] if (size := of(row)) is not None]
        right = [(size, row.cluster) for row in b[1] if (size := of(row)) is not None]
        found += _of_lengths(name, keys, left, right, settings)
    return found


def _of_labels(
    feature: str,
    measure: str,
    keys: tuple[str, str],
    left: Sequence[tuple[str, str]],
    right: Sequence[tuple[str, str]],
    settings: AssessSettings,
) -> Comparison:
    value: Number = category_ci(
        [label for label, _ in left],
        [label for label, _ in right],
        "total_variation" if measure == "total_variation" else "jensen_shannon",
        [cluster for _, cluster in left],
        [cluster for _, cluster in right],
        draws=settings.draws,
        seed=settings.seed,
    )
    chance = None
    if isinstance(value, NotApplicable):
        value = NotApplicable("one of the two sets has no labels of this kind")
    else:
        if found := _CHANCE.search(value.note):
            chance = float(found[1])
        if value.low is not None and value.low > value.value:
            # resampling adds noise, so near 0 the whole interval lies above what was measured: it says nothing there
            value = Value(value.value, n=value.n, note=f"{value.note}; no interval: the distance is too near 0")
    return Comparison(feature, measure, *keys, value, chance)


def _of_lengths(
    feature: str,
    keys: tuple[str, str],
    left: Sequence[tuple[int, str]],
    right: Sequence[tuple[int, str]],
    settings: AssessSettings,
) -> list[Comparison]:
    a, b = (LengthTable([size for size, _ in side], [cluster for _, cluster in side]) for side in (left, right))
    return [
        Comparison(feature, "wasserstein1", *keys, a.wasserstein(b, settings.draws, settings.seed)),
        Comparison(feature, "ratio_of_medians", *keys, a.ratio_of_medians(b, settings.draws, settings.seed)),
    ]
