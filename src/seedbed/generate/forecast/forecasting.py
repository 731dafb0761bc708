"""What a run will take, from the asks settled so far: a pilot of a few dozen, or any run that stopped.

forecast   reads the journal and predicts calls, tokens, time, money and acceptance, each with a 95 % interval
lines      says it in plain words
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedbed.engine import Journal, Prices, RunRecord, apportion
from seedbed.errors import InputError
from seedbed.generate.forecast.pace import Call, Pace, pace
from seedbed.generate.forecast.prediction import Goal, Settled, predict, trend
from seedbed.generate.models import EMBEDDED
from seedbed.generate.questions.plan import cell_name
from seedbed.records import Ask, State

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Amounts", "Forecast", "Range", "forecast", "settled"]

FEWEST = 8  # asks; with fewer an interval is as wide as the scale
_SEES_TREND = 60  # asks, from which on a fall of acceptance decides what is gone on from


@dataclass(frozen=True, slots=True)
class Range:
    """The middle of what is predicted, and the bounds between which 95 % of it lie."""

    value: float
    low: float
    high: float

    def plus(self, already: float) -> Range:
        return Range(self.value + already, self.low + already, self.high + already)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Requests, tokens read and written, their sum, seconds, money. None where it cannot be known."""

    calls: Range
    read: Range
    written: Range
    tokens: Range
    seconds: Range | None
    cost: Range | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """`whole` is the run when it is done, `rest` what is left of it. `asks`, `generated` and `kept` are what it stands
    on. `acceptance` is kept over generated of the whole run; `rows` the kept rows, up to the target where there is
    one; `reached` in what share of the futures the target is. `trend` is the acceptance of the first and of the second
    half so far with their z, None of few asks. `quotas_known`: whether the plan's own quotas were counted with;
    `cells_seen_twice`: how many cells were asked for again, which is what tells how cells differ."""

    stage: str
    target: int | None
    candidates: int | None
    asks: int
    generated: int
    kept: int
    acceptance: Range
    rows: Range
    reached: float | None
    rest: Amounts
    whole: Amounts
    currency: str
    embedded: bool
    pace: Pace | None
    trend: tuple[float, float, float] | None
    from_second_half: bool
    quotas_known: bool
    cells_seen_twice: int


