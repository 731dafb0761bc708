"""What the inspector sees of a text: the response's embedding less the prompt's.

Both responses of a pair answer one prompt, so that what the prompt is about tells nothing of which is aligned, and only
adds noise that few pairs cannot average out. Nine ways were compared (docs/judges.md): this one is within noise of the
best on the sample's 40 pairs and on 1,200 pairs of other people's, and the shortest to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from seedbed.judges.logistic import Matrix
from seedbed.judges.pairs import Pair
from seedbed.measures.embed import TextEmbedder
from seedbed.measures.lengths import words

__all__ = ["FEATURES", "PENALTY", "features", "lengths", "sides"]

# An inspector of other features is another schema: raise store.SCHEMA with a change here.
FEATURES = "embedding(response) - embedding(prompt)"
# For unit vectors. Of .03 to 3, the sample's few clear pairs did better with less, many noisy preferences with more.
PENALTY = 1.0

Listen = Callable[[str, int, int], None]
_BLOCK = 64


def features(embedder: TextEmbedder, prompt: str, responses: Sequence[str]) -> Matrix:
    """Shape (len(responses), embedder.dim). Raises MissingExtra where the embedder is not installed."""
    vectors = embedder.encode([prompt, *responses]).astype(np.float64)
    answer: Matrix = vectors[1:] - vectors[0]
    return answer


def sides(embedder: TextEmbedder, pairs: Sequence[Pair], listen: Listen = lambda what, done, total: None) -> Matrix:
    """The features of all pairs, shape (pairs, 2, dim): the misaligned response first. Raises MissingExtra."""
    answer = np.empty((len(pairs), 2, embedder.dim))
    for row, pair in enumerate(pairs):
        answer[row] = features(embedder, pair.prompt, (pair.misaligned, pair.aligned))
        if (row + 1) % _BLOCK == 0 or row + 1 == len(pairs):
            listen("embedding", row + 1, len(pairs))
    return answer


def lengths(pairs: Sequence[Pair]) -> Matrix:
    """What the length-only baseline sees: log(1 + words) of each response, shape (pairs, 2, 1)."""
    counts = [[words(pair.misaligned), words(pair.aligned)] for pair in pairs]
    return np.log1p(np.array(counts, dtype=np.float64).reshape(len(pairs), 2))[:, :, None]
