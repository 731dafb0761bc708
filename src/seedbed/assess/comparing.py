"""Distances between two sets, feature by feature: seeds with every run's rows, and a control with its run.

A distance describes. Two samples of one source never lie at 0, so each distance of labels comes with the distance
that chance alone gives at these sizes, and each distance with what is left of it without what chance adds. Nothing
here is a test, and no word for a finding comes from here.
"""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.assess.distances import (
    chance_distance,
    jensen_shannon,
    ratio_of_medians,
    total_variation,
    wasserstein,
)
from seedbed.assess.document import Comparison, Number, RowSet
from seedbed.assess.resampling import Resamples
from seedbed.assess.rows import PairRow, QuestionRow
from seedbed.assess.settings import AssessSettings
from seedbed.measures.clusters import rate_difference
from seedbed.measures.definition import NotApplicable

__all__ = ["compare", "pairs_to_compare", "question_resamples", "response_resamples"]

_LABELS = (
    "openness_a",
    "openness_b",
    "topic_requested",
    "topic_observed",
    "question_type_requested",
    "question_type_observed",
)
_LENGTHS = ("words", "tokens")
_RESPONSES = ("misaligned_tokens", "aligned_tokens")
_RESPONSE_WORDS = ("misaligned_words", "aligned_words")


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


def question_resamples(info: RowSet, rows: Sequence[QuestionRow], settings: AssessSettings) -> Resamples:
    """The draws of a set of questions, over every feature that is compared."""
    return _resamples(info, rows, (*_LABELS, *_LENGTHS), settings)


def response_resamples(info: RowSet, rows: Sequence[PairRow], settings: AssessSettings) -> Resamples:
    """The draws of a set of triples, over the lengths of their responses."""
    return _resamples(info, rows, (*_RESPONSES, *_RESPONSE_WORDS), settings)


def compare(
    a: tuple[RowSet, Resamples], b: tuple[RowSet, Resamples], marks: tuple[Number, Number] | None, seed: int
) -> list[Comparison]:
    """Every feature of two sets; one that a side lacks is NotApplicable, with the reason.

    `marks` are the two sets' shares of question marks, None for triples.
    """
    (left, one), (right, other) = a, b
    found = []
    if marks is not None:
        found.append(Comparison("question_mark", "rate_difference", left.key, right.key, rate_difference(*marks)))
    for name in _LABELS if left.stage == "questions" else ():
        apart = total_variation(one, other, name)
        chance = chance_distance(one, other, name, "total_variation", seed)
        found.append(
            Comparison(name, "total_variation", left.key, right.key, _noted(apart.value), chance, apart.chance_freed)
        )
        chance = chance_distance(one, other, name, "jensen_shannon", seed)
        divergence = _noted(jensen_shannon(one, other, name))
        found.append(Comparison(name, "jensen_shannon", left.key, right.key, divergence, chance))
    for name in _LENGTHS if left.stage == "questions" else _RESPONSES:
        moved = wasserstein(one, other, name)
        found.append(Comparison(name, "wasserstein1", left.key, right.key, moved.value, None, moved.chance_freed))
        found.append(Comparison(name, "ratio_of_medians", left.key, right.key, ratio_of_medians(one, other, name)))
    return found


def _resamples(
    info: RowSet, rows: Sequence[QuestionRow] | Sequence[PairRow], names: Sequence[str], settings: AssessSettings
) -> Resamples:
    columns = {name: [getattr(row, name) for row in rows] for name in names}
    return Resamples(info.key, [row.cluster for row in rows], columns, draws=settings.draws, seed=settings.seed)


def _noted(value: Number) -> Number:
    return (
        NotApplicable("one of the two sets has no labels of this kind") if isinstance(value, NotApplicable) else value
    )
