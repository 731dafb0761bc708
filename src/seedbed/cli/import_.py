"""seedbed import"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, data, hint, note, table, working
from seedbed.errors import InputError, UsageError

if TYPE_CHECKING:
    from seedbed.seeds import ImportReport

_Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="FIELD=NAME", help="Which column holds a field, e.g. question=Prompt."),
]


def import_files(
    folder: StudyFolder,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="CSV, JSONL, Parquet, or text with a note a line.")
    ],
    kind: Annotated[
        str | None, typer.Option(help="question, triple, people, ratings or labels. Left out: found from the columns.")
    ] = None,
    origin: Annotated[str | None, typer.Option(help="seed (people made it) or synthetic (a model did).")] = None,
    column: _Columns = None,
    encoding: Annotated[str | None, typer.Option(help="The file's encoding, when it is not UTF-8.")] = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave bad rows out and report them.")] = False,
    run: Annotated[str | None, typer.Option(help="Synthetic rows: the run they go to.")] = None,
    model: Annotated[str, typer.Option(metavar="NAME", help="Synthetic rows: the model that wrote them.")] = "",
    group: Annotated[str, typer.Option(help="The group that wrote the rows, when no column says so.")] = "",
    written_by: Annotated[
        str | None, typer.Option(help="human, model or model-edited-by-human, when no column says so.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring in questions, response pairs, people, ratings or labels.

    A file is imported whole or not at all. Importing it again adds nothing twice.
    """
    from seedbed.acts import Study
    from seedbed.records import Origin, Writer
    from seedbed.seeds import KINDS, Kind

    chosen: Kind | None = next((known for known in KINDS if known == kind), None)
    if kind is not None and chosen is None:
        raise UsageError(f"No kind {kind!r}", hint=f"Kinds: {', '.join(KINDS)}")
    if origin not in (None, "seed", "synthetic"):
        raise UsageError(f"No origin {origin!r}", hint="Origins: seed, synthetic")
    if written_by is not None and written_by not in [writer.value for writer in Writer]:
        raise UsageError(f"No writer {written_by!r}", hint=f"One of: {', '.join(writer.value for writer in Writer)}")
    columns = dict(_pair(item) for item in column or [])
    study = Study.open(folder)
    for file in files:
        _check(file)
    reports: list[ImportReport] = []
    for file in files:
        with working("Importing") as listen:
            reports += study.import_files(
                [file], kind=chosen, origin=Origin(origin) if origin else None, columns=columns, encoding=encoding,
                skip_bad=skip_bad, run=run, model=model, group=group,
                written_by=Writer(written_by) if written_by else None, listen=listen,
            )  # fmt: skip
        if not as_json:  # at once, so that an error in the next file does not hide what was imported
            _show(reports[-1], folder)
    if as_json:
        data({"schema": 1, "files": [_as_json(report) for report in reports]})
    else:
        seeds = any(report.origin is Origin.SEED for report in reports)
        hint(command("curate" if seeds else "assess", folder))


def _check(file: Path) -> None:
    if file.is_dir():
        raise InputError(f"{file} is a folder", hint=f"Name the files in it, as in: {file}/*.csv")
    if not file.exists():
        raise InputError(f"There is no file {file}", hint="Nothing was imported. Check the name and where you are.")


def _show(report: ImportReport, folder: Path) -> None:
    note(f"{report.file}: {report.rows_in} rows of kind {report.kind} ({report.origin.value}): {report.added} added"
         + (f", {report.skipped} already there" if report.skipped else "")
         + (f", {len(report.bad)} left out" if report.bad else ""))  # fmt: skip
    note("  columns: " + ", ".join(f"{field} ← {name}" for field, name in report.mapping.items()))
    if report.unused:
        note(f"  not used: {', '.join(report.unused)}")
    for bad in report.bad[:5]:
        note(f"  row or line {bad.number}: {bad.reason}")
    for warning in report.warnings:
        note(f"  {warning}")
    if report.formulas:
        note(f"  {len(report.formulas)} cells look like spreadsheet formulas; they are kept as text")
    if report.labels:
        table(
            ["label as typed", "rows", "kind", "did they mean"],
            [[label.raw, label.count, label.kind, label.suggestion or "–"] for label in report.labels],
            title="Labels that the taxonomy does not know; they are kept as typed",
        )
        for label in report.labels:
            if label.suggestion:
                hint(command("curate", folder, "--confirm", f"{label.raw}={label.suggestion}", "--by", "YOU"))


def _as_json(report: ImportReport) -> dict[str, Any]:
    return {
        "file": str(report.file),
        "kind": report.kind,
        "origin": report.origin.value,
        "run": report.run,
        "columns": report.mapping,
        "unused": list(report.unused),
        "rows_in": report.rows_in,
        "added": report.added,
        "skipped": report.skipped,
        "bad": [{"line": bad.number, "reason": bad.reason} for bad in report.bad],
        "formulas": [{"line": cell.number, "field": cell.field} for cell in report.formulas],
        "unknown_labels": [
            {"kind": label.kind, "raw": label.raw, "rows": label.count, "suggestion": label.suggestion}
            for label in report.labels
        ],
        "warnings": list(report.warnings),
    }


def _pair(item: str) -> tuple[str, str]:
    field, found, name = item.partition("=")
    if not found or not field or not name:
        raise UsageError(f"--column takes FIELD=NAME, not {item!r}", hint="For example: --column question=Prompt")
    return field, name
