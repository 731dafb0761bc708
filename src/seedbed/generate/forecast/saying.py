"""A forecast in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seedbed.generate.forecast.forecasting import Amounts, Forecast, Range

__all__ = ["lines"]


def lines(found: Forecast) -> list[str]:
    """The whole, what is left, the acceptance; then what the forecast cannot know."""
    return list(_lines(found))


def _lines(found: Forecast) -> Iterator[str]:
    goal = f"To keep {found.target:,}" if found.target is not None else f"To make {found.candidates or 0:,} candidates"
    if found.rest.calls.high < 0.5:
        yield f"{goal}: nothing is left to ask for."
        return
    yield f"{goal}: {_amounts(found.whole, found.currency)}"
    yield f"  of which are left: {_amounts(found.rest, found.currency)}"
    share = f"{found.kept:,} of {found.generated:,} so far"
    yield f"  kept of what is made: {_percent(found.acceptance)}; {share}, in {found.asks:,} requests"
    if found.target is None:
        yield f"  kept rows: {_range(found.rows)}"
    elif found.reached is not None and found.reached < 0.95:
        yield (
            f"  the target is not sure ({100 * found.reached:.0f} in 100): cells that bring nothing are given up; "
            f"{_range(found.rows)} of the {found.target:,} rows are to be expected"
        )
    yield "  95 of 100 such runs end within these bounds, if the rest is like what was seen."
    yield from _unknown(found)


def _unknown(found: Forecast) -> Iterator[str]:
    if found.trend is None:
        yield "  Acceptance falls while a run fills, as there is more to be like; so few requests cannot show how fast."
    elif found.from_second_half:
        first, second, _ = found.trend
        yield (
            f"  Acceptance has fallen from {100 * first:.0f} % in the first half to {100 * second:.0f} % in the "
            "second. This goes on from the second, and it may fall further: take the upper bounds."
        )
    else:
        yield "  Acceptance has not clearly fallen so far; it falls while a run fills, as there is more to be like."
    if found.target is not None and not found.quotas_known:
        yield "  How the plan spreads its rows over cells is not counted with: cells not seen yet may make it more."
    elif found.target is not None and not found.cells_seen_twice:
        yield "  No cell was asked for twice yet, so how much cells differ is a guess; the bounds allow for it."
    if found.pace is None:
        yield "  How long it takes is not known: the journal holds too few times."
    else:
        yield _of_time(found)
    if found.rest.cost is None and not found.embedded:
        yield "  What it costs is not known: give price_in and price_out of the endpoint in study.toml."


def _of_time(found: Forecast) -> str:
    now = found.pace
    assert now is not None
    if now.rising:
        return (
            f"  The time is for {now.lanes} requests in flight, as at the end so far. Their number was still "
            "rising, so the rest may well be faster."
        )
    return f"  The time is for {now.lanes} requests in flight, as at the end so far, and no outage."


def _amounts(amounts: Amounts, currency: str) -> str:
    parts = [f"about {_range(amounts.calls)} calls", f"{_range(amounts.tokens)} tokens"]
    if amounts.seconds is not None:
        parts.append(_span(amounts.seconds))
    if amounts.cost is not None:
        money = [_money(one) for one in (amounts.cost.value, amounts.cost.low, amounts.cost.high)]
        parts.append(f"{money[0]} {currency} ({money[1]} to {money[2]})".replace("  ", " "))
    return ", ".join(parts)


def _range(found: Range) -> str:
    middle, low, high = (_number(one) for one in (found.value, found.low, found.high))
    return middle if low == high else f"{middle} ({low} to {high})"


def _number(value: float) -> str:
    """Three digits that count: 24,300, 31.2 M."""
    digits = 3 - len(str(int(abs(value))))
    value = round(value, digits) if value >= 1000 else round(value)
    return f"{value / 1e6:,.3g} M" if value >= 1e6 else f"{value:,.0f}"


def _percent(found: Range) -> str:
    return f"{100 * found.value:.0f} % ({100 * found.low:.0f} to {100 * found.high:.0f})"


def _money(value: float) -> str:
    """Cents, or two digits that count where it is less."""
    digits = 2 if value >= 0.1 or value <= 0 else 1 - math.floor(math.log10(value))
    return f"{value:,.{min(digits, 6)}f}"


def _span(found: Range) -> str:
    """A time as a range, in one unit."""
    for unit, size in (("h", 3600.0), ("min", 60.0), ("s", 1.0)):
        if found.high >= 2 * size or unit == "s":
            low, high = found.low / size, found.high / size
            shown = [f"{one:.1f}" if high < 10 and unit != "s" else f"{one:,.0f}" for one in (low, high)]
            return f"{shown[0]} to {shown[1]} {unit}" if shown[0] != shown[1] else f"{shown[0]} {unit}"
    raise AssertionError
