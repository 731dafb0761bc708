"""Model judges: rows put before a model through any endpoint, in fixed words, and what it says of each.

judge(folder, spec, rows or run, endpoint)   ask, journal, take up where it stopped → JudgingSummary
inspected(inspector, rows)                   the inspector's word in the same form → Judgements
read_judgements(folder)                      what was said, one judgement a row and part → [Judgement]

A judgement is no verdict: `seedbed.judges.calibrating` says which judge may be believed, and on what.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seedbed.judges.model.asking import JudgingSummary, judge
    from seedbed.judges.model.folding import read_judgements
    from seedbed.judges.model.inspecting import inspected
    from seedbed.judges.model.prompts import PROMPT_VERSION, shown
    from seedbed.judges.model.rows import rows_of_run, rows_of_seeds
    from seedbed.judges.model.spec import JUDGES, JudgedRow, Judgement, JudgeName, JudgeSpec

__all__ = [
    "JUDGES",
    "PROMPT_VERSION",
    "JudgeName",
    "JudgeSpec",
    "JudgedRow",
    "Judgement",
    "JudgingSummary",
    "inspected",
    "judge",
    "read_judgements",
    "rows_of_run",
    "rows_of_seeds",
    "shown",
]

_HOMES = {
    "asking": ("JudgingSummary", "judge"),
    "folding": ("read_judgements",),
    "inspecting": ("inspected",),
    "prompts": ("PROMPT_VERSION", "shown"),
    "rows": ("rows_of_run", "rows_of_seeds"),
    "spec": ("JUDGES", "JudgeName", "JudgeSpec", "JudgedRow", "Judgement"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    # imported at first use: whoever reads judgements needs neither an endpoint's client nor curation
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
