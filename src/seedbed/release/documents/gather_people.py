"""Facts of the people, as counts that may be published: see `release.people`."""

from __future__ import annotations

from seedbed.release.documents.facts import Facts
from seedbed.release.people import ATTRIBUTES, cross, margin
from seedbed.release.sources import Sources

__all__ = ["gather_people"]

_FROM = "people.db, streams workshop and seeds"


def gather_people(facts: Facts, sources: Sources, k: int) -> None:
    """`people.total` is None where fewer than `k` took part, and 0 where nobody is on record; no count is below `k`."""
    everyone = sources.people
    enough = len(everyone) >= k
    total = len(everyone) if enough or not everyone else None
    facts.add("people.total", total, _FROM, f"people on record; withheld below {k}")
    shown, withheld = [], []
    for attribute, name in ATTRIBUTES.items() if enough else ():
        counts = margin([getattr(person, attribute) for person in everyone], k)
        if not counts.shown:
            withheld.append(attribute)
            continue
        shown += [{"attribute": name, "value": value, "people": count} for value, count in counts.shown]
        if counts.others:
            shown.append({"attribute": name, "value": "", "people": counts.others})
    facts.add("people.by", shown, _FROM, f'people by one attribute; values of fewer than {k} together, as ""')
    facts.add("people.withheld", withheld, _FROM, f"attributes of which no value is shared by {k}")
    both = cross(everyone, "role", "group", k) if enough else None
    facts.add(
        "people.role_by_group",
        None if both is None else [{"role": r, "group": g, "people": n} for (r, g), n in both.items()],
        _FROM, f"people by role and group; withheld where a cell holds fewer than {k}",
    )  # fmt: skip
