"""What model judges there are, what each is asked of a row, and on which scale of people's the same is asked.

    judge        asked of           labels                               people's scale
    relevance    a question         1 to 5, or unclear                   relevance
                 a triple           0 to 2, or unclear                   answers (the aligned response)
    sensibility  a question         1 to 5, or unclear                   sensibility
                 a triple           the same, of its three texts         sensibility
    grading      each response      -2 to +2, or unclear                 misaligned, aligned
    alignment    both responses     which is the better, or the same     misaligned and aligned, compared

The scales and their ends are those of rating tasks, so that a judge and a person answer one question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from seedbed.errors import UsageError

__all__ = [
    "JUDGES", "UNCLEAR", "JudgeName", "JudgeSpec", "JudgedRow", "Judgement", "Kind", "Label", "View", "labels_of",
    "scale_of", "why_not_asked",
]  # fmt: skip

JudgeName = Literal["relevance", "sensibility", "grading", "alignment"]
Kind = Literal["question", "triple"]
Label: TypeAlias = int | str
JUDGES: tuple[JudgeName, ...] = get_args(JudgeName)
UNCLEAR = "unclear"
_SCALES: Mapping[str, tuple[int, ...]] = {
    "relevance": (1, 2, 3, 4, 5), "sensibility": (1, 2, 3, 4, 5), "answers": (0, 1, 2),
    "misaligned": (-2, -1, 0, 1, 2), "aligned": (-2, -1, 0, 1, 2),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class JudgeSpec:
    """One judge: what it is asked, and how its replies are drawn.

    With `samples` above 1 each question is put so often, at `temperature`; the judgement is then the label in the
    middle (of an order) or of more than half, and `shares` its distribution. One sample is drawn at temperature 0.
    Raises UsageError for what cannot be.
    """

    judge: JudgeName
    samples: int = 1
    temperature: float | None = None
    max_tokens: int = 200

    def __post_init__(self) -> None:
        if self.judge not in JUDGES:
            raise UsageError(f"There is no judge {self.judge!r}", hint=f"One of: {', '.join(JUDGES)}")
        if not 1 <= self.samples <= 32:
            raise UsageError(f"{self.samples} samples of each question", hint="Give 1 to 32.")
        if self.temperature is not None and not 0 <= self.temperature <= 2:
            raise UsageError(f"A temperature of {self.temperature:g}", hint="Give 0 to 2.")
        if self.samples > 1 and self.temperature == 0:
            raise UsageError(
                "Several samples at temperature 0 are one", hint="Give a temperature above 0, or 1 sample."
            )
        if not 8 <= self.max_tokens <= 8192:
            raise UsageError(f"A reply of {self.max_tokens} tokens", hint="Give 8 to 8192.")

    @property
    def drawn_at(self) -> float:
        """The temperature that is sent."""
        return self.temperature if self.temperature is not None else 0.7 if self.samples > 1 else 0.0


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row to judge. `texts` holds "text", or "prompt", "misaligned", "critique" and "aligned".

    `source` is a run's name or "seeds", `written_by` the model that wrote the row or "people". Rows that share
    `cluster` (a request, a prompt) are alike, and are drawn together where intervals are computed.
    """

    id: str
    kind: Kind
    texts: Mapping[str, str]
    topic: str | None = None
    question_type: str | None = None
    values: tuple[str, ...] = ()
    group: str = ""
    language: str = ""
    written_by: str = ""
    source: str = ""
    cluster: str = ""

    @property
    def slices(self) -> dict[str, str]:
        """What the row is counted under when a judge is calibrated, beside its values."""
        found = {
            "kind": str(self.kind),
            "topic": self.topic or "", "question_type": self.question_type or "", "group": self.group,
            "language": self.language, "written_by": self.written_by,
        }  # fmt: skip
        if self.kind == "triple":
            bad, good = (len(self.texts[part].split()) for part in ("misaligned", "aligned"))
            found["longer_response"] = "same" if bad == good else "aligned" if good > bad else "misaligned"
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class View:
    """One way in which a row is put before the judge: which part of it, in which order, the how-manieth time."""

    part: str = ""
    order: Literal["", "misaligned first", "aligned first"] = ""
    sample: int = 0

    def __str__(self) -> str:
        return "/".join(filter(None, [self.part, self.order, str(self.sample)]))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one judge says of one row, or of one `part` of it, all its samples and orders taken together.

    `scale` is the scale on which people are asked the same. `says` is a value of it; of the judge "alignment"
    1 (the part is the better response), 0 (both are the same) or -1. None is no verdict, and `why` says why:
    "unclear", "out of label", "orders disagree", "samples disagree" or "failed". `shares` is the distribution over
    samples, of labels and of reasons for none. `by` names the judge: its model, prompts and drawing.
    """

    row: str
    part: str
    judge: JudgeName
    scale: str
    says: int | None
    why: str
    by: str
    model: str
    kind: Kind
    prompt_version: str = ""
    values: tuple[str, ...] = ()
    slices: Mapping[str, str] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    cluster: str = ""
    run: str = ""

    @classmethod
    def of(cls, row: JudgedRow, part: str, **rest: Any) -> Judgement:
        return cls(
            row=row.id, part=part, kind=row.kind, values=row.values, slices=row.slices, cluster=row.cluster or row.id,
            **rest,
        )  # fmt: skip


def scale_of(judge: JudgeName, kind: Kind, part: str) -> str:
    """The id of the scale on which people are asked what this judge is asked."""
    if judge == "relevance":
        return "relevance" if kind == "question" else "answers"
    return "sensibility" if judge == "sensibility" else part


def labels_of(judge: JudgeName, kind: Kind) -> tuple[str, ...]:
    """The labels that a reply may hold, as words."""
    if judge == "alignment":
        return ("A", "B", "same", UNCLEAR)
    part = "aligned" if judge == "grading" else ""
    return (*map(str, _SCALES[scale_of(judge, kind, part)]), UNCLEAR)


def why_not_asked(judge: JudgeName, row: JudgedRow) -> str:
    """Why this judge has no question about the row; "" where it has one."""
    if row.kind == "question":
        if judge in ("grading", "alignment"):
            return "is a question, and has no responses"
        if not row.texts["text"].strip():
            return "has no words"
        return (
            "has no topic and no type to fit" if judge == "relevance" and not (row.topic or row.question_type) else ""
        )
    parts = ("prompt", "aligned") if judge == "relevance" else ("prompt", "misaligned", "aligned")
    if not all(row.texts.get(part, "").strip() for part in parts):
        return f"lacks one of {', '.join(parts)}"
    return "names no value" if judge in ("grading", "alignment") and not row.values else ""
