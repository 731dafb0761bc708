"""Judges: what says whether a response is aligned, and how far that may be believed.

The inspector is sentence embeddings and a logistic regression, trained on the study's own pairs. It ranks candidates;
it judges only where it has earned it (`bar`).

train(folder, triples, included=…)     cross-validate, calibrate, fit, write models/inspector.json → InspectorReport
load(folder)                           the inspector of a study, or None → Inspector
changes(folder, triples, included=…)   which pairs are new, gone or edited since it was trained → Changes or None

Model judges are `seedbed.judges.model`: rows put before any endpoint in fixed words. `seedbed.judges.calibrating` holds
every judge against people's ratings: under the bar its rows are "unverified".
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seedbed.judges.bar import LEAST_KAPPA, LEAST_PAIRS
    from seedbed.judges.inspector import Inspector, Ranked
    from seedbed.judges.pairs import Changes, Pair, training_pairs
    from seedbed.judges.report import InspectorReport, ValueReport
    from seedbed.judges.store import load, path_in
    from seedbed.judges.training import changes, train

__all__ = [
    "LEAST_KAPPA",
    "LEAST_PAIRS",
    "Changes",
    "Inspector",
    "InspectorReport",
    "Pair",
    "Ranked",
    "ValueReport",
    "changes",
    "load",
    "path_in",
    "train",
    "training_pairs",
]

_HOMES = {
    "bar": ("LEAST_KAPPA", "LEAST_PAIRS"),
    "inspector": ("Inspector", "Ranked"),
    "pairs": ("Changes", "Pair", "training_pairs"),
    "report": ("InspectorReport", "ValueReport"),
    "store": ("load", "path_in"),
    "training": ("changes", "train"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    # imported at first use: asking whether there is an inspector needs neither curation's rules nor statistics
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
