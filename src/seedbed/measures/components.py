"""What hangs together inside one pool, so that a split can keep it on one side.

Rows are linked by the first five rules of `contamination.py`, and by others between them. A split that keeps whole
components has none of the five across it. Seed lineage cannot split a pool: 25 prompts with 5 of 33 seeds each link
them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from seedbed.measures.contamination import RULES, Cuts, Pool, Rule, index_of, vectors_of
from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value
from seedbed.measures.links import ExactIndex, LinkIndex, cosine_links
from seedbed.measures.tokens import tokenise

__all__ = ["ENTRIES", "SHORT", "Components", "Link", "Short", "components", "inside"]

ENTRIES = (
    Measure(
        "linked_components", "groups of rows of one pool that must stay on one side of a split",
        "connected components of the links of the first five rules", "Tarjan & van Leeuwen 1984", "components",
        "describes", ANY, "chains: a links to b, b to c. Of 19,916 questions by a model (half of them under 11 words) "
        "ROUGE-L at .7 ties 1,816 into one, by frames such as 'what is the best way to'; see the largest, and `SHORT`",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Short:
    """Texts under `words` words are linked by ROUGE-L only from `cut` on, a fraction of two integers.

    At .7 a question of ten words may share its seven words of frame with another and none of what it asks. `SHORT`
    was chosen on 19,916 distinct questions: the largest component of ROUGE-L alone went from 1,816 rows to 88 (with
    n-grams and Jaccard from 1,917 to 156), rows in components of ROUGE-L from 4,139 to 1,418. Asking for an n-gram in
    common as well does not part frames, which are n-grams themselves: with one of five words the largest still held
    608, with half of all five-word runs 454. The price is said in a note: pairs from .7 up to the cut may then stand on
    two sides of a split.
    """

    words: int
    cut: tuple[int, int]


SHORT = Short(16, (8, 10))


class Link(NamedTuple):
    """Row `row` of a pool is linked to the earlier row `other`. `spared`: only `Short` keeps it from being a tie."""

    rule: Rule
    row: int
    other: int
    value: float
    spared: bool = False


@dataclass(frozen=True, slots=True)
class Components:
    """`of` names each id's component by its first id; `sizes` are descending; `links` counts those of each rule."""

    of: dict[str, str]
    sizes: tuple[int, ...]
    links: dict[Rule, int]
    notes: tuple[str, ...] = ()

    def groups(self) -> list[list[str]]:
        """The ids of each component, components and ids in the order of the pool."""
        members: dict[str, list[str]] = {}
        for id, root in self.of.items():
            members.setdefault(root, []).append(id)
        return list(members.values())


def components(
    pools: Sequence[Pool], rules: Collection[Rule] = RULES, short: Short | None = None
) -> Measured[Components]:
    """What the first five `rules` link inside a set of rows. Several pools are several texts of the same rows.

    So a triple's questions and its aligned texts may come as two pools of equal ids, and rows linked by either hang
    together. Rows of equal letters are always linked, and one of them is compared for all. A rule that lacks vectors
    is left out, which a note says. Raises ValueError for pools of different ids.

    66,609 questions take 18 s of CPU and 640 MB: ngrams 1 s, jaccard 3, rouge_l 7, cosine 7. See `sizes` before a
    split: of short questions ROUGE-L at .7 chains thousands by one frame, unless `short` asks more of them. Between two
    pools `contamination` knows no such leave.
    """
    if not pools or not len(pools[0].ids):
        return NotApplicable("there are no rows")
    ids = list(pools[0].ids)
    if any(list(pool.ids) != ids for pool in pools[1:]):
        raise ValueError("several pools of one set of rows have the same ids in the same order")
    roots = list(range(len(ids)))
    counts: Counter[Rule] = Counter()
    notes: list[str] = []
    for pool in pools:
        left_out = 0
        for link in inside(pool, rules, short, notes=notes):
            left_out += link.spared
            if not link.spared:
                counts[link.rule] += 1
                _union(roots, link.row, link.other)
        if left_out:
            assert short is not None
            top, bottom = short.cut
            notes.append(f"rouge_l: {left_out} links of texts under {short.words} words lie under {top / bottom:g}")
    of = {id: ids[_root(roots, row)] for row, id in enumerate(ids)}
    sizes = tuple(sorted(Counter(of.values()).values(), reverse=True))
    answer = Components(of, sizes, dict(counts), tuple(notes))
    note = "; ".join([f"the largest holds {sizes[0]} of {len(ids)} rows", *notes])
    return Value(answer, n=len(ids), unit="components", note=note)


def inside(
    pool: Pool,
    rules: Collection[Rule] = RULES,
    short: Short | None = None,
    cuts: Cuts | None = None,
    *,
    notes: list[str] | None = None,
) -> Iterator[Link]:
    """The links between rows of one pool by the first five rules, as they are found.

    Enough of them that what hangs together can be told, not all: rows of equal letters are always linked to the first
    of them, which alone is compared with others, and `ngrams` links a row to the first that has each run of words. A
    rule that lacks vectors is left out; `notes` is told.
    """
    cuts = cuts or Cuts()
    exact = ExactIndex()
    alone = []
    for row, text in enumerate(pool.texts):
        found = exact.meet(row, text)
        for other, value in found:
            yield Link("exact", row, other, value)
        if not found:
            alone.append(row)
    for rule in RULES[1:5]:
        if rule not in rules:
            continue
        links = _inside(rule, pool, alone, cuts)
        if isinstance(links, NotApplicable):
            if notes is not None:
                notes.append(f"{rule}: {links.reason}")
            continue
        for row, other, value in links:
            spared = rule == "rouge_l" and short is not None and _too_short(pool, row, other, value, short)
            yield Link(rule, row, other, value, spared)


def _too_short(pool: Pool, row: int, other: int, likeness: float, short: Short) -> bool:
    top, bottom = short.cut
    if likeness * bottom >= top - 1e-9:
        return False
    return max(len(tokenise(pool.texts[row])), len(tokenise(pool.texts[other]))) < short.words


def _inside(
    rule: Rule, pool: Pool, alone: Sequence[int], cuts: Cuts
) -> Iterator[tuple[int, int, float]] | NotApplicable:
    """Links between the rows of `alone`, later to earlier, with the likeness."""
    if rule != "cosine":
        return _asked_before_kept(index_of(rule, pool.ngram, cuts), pool, alone)
    few = (
        pool
        if len(alone) == len(pool.ids)
        else Pool(
            [pool.ids[row] for row in alone],
            [pool.texts[row] for row in alone],
            None if pool.vectors is None else pool.vectors[list(alone)],
        )
    )
    vectors = vectors_of(few)
    if isinstance(vectors, NotApplicable):
        return vectors
    return ((alone[i], alone[j], value) for i, j, value in cosine_links(vectors, cut=cuts.cosine))


def _asked_before_kept(index: LinkIndex, pool: Pool, alone: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    for row in alone:
        for other, likeness in index.meet(row, pool.texts[row]):
            yield row, other, likeness


def _root(roots: list[int], row: int) -> int:
    while roots[row] != row:
        roots[row] = roots[roots[row]]
        row = roots[row]
    return row


def _union(roots: list[int], a: int, b: int) -> None:
    one, other = sorted((_root(roots, a), _root(roots, b)))
    roots[other] = one
