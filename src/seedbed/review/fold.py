"""A rating task and its ratings: the fold of one stream `review/<task>` of people.db.

    task.create  subject task  {kind, items, from, sources, sample, scales, raters, per_item, each, blind, order,
                               retest, seed, salt} and the texts `title`, `instructions`, and `scale/ID/…`, which are
                               the words of scales of its own (`review.scale_words`)
    task.change  subject task  {open?, raters?} and the texts `title`?, `instructions`?
    task.delete  subject task  {} and the text `reason`
    rate         subject item  {rater, scales, seconds, again, skipped, key, via} and the texts `critique`, `note`,
                               whose owner is the rater
    rate.undo    subject item  {rater, seq}

Every rating stays. A rater's newer rating of an item stands in place of the older one, which stays in `rated`; one that
is taken back lets the one before stand again. What comes after the task was closed or deleted is kept and marked late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from seedbed.errors import InputError
from seedbed.review.scale_words import whole
from seedbed.review.scales import Answer, Scale
from seedbed.study import Folder
from seedbed.study.events import Event, EventStore

__all__ = ["PREFIX", "Given", "Rated", "Task", "TaskState", "catch_up", "load", "stream_of", "task_names"]

PREFIX = "review/"


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands. `sources[i]` says where `items[i]` comes from: "seeds", or a run's name.

    `mixed`: from several sources.
    """

    name: str
    kind: str
    items: tuple[str, ...]
    sources: tuple[str, ...]
    scales: tuple[Scale, ...]
    title: str = ""
    instructions: str = ""
    sample: Mapping[str, Any] = field(default_factory=dict)
    raters: tuple[str, ...] = ()
    per_item: int | None = None
    each: int | None = None
    blind: bool = True
    order: str = "random"
    retest: float = 0.0
    seed: int = 0
    salt: str = ""
    created_by: str = ""
    created_at: str = ""
    open: bool = True
    deleted: bool = False
    mixed: bool = False

    def scale(self, id: str) -> Scale:
        """The scale with this id. Raises InputError, which names those that the task has."""
        for scale in self.scales:
            if scale.id == id:
                return scale
        raise InputError(
            f"The task {self.name} has no scale {id!r}", hint=f"It has: {', '.join(one.id for one in self.scales)}"
        )


