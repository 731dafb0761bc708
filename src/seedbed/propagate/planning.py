"""What will be compared, declared before any of it is made: propagation/plan.json.

A plan holds every design that was declared for the study: the run that each is about, its arms with their seeds, the
features that will be tested, margins and error rates. It is never changed. Another design, or the same with other
numbers, is a new file (plan-2.json, …) that says what is new against the one before.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from seedbed.assess.rows import PairRow, QuestionRow
from seedbed.assess.settings import AssessSettings
from seedbed.engine import RunRecord
from seedbed.errors import InputError, UsageError
from seedbed.measures.written import refuse_wild_numbers
from seedbed.propagate.drawing import dose_instructions, dose_length, others, swap_sets
from seedbed.propagate.settings import PropagateSettings
from seedbed.study import Folder, write_json

__all__ = ["Arm", "Design", "Kind", "Plan", "find_design", "make_plan", "margins_said", "read_plan"]

Kind = Literal["controls", "swap", "dose"]
_SCHEMA = "seedbed/propagation-plan/1"


@dataclass(frozen=True, slots=True)
class Arm:
    """A run to be made: `part` as in propagation.json, its seeds by ids (none: without seeds), its dose."""

    run: str
    part: Literal["no-seed", "swapped", "set", "dose"]
    seeds: tuple[str, ...] = ()
    dose: float | None = None


@dataclass(frozen=True, slots=True)
class Design:
    """The arms of one comparison with `base`, whose asks had the fingerprint `fingerprint` when it was declared.

    `candidates` is how many rows each arm makes, at most; `how` says in words how its seeds were drawn.
    """

    kind: Kind
    base: str
    fingerprint: str
    candidates: int
    arms: tuple[Arm, ...]
    how: str
    feature: str = ""
    plan: str = "plan.json"

    @property
    def key(self) -> str:
        return " ".join(filter(None, (self.kind, self.feature, "of", self.base)))


@dataclass(frozen=True, slots=True)
class Plan:
    """All designs in force; `features` that will be tested, with `settings` and `margins`; what is new in this file."""

    file: str
    made_at: str
    designs: tuple[Design, ...]
    features: tuple[str, ...]
    settings: dict[str, Any]
    margins: dict[str, Any]
    new: tuple[str, ...] = ()
    follows: str = ""
    schema: str = _SCHEMA


def find_design(
    folder: Folder, base: RunRecord, kind: Kind, *, sets: int | None = None, feature: str = "", candidates: int | None
) -> Design | None:
    """The design of that kind as it is declared and in force, whatever seeds came since; None where there is none, or
    where `sets`, or `candidates` where it is given, is another number."""
    wanted = Design(kind, base.name, base.fingerprints.get("ask", ""), candidates or 0, (), "", feature)
    current = read_plan(folder)
    for design in current.designs if current else ():
        if design.key == wanted.key and _same(design, wanted, sets, candidates is not None):
            return design
    return None


def make_plan(
    folder: Folder,
    base: RunRecord,
    kind: Kind,
    pool: Mapping[str, QuestionRow | PairRow],
    shown: Sequence[str],
    features: Sequence[str],
    settings: PropagateSettings,
    assessing: AssessSettings,
    *,
    sets: int | None = None,
    feature: str = "",
    candidates: int,
) -> Design:
    """Declare a design and write the plan. Which one is declared already, `find_design` says.

    `pool` are the included seeds of the alignment pool as measured, `shown` those that the run showed. Raises
    UsageError for what no dose is, InputError where the pool is too small.
    """
    if base.stage != "questions" and kind != "controls":
        raise UsageError(
            f"The run {base.name!r} makes {base.stage}: it can have controls, and only runs of questions a {kind}",
            hint="Name a run of questions: --run NAME; or: --controls",
        )
    current = read_plan(folder)
    wanted = Design(kind, base.name, base.fingerprints.get("ask", ""), candidates, (), "", feature)
    file = _name(1 + len(_files(folder)))
    before = sum(wanted.key in _new_in(path) for path in _files(folder))
    edition = str(before + 1) if before else ""
    arms, how = _arms(wanted, pool, shown, sets or settings.sets, settings, edition)
    made = dataclasses.replace(wanted, arms=arms, how=how, plan=file)
    kept = [design for design in (current.designs if current else ()) if design.key != made.key]
    replaced = current is not None and len(kept) < len(current.designs)
    plan = Plan(
        file=file,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        designs=(*kept, made),
        features=tuple(features),
        settings=settings.model_dump(mode="json"),
        margins=margins_said(assessing),
        new=(made.key, *(("it takes the place of an earlier one",) if replaced else ())),
        follows=current.file if current else "",
    )  # fmt: skip
    write_json(folder.propagation / file, dataclasses.asdict(plan))
    return made


def margins_said(assessing: AssessSettings) -> dict[str, Any]:
    """The margins of [assess], as JSON has them."""
    return {
        "rate": assessing.rate_margin,
        "total_variation": assessing.distance_margin,
        "ratio": list(assessing.ratio_margin),
    }


def read_plan(folder: Folder) -> Plan | None:
    """The newest plan, or None. Raises InputError when its file is damaged."""
    files = _files(folder)
    if not files:
        return None
    path = files[-1]
    try:
        data = path.read_bytes()
        found = _adapter().validate_json(data, strict=True)
        refuse_wild_numbers(data)
        if found.schema != _SCHEMA:
            raise ValueError(f"it was written by another version ({found.schema})")
        return found
    except ValidationError as error:
        first = error.errors()[0]
        why = f"{'.'.join(str(part) for part in first['loc']) or 'the file'}: {first['msg']}"
    except ValueError as error:
        why = str(error)
    raise InputError(f"{path} is damaged: {why}", hint="Restore it from a copy of the study.")


@functools.cache
def _adapter() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


def _same(design: Design, wanted: Design, sets: int | None, asked: bool) -> bool:
    return (
        design.fingerprint == wanted.fingerprint
        and (not asked or design.candidates == wanted.candidates)
        and (sets is None or design.kind != "swap" or len(design.arms) == sets)
    )


def _arms(
    wanted: Design,
    pool: Mapping[str, QuestionRow | PairRow],
    shown: Sequence[str],
    sets: int,
    settings: PropagateSettings,
    edition: str,
) -> tuple[tuple[Arm, ...], str]:
    def name(what: str) -> str:
        return Folder.name(f"{wanted.base[:40]}-{what}{edition and f'.{edition}'}", "run")

    if wanted.kind == "controls":
        none = Arm(name("no-seed"), "no-seed")
        try:
            drawn = others(pool, shown, settings)
        except InputError as error:
            return (none,), f"without seeds. With other seeds: none, for: {error}"
        return (none, Arm(name("swapped"), "swapped", drawn.sets[0])), f"without seeds; and with {drawn.how}"
    questions = {id: row for id, row in pool.items() if isinstance(row, QuestionRow)}
    if wanted.kind == "swap":
        drawn = swap_sets(questions, sets, len(shown), settings)
        arms = [Arm(name(f"set-{at}"), "set", made) for at, made in enumerate(drawn.sets, 1)]
        return tuple(arms), drawn.how
    draw = {"instructions": dose_instructions, "length": dose_length}.get(wanted.feature)
    if draw is None:
        raise UsageError(f"There is no dose of {wanted.feature!r}", hint="A dose is of instructions, or of length")
    drawn = draw(questions, len(shown), settings)
    arms = [
        Arm(name(f"{wanted.feature}-{at}"), "dose", made, dose)
        for at, (made, dose) in enumerate(zip(drawn.sets, drawn.doses, strict=True), 1)
    ]
    return tuple(arms), drawn.how


def _new_in(path: Path) -> tuple[str, ...]:
    try:
        return tuple(json.loads(path.read_text(encoding="utf-8"))["new"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ()


def _name(number: int) -> str:
    return "plan.json" if number == 1 else f"plan-{number}.json"


def _files(folder: Folder) -> list[Path]:
    """The plans, oldest first."""
    found: list[Path] = []
    while (path := folder.propagation / _name(len(found) + 1)).is_file():
        found.append(path)
    return found
