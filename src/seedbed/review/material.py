"""The rows that can be rated, as raters see them: seeds as curation has them, and rows of runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from seedbed import curate
from seedbed.engine import RunRecord, read_rows, read_run
from seedbed.errors import UsageError
from seedbed.records import Question, Row, State, Triple
from seedbed.review.fold import Task
from seedbed.review.spec import SEEDS, Kind, States
from seedbed.study import Folder

__all__ = ["Item", "gather", "items_of", "shown"]

PARTS: Mapping[str, tuple[str, ...]] = {
    "question": ("text",),
    "triple": ("prompt", "misaligned", "critique", "aligned"),
}
"""The texts of an item, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Item:
    """A row to rate. `source` is "seeds" or a run; `kept` whether curation or the gates let it pass.

    `topic` and `question_type` are those of curation, or those that the plan asked for; `typed` names those of them
    that stand as their author typed them, because the taxonomy does not know them. `language` is what the seed or its
    run has on record, "" for nothing. `margin` and `doubt` serve the draw alone: how near the row was to a cut
    (relative; None: nothing measured), and how far those who judged it were apart (0 to 1).
    """

    id: str
    kind: str
    source: str
    texts: Mapping[str, str]
    topic: str | None = None
    question_type: str | None = None
    values: tuple[str, ...] = ()
    group: str = ""
    kept: bool = True
    gate: str = ""
    margin: float | None = None
    doubt: float = 0.0
    near: str = ""
    language: str = ""
    typed: tuple[str, ...] = ()

    @property
    def synthetic(self) -> bool:
        return self.source != SEEDS


def gather(folder: Folder, kind: Kind, of: Iterable[str], states: States, *, chosen: bool = False) -> list[Item]:
    """The rows of `kind` in the sources `of`, source by source, with what their draw needs.

    Raises UsageError for a source that has none of the kind, and what reading runs raises.
    """
    found: list[Item] = []
    for source in dict.fromkeys(of):
        rows = list(_seeds(folder, kind, chosen=chosen) if source == SEEDS else _rows(folder, source, kind))
        if not rows:
            raise UsageError(
                f"{source} has no {kind} to rate" + (" among those chosen as examples" if chosen else ""),
                hint="Name other sources, or the other kind.",
            )
        wanted = [row for row in rows if states == "generated" or row.kept == (states == "kept")]
        if not wanted:
            raise UsageError(f"{source} has no {states} {kind}", hint="Take other states: kept, rejected or generated.")
        found += wanted
    return found


def items_of(folder: Folder, task: Task) -> dict[str, Item]:
    """The task's items by id, in its order. One that is gone (a seed that was erased) is left out.

    Reads each source once; a server keeps what it returns.
    """
    wanted = set(task.items)
    kind: Kind = "triple" if task.kind == "triple" else "question"
    found: dict[str, Item] = {}
    for source in dict.fromkeys(task.sources):
        rows = _seeds(folder, kind) if source == SEEDS else _rows(folder, source, kind, doubts=False)
        found |= {row.id: row for row in rows if row.id in wanted}
    return {id: found[id] for id in task.items if id in found}


def shown(task: Task, item: Item) -> dict[str, Any]:
    """What a rater of `task` may see of an item, as plain data: its texts and labels; its origin if not blind.

    Of a blind task that mixes sources nothing is shown that only seeds have and that would tell them from rows of
    models: persona and scenario, labels as somebody typed them, and the language on record (then "").
    """
    level = task.blind and task.mixed
    hidden = item.typed if level else ()
    data: dict[str, Any] = {
        "kind": item.kind,
        "texts": {name: text for name, text in item.texts.items() if not level or name in PARTS[item.kind]},
        "topic": None if "topic" in hidden else item.topic,
        "question_type": None if "question_type" in hidden else item.question_type,
        "values": list(item.values), "language": "" if level else item.language,
    }  # fmt: skip
    if not task.blind:
        data |= {"id": item.id, "source": item.source, "kept": item.kept, "gate": item.gate, "group": item.group}
    return data


def _seeds(folder: Folder, kind: Kind, *, chosen: bool = False) -> Iterator[Item]:
    from seedbed.review.doubts import SeedDoubts

    curation = curate.load(folder)
    doubts = SeedDoubts(folder, curation)
    records: tuple[Question | Triple, ...] = curation.questions if kind == "question" else curation.triples
    selected = {*curation.selected_questions, *curation.selected_triples}
    for record in records:
        texts = _texts_of(record)
        if not any(text.strip() for text in texts.values()) or (chosen and record.id not in selected):
            continue
        excluded = curation.excluded.get(record.id)
        labels, typed = _labels_of(record)
        near, margin = doubts.margin(record)
        yield Item(
            record.id, kind, SEEDS, texts,
            topic=labels.get("topic"), question_type=labels.get("question_type"),
            values=record.values if isinstance(record, Triple) else (),
            group=record.group, kept=excluded is None, gate=excluded.rule if excluded else "",
            margin=margin, near=near, doubt=doubts.of(record), language=record.language, typed=typed,
        )  # fmt: skip


def _labels_of(record: Question | Triple) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """Topic and question type, as typed where they are not known; and the names of those that are as typed."""
    if isinstance(record, Triple):
        return {}, ()
    known = {"topic": record.topic, "question_type": record.question_type}
    raw = {"topic": record.topic_raw, "question_type": record.question_type_raw}
    labels = {name: label or raw[name] or None for name, label in known.items()}
    return labels, tuple(name for name, label in known.items() if not label and raw[name])


def _texts_of(record: Question | Triple) -> dict[str, str]:
    if isinstance(record, Question):
        more = {name: getattr(record, name) for name in ("persona", "scenario")}
        return {"text": record.text, **{name: text for name, text in more.items() if text}}
    return {name: getattr(record, name) for name in PARTS["triple"]}


def _rows(folder: Folder, run: str, kind: Kind, *, doubts: bool = True) -> Iterator[Item]:
    from seedbed.review.doubts import RowDoubts

    record = read_run(folder.run(run))
    if record.stage == "topics":
        return
    judged = RowDoubts(record) if doubts else None
    language = str(record.ask.get("language") or "")  # a run of triples has none: its prompts may be of several
    for row in read_rows(folder.run(run)):
        texts = _texts(row)
        if row.verdict.state is State.FAILED or _kind(record, row) != kind or not _whole(texts):
            continue
        near, margin = judged.margin(row) if judged else ("", None)
        yield Item(
            row.id, kind, run, texts, row.ask.topic, row.ask.question_type, row.ask.values, kept=row.kept,
            gate=row.verdict.gate, margin=margin, near=near, doubt=judged.of(row) if judged else 0.0, language=language,
        )  # fmt: skip


def _kind(record: RunRecord, row: Row) -> str:
    if record.stage in ("questions", "triples"):
        return record.stage.removesuffix("s")
    return "triple" if "misaligned" in row.verdict.fields else "question"


def _texts(row: Row) -> dict[str, str]:
    fields = row.verdict.fields
    if "misaligned" in fields:
        return {name: str(fields.get(name) or "") for name in PARTS["triple"]}
    return {"text": row.verdict.text}


def _whole(texts: Mapping[str, str]) -> bool:
    """A question with words; a triple with a prompt and at least one response."""
    if "text" in texts:
        return bool(texts["text"].strip())
    return bool(texts["prompt"].strip() and (texts["misaligned"].strip() or texts["aligned"].strip()))
