"""What a row repeats: a seed, an example of its own prompt, or a row that was kept before it.

Rows are taken in the order of their slots, as the gates take them, and compared with rows kept before: so the figure
means the same for a run with a novelty gate, for one without, and for an imported table. A run is compared as a whole
and kept under the digest of all its texts: 66,609 rows take 25 s of CPU once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

import seedbed.measures
from seedbed.assess.instruments import Instruments, Vectors
from seedbed.assess.material import Item, Material
from seedbed.measures.novelty import SeedLikeness
from seedbed.measures.similarity import NoveltyIndex

__all__ = ["RowLikeness", "likenesses", "repeats"]

_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class RowLikeness:
    """Greatest likenesses to a seed, None where they have no meaning or the row is a seed itself.

    `seed` is the nearest in words. `copied` names an example of the row's own prompt that it repeats, `repeats` the
    row kept before (of seeds: the seed before) that it nearly equals, with ROUGE-L F1 `repeats_f1`.
    """

    seed: str | None
    seed_rouge_l: float | None
    seed_containment: float | None
    seed_cosine: float | None
    copied: str | None
    repeats: str | None
    repeats_f1: float | None


def likenesses(material: Material, looked_at: set[str], instruments: Instruments) -> dict[str, RowLikeness]:
    """The likeness of every question, by its id. Cosines are there for the rows that were embedded."""
    runs: dict[str | None, dict[str, Item]] = {}
    for part in material.questions:
        for item in part.items:
            runs.setdefault(item.run, {})[item.id] = item
    seeds = runs.get(None, {})
    found: dict[str, RowLikeness] = {}
    for run, items in runs.items():
        rows = list(items.values())
        digest = _digest(rows, seeds if run is not None else {}, looked_at, instruments.fingerprint)

        def compute(rows: Sequence[Item] = rows, run: str | None = run) -> bytes:
            made = _of_run(rows, seeds, looked_at, instruments) if run is not None else _of_seeds(rows)
            return json.dumps([astuple(one) for one in made], separators=(",", ":")).encode()

        stored = json.loads(instruments.cache.sum(f"likeness {digest}", compute))
        found.update((item.id, RowLikeness(*one)) for item, one in zip(rows, stored, strict=True))
    return found


def repeats(texts: Sequence[tuple[str, str, bool]]) -> Iterator[tuple[str, float] | None]:
    """For each (id, text, kept) in order the row kept before that it nearly equals, and their ROUGE-L F1."""
    index = NoveltyIndex()
    for id, text, kept in texts:
        yield index.nearest(text)
        if kept:
            index.add(id, text)


def _of_seeds(rows: Sequence[Item]) -> Iterator[RowLikeness]:
    for near in repeats([(item.id, item.text, True) for item in rows]):
        yield RowLikeness(None, None, None, None, None, *(near or (None, None)))


def _of_run(
    rows: Sequence[Item], seeds: Mapping[str, Item], looked_at: set[str], instruments: Instruments
) -> Iterator[RowLikeness]:
    texts = {id: item.text for id, item in seeds.items()}
    vectors = instruments.embed(texts.values())
    of_seeds = vectors.of(list(texts.values())) if texts and isinstance(vectors, Vectors) else None
    if of_seeds is not None and not (np.isfinite(of_seeds).all() and of_seeds.any(axis=1).all()):
        of_seeds = None  # an embedder that has no vector for a seed: no cosine rather than one to some seeds only
    known = SeedLikeness(texts, of_seeds)
    near = repeats([(item.id, item.text, item.state == "kept") for item in rows])
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        of_part = None
        if isinstance(vectors, Vectors):
            of_part = np.full((len(part), instruments.dim), np.nan, dtype=np.float32)  # NaN: not embedded, no cosine
            read = [at for at, item in enumerate(part) if item.id in looked_at]
            of_part[read] = vectors.of([part[at].text for at in read])
        for one in known.rows([item.text for item in part], of_part, [item.examples for item in part]):
            repeated = next(near)
            yield RowLikeness(
                one.rouge_l.seed if one.rouge_l else None,
                _rounded(one.rouge_l.value if one.rouge_l else None),
                _rounded(one.contained.value if one.contained else None),
                _rounded(one.cosine.value if one.cosine else None),
                one.copied,
                *(repeated or (None, None)),
            )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _digest(rows: Sequence[Item], seeds: Mapping[str, Item], looked_at: set[str], fingerprint: str) -> str:
    digest = hashlib.sha256(fingerprint.encode())
    for name in ("novelty", "similarity", "alphabet", "tokens"):
        digest.update((Path(str(seedbed.measures.__file__)).parent / f"{name}.py").read_bytes())
    digest.update(Path(__file__).read_bytes())
    for item in (*seeds.values(), *rows):
        digest.update(repr((item.id, item.text, item.state, item.examples, item.id in looked_at)).encode())
    return digest.hexdigest()
