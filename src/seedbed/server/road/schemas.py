"""What travels over HTTP about the stops of a study's road: seeds, curation, runs, assessment, releases."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from seedbed.server.shapes import Said

__all__ = [
    "AgainstShown",
    "AssessmentShown",
    "CellWanted",
    "CurationShown",
    "DecisionShown",
    "DesignShown",
    "FigureShown",
    "FunnelShown",
    "FunnelStep",
    "GateShown",
    "MeasureShown",
    "PropagationShown",
    "ReadingShown",
    "RunRow",
    "RunRows",
    "RunShown",
    "SeedAdvice",
    "SeedRow",
    "SeedRows",
    "SetShown",
    "StatusBoards",
    "StatusCuration",
    "StatusRun",
    "StatusSeeds",
    "StatusShown",
    "TestableShown",
    "TestedShown",
    "YieldShown",
]

# --- status ------------------------------------------------------------------------------------------------------


class StatusSeeds(Said):
    questions: int
    triples: int
    ratings: int


class StatusCuration(Said):
    included: int
    excluded: int
    chosen_questions: int
    chosen_triples: int
    alignment: int
    evaluation: int


class StatusBoards(Said):
    """`changed` boards have something that is no seed yet; `waiting` rows become none, for `reasons`."""

    boards: int
    changed: int
    waiting: int
    reasons: dict[str, int]


class StatusRun(Said):
    name: str
    stage: str
    model: str
    raw: bool
    with_seeds: bool
    proposals: bool
    target: int | None
    candidates: int | None
    over_target: int
    generated: int
    kept: int
    rejected: int
    failed: int
    reasons: dict[str, int]
    calls: int
    complete: bool


class StatusShown(Said):
    """`next` is the command of the next step, with the study's name for its folder; `next_act` its verb.
    `report_behind`: something was measured or tested since the report was drawn."""

    title: str
    language: str
    people: int
    seeds: StatusSeeds
    boards: StatusBoards
    curation: StatusCuration
    runs: list[StatusRun]
    assessed: bool
    propagated: bool
    report: bool
    report_behind: bool
    releases: list[str]
    endpoints: list[str]
    next: str
    next_act: Literal["import", "curate", "generate", "assess", "propagate", "report", "release", "read"]


# --- seeds and curation ------------------------------------------------------------------------------------------


class SeedRow(Said):
    """A question, or a triple (`text` is then its prompt). `why` is the rule's or person's reason for `verdict`;
    `held` are remarks that keep it from being chosen. `written_by` is by field for a triple, under "text" else."""

    id: str
    kind: Literal["question", "triple"]
    text: str
    misaligned: str = ""
    critique: str = ""
    aligned: str = ""
    topic: str | None = None
    topic_raw: str = ""
    question_type: str | None = None
    question_type_raw: str = ""
    values: list[str] = Field(default=[])
    values_raw: list[str] = Field(default=[])
    prompt_id: str | None = None
    group: str
    authors: list[str]
    written_by: dict[str, str]
    language: str
    source: str
    taxonomy: int
    persona: str = ""
    scenario: str = ""
    entities: list[tuple[str, str]] = Field(default=[])
    pool: Literal["alignment", "evaluation"] | None
    verdict: Literal["included", "excluded", "undecided"]
    rule: str = ""
    why: str = ""
    held: list[str] = Field(default=[])
    chosen: bool


class SeedRows(Said):
    """`next` is `after` of the next page; None at the end. `total` counts all that fit."""

    rows: list[SeedRow]
    total: int
    next: str | None
    groups: list[str]


class FunnelStep(Said):
    kind: Literal["question", "triple"]
    step: str
    title: str
    entered: int
    left: int
    stayed: int


class DecisionShown(Said):
    """`n` numbers the decisions of a study from 1. `actor` made it, or ran the rules that did."""

    n: int
    at: str
    actor: str
    by_rule: bool
    subject: str
    act: str
    rule: str
    reason: str
    measured: float | str | None
    rival: str | None
    stands: bool


class CurationShown(Said):
    """`undecided` seeds came since the rules were last run. Decisions are newest first, page by page: `next` is
    `before` of the next page."""

    questions: int
    triples: int
    included: int
    excluded: int
    undecided: int
    held: int
    chosen_questions: list[str]
    chosen_triples: list[str]
    alignment: int
    evaluation: int
    funnel: list[FunnelStep]
    decisions: list[DecisionShown]
    total: int
    next: int | None


# --- runs --------------------------------------------------------------------------------------------------------


class RunShown(Said):
    """`state` is complete, unfinished, not begun or damaged. `cost` is None where no price is known."""

    name: str
    stage: str
    model: str
    created: str
    raw: bool
    with_seeds: bool | None
    proposals: bool
    target: int | None
    candidates: int | None
    generated: int
    kept: int
    kept_share: float | None
    kept_low: float | None
    kept_high: float | None
    over_target: int
    rejected: int
    failed: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    currency: str
    state: str
    about_state: str
    control_of: str | None
    prompts_from: str | None
    depth: int
    reasons: dict[str, int] = Field(default={})


class RunRow(Said):
    """A slot of a run with its verdict. `examples` are the seeds that its prompt showed."""

    id: str
    slot: int
    state: Literal["kept", "rejected", "failed"]
    gate: str
    reason: str
    measured: float | str | None
    rival: str | None
    text: str
    fields: dict[str, Any]
    over_target: bool
    topic: str | None
    subtopic: str | None
    question_type: str | None
    lead_in: str
    values: list[str]
    prompt_id: str | None
    examples: list[str]
    at: str


class RunRows(Said):
    """`next` is `after` of the next page, None at the end. A page may hold fewer rows than its limit, or none, and
    still have a next one: each looks at a bounded part of the run."""

    rows: list[RunRow]
    next: int | None


# --- assessment, report, releases --------------------------------------------------------------------------------


class FigureShown(Said):
    """A number with its 95 % interval where it has one; or None and the reason why there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    unit: str = ""
    note: str = ""
    reason: str = ""


