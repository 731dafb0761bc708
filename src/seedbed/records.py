"""What travels between the rooms: questions, triples, people's decisions and ratings, and the shapes of a run.

Frozen and slotted, because a row that changes is a new version of the row. Ids are strings and are never
matched by value or position. Everything here is plain data: no room's behaviour, no input or output.

Vocabulary
    Question   one prompt text with its labels; written by people (a seed) or by a model (synthetic)
    Triple     a prompt with its misaligned, critique and aligned text
    Slot       one place in a run, numbered from 0; what stands in it is a Verdict
    Ask        one request that fills one or more neighbouring slots
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Self

__all__ = [
    "OVER_TARGET",
    "WITHDRAWN",
    "Ask",
    "Candidate",
    "Decision",
    "Example",
    "Openness",
    "Origin",
    "Person",
    "Pool",
    "Question",
    "Rating",
    "Reply",
    "Row",
    "State",
    "Triple",
    "Usage",
    "Verdict",
    "Writer",
]

Openness = Literal["open", "closed", "other"]


class Origin(StrEnum):
    """Who made the row: people (a seed) or a model under Seedbed's control (synthetic)."""

    SEED = "seed"
    SYNTHETIC = "synthetic"


class Pool(StrEnum):
    """What a seed may be used for. Every seed belongs to exactly one; rows grown from it inherit it."""

    ALIGNMENT = "alignment"
    EVALUATION = "evaluation"


