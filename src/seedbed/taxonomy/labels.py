"""The labels of one taxonomy version, and how a label that a person typed finds its canonical one.

"Questions that require giving advice", "Giving Advice" and "giving advice" are one label: case, punctuation and
the question-type preamble do not count. A label that is no alias of a known one stays as it was typed; the
nearest known label is only ever *suggested*, and a person confirms it.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
import unicodedata
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from seedbed.errors import InputError

__all__ = ["Label", "Scaffold", "Taxonomy", "Value", "ValueExample", "default_taxonomy", "load_taxonomy", "normalise"]

_PREAMBLE = re.compile(r"^(questions?|prompts?) (that )?(requires?|needs?|about|asks? for) ")
_NOT_WORD = re.compile(r"[^\w]+")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _patterns(value: tuple[str, ...]) -> tuple[str, ...]:
    for pattern in value:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    return value


def _capturing(value: tuple[str, ...]) -> tuple[str, ...]:
    for pattern in _patterns(value):
        if re.compile(pattern).groups < 1:
            raise ValueError(f"{pattern!r} needs a group (in parentheses) that names the people")
    return value


Patterns = Annotated[tuple[str, ...], AfterValidator(_patterns)]


class Label(_Model):
    """A topic or a question type.

    `subtopics`, `hint`, `lead_ins` and `cues` serve generation: narrower hints for a topic; how a prompt says the
    type ("asks for advice"); first words that a small model may be given; words that mark the type in a text.
    """

    id: str
    label: str
    definition: str = ""
    subtopics: tuple[str, ...] = ()
    hint: str = ""
    cues: Patterns = ()
    lead_ins: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    origin: Literal["predefined", "participants"] = "predefined"
    group: str = ""


class Scaffold(_Model):
    """What helps a small model to write for a value: a role, and the first words of its responses, marked as ours.

    `subjects` are regular expressions whose group 1 is the people that a prompt speaks of; {group} in a lead-in is
    replaced by them, with a capital as {Group}. Cues are regular expressions by which a response is known to show
    the fault, or to be put right; what matches `neutral` ("should not be judged by") is left out before they are
    looked for, because it denies a fault in the fault's own words.
    """

    persona: str = ""
    subjects: Annotated[tuple[str, ...], AfterValidator(_capturing)] = ()
    misaligned: tuple[str, ...] = ()
    aligned: tuple[str, ...] = ()
    fault_cues: Patterns = ()
    kind_cues: Patterns = ()
    neutral: Patterns = ()


class ValueExample(_Model):
    """A worked example of a value: the question, a response that violates it, the critique, the response put right."""

    question: str
    misaligned: str
    critique: str
    aligned: str


class Value(_Model):
    """A value dimension with the profile of the mitigator that is to serve it."""

    id: str
    label: str
    definition: str
    harms: tuple[str, ...] = ()
    scope: str = ""
    references: tuple[str, ...] = ()
    examples: tuple[ValueExample, ...] = ()
    aliases: tuple[str, ...] = ()
    scaffold: Scaffold | None = None


class Taxonomy(_Model):
    """One immutable version of all labels. Raises ValueError when an id or alias names two labels."""

    version: int = Field(ge=1)
    topics: tuple[Label, ...]
    question_types: tuple[Label, ...]
    values: tuple[Value, ...]
    risks: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for kind in ("topics", "question_types", "values"):
            items = getattr(self, kind)
            for id, count in Counter(item.id for item in items).items():
                if count > 1:
                    raise ValueError(f"{kind}: {count} labels have the id {id!r}")
            seen: dict[str, str] = {}
            for item in items:
                for name in {normalise(item.id), normalise(item.label), *map(normalise, item.aliases)}:
                    if seen.setdefault(name, item.id) != item.id:
                        raise ValueError(f"{kind}: {name!r} names both {seen[name]!r} and {item.id!r}")
        return self

    def topic(self, id: str) -> Label:
        return self._find("topics", id)

    def question_type(self, id: str) -> Label:
        return self._find("question_types", id)

    def value(self, id: str) -> Value:
        for item in self.values:
            if item.id == id:
                return item
        raise InputError(
            f"No value {id!r} in the taxonomy", hint=f"Known values: {', '.join(item.id for item in self.values)}"
        )

    @functools.cached_property
    def _by_id(self) -> dict[str, dict[str, Label]]:
        # a run looks up a dozen labels a request
        return {
            "topics": {item.id: item for item in self.topics},
            "question_types": {item.id: item for item in self.question_types},
        }

    def _find(self, kind: Literal["topics", "question_types"], id: str) -> Label:
        if (found := self._by_id[kind].get(id)) is not None:
            return found
        known = self._by_id[kind]
        near = difflib.get_close_matches(id, known, n=1, cutoff=0.5)
        raise InputError(
            f"No {kind[:-1].replace('_', ' ')} {id!r} in the taxonomy",
            hint=f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}",
        )

    @functools.cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        """For each kind: every name of a label, normalised, to its id."""
        return {
            kind: {normalise(name): item.id for item in items for name in (item.id, item.label, *item.aliases)}
            for kind, items in (
                ("topics", self.topics),
                ("question_types", self.question_types),
                ("values", self.values),
            )
        }

    def match(self, kind: Literal["topics", "question_types", "values"], raw: str) -> str | None:
        """The canonical id that `raw` names, or None. Never guesses."""
        return self._names[kind].get(normalise(raw))

    def suggest(self, kind: Literal["topics", "question_types", "values"], raw: str) -> str | None:
        """The nearest known label's id for an unknown `raw`, for a person to confirm; None when nothing is near."""
        names = self._names[kind]
        wanted = normalise(raw)
        # a typo first; then shared words, rare ones counting more: "legal context" shares a word with four labels,
        # but "legal" with one only
        near = difflib.get_close_matches(wanted, list(names), n=1, cutoff=0.85)
        if near:
            return names[near[0]]
        found = Counter(word for name in names for word in set(name.split()))

        def shared(name: str) -> float:
            a, b = set(wanted.split()), set(name.split())
            both, either = (sum(1 / (found[word] or 1) for word in words) for words in (a & b, a | b))
            return both / either if either else 0.0

        best = max(names, key=lambda name: (shared(name), -len(name)), default="")
        return names[best] if best and shared(best) >= 0.3 else None

    def to_json(self) -> str:
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"


def normalise(raw: str) -> str:
    """`raw` without case, punctuation, and the "Questions that require …" preamble."""
    folded = unicodedata.normalize("NFKC", raw).casefold()
    words = _NOT_WORD.sub(" ", folded.replace("_", " ")).strip()
    return _PREAMBLE.sub("", words)


def load_taxonomy(path: Path) -> Taxonomy:
    """Read a taxonomy from JSON. Raises InputError that names what is wrong."""
    try:
        return Taxonomy.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            f"No taxonomy at {path}", hint="Restore the file, or name another version in study.toml."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(
            f"{path} is not a taxonomy: {where}: {first['msg']}", hint="Mend the file, or restore it from a copy."
        ) from None


def default_taxonomy() -> Taxonomy:
    """The taxonomy a new study starts with: six topics, twenty-one question types, four values."""
    text = resources.files("seedbed.taxonomy").joinpath("default.json").read_bytes()
    return Taxonomy.model_validate_json(text)
