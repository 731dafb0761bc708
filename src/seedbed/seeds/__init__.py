"""Seeds: files of people's questions, triples, profiles, ratings and labels become events, and events become seeds.

import_file(folder, path)        one file, all or nothing, as often as one likes → ImportReport
load(folder)                     the fold of all imports → Seeds
write_view(folder, seeds)        seeds/*.jsonl, for people and for diffs
install_taxonomy(folder, path)   the study's next taxonomy version
"""

from __future__ import annotations

from seedbed.seeds.cells import looks_like_formula
from seedbed.seeds.codec import HandLabel
from seedbed.seeds.columns import KINDS, Kind
from seedbed.seeds.fold import Seeds, load
from seedbed.seeds.importing import import_file
from seedbed.seeds.report import BadRow, Formula, ImportReport, UnknownLabel
from seedbed.seeds.taxonomies import current_taxonomy, install_taxonomy, taxonomy_versions
from seedbed.seeds.view import write_view

__all__ = [
    "KINDS",
    "BadRow",
    "Formula",
    "HandLabel",
    "ImportReport",
    "Kind",
    "Seeds",
    "UnknownLabel",
    "current_taxonomy",
    "import_file",
    "install_taxonomy",
    "load",
    "looks_like_formula",
    "taxonomy_versions",
    "write_view",
]
