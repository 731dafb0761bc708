"""The rater's side of a task: what comes next, taking a rating, and looking at what one said."""

from __future__ import annotations

from seedbed.errors import InputError
from seedbed.review import material
from seedbed.review.assigning import Place
from seedbed.review.fold import Given, Rated, TaskState
from seedbed.review.rating import KeyUsed, TaskClosed, record
from seedbed.review.rating import take_back as undone
from seedbed.server.refusals import Refusal
from seedbed.server.review.desk import Desk
from seedbed.server.review.held import Held, kind_of
from seedbed.server.review.rating_schemas import (
    ItemShown,
    MyTask,
    Opinion,
    Progress,
    RateAsked,
    RatedRow,
    RatedRows,
    Rating,
    RatingTask,
    TakeBack,
)
from seedbed.server.review.schemas import ScaleShown

__all__ = ["may", "mine", "my_tasks", "next_items", "rate", "take_back"]


def may(desk: Desk, name: str, rater: str) -> None:
    """Raises Refusal unknown_task, not_a_rater; task_deleted for what nobody may read any more."""
    if _held(desk, name, rater).task.deleted:
        raise Refusal("task_deleted")


def my_tasks(desk: Desk, rater: str) -> list[MyTask]:
    """The open tasks that `rater` may rate, oldest first."""
    found = [held for name in desk.names() if _may(held := desk.held(name), rater) and held.task.open]
    found.sort(key=lambda held: (held.task.created_at, held.name))
    return [
        MyTask(
            name=held.name, title=held.task.title or held.name, kind=kind_of(held.task),
            progress=_progress(held, rater),
        )
        for held in found
    ]  # fmt: skip


def next_items(desk: Desk, name: str, rater: str, limit: int) -> RatingTask:
    """What `rater` needs to go on. Raises Refusal unknown_task, not_a_rater, task_closed, task_deleted."""
    held = _held(desk, name, rater)
    _open(held)
    task = held.task
    items: list[ItemShown] = []
    for n, place in enumerate(held.places(rater)):
        if len(items) == limit:
            break
        rated = held.state.of(rater, place.item, again=place.again)
        if rated is not None and held.state.is_complete(rated):
            continue
        if place.again and held.state.of(rater, place.item) is None:
            continue  # a second time needs a first
        if (shown := _item(held, place, n)) is not None:
            items.append(shown)
    return RatingTask(
        name=name, title=task.title or name, kind=kind_of(task), instructions=task.instructions,
        scales=[ScaleShown.model_validate(scale.to_json()) for scale in task.scales], blind=task.blind,
        progress=_progress(held, rater), items=items,
    )  # fmt: skip


def rate(desk: Desk, name: str, rater: str, asked: RateAsked) -> Rating:
    """Put a rating on record; when this returns or says that the task is closed, it is on disk. Raises Refusal."""
    held = _held(desk, name, rater)
    state = held.state
    item = _assigned(held, rater, asked.item, again=asked.again)
    if asked.again and state.of(rater, item) is None:
        raise Refusal("first_missing")
    given = Given(asked.values, asked.critique, asked.note, asked.seconds, asked.again, asked.skipped)
    try:
        record(desk.store, state, rater, item, given, asked.key)
    except TaskClosed as closed:  # the rating is on record all the same
        raise Refusal("task_deleted" if closed.task.deleted else "task_closed") from None
    except KeyUsed:
        raise Refusal("key_used") from None
    except InputError as error:
        raise Refusal("bad_rating", detail=desk.said(error)) from None
    return _told(held, rater, item, again=asked.again)


def take_back(desk: Desk, name: str, rater: str, asked: TakeBack) -> Rating:
    """Take back one's newest rating of an item. Raises Refusal, unknown_item where nothing stands."""
    held = _held(desk, name, rater)
    _open(held)
    item = held.item_named(asked.item)
    if held.state.of(rater, item, again=asked.again) is None:
        raise Refusal("unknown_item")
    undone(desk.store, held.state, rater, item, again=asked.again)
    return _told(held, rater, item, again=asked.again)


