"""Curation: which seeds become examples, which are set apart for evaluation, and why; every decision on record.

curate(folder, settings)                  rules, pools and choice → CurateReport; again appends nothing
decide(folder, id, act, reason, actor)    a person's decision, over every rule
decide_all(folder, [Wish, …], actor)      several in one append, taken back as one
undo(folder, number or batch, actor)      what stood before stands again
confirm_label(folder, raw, id, kind, …)   what a label as typed means, for every row that has it
load(folder)                              the fold of all decisions → Curation
Desk(folder).look()                       the same, kept in memory and brought up to date
Desk(folder).table()                      its rows, filtered and counted; preview and apply act on many of them
checklist(folder, profile)                what a use case asks for, ticked by people
view_selection(folder, settings)          who is an example and why, who is next, and other ways of choosing
expand_study(folder, slots, actor)        questions with marked entities for other regions
funnel(folder)                            how many went in and out at each step
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seedbed.curate.balancing import Balance, Count, balance
    from seedbed.curate.bulk import Applied, Bulk, Preview, PreviewChanged, apply, preview
    from seedbed.curate.checklists import Ticked, checklist, checklist_export, tick
    from seedbed.curate.choosing.comparing import Figures
    from seedbed.curate.choosing.explaining import Why
    from seedbed.curate.choosing.viewing import SelectionView, view_selection
    from seedbed.curate.confirming import confirm_label
    from seedbed.curate.counting import Step, funnel
    from seedbed.curate.criteria import rules_listed
    from seedbed.curate.curating import CurateReport, curate
    from seedbed.curate.curation import Curation, LabelKind, Logged, Use
    from seedbed.curate.deciding import DecidedMeanwhile, decide, decide_all, undo
    from seedbed.curate.desk import Desk, Sight
    from seedbed.curate.entities import Slots, expand
    from seedbed.curate.expanding import Expanded, expand_study, slots_of
    from seedbed.curate.fold import load
    from seedbed.curate.rules import RULES, Rule
    from seedbed.curate.settings import RULE_IDS, CurateSettings
    from seedbed.curate.shown import shown_by_runs
    from seedbed.curate.table import Filter, Flag, Page, Table, TableRow
    from seedbed.curate.vectors import load_vectors
    from seedbed.curate.wishes import HandAct, Wish

__all__ = [
    "RULES",
    "RULE_IDS",
    "Applied",
    "Balance",
    "Bulk",
    "Count",
    "CurateReport",
    "CurateSettings",
    "Curation",
    "DecidedMeanwhile",
    "Desk",
    "Expanded",
    "Figures",
    "Filter",
    "Flag",
    "HandAct",
    "LabelKind",
    "Logged",
    "Page",
    "Preview",
    "PreviewChanged",
    "Rule",
    "SelectionView",
    "Sight",
    "Slots",
    "Step",
    "Table",
    "TableRow",
    "Ticked",
    "Use",
    "Why",
    "Wish",
    "apply",
    "balance",
    "checklist",
    "checklist_export",
    "confirm_label",
    "curate",
    "decide",
    "decide_all",
    "expand",
    "expand_study",
    "funnel",
    "load",
    "load_vectors",
    "preview",
    "rules_listed",
    "shown_by_runs",
    "slots_of",
    "tick",
    "undo",
    "view_selection",
]

_HOMES = {
    "balancing": ("Balance", "Count", "balance"),
    "bulk": ("Applied", "Bulk", "Preview", "PreviewChanged", "apply", "preview"),
    "checklists": ("Ticked", "checklist", "checklist_export", "tick"),
    "choosing.comparing": ("Figures",),
    "choosing.explaining": ("Why",),
    "choosing.viewing": ("SelectionView", "view_selection"),
    "confirming": ("confirm_label",),
    "counting": ("Step", "funnel"),
    "criteria": ("rules_listed",),
    "curating": ("CurateReport", "curate"),
    "curation": ("Curation", "LabelKind", "Logged", "Use"),
    "deciding": ("DecidedMeanwhile", "decide", "decide_all", "undo"),
    "desk": ("Desk", "Sight"),
    "entities": ("Slots", "expand"),
    "expanding": ("Expanded", "expand_study", "slots_of"),
    "fold": ("load",),
    "rules": ("RULES", "Rule"),
    "settings": ("RULE_IDS", "CurateSettings"),
    "shown": ("shown_by_runs",),
    "table": ("Filter", "Flag", "Page", "Table", "TableRow"),
    "vectors": ("load_vectors",),
    "wishes": ("HandAct", "Wish"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    # imported at first use: reading study.toml needs the settings, and neither numpy nor the database
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
