"""Writing propagation.json and reading it back."""

from __future__ import annotations

import functools
from typing import Any

from pydantic import TypeAdapter, ValidationError

from seedbed.errors import InputError, UsageError
from seedbed.measures.written import refuse_wild_numbers
from seedbed.propagate.document import SCHEMA, Propagation
from seedbed.study import Folder, write_atomic

__all__ = ["as_plain", "json_schema", "load", "save"]

FILE = "propagation.json"


@functools.cache
def _adapter() -> TypeAdapter[Propagation]:
    return TypeAdapter(Propagation)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of propagation.json."""
    return _adapter().json_schema()


def as_plain(found: Propagation) -> dict[str, Any]:
    """The document as it stands in the file."""
    plain: dict[str, Any] = _adapter().dump_python(found, mode="json")
    return plain


def save(found: Propagation, folder: Folder) -> None:
    """Write propagation/propagation.json, whole or not at all."""
    write_atomic(folder.propagation / FILE, _adapter().dump_json(found, indent=2) + b"\n")


def load(folder: Folder) -> Propagation:
    """What was tested last. Raises UsageError when nothing was, InputError when the file is another version's."""
    path = folder.propagation / FILE
    anew = f"Make it anew: seedbed propagate {folder.root}"
    try:
        data = path.read_bytes()
        found = _adapter().validate_json(data)
        refuse_wild_numbers(data)
    except FileNotFoundError:
        raise UsageError(
            "Nothing was tested yet of what the seeds did", hint=f"seedbed propagate {folder.root}"
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(
            f"{path} is damaged or was written by another version: {where}: {first['msg']}", hint=anew
        ) from None
    except ValueError as error:
        raise InputError(f"{path} is damaged: {error}", hint=anew) from None
    if found.schema != SCHEMA:
        raise InputError(f"{path} was written by another version of Seedbed ({found.schema})", hint=anew)
    return found
