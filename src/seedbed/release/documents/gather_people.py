"""Facts of the people, as counts that may be published: see `release.people` and `release.reidentifying`."""

from __future__ import annotations

from seedbed.release.documents.facts import Facts
from seedbed.release.people import ATTRIBUTES
from seedbed.release.reidentifying import reidentification
from seedbed.release.sources import Sources

__all__ = ["gather_people"]


def gather_people(facts: Facts, sources: Sources, k: int) -> None:
    """`people.total` is None where fewer than `k` took part, and 0 where nobody is on record; no count is below `k`.

    Where the counts of an earlier release less these would be too small, they are that release's: `people.as_of`. Where
    those cannot be told either, `people.total` is None, and `people.against` says so.
    """
    found = reidentification(sources.people, k, sources.told)
    told = found.told
    source = f"releases/{found.as_of}/facts.json" if found.as_of else "people.db, streams workshop and seeds"
    facts.add("people.total", told.total, source, f"people on record; withheld below {k}")
    shown, withheld = [], []
    for attribute, name in ATTRIBUTES.items() if told.total else ():
        counts = told.tables[attribute]
        if not counts.shown:
            withheld.append(attribute)
            continue
        shown += [{"attribute": name, "value": value, "people": count} for value, count in counts.shown]
        if counts.others:
            shown.append({"attribute": name, "value": "", "people": counts.others})
    facts.add("people.by", shown, source, f'people by one attribute; values of fewer than {k} together, as ""')
    facts.add(
        "people.withheld",
        withheld,
        source,
        f"attributes of which no value is shown, for its count, alone or less that of a release before, is below {k}",
    )
    both = told.both
    facts.add(
        "people.role_by_group",
        None if both is None else [{"role": r, "group": g, "people": n} for (r, g), n in both.items()],
        source, f"people by role and group; withheld where a cell holds fewer than {k}",
    )  # fmt: skip
    facts.add(
        "people.as_of", found.as_of or None, "releases/*/facts.json",
        f"the release whose counts are told again, where new ones less those of a release would be below {k}",
    )  # fmt: skip
    facts.add(
        "people.against", list(found.against), "releases/*/facts.json and withdrawals.json",
        f"releases for whose sake counts are withheld or told again: theirs less new ones would be below {k}",
    )  # fmt: skip
    facts.add(
        "people.single_out",
        [list(attributes) for attributes in found.single_out] if told.total and not found.as_of else [], source,
        f"attributes by which, alone or together, fewer than {k} people could be told from the rest; never told so",
    )  # fmt: skip
