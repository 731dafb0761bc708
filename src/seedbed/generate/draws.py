"""Every random choice of a run follows from its seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

__all__ = ["SEED_STRIDE", "model_seed", "shuffled"]

# llama.cpp draws choice i of a request with seed + i, so the seeds of two asks must not overlap
SEED_STRIDE = 1024


def shuffled(items: Sequence[str], *key: object) -> tuple[str, ...]:
    made = list(items)
    random.Random("/".join(map(str, key))).shuffle(made)
    return tuple(made)


def model_seed(run: int, first: int) -> int:
    """From the slot, not the index: an ask made anew must not draw the same words again. Fits 31 bits."""
    return (run * 1_000_003 + first * SEED_STRIDE) % 2_000_000_000
