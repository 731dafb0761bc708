"""What the documents are rendered from, and the counts that several of their sections share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seedbed.release.columns import COLUMNS
from seedbed.release.documents.facts import Facts
from seedbed.release.settings import ReleaseSettings

__all__ = ["Card"]


@dataclass(frozen=True, slots=True)
class Card:
    """`files` names, for each configuration with rows, the file of each of its splits that loads it."""

    settings: ReleaseSettings
    facts: Facts
    files: Mapping[str, Mapping[str, str]]

    @property
    def version(self) -> str:
        return str(self.facts["version"])

    @property
    def rows(self) -> dict[str, int]:
        return {name: self.facts[f"rows.{name}"] for name in COLUMNS}

    def splits(self, configuration: str) -> dict[str, int]:
        """Rows by split, in the order of `files`."""
        rows = {(one["configuration"], one["split"]): one["rows"] for one in self.facts["splits"]}
        return {split: rows[configuration, split] for split in self.files[configuration]}

    @property
    def synthetic(self) -> int:
        """Synthetic questions and triples in the release."""
        return int(self.facts["released.questions"] + self.facts["released.triples"])

    @property
    def human_rows(self) -> int:
        return self.rows["seeds"] + self.rows["evaluation"] + int(self.facts["triples.of_people"])

    @property
    def harmful(self) -> bool:
        return self.rows["triples"] > 0 or self.facts["human_pairs"] > 0
