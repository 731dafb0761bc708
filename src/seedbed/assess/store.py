"""Writing assessment.json and reading it back."""

from __future__ import annotations

import functools
from typing import Any

from pydantic import TypeAdapter, ValidationError

from seedbed.assess.document import SCHEMA, Assessment
from seedbed.errors import InputError, UsageError
from seedbed.measures.written import refuse_wild_numbers
from seedbed.study import Folder, write_atomic

__all__ = ["json_schema", "load", "save"]


@functools.cache
def _adapter() -> TypeAdapter[Assessment]:
    return TypeAdapter(Assessment)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of assessment.json."""
    return _adapter().json_schema()


def save(assessment: Assessment, folder: Folder) -> None:
    """Write assessment/assessment.json, whole or not at all."""
    write_atomic(folder.assessment / "assessment.json", _adapter().dump_json(assessment, indent=2) + b"\n")


def load(folder: Folder) -> Assessment:
    """The study's assessment. Raises UsageError when there is none, InputError when the file is another version's."""
    path = folder.assessment / "assessment.json"
    try:
        data = path.read_bytes()
        found = _adapter().validate_json(data)
        refuse_wild_numbers(data)
    except FileNotFoundError:
        raise UsageError("This study has no assessment yet", hint=f"seedbed assess {folder.root}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(
            f"{path} is damaged or was written by another version: {where}: {first['msg']}",
            hint=f"Make it anew: seedbed assess {folder.root}",
        ) from None
    except ValueError as error:
        raise InputError(f"{path} is damaged: {error}", hint=f"Make it anew: seedbed assess {folder.root}") from None
    if found.schema != SCHEMA:
        raise InputError(
            f"{path} was written by another version of Seedbed ({found.schema}, this one reads {SCHEMA})",
            hint=f"Make it anew: seedbed assess {folder.root}",
        )
    return found
