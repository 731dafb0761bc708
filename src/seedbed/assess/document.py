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

from seedbed.assess.described import (
    Bin,
    Dimension,
    Distribution,
    Lengths,
    Likenesses,
    Measurement,
    Number,
    QuestionFigures,
    Relevance,
    ResponseFigures,
    Sensibility,
    Share,
    VerbNoun,
    VerbNounCell,
    Verdict,
    VerdictCount,
    Word,
    in_words,
)

__all__ = [
    "SCHEMA",
    "Assessment",
    "Bin",
    "Comparison",
    "Dimension",
    "Distribution",
    "Funnel",
    "FunnelSlice",
    "GateCount",
    "Instrument",
    "LabelAccuracy",
    "Lengths",
    "Likenesses",
    "Measurement",
    "Number",
    "QuestionFigures",
    "RatedRows",
    "Relevance",
    "ResponseFigures",
    "Role",
    "RowSet",
    "Selection",
    "Sensibility",
    "Share",
    "SliceKind",
    "VerbNoun",
    "VerbNounCell",
    "Verdict",
    "VerdictCount",
    "Word",
]

SCHEMA = "seedbed.assessment/1"

Role: TypeAlias = Literal["seeds", "synthetic", "control"]
Selection: TypeAlias = Literal["all", "in-context", "generated", "kept"]
SliceKind: TypeAlias = Literal["topic", "question_type", "value", "group", "seed"]


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
class Comparison:
    """A distance between two sets in one feature. It describes; it tests nothing.

    `measure` is "total_variation", "jensen_shannon", "wasserstein1", "ratio_of_medians" or "rate_difference"
    (b minus a). `value.value` is the distance as measured, which chance makes larger; `value.low` and `value.high`
    bound the true distance and hold the measured one. `chance` is the distance that two samples of these sizes from
    one source would show, `chance_freed` the measured distance without what chance adds (its median-unbiased
    estimate), where known.
    """

    feature: str
    measure: str
    a: str
    b: str
    value: Number
    chance: float | None = None
    chance_freed: float | None = None


@dataclass(frozen=True, slots=True)
class GateCount:
    """Rows that one gate turned away, and one reason as the gate wrote it."""

    gate: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class FunnelSlice:
    """What became of those slots of a run that share a label: `by` says of what kind it is, `key` is its id.

    A slice by "seed" holds the rows whose prompt showed that seed as an example, one by "group" those whose prompt
    showed a seed of that group: a row is in as many of these as its prompt had, so they do not add up.
    """

    by: SliceKind
    key: str
    label: str
    generated: int
    kept: int
    rejected: int
    failed: int
    gates: tuple[tuple[str, int], ...]
    accepted: Number

    @property
    def in_words(self) -> str:
        """ "58,295 of 66,609 = 87.5 %"."""
        return in_words(self.kept, self.generated)


@dataclass(frozen=True, slots=True)
class RatedRows:
    """What people say of those rows of a run that they rated, kept and rejected apart: the funnel held against people.

    `overruled` are rows of which a judge or a rule said otherwise. Rated rows are no random sample of the run unless
    the rating task drew them so.
    """

    state: Literal["kept", "rejected"]
    dimension: str
    yes: int
    no: int
    divided: int
    overruled: int
    share: Number

    @property
    def in_words(self) -> str:
        """ "24 of 30 = 80.0 %"."""
        return in_words(self.yes, self.yes + self.no)


@dataclass(frozen=True, slots=True)
class Funnel:
    """What became of the slots of one run. `generated` = kept + rejected; failed ones have no text. `rated`: what
    people say of the rows that they rated. `imported`: a table of somebody else's, which no gate here has judged."""

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
    slices: tuple[FunnelSlice, ...] = ()
    rated: tuple[RatedRows, ...] = ()
    imported: bool = False

    @property
    def in_words(self) -> str:
        """ "58,295 of 66,609 = 87.5 %"."""
        return in_words(self.kept, self.generated)

    def by(self, kind: SliceKind) -> tuple[FunnelSlice, ...]:
        """The slices of one kind, the largest first."""
        return tuple(part for part in self.slices if part.by == kind)


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
