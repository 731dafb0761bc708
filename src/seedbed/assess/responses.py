"""One triple at a time: what is measured on its two responses, each by itself.

What costs is the embedding: 16 ms of CPU for a response of 50 tokens, 66 for one of 200, once, for vectors are cached
by content. So a run has at most `response_sample` triples embedded, which is two minutes of CPU for 2,000 of 100
tokens a response. The likeness in words takes .2 ms a response beside 40 pairs, and is kept for a whole run under the
digest of its texts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal

import numpy as np

import seedbed.measures
from seedbed.assess.instruments import Instruments, Vectors
from seedbed.assess.judged import Judged
from seedbed.assess.likeness import repeats
from seedbed.assess.material import Material, Pair
from seedbed.assess.sampled import sampled_rows
from seedbed.assess.settings import AssessSettings
from seedbed.assess.verdicts import NO_VERDICTS, Verdicts, of_triple
from seedbed.measures.definition import Measured, T, Value
from seedbed.measures.lengths import token_length, word_length
from seedbed.measures.novelty import SeedLikeness
from seedbed.measures.relevance import coherence

__all__ = ["PARTS", "PairRow", "Part", "pair_rows"]

Part = Literal["misaligned", "aligned"]
PARTS: tuple[Part, ...] = ("misaligned", "aligned")
_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class PairRow:
    """What was measured on the two responses of one triple. None: not measured, or not defined for it.

    `…_coherence` is 1 without signs of a text that runs on, trails off or loops; `…_answers` the cosine to the prompt.
    `…_seed_…` is the greatest likeness to that response of a seed pair (of a seed to none), `…_copied` a pair of its
    own prompt whose response it repeats. `looked_at` is False outside the run's sample: not embedded.
    """

    id: str
    run: str | None
    state: str
    gate: str
    cluster: str
    misaligned_words: int | None
    misaligned_tokens: int | None
    aligned_words: int | None
    aligned_tokens: int | None
    looked_at: bool = True
    misaligned_coherence: float | None = None
    aligned_coherence: float | None = None
    misaligned_answers: float | None = None
    aligned_answers: float | None = None
    misaligned_seed_rouge_l: float | None = None
    aligned_seed_rouge_l: float | None = None
    misaligned_seed_containment: float | None = None
    aligned_seed_containment: float | None = None
    misaligned_seed_cosine: float | None = None
    aligned_seed_cosine: float | None = None
    misaligned_copied: str | None = None
    aligned_copied: str | None = None
    had_examples: bool = False
    repeats: str | None = None
    verdicts: Verdicts = NO_VERDICTS


@dataclass(frozen=True, slots=True)
class _Near:
    """Of one response: cosine to its prompt, and likenesses to the same response of the seed pairs."""

    answers: float | None = None
    rouge_l: float | None = None
    contained: float | None = None
    cosine: float | None = None
    copied: str | None = None


def pair_rows(
    material: Material, instruments: Instruments, said: Judged, settings: AssessSettings
) -> dict[str, PairRow]:
    """Every triple, by its id."""
    runs: dict[str | None, dict[str, Pair]] = {}
    for part in material.pairs:
        for pair in part.pairs:
            runs.setdefault(pair.run, {})[pair.id] = pair
    seeds = list(runs.get(None, {}).values())
    every = (pair for pairs in runs.values() for pair in pairs.values())
    limits = [limit for limit in (settings.sample, settings.response_sample) if limit]
    looked_at = sampled_rows(every, min(limits, default=0), settings.seed)
    found = {}
    for run, pairs in runs.items():
        rows = list(pairs.values())
        near = {part: _nearness(part, rows, seeds if run is not None else [], looked_at, instruments) for part in PARTS}
        texts = [(pair.id, f"{pair.misaligned}\n{pair.aligned}", pair.state != "rejected") for pair in rows]
        for at, (pair, before) in enumerate(zip(rows, repeats(texts), strict=True)):
            found[pair.id] = _pair(
                pair,
                before[0] if before else None,
                near["misaligned"][at],
                near["aligned"][at],
                said,
                looked_at=pair.id in looked_at,
            )
    return found


def _pair(pair: Pair, repeated: str | None, bad: _Near, good: _Near, said: Judged, *, looked_at: bool) -> PairRow:
    return PairRow(
        id=pair.id,
        run=pair.run,
        state=pair.state,
        gate=pair.gate,
        cluster=pair.cluster,
        misaligned_words=_plain(word_length(pair.misaligned, pair.language)),
        misaligned_tokens=_plain(token_length(pair.misaligned)),
        aligned_words=_plain(word_length(pair.aligned, pair.language)),
        aligned_tokens=_plain(token_length(pair.aligned)),
        looked_at=looked_at,
        misaligned_coherence=_rounded(_plain(coherence(pair.misaligned, pair.language))),
        aligned_coherence=_rounded(_plain(coherence(pair.aligned, pair.language))),
        misaligned_answers=bad.answers,
        aligned_answers=good.answers,
        misaligned_seed_rouge_l=bad.rouge_l,
        aligned_seed_rouge_l=good.rouge_l,
        misaligned_seed_containment=bad.contained,
        aligned_seed_containment=good.contained,
        misaligned_seed_cosine=bad.cosine,
        aligned_seed_cosine=good.cosine,
        misaligned_copied=bad.copied,
        aligned_copied=good.copied,
        had_examples=bool(pair.examples),
        repeats=repeated,
        verdicts=of_triple(pair.id, repeated, said),
    )


def _nearness(
    part: Part, rows: Sequence[Pair], seeds: Sequence[Pair], looked_at: set[str], instruments: Instruments
) -> list[_Near]:
    """Of each row's response, from the cache where nothing of it changed."""

    def compute() -> bytes:
        made = [astuple(one) for one in _near(part, rows, seeds, looked_at, instruments)]
        return json.dumps(made, separators=(",", ":")).encode()

    # embedded whether the sum is there or not: the figures of the set stand on these vectors
    instruments.embed(text for pair in (*seeds, *rows) if pair.id in looked_at for text in _texts(part, pair))
    stored = json.loads(
        instruments.cache.sum(f"responses {_digest(part, rows, seeds, looked_at, instruments)}", compute)
    )
    return [_Near(*one) for one in stored]


