"""One archive from which the same Datathon is set up again, on another machine, by another team."""

from __future__ import annotations

from seedbed.replicate.opening import Limits, SetUp, set_up
from seedbed.replicate.packing import Packed, pack

__all__ = ["Limits", "Packed", "SetUp", "pack", "set_up"]
