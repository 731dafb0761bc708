"""study.toml and the settings it holds: read strictly, written with a comment on every key.

The rooms declare their settings as pydantic models that forbid unknown keys; this module knows only how to
read a TOML file into such a model, to say clearly what is wrong with it, and to write one with comments.
"""

from __future__ import annotations

import difflib
import json
import re
import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from seedbed.errors import SettingsError

__all__ = [
    "HEADER",
    "KEY",
    "Overlay",
    "SettingsModel",
    "literal",
    "parse_settings",
    "parts_of",
    "render_settings",
    "with_key",
]

T = TypeVar("T", bound=BaseModel)

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PART = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_PATH = rf"{_PART}(?:\s*\.\s*{_PART})*"
HEADER = re.compile(rf"\s*\[\[?\s*({_PATH})\s*\]")
KEY = re.compile(rf"\s*({_PATH})\s*=")
_SECTION = re.compile(r"^[ \t]*\[", re.MULTILINE)


class SettingsModel(BaseModel):
    """Base of every section of study.toml: frozen; an unknown key is an error, and so is a number that is none."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


# --- reading -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overlay:
    """Settings from another file that go over those of the first: tables key by key, anything else whole.

    `text` and `path` are that file's, and `under` is the section of it where `data` stands: for what is wrong in it.
    """

    data: Mapping[str, Any]
    text: str
    path: Path
    under: tuple[str, ...]


def parse_settings(text: str, model: type[T], *, path: Path, over: Overlay | None = None) -> T:
    """Read TOML `text` into `model`, with no conversion: "5" and true are no numbers.

    Raises SettingsError that names each wrong key, its line, and for an unknown one the nearest that is known.
    With `over`, the text has to be right by itself first; what is wrong then is the overlay's.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is not valid TOML: {error}", hint="Mend that line, then run the command again."
        ) from None
    found = _validated(data, model, Overlay(data, text, path, ()))
    return found if over is None else _validated(_merged(data, over.data), model, over)


def _validated(data: Mapping[str, Any], model: type[T], given: Overlay) -> T:
    try:
        # by way of JSON, because pydantic is strict about types there and still takes an array for a tuple;
        # a date becomes an object, which no setting is
        return model.model_validate_json(json.dumps(data, default=lambda date: {"date": str(date)}), strict=True)
    except ValidationError as error:
        problems = dict.fromkeys(_problem(item, model, data, given) for item in error.errors())
        raise SettingsError(
            f"{given.path}: " + "; ".join(problems), hint=f"Mend {given.path.name}, then run the command again."
        ) from None


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(base)
    for key, value in over.items():
        under = made.get(key)
        made[key] = _merged(under, value) if isinstance(under, dict) and isinstance(value, Mapping) else value
    return made


