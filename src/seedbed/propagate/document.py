"""propagation.json: what was tested, on which runs, and what came of it. Ids and numbers; no text of any row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from seedbed.propagate.testing import Finding

__all__ = ["SCHEMA", "Follows", "Propagation", "Reading", "RunUsed", "Selection", "Tested"]

SCHEMA = "seedbed/propagation/1"
Selection: TypeAlias = Literal["generated", "kept"]
Follows: TypeAlias = Literal["follows", "comes nearer", "does not follow", "moves away", "cannot be told"]


@dataclass(frozen=True, slots=True)
class RunUsed:
    """A run that numbers come from. `part`: "base", or as what it is held against one.

    `fingerprint` is that of its asks in run.json; `plan` the file that declared it before it was made, "" for a run
    that a person made as a control. `generated` and `kept` count the rows that were tested; `seeds` the examples that
    it showed (of an `imported` run, of which that is not known, all seeds of the study: it is held against them);
    `differs` names settings, beyond the examples, in which a control is not like its run.
    """

    name: str
    part: Literal["base", "no-seed", "swapped", "set", "dose", "other"]
    of: str
    stage: str
    fingerprint: str
    model: str
    created: str
    generated: int
    kept: int
    requests: int
    seeds: int
    plan: str = ""
    dose: float | None = None
    differs: tuple[str, ...] = ()
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Tested:
    """A finding, the run that it is about, which of its rows, and the runs that it was held against."""

    finding: Finding
    run: str
    rows: Selection
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Whether one feature follows the seeds, in words, by one test that was fixed beforehand.

    It "comes nearer" where the rows are nearer to the seeds than rows made without any, and nothing shows that other
    seeds would not do the same.

    `by` is that test ("" where none could answer), with its estimate, 95 % interval, p-value as it is and adjusted by
    Holm for all features (the interval is of this feature alone); `sentence` says it, `decides` what would settle it
    where it cannot be told.
    """

    run: str
    feature: str
    says: Follows
    sentence: str
    by: str = ""
    measure: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    p_holm: float | None = None
    decides: str = ""
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Propagation:
    """What the seeds did, as far as the runs that are there can show it. `command` makes it anew."""

    made_at: str
    seedbed: str
    command: str
    settings: dict[str, Any]
    margins: dict[str, Any]
    headline: str
    readings: tuple[Reading, ...]
    runs: tuple[RunUsed, ...]
    findings: tuple[Tested, ...]
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0
    schema: str = SCHEMA
