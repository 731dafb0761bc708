"""What is rehearsed, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from seedbed.rehearse.checking import Checked

__all__ = ["Order", "Rehearsed"]


@dataclass(frozen=True, slots=True)
class Order:
    """What is rehearsed. `speed`: None is as fast as the server takes it. `minutes` of the clock on the wall, at most.

    `auto` leads it too, through `sessions`. With `trains` false the simulated people do not agree that their words
    are trained with, so that none of them becomes a seed.
    """

    people: int = 20
    rooms: tuple[str, ...] = ("A", "B", "C", "D")
    speed: float | None = 1.0
    minutes: float | None = None
    auto: bool = False
    sessions: tuple[str, ...] = ("session-1",)
    trains: bool = True
    seed: int = 1

    @property
    def prompts(self) -> int:
        """How many each group is given between the sessions: ten, or one for each of those who do not stop to think."""
        return 10 if self.speed is not None else max(2, self.people // max(1, len(self.rooms)))


@dataclass(slots=True)
class Rehearsed:
    """What came of it. Times in ms; `saved` from a key to "saved", `seen` from a key to another person's page."""

    people: int
    seconds: float
    counts: dict[str, int]
    checked: Checked
    saved_p50: float | None
    saved_p99: float | None
    seen_p50: float | None
    seen_p99: float | None
    lines_lost: int
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return self.checked.sound and not self.faults

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"schema": 1, **asdict(self), "sound": self.sound}

    def lines(self) -> Iterator[str]:
        """For people to read."""
        counts, checked = self.counts, self.checked
        yield f"{self.people} simulated people, {self.seconds:,.0f} s"
        rows = ", ".join(f"{number:,} {activity}" for activity, number in checked.rows.items() if number)
        yield f"  rows          {rows or 'none'}"
        yield f"  typed         {counts.get('characters', 0):,} characters, {counts.get('deleted', 0):,} taken back"
        said = ("comments", "votes", "reactions", "asked", "checkins")
        yield f"  said          {', '.join(f'{counts.get(name, 0):,} {name}' for name in said)}"
        yield f"  saved         {_ms(self.saved_p50)} in the middle, {_ms(self.saved_p99)} at the 99th of a hundred"
        yield f"  seen          {_ms(self.seen_p50)} by another, {_ms(self.seen_p99)} at the 99th of a hundred"
        if self.lines_lost:
            yield f"  lines lost    {self.lines_lost}, and come back"
        disk = "the disk" if checked.disk else "no disk to look at"
        yield (
            f"  compared      {checked.boards} boards, {checked.texts} texts, {checked.pages} pages with the server"
            f" and {disk}: {len(checked.differences)} differences, {checked.lost} characters lost"
        )
        for line in (*checked.differences[:20], *self.faults):
            yield f"  ! {line}"


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f} ms"
