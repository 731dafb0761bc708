"""Curation: which seeds become examples, which are set apart for evaluation, and why; every decision on record.

curate(folder, settings)                  rules, pools and choice → CurateReport; again appends nothing
decide(folder, id, act, reason, actor)    a person's decision, over every rule
confirm_label(folder, raw, id, kind, …)   what a label as typed means, for every row that has it
load(folder)                              the fold of all decisions → Curation
funnel(folder)                            how many went in and out at each step
"""

from __future__ import annotations

from seedbed.curate.balance import Balance, Count, balance
from seedbed.curate.curating import CurateReport, curate
from seedbed.curate.fold import Curation, LabelKind, Logged, load
from seedbed.curate.funnel import Step, funnel
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
