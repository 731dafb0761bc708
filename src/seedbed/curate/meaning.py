"""What vectors say of a seed: how near it is to the profile, and whether another topic than its own is nearest.

A cosine has no zero of meaning, so neither decides anything unless a study says so: both are remarks, with the number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seedbed.records import Question, Triple
from seedbed.taxonomy import Taxonomy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seedbed.curate.vectors import Vectors
    from seedbed.taxonomy.profiles import Profile

__all__ = ["Drift", "Meaning", "described", "meaning_of"]

_PROFILE, _TOPIC = "profile", "topic"
_DIGITS = 4  # of a cosine: vectors are rounded to float16 before


@dataclass(frozen=True, slots=True)
class Drift:
    """The topic that a question is nearest to, and the cosines to that one and to its own."""

    nearest: str
    cosine: float
    own: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """By seed: `relevance` is the highest cosine to a text of the profile, `drift` where another topic is nearest."""

    relevance: Mapping[str, float] = field(default_factory=dict)
    drift: Mapping[str, Drift] = field(default_factory=dict)


def described(taxonomy: Taxonomy, profile: Profile | None) -> dict[str, str]:
    """The texts beside the seeds whose vectors are wanted, by a name: the profile's, and each topic's."""
    texts = {f"{_PROFILE}\x1f{at}": text for at, text in enumerate(profile.relevance_texts() if profile else ())}
    for topic in taxonomy.topics:
        parts = (topic.label, topic.definition, *topic.subtopics)
        texts |= {f"{_TOPIC}\x1f{topic.id}\x1f{at}": part for at, part in enumerate(parts) if part.strip()}
    return texts


def meaning_of(items: Sequence[Question | Triple], vectors: Vectors, texts: Vectors) -> Meaning:
    """What the vectors of seeds (by id) and of `described` texts (by name) say.

    A topic stands at the mean of the unit vectors of its label, definition and subtopics, taken as one, and of the
    questions that carry it, without the question that is asked about.
    """
    import numpy as np

    known = [item for item in items if item.id in vectors]
    if not known:
        return Meaning()
    rows = _unit(np.stack([vectors[item.id] for item in known]).astype(np.float64))
    profile = [vector for name, vector in texts.items() if name.startswith(f"{_PROFILE}\x1f")]
    relevance: dict[str, float] = {}
    if profile:
        best = (rows @ _unit(np.stack(profile).astype(np.float64)).T).max(axis=1)
        relevance = {item.id: round(float(value), _DIGITS) for item, value in zip(known, best, strict=True)}
    return Meaning(relevance, _drifts(known, rows, texts))


def _drifts(known: Sequence[Question | Triple], rows: NDArray[np.float64], texts: Vectors) -> dict[str, Drift]:
    import numpy as np

    parts: dict[str, list[NDArray[np.float64]]] = {}
    for name, vector in texts.items():
        kind, _, rest = name.partition("\x1f")
        if kind == _TOPIC:
            parts.setdefault(rest.partition("\x1f")[0], []).append(vector.astype(np.float64))
    if len(parts) < 2:
        return {}
    topics = list(parts)
    said = np.stack([_unit(_unit(np.stack(parts[topic])).sum(axis=0)) for topic in topics])
    at = [
        (row, item.id, item.topic)
        for row, item in enumerate(known)
        if isinstance(item, Question) and item.topic is not None and item.topic in parts
    ]
    sums = said.copy()
    place = {topic: number for number, topic in enumerate(topics)}
    for row, _, topic in at:
        sums[place[topic]] += rows[row]
    found: dict[str, Drift] = {}
    cosines = rows @ _unit(sums).T
    for row, id, topic in at:
        own_place = place[topic]
        own = float(rows[row] @ _unit(sums[own_place] - rows[row]))
        others = cosines[row].copy()
        others[own_place] = -2.0
        best = int(others.argmax())
        if others[best] > own:
            found[id] = Drift(topics[best], round(float(others[best]), _DIGITS), round(own, _DIGITS))
    return found


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    made: NDArray[np.float64] = rows / np.where(lengths > 0, lengths, 1.0)
    return made
