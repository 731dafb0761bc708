"""Importing a file: all of it or nothing, as often as one likes.

Rows of people become events of the "seeds" stream in one transaction; rows of a model become a run. The study is
held while this goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from seedbed.engine import read_rows
from seedbed.errors import InputError, UsageError
from seedbed.records import Origin, Person, Question, Rating, Triple, Writer
from seedbed.seeds.cells import RowFault
from seedbed.seeds.codec import Record, encode
from seedbed.seeds.columns import Kind, Mapped, map_columns
from seedbed.seeds.drafts import Defaults, Drafter
from seedbed.seeds.fold import STREAM, SeedsFold, fold
from seedbed.seeds.merge import Merger
from seedbed.seeds.notes import Reading
from seedbed.seeds.report import BadRow, Formula, ImportReport, UnknownLabel
from seedbed.seeds.synthetic import append_rows
from seedbed.seeds.tables import Table, read_table
from seedbed.seeds.taxonomies import ensure_taxonomy
from seedbed.seeds.view import write_view
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore

__all__ = ["import_file"]

Listen = Callable[[str, int, int], None]
_SHOWN = 5  # faults named in one message; the rest are counted
_STEP = 500


def import_file(
    folder: Folder,
    path: Path,
    *,
    kind: Kind | None = None,
    origin: Origin | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    skip_bad: bool = False,
    name: str | None = None,
    model: str = "",
    group: str = "",
    language: str = "en",
    written_by: Writer | None = None,
    notes: Reading = "auto",
    actor: str = "import",
    listen: Listen = lambda what, done, total: None,
) -> ImportReport:
    """Import the file at `path` into the study and say what was done.

    kind      question, triple, people, ratings or labels; found from the columns when None
    origin    whether people or a model made the rows; found from a column `origin` when None, else people
    columns   {field: column}, over what the names suggest
    skip_bad  leave bad rows out and report them, instead of refusing the file
    name      of the run that synthetic rows go to ("imported"), and the `model` that made them
    group, language, written_by   what a row says whose file has no such column
    notes     how a pasted sheet is parted: a note a line, a note a block, or "auto"

    Raises InputError (nothing imported), UsageError, MissingExtra, Busy, NotAStudy.
    """
    folder.check()
    given = dict(columns or {})
    table = read_table(path, encoding=encoding, given=given, notes=notes)
    mapped = map_columns(table.columns, path, kind=kind, given=given)
    with folder.writing():
        taxonomy = ensure_taxonomy(folder, actor)
        drafter = Drafter(mapped, taxonomy, Defaults(group, language, written_by or Writer.HUMAN))
        drafts = _draft(table, drafter, listen)
        made_by = _origin(drafts, origin, mapped, path)
        have = fold(folder)
        if made_by is Origin.SYNTHETIC:
            return _import_synthetic(folder, table, drafts, skip_bad, name or "imported", model)
        return _import_people(folder, table, drafts, skip_bad, have, actor, by_default=written_by is None)


@dataclass(slots=True)
class _Drafts:
    """The rows of a file that became records, those that did not, and what was noticed."""

    drafter: Drafter
    good: list[tuple[int, Record]]
    bad: list[BadRow]
    origins: set[Origin]


def _draft(table: Table, drafter: Drafter, listen: Listen) -> _Drafts:
    drafts = _Drafts(drafter, [], [], set())
    for done, row in enumerate(table.rows, 1):
        try:
            if row.fault:
                raise RowFault(row.fault)
            origin = drafter.origin(row.cells)
            drafts.good.append((row.number, drafter.build(row.number, row.cells)))
            if origin is not None:
                drafts.origins.add(origin)
        except RowFault as fault:
            drafts.bad.append(BadRow(row.number, str(fault)))
        if done % _STEP == 0 or done == len(table.rows):
            listen("reading rows", done, len(table.rows))
    return drafts


def _origin(drafts: _Drafts, asked: Origin | None, mapped: Mapped, path: Path) -> Origin:
    found = drafts.origins
    if len(found) > 1 or (asked is not None and found and found != {asked}):
        raise InputError(
            f"{path}: its column {mapped.mapping['origin']!r} says {' and '.join(sorted(found))}"
            + (f", the command {asked}" if asked else ""),
            hint="Import people's rows and a model's rows from files of their own.",
        )
    chosen = asked or next(iter(found), Origin.SEED)
    if chosen is Origin.SYNTHETIC and mapped.kind not in ("question", "triple"):
        raise UsageError(
            f"{path} holds {mapped.kind}, and only questions and triples can be synthetic",
            hint="Import it without --origin synthetic.",
        )
    return chosen


# --- rows of people ----------------------------------------------------------------------------------------------


def _import_people(
    folder: Folder,
    table: Table,
    drafts: _Drafts,
    skip_bad: bool,
    have: SeedsFold,
    actor: str,
    *,
    by_default: bool,
) -> ImportReport:
    ratings = drafts.drafter.mapped.kind == "ratings"
    merger = Merger(folder, have, _rows_of_runs(folder, drafts) if ratings else frozenset())
    fresh: list[Record] = []
    bad = list(drafts.bad)
    for number, draft in drafts.good:
        try:
            record = merger.take(draft)
        except RowFault as fault:
            bad.append(BadRow(number, str(fault)))
        else:
            if record is not None:
                fresh.append(record)
    _refuse(table, bad, skip_bad)
    report = replace(
        _found(table, drafts, bad, Origin.SEED),
        added=len(fresh),
        skipped=len(table.rows) - len(fresh) - len(bad),
        warnings=(*table.remarks, *_warnings(drafts, fresh, have, merger, by_default)),
        ids=tuple(record.id for record in fresh if isinstance(record, Question | Triple | Person)),
    )
    with EventStore.of(folder) as store:
        if fresh:
            store.append(STREAM, actor, [*map(encode, fresh), _history(report, table)])
    write_view(folder, fold(folder).seeds())
    return report


def _history(report: ImportReport, table: Table) -> Act:
    """The import itself as an event: which file, and how many rows. The file's name may tell of a person."""
    counts = {"rows_in": report.rows_in, "added": report.added, "skipped": report.skipped, "bad": len(report.bad)}
    return Act(
        "import",
        data={"kind": report.kind, "sha256": table.sha256, "taxonomy": report.taxonomy, **counts},
        texts={"file": table.path.name},
    )


