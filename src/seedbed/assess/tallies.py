"""Rates, means, shares and lengths over the rows of one set, each over the rows that have what it speaks of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from seedbed.assess.distances import median
from seedbed.assess.document import Bin, Distribution, Lengths, Number, Share
from seedbed.assess.resampling import Resamples
from seedbed.assess.rows import QuestionRow
from seedbed.measures.clusters import Clusters, clustered_mean, clustered_rate
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.lengths import quantiles
from seedbed.measures.statistics import evenness
from seedbed.measures.wordpiece import TOKENIZER

__all__ = ["agreement", "cells", "distribution", "length_figures", "mean", "rate"]

BIN = {"tokens": 10, "words": 5}  # width of a histogram column; the last one takes all that is longer
LONGEST = {"tokens": 400, "words": 300}


def length_figures(
    measured: Sequence[tuple[int | None, str]], drawn: Resamples, name: str, limits: Sequence[int]
) -> Lengths:
    """Figures of the lengths that `drawn` has under `name`, in words where the name says so, else in tokens."""
    known = [(length, cluster) for length, cluster in measured if length is not None]
    lengths = [length for length, _ in known]
    clusters = Clusters([cluster for _, cluster in known])
    at = np.asarray(lengths)
    found = quantiles(lengths, (0.25, 0.75))
    unit: Literal["words", "tokens"] = "words" if name.endswith("words") else "tokens"
    return Lengths(
        unit=unit,
        tokenizer="" if unit == "words" else TOKENIZER,
        n=len(known),
        mean=clusters.mean(at),
        median=median(drawn, name),
        quartiles=(found.value[0.25], found.value[0.75]) if isinstance(found, Value) else None,
        shortest=min(lengths, default=None),
        longest=max(lengths, default=None),
        under=tuple((limit, clusters.rate(at < limit)) for limit in limits),
        bins=_bins(lengths, BIN[unit], LONGEST[unit]),
    )


def rate(rows: Sequence[QuestionRow], of: Callable[[QuestionRow], bool | None], why: str) -> Number:
    """The share of rows for which `of` is true, of those where it is not None; `why` is given where there are none."""
    known = [(flag, row.cluster) for row in rows if (flag := of(row)) is not None]
    if not known:
        return NotApplicable(why if rows else "there are no items")
    return clustered_rate([flag for flag, _ in known], [cluster for _, cluster in known])


def mean(rows: Sequence[QuestionRow], of: Callable[[QuestionRow], float | None], why: str) -> Number:
    """The mean of `of` over the rows where it is not None; `why` is given where there are none."""
    known = [(value, row.cluster) for row in rows if (value := of(row)) is not None]
    if not known:
        return NotApplicable(why if rows else "there are no items")
    return clustered_mean([value for value, _ in known], [cluster for _, cluster in known])


def agreement(rows: Sequence[QuestionRow], of: Callable[[QuestionRow], tuple[str | None, str | None]]) -> Number:
    """Share of rows whose observed label is the requested one, where both are there."""

    def same(row: QuestionRow) -> bool | None:
        requested, observed = of(row)
        return None if requested is None or observed is None else requested == observed

    return rate(rows, same, "no row has both a requested and an observed label")


def distribution(
    rows: Sequence[QuestionRow], of: Callable[[QuestionRow], str | None], categories: Sequence[tuple[str, str]]
) -> Distribution:
    """Shares over the rows that have a label; every known category is listed, and unknown ones after them."""
    known = [(label, row.cluster) for row in rows if (label := of(row)) is not None]
    labels = [label for label, _ in known]
    counts = Counter(labels)
    clusters = Clusters([cluster for _, cluster in known])
    names = dict(categories)
    listed = [*names, *sorted(label for label in counts if label not in names)]
    at = {label: code for code, label in enumerate(counts)}
    codes = np.fromiter((at[label] for label in labels), dtype=np.intp, count=len(labels))
    why = NotApplicable("no row has a label" if rows else "there are no items")
    return Distribution(
        n=len(known),
        missing=len(rows) - len(known),
        shares=tuple(
            Share(
                label,
                names.get(label, label),
                counts[label],
                clusters.rate(codes == at.get(label, -1)) if known else why,
            )
            for label in listed
        ),
        evenness=evenness(counts, categories=len(listed)) if known else why,
        covered=Value(sum(counts[label] > 0 for label in listed) / len(listed), n=len(listed)) if known else why,
    )


def cells(rows: Sequence[QuestionRow]) -> tuple[tuple[str, str, int], ...]:
    """(topic, question type, rows), as requested, of every cell that has a row."""
    counts = Counter(
        (row.topic_requested, row.question_type_requested)
        for row in rows
        if row.topic_requested and row.question_type_requested
    )
    return tuple((topic or "", kind or "", count) for (topic, kind), count in sorted(counts.items()))


def _bins(lengths: Sequence[int], width: int, longest: int) -> tuple[Bin, ...]:
    if not lengths:
        return ()
    counts = Counter(min(length, longest) // width for length in lengths)
    made = [Bin(place * width, (place + 1) * width, counts[place]) for place in range(max(counts) + 1)]
    if made[-1].low >= longest:
        made[-1] = replace(made[-1], high=max(made[-1].high, max(lengths) + 1))
    return tuple(made)
