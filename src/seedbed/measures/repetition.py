"""What texts of one set share with each other: self-BLEU, repeated 4-grams, pairwise ROUGE-L.

The first and the last compare every text with every other. They are computed on a sample of at most `SAMPLE` texts,
which the answer names; compare two sets at equal size all the same, because a text finds more likeness among more.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from seedbed.measures.alphabet import Alphabet
from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value
from seedbed.measures.sampling import drawn, sample_note
from seedbed.measures.tokens import ngrams, tokenise

__all__ = ["ENTRIES", "SAMPLE", "homogenisation", "self_bleu", "self_repetition"]

SAMPLE = 1_000
ORDER = 4
EPSILON = 0.1  # Chen & Cherry's method 1 as published implementations have it

ENTRIES = (
    Measure(
        "self_bleu", "likeness of each text to all others by short n-grams",
        "mean BLEU-4 of each text against all others: brevity penalty · geometric mean of clipped precisions; "
        f"smoothing 1 of Chen & Cherry 2014 (a count of 0 becomes {EPSILON})",
        "Zhu et al. 2018 (Texygen)", "0 to 1", "lower is better", ANY,
        f"grows with the number of texts; on at most {SAMPLE:,} sampled ones; texts under {ORDER} words are left out",
    ),
    Measure(
        "self_repetition", "how much each text's 4-grams recur in other texts",
        "mean over texts of ln(1 + Σ N_g), N_g the number of other texts with the 4-gram g",
        "Salkar et al. 2022; Shaib et al. 2024", "nats", "lower is better", ANY,
        "grows with the number and the length of texts: compare at equal size only",
    ),
    Measure(
        "homogenisation", "mean likeness of two different texts by their common words in order",
        "mean ROUGE-L F1 over all pairs", "Shaib et al. 2024", "0 to 1", "lower is better", ANY,
        f"short texts reach it by a shared frame; on at most {SAMPLE:,} sampled texts",
    ),
)  # fmt: skip


def self_bleu(texts: Sequence[str], most: int = SAMPLE, seed: int = 0) -> Measured[float]:
    """Mean BLEU-4 of each text against all others of a sample of at most `most`. 0.1 s for 1,000, and 7 µs a text.

    The clipped count of an n-gram is at most the greatest count in any other text; the two greatest counts of each
    n-gram are all that takes, so the cost is linear. The reference length is the nearest one, the shorter of equals.
    """
    long = [words for text in texts if len(words := tokenise(text)) >= ORDER]
    if len(long) < 2:
        return NotApplicable(f"self-BLEU needs two texts of {ORDER} words; there are {len(long)}")
    chosen = [long[index] for index in drawn(len(long), most, seed)]
    counted = [[Counter(ngrams(words, n)) for words in chosen] for n in range(1, ORDER + 1)]
    greatest: list[dict[tuple[str, ...], tuple[int, int]]] = []
    for counts in counted:
        two: dict[tuple[str, ...], tuple[int, int]] = {}
        for own in counts:
            for gram, count in own.items():
                first, second = two.get(gram, (0, 0))
                two[gram] = (count, first) if count > first else (first, max(second, count))
        greatest.append(two)
    lengths = np.array([len(words) for words in chosen])
    scores = []
    for row, words in enumerate(chosen):
        logs = 0.0
        for counts, two in zip(counted, greatest, strict=True):
            hits = 0
            for gram, count in counts[row].items():
                first, second = two[gram]
                hits += min(count, second if count == first else first)
            logs += math.log((hits or EPSILON) / counts[row].total()) / ORDER
        nearest = _nearest_length(lengths, row)
        scores.append(math.exp(logs + min(0.0, 1 - nearest / len(words))))
    notes = [
        sample_note(len(chosen), len(long), seed),
        f"{len(texts) - len(long)} texts under {ORDER} words left out" if len(long) < len(texts) else "",
    ]
    return Value(float(np.mean(scores)), n=len(chosen), note="; ".join(filter(None, notes)))


def self_repetition(texts: Sequence[str], n: int = ORDER) -> Measured[float]:
    """Mean of ln(1 + number of recurrences of a text's n-grams in other texts). All texts, about 25 µs each.

    `note` gives the share of texts that have an n-gram in common with another.
    """
    own = [grams for text in texts if (grams := ngrams(tokenise(text), n))]
    if len(own) < 2:
        return NotApplicable(f"repetition needs two texts of {n} words; there are {len(own)}")
    holders = Counter(gram for grams in own for gram in set(grams))
    again = [sum(holders[gram] - 1 for gram in grams) for grams in own]
    sharing = sum(count > 0 for count in again)
    note = f"{sharing} of {len(own)} texts share a run of {n} words with another"
    if len(own) < len(texts):
        note += f"; {len(texts) - len(own)} texts under {n} words left out"
    return Value(math.fsum(map(math.log1p, again)) / len(own), n=len(own), unit="nats", note=note)


def homogenisation(texts: Sequence[str], most: int = SAMPLE, seed: int = 0) -> Measured[float]:
    """Mean ROUGE-L F1 over all pairs of a sample of at most `most` texts. 1,000 texts are 500,000 pairs, 0.1 s."""
    from rapidfuzz.distance import LCSseq
    from rapidfuzz.process import cdist

    said = [words for text in texts if (words := tokenise(text))]
    if len(said) < 2:
        return NotApplicable(f"a likeness needs two texts with words; there are {len(said)}")
    chosen = [said[index] for index in drawn(len(said), most, seed)]
    alphabet = Alphabet()
    encoded = [alphabet.learn(words) for words in chosen]
    lengths = np.array([len(text) for text in encoded])
    total = 0.0
    for row in range(1, len(encoded)):
        common = cdist([encoded[row]], encoded[:row], scorer=LCSseq.similarity, dtype=np.int32)[0]
        total += float((2 * common / (lengths[:row] + lengths[row])).sum())
    pairs = len(encoded) * (len(encoded) - 1) // 2
    notes = [
        sample_note(len(chosen), len(said), seed),
        f"{len(texts) - len(said)} texts without words left out" if len(said) < len(texts) else "",
    ]
    return Value(total / pairs, n=len(chosen), note="; ".join(filter(None, notes)))


def _nearest_length(lengths: np.ndarray, row: int) -> int:
    gaps = 2 * np.abs(lengths - lengths[row]) + (lengths > lengths[row])  # the shorter of two equally near
    gaps[row] = np.iinfo(gaps.dtype).max
    return int(lengths[int(gaps.argmin())])
