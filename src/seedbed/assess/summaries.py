"""From measured rows to the figures of one set: the three dimensions, each number with its n and interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from seedbed.assess import material
from seedbed.assess.document import (
    Lengths,
    Likenesses,
    Measurement,
    Number,
    QuestionFigures,
    Relevance,
    ResponseFigures,
    Sensibility,
    VerbNoun,
    VerbNounCell,
    VerdictCount,
)
from seedbed.assess.instruments import Vectors
from seedbed.assess.material import PairSet, QuestionSet
from seedbed.assess.resampling import Resamples
from seedbed.assess.responses import PARTS, Part
from seedbed.assess.rows import QuestionRow, Rows
from seedbed.assess.settings import AssessSettings
from seedbed.assess.tallies import agreement, cells, distribution, length_figures, mean, rate
from seedbed.assess.varied import answering, beside_seeds, coherent, novelty, novelty_of_responses, varied
from seedbed.assess.verdicts import counted
from seedbed.measures.clusters import clustered_mean, clustered_rate
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.sampling import Sizes
from seedbed.measures.verb_noun import Pair, rarefied_repetition, repetition, table, top_pair_share
from seedbed.records import Rating
from seedbed.taxonomy import Label, Taxonomy

__all__ = ["Alike", "Summarizer", "common_pairs", "verb_noun_pairs"]


class _Beyond(TypedDict):
    diversity: tuple[Measurement, ...]
    beside_seeds: tuple[Measurement, ...]
    novelty: tuple[Likenesses, ...]
    verdicts: tuple[VerdictCount, ...]


OPENNESS = (("open", "open"), ("closed", "closed"), ("other", "other"))
QUESTION_LIMITS = (10, 20, 40, 80)


def verb_noun_pairs(rows: Sequence[QuestionRow]) -> list[Pair | None]:
    """The pair of each parsed row, None where the rule finds none."""
    return [Pair(row.verb, row.noun) if row.verb and row.noun else None for row in rows if row.parsed]


def common_pairs(sets: Iterable[Sequence[QuestionRow]], settings: AssessSettings) -> int:
    """The number of pairs at which repetition is compared: the settings', else the most that every set has.

    Sets with fewer than two pairs do not count; 0 when none is left.
    """
    if settings.rarefy_to:
        return settings.rarefy_to
    found = [sum(pair is not None for pair in verb_noun_pairs(rows)) for rows in sets]
    return min((count for count in found if count >= 2), default=0)


@dataclass(frozen=True, slots=True)
class Alike:
    """What all sets of one kind share, so that their figures compare: pairs, texts and words drawn from each."""

    pairs: int
    sizes: Sizes


@dataclass(frozen=True, slots=True)
class Summarizer:
    """Makes the figures of one set after another. `vectors` has the texts that were embedded, `seeds` all seeds',
    `seed_pairs` the responses of the seeds' pairs;
    `instruments` names what measured, so that figures made by others are not taken for these."""

    taxonomy: Taxonomy
    settings: AssessSettings
    rows: Rows
    ratings: Mapping[str, Sequence[Rating]]
    questions_alike: Alike
    responses_alike: Alike
    vectors: Vectors | NotApplicable
    seeds: Sequence[str]
    seed_pairs: Sequence[material.Pair] = ()
    instruments: str = ""

    def questions(self, part: QuestionSet, drawn: Resamples) -> QuestionFigures:
        """The figures of one set of questions; `drawn` are its resamples."""
        info = part.info
        rows = [self.rows.questions[item.id] for item in part.items]
        looked = [row for row in rows if row.looked_at]
        topics, types = self.taxonomy.topics, self.taxonomy.question_types
        return QuestionFigures(
            key=info.key,
            run=info.run,
            fingerprint=info.fingerprint,
            question_mark=rate(
                rows, lambda row: row.traditional, "no row is in a language where a mark ends questions"
            ),
            openness_a=distribution(rows, lambda row: row.openness_a, OPENNESS),
            openness_b=distribution(rows, lambda row: row.openness_b, OPENNESS),
            topic_requested=distribution(rows, lambda row: row.topic_requested, _named(topics)),
            topic_observed=distribution(looked, lambda row: row.topic_observed, _named(topics)),
            question_type_requested=distribution(rows, lambda row: row.question_type_requested, _named(types)),
            question_type_observed=distribution(looked, lambda row: row.question_type_observed, _named(types)),
            topic_agreement=agreement(looked, lambda row: (row.topic_requested, row.topic_observed)),
            question_type_agreement=agreement(
                looked, lambda row: (row.question_type_requested, row.question_type_observed)
            ),
            words=length_figures([(row.words, row.cluster) for row in rows], drawn, "words", QUESTION_LIMITS),
            tokens=length_figures([(row.tokens, row.cluster) for row in rows], drawn, "tokens", QUESTION_LIMITS),
            verb_noun=self._verb_noun(looked),
            sensibility=self._sensibility(looked),
            relevance=self._relevance(looked),
            cells=cells(rows),
            **self._beyond(part, rows),
        )

    def _beyond(self, part: QuestionSet, rows: Sequence[QuestionRow]) -> _Beyond:
        """Diversity at equal size, what lies beside the seeds, and verdicts."""
        seed, clusters = self.settings.seed, [row.cluster for row in rows]
        texts = [item.text for item in part.items]
        looked = [item.text for item, row in zip(part.items, rows, strict=True) if row.looked_at]
        vectors = self._of(looked)
        found = _Beyond(
            diversity=varied(texts, vectors, self.questions_alike.sizes, self.settings.samples, seed),
            beside_seeds=(),
            novelty=(),
            verdicts=counted([row.verdicts for row in rows], clusters),
        )
        if part.info.role != "seeds" and self.seeds:
            found["beside_seeds"] = beside_seeds(self._of(self.seeds), vectors, seed)
            found["novelty"] = novelty(rows, clusters)
        return found

    def _of(self, texts: Sequence[str]) -> NDArray[np.float32] | NotApplicable:
        return self.vectors if isinstance(self.vectors, NotApplicable) else self.vectors.of(texts)

    def responses(self, part: PairSet, drawn: Resamples) -> ResponseFigures:
        """The figures of one set of triples; `drawn` are its resamples."""
        info = part.info
        rows = [self.rows.pairs[pair.id] for pair in part.pairs]
        sizes, draws, seed = self.responses_alike.sizes, self.settings.samples, self.settings.seed
        limits = {
            "misaligned_tokens": self.settings.misaligned_thresholds,
            "aligned_tokens": self.settings.aligned_thresholds,
        }

        def lengths(name: str) -> Lengths:
            return length_figures(
                [(getattr(row, name), row.cluster) for row in rows], drawn, name, limits.get(name, ())
            )

        clusters = [row.cluster for row in rows]
        looked = [pair for pair, row in zip(part.pairs, rows, strict=True) if row.looked_at]
        vectors = {name: self._of([getattr(pair, name) for pair in looked]) for name in PARTS}
        seeds = {name: self._of([getattr(pair, name) for pair in self.seed_pairs]) for name in PARTS}
        synthetic = info.role != "seeds" and bool(self.seed_pairs)

        def beside(name: Part) -> tuple[Measurement, ...]:
            return beside_seeds(seeds[name], vectors[name], seed) if synthetic else ()

        def new(name: Part) -> tuple[Likenesses, ...]:
            return novelty_of_responses(rows, name, clusters) if synthetic else ()

        return ResponseFigures(
            key=info.key,
            run=info.run,
            fingerprint=info.fingerprint,
            misaligned=lengths("misaligned_tokens"),
            aligned=lengths("aligned_tokens"),
            misaligned_words=lengths("misaligned_words"),
            aligned_words=lengths("aligned_words"),
            misaligned_diversity=varied(
                [pair.misaligned for pair in part.pairs], vectors["misaligned"], sizes, draws, seed
            ),
            aligned_diversity=varied([pair.aligned for pair in part.pairs], vectors["aligned"], sizes, draws, seed),
            verdicts=counted([row.verdicts for row in rows], clusters),
            misaligned_sensibility=coherent(rows, "misaligned", clusters),
            aligned_sensibility=coherent(rows, "aligned", clusters),
            misaligned_relevance=answering(rows, "misaligned", clusters, self.rows.embed_reason),
            aligned_relevance=answering(rows, "aligned", clusters, self.rows.embed_reason),
            misaligned_beside_seeds=beside("misaligned"),
            aligned_beside_seeds=beside("aligned"),
            misaligned_novelty=new("misaligned"),
            aligned_novelty=new("aligned"),
        )

    def _verb_noun(self, rows: Sequence[QuestionRow]) -> VerbNoun:
        parsed = [row for row in rows if row.parsed]
        pairs = verb_noun_pairs(parsed)
        clusters = [row.cluster for row in parsed]
        none = NotApplicable(self.rows.parse_reason or "no row was parsed: its measures are English")
        return VerbNoun(
            pairs=sum(pair is not None for pair in pairs),
            coverage=clustered_rate([pair is not None for pair in pairs], clusters) if parsed else none,
            auxiliary_roots=clustered_rate([bool(row.auxiliary_root) for row in parsed], clusters) if parsed else none,
            repetition=repetition(pairs) if parsed else none,
            rarefied=_rarefied(pairs, self.questions_alike.pairs, self.settings.seed) if parsed else none,
            m=self.questions_alike.pairs,
            top_pair=top_pair_share(pairs) if parsed else none,
            cells=tuple(VerbNounCell(r.verb, r.noun, r.count, r.share) for r in table(pairs, verbs=40, nouns=10)),
        )

    def _sensibility(self, rows: Sequence[QuestionRow]) -> Sensibility:
        why = self.rows.parse_reason or "no row was parsed: the rule is for English"
        faults = Counter(_kind(row.sensible_reason) for row in rows if row.sensible is False)
        checked = [row for row in rows if row.grammar_problems is not None]
        note = rate(checked, lambda row: row.grammar_problems == 0, self.rows.grammar_reason or "no row was checked")
        return Sensibility(
            sensible=rate(rows, lambda row: row.sensible, why),
            faults=tuple(sorted(faults.items(), key=lambda item: (-item[1], item[0]))),
            grammar_note=note,
        )

    def _relevance(self, rows: Sequence[QuestionRow]) -> Relevance:
        why = self.rows.embed_reason or "no row has a label of the taxonomy"
        rated = [(_number(rating), row.cluster) for row in rows for rating in self.ratings.get(row.id, ())]
        known = [(value, cluster) for value, cluster in rated if value is not None]
        return Relevance(
            topic=mean(rows, lambda row: row.relevance_topic, why),
            question_type=mean(rows, lambda row: row.relevance_question_type, why),
            topic_first=rate(rows, lambda row: row.topic_first, why),
            rated=clustered_mean([value for value, _ in known], [cluster for _, cluster in known])
            if known
            else NotApplicable("no person has rated these rows"),
            ratings=len(known),
            verified=False,
        )


def _rarefied(pairs: Sequence[Pair | None], m: int, seed: int) -> Number:
    """Repetition at `m` pairs. A set that has no more than these has one such sample, and so no range of them."""
    found = rarefied_repetition(pairs, m, seed)
    if isinstance(found, Value) and found.n == m:
        return Value(found.value, n=found.n, note=found.note)
    return found


def _named(labels: Sequence[Label]) -> tuple[tuple[str, str], ...]:
    return tuple((label.id, label.label) for label in labels)


def _kind(reason: str) -> str:
    """The fault without the words it quotes, so that equal faults count as one."""
    for start in ("leaked field name", "repeats", "the last sentence stops at", "unbalanced"):
        if reason.startswith(start):
            return start
    return reason


def _number(rating: Rating) -> float | None:
    try:
        return float(rating.value)
    except ValueError:
        return None
