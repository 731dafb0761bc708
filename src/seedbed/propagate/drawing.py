"""Which seeds a control, a set or a dose shows: drawn from the seeds alone, before anything is generated. Pure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.assess.rows import PairRow, QuestionRow
from seedbed.errors import InputError
from seedbed.propagate.settings import PropagateSettings

__all__ = ["SPREAD", "Drawn", "dose_instructions", "dose_length", "others", "swap_sets"]

SPREAD = ("question marks", "open form (rule A)", "open form (rule B)", "length")
_DRAWS = 2_000
_BANDS = ((0.0, 0.7), (0.8, 1.25), (1.6, float("inf")))  # of the pool's median: half, one and twice of it are sought
DOSES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Sets of seeds by ids, in the order of their runs; the dose of each where it is one; how they were drawn."""

    sets: tuple[tuple[str, ...], ...]
    how: str
    doses: tuple[float, ...] = ()


def others(pool: Mapping[str, QuestionRow | PairRow], shown: Sequence[str], settings: PropagateSettings) -> Drawn:
    """One set of seeds that the run did not show, as many as it showed where there are so many.

    Raises InputError where fewer than `least_set` are left.
    """
    left = sorted(pool.keys() - set(shown))
    if len(left) < settings.least_set:
        raise InputError(
            f"The pool has {len(left)} seeds that the run did not show: a set needs {settings.least_set}",
            hint="Write or import more seeds, or choose fewer as examples.",
        )
    random.Random(f"{settings.seed}/swapped").shuffle(left)
    chosen = left[: len(shown)]
    return Drawn(
        (tuple(chosen),), f"{len(chosen)} of the {len(left)} included seeds that the run did not show, at random"
    )


def swap_sets(pool: Mapping[str, QuestionRow], sets: int, shown: int, settings: PropagateSettings) -> Drawn:
    """`sets` sets of one size that differ in what they show.

    Of 2,000 drawn ways, the one whose sets differ most: the greatest product over `SPREAD` of the variances of the
    sets' shares (of length: of the mean logarithm). Each way sorts the seeds along a random direction of these
    features, with as much noise again, and cuts windows at even steps. Seeds alone decide, and no row of any run.

    A set has `shown` seeds where the pool has so many for each set; else what it has, down to `least_set`; below
    that sets share seeds, up to `most_overlap`. Raises InputError where that does not do either.
    """
    ids = sorted(pool)
    features = _features([pool[id] for id in ids])
    size, step = _size(len(ids), sets, shown, settings)
    rng = np.random.default_rng(settings.seed)
    best: tuple[float, list[list[int]]] | None = None
    for _ in range(_DRAWS):
        along = features @ rng.standard_normal(features.shape[1])
        order = np.argsort(along + along.std() * rng.standard_normal(len(ids)))
        windows = [order[round(at * step) : round(at * step) + size].tolist() for at in range(sets)]
        means = np.array([features[window].mean(axis=0) for window in windows])
        score = float(np.log(means.var(axis=0)[features.std(axis=0) > 0] + 1e-9).sum())
        if best is None or score > best[0]:
            best = score, windows
    assert best is not None
    made = [tuple(ids[index] for index in sorted(window)) for window in best[1]]
    random.Random(f"{settings.seed}/sets").shuffle(made)  # so that a set's number says nothing of it
    shared = max(len(set(a) & set(b)) for a in made for b in made if a is not b) / size
    how = (
        f"{sets} sets of {size} from {len(ids)} included seeds: of {_DRAWS:,} ways drawn, the one whose sets differ "
        f"most in {', '.join(SPREAD[:-1])} and {SPREAD[-1]}"
        + (f"; no two share more than {shared:.0%} of their seeds" if shared else "; no seed is in two of them")
    )
    return Drawn(tuple(made), how)


