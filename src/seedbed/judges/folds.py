"""Parting pairs into folds so that nothing in one fold is known from another.

Both responses of a pair stay together, and so do pairs whose prompts are near-duplicates (ROUGE-L F1 of .7 or more)
or that share 13 words in a row in a prompt or a response: the links by which curation keeps its pools apart.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from seedbed.curate.links import components, ties
from seedbed.judges.pairs import Pair
from seedbed.measures.similarity import CUT
from seedbed.records import Triple

__all__ = ["clusters", "deal"]

Listen = Callable[[str, int, int], None]
SHARED_WORDS = 13


def clusters(pairs: Sequence[Pair], listen: Listen = lambda what, done, total: None) -> list[str]:
    """For each pair the id of the first pair that it must stay with; its own where it stands alone."""
    rows = [Triple(pair.id, pair.prompt, pair.misaligned, "", pair.aligned) for pair in pairs]
    first = {
        id: members[0]
        for members in components((pair.id for pair in pairs), ties(rows, CUT, SHARED_WORDS, listen))
        for id in members
    }
    return [first[pair.id] for pair in pairs]


def deal(groups: Sequence[str], folds: int) -> NDArray[np.intp]:
    """A fold for each item, 0 to folds - 1, one for all items of a group.

    Greater groups first, then in the order of a hash of their names; each goes to the fold with the fewest items. So
    the folds do not depend on the order of the items, nor on that in which people wrote them.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        members[group].append(index)
    if not 2 <= folds <= len(members):
        raise ValueError(f"{len(members)} groups cannot be parted into {folds} folds")
    sizes = [0] * folds
    answer = np.empty(len(groups), dtype=np.intp)
    for group in sorted(members, key=lambda name: (-len(members[name]), hashlib.sha256(name.encode()).digest())):
        fold = sizes.index(min(sizes))
        answer[members[group]] = fold
        sizes[fold] += len(members[group])
    return answer
