"""Runs that never were: a plan followed by the real planner, replies drawn from distributions that are known."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from seedbed.engine import CountingPlanner, Stop, Tally, TargetPlanner, Wait
from seedbed.generate.forecast.prediction import Goal, Settled
from seedbed.records import Ask, State, Verdict

__all__ = ["Made", "World", "run"]


@dataclass(frozen=True, slots=True)
class World:
    """How acceptance and tokens are distributed: cells by a beta of mean `share`, with correlations of rows of one cell
    (`cells`) and of one ask within it (`asks`); tokens log-normal with these standard deviations of the logarithm."""

    share: float = 0.42
    cells: float = 0.06
    asks: float = 0.08
    read: float = 0.25
    written: float = 0.45


@dataclass(frozen=True, slots=True)
class Made:
    """All settled asks of a finished run, in slot order."""

    goal: Goal
    asks: tuple[Settled, ...]

    @property
    def calls(self) -> int:
        return len(self.asks)

    @property
    def tokens(self) -> int:
        return sum(ask.read + ask.written for ask in self.asks)

    @property
    def acceptance(self) -> float:
        return sum(ask.kept or 0 for ask in self.asks) / sum(ask.slots for ask in self.asks)


def run(seed: int, goal: Goal, world: World) -> Made:
    """Follow the planner that such a run would have, verdict by verdict, to its end."""
    rng = np.random.default_rng(seed)
    quotas = goal.quotas or {f"c{index}": 1 for index in range(24)}
    of_cell = dict(zip(quotas, _beta(rng, world.share, world.cells, len(quotas)), strict=True))
    names = list(quotas)
    planner: TargetPlanner | CountingPlanner
    if goal.target is not None:
        planner = TargetPlanner(
            Tally(quotas, goal.target),
            lambda cell, count, first: Ask(f"a{first}", first, count, topic=cell),
            cell_of=lambda ask: str(ask.topic),
            per_ask=goal.per_ask,
            patience=goal.patience or 60,
        )
    else:
        planner = CountingPlanner(
            -(-(goal.candidates or 0) // goal.per_ask),
            lambda index, first: Ask(f"a{first}", first, goal.per_ask, topic=names[index % len(names)]),
            lambda ask, first: ask,
        )
    asks: list[Settled] = []
    unseen: deque[Verdict] = deque()
    slot = 0
    while True:
        while unseen and unseen[0].slot < slot - goal.look_back:
            planner.observe(unseen.popleft())
        step = planner.plan(slot)
        if isinstance(step, Stop):
            return Made(goal, tuple(asks))
        if isinstance(step, Wait):
            slot = max(slot + 1, unseen[0].slot + 1 + goal.look_back)
            continue
        assert step.topic is not None
        share = float(_beta(rng, of_cell[step.topic], world.asks, 1)[0])
        kept = rng.random(step.count) < share
        unseen.extend(Verdict(s, State.KEPT if k else State.REJECTED) for s, k in zip(step.slots, kept, strict=True))
        read = round(800 * rng.lognormal(0, world.read))
        written = sum(round(40 * size) for size in rng.lognormal(0, world.written, step.count))
        asks.append(Settled(step.topic, step.count, int(kept.sum()), 0, read, written))
        slot += step.count


def _beta(rng: np.random.Generator, mean: float, correlation: float, size: int) -> np.ndarray:
    if correlation <= 0:
        return np.full(size, mean)
    precision = 1 / correlation - 1
    return rng.beta(max(mean * precision, 1e-3), max((1 - mean) * precision, 1e-3), size)
