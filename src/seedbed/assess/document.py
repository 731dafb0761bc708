"""assessment.json: every number with its n, its interval where it has one, and the rows it came from.

A number is a `Value` (value, low, high, n, unit, note) or a `NotApplicable` (reason); never NaN, never a bare
float. `low` and `high` bound the 95 % interval. `store.json_schema()` describes the file.

    Assessment
      sets          the sets of rows, each with its role, run, ask fingerprint and n
      questions     one QuestionFigures a set of questions
      responses     one ResponseFigures a set of triples
      comparisons   distances between two sets, one a feature and measure
      funnels       what became of the slots of each run
      observer      how often the label observer agrees with people's hand labels
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from seedbed.measures.definition import NotApplicable, Value

__all__ = [
    "SCHEMA",
    "Assessment",
    "Bin",
    "Comparison",
    "Distribution",
    "Funnel",
    "GateCount",
    "Instrument",
    "LabelAccuracy",
    "Lengths",
    "Number",
    "QuestionFigures",
    "Relevance",
    "ResponseFigures",
    "Role",
    "RowSet",
    "Selection",
    "Sensibility",
    "Share",
    "VerbNoun",
    "VerbNounCell",
]

SCHEMA = "seedbed.assessment/1"

Number: TypeAlias = Value[float] | NotApplicable
Role: TypeAlias = Literal["seeds", "synthetic", "control"]
Selection: TypeAlias = Literal["all", "in-context", "generated", "kept"]


@dataclass(frozen=True, slots=True)
class RowSet:
    """A set of rows that is measured as one.

    `key` is "seeds/all", "seeds/in-context", "run/NAME/generated" or "run/NAME/kept"; triples have "pairs/…" for
    the seeds. `fingerprint` is the run's ask fingerprint, empty for seeds. `clusters` counts the prompts that the
    rows share (rows of one request are alike); `left_out` the rows with no text to measure. `raw` marks a run
    without gates and lead-ins, `proposals` one whose kept rows await a person. `control_of` names the run that a
    control is the control for.
    """

    key: str
    role: Role
    stage: Literal["questions", "triples"]
    selection: Selection
    n: int
    clusters: int
    run: str | None = None
    fingerprint: str = ""
    model: str = ""
    raw: bool = False
    proposals: bool = False
    with_seeds: bool | None = None
    control_of: str | None = None
    left_out: int = 0
    measured: int = 0


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
class QuestionFigures:
    """All that is measured on one set of questions."""

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


@dataclass(frozen=True, slots=True)
class ResponseFigures:
    """All that is measured on one set of triples."""

    key: str
    run: str | None
    fingerprint: str
    misaligned: Lengths
    aligned: Lengths
    misaligned_words: Lengths
    aligned_words: Lengths


@dataclass(frozen=True, slots=True)
class Comparison:
    """A distance between two sets in one feature. It describes; it tests nothing.

    `measure` is "total_variation", "jensen_shannon", "wasserstein1", "ratio_of_medians" or "rate_difference"
    (b minus a). `chance` is the distance that two samples of these sizes from one source would show, where known.
    """

    feature: str
    measure: str
    a: str
    b: str
    value: Number
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class GateCount:
    """Rows that one gate turned away, and one reason as the gate wrote it."""

    gate: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Funnel:
    """What became of the slots of one run. `generated` = kept + rejected; failed ones have no text."""

    run: str
    stage: str
    fingerprint: str
    role: Role
    model: str
    prompt_version: str
    created: str
    about: dict[str, Any]
    raw: bool
    proposals: bool
    with_seeds: bool | None
    control_of: str | None
    slots: int
    generated: int
    kept: int
    rejected: int
    failed: int
    gates: tuple[GateCount, ...]
    prompts: int
    accepted: Number


@dataclass(frozen=True, slots=True)
class Instrument:
    """What measured: its name and fingerprint, or why it could not."""

    name: str
    fingerprint: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class LabelAccuracy:
    """Agreement of the label observer with people's hand labels on seed questions, where it does not abstain.

    `coverage` is the share on which it does not; `authors_agree` the share of hand labels that equal the author's
    own, which is what two people reach. `labels` is the number of questions with a hand label.
    """

    kind: Literal["topic", "question_type"]
    accuracy: Number
    coverage: Number
    authors_agree: Number
    labels: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """The three dimensions, measured alike on seeds, synthetic rows (generated and kept) and controls."""

    made_at: str
    seedbed: str
    taxonomy: int
    settings: dict[str, Any]
    instruments: tuple[Instrument, ...]
    observer: tuple[LabelAccuracy, ...]
    sets: tuple[RowSet, ...]
    questions: tuple[QuestionFigures, ...]
    responses: tuple[ResponseFigures, ...]
    comparisons: tuple[Comparison, ...]
    funnels: tuple[Funnel, ...]
    seconds: float = 0.0
    schema: str = field(default=SCHEMA)

    def set(self, key: str) -> RowSet | None:
        return next((item for item in self.sets if item.key == key), None)

    def of(self, key: str) -> QuestionFigures | None:
        """The figures of a set of questions."""
        return next((item for item in self.questions if item.key == key), None)

    def responses_of(self, key: str) -> ResponseFigures | None:
        return next((item for item in self.responses if item.key == key), None)

    def compare(self, feature: str, measure: str, a: str, b: str) -> Comparison | None:
        """The comparison of set `a` with set `b`, or None where it was not made."""
        wanted = (feature, measure, a, b)
        return next((c for c in self.comparisons if (c.feature, c.measure, c.a, c.b) == wanted), None)

    def funnel(self, run: str) -> Funnel | None:
        return next((item for item in self.funnels if item.run == run), None)
