"""A measured number as it travels: from a child process to the server, and from the server to pages."""

from __future__ import annotations

import math
from typing import Any

from seedbed.measures.definition import Measured, Value

__all__ = ["figure_of"]


def figure_of(number: Measured[float]) -> dict[str, Any]:
    """Its value with the 95 % interval, n, unit and note; or None and the reason why there is none."""
    if not isinstance(number, Value):
        return {"value": None, "reason": number.reason}
    if not math.isfinite(number.value):
        return {"value": None, "reason": "not finite"}
    return {
        "value": number.value, "low": number.low, "high": number.high, "n": number.n or 0, "unit": number.unit,
        "note": number.note,
    }  # fmt: skip
