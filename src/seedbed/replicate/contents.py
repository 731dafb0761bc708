"""What a replication package holds: its files by name, and the list of them with their checksums.

replication.json        this list: format, versions, each file's size and SHA-256
README.md               what stands where
study.toml              the settings, without endpoints, database and whatever else is one machine's own
template.json           agenda, script, consent, cards, tasks, prompts to reflect on, recruitment plan
boards.json             the groups and the boards of each: texts and fields
taxonomy/N.json         labels and definitions, every version
profiles/ID.toml        use cases, older versions too
prompts.json            which prompts models are asked by, by version, and which models there were
decisions.jsonl         the decision log: what was set, gone to and decided, when, by pseudonym; nobody's words
lessons.jsonl           where there are any: what those who led it learnt, what each changes, and what was decided
next.json               where lessons were put down: the template with the accepted ones
workshop/*.jsonl        only where asked for: the record's tables, with the words of who agreed
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from seedbed.errors import InputError

__all__ = [
    "ANOTHER", "BOARDS", "DECISIONS", "KEPT", "LESSONS", "LIST", "NEXT", "PROMPTS", "README", "SETTINGS", "TEMPLATE",
    "Listed", "Package", "jsonl", "whole_json",
]  # fmt: skip

LIST, README, SETTINGS, TEMPLATE = "replication.json", "README.md", "study.toml", "template.json"
BOARDS, PROMPTS, DECISIONS = "boards.json", "prompts.json", "decisions.jsonl"
LESSONS, NEXT = "lessons.jsonl", "next.json"
NEEDED = frozenset({README, SETTINGS, TEMPLATE, BOARDS, PROMPTS, DECISIONS})
KEPT = (PROMPTS, DECISIONS, LESSONS)
"""What the new study keeps of the old one, in `replicated/`: its own package begins with it. Lessons may be
lacking."""

ANOTHER = "Take another package; this one is damaged, or is none."
_FORMAT = 1
_NAME = re.compile(
    r"study\.toml|README\.md|(template|next|boards|prompts)\.json|(decisions|lessons)\.jsonl|taxonomy/[1-9][0-9]{0,8}\.json"
    r"|profiles/[A-Za-z0-9][A-Za-z0-9._-]{0,63}(@[1-9][0-9]{0,8})?\.toml|workshop/([a-z][a-z_]{0,40}\.jsonl|README\.md)"
)


class Listed(BaseModel):
    """One file: its name in the package, size in bytes, SHA-256 in hex."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(max_length=120)]
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @field_validator("name")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError("no package has such a file")
        return name

    @classmethod
    def of(cls, name: str, content: bytes) -> Listed:
        return cls(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


class Package(BaseModel):
    """The list. `made` is ISO 8601 in UTC; `boards` says whether people's words are in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    seedbed: Annotated[str, StringConstraints(max_length=60)]
    made: Annotated[str, StringConstraints(max_length=40)]
    boards: bool
    files: Annotated[tuple[Listed, ...], Field(max_length=2000)]

    def to_json(self) -> bytes:
        return whole_json({"seedbed_replication": _FORMAT, **self.model_dump(mode="json", exclude={"format"})})

    @classmethod
    def from_json(cls, content: bytes, *, where: str) -> Package:
        """Raises InputError for one that is none, or of another format."""
        try:
            found = json.loads(content)
            version = found.pop("seedbed_replication", None) if isinstance(found, dict) else None
            if version != _FORMAT:
                raise InputError(
                    f"{where} is a replication package of format {version!r}, and this Seedbed reads {_FORMAT}",
                    hint="Open it with the version of Seedbed that made it, or a later one.",
                )
            made = cls.model_validate(found)
        except (ValueError, RecursionError) as error:
            reason = error.errors(include_input=False)[0]["msg"] if isinstance(error, ValidationError) else error
            raise InputError(f"{where} has no sound list of its files: {reason}", hint=ANOTHER) from None
        names = [listed.name for listed in made.files]
        if len({name.casefold() for name in names}) < len(names):
            raise InputError(f"{where} names a file twice", hint=ANOTHER)
        if lacking := NEEDED - set(names):
            raise InputError(f"{where} lacks {', '.join(sorted(lacking))}", hint=ANOTHER)
        return made


def whole_json(value: Mapping[str, Any]) -> bytes:
    """As every JSON file of a package is written: equal values are equal bytes."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