def mine(desk: Desk, name: str, rater: str, offset: int, limit: int) -> RatedRows:
    """What `rater` said, the newest first; also of a task that is closed. Raises Refusal."""
    may(desk, name, rater)
    held = desk.held(name)
    found: list[tuple[int, int, Place]] = []
    for n, place in enumerate(held.places(rater)):
        rated = held.state.of(rater, place.item, again=place.again)
        if rated is not None:
            found.append((rated.seq, n, place))
    found.sort(reverse=True)
    rows = [_row(held, rater, place, n) for _, n, place in found[offset : offset + limit]]
    more = offset + limit < len(found)
    return RatedRows(rows=[row for row in rows if row], total=len(found), next=offset + limit if more else None)


# --- who may, and what ----------------------------------------------------------------------------------------------


def _held(desk: Desk, name: str, rater: str) -> Held:
    """Raises Refusal unknown_task, not_a_rater."""
    held = desk.held(name)
    if not _may(held, rater):
        raise Refusal("not_a_rater")
    return held


def _may(held: Held, rater: str) -> bool:
    return not held.task.raters or rater in held.task.raters


def _open(held: Held) -> None:
    if held.task.deleted:
        raise Refusal("task_deleted")
    if not held.task.open:
        raise Refusal("task_closed")


def _assigned(held: Held, rater: str, name: str, *, again: bool) -> str:
    """The item of that name, if it is one of the rater's. Raises Refusal unknown_item."""
    item = held.item_named(name)
    if not held.has_place(rater, item, again=again):
        raise Refusal("unknown_item")
    return item


# --- as raters see it -----------------------------------------------------------------------------------------------


def _told(held: Held, rater: str, item: str, *, again: bool) -> Rating:
    rated = None
    for n, place in enumerate(held.places(rater)):
        if place == Place(item, again):
            rated = _row(held, rater, place, n)
            break
    return Rating(progress=_progress(held, rater), rated=rated)


def _progress(held: Held, rater: str) -> Progress:
    state: TaskState = held.state
    assigned = done = begun = skipped = 0
    for place in held.places(rater):
        rated = state.of(rater, place.item, again=place.again)
        if rated is None:
            assigned += held.items is None or place.item in held.items
            continue
        assigned += 1
        complete = state.is_complete(rated)
        done += complete
        begun += not complete
        skipped += rated.skipped
    return Progress(assigned=assigned, done=done, begun=begun, skipped=skipped)


def _item(held: Held, place: Place, n: int) -> ItemShown | None:
    """The row as its raters see it; None where it has no texts any more, or they were not read."""
    task = held.task
    item = (held.items or {}).get(place.item)
    if item is None:
        return None
    told = material.shown(task, item)
    return ItemShown(
        item=held.shown_name(place.item), place=n, again=place.again, kind=kind_of(task), texts=told["texts"],
        topic=told["topic"], question_type=told["question_type"], values=told["values"], language=told["language"],
        source=told.get("source"),
    )  # fmt: skip


def _row(held: Held, rater: str, place: Place, n: int) -> RatedRow | None:
    rated = held.state.of(rater, place.item, again=place.again)
    if rated is None:
        return None
    shown = _item(held, place, n) or ItemShown(
        item=held.shown_name(place.item), place=n, again=place.again, kind=kind_of(held.task), texts={}, topic=None,
        question_type=None, values=[], language="",
    )  # fmt: skip
    return RatedRow(
        item=shown, state="done" if held.state.is_complete(rated) else "begun", values=_values(rated),
        critique=rated.critique, note=rated.note, seconds=rated.seconds, skipped=rated.skipped, at=rated.at,
        others=_others(held, rater, rated),
    )  # fmt: skip


def _others(held: Held, rater: str, mine: Rated) -> list[Opinion]:
    """What others say of the item: nothing in a blind task, nor before one has said all, nor while one is to be asked
    a second time."""
    item = mine.item
    if held.task.blind or mine.skipped or not held.state.is_complete(mine):
        return []
    if held.has_place(rater, item, again=True) and held.state.of(rater, item, again=True) is None:
        return []
    found = (held.state.of(other, item) for other in held.state.raters() if other != rater)
    return [Opinion(values=_values(rated), critique=rated.critique) for rated in found if rated and not rated.skipped]


def _values(rated: Rated) -> dict[str, str | int | float | list[str]]:
    return {id: list(value) if isinstance(value, tuple) else value for id, value in rated.values.items()}
