"""run.json: what a run is, written once; and the rule for opening a run again.

A run's identity is two sets of settings, each with a fingerprint:

    ask      plan, prompts, model, parameters, examples: what decides which requests are made.
             A difference is refused, with the keys that differ: the journal holds replies to other requests.
    verdict  gates and thresholds: what decides what becomes of a reply.
             A difference permits a new judgement of the same replies, with no new call.

A withdrawal of seeds changes what a run may show and what its rows are compared with. The first resume after it comes
with what is left of them, and the run is held to that from then on (withdrawing.py).

What a fingerprint cannot see: the weights behind a model's name, and the version of a library. Both are recorded
in run.json beside the fingerprints, and are not compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seedbed.engine.journal import Journal
from seedbed.engine.withdrawing import Standing, hold_to, refuse_anew, standing
from seedbed.errors import InputError, UsageError
from seedbed.records import WITHDRAWN, Row
from seedbed.study.files import hold, write_json

__all__ = ["RunRecord", "fingerprint", "open_run", "read_rows", "read_run"]


def fingerprint(settings: dict[str, Any]) -> str:
    """SHA-256 over the settings as canonical JSON, 16 hex digits, with the scheme's version in front."""
    canonical = json.dumps(settings, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "1:" + hashlib.sha256(canonical.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The content of run.json. `about` is for people and is not compared: versions, the command, the title."""

    name: str
    stage: str
    ask: dict[str, Any]
    verdict: dict[str, Any]
    about: dict[str, Any] = field(default_factory=dict)
    created: str = ""
    fingerprints: dict[str, str] = field(default_factory=dict)


def read_run(folder: Path) -> RunRecord:
    """The run in `folder`. Raises UsageError when there is none, InputError when run.json is damaged."""
    path = folder / "run.json"
    try:
        record = RunRecord(**json.loads(path.read_text(encoding="utf-8")))
        if not all(isinstance(part, dict) for part in (record.ask, record.verdict, record.about)):
            raise TypeError("ask, verdict and about are to be objects")
        return record
    except FileNotFoundError:
        raise UsageError(
            f"No run {folder.name!r} here", hint=f"List the runs with: seedbed status {folder.parent.parent}"
        ) from None
    except (ValueError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error}", hint="Restore it from a copy of the study.") from None


def read_rows(folder: Path, *, withdrawn: bool = False) -> Iterator[Row]:
    """Every slot of the run that has a verdict, kept or not, with its lineage, in slot order, streamed.

    Rows that were withdrawn only where they are asked for: who counts wants them, and nobody else may use them.
    Row ids are RUN.SLOT and never change. Raises UsageError when there is no such run.
    """
    record = read_run(folder)
    journal = Journal(folder / "journal.db", read_only=True)
    try:
        journal.check()
        for verdict, ask, at in journal.rows():
            if WITHDRAWN in verdict.notes and not withdrawn:
                continue
            yield Row(
                id=f"{record.name}.{verdict.slot:06d}",
                run=record.name,
                verdict=verdict,
                ask=ask,
                prompt_version=str(record.ask.get("prompt_version", "")),
                model=str(record.ask.get("model", "")),
                at=at,
            )
    finally:
        journal.close()


@contextmanager
def open_run(
    folder: Path, wanted: RunRecord, *, rejudge: bool = False, rename_hint: str = "--run NAME"
) -> Iterator[tuple[RunRecord, Journal]]:
    """Create the run, or take up the one that is there; yields its record and journal, held for this process.

    Raises InputError when the ask settings differ, or the verdict settings without `rejudge`; Busy when another
    process works on it.
    """
    with hold(folder / "lock", what=f"The run {wanted.name!r}"):
        found = read_run(folder) if _was_answered(folder) else _begin(folder, wanted)
        stands = standing(folder / "journal.db", found.ask)
        _refuse_other_asks(found, wanted, stands, rename_hint)
        journal = Journal(folder / "journal.db")
        try:
            journal.check()
            journal.belong(fingerprint(found.ask))
            _settle_verdict_settings(folder, journal, found, wanted, stands, rejudge, rename_hint)
            if stands.fresh:
                hold_to(folder / "journal.db", wanted.ask, wanted.verdict)
            yield found, journal
        finally:
            journal.close()


def _was_answered(folder: Path) -> bool:
    """Whether the run has a reply, which is what binds it to its settings. A run with none (a wrong model, an endpoint
    that was down) is begun anew, with any settings: there is nothing that could be mixed."""
    if not (folder / "journal.db").exists():
        return False
    with closing(Journal(folder / "journal.db")) as journal:
        answered = journal.answered()
    if answered and not (folder / "run.json").exists():
        raise InputError(
            f"{folder} holds replies, but not the run.json that says to what",
            hint="Restore run.json from a copy of the study, or start a new run.",
        )
    return answered


def _begin(folder: Path, wanted: RunRecord) -> RunRecord:
    # what is left of a run without replies goes first: whenever this stops, it can be done again
    for name in ("summary.json", "journal.db", "journal.db-wal", "journal.db-shm"):
        (folder / name).unlink(missing_ok=True)
    # as JSON has it, so that a run just made and one read again compare alike (tuples become lists)
    ask, verdict = json.loads(json.dumps([wanted.ask, wanted.verdict]))
    found = RunRecord(
        name=wanted.name,
        stage=wanted.stage,
        ask=ask,
        verdict=verdict,
        about=wanted.about,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        fingerprints={"ask": fingerprint(ask), "verdict": fingerprint(verdict)},
    )
    write_json(folder / "run.json", asdict(found))
    return found


def _refuse_other_asks(found: RunRecord, wanted: RunRecord, stands: Standing, rename_hint: str) -> None:
    if found.stage != wanted.stage:
        raise UsageError(
            f"The run {found.name!r} makes {found.stage}, not {wanted.stage}",
            hint=f"Choose another name: {rename_hint}",
        )
    # what run.json does not have, the version that made it did not record: there is nothing to compare
    recorded = {key: value for key, value in wanted.ask.items() if key in found.ask}
    different = _differences(*stands.compared(stands.ask or found.ask, recorded))
    if different:
        raise InputError(
            f"The run {found.name!r} exists with other settings: {'; '.join(different)}",
            hint=f"Go back to those settings to go on with it, or start a new run: {rename_hint}",
        )


def _settle_verdict_settings(
    folder: Path, journal: Journal, found: RunRecord, wanted: RunRecord, stands: Standing, rejudge: bool,
    rename_hint: str,
) -> None:  # fmt: skip
    """Drop the verdicts where the replies are to be judged anew by other gates."""
    before = stands.verdict or journal.judged_by() or found.verdict
    different = _differences(*stands.compared(before, wanted.verdict))
    if not different:
        return
    if rejudge:
        refuse_anew(folder / "journal.db", found.name, rename_hint)
    if not rejudge:
        raise InputError(
            f"The gates of run {found.name!r} have changed: {'; '.join(different)}",
            hint="Judge the same replies anew, with no new call for them: --rejudge (a run with a target then goes on "
            f"until it has its rows). Or start a new run: {rename_hint}",
        )
    (folder / "summary.json").unlink(missing_ok=True)  # of verdicts that are about to go; first, for it says "complete"
    journal.judge_anew(wanted.verdict)


def _differences(old: dict[str, Any], new: dict[str, Any], prefix: str = "") -> list[str]:
    """Every key that differs, with both values, shortened."""
    new = json.loads(json.dumps(new))
    found: list[str] = []
    for key in sorted(old.keys() | new.keys()):
        before, now = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(now, dict):
            found += _differences(before, now, f"{prefix}{key}.")
        elif before != now:
            found.append(f"{prefix}{key} was {_short(before)}, is {_short(now)}")
    return found


def _short(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else shown[:57] + "…"
