"""The rows of a release as they are compared: a prompt, responses, and the seeds that they grew from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from seedbed.records import Origin, Pool

__all__ = ["COMPARED", "Item", "gather"]

COMPARED = ("questions", "triples", "seeds", "evaluation")
"""The configurations whose rows are compared; all others say again what stands in `triples`, under the same ids."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row. `seeds` are all it may have in common with another by lineage, its own id among them.

    `language` is None where none is known; `answers` names the row of the study whose text is the prompt.
    """

    id: str
    configuration: str
    pool: Pool
    by_people: bool
    prompt: str
    responses: tuple[str, ...] = ()
    seeds: frozenset[str] = frozenset()
    language: str | None = None
    answers: str | None = None


def gather(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Item]:
    """The items of (configuration, row), in order. A triple has the seeds of the question that it answers, too."""
    found: list[Item] = []
    seeds: dict[str, frozenset[str]] = {}
    for configuration, row in rows:
        if configuration not in COMPARED:
            continue
        lineage = row["lineage"]
        answers = lineage["prompt_id"]
        own = frozenset((row["id"], *lineage["seed_ids"], *((answers,) if answers else ())))
        own |= seeds.get(answers, frozenset())
        seeds[row["id"]] = own
        found.append(
            Item(
                row["id"],
                configuration,
                Pool(row["pool"]),
                row["origin"] == Origin.SEED.value,
                row.get("text") or row.get("prompt") or "",
                tuple(text for name in ("misaligned", "aligned") if (text := row.get(name))),
                own,
                row.get("language"),
                answers,
            )
        )
    return found
