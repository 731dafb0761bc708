"""Which questions of a run stage 2 answers: all kept ones, or those of some topics and types, or a sample."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from seedbed.engine import apportion
from seedbed.errors import InputError
from seedbed.generate.draws import shuffled
from seedbed.records import OVER_TARGET, Row

__all__ = ["choose_prompts"]


def choose_prompts(
    rows: Iterable[Row],
    *,
    topics: Sequence[str] = (),
    question_types: Sequence[str] = (),
    sample: int | None = None,
    seed: int = 1,
    surplus: bool = False,
) -> list[tuple[str, str]]:
    """(row id, text) of the kept questions among `rows`, in their order.

    Only those of the topics and types that were asked of them (ids of the taxonomy; empty: any). `sample` of them are
    drawn from topic x type in proportion. Rows
    beyond their run's target stay out unless `surplus`. Raises InputError for a topic or type that no kept row has.
    """
    kept = [row for row in rows if row.kept and (surplus or not row.verdict.notes.get(OVER_TARGET))]
    _check("topic", topics, {row.ask.topic for row in kept})
    _check("question type", question_types, {row.ask.question_type for row in kept})
    chosen = [
        row
        for row in kept
        if (not topics or row.ask.topic in topics) and (not question_types or row.ask.question_type in question_types)
    ]
    if sample is not None and sample < len(chosen):
        drawn = _drawn({row.id: f"{row.ask.topic}/{row.ask.question_type}" for row in chosen}, sample, seed)
        chosen = [row for row in chosen if row.id in drawn]
    return [(row.id, row.verdict.text) for row in chosen]


def _drawn(cell_of: dict[str, str], sample: int, seed: int) -> set[str]:
    cells: dict[str, list[str]] = {}
    for id, cell in cell_of.items():
        cells.setdefault(cell, []).append(id)
    shares = apportion({cell: float(len(ids)) for cell, ids in cells.items()}, sample)
    return {id for cell, ids in cells.items() for id in shuffled(ids, seed, "sample", cell)[: shares[cell]]}


def _check(kind: str, wanted: Sequence[str], there: Collection[str | None]) -> None:
    unknown = [name for name in wanted if name not in there]
    if unknown:
        known = ", ".join(sorted(name for name in there if name)) or "none"
        raise InputError(f"No kept question has the {kind} {', '.join(unknown)}", hint=f"There are: {known}")
