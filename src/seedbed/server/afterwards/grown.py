"""What grew from one person's words, as counts and a few examples."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from seedbed.errors import InputError
from seedbed.server.afterwards.schemas import ExampleShown, Grown
from seedbed.study import Folder

if TYPE_CHECKING:
    from seedbed.lineage import Lineage, Node, Step

__all__ = ["Growth"]

_EXAMPLES = 3
NOTHING = Grown(asked=0, questions=0, triples=0, examples=[], releases=[])


class Growth:
    """One study's lineage, kept between requests; what did not change is read once. To be asked in a thread."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._reading = threading.Lock()
        self._lineage: Lineage | None = None

    def of(self, person: str) -> Grown:
        """Raises what reading the study raises."""
        from seedbed.lineage import Lineage

        with self._reading:
            if self._lineage is None:
                self._lineage = Lineage(self._folder)
            self._lineage.refresh()
            try:
                found = self._lineage.trace(f"person:{person}")
            except InputError:  # nobody knows of anything by them
                return NOTHING
        rows = found.totals.rows
        return Grown(
            asked=sum(sum(states.values()) for states in rows.values()),
            questions=rows.get("question", {}).get("kept", 0), triples=rows.get("triple", {}).get("kept", 0),
            examples=list(_examples(found.forward)), releases=list(found.totals.releases),
        )  # fmt: skip

    def forget(self) -> None:
        """Let go of what is held: words were erased."""
        with self._reading:
            self._lineage = None


def _examples(steps: Iterable[Step]) -> Iterator[ExampleShown]:
    seen: set[str] = set()
    for node in _kept(steps):
        kind: Literal["question", "triple"] = "triple" if node.what == "triple" else "question"
        text = node.texts[0][1] if kind == "question" else dict(node.texts).get("aligned", node.texts[-1][1])
        if node.key.id not in seen and text:
            seen.add(node.key.id)
            yield ExampleShown(kind=kind, text=text)
        if len(seen) == _EXAMPLES:
            return


def _kept(steps: Iterable[Step]) -> Iterator[Node]:
    for step in steps:
        for node in step.nodes:
            if node.key.kind == "row" and node.state == "kept" and node.texts and node.what != "topic":
                yield node
            yield from _kept(node.steps)
