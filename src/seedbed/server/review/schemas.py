"""What travels over HTTP to make a rating task and to list it, and files that come in. What raters are shown stands in
`rating_schemas`, what came of a task in `result_schemas`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, StringConstraints

from seedbed.server.shapes import Asked, Said

__all__ = [
    "Codebook",
    "ImportAsked",
    "Imported",
    "Kind",
    "Level",
    "PreviewShown",
    "RaterShown",
    "RowShown",
    "SampleAsked",
    "ScaleShown",
    "SourceShown",
    "TaskAsked",
    "TaskChanged",
    "TaskLine",
    "Value",
]

Level = Literal["nominal", "ordinal", "interval"]
Kind = Literal["question", "triple"]
Value = str | int | float
_Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Source = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
_Words = Annotated[str, StringConstraints(max_length=8000)]
_Line = Annotated[str, StringConstraints(max_length=200)]
_Label = Annotated[str, StringConstraints(max_length=500)]


class OptionShown(Said):
    """One value of a scale; `anchor` says what has to hold for it."""

    value: str | int
    label: str
    anchor: str


class ScaleShown(Said):
    """One question to a rater: the values of `options`, or any number from `low` to `high`."""

    id: str
    title: str
    level: Level
    definition: str
    options: list[OptionShown] = Field(default=[])
    low: float | None = None
    high: float | None = None
    several: bool
    required: bool
    examples: list[str]
    kinds: list[Kind]


# --- making a task ---------------------------------------------------------------------------------------------------


class SourceShown(Said):
    """Where rows may come from: "seeds", or a run. `kept` and `rejected` count the rows of a run."""

    name: str
    kinds: list[Kind]
    kept: int
    rejected: int


class RaterShown(Said):
    """Somebody who may rate. `name` is "" for whoever is not known by one any more."""

    id: str
    name: str
    role: str
    group: str


class Codebook(Said):
    """What a task can be made of. `scales` are those that Seedbed brings, with this study's values and harms;
    `default` is what is asked where nothing is chosen. "critique" is free words, and always possible."""

    scales: list[ScaleShown]
    default: dict[Kind, list[str]]
    sources: list[SourceShown]
    raters: list[RaterShown]


class OptionAsked(Asked):
    value: Annotated[StrictStr, StringConstraints(max_length=100)] | StrictInt
    label: _Line = ""
    anchor: _Label = ""


class ScaleAsked(Asked):
    """A scale of one's own."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    level: Level
    definition: Annotated[str, StringConstraints(max_length=2000)] = ""
    options: Annotated[list[OptionAsked], Field(max_length=250)] = Field(default=[])
    low: StrictInt | StrictFloat | None = None
    high: StrictInt | StrictFloat | None = None
    several: bool = False
    required: bool = True
    examples: Annotated[list[_Label], Field(max_length=20)] = Field(default=[])
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=2)] = Field(default=["question", "triple"])


class SampleAsked(Asked):
    """Which rows: `size` of those of `of` (None: all), or just `ids`. Several sources are mixed, as many of each as
    there are. `earlier` names a task whose raters' disagreement counts where `method` is "disagreement"."""

    of: Annotated[list[_Source], Field(min_length=1, max_length=20)] = Field(default=["seeds"])
    method: Literal["random", "stratified", "near-threshold", "disagreement", "all"] = "random"
    size: Annotated[int, Field(ge=1, le=100_000)] | None = 100
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    states: Literal["kept", "rejected", "generated"] = "kept"
    by: Literal["topic-type", "topic", "question_type", "value", "group"] = "topic-type"
    chosen: bool = False
    earlier: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$")] = ""
    ids: Annotated[list[_Id], Field(max_length=2000)] = Field(default=[])


class TaskAsked(Asked):
    """A task to be made. `scales` are ids of the codebook or scales in full; none: the codebook's `default`.

    `raters` are who may rate, by id; nobody named: whoever may rate at all. `per_item`: by how many of those named
    each row is rated; `each`: how many rows one rater gets; neither: everybody rates everything. `blind` hides where
    rows come from and what others say. `retest` is the share of a rater's rows that come a second time.
    """

    name: _Source
    kind: Kind
    title: _Line = ""
    sample: SampleAsked = SampleAsked()
    scales: Annotated[list[_Source | ScaleAsked], Field(max_length=20)] = Field(default=[])
    raters: Annotated[list[_Id], Field(max_length=1000)] = Field(default=[])
    per_item: Annotated[int, Field(ge=1, le=1000)] | None = None
    each: Annotated[int, Field(ge=1, le=100_000)] | None = None
    blind: bool = True
    order: Literal["random", "fixed"] = "random"
    retest: Annotated[float, Field(ge=0, le=1)] = 0.0
    instructions: _Words = ""


class TaskChanged(Asked):
    """What is None stays as it is. `raters` cannot change in a shared-out task that is being rated."""

    title: _Line | None = None
    instructions: _Words | None = None
    open: StrictBool | None = None
    raters: Annotated[list[_Id], Field(max_length=1000)] | None = None


class RowShown(Said):
    """A row of a task, to those who made it: with its origin. `texts` are by part: text; or prompt, misaligned,
    critique, aligned. `source` is "seeds" or a run."""

    id: str
    kind: Kind
    source: str
    texts: dict[str, str]
    topic: str | None
    question_type: str | None
    values: list[str]
    group: str
    kept: bool
    gate: str
    language: str


class PreviewShown(Said):
    """How many rows the sample comes to, from where, and three of them."""

    items: int
    sources: dict[str, int]
    examples: list[RowShown]


class TaskLine(Said):
    """A task in the list. `items` of which `rated` have a rating; `done` of `places` that its raters have in all
    (where nobody is named, of those who began)."""

    name: str
    title: str
    kind: Kind
    instructions: str
    scales: list[ScaleShown]
    sources: list[str]
    sample: dict[str, Any]
    named: list[str]
    per_item: int | None
    each: int | None
    blind: bool
    order: Literal["random", "fixed"]
    retest: float
    open: bool
    deleted: bool
    created_at: str
    created_by: str
    items: int
    rated: int
    raters: int
    places: int
    done: int


# --- in --------------------------------------------------------------------------------------------------------------


class ImportAsked(Asked):
    """A file as text. Its `name`'s end says what it is: .json, .jsonl, .csv, .tsv. Where a row cannot be taken nothing
    is, unless `skip_bad`; with `dry_run` nothing is taken at all."""

    name: Annotated[str, StringConstraints(pattern=r"^[^/\\\x00-\x1f]{1,200}$")]
    text: Annotated[str, StringConstraints(min_length=1, max_length=12_000_000)]
    format: Literal["", "argilla", "label-studio", "csv"] = ""
    skip_bad: bool = False
    dry_run: bool = False


class RefusedShown(Said):
    """A row that was not taken; `row` says where it stands in the file."""

    row: str
    item: str
    rater: str
    reason: str


class Imported(Said):
    """What became of a file. Each of its `ratings` was `taken` (of which `revised` replace an earlier import's), was
    there `already`, or is refused; `refused` holds the first thousand of `n_refused`. `written` is false where nothing
    was recorded. `raters` maps people whom the study does not know to the pseudonym of their ratings. `missing` are
    scales that the file does not speak of, `unknown` its names that are no scale."""

    format: str
    rows: int
    ratings: int
    taken: int
    revised: int
    already: int
    n_refused: int
    refused: list[RefusedShown]
    raters: dict[str, str]
    missing: list[str]
    unknown: list[str]
    unanswered: int
    remarks: list[str]
    written: bool
