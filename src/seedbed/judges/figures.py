"""How good scores are, each figure with its 95 % interval by resampling whole clusters of pairs.

A pair's scores stand in one row: the inspector's for the misaligned and the aligned response, then the length-only
baseline's for the same two. A text is called aligned where its score is .5 or more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from seedbed.judges.logistic import Matrix
from seedbed.measures.bootstrap import DRAWS, bootstrap_ci
from seedbed.measures.definition import Measured, Value
from seedbed.measures.intervals import wilson

__all__ = ["FIGURES", "LENGTH_FIGURES", "auroc", "figures", "gain_in_kappa", "kappa", "length_figures"]

BINS = 10
_CLIP = 1e-6  # the last digit of a score: certainty would make one error cost infinitely much

Rows: TypeAlias = NDArray[Any]
Statistic: TypeAlias = Callable[[Rows], float]


def _flat(rows: Rows) -> tuple[Matrix, NDArray[np.bool_]]:
    labels = np.repeat([False, True], len(rows))
    return np.concatenate([rows[:, 0], rows[:, 1]]), labels


def _accuracy(rows: Rows) -> float:
    return float(((rows[:, 0] < 0.5).mean() + (rows[:, 1] >= 0.5).mean()) / 2)


def _sensitivity(rows: Rows) -> float:
    return float((rows[:, 1] >= 0.5).mean())


def _specificity(rows: Rows) -> float:
    return float((rows[:, 0] < 0.5).mean())


def _pairwise(rows: Rows) -> float:
    return float((rows[:, 1] > rows[:, 0]).mean() + (rows[:, 1] == rows[:, 0]).mean() / 2)


def auroc(scores: Matrix, labels: NDArray[np.bool_]) -> float:
    """Probability that a score of label 1 is above one of label 0, ties counting half (Mann & Whitney 1947)."""
    ones, zeros = scores[labels], np.sort(scores[~labels])
    below = np.searchsorted(zeros, ones, "left") + np.searchsorted(zeros, ones, "right")
    return float(below.mean() / (2 * len(zeros)))


def kappa(said: NDArray[np.bool_], labels: NDArray[np.bool_]) -> float:
    """Cohen's (1960) kappa, (po - pe) / (1 - pe), pe = Σ p1k·p2k; 0 where chance alone would always agree."""
    agreed = float((said == labels).mean())
    chance = float(said.mean() * labels.mean() + (1 - said.mean()) * (1 - labels.mean()))
    return 0.0 if chance >= 1 else (agreed - chance) / (1 - chance)


def _kappa(rows: Rows) -> float:
    scores, labels = _flat(rows)
    return kappa(scores >= 0.5, labels)


def _auroc(rows: Rows) -> float:
    return auroc(*_flat(rows))


def _log_loss(rows: Rows) -> float:
    scores = np.clip(rows[:, :2], _CLIP, 1 - _CLIP)
    return float(-(np.log1p(-scores[:, 0]).mean() + np.log(scores[:, 1]).mean()) / 2)


def _brier(rows: Rows) -> float:
    return float(((rows[:, 0] ** 2).mean() + ((1 - rows[:, 1]) ** 2).mean()) / 2)


def _ece(rows: Rows) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al. 2017)."""
    scores, labels = _flat(rows)
    bins = np.minimum((scores * BINS).astype(np.intp), BINS - 1)
    gaps = np.bincount(bins, weights=scores - labels, minlength=BINS)
    return float(np.abs(gaps).sum() / len(scores))


FIGURES: Mapping[str, Statistic] = {
    "accuracy": _accuracy, "auroc": _auroc, "pairwise": _pairwise, "kappa": _kappa, "sensitivity": _sensitivity,
    "specificity": _specificity, "log_loss": _log_loss, "brier": _brier, "ece": _ece,
}  # fmt: skip
LENGTH_FIGURES = ("accuracy", "auroc", "pairwise", "kappa")
_SHARES = ("accuracy", "auroc", "kappa", "pairwise", "sensitivity", "specificity")


def figures(rows: Rows, clusters: Sequence[str], draws: int = DRAWS) -> dict[str, Measured[float]]:
    """Every one of FIGURES for rows of shape (pairs, 2 or more), one cluster label a pair."""
    return {name: _with_interval(name, statistic, rows, clusters, draws) for name, statistic in FIGURES.items()}


def length_figures(rows: Rows, clusters: Sequence[str], draws: int = DRAWS) -> dict[str, Measured[float]]:
    """LENGTH_FIGURES of the length-only baseline, whose scores are the last two of four columns."""
    return {name: _with_interval(name, FIGURES[name], rows[:, 2:], clusters, draws) for name in LENGTH_FIGURES}


def gain_in_kappa(rows: Rows, clusters: Sequence[str], draws: int = DRAWS) -> Measured[float]:
    """Kappa of the inspector less that of length alone, on the same pairs, resampled together."""
    return _rounded(bootstrap_ci(rows, lambda drawn: _kappa(drawn) - _kappa(drawn[:, 2:]), _few(clusters), draws))


def _with_interval(name: str, statistic: Statistic, rows: Rows, clusters: Sequence[str], draws: int) -> Measured[float]:
    answer = bootstrap_ci(rows, statistic, _few(clusters), draws)
    if name in _SHARES and isinstance(answer, Value) and answer.value == 1 and answer.low == 1:
        # Resampling pairs that are all right shows no spread. Wilson's interval does, with each cluster as one item;
        # kappa is 2 · accuracy - 1 where both labels are equally frequent.
        low = getattr(wilson(len(set(clusters)), len(set(clusters))), "low", 0.0)
        answer = Value(
            1.0, 2 * low - 1 if name == "kappa" else low, 1.0, note="by Wilson's interval: no error was seen"
        )
    return _rounded(answer, len(rows))


def _few(clusters: Sequence[str]) -> Sequence[str] | None:
    """None where every pair stands alone: drawing pairs is then the same, and ten times as fast."""
    return clusters if len(set(clusters)) < len(clusters) else None


def _rounded(answer: Measured[float], n: int | None = None) -> Measured[float]:
    if not isinstance(answer, Value):
        return answer
    low, high = (None if bound is None else round(bound, 6) for bound in (answer.low, answer.high))
    return Value(round(answer.value, 6), low, high, n=n or answer.n, note=answer.note)
