"""What travels over HTTP about the bridge between the two sessions; what may be asked stands with the jobs' options."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from seedbed.server.jobs.schemas import JobShown
from seedbed.server.shapes import Said

__all__ = ["BridgeShown", "NoteShown", "ParentShown", "PromptGiven", "PromptSpare"]


class ParentShown(Said):
    """A seed that a prompt grew from; `text` is empty once its author's words were erased."""

    id: str
    text: str
    group: str


class PromptSpare(Said):
    """A prompt nobody has yet. `source` is grown or seed, `from` the run's row or the seed."""

    from_: Annotated[str, Field(alias="from")]
    text: str
    source: Literal["grown", "seed", "own"]
    run: str
    parents: list[ParentShown]
    topic: str | None
    question_type: str | None


class PromptGiven(PromptSpare):
    row: str


class NoteShown(Said):
    """What a facilitator should know, of a `group` where one is named: so many of its prompts are seeds because the run
    kept too few; so many are lacking; what stopped the run early; so many were withdrawn before they were given."""

    code: Literal["seeds_instead", "lacking", "stopped_by", "gone"]
    group: str
    count: int
    text: str


class BridgeShown(Said):
    """`job` is the last one that bridged; `run` the run that grew the prompts."""

    job: JobShown | None
    run: str
    source: Literal["grown", "seeds"] | None
    per_group: int
    groups: dict[str, list[PromptGiven]]
    spare: list[PromptSpare]
    notes: list[NoteShown]