def _problem(item: Any, model: type[BaseModel], data: Any, given: Overlay) -> str:
    kind = item["type"]
    where = _place(item["loc"], data, missing=kind == "missing")
    shown = [*given.under, *where]
    name = ".".join(shown)
    line = _line_of(given.text, shown)
    at = f" (line {line})" if line else ""
    if kind == "extra_forbidden":
        known = [_named(field, info) for field, info in _model_at(model, where[:-1]).model_fields.items()]
        near = difflib.get_close_matches(where[-1], known, n=1, cutoff=0.5)
        nearest = f"; did you mean {near[0]!r}?" if near else f"; known keys: {', '.join(known)}"
        return f"unknown key {name!r}{at}{nearest}"
    if kind == "missing":
        return f"{name!r} is missing{at}"
    if kind in ("model_type", "model_attributes_type"):
        return f"{name!r}{at} should be a section: [{name}]"
    message = item["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{name!r}{at} {message}{_given(item, _model_at(model, where))}" if name else message


def _given(item: Any, model: type[BaseModel]) -> str:
    """What stands there, unless its section may hold a secret."""
    given = item.get("input")
    if model.model_config.get("hide_input_in_errors") or not isinstance(given, str | int | float | bool):
        return ""
    return f", not {literal(given)}"


def _place(loc: Sequence[str | int], data: Any, *, missing: bool) -> list[str]:
    """The part of pydantic's location that is the file's: it also names the members of a union."""
    found: list[str] = []
    for part in loc:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return [*found, str(part)] if missing else found
        found.append(str(part))
    return found


def _line_of(text: str, where: Sequence[str]) -> int:
    """The line, from 1, of the key at `where`, or of the nearest section or key above it; 0 when none is found."""
    section: list[str] = []
    arrays: dict[tuple[str, ...], int] = {}
    best, depth = 0, 0
    for number, line in enumerate(text.split("\n"), 1):
        if header := HEADER.match(line):
            section = here = _numbered(parts_of(header[1]), arrays, new=line.lstrip().startswith("[["))
        elif key := KEY.match(line):
            here = [*section, *parts_of(key[1])]
        else:
            continue
        if depth < len(here) and list(where[: len(here)]) == here:
            best, depth = number, len(here)
    return best


def _numbered(parts: list[str], arrays: dict[tuple[str, ...], int], *, new: bool) -> list[str]:
    """The parts of a header with the number of the entry after each [[array]] among them; `new` counts one up."""
    found: list[str] = []
    for place, part in enumerate(parts, 1):
        found.append(part)
        key = tuple(found)
        if new and place == len(parts):
            arrays[key] = arrays.get(key, -1) + 1
        if key in arrays:
            found.append(str(arrays[key]))
    return found


def parts_of(path: str) -> list[str]:
    """The parts of a dotted key, as KEY and HEADER find it, without their quotes."""
    return [part.strip("\"'") for part in re.findall(_PART, path)]


def _model_at(model: type[BaseModel], where: Sequence[str]) -> type[BaseModel]:
    """The settings that hold the key at `where`, as deep as settings go."""
    for part in where:
        found = next((info for name, info in model.model_fields.items() if part == _named(name, info)), None)
        nested = _nested(found.annotation) if found else None
        # not a field: an entry of a table of tables, such as [endpoints.NAME]; its settings are the value type
        model = nested or model
    return model


def _named(field: str, info: FieldInfo) -> str:
    """The key of a field: its alias, where the key is a word of Python's own."""
    return info.validation_alias if isinstance(info.validation_alias, str) else field


def _nested(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _nested(argument)
        if found is not None:
            return found
    return None


# --- writing -----------------------------------------------------------------------------------------------------


def render_settings(settings: BaseModel, *, heading: str) -> str:
    """`settings` as TOML with each field's description as a comment above its key.

    Sections (fields that are themselves settings) come after the plain keys. None is written as a commented key, and
    a table of sections that has no entry as one commented section, so that a reader sees what there is.
    """
    lines = [*_comment(heading), "", *_render(settings, prefix="")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _render(settings: BaseModel, *, prefix: str, commented: bool = True) -> list[str]:
    plain: list[str] = []
    sections: list[str] = []
    for field, info in type(settings).model_fields.items():
        name, value = _named(field, info), getattr(settings, field)
        comment = _comment(info.description or "") if commented else []
        nested = _nested(info.annotation)
        if isinstance(value, BaseModel):
            sections += ["", *comment, f"[{prefix}{name}]", *_render(value, prefix=f"{prefix}{name}.")]
        elif isinstance(value, dict) and nested is not None:
            sections += ["", *comment]
            for key, item in value.items():
                inner = f"{prefix}{name}.{_key(key)}"
                sections += [f"[{inner}]", *_render(item, prefix=f"{inner}."), ""]
            sections += [] if value else [f"# [{prefix}{name}.NAME]", *_blank(nested)]
        elif isinstance(value, tuple) and nested is not None:
            inner = f"{prefix}{name}"
            sections += ["", *comment]
            for number, item in enumerate(value):
                sections += [f"[[{inner}]]", *_render(item, prefix=f"{inner}.", commented=commented and not number), ""]
            sections += [] if value or not commented else [f"# [[{inner}]]", *_blank(nested)]
        elif isinstance(value, dict) and _of_tables(info.annotation):
            sections += ["", *comment]
            for key, item in value.items():
                sections += _table(item, f"{prefix}{name}.{_key(key)}")
            sections += [] if value else [f"# [{prefix}{name}.NAME]"]
        elif value is None:
            plain += [*comment, f"# {name} ="]
        else:
            plain += [*comment, f"{name} = {literal(value)}"]
    return plain + sections


def _of_tables(annotation: Any) -> bool:
    """Whether a field holds tables by name whose keys it does not know."""
    arguments = get_args(annotation)
    return get_origin(annotation) is dict and get_origin(arguments[1]) is dict


def _table(table: dict[str, Any], name: str) -> list[str]:
    """A table of anything as sections."""
    plain = [f"{_key(k)} = {literal(v)}" for k, v in table.items() if not isinstance(v, dict)]
    lines = [f"[{name}]", *plain, ""] if plain or not table else []
    for key, value in table.items():
        lines += _table(value, f"{name}.{_key(key)}") if isinstance(value, dict) else []
    return lines


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else literal(name)


def _blank(model: type[BaseModel]) -> list[str]:
    """The keys of a section that is not there, commented out, with their defaults."""
    lines: list[str] = []
    for field, info in model.model_fields.items():
        name, default = _named(field, info), info.get_default(call_default_factory=True)
        if _nested(info.annotation) is not None:
            continue
        shown = "" if default is None or default is PydanticUndefined else f" {literal(default)}"
        lines += [*_comment(info.description or ""), f"# {name} ={shown}"]
    return lines


def _comment(text: str) -> list[str]:
    return [f"# {line}" for given in text.splitlines() for line in textwrap.wrap(given, 110)]


def with_key(text: str, name: str, value: str, *, where: str, hint: str) -> str:
    """The TOML `text` with its top key `name` set to `value` and nothing else changed, comments included.

    Raises SettingsError, which begins with `where`, when the key is written so that it cannot be found.
    """
    try:
        wanted = {**tomllib.loads(text), name: value}
        head = _SECTION.search(text)
        top, rest = (text[: head.start()], text[head.start() :]) if head else (text, "")
        line = f"{name} = {json.dumps(value)}"
        top, found = re.subn(rf"(?m)^[ \t]*{name}[ \t]*=.*$", lambda _: line, top)
        changed = (top if found else f"{line}\n{top}") + rest
        if tomllib.loads(changed) == wanted:
            return changed
    except tomllib.TOMLDecodeError:
        pass
    raise SettingsError(f"{where}: cannot change the key {name}, which is written in an unusual way", hint=hint)


def literal(value: Any) -> str:
    """`value` as TOML has it, in one line. Raises SettingsError for a text that is no UTF-8."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _quoted(value)
        case list() | tuple():
            return "[" + ", ".join(literal(item) for item in value) + "]"
        case dict() if not value:
            return "{}"
        case dict():
            return "{ " + ", ".join(f"{literal(str(k))} = {literal(v)}" for k, v in value.items()) + " }"
    raise TypeError(f"no TOML form for {type(value).__name__}")


def _quoted(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise SettingsError(f"{text!r} is not valid text", hint="Use UTF-8 in the terminal.") from None
    # JSON's escapes are TOML's, but for DEL
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
