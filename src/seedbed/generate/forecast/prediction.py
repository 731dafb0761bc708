"""What the rest of a run will take, from the asks settled so far: pure arithmetic on counts, many futures at once.

An ask is the unit of chance: rows of one request are alike. Each of `draws` futures is a possible truth (the mean
acceptance and the mean tokens from a bootstrap over asks, widened for few asks as Student's t is) and one run under
it (cells of their own acceptance, asks of their own within them, tokens of their own). So the intervals are of
prediction: they hold what we do not know, and what is chance in the rest.

Cells differ. How much follows from the pairs of rows of one cell, and of one ask (intraclass correlation by analysis
of variance). Where no cell was asked for twice the two cannot be told apart, and each future splits them otherwise.
A cell's acceptance is drawn from its beta posterior: shrunk towards the mean the more, the less was seen of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Draws", "Goal", "Settled", "predict", "trend"]


_GROUPS = 400  # more asks than this are resampled in groups: the interval is the same, and the arrays stay small
_ELEMENTS = 2_000_000  # futures x cells held at once: some 100 MB
_ROUNDS = 2_000
_SURE = 0.1  # an acceptance at which no cell loses patience: 60 in a row are rejected once in 500 times
_STEPS = 24  # a cell with many asks under way is shown them in so many steps
_PRIOR_RHO = 0.1  # what the correlation within an ask is taken to be before anything is seen; as good as
_PRIOR_ASKS = 5.0  # seen in so many asks
_PRIOR_CELLS = 10.0  # and that half of it is the cell's, as good as seen in so many cells
_PLANNER_PRIOR, _BLIND = 4.0, 64  # engine.TargetPlanner's: how it sizes its asks, and what it asks for blindly


@dataclass(frozen=True, slots=True)
class Settled:
    """An ask that was answered or given up: its cell, slots, rows kept and failed, tokens of all its attempts.

    `kept` is None where its rows are not judged yet.
    """

    cell: str
    slots: int
    kept: int | None
    failed: int
    read: int
    written: int


@dataclass(frozen=True, slots=True)
class Goal:
    """What a run is to reach: `target` accepted rows, or a fixed number of `candidates`.

    `quotas` are the rows wanted of each cell, where they are known and add up to the target.
    """

    target: int | None = None
    candidates: int | None = None
    per_ask: int = 1
    patience: int | None = None
    look_back: int = 4096
    quotas: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Draws:
    """One number a future, shape (draws,): the rest of the run, and the kept rows that count towards the target."""

    calls: NDArray[Any]
    candidates: NDArray[Any]
    kept: NDArray[Any]
    counted: NDArray[Any]
    read: NDArray[Any]
    written: NDArray[Any]
    seen_twice: int  # cells that were asked for more than once: what is known of how cells differ


def predict(
    asks: Sequence[Settled], goal: Goal, *, draws: int = 2_000, seed: int = 0, like: int = 0
) -> Draws:  # fmt: skip
    """The rest of a run of which `asks` are settled, in slot order; it is to be like those from number `like` on.

    Raises ValueError with fewer than two of these judged.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    done = [ask for ask in asks if ask.kept is not None]
    judged = done[like:]
    if len(judged) < 2:
        raise ValueError("a forecast needs at least two judged asks")
    slots = np.array([ask.slots for ask in judged], dtype=float)
    kept = np.array([ask.kept for ask in judged], dtype=float)
    read, written = (np.array([getattr(ask, name) for ask in judged], dtype=float) for name in ("read", "written"))
    weights = _weights(len(judged), draws, rng)
    widen = _widening(min(len(judged), _GROUPS), draws, rng)
    p = _acceptance(weights, slots, kept, widen, rng)
    within, between, twice = _correlations(judged, kept, slots, weights, rng)
    unjudged = [ask for ask in asks if ask.kept is None]
    if goal.target is not None:
        calls, tried, got, counted = _to_target(done, goal, p, within, between, rng)
        calls = np.maximum(0, calls - len(unjudged))  # these are paid for
    else:
        calls, tried, got = _to_candidates(asks, goal, p, within + between, rng)
        counted = got
    return Draws(
        calls=calls,
        candidates=tried,
        kept=got,
        counted=counted,
        read=_sum(weights, read, np.ones_like(slots), widen, calls, calls, rng),
        written=_sum(weights, written, slots, widen, tried, calls, rng),
        seen_twice=twice,
    )


