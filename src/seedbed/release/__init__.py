"""What leaves the study: rows with their lineage, in the formats that trainers read, with a card that tells all.

releases/VERSION/
  README.md          dataset card, with the header that the Hugging Face hub reads
  CONFIGURATION/     questions, triples, sft, dpo, kto, inspector, aligner, identity, seeds: train.jsonl and
                     train.parquet; evaluation: test.…
  decisions.jsonl    what curation decided
  taxonomy.json      the labels that the rows name by id
  manifest.json      versions, runs with their fingerprints and counts, every file with its checksum
  SHA256SUMS         `sha256sum -c SHA256SUMS` verifies the folder
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seedbed.release.settings import ReleaseSettings

if TYPE_CHECKING:
    from seedbed.release.build import ReleaseReport, release
    from seedbed.release.columns import COLUMNS, PURPOSES, SPLITS, Column
    from seedbed.release.decisions import DECISION_FIELDS

__all__ = [
    "COLUMNS",
    "DECISION_FIELDS",
    "PURPOSES",
    "SPLITS",
    "Column",
    "ReleaseReport",
    "ReleaseSettings",
    "release",
]

# settings.py composes every room's section: each command and the server would else read what only a release needs
_HOME = {
    "COLUMNS": "columns",
    "DECISION_FIELDS": "decisions",
    "PURPOSES": "columns",
    "SPLITS": "columns",
    "Column": "columns",
    "ReleaseReport": "build",
    "release": "build",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"seedbed.release.{_HOME[name]}"), name)
    raise AttributeError(f"module 'seedbed.release' has no attribute {name!r}")
