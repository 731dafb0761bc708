"""What leaves the study: rows with their lineage, in the formats that trainers read, with a card that tells all.

releases/VERSION/
  README.md          dataset card, with the header that the Hugging Face hub reads
  CONFIGURATION/     questions, triples, sft, preference, seeds: train.jsonl and train.parquet; evaluation: test.…
  decisions.jsonl    what curation decided
  taxonomy.json      the labels that the rows name by id
  manifest.json      versions, runs with their fingerprints and counts, every file with its checksum
  SHA256SUMS         `sha256sum -c SHA256SUMS` verifies the folder
"""

from __future__ import annotations

from seedbed.release.build import ReleaseReport, release
from seedbed.release.columns import COLUMNS, PURPOSES, SPLITS, Column
from seedbed.release.decisions import DECISION_FIELDS
from seedbed.release.settings import ReleaseSettings

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
