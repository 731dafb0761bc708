"""The sections of a workshop's template, as data with bounds. See `template`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from seedbed.workshop.commands.base import Group, Passage, TemplateId

__all__ = [
    "KINDS",
    "About",
    "Cards",
    "Consent",
    "ConsentItem",
    "Debrief",
    "Debriefs",
    "Entities",
    "EntityKind",
    "EntityValue",
    "GroupPlan",
    "Groups",
    "Helper",
    "Language",
    "Managers",
    "Planned",
    "Recruitment",
    "Reflection",
    "Scenario",
    "Script",
    "ScriptStep",
    "Section",
    "Session",
    "Sessions",
    "Step",
    "StepKind",
    "Task",
    "Tasks",
    "Writing",
]

Language = Literal["en", "pt"]
StepKind = Literal["welcome", "questions", "refine", "break", "bridge", "triples", "reflection", "close"]
KINDS: tuple[StepKind, ...] = get_args(StepKind)


def _distinct(what: str, ids: list[str]) -> None:
    for id in ids:
        if ids.count(id) > 1:
            raise ValueError(f"{what} {id!r} is there twice")


_Title = Annotated[Passage, Field(min_length=1, max_length=120)]
_Short = Annotated[Passage, Field(max_length=400)]
_Long = Annotated[Passage, Field(max_length=4000)]
_ValueId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,64}$")]
_Region = Annotated[Passage, Field(min_length=1, max_length=60)]
_Goal = Annotated[int, Field(ge=0, le=500)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class About(Section):
    """What participants are told first, in plain words.

    `fate` is what happens with what they write, `warning` what they are warned of before misaligned writing, `contact`
    whom they turn to, `duration` how long it takes.
    """

    title: _Title
    welcome: _Long
    fate: _Long
    warning: _Long
    contact: _Short
    language: Language
    duration: _Short


class Step(Section):
    """A part of a session. `minutes` is how long it is meant to take, 0 for no limit; `text` is what people do now."""

    id: TemplateId
    kind: StepKind
    title: _Title
    minutes: Annotated[int, Field(ge=0, le=600)]
    text: _Long


class Session(Section):
    """`without_break` is after how many minutes of work without a break moderators are warned; 0 for never."""

    id: TemplateId
    title: _Title
    steps: Annotated[tuple[Step, ...], Field(max_length=30)]
    without_break: Annotated[int, Field(ge=0, le=600)] = 60


class ScriptStep(Section):
    """What a moderator does in one step: the aim in `text`, sentences to `say`, and what to `watch_for`."""

    step: TemplateId
    text: _Long = ""
    say: Annotated[tuple[Annotated[_Short, Field(min_length=1)], ...], Field(max_length=20)] = ()
    watch_for: Annotated[tuple[Annotated[_Short, Field(min_length=1)], ...], Field(max_length=20)] = ()


class Planned(Section):
    """How many people are wanted of whom a field of their profile says `value`.

    `deployment_share` is their share, 0 to 1, of the people among whom what comes of the data is to be used.
    """

    field: Literal["role", "position", "background", "place"]
    value: Annotated[Passage, Field(min_length=1, max_length=120)]
    planned: Annotated[int, Field(ge=0, le=10_000)] = 0
    deployment_share: Annotated[float, Field(ge=0, le=1)] | None = None


class ConsentItem(Section):
    """One thing a person agrees to or not. `consequence` says what follows from no; without a `required` one nobody
    takes part. Of `writers_only` those are not asked who only rate."""

    id: TemplateId
    text: Annotated[_Long, Field(min_length=1)]
    consequence: _Long
    required: bool = False
    writers_only: bool = False


class GroupPlan(Section):
    """What a group works on. `value` is the id of its value of the taxonomy, "" for none in particular."""

    value: _ValueId = ""
    call_url: Annotated[str, StringConstraints(pattern=r"^(https://[!-~]{1,480})?$")] = ""
    goal_questions: _Goal = 10
    goal_triples: _Goal = 10


class Scenario(Section):
    """A situation that shows how a response can violate a value: the one of that id, or for "" any."""

    id: TemplateId
    title: _Title
    text: _Long
    value: _ValueId = ""


class Writing(Section):
    """A persona, a role card or a piece of advice."""

    id: TemplateId
    title: _Title
    text: _Long


class Debrief(Section):
    """A talk of those who led the workshop, afterwards: its aim in `text`, and under which prompts notes are taken.

    `minutes` is how long it is meant to take, 0 for no limit. The id names its board.
    """

    id: Annotated[TemplateId, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    title: _Title
    text: _Long
    minutes: Annotated[int, Field(ge=0, le=600)] = 60
    prompts: Annotated[tuple[Writing, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _ids_are_distinct(self) -> Self:
        _distinct("the prompt", [item.id for item in self.prompts])
        return self


class Cards(Section):
    """What is one click away while people write."""

    scenarios: Annotated[tuple[Scenario, ...], Field(max_length=60)] = ()
    personas: Annotated[tuple[Writing, ...], Field(max_length=60)] = ()
    role_cards: Annotated[tuple[Writing, ...], Field(max_length=60)] = ()
    advice: Annotated[tuple[Writing, ...], Field(max_length=60)] = ()

    @model_validator(mode="after")
    def _ids_are_distinct(self) -> Self:
        for name in ("scenarios", "personas", "role_cards", "advice"):
            _distinct(name, [item.id for item in getattr(self, name)])
        return self


class Task(Section):
    """What a prompt asks a model for: a question to answer, a text to summarise, and so on."""

    id: TemplateId
    label: _Title
    text: _Long


class EntityValue(Section):
    """Words that may stand in a slot. `regions` are where they are allowed, all when empty, but for `forbidden`."""

    value: Annotated[Passage, Field(min_length=1, max_length=120)]
    regions: Annotated[tuple[_Region, ...], Field(max_length=100)] = ()
    forbidden: Annotated[tuple[_Region, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _is_not_both(self) -> Self:
        if both := set(self.regions) & set(self.forbidden):
            raise ValueError(f"{min(both)!r} is both allowed and forbidden")
        return self

    def allowed_in(self, region: str) -> bool:
        return region not in self.forbidden and (not self.regions or region in self.regions)


class EntityKind(Section):
    kind: TemplateId
    label: _Title
    values: Annotated[tuple[EntityValue, ...], Field(max_length=300)] = ()


class Entities(Section):
    """The words of a question that can be replaced by others of their kind, region by region."""

    regions: Annotated[tuple[_Region, ...], Field(max_length=100)] = ()
    kinds: Annotated[tuple[EntityKind, ...], Field(max_length=30)] = ()

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        _distinct("the region", list(self.regions))
        _distinct("the kind", [kind.kind for kind in self.kinds])
        for kind in self.kinds:
            _distinct(f"{kind.kind}: the value", [value.value for value in kind.values])
            for value in kind.values:
                if unknown := set(value.regions + value.forbidden) - set(self.regions):
                    raise ValueError(f"{kind.kind}: {value.value!r} names {min(unknown)!r}, which is no region")
        return self

    def allowed(self, kind: str, region: str) -> tuple[str, ...]:
        """The words that may stand for `kind` in `region`; none for a kind or region that is not known."""
        if region not in self.regions:
            return ()
        return tuple(
            value.value for item in self.kinds if item.kind == kind for value in item.values
            if value.allowed_in(region)
        )  # fmt: skip


class Helper(Section):
    """The model that participants may ask. `endpoints` name those of study.toml; `per_hour` is each person's limit."""

    enabled: bool = True
    endpoints: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")], ...],
        Field(max_length=20),
    ] = ("embedded",)
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.7
    max_tokens: Annotated[int, Field(ge=16, le=8192)] = 300
    per_hour: Annotated[int, Field(ge=0, le=10_000)] = 60


