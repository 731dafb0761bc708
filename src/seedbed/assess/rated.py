"""The funnel of a run held against people: what they say of the kept and of the rejected rows that they rated."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from seedbed.assess.document import Funnel, RatedRows, Verdict
from seedbed.assess.responses import PairRow
from seedbed.assess.rows import QuestionRow, Rows
from seedbed.assess.verdicts import DIMENSIONS, PEOPLE
from seedbed.measures.clusters import Clusters
from seedbed.measures.definition import NotApplicable

__all__ = ["with_people"]


def with_people(funnels: Sequence[Funnel], rows: Rows) -> tuple[Funnel, ...]:
    """The funnels, each with what people say of the run's rows that they rated."""
    rated: dict[str, list[QuestionRow | PairRow]] = defaultdict(list)
    every: list[QuestionRow | PairRow] = [*rows.questions.values(), *rows.pairs.values()]
    for row in every:
        if row.run is not None and any(_by_people(verdict) for verdict in row.verdicts):
            rated[row.run].append(row)
    return tuple(replace(funnel, rated=tuple(_rated(rated[funnel.run]))) for funnel in funnels)


def _rated(rows: Sequence[QuestionRow | PairRow]) -> Iterator[RatedRows]:
    states: tuple[Literal["kept", "rejected"], ...] = ("kept", "rejected")
    for state, (at, dimension) in itertools.product(states, enumerate(DIMENSIONS)):
        found = [
            (row.verdicts[at], row.cluster)
            for row in rows
            if (row.state == "rejected") == (state == "rejected") and _by_people(row.verdicts[at])
        ]
        if not found:
            continue
        known = [(verdict.says == "yes", cluster) for verdict, cluster in found if verdict.says != "unverified"]
        why = NotApplicable("people are divided about each of them")
        yield RatedRows(
            state=state,
            dimension=dimension,
            yes=sum(yes for yes, _ in known),
            no=sum(not yes for yes, _ in known),
            divided=len(found) - len(known),
            overruled=sum(bool(verdict.against) for verdict, _ in found),
            share=Clusters([of for _, of in known]).rate([yes for yes, _ in known]) if known else why,
        )


def _by_people(verdict: Verdict) -> bool:
    return PEOPLE in verdict.by.split(", ")
