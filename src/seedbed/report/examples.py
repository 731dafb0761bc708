"""The rows that the page shows: kept ones, rejected ones with their gate, people's pairs, and proposals.

Few, chosen by a fixed rule and not by how good they look: kept rows spread over the topics in the order in which they
were made, rejected rows the first of each gate. Seeds set apart for evaluation are never shown: a page travels.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seedbed.curate import Curation
from seedbed.engine import read_rows, read_run
from seedbed.records import Pool, Row, State, Triple, Writer
from seedbed.report.gates import gate_words
from seedbed.report.nearline import Near, NearLine
from seedbed.report.settings import ReportSettings
from seedbed.report.words import rounded
from seedbed.study import Folder
from seedbed.taxonomy import Taxonomy

__all__ = ["Alternative", "Examples", "HumanPair", "Kept", "NearRow", "Proposal", "Rejected", "choose"]

LONGEST = 1200  # characters of a text on the page
_RESPONSES = ("misaligned", "aligned")
_NOTES = {"ranker": "ranked by", "cell": "answers"}
_NOTED = {"words": "by its words"}


@dataclass(frozen=True, slots=True)
class Kept:
    id: str
    text: str
    topic: str
    question_type: str
    given: str
    """The first words, where they were ours and not the model's."""


@dataclass(frozen=True, slots=True)
class Rejected:
    id: str
    text: str
    gate: str
    words: str
    reason: str
    measured: str
    rival: str
    rival_text: str


@dataclass(frozen=True, slots=True)
class NearRow:
    """A row that a check nearly turned away, or nearly kept."""

    id: str
    text: str
    kept: bool
    gate: str
    measured: str
    line: str


@dataclass(frozen=True, slots=True)
class HumanPair:
    """A pair that people wrote. `by` says whose words each field holds, where that is known."""

    id: str
    prompt: str
    misaligned: str
    critique: str
    aligned: str
    values: str
    by: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another candidate for one response, with the gate that it failed, if any, and what was measured."""

    text: str
    gate: str
    reason: str
    measured: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A triple that a model wrote and no person has seen: its gates' measured values, and what else there was."""

    id: str
    prompt: str
    misaligned: str
    critique: str
    aligned: str
    value: str
    state: str
    gate: str
    reason: str
    measured: tuple[tuple[str, str], ...]
    scaffold: dict[str, str]
    alternatives: tuple[tuple[str, tuple[Alternative, ...]], ...]

    @property
    def choices(self) -> int:
        """How many candidates there are for each response, the shown one included."""
        return 1 + max((len(items) for _, items in self.alternatives), default=0)


