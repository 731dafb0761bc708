"""Measures: pure functions from text to value, each with its definition, its source and its languages.

`catalogue.MEASURES` lists them all. Names are imported at first use, so that asking whether a text ends in a
question mark loads neither numpy nor a parser.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seedbed.measures.catalogue import MEASURES, docs_page
    from seedbed.measures.definition import Measure, Measured, NotApplicable, Value
    from seedbed.measures.embed import Embedder
    from seedbed.measures.grammar import is_sensible_structure
    from seedbed.measures.observe import LabelObserver
    from seedbed.measures.openness import openness_of, rule_a, rule_b
    from seedbed.measures.parser import Parser
    from seedbed.measures.similarity import NoveltyIndex
    from seedbed.measures.text_format import is_traditional, traditional
    from seedbed.measures.vectors import VectorIndex

__all__ = [
    "MEASURES",
    "Embedder",
    "LabelObserver",
    "Measure",
    "Measured",
    "NotApplicable",
    "NoveltyIndex",
    "Parser",
    "Value",
    "VectorIndex",
    "docs_page",
    "is_sensible_structure",
    "is_traditional",
    "openness_of",
    "rule_a",
    "rule_b",
    "traditional",
]

_HOMES = {
    "catalogue": ("MEASURES", "docs_page"),
    "definition": ("Measure", "Measured", "NotApplicable", "Value"),
    "embed": ("Embedder",),
    "grammar": ("is_sensible_structure",),
    "observe": ("LabelObserver",),
    "openness": ("openness_of", "rule_a", "rule_b"),
    "parser": ("Parser",),
    "similarity": ("NoveltyIndex",),
    "text_format": ("is_traditional", "traditional"),
    "vectors": ("VectorIndex",),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if module := _MODULES.get(name):
        return getattr(import_module(f"seedbed.measures.{module}"), name)
    raise AttributeError(f"module 'seedbed.measures' has no attribute {name!r}")
