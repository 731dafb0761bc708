"""What a release reads of how the study came about: the workshop's record, its template, and the rating tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from seedbed.study import Folder
from seedbed.workshop.template import Template

__all__ = ["NO_RECORD", "ProcessRecord", "TaskRecord", "read_process"]


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """One rating task. `ratings` stand; `seconds` is their time together, `median_s` that of one, None where unknown.

    A rating that took longer than `review.summarising.IDLE_S` was left lying and adds nothing to the time.
    """

    name: str
    items: int
    rated: int
    ratings: int
    seconds: float = 0.0
    median_s: float | None = None


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """`tables` are those of the record (docs/record.md); `template` is None where there was no workshop."""

    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    template: Template | None = None
    template_version: int = 0
    tasks: tuple[TaskRecord, ...] = ()

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.tables.get(table, ())


NO_RECORD = ProcessRecord()


def read_process(folder: Folder, pages: str, groups: Sequence[str]) -> ProcessRecord:
    """The record as it stands. `pages` is the language of the default template, `groups` those of study.toml."""
    if not folder.has_people:
        return NO_RECORD
    from seedbed.seeds.record import record_tables
    from seedbed.study.events import EventStore
    from seedbed.workshop.agenda import Agenda
    from seedbed.workshop.places import AGENDA

    tables = record_tables(folder, pages, groups)
    template, version = None, 0
    if tables["people"] or tables["steps"]:
        with EventStore.of(folder) as store:
            agenda = Agenda(pages).after(store.read(AGENDA))
        template, version = agenda.template, agenda.template_version
    return ProcessRecord(tables, template, version, _tasks(folder))


def _tasks(folder: Folder) -> tuple[TaskRecord, ...]:
    from seedbed import review
    from seedbed.review.summarising import IDLE_S

    made = []
    for state in review.list_tasks(folder):
        if state.task.deleted:
            continue
        standing = [rated for rated in state.standing() if not rated.skipped]
        times = [rated.seconds for rated in standing if rated.seconds is not None and rated.seconds <= IDLE_S]
        made.append(TaskRecord(
            state.name, len(state.task.items), len({rated.item for rated in standing}), len(standing),
            round(sum(times), 1), round(median(times), 1) if times else None,
        ))  # fmt: skip
    return tuple(made)
