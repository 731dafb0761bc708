"""A release that is reckoned to its end and not made: what it would hold, what changed, and what its card leaves open.

It goes the very way of a release, to a hidden folder that is taken away again, so it refuses what a release would, and
its numbers are those that a release would have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from seedbed.release.build import ReleaseReport, build_release
from seedbed.release.differing import Difference, between
from seedbed.release.settings import ReleaseSettings
from seedbed.release.sources import read_sources
from seedbed.release.taken import taken_since
from seedbed.study import Folder

__all__ = ["Preview", "preview", "unsaid"]

_ASKED = {
    "creator": "Who publishes it.",
    "contact": "Where questions and withdrawals of consent go.",
    "description": "What the dataset is, with which the card opens.",
    "url": "Where it is to be found; without it Croissant is not complete.",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """`report` as a release has it, with the path where it would stand. `card` is README.md. `unsaid` has the key of
    study.toml, and what it is for, of all that a reader will miss. `since` is what changed from `before`, the newest
    release that stands; None without one."""

    report: ReleaseReport
    card: str
    unsaid: tuple[tuple[str, str], ...]
    before: str
    since: Difference | None


def preview(
    folder: Folder,
    settings: ReleaseSettings,
    version: str,
    *,
    pages: str = "en",
    groups: Sequence[str] = (),
    language: str = "en",
    listen: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Preview:
    """What `release` of the same arguments would make. Raises what it raises; nothing is left behind."""
    folder.check()
    newest, _ = taken_since(folder)
    before = folder.release(newest) if newest else None
    cards: list[str] = []
    since: list[Difference] = []

    def look(root: Path) -> None:
        cards.append((root / "README.md").read_text(encoding="utf-8"))
        if before is not None and before.is_dir():
            since.append(between(before, root, newest, version))

    report = build_release(
        folder, lambda: read_sources(folder, pages, groups, language=language), settings, version,
        listen=listen, look=look,
    )  # fmt: skip
    return Preview(report, cards[0], unsaid(settings), newest if since else "", since[0] if since else None)


def unsaid(settings: ReleaseSettings) -> tuple[tuple[str, str], ...]:
    """Keys under [release] that only people can fill in and nobody did, with what each is for."""
    found = [(key, what) for key, what in _ASKED.items() if not getattr(settings, key).strip()]
    if not settings.scope.layers():
        found.append(("scope", "How far the taking part went: foundation, subfloor, surface."))
    return tuple(found)
