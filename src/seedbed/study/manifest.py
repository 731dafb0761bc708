"""What a backup says of itself: every file with its size and checksum."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from seedbed.errors import InputError

__all__ = ["FIRST", "MANIFEST", "Manifest", "Saved"]

MANIFEST = "seedbed-backup.json"
FIRST = ("people.db", "identity.db")  # copied before all else, and never when damaged
_FORMAT = 1


class Saved(BaseModel):
    """One file: its path from the study's folder, size in bytes, SHA-256 in hex, time of change (ns since 1970).

    The time is kept because runs are listed in the order of theirs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    changed_ns: Annotated[int, Field(ge=0, lt=1 << 63)]

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        # an empty part is also what an absolute path begins with
        if any(part in ("", ".", "..") for part in path.split("/")) or "\0" in path or path == MANIFEST:
            raise ValueError(f"{path!r} is no path inside a study")
        return path


class Manifest(BaseModel):
    """The whole: which version of Seedbed made it, when (ISO 8601, UTC), and from which kind of database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    seedbed: str
    made: str
    study: str
    database: Literal["sqlite", "postgresql"]
    files: tuple[Saved, ...]

    def to_json(self) -> str:
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: bytes, *, where: str) -> Manifest:
        """Raises InputError."""
        try:
            found = json.loads(text)
            version = found.get("format") if isinstance(found, dict) else None
            if version != _FORMAT:
                raise InputError(
                    f"{where} is a backup of format {version!r}, and this version of Seedbed reads {_FORMAT}",
                    hint="Restore it with the version of Seedbed that made it, or a later one.",
                )
            made = cls.model_validate(found)
        except (ValueError, RecursionError) as error:
            reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
            raise InputError(
                f"{where} has no sound list of its files: {reason}", hint="Take another backup; this one is damaged."
            ) from None
        if len({saved.path for saved in made.files}) != len(made.files):
            raise InputError(f"{where} names a file twice", hint="Take another backup; this one is damaged.")
        return made
