"""Numbers as a file of figures may hold them.

Everything that is written down is finite, and what cannot be said is a reason. A file that holds NaN, Infinity or a
number beyond any count was not written here: figures drawn from it would lie, or draw nothing.
"""

from __future__ import annotations

import json

__all__ = ["refuse_wild_numbers"]

_LARGEST = 2.0**63


def refuse_wild_numbers(data: bytes | str) -> None:
    """Raises ValueError where the JSON holds NaN, Infinity or a number of 2^63 and more, and where it is no JSON."""
    try:
        json.loads(data, parse_constant=_refuse, parse_float=_tame, parse_int=_tame)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _tame(text: str) -> float:
    number = float(text)  # of a whole number too: a thousand digits are no int that Python reads
    return number if abs(number) < _LARGEST else _refuse(text)


def _refuse(text: str) -> float:
    raise ValueError(f"{text[:24]} is no number that stands in such a file")
