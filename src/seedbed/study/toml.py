"""study.toml and the settings it holds: read strictly, written with a comment on every key.

The rooms declare their settings as pydantic models that forbid unknown keys; this module knows only how to
read a TOML file into such a model, to say clearly what is wrong with it, and to write one with comments.
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from seedbed.errors import SettingsError

__all__ = ["SettingsModel", "parse_settings", "render_settings"]

T = TypeVar("T", bound=BaseModel)


class SettingsModel(BaseModel):
    """Base of every section of study.toml: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def parse_settings(text: str, model: type[T], *, path: Path) -> T:
    """Read TOML `text` into `model`. Raises SettingsError that names the key, the line, and the nearest known key."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is not valid TOML: {error}", hint="Mend that line, then run the command again."
        ) from None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = [_problem(item, model, text) for item in error.errors()]
        raise SettingsError(
            f"{path}: " + "; ".join(problems), hint="Mend study.toml, then run the command again."
        ) from None


def _problem(item: Any, model: type[BaseModel], text: str) -> str:
    where = [str(part) for part in item["loc"]]
    name = ".".join(where)
    line = _line_of(text, where[-1]) if where else 0
    at = f" (line {line})" if line else ""
    if item["type"] == "extra_forbidden":
        known = _keys(model, where[:-1])
        near = difflib.get_close_matches(where[-1], known, n=1, cutoff=0.5)
        nearest = f"; did you mean {near[0]!r}?" if near else f"; known keys: {', '.join(known)}"
        return f"unknown key {name!r}{at}{nearest}"
    given = item.get("input")
    shown = f", not {given!r}" if isinstance(given, str | int | float | bool) else ""
    message = item["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{name!r}{at} {message}{shown}" if name else f"{message}{shown}"


def _line_of(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith((f"{key} ", f"{key}=", f"[{key}]")) or bare.endswith(f".{key}]"):
            return number
    return 0


def _keys(model: type[BaseModel], where: list[str]) -> list[str]:
    for part in where:
        found = model.model_fields.get(part)
        nested = _nested(found.annotation) if found else None
        if nested is None:
            # an entry of a table of tables, such as [endpoints.NAME]: its keys are those of the value type
            continue
        model = nested
    return list(model.model_fields)


def _nested(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _nested(argument)
        if found is not None:
            return found
    return None


def render_settings(settings: BaseModel, *, heading: str) -> str:
    """`settings` as TOML with each field's description as a comment above its key.

    Sections (fields that are themselves settings) come after the plain keys. None is written as a commented key.
    """
    lines = [f"# {line}" if line else "#" for line in heading.splitlines()]
    lines += _render(settings, prefix="")
    return "\n".join(lines).rstrip() + "\n"


def _render(settings: BaseModel, *, prefix: str) -> list[str]:
    plain: list[str] = []
    sections: list[str] = []
    for name, info in type(settings).model_fields.items():
        value = getattr(settings, name)
        comment = [f"# {line}" for line in (info.description or "").splitlines()]
        if isinstance(value, BaseModel):
            sections += ["", *comment, f"[{prefix}{name}]", *_render(value, prefix=f"{prefix}{name}.")]
        elif isinstance(value, dict) and value and all(isinstance(v, BaseModel) for v in value.values()):
            for key, item in value.items():
                sections += [
                    "",
                    *comment,
                    f"[{prefix}{name}.{key}]",
                    *_render(item, prefix=f"{prefix}{name}.{key}."),
                ]
        elif value is None:
            plain += [*comment, f"# {name} ="]
        elif not (isinstance(value, dict) and not value):
            plain += [*comment, f"{name} = {_literal(value)}"]
    return plain + sections


def _literal(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            return f'"{escaped}"'
        case list() | tuple():
            return "[" + ", ".join(_literal(item) for item in value) + "]"
        case dict():
            return "{ " + ", ".join(f"{_literal(str(k))} = {_literal(v)}" for k, v in value.items()) + " }"
    raise TypeError(f"no TOML form for {type(value).__name__}")
