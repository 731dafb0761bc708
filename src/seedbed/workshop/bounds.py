"""How much of each kind a board holds. A board full of one kind still takes the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["EARLIER_PROMPTS", "MOST", "is_full"]

# Eight people with twenty rows make about a tenth of each. At these sizes a board's snapshot stays below some 10 MB.
MOST: Mapping[str, int] = {
    "comments": 1000,
    "votes": 5000,
    "reactions": 5000,
    "versions": 1000,
    "slots": 1000,
    "topics": 300,
    "labels": 300,
    "tags": 3000,
    "spans": 1000,
    "ratings": 20_000,
}
EARLIER_PROMPTS = 20  # the newest that a row's prompt remembers; the log has them all

# of these nobody alone may take more than half; votes and ratings have one place for each person and row
_SHARED = frozenset({"comments", "versions", "reactions", "slots", "labels", "tags", "spans"})


def is_full(collection: str, items: Mapping[str, Mapping[str, Any]], person: str) -> bool:
    """Whether `person` can add nothing more to a collection of which `items` stand."""
    most = MOST[collection]
    if len(items) >= most:
        return True
    return collection in _SHARED and sum(item["person"] == person for item in items.values()) >= most // 2
