"""Which run of a study is asked what its seeds did."""

from __future__ import annotations

from seedbed.engine import RunRecord, read_run
from seedbed.errors import InputError, UsageError
from seedbed.propagate.examining import UNKNOWN_EXAMPLES
from seedbed.propagate.material import is_base, is_imported, stage_of
from seedbed.study import Folder

__all__ = ["base_run", "bases"]


def base_run(folder: Folder, run: str | None, *, stage: str | None = None, made: str = "") -> RunRecord:
    """The run that is tested where one is named, or the study's own choice; see `propagate`.

    `made` says what cannot be had of an imported run, where one will not do.
    """
    records = [read_run(folder.run(name)) for name in folder.run_names()]
    if run is not None:
        record = read_run(folder.run(run))
        if not is_base(record):
            whose = record.about.get("control_of")
            raise UsageError(
                f"The run {run!r} " + (f"is the control of {whose!r}" if whose else "showed no seeds in its prompts"),
                hint=f"seedbed propagate {folder.root} --run {whose}" if whose else "Name a run that was made of seeds",
            )
        if made and is_imported(record):
            raise UsageError(
                f"The run {run!r} was imported, and {UNKNOWN_EXAMPLES}: {made}",
                hint="Name a run that was made of seeds here: --run NAME",
            )
        return record
    found = [record for record in records if is_base(record) and stage in (None, stage_of(record))]
    here = [record for record in found if not is_imported(record)]
    found = here if here or made else found
    if not found:
        raise InputError("There is no run yet that was made of seeds", hint=f"seedbed generate {folder.root}")
    controlled = {record.about.get("control_of") for record in records}
    asked = [record for record in found if stage_of(record) == "questions"] or found
    # one that went through the gates before a raw one: it is the data that people get
    return max(asked, key=lambda one: (one.name in controlled, not one.ask.get("raw"), one.created))


def bases(folder: Folder, run: str | None) -> list[str]:
    """The runs that are tested: the one that is named, else the study's own of questions and of triples."""
    first = base_run(folder, run)
    if run is not None or stage_of(first) == "triples":
        return [first.name]
    records = (read_run(folder.run(name)) for name in folder.run_names())
    triples = [
        record
        for record in records
        if stage_of(record) == "triples" and is_base(record) and is_imported(record) == is_imported(first)
    ]
    newest = max(triples, key=lambda record: record.created, default=None)
    return [first.name] if newest is None else [first.name, newest.name]
