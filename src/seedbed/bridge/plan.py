"""bridge.json in the study's folder: what was chosen for whom, by ids alone.

Written before anything is given, so that a server that ends in the middle gives the rest and chooses nothing anew. It
holds no words: those of a person who has them erased would otherwise stay here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from seedbed.errors import InputError
from seedbed.study import Folder, write_json

__all__ = ["Note", "Plan", "Ref", "read_plan", "write_plan"]

_FILE = "bridge.json"
_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Ref:
    """A prompt by where it came from: a row of `run`, or a seed (`run` is then empty)."""

    id: str
    source: Literal["grown", "seed"]
    run: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What a facilitator should know. `code`: seeds_instead (so many of the group's prompts are seeds, because the run
    kept too few), lacking (so many are missing, for there was nothing more), stopped_by (`text` says what ended the
    run early), gone (so many were withdrawn or erased before they were given)."""

    code: Literal["seeds_instead", "lacking", "stopped_by", "gone"]
    group: str = ""
    count: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """`given` says that all of it stands on the boards. `generated` and `kept` are of the run."""

    run: str
    source: Literal["grown", "seeds"]
    per_group: int
    made_at: str
    groups: Mapping[str, tuple[Ref, ...]]
    spare: tuple[Ref, ...] = ()
    notes: tuple[Note, ...] = ()
    generated: int = 0
    kept: int = 0
    given: bool = False


def read_plan(folder: Folder) -> Plan | None:
    """None where nothing was ever chosen. Raises InputError for a file that is no plan."""
    path = folder.root / _FILE
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
        if data.pop("schema") != _SCHEMA:
            raise ValueError("another version of Seedbed wrote it")
        groups = {str(group): tuple(Ref(**ref) for ref in refs) for group, refs in data.pop("groups").items()}
        spare = tuple(Ref(**ref) for ref in data.pop("spare"))
        notes = tuple(Note(**note) for note in data.pop("notes"))
        return Plan(groups=groups, spare=spare, notes=notes, **data)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{path} is damaged: {error}",
            hint="Move it away: what was given stands on the boards, and the bridge chooses anew.",
        ) from None


def write_plan(folder: Folder, plan: Plan) -> None:
    """Whole or not at all. Raises StorageError."""
    write_json(folder.root / _FILE, {"schema": _SCHEMA, **asdict(plan)})
