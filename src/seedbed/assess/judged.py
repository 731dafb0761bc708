"""What people say of rows, and what judges that have earned it say: nothing is taken from one that was not held
against people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from seedbed.assess.document import Verdict
from seedbed.records import Rating
from seedbed.study import Folder

__all__ = ["Judged", "judged", "people_say", "ratings_of"]

Judged: TypeAlias = Mapping[tuple[str, str], Verdict]
"""(row, claim) to what is said of it."""

# claim of a row: which of the claims that judges make too, of which part of it, asked on which scale
_ASKED = {
    "relevant": ("relevant", "", "relevance"),
    "answers": ("answers", "", "answers"),
    "sensible": ("sensible", "", "sensibility"),
    "misaligned-violates": ("violates", "misaligned", "misaligned"),
    "aligned-honours": ("honours", "aligned", "aligned"),
}


def ratings_of(folder: Folder, imported: Iterable[Rating]) -> list[Rating]:
    """All that people rated: what was imported, and every rating task that stands. A model's ratings are none."""
    from seedbed import review

    found = list(imported)
    for state in review.list_tasks(folder):
        if not state.task.deleted:
            found += review.ratings(state)
    return found


def judged(folder: Folder, ratings: Iterable[Rating] = ()) -> Judged:
    """By row and claim: people's word where they rated it, else that of a judge. Empty where nobody was asked.

    Raises InputError where a file of the judges is damaged.
    """
    found: dict[tuple[str, str], Verdict] = {}
    if (folder.root / "judgements").is_dir():
        from seedbed.judges.calibrating.standing import load_calibration, verdicts
        from seedbed.judges.model.folding import read_judgements

        said = verdicts(read_judgements(folder), load_calibration(folder))
        found = {place: Verdict(one.says, one.by, one.why) for place, one in said.items()}
    for place, verdict in people_say(ratings):
        other = found.get(place)
        if other is not None and {other.says, verdict.says} == {"yes", "no"}:
            verdict = replace(verdict, against=f"{other.by} says {other.says}")
        found[place] = verdict
    return found


def people_say(ratings: Iterable[Rating]) -> Iterator[tuple[tuple[str, str], Verdict]]:
    """What more than half of those who rated a row say of each claim; where neither half does, nobody knows."""
    from seedbed.judges.calibrating.claims import CLAIMS, people_of

    for (row, part, scale), given in people_of(ratings).items():
        for name, asked in _ASKED.items():
            if asked[1:] != (part, scale):
                continue
            claim = CLAIMS[asked[0]]
            yes, n = sum(claim.holds(value) for value in given.values()), len(given)
            if 2 * yes == n:
                yield (row, name), Verdict("unverified", "people", "people are divided")
            elif 2 * yes > n:
                yield (row, name), Verdict("yes", "people")
            else:
                yield (row, name), Verdict("no", "people", f"people say that it is not {_NOT[name]}")


_NOT = {
    "relevant": "relevant",
    "answers": "an answer",
    "sensible": "sensible",
    "misaligned-violates": "a violation",
    "aligned-honours": "in keeping with the value",
}