def trend(asks: Sequence[Settled]) -> tuple[float, float, float] | None:
    """(acceptance of the first half, of the second, z of their difference by asks); None with fewer than 40 asks."""
    judged = [ask for ask in asks if ask.kept is not None]
    if len(judged) < 40:
        return None
    halves = judged[: len(judged) // 2], judged[len(judged) // 2 :]
    shares, variances = [], []
    for half in halves:
        rows = sum(ask.slots for ask in half)
        share = sum(ask.kept or 0 for ask in half) / rows
        squares = sum(((ask.kept or 0) - ask.slots * share) ** 2 for ask in half)
        shares.append(share)
        variances.append(squares / rows**2 * len(half) / (len(half) - 1))
    spread = math.sqrt(sum(variances))
    return shares[0], shares[1], (shares[1] - shares[0]) / spread if spread else 0.0


# --- what is not known -------------------------------------------------------------------------------------------


def _weights(asks: int, draws: int, rng: Any) -> NDArray[Any]:
    """How often each ask, or each group of asks, is in each resample: shape (draws, at most _GROUPS)."""
    import numpy as np

    groups = min(asks, _GROUPS)
    made: NDArray[Any] = rng.multinomial(groups, np.full(groups, 1 / groups), size=draws).astype(float)
    return made


def _resampled(weights: Any, values: Any) -> NDArray[Any]:
    """The sum of one number an ask in each resample, shape (draws,)."""
    import numpy as np

    groups = weights.shape[1]
    made: NDArray[Any] = weights @ np.bincount(np.arange(len(values)) % groups, values, groups)
    return made


def _widening(asks: int, draws: int, rng: Any) -> NDArray[Any]:
    """Factors of a resampled mean's deviation, shape (draws,), that turn the normal into Student's t: the bootstrap
    of few clusters is too narrow by sqrt(1 - 1/n), and takes the spread for known."""
    import numpy as np

    degrees = asks - 1
    made: NDArray[Any] = np.sqrt(asks / rng.chisquare(degrees, draws))
    return made


def _acceptance(weights: NDArray[Any], slots: Any, kept: Any, widen: Any, rng: Any) -> NDArray[Any]:
    """Mean acceptance in each future, shape (draws,), on the logit scale around what was seen."""
    import numpy as np

    rows, got = float(slots.sum()), float(kept.sum())
    if got in (0.0, rows):  # nothing varies: Jeffreys' posterior, with asks for rows
        n = len(slots)
        made: NDArray[Any] = rng.beta(got / rows * n + 0.5, (1 - got / rows) * n + 0.5, len(widen))
        return made
    share = (_resampled(weights, kept) + 0.25) / (_resampled(weights, slots) + 0.5)
    centre = math.log(got / (rows - got))
    logit = centre + (np.log(share / (1 - share)) - centre) * widen
    shares: NDArray[Any] = 1 / (1 + np.exp(-logit))
    return shares.clip(1e-4, 1 - 1e-4)


def _correlations(
    asks: Sequence[Settled], kept: Any, slots: Any, weights: Any, rng: Any
) -> tuple[NDArray[Any], NDArray[Any], int]:
    """(correlation of rows of one ask beyond their cell's, of rows of one cell), each of shape (draws,); and how many
    cells were asked for more than once."""
    import numpy as np

    share = (kept.sum() + 0.5) / (slots.sum() + 1)
    variance = share * (1 - share)
    deviation = kept - slots * share
    own = kept * (1 - share) ** 2 + (slots - kept) * share**2
    pairs = slots * (slots - 1)
    prior = _PRIOR_ASKS * max(2.0, float(pairs.mean()))
    total = _resampled(weights, deviation**2 - own) / variance + prior * _PRIOR_RHO
    total = total / (_resampled(weights, pairs) + prior)
    _, cell = np.unique([ask.cell for ask in asks], return_inverse=True)
    by_cell, sizes, repeats = np.bincount(cell, deviation), np.bincount(cell, slots), np.bincount(cell)
    of_cell = float((by_cell**2).sum() - (deviation**2).sum()) / variance
    cell_pairs = float((sizes**2).sum() - (slots**2).sum())
    twice = int((repeats > 1).sum())
    prior = _PRIOR_CELLS * max(2.0, cell_pairs / max(1, twice))
    between = (of_cell + prior * total / 2) / (cell_pairs + prior)
    if not pairs.any():  # one row an ask: only cells can be alike
        total = between
    total = np.clip(np.maximum(total, between), 1e-4, 0.8)
    part = np.clip(between / total, 0.0, 1.0)
    split = rng.beta(part * twice / 4 + 0.5, (1 - part) * twice / 4 + 0.5)
    return total * (1 - split), total * split, twice


# --- the rest of a run -------------------------------------------------------------------------------------------


def _to_candidates(
    asks: Sequence[Settled], goal: Goal, p: Any, rho: Any, rng: Any
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """(calls, candidates, kept) of the rest where the number of candidates is fixed; a failed ask is made anew."""
    import numpy as np

    planned = -(-(goal.candidates or 0) // goal.per_ask)
    lost = sum(ask.failed == ask.slots for ask in asks)
    left = max(0, planned - (len(asks) - lost))
    again = lost / len(asks)
    # half a success more, so that a pilot without a failure does not promise that there will be none
    calls = left + rng.binomial(left, (again * len(asks) + 0.5) / (len(asks) + 1) if lost else 0.0, len(p))
    tried = np.minimum(calls * goal.per_ask, left * goal.per_ask)
    waiting = sum(ask.slots for ask in asks if ask.kept is None)
    got = _accepted(tried + waiting, p, rho, goal.per_ask, rng)
    return calls.astype(float), tried.astype(float), got.astype(float)


def _to_target(
    asks: Sequence[Settled], goal: Goal, p: Any, within: Any, between: Any, rng: Any
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """(calls, candidates, kept, kept towards the target) of the rest, by the rule of engine.TargetPlanner."""
    import numpy as np

    assert goal.target is not None
    quotas = goal.quotas if goal.quotas and sum(goal.quotas.values()) == goal.target else {"": goal.target}
    cells = list(quotas)
    at = {cell: index for index, cell in enumerate(cells)}
    wanted = np.array([quotas[cell] for cell in cells], dtype=float)
    tried, got, dry = (np.zeros(len(cells)) for _ in range(3))
    for ask in asks:
        index = at.get(ask.cell, 0 if len(cells) == 1 else -1)
        if index >= 0:
            tried[index] += ask.slots
            got[index] += ask.kept or 0
            dry[index] = 0 if ask.kept else dry[index] + ask.slots
    patience = math.inf if goal.patience is None or len(cells) == 1 else goal.patience
    size = max(1, _ELEMENTS // len(cells))
    parts = []
    for start in range(0, len(p), size):
        chunk = slice(start, start + size)
        shares = _cells(p[chunk], within[chunk], between[chunk], tried, got, goal.per_ask, len(cells) > 1, rng)
        parts.append(_fill(shares, wanted, tried, got, dry, within[chunk], goal, patience, rng))
    calls, made, kept, counted = (np.concatenate(column) for column in zip(*parts, strict=True))
    return calls, made, kept, counted


def _cells(
    p: Any, within: Any, between: Any, tried: Any, got: Any, per_ask: int, several: bool, rng: Any
) -> NDArray[Any]:
    """The acceptance of each cell in each future, shape (draws, cells)."""
    import numpy as np

    if not several:
        made: NDArray[Any] = p[:, None].copy()
        return made
    precision = (1 / np.maximum(between, 1e-3) - 1)[:, None]
    worth = 1 / (1 + (per_ask - 1) * within)[:, None]  # what a row tells where those of one ask are alike
    a = p[:, None] * precision + got * worth
    b = (1 - p)[:, None] * precision + (tried - got) * worth
    drawn: NDArray[Any] = rng.beta(np.maximum(a, 1e-3), np.maximum(b, 1e-3))
    return drawn.clip(1e-4, 1 - 1e-4)


def _fill(
    shares: Any, wanted: Any, tried: Any, got: Any, dry: Any, within: Any, goal: Goal, patience: float, rng: Any
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Ask by the rule of engine.TargetPlanner, round by round; in a round each cell is shown an ask's verdicts.

    The rule asks for what is missing at the share seen so far, and takes nothing back when more was accepted than
    that. So a run makes more than its target; a forecast that forgot it would be 5 to 10 % short.
    """
    import numpy as np

    draws, cells = shares.shape
    seen, have, without = (np.tile(column, (draws, 1)).reshape(-1) for column in (tried, got, dry))
    unseen, rate, quota = np.zeros(draws * cells), shares.reshape(-1), np.tile(wanted, draws)
    calls, made = np.zeros(draws), np.zeros(draws)
    alive = np.flatnonzero((have < quota) & (without < patience))
    # far from its end a cell goes on whatever it is shown: up to there it takes one stride
    stride = np.floor(0.9 * (quota[alive] - have[alive]) / rate[alive] - max(_BLIND, goal.look_back // cells))
    far = (stride > _BLIND) & (rate[alive] > _SURE)
    if far.any():
        now, of, stride = alive[far], alive[far] // cells, stride[far]
        have[now] += _accepted(stride, rate[now], within[of], goal.per_ask, rng)
        seen[now] += stride
        without[now] = 0
        calls += np.bincount(of, np.ceil(stride / goal.per_ask), minlength=draws)
        made += np.bincount(of, stride, minlength=draws)
    for _ in range(_ROUNDS):
        if not alive.size:
            break
        of = alive // cells
        rows = seen.reshape(draws, cells).sum(axis=1)
        under_way = np.bincount(of, unseen[alive], minlength=draws)
        mean = (have.reshape(draws, cells).sum(axis=1) + 1) / (rows + 2)
        missing = np.maximum(0, quota[alive] - have[alive])
        room = np.minimum(goal.look_back, np.maximum(_BLIND, 2 * rows)) - under_way
        room[under_way * mean >= np.bincount(of, missing, minlength=draws)] = 0
        share = (have[alive] + _PLANNER_PRIOR * mean[of]) / (seen[alive] + _PLANNER_PRIOR)
        needed = np.rint((quota[alive] - have[alive]) / share - unseen[alive])
        needed[(needed < 0.5) | (without[alive] >= patience)] = 0
        once = np.bincount(of, np.minimum(needed, goal.per_ask), minlength=draws)
        turns = (np.maximum(room, 0) / np.maximum(once, 1))[of]  # below one, only some of the cells have theirs
        turns[(once > 0)[of] & (turns == 0) & (under_way == 0)[of]] = 1
        turns = np.where(turns >= 1, np.rint(turns), rng.random(alive.size) < turns)
        count = np.minimum(needed, goal.per_ask * turns)
        calls += np.bincount(of, np.ceil(count / goal.per_ask), minlength=draws)
        made += np.bincount(of, count, minlength=draws)
        unseen[alive] += count
        shown = np.minimum(unseen[alive], np.maximum(goal.per_ask, np.ceil(unseen[alive] / _STEPS)))
        accepted = _accepted(shown, rate[alive], within[of], goal.per_ask, rng)
        unseen[alive] -= shown
        seen[alive] += shown
        have[alive] += accepted
        without[alive] = np.where(accepted > 0, 0, without[alive] + shown)
        alive = alive[(unseen[alive] > 0) | ((have[alive] < quota[alive]) & (without[alive] < patience))]
    by_cell = have.reshape(draws, cells)
    return calls, made, by_cell.sum(axis=1) - float(got.sum()), np.minimum(by_cell, wanted).sum(axis=1)


def _accepted(count: Any, p: Any, rho: Any, per_ask: int, rng: Any) -> NDArray[Any]:
    """How many of `count` candidates are accepted, asked for `per_ask` at a time: beta-binomial, with the variance
    n·p·(1-p)·(1 + (m-1)·rho) that asks of m alike rows give."""
    import numpy as np

    n = np.asarray(count)
    together = np.clip((per_ask - 1) * rho / np.maximum(n - 1, per_ask - 1 or 1), 0, 0.95)
    if not np.any(together > 1e-4):
        plain: NDArray[Any] = rng.binomial(n.astype(np.int64), p)
        return plain
    precision = 1 / np.maximum(together, 1e-6) - 1
    varied = rng.beta(np.maximum(p * precision, 1e-3), np.maximum((1 - p) * precision, 1e-3))
    made: NDArray[Any] = rng.binomial(n.astype(np.int64), np.clip(varied, 0, 1))
    return made


def _sum(
    weights: Any, values: Any, sizes: Any, widen: Any, units: Any, calls: Any, rng: Any
) -> NDArray[Any]:  # fmt: skip
    """The sum of a cost over the rest: its mean a unit on the log scale, and the chance of `calls` further asks."""
    import numpy as np

    total, size = float(values.sum()), float(sizes.sum())
    if total <= 0:
        return np.zeros(len(widen))
    centre = math.log(total / size)
    mean = np.maximum(_resampled(weights, values), 1e-9) / np.maximum(_resampled(weights, sizes), 1e-9)
    mean = np.exp(centre + np.clip((np.log(mean) - centre) * widen, -3, 3))
    spread = float(np.std(values - sizes * total / size, ddof=1))
    noise = rng.standard_normal(len(widen)) * spread * np.sqrt(calls)
    made: NDArray[Any] = np.maximum(0.0, mean * units + noise)
    return made
