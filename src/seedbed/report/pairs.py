"""How far two sets lie apart in their verb–noun pairs, at an equal number of pairs, beside what one source would show.

Repetition rises and overlap falls with the number of pairs, so both sets are cut to the same number, over and over.
Pairs are sparse: two samples of one source have few in common too. Each distance is therefore drawn beside the range
that it has when the two samples are thrown together and dealt out again, whole requests at a time (rows of one request
are alike).
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from seedbed.assess.document import Assessment
from seedbed.report.view import Arm
from seedbed.study import Folder

__all__ = ["FEWEST", "Apart", "PairRow", "Ranged", "apart", "pairs_of"]

DRAWS = 1000
FEWEST = 5  # pairs: under this nothing can be told
PairRow: TypeAlias = tuple[tuple[str, str], str]
"""((verb, noun), the request that the row came from; of a seed its own id)"""


@dataclass(frozen=True, slots=True)
class Ranged:
    """A mean over the draws, the 95 % range of the draws, and that of two samples of one source."""

    value: float
    range: tuple[float, float]
    chance: tuple[float, float]

    @property
    def beyond(self) -> bool:
        """Whether it is more than two samples of one source show."""
        return self.value > self.chance[1]


@dataclass(frozen=True, slots=True)
class Apart:
    """Two sets at `m` pairs each.

    `verbs` and `pairs` are total variation distances, the share (0 to 1) that would have to be others for both sides
    to agree; `repeats` is the repetition of the second set less that of the first, as a share.
    """

    m: int
    verbs: Ranged
    pairs: Ranged
    repeats: Ranged


def pairs_of(folder: Folder, assessment: Assessment, arms: Sequence[Arm], chosen: Sequence[str]) -> dict[
    str, list[PairRow]
]:  # fmt: skip
    """The pairs of each arm by its key, from assessment/rows.jsonl; `chosen` are the seeds shown as examples.

    An arm whose count of pairs is not that of the assessment is left out: the rows are then of another one.
    """
    path = folder.assessment / "rows.jsonl"
    found: dict[str, list[PairRow]] = {arm.key: [] for arm in arms}
    if not path.is_file():
        return {}
    shown = set(chosen)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if '"verb":null' in line or '"verb":' not in line:
                continue
            row = json.loads(line)
            if not row["noun"] or row["kind"] != "question":
                continue
            pair = (row["verb"], row["noun"]), row["cluster"]
            run = row["run"]
            keys = (f"run/{run}/generated", f"run/{run}/kept" if row["state"] == "kept" else "") if run else (
                "seeds/all", "seeds/in-context" if row["id"] in shown else "")  # fmt: skip
            for key in keys:
                if key in found:
                    found[key].append(pair)
    counts = {arm.key: figures.verb_noun.pairs for arm in arms if (figures := assessment.of(arm.key)) is not None}
    return {key: pairs for key, pairs in found.items() if pairs and len(pairs) == counts.get(key)}


def apart(one: Sequence[PairRow], other: Sequence[PairRow], seed: int = 0, draws: int = DRAWS) -> Apart | None:
    """The two sets at as many pairs as the smaller has; None where that is under 5."""
    m = min(len(one), len(other))
    if m < FEWEST:
        return None
    draw = random.Random(seed)
    seen, chance = [], []
    for _ in range(max(100, min(draws, 200_000 // m))):
        left, right = draw.sample(one, m), draw.sample(other, m)
        seen.append(_distances([pair for pair, _ in left], [pair for pair, _ in right]))
        dealt = _dealt([*((pair, f"a {of}") for pair, of in left), *((pair, f"b {of}") for pair, of in right)], draw)
        chance.append(_distances(dealt[:m], dealt[m:]))
    verbs, pairs, repeats = (
        _ranged(a, b) for a, b in zip(zip(*seen, strict=True), zip(*chance, strict=True), strict=True)
    )
    return Apart(m, verbs, pairs, repeats)


def _ranged(seen: Sequence[float], chance: Sequence[float]) -> Ranged:
    return Ranged(sum(seen) / len(seen), _middle(seen), _middle(chance))


def _dealt(rows: Sequence[PairRow], draw: random.Random) -> list[tuple[str, str]]:
    by: dict[str, list[tuple[str, str]]] = {}
    for pair, of in rows:
        by.setdefault(of, []).append(pair)
    requests = list(by.values())
    draw.shuffle(requests)
    return [pair for request in requests for pair in request]


def _distances(one: Sequence[tuple[str, str]], other: Sequence[tuple[str, str]]) -> tuple[float, float, float]:
    """(distance of verbs, distance of pairs, difference of repetition) of two samples of one size."""
    a, b = Counter(one), Counter(other)
    verbs = Counter(verb for verb, _ in one) & Counter(verb for verb, _ in other)
    return 1 - verbs.total() / len(one), 1 - (a & b).total() / len(one), (len(a) - len(b)) / len(one)


def _middle(values: Sequence[float]) -> tuple[float, float]:
    ordered, tail = sorted(values), len(values) // 40
    return ordered[tail], ordered[-1 - tail]
