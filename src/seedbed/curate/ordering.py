"""The examples in their order, from what the rules chose and what people did since; and patching a curation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from seedbed.curate.curation import Curation, Logged
from seedbed.curate.decisions import Place, place
from seedbed.records import Decision, Pool

__all__ = ["in_order", "spliced"]

_BY_SEED = (
    "excluded", "included", "held", "remarks", "dismissed", "edited", "overtaken", "returned", "picks", "choice",
    "seen",
)  # fmt: skip


def in_order(curation: Curation) -> Curation:
    """`curation` with its ranking and its chosen seeds.

    What was set aside, returned, pinned out, marked for rephrasing or moved to the evaluation pool since the last
    choice is out at once; who takes its place is settled by the next one.
    """
    waiting = {*curation.excluded, *curation.returned, *(id for id, wanted in curation.picks.items() if not wanted)}
    waiting |= {id for id, use in curation.uses.items() if use == "rephrase" and id in curation.held}
    ranked: list[tuple[int, str, Decision]] = [
        (item.detail["order"], id, item)
        for id, item in curation.choice.items()
        if "order" in item.detail and id not in waiting and curation.pools.get(id) is not Pool.EVALUATION
    ]
    ranked.sort(key=lambda found: found[:2])
    chosen = [id for _, id, item in ranked if item.detail["in"]]
    return replace(
        curation,
        ranking=tuple(id for _, id, _ in ranked if curation.seed(id) is not None),
        selected_questions=tuple(id for id in chosen if curation.is_question(id)),
        selected_triples=tuple(id for id in chosen if curation.seed(id) is not None and not curation.is_question(id)),
    )


def spliced(
    before: Curation, fresh: Curation, subjects: set[str], log: Sequence[Logged], made: Mapping[Place, int]
) -> Curation:
    """`before` with what `fresh` says of `subjects` in the place of what it said of them.

    `made` is the number of the last act at each place: what none came to since stays where it was in the order.
    """
    items = {item.id: item for item in fresh.seeds}
    since = before.log[-1].seq if before.log else 0
    stands = {id(item) for item in fresh.decisions if made[place(item)] <= since}
    kept = [item for item in before.decisions if item.subject not in subjects or id(item) in stands]
    there = {id(item) for item in kept}
    by_seed: dict[str, Any] = {}
    for name in _BY_SEED:
        found = {**getattr(before, name)}
        for subject in subjects:
            found.pop(subject, None)
        by_seed[name] = found | getattr(fresh, name)
    return in_order(
        replace(
            before,
            questions=tuple(items.get(item.id, item) for item in before.questions),  # type: ignore[misc]
            triples=tuple(items.get(item.id, item) for item in before.triples),  # type: ignore[misc]
            decisions=(*kept, *(item for item in fresh.decisions if id(item) not in there)),
            log=tuple(log),
            nuanced=(before.nuanced - subjects) | fresh.nuanced,
            **by_seed,
        )
    )
