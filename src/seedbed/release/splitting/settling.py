"""Before a release is written: are its pools apart, which rows stay behind for it, and which split has which row?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seedbed.errors import InputError
from seedbed.records import Pool
from seedbed.release.columns import COLUMNS
from seedbed.release.splitting.items import gather

if TYPE_CHECKING:
    from seedbed.release.settings import ReleaseSettings
    from seedbed.release.splitting.between import Between
    from seedbed.release.splitting.compared import Asked, Vectors
    from seedbed.release.splitting.parting import Parting

__all__ = ["Settled", "asked_of", "settle"]


@dataclass(slots=True)
class Settled:
    """What was found, and the split of each row. `split` also counts what it is asked, for leaks.json and leaks.md."""

    found: Between
    parting: Parting
    asked: Asked
    rows: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def leaving(self) -> frozenset[str]:
        """The rows that stay behind so that no leak stands."""
        return self.found.going

    def split(self, configuration: str, row: Mapping[str, Any]) -> str:
        """The split of a row that is about to be written."""
        name = "test" if row["pool"] == Pool.EVALUATION.value else self.parting.split[row["id"]]
        self.rows[configuration][name] += 1
        return name

    def documents(self) -> dict[str, str]:
        """leaks.json and leaks.md, once every row was asked for."""
        from seedbed.release.splitting.told import as_json, as_markdown

        rows = {name: self.rows[name] for name in COLUMNS if name in self.rows}
        told = (self.found, self.parting, self.asked, rows)
        return {"leaks.json": as_json(*told), "leaks.md": as_markdown(*told)}


def settle(
    rows: Iterable[tuple[str, Mapping[str, Any]]],
    settings: ReleaseSettings,
    vectors: Vectors,
    listen: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Settled:
    """Compare all rows, (configuration, row). `vectors` is called only where there is something to compare.

    Raises InputError that names the rows when a leak stands between the pools and is not to be dropped, and when a
    split would be empty; MissingExtra where `vectors` has no embedder.
    """
    from seedbed.release.splitting.between import between
    from seedbed.release.splitting.parting import Shares, part
    from seedbed.release.splitting.told import refusal

    items = gather(rows)
    asked = asked_of(settings)
    listen("comparing the pools", 0, 1)
    found = between(items, asked, vectors)
    if found.leaks and settings.leaks.on_leak == "refuse":
        raise InputError(
            refusal(found.leaks, asked),
            hint="Look at them (seedbed decide excludes a seed), or let one row of each stay behind: --drop-leaks, a "
            "model's before people's, and of two by people the one for evaluation.",
        )
    staying = [
        item for item in items
        if item.pool is Pool.ALIGNMENT and item.id not in found.going and item.answers not in found.going
    ]  # fmt: skip
    listen("parting", 0, 1)
    splits = settings.splits
    parting = part(staying, asked, Shares(splits.validation, splits.test, splits.least, splits.seed), vectors)
    return Settled(found, parting, asked)


def asked_of(settings: ReleaseSettings) -> Asked:
    """The rules and thresholds of [release.leaks] and [release.splits]."""
    from seedbed.measures.components import Short
    from seedbed.measures.contamination import RULES, Cuts
    from seedbed.release.splitting.compared import Asked

    leaks, short = settings.leaks, settings.splits.short
    # rows that do not say their language are in one of the release's; where those differ nobody knows
    languages = {tag.split("-")[0].lower() for tag in settings.languages}
    return Asked(
        tuple(rule for rule in RULES if rule in leaks.rules),
        Cuts(*leaks.cuts),
        leaks.ngram,
        leaks.long_ngram,
        Short(*short) if short is not None else None,
        settings.languages[0] if len(languages) == 1 else None,
    )
