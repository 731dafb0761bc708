"""What the seeds did: controls, the tests that compare them with a run, and what each seed gave.

propagate(folder, …)   tests the runs that are there and writes propagation/propagation.json → Propagation
load(folder)           what was tested last
make_plan(folder, …)   declares controls, swapped sets or doses in propagation/plan.json, before any is made
make_arms(folder, …)   makes or resumes their runs
seed_yields(folder, …) rows, accepted rows and offspring of every seed and author → Yields

The statistics alone, on arrays, are the package `testing`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seedbed.propagate.settings import PropagateSettings

if TYPE_CHECKING:
    from seedbed.propagate.arms import make_arms
    from seedbed.propagate.document import Propagation
    from seedbed.propagate.planning import Plan, make_plan
    from seedbed.propagate.propagating import propagate
    from seedbed.propagate.store import json_schema, load
    from seedbed.propagate.yields import Yields, seed_yields

__all__ = [
    "Plan",
    "PropagateSettings",
    "Propagation",
    "Yields",
    "json_schema",
    "load",
    "make_arms",
    "make_plan",
    "propagate",
    "seed_yields",
]

# settings.py composes every room's section, so importing a room must not bring its statistics along
_HOME = {
    "Plan": "planning",
    "Propagation": "document",
    "Yields": "yields",
    "json_schema": "store",
    "load": "store",
    "make_arms": "arms",
    "make_plan": "planning",
    "propagate": "propagating",
    "seed_yields": "yields",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"seedbed.propagate.{_HOME[name]}"), name)
    raise AttributeError(f"module 'seedbed.propagate' has no attribute {name!r}")
