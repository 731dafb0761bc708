"""Which verbs take which nouns: the paper's Figure 5 and its "less than 10 % repetition".

Two rules find a text's pair:

    si    Self-Instruct's: in the first sentence, from the root downwards, the first VERB; its first direct object
          that is a NOUN. `compat_first_child` follows only the first child of each node, as the published
          notebook does by accident.
    wide  anywhere in the text, the first VERB or AUX with a NOUN or PROPN as direct object, attribute, dative or
          passive subject.

"What is …" has an auxiliary at its root, so that `si` finds a pair in few questions: every figure here goes with
its coverage. Repetition grows with the number of pairs and has no meaning without it: compare at equal numbers.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from seedbed.measures.definition import ENGLISH, Measure, Measured, NotApplicable, Value
from seedbed.measures.intervals import wilson
from seedbed.measures.parser import Parse

__all__ = [
    "ENTRIES",
    "Pair",
    "TableRow",
    "auxiliary_root_share",
    "coverage",
    "normalised_entropy",
    "rarefied_repetition",
    "repetition",
    "root_is_auxiliary",
    "si_pair",
    "simpson",
    "table",
    "top_pair_share",
    "wide_pair",
    "wide_pairs",
]

WIDE_RELATIONS = frozenset({"dobj", "obj", "attr", "dative", "nsubjpass", "nsubj:pass"})
OTHER = "other"
DRAWS = 1_000

_SOURCE = "Wang et al. 2022 (Self-Instruct), figure 3; Candello et al. 2025, appendix A figure 5"
ENTRIES = (
    Measure(
        "verb_noun_coverage", "share of texts in which the rule finds a verb with its noun",
        "texts with a pair / texts", _SOURCE, "share", "describes", ENGLISH,
        "about 15 to 25 % of questions by `si`; every other verb-noun figure speaks of these only",
    ),
    Measure(
        "auxiliary_root_share", "share of texts whose first sentence has an auxiliary verb at its root",
        "texts with an AUX root / texts", "Candello et al. 2025, section 5.2.1", "share", "describes", ENGLISH,
        "the parser calls the copula AUX: 'What is X?' counts",
    ),
    Measure(
        "verb_noun_repetition", "how often a pair repeats an earlier one",
        "1 - U/M, U distinct pairs among M", "Candello et al. 2025, section 5.2.1", "share", "lower is better",
        ENGLISH, "grows with M: 0.1 % at 30 and 17 % at 4,000 pairs of one public set",
    ),
    Measure(
        "verb_noun_repetition_rarefied", "repetition in a random sample of m pairs",
        "1 - E[U_m]/m, E[U_m] = sum over pairs of 1 - C(M-c, m)/C(M, m)", "Hurlbert 1971", "share",
        "lower is better", ENGLISH, "the interval is the spread of samples of m pairs, not of new data",
    ),
    Measure(
        "verb_noun_top_share", "share of the most frequent pair", "max c / M", _SOURCE, "share",
        "lower is better", ENGLISH, "large by chance when M is small",
    ),
    Measure(
        "verb_noun_simpson", "chance that two pairs drawn with replacement are the same", "sum p^2",
        "Simpson 1949", "probability", "lower is better", ENGLISH, "never below 1/M",
    ),
    Measure(
        "verb_noun_entropy", "evenness of the distribution of pairs", "H / ln U", "Pielou 1966", "0 to 1",
        "higher is better", ENGLISH, "near 1 whenever most pairs occur once",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """A verb and the noun it takes, as lemmas in lower case."""

    verb: str
    noun: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One sector of Figure 5. What is not among the top is there as "other", never dropped."""

    verb: str
    noun: str
    count: int
    share: float


def si_pair(parse: Parse, compat_first_child: bool = False) -> Pair | None:
    """The pair of Self-Instruct's rule, or None."""
    root = parse.root()
    verb = None if root is None else _first_verb(parse, root, compat_first_child)
    if verb is None:
        return None
    for child in parse.children(verb):
        token = parse.tokens[child]
        if token.dep in {"dobj", "obj"} and token.pos == "NOUN":
            return Pair(parse.tokens[verb].lemma, token.lemma)
    return None


def wide_pairs(parse: Parse) -> list[Pair]:
    """All pairs of the wide rule, by the place of the verb, then of the noun."""
    found: list[tuple[int, int]] = []
    for index, token in enumerate(parse.tokens):
        head = parse.tokens[token.head]
        if token.dep in WIDE_RELATIONS and token.pos in {"NOUN", "PROPN"} and head.pos in {"VERB", "AUX"}:
            found.append((token.head, index))
    return [Pair(parse.tokens[verb].lemma, parse.tokens[noun].lemma) for verb, noun in sorted(found)]


def wide_pair(parse: Parse) -> Pair | None:
    """The first pair of the wide rule, or None: what enters the repetition."""
    return next(iter(wide_pairs(parse)), None)