class SetShown(Said):
    """A set of rows that was measured as one; `key` names it in measures."""

    key: str
    role: Literal["seeds", "synthetic", "control"]
    stage: Literal["questions", "triples"]
    selection: str
    n: int
    run: str | None
    model: str
    raw: bool
    proposals: bool


class MeasureShown(Said):
    id: str
    dimension: Literal["diversity", "sensibility", "relevance", "form"]
    stage: Literal["questions", "triples"]
    of: dict[str, FigureShown]


class GateShown(Said):
    gate: str
    count: int
    reason: str


class FunnelShown(Said):
    run: str
    stage: str
    role: str
    slots: int
    generated: int
    kept: int
    rejected: int
    failed: int
    gates: list[GateShown]


class AssessmentShown(Said):
    """`stale` names runs that are new or have other counts than when they were assessed."""

    made_at: str
    seconds: float
    sets: list[SetShown]
    measures: list[MeasureShown]
    funnels: list[FunnelShown]
    instruments: list[str]
    stale: list[str]
    report: bool


# --- what the seeds did ------------------------------------------------------------------------------------------


class AgainstShown(Said):
    """A run that another one is tested against; `part` says as what: without seeds, with others, a set, a dose."""

    run: str
    part: Literal["no-seed", "swapped", "set", "dose", "other"]
    complete: bool


class TestableShown(Said):
    """A run that showed seeds: the tests (T1 to T8) that can be read now, and what can be `made` for the others."""

    run: str
    stage: str
    generated: int
    raw: bool
    against: list[AgainstShown]
    tests: list[str]
    makes: list[Literal["controls", "swap", "dose"]]


class DesignShown(Said):
    """Runs that were declared for a comparison, and how many of them are complete."""

    kind: Literal["controls", "swap", "dose"]
    feature: str
    run: str
    plan: str
    made: int
    of: int


class ReadingShown(Said):
    """One feature of a run, in the tests' own words: `says` whether it follows, by the test `by`, with its estimate;
    `verdict` is the equivalence test's, with `compared` in words. Either may be without an answer."""

    run: str
    feature: str
    words: str
    says: Literal["follows", "comes nearer", "does not follow", "moves away", "cannot be told"]
    sentence: str
    by: str
    estimate: str
    value: float | None
    low: float | None
    high: float | None
    p: float | None
    decides: str
    verdict: Literal["preserved", "changed", "undecided"] | None
    compared: str


class TestedShown(Said):
    """`moved` names features of which a negative control moved, so that other p-values of that run say nothing;
    `stale` the runs that are new or have grown since."""

    made_at: str
    headline: str
    readings: list[ReadingShown]
    runs: list[str]
    moved: list[str]
    remarks: list[str]
    stale: list[str]


class SeedAdvice(Said):
    """`text` is empty where the seed is gone. `advice`: drop, write more like it, look at it; `why` has its numbers."""

    id: str
    text: str
    group: str
    rows: int
    accepted: int
    advice: str
    why: str


class CellWanted(Said):
    """A topic and type that want seeds, by their labels."""

    topic: str
    question_type: str
    seeds: int
    rows: int
    accepted: int
    why: str


class YieldShown(Said):
    """What the seeds of a run gave, in short: those of which something is advised, of `seeds`, and the cells to ask
    for, the emptiest first, of `cells` that the run asked for."""

    made_at: str
    run: str
    seeds: int
    advised: list[SeedAdvice]
    ask_for: list[CellWanted]
    wanted: int
    cells: int
    remarks: list[str]


class PropagationShown(Said):
    """`first` is the run that is tested where none is named; None: there is none that could be."""

    runs: list[TestableShown]
    first: str | None
    designs: list[DesignShown]
    tested: TestedShown | None
    yields: YieldShown | None
    report: bool
    report_behind: bool
