"""T6: negative controls. What was not moved must not move, and a feature that means nothing must show nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.intervals import clopper_pearson
from seedbed.propagate.testing.document import Outcome
from seedbed.propagate.testing.multiplicity import holm

__all__ = ["pseudo_features", "unmoved"]

T = TypeVar("T")


def pseudo_features(
    labels: Sequence[T],
    test: Callable[[Sequence[T]], Outcome],
    *,
    repetitions: int = 200,
    alpha: float = 0.05,
    rng_seed: int = 0,
) -> Outcome:
    """How often `test` reaches p ≤ alpha when the seeds' labels are shuffled among the seeds.

    `labels` holds the feature of each seed; `test` gets them shuffled, works out anew what each set or prompt was
    shown, and tests the rows as they are. The link between seeds and rows is cut, so a test that keeps its word
    reaches alpha in no more than that share of `repetitions`. The estimate is the share, with its exact 95 % interval
    (Clopper & Pearson 1934); `p` is the chance of so many or more where each has alpha. Source: method of seedbed, T6.

    Traps: shuffles of 33 labels of which 31 are alike are few and alike; it is a check of the test, and a small `p`
    here says that the other p-values of this run cannot be read. Cost: `repetitions` × the test; give the test few
    draws (199 are enough for alpha .05).
    """
    if len(set(labels)) < 2:
        return Outcome("share under alpha", NotApplicable("all seeds have the same label: nothing to shuffle"))
    rng = np.random.default_rng(rng_seed)
    ps = [test([labels[index] for index in rng.permutation(len(labels))]).p for _ in range(repetitions)]
    answered = [p for p in ps if p is not None]
    hits = sum(p <= alpha for p in answered)
    sizes = (("shuffles", repetitions), ("answered", len(answered)), ("under alpha", hits))
    share = clopper_pearson(hits, len(answered))
    if isinstance(share, NotApplicable):
        return Outcome("share under alpha", NotApplicable("the test answered none of the shuffles"), n=sizes)
    note = f"{hits} of {len(answered)} shuffles reached p ≤ {alpha:g}"
    return Outcome(
        "share under alpha",
        Value(share.value, share.low, share.high, n=len(answered), note=note),
        p=_at_least(hits, len(answered), alpha),
        n=sizes,
    )


def unmoved(tests: Mapping[str, Outcome], *, alpha: float = 0.05) -> Outcome:
    """The tests of features that nobody manipulated: how many reach `alpha` after Holm over them. It should be none.

    The estimate is the share that moved; `p` is the smallest adjusted p-value: the test that none of them moves.
    Source: method of seedbed, T6.

    Traps: features hang together (longer texts end in '?' less often), so one that moved may have been pulled by the
    one that was turned. Silence proves little where the sets are small: see `describe` for how much might be there.
    """
    adjusted = dict(zip(tests, holm([outcome.p for outcome in tests.values()]), strict=True))
    known = {name: p for name, p in adjusted.items() if p is not None}
    sizes = (("features", len(tests)), ("answered", len(known)))
    if not known:
        return Outcome("share moved", NotApplicable("no feature that was left alone has a test"), n=sizes)
    moved = sorted(name for name, p in known.items() if p <= alpha)
    note = f"moved: {', '.join(moved)}" if moved else "none moved"
    return Outcome(
        "share moved", Value(len(moved) / len(known), n=len(known), note=note), p=min(known.values()), n=sizes
    )


def _at_least(hits: int, n: int, chance: float) -> float:
    """P(X ≥ hits) for X ~ Binomial(n, chance)."""
    term = (1 - chance) ** n
    below = 0.0
    for count in range(hits):
        below += term
        term *= (n - count) / (count + 1) * chance / (1 - chance)
    return max(0.0, min(1.0, 1 - below))
