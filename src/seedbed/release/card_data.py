"""What a card is rendered from, and the counts that several of its sections share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seedbed.release.choose import Tally
from seedbed.release.columns import COLUMNS
from seedbed.release.settings import ReleaseSettings
from seedbed.release.sources import Sources

__all__ = ["Card"]


@dataclass(frozen=True, slots=True)
class Card:
    """What a card is rendered from. `files` names, for each configuration with rows, the file that loads it."""

    version: str
    settings: ReleaseSettings
    sources: Sources
    tally: Tally
    files: Mapping[str, str]

    @property
    def rows(self) -> dict[str, int]:
        return {name: self.tally.released[name] for name in COLUMNS}

    @property
    def human_pairs(self) -> int:
        return sum(count for (what, _), count in self.tally.writers.items() if what == "aligned")

    @property
    def harmful(self) -> bool:
        return self.rows["triples"] > 0 or self.human_pairs > 0

    @property
    def human_rows(self) -> int:
        return self.rows["seeds"] + self.rows["evaluation"] + self.rows["triples"] - self.released("triples")

    def released(self, stage: str) -> int:
        """Synthetic rows released from the runs of `stage`."""
        return sum(self.tally.runs[run.name].released for run in self.sources.runs if run.record.stage == stage)
