"""Rows of the table over HTTP, all that stands on one of them, and what became of an act on them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from seedbed.server.shapes import Said

__all__ = [
    "BulkApplied",
    "BulkPreview",
    "ChosenShown",
    "CurationRow",
    "Decided",
    "DecisionRow",
    "DecisionRows",
    "FacetShown",
    "FlagShown",
    "MergedShown",
    "NearSeed",
    "People",
    "RatingShown",
    "SeedInFull",
    "SeedShown",
    "TablePage",
    "Undone",
    "Use",
    "VersionShown",
]

People = dict[str, str]
"""Names by id, of the accounts and people who are named in the answer and known here."""
Use = Literal["train", "test", "rephrase"]


class FlagShown(Said):
    """A rule's remark. `suggestion` is the label that it proposes, by the name of what is labelled."""

    rule: str
    title: str
    effect: Literal["holds", "advises"]
    reason: str
    measured: float | str | None
    rival: str | None
    suggestion: dict[str, str | None]
    dismissed: bool
    dismissed_by: str


class ChosenShown(Said):
    """Whether it is an example: its place in the order, why, what the choice weighed, and what a person pinned."""

    in_: Annotated[bool, Field(alias="in")]
    order: int | None
    why: str
    pinned: bool | None
    detail: dict[str, Any]


class CurationRow(Said):
    """One seed. `texts` are its words by field as they stand now; `edited` the fields that a curator's edit replaced,
    `overtaken` that the group wrote anew since. `rule`, `reason`, `measured`, `rival` and `decided_by` say why it is in
    or out. `seen` is the number of people's newest act at each place, to be handed back with the next decision."""

    id: str
    kind: Literal["question", "triple"]
    group: str
    authors: list[str]
    topic: str | None
    topic_raw: str
    question_type: str | None
    question_type_raw: str
    values: list[str]
    values_raw: list[str]
    texts: dict[str, str]
    state: Literal["included", "excluded", "held", "returned", "undecided"]
    rule: str
    reason: str
    measured: float | str | None
    rival: str | None
    flags: list[FlagShown]
    pool: str
    use: Use | None
    nuanced: bool
    chosen: ChosenShown
    written_by: dict[str, str]
    edited: list[str]
    overtaken: bool
    merged: list[str]
    version: int
    decided_by: str
    seen: dict[str, int]


class FacetShown(Said):
    """A value to filter by, "" for rows that have none; `count` is of the rows that pass all other fields."""

    value: str
    label: str
    count: int


class TablePage(Said):
    """`facets` by the names of the query's fields. `seq` is the number of the newest decision in what is shown."""

    rows: list[CurationRow]
    total: int
    offset: int
    facets: dict[str, list[FacetShown]]
    people: People
    seq: int


class BulkShown(Said):
    """A bulk act of `n`, of which `stands` stand; `reason` is "" where they have several."""

    n: int
    stands: int
    acts: list[str]
    reason: str


class TakenBack(Said):
    """What an undo takes back: `n` acts of these kinds; `subject` is "" where there are several."""

    n: int
    acts: list[str]
    subject: str


class DecisionRow(Said):
    """An act of the log. `by_rule`: the rules', which `actor` ran. `stands` is false once another took its place, or
    act `undone` took it back; `undoes` are the acts that an undo takes back, `took_back` tells of them. `batch` is the
    bulk act it is part of, and `bulk` tells of all of that where the log is folded."""

    seq: int
    at: str
    actor: str
    by_rule: bool
    subject: str
    act: str
    rule: str
    reason: str
    measured: float | str | None
    rival: str | None
    detail: dict[str, Any]
    batch: str
    stands: bool
    undone: int | None
    undoes: list[int]
    took_back: TakenBack | None
    bulk: BulkShown | None


class DecisionRows(Said):
    """Newest first. `next` is `before` of the next page; None at the end."""

    rows: list[DecisionRow]
    next: int | None
    people: People
    seq: int


class VersionShown(Said):
    """What a group wrote, and since when; the newest is the one before any edit."""

    at: str
    texts: dict[str, str]


class NearSeed(Said):
    """A seed with much of the same words: `alike` is the share, 0 to 1, whatever their order."""

    id: str
    kind: Literal["question", "triple"]
    text: str
    alike: float
    state: str


class MergedShown(Said):
    id: str
    text: str
    authors: list[str]


class RatingShown(Said):
    rater: str
    scale: str
    value: float | str


class SeedInFull(Said):
    """All that stands on one seed. `original` are the words that an edit replaced. `board` is the group's board and
    `board_row` its row, where it was contributed live."""

    row: CurationRow
    original: dict[str, str]
    decisions: list[DecisionRow]
    versions: list[VersionShown]
    nearest: list[NearSeed]
    ratings: list[RatingShown]
    merged: list[MergedShown]
    language: str
    source: str
    prompt_id: str | None
    parents: list[str]
    entities: list[tuple[str, str]]
    board: str | None
    board_row: str | None
    people: People
    seq: int


class SeedShown(Said):
    """One seed as short as a list needs it."""

    id: str
    kind: Literal["question", "triple"]
    text: str
    group: str
    topic: str | None
    question_type: str | None
    values: list[str]


class Decided(Said):
    """The row as it stands now, and the number of the act, by which it can be undone."""

    row: CurationRow
    seq: int
    people: People


class Undone(Said):
    """`seq` is the number of the taking back: to undo that is the act again. `rows` are the first 100 of `changed`."""

    seq: int
    changed: int
    rows: list[CurationRow]
    people: People


class BulkPreview(Said):
    """What it would do. `token` stands for exactly this. `refused` are up to 50 of `refused_count` rows that cannot
    have it, with why; `counts` how many change by kind, group, topic and present state; `examples` how many of them are
    chosen as examples now; `sample` the first ten."""

    token: str
    changes: int
    unchanged: int
    refused: dict[str, str]
    refused_count: int
    counts: dict[str, dict[str, int]]
    examples: int
    sample: list[CurationRow]
    people: People


class BulkApplied(Said):
    """`batch` is what `undo` takes back."""

    batch: str
    changed: int
