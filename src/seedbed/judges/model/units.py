"""Rows as the questions that are put to a judge, each with a name for its content.

A unit is one row in one view. Its key is an HMAC over the judge's identity and the words that are sent, so that the
same question to the same judge is known again in any later run, and nothing can be read out of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from seedbed.judges.model.prompts import Form, written
from seedbed.judges.model.spec import JudgedRow, JudgeSpec, View
from seedbed.records import Ask
from seedbed.study import Folder
from seedbed.taxonomy import Taxonomy

__all__ = ["Unit", "ask_for", "units_of", "views_of"]


@dataclass(frozen=True, slots=True)
class Unit:
    row: JudgedRow
    view: View
    key: str

    @property
    def id(self) -> str:
        return f"{self.row.id}#{self.view}"


def views_of(spec: JudgeSpec, kind: str) -> list[View]:
    """How a row of this kind is shown: each response by itself, both orders, each as often as there are samples."""
    views = [View()]
    if kind == "triple" and spec.judge == "grading":
        views = [View("misaligned"), View("aligned")]
    elif kind == "triple" and spec.judge == "alignment":
        views = [View("", "misaligned first"), View("", "aligned first")]
    return [replace(view, sample=sample) for view in views for sample in range(spec.samples)]


def units_of(
    folder: Folder, rows: Iterable[JudgedRow], spec: JudgeSpec, by: str, taxonomy: Taxonomy, form: Form
) -> list[Unit]:
    """What is to be asked about `rows`, in their order. 30 µs a unit."""
    found = []
    for row in rows:
        for view in views_of(spec, row.kind):
            words = json.dumps(written(spec.judge, row, view, taxonomy, form), ensure_ascii=False)
            found.append(Unit(row, view, folder.digest(by, words, str(view.sample))))
    return found


def ask_for(units: Sequence[Unit], index: int, first: int) -> Ask:
    """The ask that puts unit `index` at slot `first`. Its random numbers follow from the words alone."""
    unit = units[index]
    return Ask(
        f"a{first:07d}", first, 1, topic=unit.row.topic, question_type=unit.row.question_type, values=unit.row.values,
        prompt_id=unit.id, seed=int(unit.key[:7], 16),
    )  # fmt: skip


def by_id(units: Iterable[Unit]) -> Mapping[str, Unit]:
    """Units by their id. A row that is given twice is one row."""
    return {unit.id: unit for unit in units}