def forecast(
    journal: Journal | Path,
    record: RunRecord,
    prices: Prices,
    *,
    currency: str = "",
    quotas: Mapping[str, int] | None = None,
    lanes: int | None = None,
    draws: int = 2_000,
    seed: int = 0,
) -> Forecast:
    """Predict the run `record` from its journal.

    `quotas` are the rows wanted of each cell ("topic/type"), as the plan has them; without them the target is taken
    to be spread evenly over the cells seen so far. `lanes` is their number where the next session fixes it. Prices of
    0 are unknown.

    Raises InputError with fewer than 8 judged asks.
    """
    import numpy as np

    if isinstance(journal, Path):
        with closing(Journal(journal, read_only=True)) as opened:
            asks, calls = settled(opened, record.stage)
    else:
        asks, calls = settled(journal, record.stage)
    judged = [ask for ask in asks if ask.kept is not None]
    if len(judged) < FEWEST:
        raise InputError(
            f"{len(judged)} requests are too few for a forecast; {FEWEST} are the least, and 30 a good number",
            hint="Ask for more: seedbed generate … --pilot 30",
        )
    known = _known(record, quotas)
    goal = _goal(record, known or _seen(record, asks))
    moved = trend(asks)
    falls = moved is not None and moved[2] < -1.96 and len(judged) >= _SEES_TREND
    # where acceptance falls, what is to come is like the second half; the first stays in the counts alone
    future = predict(asks, goal, draws=draws, seed=seed, like=len(judged) // 2 if falls else 0)
    done_kept = sum(ask.kept or 0 for ask in judged)
    made = sum(ask.slots - ask.failed for ask in judged)
    failing = sum(ask.failed for ask in judged) / sum(ask.slots for ask in judged)
    kept_whole = done_kept + future.kept
    made_whole = made + future.candidates * (1 - failing)
    target = goal.target
    now = pace(calls)
    rest = _amounts(future.calls, future.read, future.written, prices, now, lanes, np)
    spent_read, spent_written = sum(ask.read for ask in asks), sum(ask.written for ask in asks)
    counted = future.counted if target is not None else kept_whole
    return Forecast(
        stage=record.stage,
        target=target,
        candidates=goal.candidates,
        asks=len(asks),
        generated=made,
        kept=done_kept,
        acceptance=_range(np.minimum(1.0, kept_whole / np.maximum(1.0, made_whole)), np),
        rows=_range(counted, np),
        reached=None if target is None else float((counted >= target - 0.5).mean()),
        rest=rest,
        whole=Amounts(
            calls=rest.calls.plus(len(asks)),
            read=rest.read.plus(spent_read),
            written=rest.written.plus(spent_written),
            tokens=rest.tokens.plus(spent_read + spent_written),
            seconds=rest.seconds.plus(now.spent) if rest.seconds and now else None,
            cost=rest.cost.plus((spent_read * prices.read + spent_written * prices.written) / 1e6)
            if rest.cost
            else None,
        ),
        currency=currency,
        embedded=record.about.get("endpoint") == EMBEDDED,
        pace=now,
        trend=moved,
        from_second_half=falls,
        quotas_known=known is not None,
        cells_seen_twice=future.seen_twice,
    )


def settled(journal: Journal, stage: str) -> tuple[list[Settled], list[Call]]:
    """The settled asks of a journal, in slot order, and the times of their calls."""
    paid = list(journal.settled_calls())  # before the rows: while a run goes on, what is judged later is left out
    rows = (
        (ask, list(group)) for ask, group in itertools.groupby(journal.rows(), key=lambda row: row[1])
    )  # fmt: skip
    asks, calls = [], []
    for at, usage, seconds, slots, _ in paid:
        ask, verdicts = next(rows, (None, []))
        # verdicts come in slot order, so the judged asks are the first of the settled ones
        states = [verdict.state for verdict, _, _ in verdicts]
        asks.append(
            Settled(
                cell=_cell(stage, ask) if ask else "",
                slots=slots,
                kept=states.count(State.KEPT) if ask else None,
                failed=states.count(State.FAILED),
                read=usage.prompt_tokens,
                written=usage.completion_tokens,
            )
        )
        calls.append(Call(datetime.fromisoformat(at).timestamp(), seconds))
    return asks, calls


def _cell(stage: str, ask: Ask) -> str:
    return str(ask.prompt_id) if stage == "triples" else cell_name(ask.topic, ask.question_type)


def _known(record: RunRecord, quotas: Mapping[str, int] | None) -> Mapping[str, int] | None:
    """The quotas, if they are of this target. Those of triples add up to more: any of the questions will do."""
    return quotas if quotas and sum(quotas.values()) == record.ask.get("target") else None


def _seen(record: RunRecord, asks: Sequence[Settled]) -> Mapping[str, int] | None:
    """The target spread evenly over the cells seen so far, for want of the plan's own quotas."""
    target = record.ask.get("target")
    if not target or record.stage == "triples":
        return None
    return apportion(dict.fromkeys((ask.cell for ask in asks if ask.kept is not None), 1.0), target)


def _goal(record: RunRecord, quotas: Mapping[str, int] | None) -> Goal:
    ask = record.ask
    target, candidates = ask.get("target"), ask.get("candidates")
    if target is None and candidates is None:
        raise InputError(f"The run {record.name!r} has neither a target nor a number of candidates to come to")
    return Goal(
        target=target if candidates is None else None,
        candidates=candidates,
        per_ask=int(ask.get("per_ask") or 1),
        patience=ask.get("patience"),
        look_back=int(ask.get("look_back") or 4096),
        quotas=quotas,
    )


def _range(values: NDArray[Any], np: Any) -> Range:
    low, middle, high = np.percentile(values, (2.5, 50, 97.5))
    return Range(float(middle), float(low), float(high))


def _amounts(
    calls: NDArray[Any], read: NDArray[Any], written: NDArray[Any], prices: Prices, now: Pace | None,
    lanes: int | None, np: Any,
) -> Amounts:  # fmt: skip
    coming = _range(calls, np)
    return Amounts(
        calls=coming,
        read=_range(read, np),
        written=_range(written, np),
        tokens=_range(read + written, np),
        seconds=None if now is None else _seconds(coming, now, lanes),
        cost=None if prices == Prices() else _range((read * prices.read + written * prices.written) / 1e6, np),
    )


def _seconds(calls: Range, now: Pace, lanes: int | None) -> Range:
    """From the fewest calls at the faster pace to the most at the slower one; lanes change the pace in proportion."""
    factor = lanes / now.lanes if lanes else 1.0
    low, high = now.low * factor, now.high * factor
    return Range(calls.value / (low * high) ** 0.5, calls.low / high, calls.high / low)
