"""What may be asked of a job: closed and bounded, because it becomes the arguments of an act.

Models are named as study.toml names them. No address and no key's name can be given here: whoever may start a job
could otherwise have the server call any host, or send it a secret of its environment.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field, StringConstraints, model_validator

from seedbed.server.shapes import Asked

__all__ = [
    "BridgeOptions",
    "GenerateOptions",
    "JobAsked",
    "NoOptions",
    "PropagateOptions",
    "ReleaseOptions",
    "given",
]

_Named = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
_Label = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
_Labels = Annotated[tuple[_Label, ...], Field(min_length=1, max_length=32)]
_Rows = Annotated[int, Field(ge=1, le=1_000_000)]


class NoOptions(Asked):
    pass


class GenerateOptions(Asked):
    """Those of `seedbed generate`, by the names they have in Python; what is left out, study.toml says."""

    stage: Literal["questions", "triples", "topics"] = "questions"
    run: _Named | None = None
    target: _Rows | None = None
    candidates: _Rows | None = None
    values: _Labels | None = None
    with_seeds: bool = True
    raw: bool = False
    control_of: _Named | None = None
    prompts_from: _Named | None = None
    topic: _Labels | None = None
    question_type: _Labels | None = None
    sample: _Rows | None = None
    topics_from: _Named | None = None
    writer: _Named | None = None
    judge: _Named | None = None
    lanes: Annotated[int, Field(ge=1, le=512)] | None = None
    pilot: Annotated[int, Field(ge=8, le=10_000)] | None = None
    max_cost: Annotated[float, Field(ge=0, le=1e6)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=10**12)] | None = None
    max_seconds: Annotated[float, Field(gt=0, le=30 * 24 * 3600)] | None = None
    rejudge: bool = False

    @model_validator(mode="after")
    def _is_one_plan(self) -> GenerateOptions:
        if self.target is not None and self.candidates is not None:
            raise ValueError("a run has a target or a number of candidates")
        return self


class PropagateOptions(Asked):
    """Those of `Study.propagate`. Without `make` it reads what is there. With it, runs are made first: only where
    `agreed` is at least the number of requests that they will take. Left out, the job ends with the forecast."""

    run: _Named | None = None
    make: Literal["controls", "swap", "dose"] | None = None
    sets: Annotated[int, Field(ge=3, le=24)] | None = None
    feature: Literal["instructions", "length"] | None = None
    candidates: Annotated[int, Field(ge=8, le=1_000_000)] | None = None
    lanes: Annotated[int, Field(ge=1, le=512)] | None = None
    agreed: Annotated[int, Field(ge=1, le=10**9)] | None = None

    @model_validator(mode="after")
    def _is_one_design(self) -> PropagateOptions:
        if (self.feature is not None) != (self.make == "dose"):
            raise ValueError("a dose, and nothing else, is of a feature")
        if self.sets is not None and self.make != "swap":
            raise ValueError("only a swap has sets")
        return self


class ReleaseOptions(Asked):
    """With `preview` it is reckoned and not made. `drop_leaks` leaves out what leaks, in place of refusing."""

    version: _Named
    preview: bool = False
    drop_leaks: bool = False


class BridgeOptions(Asked):
    """`per_group` is how many prompts each group is to have in the end. `endpoint` is a name of study.toml."""

    source: Literal["grown", "seeds"] = "grown"
    per_group: Annotated[int, Field(ge=1, le=50)] = 10
    endpoint: _Named | None = None


class _Job(Asked):
    options: NoOptions = NoOptions()


class _Plain(_Job):
    act: Literal["curate", "assess", "report", "judges"]


class _Generate(Asked):
    act: Literal["generate"]
    options: GenerateOptions = GenerateOptions()


class _Propagate(Asked):
    act: Literal["propagate"]
    options: PropagateOptions = PropagateOptions()


class _Release(Asked):
    act: Literal["release"]
    options: ReleaseOptions


class _Bridge(Asked):
    act: Literal["bridge"]
    options: BridgeOptions = BridgeOptions()


JobAsked: TypeAlias = Annotated[_Plain | _Generate | _Propagate | _Release | _Bridge, Field(discriminator="act")]


def given(options: BaseModel) -> dict[str, Any]:
    """What was said, as JSON has it; what was left out stays out."""
    return options.model_dump(mode="json", exclude_unset=True)