def _size(pool: int, sets: int, shown: int, settings: PropagateSettings) -> tuple[int, float]:
    """Seeds of a set, and how far apart two windows begin."""
    size = min(shown, pool // sets)
    if size < settings.least_set:
        size = settings.least_set
    step = (pool - size) / (sets - 1)
    if pool < size or step < size * (1 - settings.most_overlap):
        most = int((pool - size) / (size * (1 - settings.most_overlap))) + 1 if pool > size else 1
        raise InputError(
            f"{pool} seeds are too few for {sets} sets of {size} that share at most {settings.most_overlap:.0%}",
            hint=f"{max(1, most)} sets are possible. Write or import more seeds"
            + (f", or: --swap {most}" if most >= 3 else "")
            + "; or change propagate.most_overlap or propagate.least_set in study.toml.",
        )
    return size, step


def _features(rows: Sequence[QuestionRow]) -> NDArray[np.float64]:
    """The features of `SPREAD`, of shape (seeds, 4), each of mean 0 and standard deviation 1 (0 where all agree)."""
    table = np.array(
        [
            [
                float(bool(row.traditional)),
                float(row.openness_a == "open"),
                float(row.openness_b == "open"),
                float(np.log(max(1, row.tokens or 1))),
            ]
            for row in rows
        ]
    )
    spread = table.std(axis=0)
    scaled: NDArray[np.float64] = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return scaled


def dose_instructions(pool: Mapping[str, QuestionRow], shown: int, settings: PropagateSettings) -> Drawn:
    """Sets with 0, 25, 50, 75 and 100 % of seeds that end without a question mark, matched pair by pair.

    Seeds with and without are paired: of the same topic and type first, then type, then topic, then any. A set takes
    one of each pair, so all sets show the same topics and types as far as the pairs match. Where one kind is rare, sets
    of `least_set` are filled up with the other, the same in each, and go as far as it lasts; which doses that leaves
    out, and how many seeds would reach them, is said. Raises InputError where fewer than three doses are left.
    """
    with_mark = sorted(id for id, row in pool.items() if row.traditional)
    without = sorted(id for id, row in pool.items() if row.traditional is False)
    # a run that showed few seeds keeps its doses from no end: sets are of least_set seeds at any rate
    pairs, matched = _matched([with_mark, without], pool, max(shown, settings.least_set), settings)
    paired = {id for pair in pairs for id in pair}
    common = [id for id in (with_mark if len(without) <= len(with_mark) else without) if id not in paired]
    rest = common[: max(0, settings.least_set - len(pairs))]
    size, base = len(pairs) + len(rest), 0 if len(without) <= len(with_mark) else len(rest)
    doses = [dose for dose in DOSES if base <= round(dose * size) <= base + len(pairs)]
    if size < settings.least_set or len(doses) < 3:
        raise InputError(
            f"{len(without)} seeds end without a question mark and {len(with_mark)} with one: too few for three doses "
            f"in sets of {settings.least_set}",
            hint="Write or import more of the kind that is rare, or lower propagate.least_set in study.toml.",
        )
    sets = []
    for dose in doses:
        taken = round(dose * size) - base
        sets.append((*(pair[1] if at < taken else pair[0] for at, pair in enumerate(pairs)), *rest))
    reached = tuple(round(dose * size) / size for dose in doses)
    how = (
        f"{size} seeds a set, of which {', '.join(f'{dose:.0%}' for dose in reached)} end without a question mark; "
        f"{len(pairs)} pairs, {matched}" + (f"; {len(rest)} the same in each" if rest else "")
    )
    if out := [dose for dose in DOSES if dose not in doses]:
        kind = "without a question mark" if base == 0 else "with one"
        rare, words = min(len(with_mark), len(without)), " and ".join(f"{dose:.0%}" for dose in out)
        how += (
            f". {words} cannot be reached: the pool has {rare} seeds that end {kind}, and a set of {size} of these "
            f"wants {size - rare} more (or propagate.least_set = {rare} in study.toml, for sets of {rare})"
        )
    return Drawn(tuple(sets), how, reached)


def dose_length(pool: Mapping[str, QuestionRow], shown: int, settings: PropagateSettings) -> Drawn:
    """Three sets of short, middling and long seeds, matched three by three; the dose is a set's median in tokens.

    Half, one and twice the pool's median are sought: seeds under .7, from .8 to 1.25, and over 1.6 of it. Where the
    pool has too few of these, its shortest, middle and longest third; the medians that are reached are said. Raises
    InputError where a third is under `least_set`, or all seeds are about as long.
    """
    lengths = {id: float(row.tokens) for id, row in pool.items() if row.tokens}
    order = sorted(lengths, key=lambda id: (lengths[id], id))
    median = float(np.median(list(lengths.values()))) if lengths else 0.0
    bands = [[id for id in order if low * median <= lengths[id] <= high * median] for low, high in _BANDS]
    third = len(order) // 3
    if min(map(len, bands)) < settings.least_set:
        bands = [order[:third], order[third : len(order) - third], order[len(order) - third :]]
    triples, matched = _matched(bands, pool, shown, settings)
    sets = [tuple(triple[level] for triple in triples) for level in range(len(bands))]
    doses = tuple(float(np.median([lengths[id] for id in made])) if made else 0.0 for made in sets)
    if len(triples) < settings.least_set or doses[0] * 1.25 > doses[-1]:
        raise InputError(
            f"{len(order)} seeds of {median:.0f} tokens in the middle do not make three sets of {settings.least_set} "
            "that differ in length",
            hint="Write or import seeds of other lengths, or lower propagate.least_set in study.toml.",
        )
    reached = ", ".join(f"{dose / median:.2g}" for dose in doses)
    how = f"{len(triples)} seeds a set, of {reached} times the pool's median of {median:.0f} tokens; {matched}"
    return Drawn(tuple(sets), how, doses)


def _matched(
    bands: Sequence[Sequence[str]], pool: Mapping[str, QuestionRow], most: int, settings: PropagateSettings
) -> tuple[list[tuple[str, ...]], str]:
    """Tuples with a seed of each band, alike in their labels as far as there are such, and how far they are."""
    left = [list(band) for band in bands]
    draw = random.Random(f"{settings.seed}/doses")
    for band in left:
        draw.shuffle(band)

    def labels(id: str) -> tuple[str | None, str | None]:
        return pool[id].topic_requested, pool[id].question_type_requested

    found: list[tuple[str, ...]] = []
    counts: Counter[str] = Counter()
    rules = (
        ("topic and type", lambda a, b: a == b),
        ("type", lambda a, b: a[1] == b[1]),
        ("topic", lambda a, b: a[0] == b[0]),
        ("neither", lambda a, b: True),
    )
    for name, alike in rules:
        for first in list(left[0]):
            if len(found) >= most:
                break
            partners = [next((id for id in band if alike(labels(first), labels(id))), None) for band in left[1:]]
            if None in partners:
                continue
            made = (first, *(id for id in partners if id is not None))
            for band, id in zip(left, made, strict=True):
                band.remove(id)
            found.append(made)
            counts[name] += 1
    draw.shuffle(found)
    return found, "matched in " + ", ".join(f"{name}: {counts[name]}" for name, _ in rules if counts[name])