@dataclass(frozen=True, slots=True)
class Given:
    """What a rater says of one item. `scales` holds values by scale; what is left out is not answered.

    `seconds` is the time that the item was before the rater's eyes, None where unknown. `again`: asked a second time.
    `skipped`: looked at, and not to be rated by this person; then nothing but a note goes with it.
    """

    scales: Mapping[str, Any] = field(default_factory=dict)
    critique: str = ""
    note: str = ""
    seconds: float | None = None
    again: bool = False
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating as it was recorded. `by` wrote it down: the rater, or who imported it (`via` says from what)."""

    seq: int
    at: str
    rater: str
    item: str
    values: Mapping[str, Answer]
    critique: str = ""
    note: str = ""
    seconds: float | None = None
    again: bool = False
    skipped: bool = False
    key: str = ""
    via: str = ""
    by: str = ""
    late: bool = False

    @property
    def place(self) -> tuple[str, str, bool]:
        return self.rater, self.item, self.again

    @property
    def given(self) -> Given:
        return Given(self.values, self.critique, self.note, self.seconds, self.again, self.skipped)

    def says(self, item: str, given: Given) -> bool:
        """Whether this is that answer: of the same place, with the same values and words. The time may differ."""
        return (self.item, self.again, self.skipped, dict(self.values), self.critique, self.note) == (
            item, given.again, given.skipped, dict(given.scales), given.critique, given.note
        )  # fmt: skip


class TaskState:
    """A task with all that was rated. Filled by `take`, event by event; one owner at a time.

    `seq` is the number of the newest event taken. `rated` is every rating, in order; `undone` the numbers of those
    taken back.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.seq = 0
        self.rated: list[Rated] = []
        self.undone: set[int] = set()
        self._task: Task | None = None
        self._scales: dict[str, Scale] = {}
        self._items: frozenset[str] = frozenset()
        self._stacks: dict[tuple[str, str, bool], list[Rated]] = {}
        self._keys: dict[tuple[str, str], Rated] = {}

    @property
    def task(self) -> Task:
        """Raises InputError where no event made the task yet."""
        if self._task is None:
            raise InputError(f"There is no rating task {self.name!r}", hint="List them with: seedbed review DIR list")
        return self._task

    @property
    def exists(self) -> bool:
        return self._task is not None

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def take(self, event: Event) -> None:
        """Apply the next event of the stream; one that was taken already changes nothing."""
        if event.seq <= self.seq:
            return
        self.seq = event.seq
        if event.kind == "task.create":
            if self._task is None:  # a second one is no event of ours
                self._set(_created(self.name, event))
        elif self._task is None:
            return
        elif event.kind == "task.change":
            told: dict[str, Any] = {
                name: event.data[name] for name in ("open", "title", "instructions") if name in event.data
            }
            if "raters" in event.data:
                told["raters"] = tuple(event.data["raters"])
            told = {name: "" if value is None else value for name, value in told.items()}  # None: its words were erased
            self._set(replace(self._task, **told))
        elif event.kind == "task.delete":
            self._set(replace(self._task, open=False, deleted=True))
        elif event.kind == "rate":
            self._rate(event)
        elif event.kind == "rate.undo":
            self._undo(event)

    def _set(self, task: Task) -> None:
        self._task = task
        self._scales = {scale.id: scale for scale in task.scales}
        self._items = frozenset(task.items)

    def _rate(self, event: Event) -> None:
        rated = self._read(event)
        if rated.key:
            before = self._keys.setdefault((rated.rater, rated.key), rated)
            if before is not rated and before.says(rated.item, rated.given):
                return  # sent twice at the same moment: one rating
        self.rated.append(rated)
        if not rated.late:
            self._stacks.setdefault(rated.place, []).append(rated)

    def _undo(self, event: Event) -> None:
        seq, rater = int(event.data["seq"]), str(event.data["rater"])
        for again in (False, True):
            stack = self._stacks.get((rater, event.subject, again), [])
            for rated in stack:
                if rated.seq == seq:
                    stack.remove(rated)
                    self.undone.add(seq)
                    return

    def _read(self, event: Event) -> Rated:
        data = event.data
        values: dict[str, Answer] = {
            id: tuple(value) if isinstance(value, list) else value for id, value in data["scales"].items()
        }
        seconds = data.get("seconds")
        assert self._task is not None
        return Rated(
            event.seq, event.at, data["rater"], event.subject, values, data.get("critique") or "",
            data.get("note") or "", seconds, bool(data.get("again")), bool(data.get("skipped")), data.get("key", ""),
            data.get("via", ""), event.actor, late=not self._task.open,
        )  # fmt: skip

    # --- what stands ------------------------------------------------------------------------------------------------

    def standing(self) -> Iterator[Rated]:
        """Each rater's newest rating of each item, first and second time apart, in the order of the first of them."""
        return (stack[-1] for stack in self._stacks.values() if stack)

    def of(self, rater: str, item: str, *, again: bool = False) -> Rated | None:
        """What this rater says of this item now; None where nothing stands."""
        stack = self._stacks.get((rater, item, again))
        return stack[-1] if stack else None

    def by_key(self, rater: str, key: str) -> Rated | None:
        """The rating that was sent under this key."""
        return self._keys.get((rater, key))

    def is_complete(self, rated: Rated) -> bool:
        """Whether nothing that the task requires is missing; skipping is complete."""
        return rated.skipped or all(id in rated.values for id, scale in self._scales.items() if scale.required)

    def raters(self) -> tuple[str, ...]:
        """Everybody who is named, and everybody with a rating, late ones too."""
        named = self._task.raters if self._task else ()
        return tuple(dict.fromkeys([*named, *(one.rater for one in self.rated)]))


def _created(name: str, event: Event) -> Task:
    data = event.data
    return Task(
        name=name,
        kind=data["kind"],
        items=tuple(data["items"]),
        sources=tuple(data["sources"][n] for n in data["from"]),
        scales=tuple(Scale.from_json(whole(one, data)) for one in data["scales"]),
        title=data.get("title") or "",
        instructions=data.get("instructions") or "",
        sample=data["sample"],
        raters=tuple(data["raters"]),
        per_item=data["per_item"],
        each=data["each"],
        blind=data["blind"],
        order=data["order"],
        retest=data["retest"],
        seed=data["seed"],
        salt=data["salt"],
        created_by=event.actor,
        created_at=event.at,
        mixed=len(data["sources"]) > 1,
    )


def stream_of(name: str) -> str:
    """The stream of a task. Raises UsageError for what cannot name one."""
    return PREFIX + Folder.name(name, "rating task")


def task_names(store: EventStore) -> list[str]:
    """Every task that was ever made, deleted ones too, sorted."""
    return [stream.removeprefix(PREFIX) for stream in store.streams(PREFIX)]


def catch_up(store: EventStore, name: str, known: TaskState | None = None) -> TaskState:
    """The task's state now; of `known` the same object, with what is new. Raises InputError for an unknown task."""
    state = known or TaskState(name)
    for event in store.read(stream_of(name), state.seq):
        state.take(event)
    _ = state.task
    return state


def load(folder: Folder, name: str, known: TaskState | None = None) -> TaskState:
    """As `catch_up`, with the store of the study. Raises NotAStudy too, and what the store raises."""
    folder.check()
    if not folder.has_people:
        _ = TaskState(name).task
    with EventStore.of(folder) as store:
        return catch_up(store, name, known)
