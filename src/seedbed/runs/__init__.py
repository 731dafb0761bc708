"""The runs of a study: what each is and how far it came, and what two of them have and have not in common.

Reads and never writes, so it may look on while a run goes on.
"""

from __future__ import annotations

from seedbed.runs.comparing import Comparison, compare
from seedbed.runs.listing import RunLine, how_far, list_runs
from seedbed.runs.proportions import Share, difference, share

__all__ = ["Comparison", "RunLine", "Share", "compare", "difference", "how_far", "list_runs", "share"]
