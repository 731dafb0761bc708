"""What a withdrawal would take, found away from the server: it reads every row of every run, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seedbed.study import Folder
from seedbed.study.events import EventStore

__all__ = ["foreseen"]

_NAMED = 20  # seeds that are named; the others are counted


def foreseen(folder: Folder, order: Mapping[str, Any], listen: Callable[[str, int, int], None]) -> dict[str, Any]:
    """What would go with `order["person"]`, or else `order["seeds"]`, by `order["policy"]`; {"unknown": True} where
    there is no such person or seed. Raises what the reading raises."""
    from seedbed.withdraw import foresee

    person, seeds = order["person"], order["seeds"]
    with EventStore.of(folder) as store:
        if not _known(folder, store, person, seeds, account=order["account"]):
            return {"unknown": True}
        found = foresee(store, folder, order["policy"], person=person, seeds=seeds, listen=listen).to_json()
    return {
        **found,
        "seeds": found["seeds"][:_NAMED],
        "of_seeds": len(found["seeds"]),
        "releases": [
            {**one, "places": [copy["place"] for copy in found["published"] if copy["version"] == one["version"]]}
            for one in found["releases"]
        ],
        # the server's folders are nobody's matter: a name and a day are enough to find it by
        "backups": [{"name": Path(one["path"]).name, "made": one["made"]} for one in found["backups"]],
    }


def _known(folder: Folder, store: EventStore, person: str | None, seeds: list[str], *, account: bool) -> bool:
    from seedbed.seeds.fold import read
    from seedbed.withdraw.whom import is_known
    from seedbed.workshop.erasing import writers

    if person is None:
        return set(seeds) <= read(store).records.keys()
    return account or is_known(folder, person) or person in writers(store)
