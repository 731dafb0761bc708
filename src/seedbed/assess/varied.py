"""How varied the texts of a set are, at the sizes that every set has; and how near they come to the seeds.

Most of these figures move with the number and the length of texts, so they are means over samples of one size: equal
in texts, and equal in words. What is bounded in cost by a sample of its own (self-BLEU, homogenisation, chamfer, the
manifolds) is told of the whole set too; its note names the sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.assess.document import Likenesses, Measurement, Number
from seedbed.assess.responses import PairRow, Part
from seedbed.assess.rows import QuestionRow
from seedbed.measures import diversity, repetition, spread
from seedbed.measures.clusters import clustered_mean
from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.hull import hull_share
from seedbed.measures.manifolds import manifolds
from seedbed.measures.novelty import COSINE_CUT, ecdf, share_over
from seedbed.measures.sampling import Sizes, at_equal_size, at_equal_tokens, common_sizes
from seedbed.measures.similarity import CUT

__all__ = ["answering", "beside_seeds", "coherent", "common", "novelty", "novelty_of_responses", "varied"]

# Larger samples cost more and tell little: 500 texts of 16 words bring the spread of each figure to a few percent
_MOST = Sizes(texts=500, tokens=8_000)
_POINTS = 51
_INCOHERENT = 0.5  # one heavy sign; of the sample's 80 responses by people none lies below
_Of = Callable[[Any], Measured[float]]
_BY_WORDS: tuple[tuple[str, _Of], ...] = (
    ("distinct_n", diversity.distinct_n),
    ("mattr", diversity.mattr),
    ("compression_ratio", diversity.compression_ratio),
    ("self_repetition", repetition.self_repetition),
    ("self_bleu", repetition.self_bleu),
    ("homogenisation", repetition.homogenisation),
)
_BY_VECTORS: tuple[tuple[str, _Of], ...] = (
    ("mean_pairwise_distance", spread.mean_pairwise_distance),
    ("remote_clique", spread.remote_clique),
    ("chamfer", spread.chamfer),
    ("vendi", spread.vendi),
)
_WHOLE_WORDS = ("self_bleu", "homogenisation")
_WHOLE_VECTORS = ("mean_pairwise_distance", "chamfer", "vendi")


def common(sets: Sequence[Sequence[str]]) -> Sizes:
    """The sizes at which these sets are compared: the most that all have, and no more than is worth its cost."""
    found = common_sizes(sets)
    return Sizes(min(found.texts, _MOST.texts), min(found.tokens, _MOST.tokens))


def varied(
    texts: Sequence[str], vectors: NDArray[np.float32] | NotApplicable | None, sizes: Sizes, draws: int, seed: int
) -> tuple[Measurement, ...]:
    """Every measure of diversity on `texts`, whose vectors have shape (n, d); None leaves out what needs them.

    At 20 draws of 33 texts 0.5 s of CPU a set, of 500 texts 8 s, and 20 µs a text of the set.
    """
    found = []
    for name, of in _BY_WORDS:
        found.append(Measurement(name, "equal texts", at_equal_size(texts, sizes.texts, of, draws, seed)))
        found.append(Measurement(name, "equal words", at_equal_tokens(texts, sizes.tokens, of, draws, seed)))
        if name in _WHOLE_WORDS:
            found.append(Measurement(name, "whole", of(texts)))
    for name, of in _BY_VECTORS if vectors is not None else ():
        if vectors is None or isinstance(vectors, NotApplicable):
            found.append(Measurement(name, "equal texts", vectors or NotApplicable("there are no vectors")))
            continue
        found.append(Measurement(name, "equal texts", at_equal_size(vectors, sizes.texts, of, draws, seed)))
        if name in _WHOLE_VECTORS:
            found.append(Measurement(name, "whole", of(vectors)))
    return tuple(found)


def beside_seeds(
    seeds: NDArray[np.float32] | NotApplicable, vectors: NDArray[np.float32] | NotApplicable, seed: int
) -> tuple[Measurement, ...]:
    """Where the rows lie among the seeds: precision, recall, density, coverage, and the share inside their hull."""
    names = ("manifold_precision", "manifold_recall", "manifold_density", "manifold_coverage")
    if isinstance(seeds, NotApplicable) or isinstance(vectors, NotApplicable):
        why = seeds if isinstance(seeds, NotApplicable) else vectors
        assert isinstance(why, NotApplicable)
        return tuple(Measurement(name, "whole", why) for name in (*names, "hull_share"))
    found = manifolds(seeds, vectors, seed=seed)
    values = (found.precision, found.recall, found.density, found.coverage, hull_share(seeds, vectors, seed=seed))
    return tuple(Measurement(name, "whole", value) for name, value in zip((*names, "hull_share"), values, strict=True))


def novelty(rows: Sequence[QuestionRow], clusters: Sequence[str]) -> tuple[Likenesses, ...]:
    """Likeness to the nearest seed over a set: its curve and the share over the cut, for words, 8-grams and meaning.

    And the shares of rows that copy an example of their own prompt (of those that had any), and that nearly repeat a
    row kept before.
    """
    return _novelty(
        [row.seed_rouge_l for row in rows],
        [row.seed_containment for row in rows],
        [row.seed_cosine for row in rows],
        [float(row.copied_example is not None) if row.had_examples else None for row in rows],
        [float(row.repeats is not None) for row in rows],
        clusters,
    )


def novelty_of_responses(rows: Sequence[PairRow], part: Part, clusters: Sequence[str]) -> tuple[Likenesses, ...]:
    """The same of one response of triples, to that response of the seeds' pairs. What repeats is a triple as a whole:
    both responses together nearly equal those of one kept before."""
    return _novelty(
        [getattr(row, f"{part}_seed_rouge_l") for row in rows],
        [getattr(row, f"{part}_seed_containment") for row in rows],
        [getattr(row, f"{part}_seed_cosine") for row in rows],
        [float(getattr(row, f"{part}_copied") is not None) if row.had_examples else None for row in rows],
        [float(row.repeats is not None) for row in rows],
        clusters,
    )


def coherent(rows: Sequence[PairRow], part: Part, clusters: Sequence[str]) -> tuple[Measurement, ...]:
    """How far one response of triples holds together, in the mean; the note says how many show heavy signs."""
    scores = [getattr(row, f"{part}_coherence") for row in rows]
    found = _mean(scores, clusters, "no response is of five words or more in a language that the signs are known of")
    low = sum(score is not None and score < _INCOHERENT for score in scores)
    return (Measurement("coherence", "whole", _noted(found, f"{low:,} below {_INCOHERENT}")),)


def answering(rows: Sequence[PairRow], part: Part, clusters: Sequence[str], why: str) -> tuple[Measurement, ...]:
    """How near one response of triples lies to its prompt, in the mean. It decides nothing."""
    found = _mean([getattr(row, f"{part}_answers") for row in rows], clusters, why or "no row has a prompt")
    return (Measurement("answer_relevance", "whole", found),)


def _mean(values: Sequence[float | None], clusters: Sequence[str], why: str) -> Number:
    known = [(value, cluster) for value, cluster in zip(values, clusters, strict=True) if value is not None]
    if not known:
        return NotApplicable(why if values else "there are no items")
    return clustered_mean([value for value, _ in known], [cluster for _, cluster in known])


def _noted(found: Number, note: str) -> Number:
    if isinstance(found, NotApplicable):
        return found
    return replace(found, note="; ".join(filter(None, (found.note, note))))


def _novelty(
    words: Sequence[float | None],
    contained: Sequence[float | None],
    cosines: Sequence[float | None],
    copied: Sequence[float | None],
    repeated: Sequence[float | None],
    clusters: Sequence[str],
) -> tuple[Likenesses, ...]:
    kinds: tuple[tuple[str, float, Sequence[float | None], int], ...] = (
        ("seed_rouge_l", CUT[0] / CUT[1], words, _POINTS),
        ("seed_containment", 1.0, contained, _POINTS),
        ("seed_cosine", COSINE_CUT, cosines, _POINTS),
        ("copies_of_examples", 1.0, copied, 0),
        ("near_duplicates", 1.0, repeated, 0),
    )
    found = []
    for name, cut, values, points in kinds:
        curve = ecdf(values, points) if points else None
        over: Number = share_over(values, cut, clusters)
        if isinstance(over, NotApplicable) and name == "copies_of_examples":
            over = NotApplicable("no row had an example in its prompt")
        found.append(Likenesses(name, cut, over, curve.value if isinstance(curve, Value) else ()))
    return tuple(found)
