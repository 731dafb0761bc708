from __future__ import annotations

from seedbed.assess.resampling import Resamples
from seedbed.assess.tallies import length_figures


def test_the_last_column_of_lengths_says_that_it_holds_all_longer_ones() -> None:
    lengths = [5, 12, 12, 399, 400, 2_000]
    clusters = list("abcdef")
    drawn = Resamples("set", clusters, {"tokens": lengths}, draws=10, seed=0)
    found = length_figures(list(zip(lengths, clusters, strict=True)), drawn, "tokens", (100,))
    assert [(bin.low, bin.high, bin.count) for bin in found.bins if bin.count] == [
        (0, 10, 1), (10, 20, 2), (390, 400, 1), (400, 2_001, 2),
    ]  # fmt: skip
    assert all(one.high == other.low for one, other in zip(found.bins, found.bins[1:], strict=False))
    assert sum(bin.low <= length < bin.high for bin in found.bins for length in lengths) == len(lengths)


def test_short_texts_end_where_their_last_column_does() -> None:
    drawn = Resamples("set", ["a", "b"], {"words": [3, 7]}, draws=10, seed=0)
    found = length_figures([(3, "a"), (7, "b")], drawn, "words", ())
    assert [(bin.low, bin.high, bin.count) for bin in found.bins] == [(0, 5, 1), (5, 10, 1)]