def _steps_are_distinct(sessions: tuple[Session, ...]) -> tuple[Session, ...]:
    _distinct("the session", [session.id for session in sessions])
    _distinct("the step", [step.id for session in sessions for step in session.steps])
    return sessions


def _script_is_one_a_step(script: tuple[ScriptStep, ...]) -> tuple[ScriptStep, ...]:
    _distinct("the step", [item.step for item in script])
    return script


def _values_are_distinct(plan: tuple[Planned, ...]) -> tuple[Planned, ...]:
    for field in {item.field for item in plan}:
        values = [item.value for item in plan if item.field == field]
        _distinct(f"{field}: the value", [" ".join(value.casefold().split()) for value in values])
    return plan


def _items_are_distinct(items: tuple[Any, ...]) -> tuple[Any, ...]:
    _distinct("the id", [item.id for item in items])
    return items


Sessions = Annotated[tuple[Session, ...], Field(max_length=12), AfterValidator(_steps_are_distinct)]
Consent = Annotated[tuple[ConsentItem, ...], Field(max_length=20), AfterValidator(_items_are_distinct)]
Groups = Annotated[dict[Group, GroupPlan], Field(max_length=200)]
Tasks = Annotated[tuple[Task, ...], Field(max_length=30), AfterValidator(_items_are_distinct)]
Script = Annotated[tuple[ScriptStep, ...], Field(max_length=400), AfterValidator(_script_is_one_a_step)]
Reflection = Annotated[tuple[Writing, ...], Field(max_length=20), AfterValidator(_items_are_distinct)]
Debriefs = Annotated[tuple[Debrief, ...], Field(max_length=20), AfterValidator(_items_are_distinct)]
Recruitment = Annotated[tuple[Planned, ...], Field(max_length=200), AfterValidator(_values_are_distinct)]
Managers = Annotated[tuple[Annotated[Passage, Field(min_length=1, max_length=60)], ...], Field(max_length=60)]
