"""The share of rows of which a claim holds, by each judge: as it says, and put right for its errors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from seedbed.judges.calibrating.calibrate import Item, items_of
from seedbed.judges.calibrating.claims import Claim
from seedbed.judges.calibrating.corrected import prediction_powered, rogan_gladen
from seedbed.judges.model.spec import Judgement
from seedbed.measures.bootstrap import DRAWS
from seedbed.measures.clusters import clustered_rate
from seedbed.measures.definition import Measured, NotApplicable
from seedbed.records import Rating

__all__ = ["Accepted", "acceptance"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """One judge, one claim, one part of the rows of one kind and one writer.

    `raw` is the judge's own share of yes, its interval by requests: its word, not the truth. `corrected` is Rogan and
    Gladen's estimate; its errors are those on the rated rows of this writer, of both responses where there are two.
    `powered` is prediction-powered; it supposes that the rated rows were drawn at random from these.
    """

    by: str
    claim: str
    kind: str
    part: str
    written_by: str
    rows: int
    rated: int
    raw: Measured[float]
    corrected: Measured[float]
    powered: Measured[float]


def acceptance(
    judgements: Iterable[Judgement], ratings: Iterable[Rating], *, draws: int = DRAWS, seed: int = 0
) -> tuple[Accepted, ...]:
    """For each judge, claim, kind and part of rows, and writer. The errors of a judge on one writer's rows are not
    taken for those on another's."""
    groups: dict[tuple[str, str, str, str, str], list[Item]] = defaultdict(list)
    rated: dict[tuple[str, str, str, str], list[Item]] = defaultdict(list)
    for claim, item in items_of(judgements, ratings):
        one = item.judgement
        writer = one.slices.get("written_by", "")
        if _told(claim, one.part):
            groups[one.by, claim.id, one.kind, one.part, writer].append(item)
        if item.raters:
            rated[one.by, claim.id, one.kind, writer].append(item)
    return tuple(_accepted(key, items, rated[*key[:3], key[4]], draws, seed) for key, items in sorted(groups.items()))


def _told(claim: Claim, part: str) -> bool:
    """A pair tells once: which of the two is better is the mirror of which is worse."""
    return claim.judge != "alignment" or part == "aligned"


def _accepted(
    key: tuple[str, str, str, str, str], items: list[Item], labelled: list[Item], draws: int, seed: int
) -> Accepted:
    rated = [item for item in items if item.raters]
    rest = [item for item in items if not item.raters]
    corrected: Measured[float] = NotApplicable("no row was rated")
    powered: Measured[float] = NotApplicable("no row was rated, or all were")
    if rated:
        corrected = rogan_gladen(
            [item.said for item in items], [item.said for item in labelled], [_truth(item) for item in labelled],
            clusters=[item.judgement.cluster for item in items],
            clusters_labelled=[item.judgement.cluster for item in labelled], draws=draws, seed=seed,
        )  # fmt: skip
    if rated and rest:
        powered = prediction_powered(
            [float(item.said is True) for item in rest], [float(item.said is True) for item in rated],
            [_truth(item) for item in rated],
            clusters=[item.judgement.cluster for item in rest],
            clusters_labelled=[item.judgement.cluster for item in rated],
        )  # fmt: skip
    raw = clustered_rate([item.said is True for item in items], [item.judgement.cluster for item in items])
    return Accepted(*key, len(items), len(rated), raw, corrected, powered)


def _truth(item: Item) -> float:
    return sum(item.raters) / len(item.raters)
