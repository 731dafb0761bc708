"""What travels over HTTP of a workshop's guide: the template, the labels, the step, and what people say of themselves.

The template's own shape is `seedbed.workshop.template`'s.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StrictBool, StringConstraints

from seedbed.server.shapes import Asked, Said
from seedbed.workshop.template import Template

__all__ = [
    "AddedLabel",
    "ConsentAsked",
    "DeviceInvitation",
    "DeviceLink",
    "Guide",
    "ItemName",
    "LabelAsked",
    "LabelReview",
    "LabelShown",
    "MisalignedAsked",
    "MyProfile",
    "Myself",
    "ProfileAsked",
    "SectionAsked",
    "StepAsked",
    "StepShown",
    "Taxonomy",
    "TaxonomyAsked",
    "TemplateFile",
    "Templated",
    "ValueAsked",
    "ValueShown",
]

# Bounds of what is asked for, wider than the workshop's own: its refusals say what is wrong.
ItemName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
_LabelId = Annotated[str, StringConstraints(max_length=200)]
_Long = Annotated[str, StringConstraints(max_length=4000)]
_About = Annotated[str, StringConstraints(max_length=500)]


# -- the template ----------------------------------------------------------------------------------------------------


class TemplateFile(Template):
    """The organiser's file; `seedbed_template` is the version of its format."""

    seedbed_template: Literal[1] = 1


class SectionAsked(Asked):
    """One section as a whole, of the shape that `Template` gives it; `before` is what it was when the editing began."""

    value: Any
    before: Any = None


class Templated(Said):
    template_version: int


# -- the labels ------------------------------------------------------------------------------------------------------


class LabelShown(Said):
    id: str
    label: str
    definition: str
    origin: Literal["predefined", "participants"]
    group: str


class Example(Said):
    question: str
    misaligned: str
    critique: str
    aligned: str


class ValueShown(Said):
    id: str
    label: str
    definition: str
    harms: list[str]
    scope: str
    references: list[str]
    examples: list[Example]


class Taxonomy(Said):
    """The labels as they are now. A risk has a name alone, and an id that is made of it."""

    version: int
    topics: list[LabelShown]
    question_types: list[LabelShown]
    values: list[ValueShown]
    risks: list[LabelShown]


_Risk = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class LabelAsked(Asked):
    """A label that is new where its `id` is not known; where that is "" it is made of the name.

    A risk is its `label` alone.
    """

    id: _LabelId = ""
    label: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    definition: _Long = ""
    origin: Literal["predefined", "participants"] = "predefined"
    group: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,31})?$")] = ""


class ExampleAsked(Asked):
    question: _Long
    misaligned: _Long
    critique: _Long
    aligned: _Long


class ValueAsked(Asked):
    id: _LabelId = ""
    label: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    definition: _Long = ""
    harms: Annotated[list[_Long], Field(max_length=50)] = Field(default=[])
    scope: _Long = ""
    references: Annotated[list[_Long], Field(max_length=50)] = Field(default=[])
    examples: Annotated[list[ExampleAsked], Field(max_length=50)] = Field(default=[])


class TaxonomyAsked(Asked):
    """All labels that there are to be. What a page does not edit of a label stays as it was.

    `version` is the one that the page showed: where it is another by now, nothing is done.
    """

    version: Annotated[int, Field(ge=1, lt=2**31)] | None = None

    topics: Annotated[list[LabelAsked], Field(min_length=1, max_length=200)]
    question_types: Annotated[list[LabelAsked], Field(min_length=1, max_length=200)]
    values: Annotated[list[ValueAsked], Field(min_length=1, max_length=100)]
    risks: Annotated[list[LabelAsked | _Risk], Field(max_length=200)] = Field(default=[])
    note: _Long = ""


class AddedLabel(Said):
    """A label that somebody added on a board. `as` is the label of the taxonomy that it was accepted as.

    `name` is that of whoever added it, "" once they were erased.
    """

    model_config = ConfigDict(populate_by_name=True)

    group: str
    activity: str
    id: str
    of: Literal["topics", "question_types", "values", "risks"]
    label: str
    definition: str
    person: str
    name: str
    at: str
    state: Literal["proposed", "accepted", "declined"]
    as_: str | None = Field(alias="as")


class LabelReview(Asked):
    """`as` names a label of the taxonomy that it is another name of; without it, it becomes one itself."""

    model_config = ConfigDict(populate_by_name=True)

    state: Literal["proposed", "accepted", "declined"]
    as_: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")] | None = Field(
        default=None, alias="as"
    )


# -- the step, and oneself -------------------------------------------------------------------------------------------


class StepAsked(Asked):
    """None is no step: before, between or after the sessions."""

    step: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")] | None


class StepShown(Said):
    """`step` is None where there is none, `at` "" until the first was gone to."""

    step: str | None
    at: str


class ConsentAsked(Asked):
    """What the person agrees to, by the ids of the template's items; what is left out is not agreed to."""

    items: Annotated[dict[ItemName, StrictBool], Field(max_length=50)]


class ProfileAsked(Asked):
    position: _About = ""
    background: _About = ""
    place: _About = ""
    positionality: _About = ""


class MyProfile(Said):
    """What one told of oneself."""

    position: str = ""
    background: str = ""
    place: str = ""
    positionality: str = ""


class MisalignedAsked(Asked):
    choice: Literal["write", "opt_out"]


class Myself(Said):
    """`consent` is None for whoever was never asked; `misaligned` until the warning was answered.

    `group` is "" for whoever is bound to none.
    """

    person: str
    name: str
    role: str
    group: str
    anonymous: bool
    consent: dict[str, bool] | None
    misaligned: Literal["write", "opt_out"] | None
    profile: MyProfile | None


class Guide(Said):
    """All that a page needs to know what the moment asks for."""

    me: Myself
    template: Template
    template_version: int
    now: StepShown
    taxonomy: Taxonomy


class DeviceLink(Said):
    """The only time that this address is told. It lets one device in, as the same person. `qr` is an SVG drawing."""

    url: str
    qr: str
    expires: str


class DeviceInvitation(Said):
    """`name` is who the device becomes."""

    title: str
    name: str
