"""Every random choice of a run follows from its seed; and what a run says of the examples that it shows."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence

from seedbed.records import Example
from seedbed.study import Folder

__all__ = ["SEED_STRIDE", "digest_of", "model_seed", "shown_of", "shuffled"]

# llama.cpp draws choice i of a request with seed + i, so the seeds of two asks must not overlap
SEED_STRIDE = 1024


def shuffled(items: Sequence[str], *key: object) -> tuple[str, ...]:
    made = list(items)
    random.Random("/".join(map(str, key))).shuffle(made)
    return tuple(made)


def model_seed(run: int, first: int) -> int:
    """From the slot, not the index: an ask made anew must not draw the same words again. Fits 31 bits."""
    return (run * 1_000_003 + first * SEED_STRIDE) % 2_000_000_000


def digest_of(folder: Folder, examples: Sequence[Example]) -> str:
    """Names the texts that prompts show, so that an edited seed is not taken for the one that was shown."""
    return folder.digest(*("\x1e".join(map(str, dataclasses.astuple(example))) for example in examples))


def shown_of(wanted: int | None, style: str, *, chat: int, schema: int) -> int:
    """How many examples a prompt shows: a small model reads few, and reading is most of what it costs."""
    return wanted if wanted is not None else chat if style == "chat" else schema
