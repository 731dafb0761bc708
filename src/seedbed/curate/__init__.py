"""Curation: which seeds become examples, which are set apart for evaluation, and why; every decision on record.

curate(folder, settings)                  rules, pools and choice → CurateReport; again appends nothing
decide(folder, id, act, reason, actor)    a person's decision, over every rule
confirm_label(folder, raw, id, kind, …)   what a label as typed means, for every row that has it
load(folder)                              the fold of all decisions → Curation
funnel(folder)                            how many went in and out at each step
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seedbed.curate.balancing import Balance, Count, balance
    from seedbed.curate.counting import Step, funnel
    from seedbed.curate.curating import CurateReport, curate
    from seedbed.curate.fold import Curation, LabelKind, Logged, load
    from seedbed.curate.people import HandAct, confirm_label, decide
    from seedbed.curate.rules import RULES, Rule
    from seedbed.curate.settings import RULE_IDS, CurateSettings

__all__ = [
    "RULES",
    "RULE_IDS",
    "Balance",
    "Count",
    "CurateReport",
    "CurateSettings",
    "Curation",
    "HandAct",
    "LabelKind",
    "Logged",
    "Rule",
    "Step",
    "balance",
    "confirm_label",
    "curate",
    "decide",
    "funnel",
    "load",
]

_HOMES = {
    "balancing": ("Balance", "Count", "balance"),
    "counting": ("Step", "funnel"),
    "curating": ("CurateReport", "curate"),
    "fold": ("Curation", "LabelKind", "Logged", "load"),
    "people": ("HandAct", "confirm_label", "decide"),
    "rules": ("RULES", "Rule"),
    "settings": ("RULE_IDS", "CurateSettings"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    # imported at first use: reading study.toml needs the settings, and neither numpy nor the database
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
