"""Lineage: person ← seed ← question ← triple ← release, and forward, from what every room has put on record.

Lineage(folder).trace(id)         where anything came from and what came of it → Trace
Lineage(folder).more(key, …)      the rest of a step that was too long to show
Lineage(folder).descendants(id)   all that grew from a person's words, a seed or a row → Descendants
"""

from __future__ import annotations

from seedbed.lineage.shapes import Key, Node, Step, Totals, Trace
from seedbed.lineage.slots import Slots
from seedbed.lineage.tracing import Lineage
from seedbed.lineage.walking import Descendants

__all__ = ["Descendants", "Key", "Lineage", "Node", "Slots", "Step", "Totals", "Trace"]
