"""Whether all have the same: what each page holds, what the server says, and what the disk has."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from seedbed.rehearse.browser import Browser
from seedbed.rehearse.joining import Seat
from seedbed.rehearse.page import Ended, Page
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.workshop.applied import PRIVATE
from seedbed.workshop.facilitation import Facilitation
from seedbed.workshop.history import Past, replay
from seedbed.workshop.places import FACILITATION, parse_place
from seedbed.workshop.roles import FACILITATORS, Member

__all__ = ["Checked", "check"]

_SETTLED_WITHIN_S = 20.0


@dataclass(slots=True)
class Checked:
    """`boards`, `pages` and `texts` were compared; `differences` says where two did not agree, and has to be empty.

    `rows` are those that stand, by activity. `lost` counts characters that somebody typed, was told are saved, and that
    are not there; `disk` says whether the disk was there to be read.
    """

    boards: int = 0
    pages: int = 0
    texts: int = 0
    lost: int = 0
    disk: bool = False
    rows: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.differences and not self.lost


async def check(
    seats: Sequence[tuple[Browser, Seat]], meant: Mapping[tuple[str, str], str], folder: Folder | None
) -> Checked:
    """Compare what stands on the pages of `seats`; `meant` is what was typed, by board and text."""
    found = Checked(disk=folder is not None)
    simulated = {seat.person for _, seat in seats}
    held: dict[str, list[Page]] = {}
    windows: dict[str, tuple[Browser, str]] = {}  # by document: who is to look at it afresh, in which study
    for browser, seat in seats:
        for page in seat.pages:
            held.setdefault(page.name, []).append(page)
            windows.setdefault(page.name, (browser, seat.study))
    with _store(folder) as store:
        for doc, (browser, study) in windows.items():
            async with browser.twin() as reader:
                await reader.open(study, doc)
                await _compare(doc, held[doc], reader.pages[doc], meant, simulated, store, found)
    return found


async def _compare(
    doc: str, held: Sequence[Page], fresh: Page, meant: Mapping[tuple[str, str], str], simulated: Collection[str],
    store: EventStore | None, found: Checked,
) -> None:  # fmt: skip
    await asyncio.gather(*(_reaches(page, fresh, found) for page in held))
    found.pages += len(held)
    if (place := parse_place(doc)) is not None:
        _compare_pages(held, fresh, found)
        past = None
        if store is not None:
            past = await asyncio.to_thread(lambda: replay(store.entries(doc), place))
            _compare_disk(past, fresh, found)
        _compare_meant(meant, simulated, fresh, past, found)
    elif doc == FACILITATION and store is not None:
        _compare_facilitation(fresh, held[0], store, found)


def _compare_pages(held: Sequence[Page], fresh: Page, found: Checked) -> None:
    texts = _texts(fresh)
    found.boards += 1
    found.texts += len(texts)
    activity = fresh.state["board"]["main"]["activity"]
    standing = [row for row in fresh.state["rows"].values() if not row["removed"]]
    found.rows[activity] = found.rows.get(activity, 0) + len(standing)
    for page in held:
        who = f"{page.name}: the page of {page.welcome.get('name') or page.welcome.get('person')}"
        _differ(found, who, _texts(page), texts)
        _differ(found, who, _state(page.state), _state(fresh.state))


def _compare_meant(
    meant: Mapping[tuple[str, str], str], simulated: Collection[str], fresh: Page, past: Past | None, found: Checked
) -> None:
    """Every text begins as its writer meant it, but for those in which somebody real had a hand: they may change it."""
    if past is None and not {issued["person"] for issued in fresh.state["clients"].values()} <= set(simulated):
        return
    for (board, name), words in meant.items():
        if board != fresh.name or (stands := fresh.text(name)).startswith(words):
            continue
        if past is None or _hands(past, name) <= set(simulated):
            found.lost += max(1, len(words) - len(stands))
            found.differences.append(f"{board}: {name} does not begin as it was typed")


def _hands(past: Past, name: str) -> set[str | None]:
    _, parts = past.texts().get(name, ("", []))
    return {part.person for part in parts} | {gone.by for gone in past.removals(name)}


def _compare_disk(past: Past, fresh: Page, found: Checked) -> None:
    on_disk = {name: text for name, (text, _) in past.texts().items() if text}
    who = f"{fresh.name}: the disk"
    _differ(found, who, on_disk, _texts(fresh))
    _differ(found, who, _state(past.state(Member("", "organiser", None))), _state(fresh.state))
    if past.seq != fresh.seq:
        found.differences.append(f"{who} is at {past.seq}, the server at {fresh.seq}")


async def _reaches(page: Page, fresh: Page, found: Checked) -> None:
    """Wait until a page has what the server had when it was asked afresh."""
    try:
        await page.until(
            lambda: (page.seq or 0) >= (fresh.seq or 0) and page.acknowledged >= page.number,
            seconds=_SETTLED_WITHIN_S,
        )
    except Ended:
        waits = page.number - page.acknowledged
        found.lost += waits
        found.differences.append(f"{page.name}: a page is at {page.seq}, the server at {fresh.seq}; {waits} unsaved")


def _texts(page: Page) -> dict[str, str]:
    names = {name for row in page.state["rows"] for name in _names(page, row)}
    return {name: text for name in sorted(names) if (text := page.text(name))}


def _names(page: Page, row: str) -> Iterable[str]:
    place = parse_place(page.name)
    return () if place is None else place.activity.names(row)


def _state(state: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is one person's own."""
    plain = json.loads(json.dumps(state, default=dict))
    return {name: items for name, items in sorted(plain.items()) if name != PRIVATE}


def _compare_facilitation(fresh: Page, page: Page, store: EventStore, found: Checked) -> None:
    fold = Facilitation().after(store.read(FACILITATION))
    welcome = fresh.welcome
    viewer = Member(str(welcome["person"]), str(welcome["role"]), None)
    if viewer.role in FACILITATORS:
        _differ(found, "facilitation: the disk", _state(fold.snapshot(viewer)), _state(fresh.state))
    _differ(found, "facilitation: a page", _state(page.state), _state(fresh.state))


def _differ(found: Checked, who: str, has: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for name in sorted(has.keys() | wanted.keys()):
        if has.get(name) != wanted.get(name):
            found.differences.append(f"{who} has another {name}")


class _NoStore:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _store(folder: Folder | None) -> EventStore | _NoStore:
    return _NoStore() if folder is None else EventStore.of(folder)
