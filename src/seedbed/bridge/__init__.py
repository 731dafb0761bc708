"""The bridge between two sessions of a workshop: questions that people wrote become prompts that people answer.

build(study, groups, source, …)   seeds, a run grown from them, and the choice → Built; the plan stands in bridge.json
choose(offers, wanted, …)         the choice alone, pure
read_plan(folder)                 what was chosen last, by ids
resolve(folder, refs)             the words behind those ids, as they are now

Whoever serves the boards gives the prompts; this room touches none.
"""

from __future__ import annotations

from seedbed.bridge.building import Built, build
from seedbed.bridge.choosing import Choice, Offer, Taken, choose
from seedbed.bridge.plan import Note, Plan, Ref, read_plan, write_plan
from seedbed.bridge.resolving import one_line, resolve

__all__ = [
    "Built",
    "Choice",
    "Note",
    "Offer",
    "Plan",
    "Ref",
    "Taken",
    "build",
    "choose",
    "one_line",
    "read_plan",
    "resolve",
    "write_plan",
]
