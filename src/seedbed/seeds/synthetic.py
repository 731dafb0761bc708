"""Rows that a model made elsewhere, as a run of the study: one slot a row, kept as it came.

Such a run was neither planned nor gated here. Its run.json says so (stage "imported"), and what it cannot know
(whether seeds were shown) is null.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from seedbed.engine import Journal, Outcome, RunRecord, open_run
from seedbed.records import Ask, Question, Reply, State, Triple, Verdict
from seedbed.seeds.columns import Kind
from seedbed.seeds.merge import give_id
from seedbed.seeds.report import BadRow
from seedbed.study import Folder

__all__ = ["append_rows"]


def append_rows(
    folder: Folder,
    name: str,
    kind: Kind,
    rows: Sequence[tuple[int, Question | Triple]],
    *,
    model: str,
    title: str,
    judge: Callable[[list[BadRow]], None],
) -> tuple[list[str], list[BadRow]]:
    """Append what is new of `rows` (numbered records) to the run `name`, in one transaction.

    A row is known by the id that its file gave, else by its content. Returns the ids of the new slots and the rows
    at fault; `judge` sees the faults before anything is written and may raise. Raises InputError where the run
    exists and holds another kind or another model's rows.
    """
    wanted = RunRecord(
        name=name,
        stage="imported",
        ask={
            "imported": True, "rows": f"{kind}s", "model": model or "unknown", "prompt_version": "",
            "with_seeds": None, "raw": False, "examples": [], "values": [], "candidates": None,
        },
        verdict={},
        about={"title": title, "seedbed": _version(), "control_of": None},
    )  # fmt: skip
    run = folder.run(name)
    have = _known(run / "journal.db")
    first = max(have.slots, default=-1) + 1
    seen: Counter[str] = Counter()
    fresh: list[tuple[Outcome, Verdict]] = []
    faults: list[BadRow] = []
    for number, given in rows:
        record = give_id(folder, given, seen)
        verdict = _verdict(first + len(fresh), record)
        if record.id not in have.content:
            have.content[record.id] = _content(verdict)
            fresh.append((_outcome(verdict.slot, record), verdict))
        elif have.content[record.id] != _content(verdict):
            faults.append(BadRow(number, f"the id {record.id!r} names another row of the run {name!r} already"))
    judge(faults)
    with open_run(run, wanted, rename_hint="--run NAME") as (_, journal):
        journal.commit([outcome for outcome, _ in fresh], [(verdict, None) for _, verdict in fresh])
    return [f"{name}.{verdict.slot:06d}" for _, verdict in fresh], faults


class _Known:
    """What a run holds: its slots, and the content by imported id."""

    def __init__(self) -> None:
        self.slots: list[int] = []
        self.content: dict[str, Any] = {}


def _known(path: Path) -> _Known:
    known = _Known()
    if path.is_file():
        with closing(Journal(path)) as journal:
            for verdict, _ in journal.verdicts():
                known.slots.append(verdict.slot)
                known.content[str(verdict.notes.get("imported_id", ""))] = _content(verdict)
    return known


def _content(verdict: Verdict) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """What its author gave: the words and the labels as typed, not what a newer taxonomy makes of them."""
    texts = tuple((name, str(verdict.fields.get(name, ""))) for name in ("prompt", "critique", "aligned"))
    given = ("topic_raw", "question_type_raw", "values_raw", "persona", "scenario", "entities", "stance")
    labels = "\x1e".join(str(verdict.notes.get(name, "")) for name in given)
    return verdict.text, labels, texts


def _outcome(slot: int, record: Question | Triple) -> Outcome:
    ask = Ask(id=f"imported-{slot:06d}", first=slot, count=1)
    if isinstance(record, Question):
        ask = replace(ask, topic=record.topic, question_type=record.question_type)
    else:
        ask = replace(ask, values=record.values, prompt_id=record.prompt_id)
    return Outcome(ask, 1, Reply({"imported": True}))


def _verdict(slot: int, record: Question | Triple) -> Verdict:
    notes: dict[str, Any] = {"imported_id": record.id, "source": record.source, "language": record.language}
    if isinstance(record, Question):
        notes |= {"topic_raw": record.topic_raw, "question_type_raw": record.question_type_raw}
        told = {"persona": record.persona, "scenario": record.scenario, "entities": [list(e) for e in record.entities]}
        notes |= {name: value for name, value in told.items() if value}
        return Verdict(slot, State.KEPT, text=record.text, notes=notes)
    notes |= {"values_raw": list(record.values_raw), "values": list(record.values)}
    notes |= {"stance": record.stance} if record.stance else {}
    fields = {
        "prompt": record.prompt, "misaligned": record.misaligned, "critique": record.critique,
        "aligned": record.aligned, "scaffold": {}, "alternatives": {},
    }  # fmt: skip
    return Verdict(slot, State.KEPT, text=f"{record.misaligned} {record.aligned}", fields=fields, notes=notes)


def _version() -> str:
    from seedbed import __version__

    return __version__