def _rows_of_runs(folder: Folder, drafts: _Drafts) -> frozenset[str]:
    """The ids of run rows, of those runs only that a rating's subject may belong to (RUN.000012)."""
    named = {record.subject.rpartition(".")[0] for _, record in drafts.good if isinstance(record, Rating)}
    wanted = [name for name in folder.run_names() if name in named]
    return frozenset(row.id for name in wanted for row in read_rows(folder.run(name), withdrawn=True))


def _warnings(drafts: _Drafts, fresh: list[Record], have: SeedsFold, merger: Merger, by_default: bool) -> list[str]:
    said: list[str] = [] if drafts.good or drafts.bad else ["The file has a header and no rows"]
    mapped = drafts.drafter.mapped
    if mapped.kind in ("question", "triple"):
        if by_default and "written_by" not in mapped.mapping:
            said.append(
                "No column says whose words these are: taken as written by people. A column written_by would say"
            )
        if have.people:
            strangers = {
                author
                for record in fresh
                if isinstance(record, Question | Triple)
                for author in record.authors
                if author not in have.people
            }
            if strangers:
                said.append(f"{len(strangers)} authors are not among the study's people: {_some(strangers)}")
    if drafts.drafter.not_named:
        said.append(
            f"{drafts.drafter.not_named} entities do not stand in the words of their question, so that nothing can be "
            "put in their place"
        )
    if drafts.drafter.without_critique and mapped.kind == "triple":
        said.append(f"{drafts.drafter.without_critique} triples have no critique; curation leaves them out")
    names = {item.prompt_id for item in fresh if isinstance(item, Triple) and item.prompt_id}
    absent = {name for name in names if have.records.get(name) is None}
    if absent:
        said.append(f"{len(absent)} triples name a question that is not in the study (yet): {_some(absent)}")
    if merger.again:
        said.append(f"{merger.again} differ from an earlier answer of the same person; all are kept")
    if merger.withdrawn:
        said.append(f"{merger.withdrawn} rows were withdrawn from the study before and were not brought back")
    return said


# --- rows of a model ---------------------------------------------------------------------------------------------


def _import_synthetic(
    folder: Folder, table: Table, drafts: _Drafts, skip_bad: bool, name: str, model: str
) -> ImportReport:
    _refuse(table, drafts.bad, skip_bad)
    rows = [(number, record) for number, record in drafts.good if isinstance(record, Question | Triple)]
    kind = drafts.drafter.mapped.kind
    ids, faults = append_rows(
        folder,
        name,
        kind,
        rows,
        model=model,
        title=table.path.name,
        judge=lambda found: _refuse(table, found, skip_bad),
    )
    bad = [*drafts.bad, *faults]
    return replace(
        _found(table, drafts, bad, Origin.SYNTHETIC),
        added=len(ids),
        skipped=len(table.rows) - len(ids) - len(bad),
        warnings=table.remarks,
        ids=tuple(ids),
        run=name,
    )


# --- both --------------------------------------------------------------------------------------------------------


def _refuse(table: Table, bad: list[BadRow], skip_bad: bool) -> None:
    """Raises InputError for the file unless there is nothing bad, or bad rows may be left out."""
    if not bad or skip_bad:
        return
    ordered = sorted(bad, key=lambda row: row.number)
    shown = "; ".join(f"{table.unit} {row.number}: {row.reason}" for row in ordered[:_SHOWN])
    more = f"; and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
    raise InputError(
        f"{table.path}: {shown}{more}. Nothing was imported",
        hint="Mend these rows, or leave them out and have them reported: --skip-bad",
    )


def _found(table: Table, drafts: _Drafts, bad: list[BadRow], origin: Origin) -> ImportReport:
    """The parts of a report that every import has."""
    drafter = drafts.drafter
    labels = (
        UnknownLabel(kind, raw, drafter.taxonomy.suggest(kind, raw), count)
        for (kind, raw), count in sorted(drafter.unknown.items())
    )
    return ImportReport(
        file=table.path,
        kind=drafter.mapped.kind,
        origin=origin,
        mapping=dict(drafter.mapped.mapping),
        unused=drafter.mapped.unused,
        rows_in=len(table.rows),
        bad=tuple(sorted(bad, key=lambda row: row.number)),
        labels=tuple(labels),
        formulas=tuple(Formula(number, name) for number, name in drafter.formulas),
        taxonomy=drafter.taxonomy.version,
    )


def _some(names: set[str]) -> str:
    shown = sorted(names)[:_SHOWN]
    return ", ".join(shown) + (", …" if len(names) > len(shown) else "")
