"""What the inspector and its baseline see of a text."""

from __future__ import annotations

import numpy as np

from seedbed.judges.features import features, lengths, sides
from seedbed.judges.pairs import training_pairs
from tests.judges.made import WordEmbedder, ids, pairs

EMBEDDER = WordEmbedder()


def test_the_prompt_is_taken_off_the_response() -> None:
    found = features(EMBEDDER, "May I come in?", ["Please do.", "May I come in?"])
    prompt, response = EMBEDDER.encode(["May I come in?", "Please do."]).astype(float)
    np.testing.assert_array_equal(found[0], response - prompt)
    assert not found[1].any()


def test_a_pair_has_its_misaligned_side_first() -> None:
    made, _ = training_pairs(pairs(3, longer=2), ids(pairs(3)))
    found = sides(EMBEDDER, made)
    assert found.shape == (3, 2, EMBEDDER.dim)
    for row, pair in zip(found, made, strict=True):
        np.testing.assert_array_equal(row, features(EMBEDDER, pair.prompt, [pair.misaligned, pair.aligned]))
    np.testing.assert_allclose(lengths(made)[:, :, 0], np.log([[9, 11]] * 3))
