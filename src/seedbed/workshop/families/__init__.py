"""What a board holds beside its rows, a family of collections a module.

Each names its `COLLECTIONS`, its `CHANGES` (kind of event → what it changes) and its `DECISIONS` (command → what comes
of it, once permission is given). A function of `CHANGES` only reads the board; it raises KeyError, TypeError or
ValueError for an event that is not to be taken.
"""

from __future__ import annotations

from seedbed.workshop.families import calls, labels, marks, prompts, reactions, returns, rows, talk, topics

__all__ = ["FAMILIES"]

FAMILIES = (rows, calls, talk, reactions, labels, marks, prompts, returns, topics)
