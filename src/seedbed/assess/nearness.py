"""How near each row lies to the descriptions of the labels it carries: cosines, for all rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seedbed.assess.instruments import Instruments
from seedbed.assess.material import Item
from seedbed.assess.observer import description
from seedbed.measures.definition import NotApplicable
from seedbed.taxonomy import Label, Taxonomy

__all__ = ["Nearness", "nearness"]

_AT_ONCE = 4096  # rows held as float32: 6 MB


@dataclass(frozen=True, slots=True)
class Nearness:
    """Cosines to the row's own labels, None where it has no label of the taxonomy; `topic_first`: none is nearer."""

    topic: float | None
    question_type: float | None
    topic_first: bool | None


def nearness(taxonomy: Taxonomy, items: Sequence[Item], instruments: Instruments) -> dict[str, Nearness]:
    """The nearness of each item, by its id; empty without an embedder."""
    vectors = instruments.embed(item.text for item in items)
    topics, types = taxonomy.topics, taxonomy.question_types
    described = instruments.embed(description(label) for label in (*topics, *types))
    if isinstance(vectors, NotApplicable) or isinstance(described, NotApplicable):
        return {}
    found: dict[str, Nearness] = {}
    for start in range(0, len(items), _AT_ONCE):
        part = items[start : start + _AT_ONCE]
        rows = vectors.of([item.text for item in part])
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        to_topics = _cosines(rows, topics, [item.topic for item in part], instruments)
        to_types = _cosines(rows, types, [item.question_type for item in part], instruments)
        for item, (topic, first), (kind, _) in zip(part, to_topics, to_types, strict=True):
            found[item.id] = Nearness(topic, kind, first)
    return found


def _cosines(
    rows: np.ndarray, labels: Sequence[Label], own: Sequence[str | None], instruments: Instruments
) -> list[tuple[float | None, bool | None]]:
    """For each row the cosine to its own label's description, and whether no other label's is nearer."""
    described = instruments.embed(description(label) for label in labels)
    if isinstance(described, NotApplicable) or not labels:
        return [(None, None)] * len(own)
    against = described.of([description(label) for label in labels])
    against /= np.linalg.norm(against, axis=1, keepdims=True)
    # Not `@`: its last bits, and with them a tie for the nearest label, may change with the number of rows
    cosines = np.einsum("id,jd->ij", rows, against)
    at = {label.id: column for column, label in enumerate(labels)}
    columns = [at.get(label or "") for label in own]
    return [
        (None, None)
        if column is None or not np.isfinite(line).all()
        else (round(float(line[column]), 4), bool(line[column] >= line.max()))
        for column, line in zip(columns, cosines, strict=True)
    ]
