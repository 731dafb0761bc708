"""Seeds: files and boards of people's questions, triples, profiles and ratings become events, and events become seeds.

import_file(folder, path)        one file, all or nothing, as often as one likes → ImportReport
gather(folder)                   what the boards hold now, as often as one likes → Gathered
load(folder)                     the fold of all imports and gatherings → Seeds
write_view(folder, seeds)        seeds/*.jsonl, for people and for diffs
install_taxonomy(folder, labels) the study's next taxonomy version
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seedbed.seeds.cells import looks_like_formula
    from seedbed.seeds.codec import HandLabel
    from seedbed.seeds.columns import KINDS, Kind
    from seedbed.seeds.fold import Seeds, load
    from seedbed.seeds.gathering import HELD, Gathered, gather, settle, settled
    from seedbed.seeds.importing import import_file
    from seedbed.seeds.report import BadRow, Formula, ImportReport, UnknownLabel
    from seedbed.seeds.taxonomies import current_taxonomy, install_taxonomy, taxonomy_versions
    from seedbed.seeds.view import write_view

_HOMES = {
    "cells": ("looks_like_formula",),
    "codec": ("HandLabel",),
    "columns": ("KINDS", "Kind"),
    "fold": ("Seeds", "load"),
    "gathering": ("HELD", "Gathered", "gather", "settle", "settled"),
    "importing": ("import_file",),
    "report": ("BadRow", "Formula", "ImportReport", "UnknownLabel"),
    "taxonomies": ("current_taxonomy", "install_taxonomy", "taxonomy_versions"),
    "view": ("write_view",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "HELD",
    "KINDS",
    "BadRow",
    "Formula",
    "Gathered",
    "HandLabel",
    "ImportReport",
    "Kind",
    "Seeds",
    "UnknownLabel",
    "current_taxonomy",
    "gather",
    "import_file",
    "install_taxonomy",
    "load",
    "looks_like_formula",
    "settle",
    "settled",
    "taxonomy_versions",
    "write_view",
]


def __getattr__(name: str) -> Any:
    # imported at first use: who asks for the taxonomy alone needs neither the boards nor the files that are imported
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