@dataclass(frozen=True, slots=True)
class Examples:
    kept: tuple[Kept, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    near: tuple[NearRow, ...] = ()
    pairs: tuple[HumanPair, ...] = ()
    proposals: tuple[Proposal, ...] = ()


def choose(
    folder: Folder,
    curation: Curation,
    taxonomy: Taxonomy,
    *,
    run: str | None,
    triples_run: str | None,
    settings: ReportSettings,
) -> Examples:
    """The rows to show, from the runs named. None at all where the settings turn texts off."""
    if not settings.show_texts:
        return Examples()
    near = NearLine(read_run(folder.run(run)).verdict if run else {})
    kept, rejected, texts = _looked_through(folder, run, settings, near) if run else ([], [], {})
    seeds = {q.id: q.text for q in curation.questions if q.pool is not Pool.EVALUATION}
    answered = read_rows(folder.run(triples_run)) if triples_run else ()
    return Examples(
        kept=tuple(_kept(row, taxonomy) for row in kept),
        rejected=tuple(_rejected(row, {**seeds, **texts}) for row in rejected),
        near=tuple(map(_near, near.found())),
        pairs=tuple(_pairs(curation, settings.pairs_shown)),
        proposals=tuple(_proposal(row) for row in _judged(answered)[: settings.proposals_shown]),
    )


def _looked_through(
    folder: Folder, run: str, settings: ReportSettings, near: NearLine
) -> tuple[list[Row], list[Row], dict[str, str]]:
    """Kept rows, rejected rows, and the texts of these' rivals. A run is streamed: it may have tens of thousands."""
    by_topic: dict[str, list[Row]] = {}
    by_gate: dict[str, list[Row]] = {}
    count: Counter[str] = Counter()
    for row in read_rows(folder.run(run)):
        if not row.verdict.text.strip():
            continue
        near.take(row)
        if row.kept:
            _add(by_topic, row.ask.topic or "", row, settings.kept_examples)
        elif row.verdict.state is State.REJECTED:
            count[row.verdict.gate] += 1
            _add(by_gate, row.verdict.gate, row, settings.rejected_examples)
    order = sorted(by_gate, key=lambda gate: (-count[gate], gate))
    rejected = [row for gate in order for row in by_gate[gate]]
    rivals = {row.verdict.rival for row in rejected if row.verdict.rival}
    texts = {row.id: row.verdict.text for row in read_rows(folder.run(run)) if row.id in rivals} if rivals else {}
    return _in_turn(by_topic, settings.kept_examples), rejected, texts


def _add(groups: dict[str, list[Row]], name: str, row: Row, most: int) -> None:
    found = groups.setdefault(name, [])
    if len(found) < most:
        found.append(row)


def _in_turn(groups: Mapping[str, Sequence[Row]], wanted: int) -> list[Row]:
    """One of each group in turn, in the order in which the groups appeared."""
    turns = max((len(found) for found in groups.values()), default=0)
    chosen = [found[turn] for turn in range(turns) for found in groups.values() if len(found) > turn]
    return chosen[:wanted]


def _judged(rows: Iterable[Row]) -> list[Row]:
    """Triples with their texts: those that passed first, each in the order in which they were made."""
    found = [row for row in rows if all(str(row.verdict.fields.get(name) or "").strip() for name in _RESPONSES)]
    return sorted(found, key=lambda row: not row.kept)


def _kept(row: Row, taxonomy: Taxonomy) -> Kept:
    return Kept(
        row.id,
        _cut(row.verdict.text),
        _label(taxonomy, "topics", row.ask.topic),
        _label(taxonomy, "question_types", row.ask.question_type),
        row.ask.lead_in if row.ask.lead_in and row.verdict.text.startswith(row.ask.lead_in) else "",
    )


def _rejected(row: Row, texts: Mapping[str, str]) -> Rejected:
    verdict = row.verdict
    rival, measured = verdict.rival or "", _number(verdict.measured)
    return Rejected(
        row.id,
        _cut(verdict.text),
        verdict.gate,
        gate_words(verdict.gate),
        verdict.reason,
        "" if measured in verdict.reason else f"“{measured}”" if isinstance(verdict.measured, str) else measured,
        rival,
        _cut(texts.get(rival, "")),
    )


def _near(found: Near) -> NearRow:
    return NearRow(
        found.row.id, _cut(found.row.verdict.text), found.row.kept, found.gate, _precise(found.measured),
        _precise(found.line),
    )  # fmt: skip


def _pairs(curation: Curation, wanted: int) -> list[HumanPair]:
    chosen = set(curation.selected_triples)
    allowed = [t for t in curation.triples if t.pool is not Pool.EVALUATION and t.id not in curation.excluded]
    ranked = sorted(allowed, key=lambda triple: (triple.id not in chosen, not _by_people(triple)))
    return [
        HumanPair(
            t.id,
            _cut(t.prompt),
            _cut(t.misaligned),
            _cut(t.critique),
            _cut(t.aligned),
            ", ".join(t.values or t.values_raw),
            tuple((name, writer.value) for name, writer in t.written_by.items()),
        )
        for t in ranked[:wanted]
    ]


def _by_people(triple: Triple) -> bool:
    return all(writer is Writer.HUMAN for writer in triple.written_by.values())


def _proposal(row: Row) -> Proposal:
    fields = row.verdict.fields
    measured = [(_noted(name), _NOTED.get(str(value), _number(value))) for name, value in _flat(row.verdict.notes)]
    if row.verdict.measured is not None:
        measured.insert(0, (row.verdict.gate or "measured", _number(row.verdict.measured)))
    return Proposal(
        row.id,
        _cut(str(fields.get("prompt", ""))),
        _cut(str(fields["misaligned"])),
        _cut(str(fields.get("critique") or "")),
        _cut(str(fields["aligned"])),
        ", ".join(row.ask.values),
        row.verdict.state.value,
        row.verdict.gate,
        row.verdict.reason,
        tuple((name, value) for name, value in measured if value),
        {name: str(words) for name, words in _mapping(fields.get("scaffold")).items() if str(words).strip()},
        tuple(
            (name, tuple(_alternative(item) for item in items))
            for name, items in _mapping(fields.get("alternatives")).items()
            if isinstance(items, list) and items
        ),
    )


def _noted(name: str) -> str:
    """What a note of a row is called: its own name, where none is better."""
    return _NOTES.get(name, name.removeprefix("verified ").replace("_", " "))


def _mapping(data: Any) -> Mapping[str, Any]:
    return data if isinstance(data, dict) else {}


def _flat(notes: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in notes.items():
        found += _flat(value, f"{prefix}{name} ") if isinstance(value, dict) else [(f"{prefix}{name}", value)]
    return found


def _alternative(item: Any) -> Alternative:
    """An alternative is a text, or a mapping that has one beside the gate that it failed."""
    if not isinstance(item, dict):
        return Alternative(_cut(str(item)), "", "", "")
    return Alternative(
        _cut(str(item.get("text", ""))),
        str(item.get("gate") or ""),
        str(item.get("reason") or ""),
        _number(item.get("measured")),
    )


def _label(taxonomy: Taxonomy, kind: str, id: str | None) -> str:
    labels = taxonomy.topics if kind == "topics" else taxonomy.question_types
    return next((label.label for label in labels if label.id == id), id or "")


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return rounded(value).replace("-", "−")
    return value if isinstance(value, str) else ""


def _precise(value: float) -> str:
    """Three digits behind the point: beside a line the third may be the one that decides."""
    return (f"{value:g}" if value == round(value) else f"{value:.3f}").replace("-", "−")


def _cut(text: str) -> str:
    """The text with its paragraphs; of a long one the beginning, and how much more there is."""
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    if len(text) <= LONGEST * 1.1:
        return text
    return f"{text[:LONGEST].rstrip()} … [cut here: {len(text) - LONGEST:,} more characters stand in the run]"
