"""Every measure of the catalogue on one piece of material: what the test of bad input asks of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from seedbed.measures import (
    categories,
    components,
    contamination,
    diversity,
    grammar,
    hull,
    intervals,
    lengths,
    manifolds,
    novelty,
    observe,
    openness,
    relevance,
    repetition,
    similarity,
    spread,
    statistics,
    text_format,
    vectors,
    verb_noun,
)
from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.embed import Embedder
from seedbed.measures.parser import Parser

SEEDS = ("How can I save money on a trip?", "What should I eat to stay healthy at work these days?", "Is tax fair?")
SEED_LABELS = ["travel", "health", "finance"]
SEED_NUMBERS = [8.0, 11.0, 3.0]
SEED_VECTORS = np.random.default_rng(0).normal(size=(3, 4))
MANY = np.random.default_rng(1).normal(size=(20, 4))
DRAWS = 50


@dataclass(frozen=True)
class Material:
    """Rows with their language, label, length and vector; some of it wrong."""

    texts: tuple[str, ...]
    languages: tuple[str, ...]
    labels: tuple[str | None, ...]
    numbers: tuple[float, ...]
    vectors: np.ndarray

    @property
    def rows(self) -> list[tuple[str, str]]:
        return list(zip(self.texts, self.languages, strict=True))

    @property
    def pairs(self) -> list[verb_noun.Pair | None]:
        return [None if label is None else verb_noun.Pair("save", label) for label in self.labels]

    @property
    def counts(self) -> Counter[str]:
        return Counter(label for label in self.labels if label is not None)


Answers = Measured[Any] | Iterable[Measured[Any]]


def _nearest(found: Any) -> Measured[float]:
    return NotApplicable("there is nothing to compare with") if found is None else Value(found[1])


def _novelty_index(m: Material) -> list[Measured[float]]:
    index = similarity.NoveltyIndex((0, 1))
    answers = []
    for row, text in enumerate(m.texts):
        answers.append(_nearest(index.nearest(text)))
        index.add(str(row), text)
    return answers


def _vector_index(m: Material) -> list[Measured[float]]:
    index = vectors.VectorIndex()
    answers = []
    for row, vector in enumerate(m.vectors):
        answers.append(_nearest(index.nearest(vector)))
        index.add(str(row), vector)
    return answers


def _likeness(m: Material) -> list[novelty.Likeness]:
    seeds = {str(row): text for row, text in enumerate(SEEDS)}
    return novelty.SeedLikeness(seeds, SEED_VECTORS).rows(m.texts, m.vectors, [["0"]] * len(m.texts))


def _of(kind: str) -> Callable[[Material], Measured[Any]]:
    def curve(m: Material) -> Measured[Any]:
        found = [getattr(row, kind) for row in _likeness(m)]
        return novelty.ecdf([None if near is None else near.value for near in found])

    return curve


def _pool(m: Material) -> contamination.Pool:
    ids = [str(row) for row in range(len(m.texts))]
    return contamination.Pool(ids, m.texts, m.vectors, [["0"] for _ in ids])


def _between(rule: contamination.Rule) -> Callable[[Material], Answers]:
    def asked(m: Material) -> Answers:
        held = contamination.Pool(["a", "b", "c"], SEEDS, SEED_VECTORS, [["0"], ["1"], ["2"]])
        return [finding.rows for finding in contamination.contamination(_pool(m), held, [rule]).findings]

    return asked


def _figure(name: str) -> Callable[[Material], Answers]:
    def asked(m: Material) -> Answers:
        return [
            getattr(manifolds.manifolds(MANY, m.vectors), name),
            getattr(manifolds.manifolds(m.vectors, MANY), name),
            getattr(manifolds.manifolds(m.vectors, m.vectors, k=1), name),
        ]

    return asked


@cache
def embedder() -> Embedder:
    return Embedder()


@cache
def parser() -> Parser:
    return Parser()


ANSWERS: dict[str, Callable[[Material], Answers]] = {
    "traditional": lambda m: [text_format.traditional(*row) for row in m.rows],
    "openness_a": lambda m: [openness.openness_of(text, "a", language) for text, language in m.rows],
    "openness_b": lambda m: [openness.openness_of(text, "b", language) for text, language in m.rows],
    "openness_functional": lambda m: [openness.openness_of(text, "functional", language) for text, language in m.rows],
    "words": lambda m: [lengths.word_length(*row) for row in m.rows],
    "tokens": lambda m: [lengths.token_length(text) for text in m.texts],
    "length_quantiles": lambda m: lengths.quantiles(m.numbers),
    "share_under": lambda m: lengths.share_under(m.numbers).values(),
    "verb_noun_coverage": lambda m: verb_noun.coverage(m.pairs),
    "verb_noun_repetition": lambda m: verb_noun.repetition(m.pairs),
    "verb_noun_repetition_rarefied": lambda m: verb_noun.rarefied_repetition(m.pairs, 2),
    "verb_noun_top_share": lambda m: verb_noun.top_pair_share(m.pairs),
    "verb_noun_simpson": lambda m: verb_noun.simpson(m.pairs),
    "verb_noun_entropy": lambda m: verb_noun.normalised_entropy(m.pairs),
    "distinct_n": lambda m: [
        diversity.distinct_n(m.texts),
        diversity.at_equal_size(m.texts, 3, diversity.distinct_n, DRAWS),
        diversity.at_equal_tokens(m.texts, 20, diversity.distinct_n, DRAWS),
    ],
    "expectation_adjusted_distinct": lambda m: diversity.expectation_adjusted_distinct(m.texts, 1_000),
    "compression_ratio": lambda m: diversity.compression_ratio(m.texts),
    "mattr": lambda m: [diversity.mattr(m.texts), diversity.mattr(m.texts, 5)],
    "self_bleu": lambda m: repetition.self_bleu(m.texts),
    "self_repetition": lambda m: repetition.self_repetition(m.texts),
    "homogenisation": lambda m: repetition.homogenisation(m.texts),
    "mean_pairwise_distance": lambda m: spread.mean_pairwise_distance(m.vectors),
    "remote_clique": lambda m: spread.remote_clique(m.vectors),
    "chamfer": lambda m: spread.chamfer(m.vectors),
    "vendi": lambda m: [spread.vendi(m.vectors), spread.vendi(m.vectors, "laplace")],
    "manifold_precision": _figure("precision"),
    "manifold_recall": _figure("recall"),
    "manifold_density": _figure("density"),
    "manifold_coverage": _figure("coverage"),
    "hull_share": lambda m: [hull.hull_share(MANY, m.vectors, 3), hull.hull_share(m.vectors, MANY, 1)],
    "coherence": lambda m: [relevance.coherence(*row) for row in m.rows],
    "rouge_l": lambda m: [*_novelty_index(m), *(similarity.rouge_l_f1(text, SEEDS[0]) for text in m.texts)],
    "ngram_containment": lambda m: [similarity.ngram_containment(text, SEEDS) for text in m.texts],
    "cosine_nearest": _vector_index,
    "seed_rouge_l": _of("rouge_l"),
    "seed_containment": _of("contained"),
    "seed_cosine": _of("cosine"),
    "likeness_ecdf": lambda m: novelty.ecdf(m.numbers),
    "share_over_cut": lambda m: novelty.share_over(m.numbers, 0.7),
    "copies_of_examples": lambda m: novelty.copies_of_examples(_likeness(m), [["0"]] * len(m.texts)),
    "contamination_exact": _between("exact"),
    "contamination_ngrams": _between("ngrams"),
    "contamination_jaccard": _between("jaccard"),
    "contamination_rouge_l": _between("rouge_l"),
    "contamination_cosine": _between("cosine"),
    "contamination_lineage": _between("lineage"),
    "linked_components": lambda m: components.components([_pool(m)]),
    "observer_accuracy": lambda m: [
        (found := observe.accuracy((label, "travel") for label in m.labels)).accuracy,
        found.coverage,
    ],
    "total_variation": lambda m: [
        statistics.total_variation(m.counts, Counter(SEED_LABELS)),
        statistics.total_variation(dict(enumerate(m.numbers)), {0: 1}),  # type: ignore[arg-type]
    ],
    "jensen_shannon": lambda m: [
        statistics.jensen_shannon(m.counts, Counter(SEED_LABELS)),
        statistics.jensen_shannon(dict(enumerate(m.numbers)), {0: 1}),  # type: ignore[arg-type]
    ],
    "cramers_v": lambda m: statistics.cramers_v([m.counts, Counter(SEED_LABELS)]),
    "evenness": lambda m: [statistics.evenness(m.counts, 5), statistics.evenness(dict(enumerate(m.numbers)))],  # type: ignore[arg-type]
    "wasserstein1": lambda m: [
        statistics.wasserstein1(m.numbers, SEED_NUMBERS),
        statistics.number_ci(m.numbers, SEED_NUMBERS, "wasserstein1", draws=DRAWS),
    ],
    "ks_d": lambda m: [
        statistics.ks_d(m.numbers, SEED_NUMBERS),
        statistics.number_ci(m.numbers, SEED_NUMBERS, "ks_d", draws=DRAWS),
    ],
    "ratio_of_medians": lambda m: [
        statistics.ratio_of_medians(m.numbers, SEED_NUMBERS),
        statistics.ratio_of_medians(SEED_NUMBERS, m.numbers),
    ],
    "chi_square_homogeneity": lambda m: [
        _p_value(categories.homogeneity(m.labels, SEED_LABELS, draws=DRAWS)),
        _p_value(categories.homogeneity(m.labels, SEED_LABELS, ["a"] * len(m.labels), draws=DRAWS)),
    ],
    "cramers_v_interval": lambda m: categories.cramers_v_ci(m.labels, SEED_LABELS, draws=DRAWS),
    "categories_covered": lambda m: categories.categories_covered(SEED_LABELS, m.labels),
    "mass_on_new": lambda m: categories.mass_on_new(SEED_LABELS, m.labels),
    "wilson": lambda m: intervals.wilson(len(m.counts), len(m.labels)),
    "clopper_pearson": lambda m: intervals.clopper_pearson(len(m.counts), len(m.labels)),
}

# What runs the parser, the embedder or the grammar checker
WITH_MODELS: dict[str, Callable[[Material], Answers]] = {
    "auxiliary_root_share": lambda m: verb_noun.auxiliary_root_share(list(parser().parse(m.texts))),
    "sensible_structure": lambda m: [
        grammar.sensible_structure(text, parser().one(text), language) for text, language in m.rows
    ],
    "grammar_problems": lambda m: [grammar.grammar_problems(*row) for row in m.rows],
    "cosine": lambda m: [relevance.cosine(embedder(), text, SEEDS[0], language) for text, language in m.rows],
    "answer_relevance": lambda m: [
        relevance.answer_relevance(embedder(), SEEDS[0], text, language) for text, language in m.rows
    ],
    "label_observed": lambda m: [
        NotApplicable("the observer abstains")
        if (seen := _observer().observe(text)).label is None
        else Value(seen.label)
        for text in m.texts
    ],
}


@cache
def _observer() -> observe.LabelObserver:
    return observe.LabelObserver(embedder(), {"travel": ["travel and trips"], "health": ["health and food"]})


def _p_value(answer: Measured[categories.Homogeneity]) -> Measured[float]:
    return answer if isinstance(answer, NotApplicable) else Value(answer.value.p, 0.0, 1.0)