class Writer(StrEnum):
    """Whose words a field holds."""

    HUMAN = "human"
    MODEL = "model"
    EDITED = "model-edited-by-human"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt text with its labels.

    `topic` and `question_type` are canonical label ids of taxonomy version `taxonomy`, or None when the raw
    label is not known there; `topic_raw` and `question_type_raw` are what the author wrote. `parents` are the
    ids that this row grew from. `persona` says who asks and `scenario` in which situation; `entities` are the
    replaceable ones that the text names, as (kind, value): ("country", "Brazil").
    """

    id: str
    text: str
    topic: str | None = None
    topic_raw: str = ""
    question_type: str | None = None
    question_type_raw: str = ""
    group: str = ""
    authors: tuple[str, ...] = ()
    origin: Origin = Origin.SEED
    written_by: Writer = Writer.HUMAN
    language: str = "en"
    pool: Pool | None = None
    parents: tuple[str, ...] = ()
    source: str = ""
    taxonomy: int = 1
    persona: str = ""
    scenario: str = ""
    entities: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Triple:
    """A prompt with a response that violates a value, a critique that names the fault, and the response put right.

    `written_by` maps each of "misaligned", "critique", "aligned" to whose words it holds. `prompt_id` is the
    question it answers, where that is a row of the study. `stance` is what the aligned response stands for, in its
    authors' words: two rewrites of one response may disagree, each with its stance.
    """

    id: str
    prompt: str
    misaligned: str
    critique: str
    aligned: str
    values: tuple[str, ...] = ()
    values_raw: tuple[str, ...] = ()
    prompt_id: str | None = None
    group: str = ""
    authors: tuple[str, ...] = ()
    origin: Origin = Origin.SEED
    written_by: dict[str, Writer] = field(default_factory=dict)
    language: str = "en"
    pool: Pool | None = None
    parents: tuple[str, ...] = ()
    source: str = ""
    taxonomy: int = 1
    stance: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who took part, by pseudonym. Who is behind it is kept apart and never here."""

    id: str
    role: str = "participant"
    group: str = ""
    position: str = ""
    background: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One act of curation on one row: who, by which rule, what was measured, and why.

    Rules include, exclude, flag (a remark), give a pool, and select. People include, exclude, merge (into `rival`),
    retag, select (a pin over the rules' choice), edit, return, use, nuanced, dismiss (a remark) and undo; `detail` has
    what an act takes. `actor` is a person's pseudonym or "rule"; of a person's act `rule` is "person".
    """

    subject: str
    act: str
    actor: str
    rule: str
    reason: str
    measured: float | str | None = None
    rival: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rating:
    """One person's judgement of one row on one scale. Every rating is kept; none is averaged away."""

    subject: str
    rater: str
    scale: str
    value: float | str
    source: str = ""


# --- the shapes of a run -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one reply, as the endpoint counted them; 0 where it did not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.prompt_tokens + other.prompt_tokens, self.completion_tokens + other.completion_tokens)


@dataclass(frozen=True, slots=True)
class Example:
    """A seed as a prompt shows it: the question, its labels, who asks and why, and for a pair its texts."""

    id: str
    text: str
    topic: str | None = None
    question_type: str | None = None
    misaligned: str = ""
    critique: str = ""
    aligned: str = ""
    persona: str = ""
    scenario: str = ""
    entities: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of a run: fills `count` neighbouring slots from `first`.

    A pure function of run.json and of the verdicts of slots before `first` - look-back. It holds ids, never the
    rendered prompt: that is rendered again from the ids. `grown_from` is the row that gave `subtopic`, where a model
    made it; `persona_from` the seed whose persona, scenario and entities the prompt passes on.
    """

    id: str
    first: int
    count: int
    topic: str | None = None
    subtopic: str | None = None
    question_type: str | None = None
    lead_in: str = ""
    values: tuple[str, ...] = ()
    prompt_id: str | None = None
    examples: tuple[str, ...] = ()
    seed: int = 0
    grown_from: str | None = None
    persona_from: str | None = None

    @property
    def slots(self) -> range:
        return range(self.first, self.first + self.count)

    def to_json(self) -> dict[str, Any]:
        """The lineage that is journaled with the reply."""
        return {
            "first": self.first, "count": self.count, "topic": self.topic, "subtopic": self.subtopic,
            "question_type": self.question_type, "lead_in": self.lead_in, "values": list(self.values),
            "prompt_id": self.prompt_id, "examples": list(self.examples), "seed": self.seed,
            "grown_from": self.grown_from, "persona_from": self.persona_from,
        }  # fmt: skip

    @classmethod
    def from_json(cls, id: str, data: dict[str, Any]) -> Self:
        data = {**data, "examples": tuple(data["examples"])}
        one = data.pop("value", None)  # a journal of version 1 holds one value, or none
        data["values"] = tuple(data.get("values", (one,) if one else ()))
        return cls(id=id, **data)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for an ask: plain JSON data that the stage's `parse` understands, and its cost."""

    data: dict[str, Any]
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Candidate:
    """What `parse` found for one slot, before any gate.

    `text` is what novelty is judged on. `fields` holds the parts of a triple. `logprob` is the mean token
    log-probability that the endpoint reported, or None. `finished` is False when the model was cut off.
    """

    text: str
    fields: dict[str, Any] = field(default_factory=dict)
    logprob: float | None = None
    finished: bool = True
    fault: str = ""


class State(StrEnum):
    """What became of a slot."""

    KEPT = "kept"
    REJECTED = "rejected"
    FAILED = "failed"


OVER_TARGET = "over_target"
"""The note of a kept row that came when its run, or its cell, had all the rows it was to have."""

WITHDRAWN = "withdrawn"
"""The note of a row that a withdrawal took: "flag" where its words stay and nobody is shown them, "purge" where they
are gone. Its state stays what it was, so that counts are true and no plan makes it again."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one slot, and why. A rejected one names the gate, the measured value and the rival."""

    slot: int
    state: State
    gate: str = ""
    reason: str = ""
    measured: float | str | None = None
    rival: str | None = None
    text: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A slot of a run with its verdict and lineage: what assessment, report and release read.

    `topic_requested` and `question_type_requested` are what the plan asked for; what a classifier that never
    saw the request observes is the assessment's business.
    """

    id: str
    run: str
    verdict: Verdict
    ask: Ask
    prompt_version: str
    model: str
    at: str = ""

    @property
    def withdrawn(self) -> bool:
        """Whether a withdrawal took it: it is counted, and used for nothing any more."""
        return WITHDRAWN in self.verdict.notes

    @property
    def kept(self) -> bool:
        return self.verdict.state is State.KEPT and not self.withdrawn
