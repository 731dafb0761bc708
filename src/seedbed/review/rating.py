"""Taking a rating, and taking it back."""

from __future__ import annotations

import math
from typing import Any

from seedbed.errors import InputError, UsageError
from seedbed.review.fold import Given, Rated, Task, TaskState, catch_up, stream_of
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore

__all__ = ["MAX_WORDS", "KeyUsed", "TaskClosed", "act_of", "rate", "read_given", "record", "take_back", "undo"]

MAX_WORDS = 20_000
"""Characters of a critique or a note: as many as a cell of a table may have."""


class TaskClosed(InputError):
    """The task was closed or deleted while somebody rated: `rated` is on record, marked late, and counts nowhere."""

    def __init__(self, task: Task, rated: Rated) -> None:
        what = "deleted" if task.deleted else "closed"
        super().__init__(
            f"The rating task {task.name!r} was {what} before this rating came. The rating is kept in the log and in "
            f"exports, marked late; it is not counted",
            hint="Ask the organiser" + (" of the study." if task.deleted else " to open the task again."),
        )
        self.task, self.rated = task, rated


class KeyUsed(InputError):
    """A rating came under the key of another one, which stands."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The key {key!r} came with another answer before, which stands", hint="A new answer needs a new key."
        )


def rate(
    folder: Folder, name: str, rater: str, item: str, given: Given, key: str = "", *, known: TaskState | None = None
) -> Rated:
    """Record what `rater` says of `item`, and return it as it is recorded.

    The same `key` again is the same answer: what was recorded first is returned and nothing is written. A second
    rating of an item is a revision: both stay on record, the newer one stands. `known` is the task's state if at hand,
    which is brought up to date; a server keeps one for each task.

    Raises InputError for an unknown task or item, a value outside its scale, and a second time without a first; KeyUsed
    for a key that came with other values or words; UsageError for somebody who is not among the task's raters;
    TaskClosed once the rating is on record.
    """
    folder.check()
    if not folder.has_people:
        _ = TaskState(name).task
    with EventStore.of(folder) as store:
        return record(store, catch_up(store, name, known), rater, item, given, key)


def undo(folder: Folder, name: str, rater: str, item: str, *, again: bool = False,
         known: TaskState | None = None) -> Rated | None:  # fmt: skip
    """Take back the rater's own newest rating of `item`; returns what stands then, None for nothing.

    Raises InputError for an unknown task, and where nothing of theirs stands.
    """
    folder.check()
    if not folder.has_people:
        _ = TaskState(name).task
    with EventStore.of(folder) as store:
        return take_back(store, catch_up(store, name, known), rater, item, again=again)


def take_back(store: EventStore, state: TaskState, rater: str, item: str, *, again: bool = False) -> Rated | None:
    """As `undo`, of a state that is up to date; it is brought up to date again."""
    standing = state.of(rater, item, again=again)
    if standing is None:
        raise InputError(f"{rater} has no rating of {item} to take back", hint="Nothing is left to do.")
    store.append(stream_of(state.name), rater, [Act("rate.undo", item, {"rater": rater, "seq": standing.seq})])
    catch_up(store, state.name, state)
    return state.of(rater, item, again=again)


def record(store: EventStore, state: TaskState, rater: str, item: str, given: Given, key: str = "") -> Rated:
    """As `rate`, of a state that is up to date; it is brought up to date again."""
    task = state.task
    if not rater.strip():
        raise UsageError("A rating needs the person who gives it", hint="Name the rater.")
    if task.raters and rater not in task.raters:
        raise UsageError(
            f"{rater} is not among the raters of {task.name}", hint="The organiser can add them to the task."
        )
    if item not in state:
        raise InputError(
            f"The rating task {task.name!r} has no item {item!r}", hint="`assignment` says which a rater has."
        )
    given = read_given(task, given)
    if key and (before := state.by_key(rater, key)) is not None:
        if not before.says(item, given):
            raise KeyUsed(key)
        return _told(state, before)
    if given.again and state.of(rater, item) is None:
        raise InputError(f"{rater} has not rated {item} a first time", hint="Rate it without `again` first.")
    seq = store.append(stream_of(state.name), rater, [act_of(rater, item, given, key)])
    catch_up(store, state.name, state)
    found = next((one for one in reversed(state.rated) if one.seq == seq), None) or state.by_key(rater, key)
    assert found is not None
    return _told(state, found)


def read_given(task: Task, given: Given) -> Given:
    """`given` with each value as its scale has it. Raises InputError for what the task does not ask."""
    values = {id: task.scale(id).read(value) for id, value in given.scales.items() if value is not None}
    for name, text in (("critique", given.critique), ("note", given.note)):
        if len(text) > MAX_WORDS:
            raise InputError(f"The {name} has {len(text):,} characters; the limit is {MAX_WORDS:,}", hint="Shorten it.")
        if "\0" in text:
            raise InputError(f"The {name} holds a NUL character", hint="Leave the character out.")
    seconds = given.seconds
    if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
        raise InputError(f"{seconds} seconds is no time that a rating takes", hint="Give 0 or more, or leave it out.")
    critique, note = (_plain(text) for text in (given.critique, given.note))
    if given.skipped and (values or critique):
        raise InputError("An item is rated or skipped, not both", hint="Of a skipped item give a note alone.")
    if not (values or critique or given.skipped):
        raise InputError("The rating is empty", hint="Give a value on a scale, a critique, or skip the item.")
    return Given(values, critique, note, None if seconds is None else round(seconds, 1), given.again, given.skipped)


def act_of(rater: str, item: str, given: Given, key: str = "", via: str = "") -> Act:
    """The act of a rating that was read. Its words are the rater's, whoever writes it down."""
    data: dict[str, Any] = {
        "rater": rater,
        "scales": {id: list(value) if isinstance(value, tuple) else value for id, value in given.scales.items()},
    }
    more = {
        "seconds": given.seconds, "again": given.again or None, "skipped": given.skipped or None, "key": key or None,
        "via": via or None,
    }  # fmt: skip
    data |= {name: value for name, value in more.items() if value is not None}
    texts = {name: text for name, text in (("critique", given.critique), ("note", given.note)) if text}
    return Act("rate", item, data, texts, person=rater)


def _plain(text: str) -> str:
    """Trimmed, and storable: half a surrogate pair has no UTF-8 form."""
    return text.replace("\r\n", "\n").strip().encode("utf-8", "replace").decode()


def _told(state: TaskState, rated: Rated) -> Rated:
    if rated.late:
        raise TaskClosed(state.task, rated)
    return rated
