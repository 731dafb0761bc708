"""A rehearsal is not released: what simulated people wrote is nobody's, and says so nowhere in a dataset."""

from __future__ import annotations

import json
from collections.abc import Iterable

from seedbed.errors import InputError
from seedbed.records import Question, Triple
from seedbed.study import Folder

__all__ = ["refuse_rehearsed"]


def refuse_rehearsed(folder: Folder, seeds: Iterable[Question | Triple], excluded: Iterable[str]) -> None:
    """Raises InputError for a study that was made for rehearsing, and for one of whose seeds some that are not
    `excluded` were written by simulated people, or by nobody knows whom because the file that says so is broken."""
    if not folder.rehearsal.is_file():
        return
    try:
        found = json.loads(folder.rehearsal.read_text(encoding="utf-8"))
        made_for_it = bool(found.get("made_for_it"))
        simulated = {person for one in found["rehearsals"] for person in one["people"]}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{folder.rehearsal} is not as it was written: {error}", hint="Restore it.") from None
    if made_for_it:
        raise InputError(
            f"{folder.root} was made for rehearsing, and its people are simulated",
            hint="Release the study itself; of a rehearsal nothing is released.",
        )
    left_out = set(excluded)
    theirs = sorted(seed.id for seed in seeds if simulated.intersection(seed.authors) and seed.id not in left_out)
    if theirs:
        shown = ", ".join(theirs[:20]) + (f" and {len(theirs) - 20} more" if len(theirs) > 20 else "")
        raise InputError(
            f"{len(theirs)} seeds were written by simulated people of a rehearsal: {shown}",
            hint="Exclude them (seedbed decide), judge the runs anew, then release again.",
        )
