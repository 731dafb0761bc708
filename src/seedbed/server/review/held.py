"""One rating task as a running server holds it: what was rated, who rates what, and the rows' texts once asked for."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from seedbed.review.assigning import Place, assignment, handle, handles
from seedbed.review.fold import Task, TaskState
from seedbed.server.refusals import Refusal

if TYPE_CHECKING:
    from seedbed.review import Item, Summary

__all__ = ["Held", "kind_of"]

_ORDERS = 300
"""Raters whose order is remembered: of 10,000 rows 40 kB each, and 30 ms to draw anew."""


def kind_of(task: Task) -> Literal["question", "triple"]:
    """What its rows are."""
    return "triple" if task.kind == "triple" else "question"


class Held:
    """A task in memory; one thread at a time, which brings `state` up to date first.

    `items` are the rows that have texts, None until somebody read them (`Desk.items`); `read` says when, and how far
    seeds and decisions went then.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = TaskState(name)
        self.items: Mapping[str, Item] | None = None
        self.read: tuple[float, int, int] = (0.0, 0, 0)
        self._of: Task | None = None
        self._at: dict[str, int] = {}
        self._by_handle: dict[str, str] = {}
        self._orders: OrderedDict[str, array[int]] = OrderedDict()
        self._summary: tuple[int, Summary] | None = None

    @property
    def task(self) -> Task:
        return self.state.task

    def summary(self) -> Summary:
        from seedbed.review import summary

        if self._summary is None or self._summary[0] != self.state.seq:
            self._summary = (self.state.seq, summary(self.state))
        return self._summary[1]

    def shown_name(self, item: str) -> str:
        """What raters call the item."""
        return handle(self.task, item) if self.task.blind else item

    def item_named(self, name: str) -> str:
        """The item that raters call so. Raises Refusal unknown_item."""
        self._look()
        found = self._by_handle.get(name) if self.task.blind else name
        if found is None or found not in self._at:
            raise Refusal("unknown_item")
        return found

    def places(self, rater: str) -> Iterator[Place]:
        """What `rater` is to rate, in order."""
        items = self.task.items
        return (Place(items[abs(at) - 1], again=at < 0) for at in self._order(rater))

    def has_place(self, rater: str, item: str, *, again: bool) -> bool:
        self._look()
        at = self._at[item] + 1
        return (-at if again else at) in self._order(rater)

    def _order(self, rater: str) -> array[int]:
        """The places of a rater: numbers of items from 1, negative where one comes again."""
        self._look()
        found = self._orders.pop(rater, None)
        if found is None:
            places = assignment(self.task, rater)
            found = array("i", [-self._at[one.item] - 1 if one.again else self._at[one.item] + 1 for one in places])
        self._orders[rater] = found
        if len(self._orders) > _ORDERS:
            self._orders.popitem(last=False)
        return found

    def _look(self) -> None:
        """What is drawn from the task is drawn anew where it changed."""
        task = self.task
        if self._of is task:
            return
        if self._of is None:
            self._at = {item: n for n, item in enumerate(task.items)}
            self._by_handle = handles(task) if task.blind else {}
        self._of = task
        self._orders.clear()
