"""Assess: the three dimensions of data quality, measured alike on seeds, synthetic rows and controls.

assess(folder, settings)   measures everything and writes assessment/assessment.json and rows.jsonl → Assessment
load(folder)               the assessment that was written last
forget(folder, …)          takes the texts of a withdrawal out of the cache

It describes. Whether seeds did something is a question for tests with a control, which are no part of this.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seedbed.assess.settings import AssessSettings

if TYPE_CHECKING:
    from seedbed.assess.assessing import assess
    from seedbed.assess.cache import forget
    from seedbed.assess.document import Assessment
    from seedbed.assess.store import json_schema, load

__all__ = ["AssessSettings", "Assessment", "assess", "forget", "json_schema", "load"]

# settings.py composes every room's section, so importing a room must not bring its measures along
_HOME = {
    "Assessment": "document",
    "assess": "assessing",
    "forget": "cache",
    "json_schema": "store",
    "load": "store",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"seedbed.assess.{_HOME[name]}"), name)
    raise AttributeError(f"module 'seedbed.assess' has no attribute {name!r}")
