"""Taking people's words back out of all that the program made of them.

withdraw(store, folder, found…)  the whole cascade, in steps that may be done again
foresee(store, folder, …)        what it would take, without touching anything

A person, or single seeds, are withdrawn from the runs (rows whose prompt showed them, that answer or grew from such
rows, that were compared with them, and replies that repeat their words), from what judging models replied, from
releases, from caches and views, and last from people.db, by whose words all the rest is found.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seedbed.withdraw.settings import RetentionSettings, WithdrawalSettings

if TYPE_CHECKING:
    from seedbed.withdraw.cascade import Found, Withdrawn, erase, foresee, undisturbed, withdraw_seeds

_HOME = {
    "Found": "cascade",
    "Withdrawn": "cascade",
    "erase": "cascade",
    "foresee": "cascade",
    "undisturbed": "cascade",
    "withdraw_seeds": "cascade",
}

__all__ = [
    "Found",
    "RetentionSettings",
    "WithdrawalSettings",
    "Withdrawn",
    "erase",
    "foresee",
    "undisturbed",
    "withdraw_seeds",
]


def __getattr__(name: str) -> Any:
    # settings.py composes every room's section: nobody else needs what a withdrawal does
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
