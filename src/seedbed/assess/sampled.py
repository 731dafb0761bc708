"""Which rows of a run the costly instruments look at."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Protocol

__all__ = ["sampled_rows"]


class _Row(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def run(self) -> str | None: ...
    @property
    def cluster(self) -> str: ...


def sampled_rows(items: Iterable[_Row], limit: int, seed: int) -> set[str]:
    """Ids of the rows to look at: all seeds, and of each run whole prompts until `limit` rows are reached (0: all)."""
    chosen: set[str] = set()
    runs: dict[str, dict[str, list[str]]] = {}
    for item in items:
        if item.run is None:
            chosen.add(item.id)
        else:
            runs.setdefault(item.run, {}).setdefault(item.cluster, []).append(item.id)
    for run, clusters in runs.items():
        if not limit or sum(map(len, clusters.values())) <= limit:
            chosen.update(id for ids in clusters.values() for id in ids)
            continue
        order = sorted(clusters)
        random.Random(f"{seed} {run}").shuffle(order)
        taken: list[str] = []
        for cluster in order:
            if len(taken) + len(clusters[cluster]) > limit:
                break
            taken += clusters[cluster]
        chosen.update(taken)
    return chosen
