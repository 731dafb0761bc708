"""The labels that a choice is to balance, and how often each of them is among the chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from seedbed.curate.settings import CurateSettings
from seedbed.records import Question, Triple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Tally", "cell_of", "labels_of", "weights"]

_BETWEEN = " × "


def weights(settings: CurateSettings, kind: str) -> dict[str, int]:
    """The weight of each aspect, for questions or for triples (whose one label is the value)."""
    labels = (
        {"topic": settings.topic_weight, "question_type": settings.question_type_weight, "cell": settings.cell_weight}
        if kind == "question"
        else {"value": settings.topic_weight}
    )
    return {**labels, "group": settings.group_weight, "author": settings.author_weight}


def labels_of(item: Question | Triple) -> dict[str, tuple[str, ...]]:
    """A seed's labels by aspect; an aspect with none burdens nothing."""
    labels: dict[str, tuple[str | None, ...]]
    if isinstance(item, Question):
        labels = {"topic": (item.topic,), "question_type": (item.question_type,), "cell": (cell_of(item),)}
    else:
        labels = {"value": item.values}
    labels |= {"group": (item.group,), "author": item.authors}
    return {aspect: tuple(label for label in found if label) for aspect, found in labels.items()}


def cell_of(item: Question) -> str:
    """Topic and question type together; "" where one of them is not known."""
    return f"{item.topic}{_BETWEEN}{item.question_type}" if item.topic and item.question_type else ""


class Tally:
    """How often the labels of each of `items` were chosen so far; of several labels in one aspect the most frequent.

    All counts are kept for all items at once: 10,000 items cost about a millisecond a choice.
    """

    def __init__(self, items: Sequence[Question | Triple], aspects: Mapping[str, int]) -> None:
        import numpy as np

        found = [labels_of(item) for item in items]
        self.aspects = tuple(aspects)
        self._labels: list[NDArray[np.intp]] = []  # for each aspect (items, most labels of one), the last for none
        self._chosen: list[NDArray[np.int64]] = []
        self._kinds: list[int] = []
        for aspect in self.aspects:
            names = {label: at for at, label in enumerate(sorted({name for each in found for name in each[aspect]}))}
            width = max((len(each[aspect]) for each in found), default=0)
            rows = np.full((len(found), max(1, width)), len(names), dtype=np.intp)
            for row, each in enumerate(found):
                own = [names[label] for label in dict.fromkeys(each[aspect])]
                rows[row, : len(own)] = own
            self._labels.append(rows)
            self._chosen.append(np.zeros(len(names) + 1, dtype=np.int64))
            self._kinds.append(len(names))
        self._weights = np.array([aspects[aspect] for aspect in self.aspects]) * np.array(self._kinds, dtype=np.int64)

    def add(self, row: int) -> None:
        """Count the labels of the item at `row` as chosen once more."""
        for labels, chosen in zip(self._labels, self._chosen, strict=True):
            own = labels[row]
            chosen[own[own < len(chosen) - 1]] += 1

    def counts(self) -> NDArray[np.int64]:
        """How often the labels of each item were chosen, shape (aspects, items)."""
        import numpy as np

        pairs = zip(self._labels, self._chosen, strict=True)
        return np.stack([chosen[labels].max(axis=1) for labels, chosen in pairs])

    def burdens(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """weight · count · number of labels of the kind, for each aspect and item."""
        found: NDArray[np.int64] = counts * self._weights[:, None]
        return found
