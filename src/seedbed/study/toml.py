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
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticUndefined

from seedbed.errors import SettingsError

__all__ = ["SettingsModel", "parse_settings", "render_settings"]

T = TypeVar("T", bound=BaseModel)

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PART = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_PATH = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_PATH})\s*\]")
_KEY = re.compile(rf"\s*({_PATH})\s*=")


class SettingsModel(BaseModel):
    """Base of every section of study.toml: frozen; an unknown key is an error, and so is a number that is none."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


# --- reading -----------------------------------------------------------------------------------------------------


def parse_settings(text: str, model: type[T], *, path: Path) -> T:
    """Read TOML `text` into `model`, with no conversion: "5" and true are no numbers.

    Raises SettingsError that names each wrong key, its line, and for an unknown one the nearest that is known.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is not valid TOML: {error}", hint="Mend that line, then run the command again."
        ) from None
    try:
        # by way of JSON, because pydantic is strict about types there and still takes an array for a tuple;
        # a date becomes an object, which no setting is
        return model.model_validate_json(json.dumps(data, default=lambda date: {"date": str(date)}), strict=True)
    except ValidationError as error:
        problems = dict.fromkeys(_problem(item, model, data, text) for item in error.errors())
        raise SettingsError(
            f"{path}: " + "; ".join(problems), hint="Mend study.toml, then run the command again."
        ) from None


def _problem(item: Any, model: type[BaseModel], data: Any, text: str) -> str:
    kind = item["type"]
    where = _place(item["loc"], data, missing=kind == "missing")
    name = ".".join(where)
    line = _line_of(text, where)
    at = f" (line {line})" if line else ""
    if kind == "extra_forbidden":
        known = list(_model_at(model, where[:-1]).model_fields)
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
    return f", not {_literal(given)}"


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
    best, depth = 0, 0
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            section = here = _parts(header[1])
        elif key := _KEY.match(line):
            here = [*section, *_parts(key[1])]
        else:
            continue
        if depth < len(here) and list(where[: len(here)]) == here:
            best, depth = number, len(here)
    return best


def _parts(path: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, path)]


def _model_at(model: type[BaseModel], where: Sequence[str]) -> type[BaseModel]:
    """The settings that hold the key at `where`, as deep as settings go."""
    for part in where:
        found = model.model_fields.get(part)
        nested = _nested(found.annotation) if found else None
        # not a field: an entry of a table of tables, such as [endpoints.NAME]; its settings are the value type
        model = nested or model
    return model


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
    return "\n".join(lines).rstrip() + "\n"


def _render(settings: BaseModel, *, prefix: str) -> list[str]:
    plain: list[str] = []
    sections: list[str] = []
    for name, info in type(settings).model_fields.items():
        value = getattr(settings, name)
        comment = _comment(info.description or "")
        nested = _nested(info.annotation)
        if isinstance(value, BaseModel):
            sections += ["", *comment, f"[{prefix}{name}]", *_render(value, prefix=f"{prefix}{name}.")]
        elif isinstance(value, dict) and nested is not None:
            sections += ["", *comment]
            for key, item in value.items():
                inner = f"{prefix}{name}.{key if _BARE.fullmatch(key) else _literal(key)}"
                sections += [f"[{inner}]", *_render(item, prefix=f"{inner}."), ""]
            sections += [] if value else [f"# [{prefix}{name}.NAME]", *_blank(nested)]
        elif value is None:
            plain += [*comment, f"# {name} ="]
        else:
            plain += [*comment, f"{name} = {_literal(value)}"]
    return plain + sections


def _blank(model: type[BaseModel]) -> list[str]:
    """The keys of a section that is not there, commented out, with their defaults."""
    lines: list[str] = []
    for name, info in model.model_fields.items():
        default = info.get_default(call_default_factory=True)
        shown = "" if default is None or default is PydanticUndefined else f" {_literal(default)}"
        lines += [*_comment(info.description or ""), f"# {name} ={shown}"]
    return lines


def _comment(text: str) -> list[str]:
    return [f"# {line}" for given in text.splitlines() for line in textwrap.wrap(given, 110)]


def _literal(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _quoted(value)
        case list() | tuple():
            return "[" + ", ".join(_literal(item) for item in value) + "]"
        case dict() if not value:
            return "{}"
        case dict():
            return "{ " + ", ".join(f"{_literal(str(k))} = {_literal(v)}" for k, v in value.items()) + " }"
    raise TypeError(f"no TOML form for {type(value).__name__}")


def _quoted(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise SettingsError(f"{text!r} is not valid text", hint="Use UTF-8 in the terminal.") from None
    # JSON's escapes are TOML's, but for DEL
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
