"""What follows from decisions that stand: which edits count, what is held, and what was merged into what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from seedbed.curate.curation import Logged
from seedbed.curate.decisions import Place
from seedbed.curate.overlay import is_overtaken
from seedbed.records import Decision, Question, Triple
from seedbed.seeds import Seeds

__all__ = ["authors_of", "differing_in", "edits_of", "held_by", "merged_by", "was_rephrased"]


def edits_of(seeds: Seeds, found: Mapping[str, Logged]) -> tuple[dict[str, Logged], dict[str, Logged]]:
    """The edits that stand, and those that the group's newer version overtook."""
    edited: dict[str, Logged] = {}
    overtaken: dict[str, Logged] = {}
    for id, logged in found.items():
        if logged.decision.detail["fields"]:  # none are left where its words were erased
            (overtaken if is_overtaken(seeds, logged.decision) else edited)[id] = logged
    return edited, overtaken


def held_by(
    remarks: Mapping[str, tuple[Decision, ...]],
    dismissed: Mapping[str, Mapping[str, Logged]],
    returned: Mapping[str, Logged],
) -> dict[str, tuple[Decision, ...]]:
    """What keeps each seed from being chosen: remarks that hold and that nobody set aside, and returns."""
    found: dict[str, tuple[Decision, ...]] = {}
    for subject, items in remarks.items():
        holding = tuple(
            item for item in items if item.detail.get("holds") and item.rule not in dismissed.get(subject, ())
        )
        if holding:
            found[subject] = holding
    for subject, logged in returned.items():
        found[subject] = (*found.get(subject, ()), logged.decision)
    return found


def was_rephrased(seeds: Seeds, asked: Logged, edit: Logged | None) -> bool:
    """Whether the seed was edited, or written anew by its group, since somebody asked for it to be rephrased."""
    return (edit is not None and edit.seq > asked.seq) or is_overtaken(seeds, asked.decision)


def merged_by(excluded: Mapping[str, Decision], made: Mapping[Place, int]) -> dict[str, tuple[str, ...]]:
    """For each seed that stays, those merged into it, and those merged into them, in the order of these acts."""
    into: dict[str, list[str]] = defaultdict(list)
    acts = [(made[id, "verdict"], id, item.rival) for id, item in excluded.items() if item.act == "merge"]
    for _, id, rival in sorted(acts, key=lambda act: act[:2]):
        if rival is not None:
            into[rival].append(id)

    def under(id: str) -> Iterator[str]:
        # no recursion: a merge into what is merged later makes a chain as long as the study
        seen, due = {id}, [*reversed(into[id])]  # two undone acts may leave a ring
        while due:
            gone = due.pop()
            if gone not in seen:
                seen.add(gone)
                yield gone
                due += reversed(into.get(gone, ()))

    return {id: tuple(under(id)) for id in into if id not in excluded}


def differing_in(before: Mapping[str, object], now: Mapping[str, object]) -> set[str]:
    """The keys whose values are not the same in both."""
    return {id for id in before.keys() | now.keys() if before.get(id) != now.get(id)}


def authors_of(seeds: Seeds, merged: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """For each seed that stays, who wrote those that were merged into it."""
    if not merged:
        return {}
    everyone: tuple[Question | Triple, ...] = (*seeds.questions, *seeds.triples)
    wrote = {item.id: item.authors for item in everyone}
    return {kept: tuple(author for id in gone for author in wrote.get(id, ())) for kept, gone in merged.items()}
