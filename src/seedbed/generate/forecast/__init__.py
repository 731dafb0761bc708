"""What a run will take, from the asks settled so far: a pilot of a few dozen, or any run that stopped."""

from __future__ import annotations

from seedbed.generate.forecast.forecasting import Amounts, Forecast, Range, forecast, settled
from seedbed.generate.forecast.saying import lines

__all__ = ["Amounts", "Forecast", "Range", "forecast", "lines", "settled"]