def _near(
    part: Part, rows: Sequence[Pair], seeds: Sequence[Pair], looked_at: set[str], instruments: Instruments
) -> Iterator[_Near]:
    texts = {pair.id: str(getattr(pair, part)) for pair in seeds}
    vectors = instruments.embed([])
    of_seeds = vectors.of(list(texts.values())) if texts and isinstance(vectors, Vectors) else None
    if of_seeds is not None and not (np.isfinite(of_seeds).all() and of_seeds.any(axis=1).all()):
        of_seeds = None  # an embedder that has no vector for a seed: no cosine rather than one to some seeds only
    known = SeedLikeness(texts, of_seeds)
    for start in range(0, len(rows), _AT_ONCE):
        few = rows[start : start + _AT_ONCE]
        embedded: np.ndarray | None = None
        prompted: dict[int, float] = {}
        if isinstance(vectors, Vectors):
            embedded = np.full((len(few), instruments.dim), np.nan, dtype=np.float32)  # NaN: not embedded, no cosine
            read = [at for at, pair in enumerate(few) if pair.id in looked_at]
            embedded[read] = vectors.of([getattr(few[at], part) for at in read])
            asked = [at for at in read if few[at].prompt.strip()]
            prompted = dict(
                zip(asked, _cosines(embedded[asked], vectors.of([few[at].prompt for at in asked])), strict=True)
            )
        likeness = known.rows([getattr(pair, part) for pair in few], embedded, [pair.examples for pair in few])
        for at, one in enumerate(likeness):
            yield _Near(
                _rounded(prompted.get(at)),
                _rounded(one.rouge_l.value if one.rouge_l else None),
                _rounded(one.contained.value if one.contained else None),
                _rounded(one.cosine.value if one.cosine else None),
                one.copied,
            )


def _texts(part: Part, pair: Pair) -> tuple[str, ...]:
    return (getattr(pair, part), pair.prompt) if pair.prompt.strip() else (getattr(pair, part),)


def _cosines(rows: np.ndarray, others: np.ndarray) -> list[float]:
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(others, axis=1)
    return [float(value) for value in np.einsum("id,id->i", rows, others) / np.maximum(lengths, 1e-12)]


def _digest(
    part: Part, rows: Sequence[Pair], seeds: Sequence[Pair], looked_at: set[str], instruments: Instruments
) -> str:
    used = next(one for one in instruments.used() if one.name == instruments.name)
    digest = hashlib.sha256(f"{part} {used!r}".encode())
    for name in ("novelty", "similarity", "alphabet", "tokens"):
        digest.update((Path(str(seedbed.measures.__file__)).parent / f"{name}.py").read_bytes())
    digest.update(Path(__file__).read_bytes())
    for pair in (*seeds, *rows):
        own = (pair.id, getattr(pair, part), pair.prompt, pair.examples, pair.id in looked_at)
        digest.update(repr(own).encode())
    return digest.hexdigest()


def _plain(measured: Measured[T]) -> T | None:
    return measured.value if isinstance(measured, Value) else None


def _rounded(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(value, 6)
