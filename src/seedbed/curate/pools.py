"""Alignment or evaluation: every seed has one pool before anything is generated, and keeps it.

Seeds that are alike, or belong together, go to the same pool as one component. Components are drawn in an order
that the seed of the settings decides; one goes to evaluation where that brings each group's questions and triples
nearer to their share. Components with a text that a model wrote go to alignment: evaluation is people's rows only.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from seedbed.curate.decisions import BY_RULE
from seedbed.curate.links import Tie, components
from seedbed.curate.settings import CurateSettings
from seedbed.records import Decision, Pool, Question, Triple, Writer

__all__ = ["assign_pools", "by_model", "crossings", "drawn"]

Stratum = tuple[str, str]  # kind, group


def drawn(seed: int, *parts: str) -> str:
    """A number for `parts` that `seed` decides, as 64 hex digits: for draws and ties, the same on every machine."""
    return hashlib.sha256("\x1f".join((str(seed), *parts)).encode()).hexdigest()


def assign_pools(
    seeds: Sequence[Question | Triple], found: Sequence[Tie], have: Mapping[str, Pool], settings: CurateSettings
) -> list[Decision]:
    """A pool for each seed that has none, by id. `have` is in the order in which pools were given."""
    by_id = {item.id: item for item in seeds}
    share = settings.evaluation_share
    sizes: Counter[Stratum] = Counter(map(_stratum, seeds))
    given_when = {id: place for place, id in enumerate(have)}
    in_evaluation = Counter(_stratum(item) for item in seeds if have.get(item.id) is Pool.EVALUATION)
    because: dict[str, list[Tie]] = defaultdict(list)
    for tie in found:
        for id in tie.ids:
            because[id].append(tie)
    given: dict[str, Pool] = {}
    drawn_ones: list[tuple[str, ...]] = []
    for component in components(by_id, found):
        settled = [id for id in component if id in have]
        if settled:
            first = min(settled, key=given_when.__getitem__)
            given |= dict.fromkeys((id for id in component if id not in have), have[first])
        elif any(by_model(by_id[id]) for id in component):
            given |= dict.fromkeys(component, Pool.ALIGNMENT)
        else:
            drawn_ones.append(component)
    for id, pool in given.items():
        in_evaluation[_stratum(by_id[id])] += pool is Pool.EVALUATION
    for component in sorted(drawn_ones, key=lambda ids: drawn(settings.seed, "pool", *ids)):
        members = Counter(_stratum(by_id[id]) for id in component)
        nearer = sum(
            # (target - now)^2 - (target - now - more)^2: by how much the stratum comes nearer to its share
            more * (2 * (share * sizes[stratum] - in_evaluation[stratum]) - more)
            for stratum, more in members.items()
        )
        pool = Pool.EVALUATION if nearer > 0 else Pool.ALIGNMENT
        given |= dict.fromkeys(component, pool)
        if pool is Pool.EVALUATION:
            in_evaluation += members
    return [_decision(by_id[id], given[id], because[id], have) for id in sorted(given)]


def _decision(item: Question | Triple, pool: Pool, because: Sequence[Tie], have: Mapping[str, Pool]) -> Decision:
    others = sorted({id for tie in because for id in tie.ids if id != item.id})
    if by_model(item):
        reason = "a model wrote part of it, and evaluation is people's rows only"
    elif others:
        reason = f"stays with {', '.join(others[:5])}" + (" and others" if len(others) > 5 else "")
    else:
        reason = "drawn"
    alike = [tie for tie in because if tie.likeness is not None]
    near = max(alike, key=lambda tie: tie.likeness or 0, default=None)
    beside = [id for id in near.ids if id != item.id] if near is not None else others
    return Decision(
        subject=item.id,
        act="pool",
        actor=BY_RULE,
        rule="pool",
        reason=reason,
        measured=near.likeness if near is not None else None,
        rival=beside[0] if beside else None,
        detail={"pool": pool.value, **({"with": others} if others else {})},
    )


def crossings(
    found: Sequence[Tie], pools: Mapping[str, Pool], staying: set[str], protected: set[str]
) -> list[tuple[str, str, Tie]]:
    """Seeds to set aside so that no tie joins the pools: (seed, the rival that stays, the tie).

    Of each tie the pool of its first member stays, in the order in which pools were given (`pools`); the others go.
    `protected` seeds, which a person included, stay before all others.
    """
    rank = {id: place for place, id in enumerate(pools)}
    out: dict[str, tuple[str, str, Tie]] = {}
    for tie in found:
        here = sorted(
            (id for id in tie.ids if id in staying and id in rank and id not in out),
            key=lambda id: (id not in protected, rank[id]),
        )
        for id in here[1:]:
            if pools[id] is not pools[here[0]] and id not in protected:
                out[id] = (id, here[0], tie)
    return list(out.values())


def _stratum(item: Question | Triple) -> Stratum:
    return ("question" if isinstance(item, Question) else "triple"), item.group


def by_model(item: Question | Triple) -> bool:
    """Whether a text of it is wholly a model's words."""
    writers = (item.written_by,) if isinstance(item, Question) else item.written_by.values()
    return Writer.MODEL in writers
