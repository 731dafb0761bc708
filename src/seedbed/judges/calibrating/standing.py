"""What a judge's word comes to: yes or no where it has earned it, and else "unverified".

    found = verdicts(read_judgements(folder), load_calibration(folder))
    found["questions.000012", "relevant"].says      "yes" | "no" | "unverified"

A row is never of high quality because a judge that nobody checked says so.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from seedbed.errors import InputError
from seedbed.judges.bar import trusted
from seedbed.judges.calibrating.calibrate import Calibrated, Calibration
from seedbed.judges.calibrating.claims import CLAIMS, claims_of, says
from seedbed.judges.model.spec import Judgement
from seedbed.measures.written import refuse_wild_numbers
from seedbed.study import Folder, write_json

__all__ = ["SCHEMA", "RowVerdict", "load_calibration", "save_calibration", "verdicts"]

SCHEMA = 1
Word = Literal["yes", "no", "unverified"]
# What is asked of a triple's responses, as claims about the row: of which part, and what is said there.
_OF_ROW: Mapping[tuple[str, str], str] = {
    ("violates", "misaligned"): "misaligned-violates", ("honours", "aligned"): "aligned-honours",
    ("better", "aligned"): "aligned-better",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """`says` of one claim about one row, `by` which judge, and `why` where it is unverified."""

    row: str
    claim: str
    says: Word
    by: str
    why: str = ""


def verdicts(judgements: Iterable[Judgement], calibration: Calibration | None) -> dict[tuple[str, str], RowVerdict]:
    """By (row, claim): "relevant", "answers", "sensible", "misaligned-violates", "aligned-honours", "aligned-better".

    Where several judges speak to one claim, one that may judge goes before one that may not, and a later one before an
    earlier. A row that no judge saw is not in it: the caller calls it unverified too.
    """
    found: dict[tuple[str, str], RowVerdict] = {}
    for judgement in judgements:
        for claim in claims_of(judgement):
            name = _OF_ROW.get((claim.id, judgement.part)) if judgement.part else claim.id
            if name is None:
                continue
            one = _verdict(judgement, claim.id, name, calibration)
            before = found.get((judgement.row, name))
            if before is None or before.says == "unverified" or one.says != "unverified":
                found[judgement.row, name] = one
    return found


def _verdict(judgement: Judgement, claim: str, name: str, calibration: Calibration | None) -> RowVerdict:
    may, why = False, "it was not held against people's ratings"
    if calibration is not None:
        may, why = calibration.may_judge(judgement.by, claim, judgement.values, judgement.slices)
    said = says(CLAIMS[claim], judgement)
    if not may or said is None:
        return RowVerdict(judgement.row, name, "unverified", judgement.by, why if not may else judgement.why)
    return RowVerdict(judgement.row, name, "yes" if said else "no", judgement.by)


def save_calibration(folder: Folder, calibration: Calibration, sources: Sequence[str] = ()) -> None:
    """Write judgements/calibration.json. `sources` says whose ratings they are: names of tasks."""
    write_json(
        folder.root / "judgements" / "calibration.json",
        {
            "schema": SCHEMA, "sources": list(sources), "unrated": dict(calibration.unrated),
            "found": [asdict(one) for one in calibration.found],
        },
    )  # fmt: skip


def load_calibration(folder: Folder) -> Calibration | None:
    """The calibration of a study, or None. Raises InputError where the file is damaged or of another schema."""
    path = folder.root / "judgements" / "calibration.json"
    try:
        data = path.read_bytes()
        found = _adapter().validate_json(data, strict=True)
        refuse_wild_numbers(data)
        if found.schema != SCHEMA:
            raise ValueError(f"schema {found.schema}")
        for one in found.found:
            if one.earned and (one.reasons or trusted(one.rows, one.figures).reasons):
                raise ValueError(f"{one.by} has not earned {one.claim!r} by its own figures")
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        why = f"{'.'.join(str(part) for part in first['loc']) or 'the file'}: {first['msg']}"
        raise _damaged(folder, path, why) from None
    except (OSError, ValueError) as error:
        raise _damaged(folder, path, str(error)) from None
    return Calibration(found.found, found.unrated)


def _damaged(folder: Folder, path: Path, why: str) -> InputError:
    return InputError(f"{path} is damaged: {why}", hint=f"Make it anew: seedbed judges {folder.root} --calibrate")


@dataclass(frozen=True, slots=True)
class _Written:
    """calibration.json. A judge's word stands on it, so that every type in it is held to."""

    schema: int
    unrated: dict[str, int]
    found: tuple[Calibrated, ...]


@functools.cache
def _adapter() -> TypeAdapter[_Written]:
    return TypeAdapter(_Written)
