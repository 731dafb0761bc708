"""Is what is evaluated on in what is trained on? Six rules between two pools, and what hangs together inside one.

    exact     the same letters and digits
    ngrams    a run of 8 words in common (questions) or 13 (long texts)
    jaccard   5-word shingles with a Jaccard index of at least .8
    rouge_l   ROUGE-L F1 of at least .7
    cosine    cosine of at least .9
    lineage   a seed in common: one that grew into both, or is one and grew into the other

None may hold: `Contamination.clean` is true only where all six could be asked and found nothing. Inside one pool the
first five say what must stay together (`components.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value
from seedbed.measures.links import (
    COSINE,
    JACCARD,
    SHINGLE,
    ExactIndex,
    GramIndex,
    JaccardIndex,
    LinkIndex,
    RougeIndex,
    cosine_links,
)
from seedbed.measures.numbers import unit_rows
from seedbed.measures.similarity import CUT

__all__ = [
    "ENTRIES",
    "LONG_NGRAM",
    "QUESTION_NGRAM",
    "RULES",
    "Contamination",
    "Cuts",
    "Finding",
    "Hit",
    "Pool",
    "Rule",
    "contamination",
    "index_of",
    "vectors_of",
]

Rule: TypeAlias = Literal["exact", "ngrams", "jaccard", "rouge_l", "cosine", "lineage"]
RULES: tuple[Rule, ...] = get_args(Rule)
QUESTION_NGRAM = 8
LONG_NGRAM = 13
MOST_HITS = 1_000  # named in an answer; the count is of all

_COMMON = "number of rows of one pool that the rule links to a row of the other"
ENTRIES = (
    Measure(
        "contamination_exact", _COMMON, "equal after lower case and without all but letters and digits",
        "method of seedbed", "rows", "lower is better", ANY, "one changed word hides a copy",
    ),
    Measure(
        "contamination_ngrams", _COMMON,
        f"a run of {QUESTION_NGRAM} words in common (questions), {LONG_NGRAM} (long texts)",
        "Brown et al. 2020, appendix C", "rows", "lower is better", ANY,
        "a set phrase links texts that have nothing else in common; shorter texts are linked to nothing",
    ),
    Measure(
        "contamination_jaccard", _COMMON,
        f"|A ∩ B| / |A ∪ B| >= {JACCARD[0] / JACCARD[1]} of the sets of {SHINGLE}-word shingles",
        "Broder 1997; exact by prefixes, Chaudhuri et al. 2006", "rows", "lower is better", ANY,
        f"texts under {SHINGLE} words are linked to nothing; one changed word costs five shingles",
    ),
    Measure(
        "contamination_rouge_l", _COMMON, f"ROUGE-L F1 >= {CUT[0] / CUT[1]}", "Lin 2004", "rows", "lower is better",
        ANY, "short questions reach it by a shared frame",
    ),
    Measure(
        "contamination_cosine", _COMMON, f"cosine >= {COSINE}", "Reimers & Gurevych 2019", "rows", "lower is better",
        ANY, "as good as the embedder; without vectors there is no answer, so the pools are not clean",
    ),
    Measure(
        "contamination_lineage", _COMMON, "a seed in common", "method of seedbed", "rows", "lower is better", ANY,
        "sees only what lineage records: rows of unknown seeds are none of its business",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pool:
    """Texts with their ids; `vectors` (n, d) and the `seeds` each grew from where they are known.

    A seed's own `seeds` are itself; the ids of seed pairs that a triple was shown stand among its seeds. `ngram` is
    the run of words of the second rule: `QUESTION_NGRAM` or `LONG_NGRAM`. Raises ValueError where the lengths differ.
    """

    ids: Sequence[str]
    texts: Sequence[str]
    vectors: NDArray[Any] | None = field(default=None, repr=False)
    seeds: Sequence[Collection[str]] | None = None
    ngram: int = QUESTION_NGRAM

    def __post_init__(self) -> None:
        for name in ("texts", "vectors", "seeds"):
            given = getattr(self, name)
            if given is not None and len(given) != len(self.ids):
                raise ValueError(f"{len(self.ids)} ids have {len(given)} {name}")


@dataclass(frozen=True, slots=True)
class Cuts:
    """From where on three of the rules hold: fractions of two integers for words, a number for the cosine."""

    jaccard: tuple[int, int] = JACCARD
    rouge_l: tuple[int, int] = CUT
    cosine: float = COSINE


@dataclass(frozen=True, slots=True)
class Hit:
    """Row `left` of the first pool is linked to `right` of the second: the most like it, and how like.

    `value` is 1 for `exact`, the number of runs or seeds in common for `ngrams` and `lineage`, else the likeness.
    """

    left: str
    right: str
    value: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found: the number of rows of the first pool with a link (of `n`), and the first of them."""

    rule: Rule
    rows: Measured[int]
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Contamination:
    """All rules between two pools."""

    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether all six rules were asked, could answer, and found nothing."""
        return not self.obstacles and {finding.rule for finding in self.findings} == set(RULES)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """A line for each rule that found something or could not answer."""
        lines = []
        for finding in self.findings:
            if isinstance(finding.rows, NotApplicable):
                lines.append(f"{finding.rule}: {finding.rows.reason}")
            elif finding.rows.value:
                first = finding.hits[0]
                lines.append(
                    f"{finding.rule}: {finding.rows.value} of {finding.rows.n} rows, "
                    f"the first {first.left!r} with {first.right!r} ({first.value:.3g})"
                )
        return tuple(lines)


def contamination(
    left: Pool, right: Pool, rules: Collection[Rule] = RULES, cuts: Cuts | None = None, most: int | None = MOST_HITS
) -> Contamination:
    """The rules between two pools, from the rows of `left`. Keep the larger pool on the left.

    An answer names at most `most` hits, all of them for None. 66,609 questions against 100 held-out ones take 5 s of
    CPU.
    """
    asked = [rule for rule in RULES if rule in rules]
    return Contamination(tuple(_between(rule, left, right, cuts or Cuts(), most) for rule in asked))


def _between(rule: Rule, left: Pool, right: Pool, cuts: Cuts, most: int | None) -> Finding:
    if not len(left.ids) or not len(right.ids):
        return Finding(rule, NotApplicable("a pool is empty"), ())
    best: dict[int, tuple[int, float]] = {}
    if rule == "cosine":
        vectors = vectors_of(left), vectors_of(right)
        for side in vectors:
            if isinstance(side, NotApplicable):
                return Finding(rule, side, ())
        one, other = vectors
        assert isinstance(one, np.ndarray)
        assert isinstance(other, np.ndarray)
        for i, j, value in cosine_links(one, other, cuts.cosine):
            if i not in best or value > best[i][1]:
                best[i] = j, value
    elif rule == "lineage":
        if left.seeds is None or right.seeds is None:
            return Finding(rule, NotApplicable("the seeds of a pool are not known"), ())
        holders: dict[str, int] = {}
        for row, seeds in enumerate(right.seeds):
            for seed in seeds:
                holders.setdefault(seed, row)
        for row, seeds in enumerate(left.seeds):
            if (holder := min((holders[seed] for seed in seeds if seed in holders), default=None)) is not None:
                best[row] = holder, float(len(set(seeds) & set(right.seeds[holder])))
    else:
        index = index_of(rule, right.ngram, cuts)
        for row, text in enumerate(right.texts):
            index.add(row, text)
        for row, text in enumerate(left.texts):
            if links := index.links(text):
                best[row] = max(links, key=lambda link: (link[1], -link[0]))
    hits = tuple(Hit(left.ids[row], right.ids[to], value) for row, (to, value) in sorted(best.items())[:most])
    return Finding(rule, Value(len(best), n=len(left.ids), unit="rows"), hits)


def index_of(rule: Rule, ngram: int, cuts: Cuts | None = None) -> LinkIndex:
    """An empty index of one of the first four rules."""
    at = cuts or Cuts()
    makers: dict[Rule, Callable[[], LinkIndex]] = {
        "exact": ExactIndex,
        "ngrams": lambda: GramIndex(ngram),
        "jaccard": lambda: JaccardIndex(at.jaccard),
        "rouge_l": lambda: RougeIndex(at.rouge_l),
    }
    return makers[rule]()


def vectors_of(pool: Pool) -> NDArray[np.float64] | NotApplicable:
    """The pool's vectors at length 1, or why there are none."""
    return NotApplicable("there are no vectors") if pool.vectors is None else unit_rows(pool.vectors)