def root_is_auxiliary(parse: Parse) -> bool:
    """Whether the root of the first sentence is an auxiliary (the copula among them)."""
    root = parse.root()
    return root is not None and parse.tokens[root].pos == "AUX"


def coverage(pairs: Sequence[Pair | None]) -> Measured[float]:
    """Share of texts with a pair; `pairs` has one entry a text, None where there was none."""
    return wilson(sum(pair is not None for pair in pairs), len(pairs))


def auxiliary_root_share(parses: Sequence[Parse]) -> Measured[float]:
    """Share of texts whose first sentence has an auxiliary at its root."""
    return wilson(sum(map(root_is_auxiliary, parses)), len(parses))


def repetition(pairs: Iterable[Pair | None]) -> Measured[float]:
    """R = 1 - U/M over the M pairs found. Not comparable between different M: see `rarefied_repetition`."""
    counts = _counts(pairs)
    return _of(counts, lambda total: 1 - len(counts) / total)


def rarefied_repetition(pairs: Iterable[Pair | None], m: int, seed: int = 0) -> Measured[float]:
    """Expected R among `m` pairs drawn without replacement (exact), and the 95 % range of such draws (seeded)."""
    counts = _counts(pairs)
    total = counts.total()
    if m < 2 or total < m:
        return NotApplicable(f"{total} pairs were found; a sample of {m} needs at least that many, and two")
    ways = _log_binomial(total, m)
    distinct = sum(
        1 - (math.exp(_log_binomial(total - count, m) - ways) if total - count >= m else 0.0)
        for count in counts.values()
    )
    population = [index for index, count in enumerate(counts.values()) for _ in range(count)]
    draw = random.Random(seed)
    spread = sorted(1 - len(set(draw.sample(population, m))) / m for _ in range(DRAWS))
    expected = max(0.0, 1 - distinct / m)
    return Value(
        expected, min(spread[DRAWS // 40], expected), max(spread[-1 - DRAWS // 40], expected), n=total,
        note=f"at m = {m} pairs",
    )  # fmt: skip


def top_pair_share(pairs: Iterable[Pair | None]) -> Measured[float]:
    """Share of the most frequent pair."""
    counts = _counts(pairs)
    return _of(counts, lambda total: max(counts.values()) / total)


def simpson(pairs: Iterable[Pair | None]) -> Measured[float]:
    """Simpson's concentration, the sum of squared shares."""
    counts = _counts(pairs)
    return _of(counts, lambda total: sum((count / total) ** 2 for count in counts.values()))


def normalised_entropy(pairs: Iterable[Pair | None]) -> Measured[float]:
    """Entropy of the pairs over its greatest value for as many distinct pairs."""
    counts = _counts(pairs)
    if len(counts) < 2:
        return NotApplicable("fewer than two distinct pairs were found")
    return _of(
        counts,
        lambda total: -sum(c / total * math.log(c / total) for c in counts.values()) / math.log(len(counts)),
    )


def table(pairs: Iterable[Pair | None], verbs: int = 20, nouns: int = 4) -> list[TableRow]:
    """Figure 5's table: the most frequent verbs, of each its most frequent nouns, the rest as "other".

    Counts add up to the number of pairs found. Ties go by the alphabet.
    """
    counts = _counts(pairs)
    by_verb: Counter[str] = Counter()
    for pair, count in counts.items():
        by_verb[pair.verb] += count
    ranked = sorted(by_verb, key=lambda verb: (-by_verb[verb], verb))
    total = counts.total()
    rows: list[TableRow] = []
    for verb in ranked[:verbs]:
        own = sorted((-count, pair.noun) for pair, count in counts.items() if pair.verb == verb)
        rows += [TableRow(verb, noun, -count, -count / total) for count, noun in own[:nouns]]
        if rest := -sum(count for count, _ in own[nouns:]):
            rows.append(TableRow(verb, OTHER, rest, rest / total))
    if rest := sum(by_verb[verb] for verb in ranked[verbs:]):
        rows.append(TableRow(OTHER, OTHER, rest, rest / total))
    return rows


def _first_verb(parse: Parse, index: int, only_first_child: bool) -> int | None:
    if parse.tokens[index].pos == "VERB":
        return index
    children = parse.children(index)
    for child in children[:1] if only_first_child else children:
        if (verb := _first_verb(parse, child, only_first_child)) is not None:
            return verb
    return None


def _counts(pairs: Iterable[Pair | None]) -> Counter[Pair]:
    return Counter(pair for pair in pairs if pair is not None)


def _of(counts: Counter[Pair], figure: Callable[[int], float]) -> Measured[float]:
    total = counts.total()
    return Value(figure(total), n=total) if total else NotApplicable("no pair was found")


def _log_binomial(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
