"""The rows that a judge can be asked about: those of a run, or a study's seeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from seedbed import curate
from seedbed.engine import read_rows, read_run
from seedbed.errors import UsageError
from seedbed.judges.model.spec import JudgedRow, Kind
from seedbed.records import Question, State, Triple, Writer
from seedbed.study import Folder

__all__ = ["PEOPLE", "SEEDS", "States", "rows_of_run", "rows_of_seeds"]

SEEDS = "seeds"
PEOPLE = "people"
States = Literal["kept", "rejected", "generated"]


def rows_of_run(folder: Folder, run: str, states: States = "kept") -> Iterator[JudgedRow]:
    """Rows of a run in slot order, without those that failed. `topic` and `question_type` are what was asked for.

    Raises UsageError where there is no such run, or it holds topics.
    """
    record = read_run(folder.run(run))
    if record.stage == "topics":
        raise UsageError(f"The run {run!r} holds topics", hint="Judges are asked about questions and triples.")
    language = str(record.ask.get("language") or "")
    for row in read_rows(folder.run(run)):
        if row.verdict.state is State.FAILED or (states != "generated" and row.kept != (states == "kept")):
            continue
        fields, triple = row.verdict.fields, "misaligned" in row.verdict.fields or record.stage == "triples"
        names = ("prompt", "misaligned", "critique", "aligned")
        texts = {name: str(fields.get(name) or "") for name in names} if triple else {"text": row.verdict.text}
        yield JudgedRow(
            row.id, "triple" if triple else "question", texts, row.ask.topic, row.ask.question_type, row.ask.values,
            language=language, written_by=row.model or "unknown", source=run,
            cluster=row.ask.prompt_id or row.ask.id,
        )  # fmt: skip


def rows_of_seeds(folder: Folder, kind: Kind) -> Iterator[JudgedRow]:
    """The seeds that curation includes, with the labels that it gave them."""
    curation = curate.load(folder)
    records: tuple[Question | Triple, ...] = curation.questions if kind == "question" else curation.triples
    for seed in records:
        if seed.id in curation.excluded:
            continue
        if isinstance(seed, Question):
            yield JudgedRow(
                seed.id, "question", {"text": seed.text}, seed.topic, seed.question_type, group=seed.group,
                language=seed.language, written_by=PEOPLE, source=SEEDS,
            )  # fmt: skip
        else:
            texts = {name: getattr(seed, name) for name in ("prompt", "misaligned", "critique", "aligned")}
            yield JudgedRow(
                seed.id, "triple", texts, values=seed.values, group=seed.group, language=seed.language,
                written_by=_writer(seed), source=SEEDS, cluster=seed.prompt_id or "",
            )  # fmt: skip


def _writer(pair: Triple) -> str:
    """People, unless a model wrote one of the responses: its style is then another."""
    models = [part for part in ("misaligned", "aligned") if pair.written_by.get(part) is Writer.MODEL]
    return "a model, in a seed" if models else PEOPLE
