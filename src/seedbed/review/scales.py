"""What raters are asked: a scale with its definition, and an anchor for each of its values.

The level of measurement says which numbers have a meaning: of nominal values only whether they are the same, of
ordinal ones their order too, of interval ones their distance (Stevens 1946). A scale that takes several labels is
nominal, and each of its labels is a judgement by itself: given or not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias, get_args

from seedbed.errors import InputError

__all__ = ["Answer", "Level", "Option", "Scalar", "Scale"]

Level = Literal["nominal", "ordinal", "interval"]
Scalar: TypeAlias = str | int | float
Answer: TypeAlias = Scalar | tuple[str, ...]
"""A value of the scale; of a scale that takes several labels a tuple of them, in the order of its options."""

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")  # what Argilla takes as the name of a question, and XML as a name's rest
_TAKEN = frozenset({
    "item", "subject", "item_id", "rater", "annotator", "user", "reader", "scale", "value", "state", "via",
    "comment", "note", "again", "seconds", "at", "skipped",
    "annotation_id", "lead_time", "created_at", "updated_at", "id", "labels",
})  # fmt: skip
"""What columns of tables are called that are no scale's (`review.interchange.tables`)."""
_NO_PART = re.compile(r"[;|\n]|^none-of-these$")  # several labels stand in one cell, and that word for none of them
_MAX_OPTIONS = 250  # Argilla's own limit for the options of a label question


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a scale: the word beside it, and what has to hold for it to be given."""

    value: str | int
    label: str = ""
    anchor: str = ""

    @property
    def text(self) -> str:
        return self.label or str(self.value)


@dataclass(frozen=True, slots=True)
class Scale:
    """One question to a rater. Values are those of `options`, or any number from `low` to `high` (interval only).

    `several` takes any number of labels, none included. `kinds` are the rows that it can be asked of, `examples` are
    worked cases for the codebook. `required` says whether a rating without it is complete.
    """

    id: str
    title: str
    level: Level
    definition: str = ""
    options: tuple[Option, ...] = ()
    low: float | None = None
    high: float | None = None
    several: bool = False
    required: bool = True
    examples: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("question", "triple")

    @property
    def values(self) -> tuple[str | int, ...]:
        return tuple(option.value for option in self.options)

    def check(self) -> None:
        """Raises InputError for a scale that cannot be asked."""
        if not _ID.fullmatch(self.id):
            raise InputError(
                f"{self.id!r} cannot name a scale",
                hint="Use up to 64 small letters, digits, dashes and underscores, starting with a letter or digit.",
            )
        if self.id in _TAKEN or self.id.endswith(("_text", "_label")):
            raise InputError(
                f"{self.id!r} cannot name a scale: a column of the tables in and out is called so",
                hint="Give it another id; its title may be any.",
            )
        if not self.title.strip():
            raise InputError(f"The scale {self.id} has no title", hint="Give the few words that raters read above it.")
        if self.level not in get_args(Level):
            raise InputError(
                f"The scale {self.id} has no level {self.level!r}", hint=f"One of: {', '.join(get_args(Level))}"
            )
        if self.several and self.level != "nominal":
            raise InputError(
                f"The scale {self.id} takes several labels, so its level is nominal",
                hint='Set "level": "nominal", or "several": false.',
            )
        if unknown := set(self.kinds) - {"question", "triple"} or (not self.kinds and {"nothing"}):
            raise InputError(
                f"The scale {self.id} is asked of {', '.join(sorted(unknown))}", hint="Known kinds: question, triple"
            )
        if not self.options:
            self._check_range()
            return
        if self.low is not None or self.high is not None:
            raise InputError(
                f"The scale {self.id} has options, and low or high as well",
                hint="Give options, or low and high.",
            )
        if not 2 <= len(self.options) <= _MAX_OPTIONS and not (self.several and self.options):
            raise InputError(
                f"The scale {self.id} has {len(self.options)} options",
                hint=f"Give 2 to {_MAX_OPTIONS}.",
            )
        if len({str(value) for value in self.values}) < len(self.options):
            raise InputError(f"The scale {self.id} has an option twice", hint="Name each value once.")
        for value in self.values:
            if self.level == "nominal":
                if not isinstance(value, str) or not value.strip() or len(value) > 100:
                    raise InputError(
                        f"The scale {self.id} is nominal, and {value!r} is no label",
                        hint="A label is a text of up to 100 characters.",
                    )
                if self.several and _NO_PART.search(value):
                    raise InputError(
                        f"The scale {self.id} takes several labels, and {value!r} cannot stand beside another",
                        hint="Leave out ; and | and line ends; none-of-these says that no label holds.",
                    )
            elif isinstance(value, bool) or not isinstance(value, int):
                raise InputError(
                    f"The scale {self.id} is {self.level}, and {_short(value)} is no whole number",
                    hint="Number the options; their words are labels. Or make the scale nominal.",
                )
        if self.level != "nominal" and list(self.values) != sorted(self.values, key=int):
            raise InputError(
                f"The options of the scale {self.id} are not in their order", hint="Put the smallest number first."
            )

    def _check_range(self) -> None:
        if self.level != "interval":
            raise InputError(f"The scale {self.id} has no options", hint="List them, with an anchor for each.")
        if self.low is None or self.high is None or not self.low < self.high:
            raise InputError(
                f"The scale {self.id} has neither options nor low and high with low < high", hint="Give one of the two."
            )
        if not (-math.inf < self.low and self.high < math.inf):
            raise InputError(f"The scale {self.id} has no end", hint="Give numbers as low and high.")

    def read(self, given: Any) -> Answer:
        """`given` as a value of this scale. Raises InputError, which names what the scale takes."""
        if self.several:
            several = [given] if isinstance(given, str | int | float) else given
            if not isinstance(several, Sequence):
                raise self._outside(given)
            chosen = {self._one(value) for value in several}
            return tuple(str(value) for value in self.values if value in chosen)
        if isinstance(given, list | tuple):
            if len(given) != 1:
                raise InputError(f"{self.id} takes one value, not {len(given)}", hint=self._takes())
            given = given[0]
        return self._one(given)

    def parse(self, text: str) -> Answer:
        """A value as tables and other programs write it: "4", "4.0", a value, or an option's label in any case."""
        if self.several:
            return self.read([self._named(part) for part in re.split(r"\s*[;|\n]\s*", text.strip()) if part])
        return self.read(self._named(text.strip()))

    def _named(self, text: str) -> Scalar:
        by_name: dict[str, Scalar] = {option.text.casefold(): option.value for option in self.options}
        by_name |= {f"{option.value}: {option.text}".casefold(): option.value for option in self.options}
        by_name |= {str(value).casefold(): value for value in self.values}
        if (found := by_name.get(text.casefold())) is not None:
            return found
        if self.level != "nominal":
            try:
                number = float(text.replace("−", "-"))
            except ValueError:
                return text
            return number if number in self.values or not self.options else text
        return text

    def _one(self, given: Any) -> Scalar:
        if isinstance(given, bool) or not isinstance(given, str | int | float):
            raise self._outside(given)
        if not self.options and not isinstance(given, str):
            try:
                number = float(given)
            except OverflowError:
                raise self._outside(given) from None
            assert self.low is not None
            assert self.high is not None
            if self.low <= number <= self.high:  # false for nan too
                return number
        elif self.level == "nominal":
            if given in self.values:
                return given
        elif not isinstance(given, str) and given in self.values:
            return int(given)
        raise self._outside(given)

    def _outside(self, given: Any) -> InputError:
        return InputError(f"{_short(given)} is no value of the scale {self.id}", hint=self._takes())

    def _takes(self) -> str:
        if not self.options:
            return f"It takes a number from {self.low:g} to {self.high:g}."
        shown = ", ".join(map(str, self.values[:12])) + (", …" if len(self.values) > 12 else "")
        return f"It takes {'any of' if self.several else 'one of'}: {shown}"

    def to_json(self) -> dict[str, Any]:
        """The definition as the log holds it, and as a spec file may give it."""
        data: dict[str, Any] = {"id": self.id, "title": self.title, "level": self.level, "definition": self.definition}
        if self.options:
            data["options"] = [{"value": o.value, "label": o.label, "anchor": o.anchor} for o in self.options]
        else:
            data |= {"low": self.low, "high": self.high}
        return data | {
            "several": self.several, "required": self.required, "examples": list(self.examples),
            "kinds": list(self.kinds),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`; what is left out has its default. Raises InputError for another form."""
        try:
            unknown = set(data) - set(cls.__dataclass_fields__)
            if unknown:
                raise InputError(
                    f"A scale has no key {', '.join(sorted(unknown))}",
                    hint=f"Known: {', '.join(cls.__dataclass_fields__)}",
                )
            options = tuple(
                Option(o["value"], str(o.get("label", "")), str(o.get("anchor", "")))
                if isinstance(o, Mapping)
                else Option(o)
                for o in data.get("options", ())
            )
            more: dict[str, Any] = {name: tuple(map(str, data[name])) for name in ("examples", "kinds") if name in data}
            kept = {name: value for name, value in data.items() if name not in ("options", "examples", "kinds")}
            scale = cls(**{"title": kept.get("id", ""), **kept}, options=options, **more)
        except (TypeError, KeyError, AttributeError) as error:
            raise InputError(
                f"A scale is not what it should be: {error}",
                hint='As in: {"id": "tone", "title": "Tone", "level": "nominal", "options": ["kind", "harsh"]}',
            ) from None
        scale.check()
        return scale


def _short(given: object) -> str:
    shown = repr(given)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
