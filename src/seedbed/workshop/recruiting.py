"""Who was wanted and who came: people counted against the template's plan, and managers among them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from seedbed.workshop.sections import Planned

__all__ = ["TOLD", "Attendee", "Came", "Recruited", "recruited"]

_WORD = re.compile(r"[^\W_]+")
TOLD = ("position", "background", "place")  # what people tell of themselves; their role the workshop knows


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person. `told` holds their words by field; None for somebody who did not agree to be counted by them."""

    id: str
    role: str
    group: str
    told: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Came:
    """One line of the plan: `share` is of those of whom the field is known, None where nobody is."""

    field: str
    value: str
    planned: int
    actual: int
    share: float | None
    deployment_share: float | None

    @property
    def gap(self) -> int:
        """How many are lacking; below 0 for more than were wanted."""
        return self.planned - self.actual

    @property
    def share_gap(self) -> float | None:
        """How far their share is above (below 0: under) that of the people for whom the data is meant."""
        if self.share is None or self.deployment_share is None:
            return None
        return round(self.share - self.deployment_share, 4)


@dataclass(frozen=True, slots=True)
class Recruited:
    """`unsaid` counts by field those who told nothing or did not agree; `other` those whose words match no value of the
    plan. `managers` are the ids of those whose position says that they lead others: their presence may weigh on what
    the rest of a group writes."""

    total: int
    values: tuple[Came, ...]
    unsaid: Mapping[str, int] = field(default_factory=dict)
    other: Mapping[str, int] = field(default_factory=dict)
    managers: tuple[str, ...] = ()


def recruited(plan: Sequence[Planned], people: Iterable[Attendee], managers: Iterable[str]) -> Recruited:
    """Count `people` against `plan`. Words match as whole words, whatever their case and accents: "Brazil" is found in
    "Recife, Brazil", "lead" in "Team lead" and not in "leading". Nobody is counted twice in a field but who names two
    of its values."""
    everybody = list(people)
    counts: Counter[tuple[str, str]] = Counter()
    known: Counter[str] = Counter()
    unsaid: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for name in ("role", *TOLD):
        values = [one.value for one in plan if one.field == name]
        for person in everybody:
            said = person.role if name == "role" else (person.told or {}).get(name, "")
            if not _plain(said).strip():
                unsaid[name] += 1
                continue
            known[name] += 1
            found = [value for value in values if _holds(said, value)]
            counts.update((name, value) for value in found)
            other[name] += not found
    came = tuple(
        Came(
            one.field, one.value, one.planned, counts[one.field, one.value],
            round(counts[one.field, one.value] / known[one.field], 4) if known[one.field] else None,
            one.deployment_share,
        )
        for one in plan
    )  # fmt: skip
    words = list(managers)
    leading = tuple(
        person.id for person in everybody
        if any(_holds((person.told or {}).get("position", ""), word) for word in words)
    )  # fmt: skip
    return Recruited(
        len(everybody), came, {name: unsaid[name] for name in TOLD}, {name: other[name] for name in TOLD}, leading
    )


def _holds(text: str, words: str) -> bool:
    wanted = _plain(words)
    return bool(wanted.strip()) and wanted in _plain(text)


def _plain(text: str) -> str:
    """Words with a space on each side, caseless and without accents."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return f" {' '.join(_WORD.findall(bare))} "
