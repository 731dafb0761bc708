"""What an assessment tells of one set of rows: distributions, lengths, likenesses, verdicts.

The parts of assessment.json that stand under a set's key; `document` has the file as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from seedbed.measures.definition import NotApplicable, Value

__all__ = [
    "Bin",
    "Dimension",
    "Distribution",
    "Lengths",
    "Likenesses",
    "Measurement",
    "Number",
    "QuestionFigures",
    "Relevance",
    "ResponseFigures",
    "Sensibility",
    "Share",
    "VerbNoun",
    "VerbNounCell",
    "Verdict",
    "VerdictCount",
    "Word",
    "in_words",
]

Number: TypeAlias = Value[float] | NotApplicable
Dimension: TypeAlias = Literal["diverse", "sensible", "relevant"]
Word: TypeAlias = Literal["yes", "no", "unverified"]


@dataclass(frozen=True, slots=True)
class Share:
    """One category of a distribution, by its label's id; rows without a label are counted apart."""

    category: str
    label: str
    count: int
    share: Number


@dataclass(frozen=True, slots=True)
class Distribution:
    """Shares among the `n` rows that have a label; `missing` rows have none (not given, or the observer abstained)."""

    n: int
    missing: int
    shares: tuple[Share, ...]
    evenness: Number
    covered: Number

    def share(self, category: str) -> Number:
        """The share of `category`; NotApplicable when it is not listed."""
        for item in self.shares:
            if item.category == category:
                return item.share
        return NotApplicable("no row has this label")


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts with a length of at least `low` and below `high`."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths in `unit`; tokens are those of `tokenizer`. `under` maps a threshold to the share below it."""

    unit: Literal["words", "tokens"]
    tokenizer: str
    n: int
    mean: Number
    median: Number
    quartiles: tuple[float, float] | None
    shortest: int | None
    longest: int | None
    under: tuple[tuple[int, Number], ...] = ()
    bins: tuple[Bin, ...] = ()


@dataclass(frozen=True, slots=True)
class VerbNounCell:
    """One sector of the verb-noun figure; what is not among the most frequent stands as "other"."""

    verb: str
    noun: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class VerbNoun:
    """Verb-noun pairs of one set. `repetition` is of all `pairs` found and grows with them; `rarefied` is at `m`."""

    pairs: int
    coverage: Number
    auxiliary_roots: Number
    repetition: Number
    rarefied: Number
    m: int
    top_pair: Number
    cells: tuple[VerbNounCell, ...]


@dataclass(frozen=True, slots=True)
class Sensibility:
    """Share of rows whose structure is sensible, the faults found, and the grammar checker's count as a note."""

    sensible: Number
    faults: tuple[tuple[str, int], ...]
    grammar_note: Number


@dataclass(frozen=True, slots=True)
class Relevance:
    """Cosine of a row to the description of what was asked of it.

    Unverified: nothing here has been held against people's ratings yet, so `verified` is False throughout.

    `topic` and `question_type` are mean cosines; `topic_first` is the share of rows that lie nearer to their own
    topic's description than to any other. `rated` is people's mean rating, where there are ratings.
    """

    topic: Number
    question_type: Number
    topic_first: Number
    rated: Number
    ratings: int
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measure of the catalogue on one set, at one sample.

    `sample` is "equal texts" or "equal words": the mean over samples of the size that all sets have, `low` and
    `high` being the range of the samples. "whole" is the set itself, or the sample that the note names.
    """

    measure: str
    sample: Literal["equal texts", "equal words", "whole"]
    value: Number


@dataclass(frozen=True, slots=True)
class Likenesses:
    """A likeness of rows to seeds (or to examples of their own prompt, or to rows kept before).

    `over` is the share of rows at the cut or above it; `curve` has points (x, share of rows at x or below).
    """

    measure: str
    cut: float
    over: Number
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`by` is what decided: a measure's name, a judge's, or "people"; `why` is given for no and for unverified.

    `against` says who said otherwise where people's word stands: "relevance/mock/1f2e says no".
    """

    says: Word
    by: str = ""
    why: str = ""
    against: str = ""


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """How many rows of a set are diverse, sensible or relevant, and how many are all three ("high quality").

    `share` of yes is NotApplicable where rows are unverified: what is not known is no part of a rate. `reasons` has
    (word, reason, rows), the most frequent first. `by_people` rows have people's word in it, in `overruled` of them
    against a judge's or a rule's.
    """

    dimension: str
    yes: int
    no: int
    unverified: int
    share: Number
    reasons: tuple[tuple[Word, str, int], ...]
    by_people: int = 0
    overruled: int = 0

    @property
    def in_words(self) -> str:
        """ "58,295 of 66,609 = 87.5 %", and how many of these are unverified where any are."""
        found = in_words(self.yes, self.yes + self.no + self.unverified)
        return f"{found}, {self.unverified:,} unverified" if self.unverified else found


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """All that is measured on one set of questions.

    `diversity` compares with other sets at equal size, `beside_seeds` and `novelty` with the seeds (empty for seeds).
    """

    key: str
    run: str | None
    fingerprint: str
    question_mark: Number
    openness_a: Distribution
    openness_b: Distribution
    topic_requested: Distribution
    topic_observed: Distribution
    question_type_requested: Distribution
    question_type_observed: Distribution
    topic_agreement: Number
    question_type_agreement: Number
    words: Lengths
    tokens: Lengths
    verb_noun: VerbNoun
    sensibility: Sensibility
    relevance: Relevance
    cells: tuple[tuple[str, str, int], ...] = ()
    diversity: tuple[Measurement, ...] = ()
    beside_seeds: tuple[Measurement, ...] = ()
    novelty: tuple[Likenesses, ...] = ()
    verdicts: tuple[VerdictCount, ...] = ()


@dataclass(frozen=True, slots=True)
class ResponseFigures:
    """All that is measured on one set of triples; novelty and what lies beside the seeds are to the seeds' pairs, of
    each response to the same response (empty for seeds)."""

    key: str
    run: str | None
    fingerprint: str
    misaligned: Lengths
    aligned: Lengths
    misaligned_words: Lengths
    aligned_words: Lengths
    misaligned_diversity: tuple[Measurement, ...] = ()
    aligned_diversity: tuple[Measurement, ...] = ()
    verdicts: tuple[VerdictCount, ...] = ()
    misaligned_sensibility: tuple[Measurement, ...] = ()
    aligned_sensibility: tuple[Measurement, ...] = ()
    misaligned_relevance: tuple[Measurement, ...] = ()
    aligned_relevance: tuple[Measurement, ...] = ()
    misaligned_beside_seeds: tuple[Measurement, ...] = ()
    aligned_beside_seeds: tuple[Measurement, ...] = ()
    misaligned_novelty: tuple[Likenesses, ...] = ()
    aligned_novelty: tuple[Likenesses, ...] = ()


def in_words(kept: int, generated: int) -> str:
    """ "58,295 of 66,609 = 87.5 %"."""
    return f"{kept:,} of {generated:,} = {100 * kept / generated:.1f} %" if generated else "none of none"
