"""From measured rows to the figures of one set: the three dimensions, each number with its n and interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from seedbed.assess.clusters import Clusters, LengthTable, clustered_mean, clustered_rate
from seedbed.assess.document import (
    Bin,
    Distribution,
    Lengths,
    Number,
    QuestionFigures,
    Relevance,
    ResponseFigures,
    RowSet,
    Sensibility,
    Share,
    VerbNoun,
    VerbNounCell,
)
from seedbed.assess.rows import QuestionRow, Rows
from seedbed.assess.settings import AssessSettings
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.lengths import quantiles
from seedbed.measures.statistics import evenness
from seedbed.measures.verb_noun import Pair, rarefied_repetition, repetition, table, top_pair_share
from seedbed.measures.wordpiece import TOKENIZER
from seedbed.records import Rating
from seedbed.taxonomy import Label, Taxonomy

__all__ = ["Summarizer", "common_pairs", "verb_noun_pairs"]

OPENNESS = (("open", "open"), ("closed", "closed"), ("other", "other"))
BIN = {"tokens": 10, "words": 5}  # width of a histogram column; the last one takes all that is longer
LONGEST = {"tokens": 400, "words": 300}
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
class Summarizer:
    """Makes the figures of one set after another, with one taxonomy, one `m` and one set of draws."""

    taxonomy: Taxonomy
    settings: AssessSettings
    rows: Rows
    ratings: Mapping[str, Sequence[Rating]]
    m: int

    def questions(self, info: RowSet, ids: Sequence[str]) -> QuestionFigures:
        rows = [self.rows.questions[id] for id in ids]
        looked = [row for row in rows if row.looked_at]
        topics, types = self.taxonomy.topics, self.taxonomy.question_types
        return QuestionFigures(
            key=info.key,
            run=info.run,
            fingerprint=info.fingerprint,
            question_mark=_rate(
                rows, lambda row: row.traditional, "no row is in a language where a mark ends questions"
            ),
            openness_a=_distribution(rows, lambda row: row.openness_a, OPENNESS),
            openness_b=_distribution(rows, lambda row: row.openness_b, OPENNESS),
            topic_requested=_distribution(rows, lambda row: row.topic_requested, _named(topics)),
            topic_observed=_distribution(looked, lambda row: row.topic_observed, _named(topics)),
            question_type_requested=_distribution(rows, lambda row: row.question_type_requested, _named(types)),
            question_type_observed=_distribution(looked, lambda row: row.question_type_observed, _named(types)),
            topic_agreement=_agreement(looked, lambda row: (row.topic_requested, row.topic_observed)),
            question_type_agreement=_agreement(
                looked, lambda row: (row.question_type_requested, row.question_type_observed)
            ),
            words=self._lengths([(row.words, row.cluster) for row in rows], "words", QUESTION_LIMITS),
            tokens=self._lengths([(row.tokens, row.cluster) for row in rows], "tokens", QUESTION_LIMITS),
            verb_noun=self._verb_noun(looked),
            sensibility=self._sensibility(looked),
            relevance=self._relevance(looked),
            cells=_cells(rows),
        )

    def responses(self, info: RowSet, ids: Sequence[str]) -> ResponseFigures:
        rows = [self.rows.pairs[id] for id in ids]
        bad, good = self.settings.misaligned_thresholds, self.settings.aligned_thresholds
        return ResponseFigures(
            key=info.key,
            run=info.run,
            fingerprint=info.fingerprint,
            misaligned=self._lengths([(row.misaligned_tokens, row.cluster) for row in rows], "tokens", bad),
            aligned=self._lengths([(row.aligned_tokens, row.cluster) for row in rows], "tokens", good),
            misaligned_words=self._lengths([(row.misaligned_words, row.cluster) for row in rows], "words", ()),
            aligned_words=self._lengths([(row.aligned_words, row.cluster) for row in rows], "words", ()),
        )

    def _lengths(self, measured: Sequence[tuple[int | None, str]], unit: str, limits: Sequence[int]) -> Lengths:
        known = [(length, cluster) for length, cluster in measured if length is not None]
        lengths, clusters = [length for length, _ in known], [cluster for _, cluster in known]
        found = quantiles(lengths, (0.25, 0.75))
        return Lengths(
            unit="words" if unit == "words" else "tokens",
            tokenizer="" if unit == "words" else TOKENIZER,
            n=len(known),
            mean=clustered_mean([float(length) for length in lengths], clusters),
            median=LengthTable(lengths, clusters).median(self.settings.draws, self.settings.seed),
            quartiles=(found.value[0.25], found.value[0.75]) if isinstance(found, Value) else None,
            shortest=min(lengths, default=None),
            longest=max(lengths, default=None),
            under=tuple((limit, clustered_rate([x < limit for x in lengths], clusters)) for limit in limits),
            bins=_bins(lengths, BIN[unit], LONGEST[unit]),
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
            rarefied=_rarefied(pairs, self.m, self.settings.seed) if parsed else none,
            m=self.m,
            top_pair=top_pair_share(pairs) if parsed else none,
            cells=tuple(VerbNounCell(r.verb, r.noun, r.count, r.share) for r in table(pairs, verbs=40, nouns=10)),
        )

    def _sensibility(self, rows: Sequence[QuestionRow]) -> Sensibility:
        why = self.rows.parse_reason or "no row was parsed: the rule is for English"
        faults = Counter(_kind(row.sensible_reason) for row in rows if row.sensible is False)
        checked = [row for row in rows if row.grammar_problems is not None]
        note = _rate(checked, lambda row: row.grammar_problems == 0, self.rows.grammar_reason or "no row was checked")
        return Sensibility(
            sensible=_rate(rows, lambda row: row.sensible, why),
            faults=tuple(sorted(faults.items(), key=lambda item: (-item[1], item[0]))),
            grammar_note=note,
        )

    def _relevance(self, rows: Sequence[QuestionRow]) -> Relevance:
        why = self.rows.embed_reason or "no row has a label of the taxonomy"
        rated = [rating for row in rows for rating in self.ratings.get(row.id, ())]
        values = [_number(rating) for rating in rated]
        known = [(value, rating.subject) for value, rating in zip(values, rated, strict=True) if value is not None]
        return Relevance(
            topic=_mean(rows, lambda row: row.relevance_topic, why),
            question_type=_mean(rows, lambda row: row.relevance_question_type, why),
            topic_first=_rate(rows, lambda row: row.topic_first, why),
            rated=clustered_mean([value for value, _ in known], [subject for _, subject in known])
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


def _rate(rows: Sequence[QuestionRow], of: Callable[[QuestionRow], bool | None], why: str) -> Number:
    known = [(flag, row.cluster) for row in rows if (flag := of(row)) is not None]
    if not known:
        return NotApplicable(why if rows else "there are no items")
    return clustered_rate([flag for flag, _ in known], [cluster for _, cluster in known])


def _mean(rows: Sequence[QuestionRow], of: Callable[[QuestionRow], float | None], why: str) -> Number:
    known = [(value, row.cluster) for row in rows if (value := of(row)) is not None]
    if not known:
        return NotApplicable(why if rows else "there are no items")
    return clustered_mean([value for value, _ in known], [cluster for _, cluster in known])


def _agreement(rows: Sequence[QuestionRow], of: Callable[[QuestionRow], tuple[str | None, str | None]]) -> Number:
    """Share of rows whose observed label is the requested one, where both are there."""

    def same(row: QuestionRow) -> bool | None:
        requested, observed = of(row)
        return None if requested is None or observed is None else requested == observed

    return _rate(rows, same, "no row has both a requested and an observed label")


def _distribution(
    rows: Sequence[QuestionRow], of: Callable[[QuestionRow], str | None], categories: Sequence[tuple[str, str]]
) -> Distribution:
    """Shares over the rows that have a label; every known category is listed, and unknown ones after them."""
    known = [(label, row.cluster) for row in rows if (label := of(row)) is not None]
    labels = [label for label, _ in known]
    counts = Counter(labels)
    clusters = Clusters([cluster for _, cluster in known])
    names = dict(categories)
    listed = [*names, *sorted(label for label in counts if label not in names)]
    why = NotApplicable("no row has a label" if rows else "there are no items")
    return Distribution(
        n=len(known),
        missing=len(rows) - len(known),
        shares=tuple(
            Share(
                label,
                names.get(label, label),
                counts[label],
                clusters.rate([found == label for found in labels]) if known else why,
            )
            for label in listed
        ),
        evenness=evenness(counts, categories=len(listed)) if known else why,
        covered=Value(sum(counts[label] > 0 for label in listed) / len(listed), n=len(listed)) if known else why,
    )


def _bins(lengths: Sequence[int], width: int, longest: int) -> tuple[Bin, ...]:
    if not lengths:
        return ()
    counts = Counter(min(length, longest) // width for length in lengths)
    return tuple(Bin(place * width, (place + 1) * width, counts[place]) for place in range(max(counts) + 1))


def _cells(rows: Sequence[QuestionRow]) -> tuple[tuple[str, str, int], ...]:
    """(topic, question type, rows), as requested, of every cell that has a row."""
    counts = Counter(
        (row.topic_requested, row.question_type_requested)
        for row in rows
        if row.topic_requested and row.question_type_requested
    )
    return tuple((topic or "", kind or "", count) for (topic, kind), count in sorted(counts.items()))


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
