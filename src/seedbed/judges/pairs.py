"""Which pairs may train, and whether they have changed since.

Only pairs of the alignment pool train: the evaluation pool never trains anything. Only those that curation includes,
with both responses there, in the embedder's language.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from seedbed.measures.definition import ENGLISH
from seedbed.records import Pool, Triple, Writer

__all__ = ["Changes", "Pair", "fingerprint", "training_pairs"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A prompt with two responses whose labels are known: `misaligned` is 0, `aligned` is 1.

    `by_people` is False where a model wrote one of the two: then no person's judgement stands behind its label.
    """

    id: str
    prompt: str
    misaligned: str
    aligned: str
    values: tuple[str, ...] = ()
    by_people: bool = True


@dataclass(frozen=True, slots=True)
class Changes:
    """How the pairs of a study differ from those that its inspector was trained on, by id.

    `edited` says that a text, a value or a writer of those in both is another; which one is not recorded.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    edited: bool


def training_pairs(triples: Iterable[Triple], included: Collection[str]) -> tuple[list[Pair], dict[str, int]]:
    """The pairs that may train, by id, and how many were left out for which reason."""
    pairs: list[Pair] = []
    left_out: Counter[str] = Counter()
    allowed = frozenset(included)
    for triple in triples:
        reason = _reason(triple, allowed)
        if reason:
            left_out[reason] += 1
            continue
        writers = (triple.written_by.get("misaligned"), triple.written_by.get("aligned"))
        pairs.append(
            Pair(
                triple.id, triple.prompt, triple.misaligned, triple.aligned, triple.values, Writer.MODEL not in writers
            )
        )
    return sorted(pairs, key=lambda pair: pair.id), dict(sorted(left_out.items()))


def fingerprint(pairs: Sequence[Pair], key: bytes) -> str:
    """64 hex digits that stand for all that a training sees, in any order of the pairs.

    Keyed with the study's own key: without it, nobody can test a guess at a text that was withdrawn.
    """
    rows = [
        [pair.id, pair.prompt, pair.misaligned, pair.aligned, list(pair.values), pair.by_people]
        for pair in sorted(pairs, key=lambda pair: pair.id)
    ]
    return hmac.new(key, json.dumps(rows).encode(), hashlib.sha256).hexdigest()


def _reason(triple: Triple, included: frozenset[str]) -> str:
    if triple.pool is Pool.EVALUATION:
        return "in the evaluation pool, which never trains"
    if triple.pool is not Pool.ALIGNMENT:
        return "in no pool yet"
    if triple.id not in included:
        return "excluded by curation"
    if not (triple.prompt.strip() and triple.misaligned.strip() and triple.aligned.strip()):
        return "a part is missing"
    if ENGLISH.refuses(triple.language):
        return "not in English, the embedder's language"
    return ""
