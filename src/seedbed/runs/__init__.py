"""The runs of a study: what each is and how far it came, and what two of them have and have not in common.

Reads and never writes, so it may look on while a run goes on.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seedbed.runs.listing import RunLine, how_far, list_runs
from seedbed.runs.proportions import Share, difference, share

if TYPE_CHECKING:
    from seedbed.runs.comparing import Comparison, compare

__all__ = ["Comparison", "RunLine", "Share", "compare", "difference", "how_far", "list_runs", "share"]

# Comparing brings numpy and rapidfuzz, some 20 MB that a server which only lists runs would hold for nothing.
_COMPARING = ("Comparison", "compare")


def __getattr__(name: str) -> Any:
    if name in _COMPARING:
        return getattr(import_module("seedbed.runs.comparing"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
