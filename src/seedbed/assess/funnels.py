"""What became of the slots of a run, in all and for each topic, question type, value, group and seed.

A row counts for every seed that its prompt showed, and for every group that wrote one of these. What a seed brought
about is another question, which a control answers; this says what happened beside it.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from seedbed.assess.document import Funnel, FunnelSlice, GateCount, Number, Role, SliceKind
from seedbed.engine import RunRecord
from seedbed.measures.clusters import Clusters
from seedbed.measures.definition import NotApplicable
from seedbed.records import Row, State
from seedbed.taxonomy import Taxonomy

__all__ = ["FunnelCount"]

_KINDS: tuple[SliceKind, ...] = ("topic", "question_type", "value", "group", "seed")


class FunnelCount:
    """Counts rows as they pass. `groups` maps a seed's id to the group that wrote it."""

    def __init__(self, record: RunRecord, taxonomy: Taxonomy, groups: Mapping[str, str]) -> None:
        self._record, self._groups = record, groups
        self._labels: dict[SliceKind, dict[str, str]] = {
            "topic": {label.id: label.label for label in taxonomy.topics},
            "question_type": {label.id: label.label for label in taxonomy.question_types},
            "value": {label.id: label.label for label in taxonomy.values},
        }
        self._whole = _Count()
        self._slices: dict[tuple[SliceKind, str], _Count] = {}
        self._reasons: dict[str, str] = {}
        self._asks: dict[str, int] = {}
        self._last = -1
        self._counts: list[_Count] = []
        self.any_triple = False

    def take(self, row: Row) -> None:
        """The next row, in slot order."""
        verdict = row.verdict
        ask = self._asks.setdefault(row.ask.id, len(self._asks))
        self.any_triple |= "misaligned" in verdict.fields
        if not row.kept:
            self._reasons.setdefault(verdict.gate, verdict.reason)
        self._whole.take(verdict.state, verdict.gate, ask)
        if ask != self._last:  # rows of one request are neighbours, and in the same slices
            self._last = ask
            self._counts = [self._slices.setdefault(place, _Count()) for place in self._places(row)]
        for count in self._counts:
            count.take(verdict.state, verdict.gate, ask)

    def done(self, stage: str) -> Funnel:
        """The funnel of the rows that passed."""
        record, whole = self._record, self._whole
        control_of = record.about.get("control_of") or None
        role: Role = "control" if control_of else "synthetic"
        return Funnel(
            run=record.name,
            stage=stage,
            fingerprint=record.fingerprints.get("ask", ""),
            role=role,
            model=str(record.ask.get("model", "")),
            prompt_version=str(record.ask.get("prompt_version", "")),
            created=record.created,
            about=record.about,
            raw=bool(record.ask.get("raw", False)),
            proposals=bool(record.ask.get("proposals", False)),
            with_seeds=record.ask.get("with_seeds"),
            control_of=control_of,
            slots=whole.states.total(),
            generated=whole.generated,
            kept=whole.states[State.KEPT],
            rejected=whole.states[State.REJECTED],
            failed=whole.states[State.FAILED],
            gates=tuple(GateCount(gate, count, self._reasons[gate]) for gate, count in _ranked(whole.gates)),
            prompts=len(self._asks),
            accepted=whole.accepted(),
            slices=tuple(self._sliced()),
            imported=record.stage == "imported",
        )

    def _places(self, row: Row) -> Iterator[tuple[SliceKind, str]]:
        ask = row.ask
        if ask.topic:
            yield "topic", ask.topic
        if ask.question_type:
            yield "question_type", ask.question_type
        for value in dict.fromkeys(ask.values):
            yield "value", value
        seeds = dict.fromkeys(ask.examples)
        for seed in seeds:
            yield "seed", seed
        for group in dict.fromkeys(group for seed in seeds if (group := self._groups.get(seed))):
            yield "group", group

    def _sliced(self) -> Iterator[FunnelSlice]:
        ordered = sorted(
            self._slices.items(), key=lambda item: (_KINDS.index(item[0][0]), -item[1].states.total(), item[0][1])
        )
        for (kind, key), count in ordered:
            yield FunnelSlice(
                by=kind,
                key=key,
                label=self._labels.get(kind, {}).get(key, key),
                generated=count.generated,
                kept=count.states[State.KEPT],
                rejected=count.states[State.REJECTED],
                failed=count.states[State.FAILED],
                gates=tuple(_ranked(count.gates)),
                accepted=count.accepted(),
            )


class _Count:
    """States and gates of some rows, and for each row with a text whether it was kept and which request it is of."""

    def __init__(self) -> None:
        self.states: Counter[State] = Counter()
        self.gates: Counter[str] = Counter()
        self._kept = array("b")
        self._asks = array("q")

    @property
    def generated(self) -> int:
        return len(self._kept)

    def take(self, state: State, gate: str, ask: int) -> None:
        self.states[state] += 1
        if state is not State.KEPT:
            self.gates[gate] += 1
        if state is not State.FAILED:
            self._kept.append(state is State.KEPT)
            self._asks.append(ask)

    def accepted(self) -> Number:
        if not len(self._kept):
            return NotApplicable("there are no items")
        return Clusters(np.frombuffer(self._asks, dtype=np.int64)).rate(np.frombuffer(self._kept, dtype=np.bool_))


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
