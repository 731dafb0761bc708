"""Making, changing and deleting rating tasks."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from seedbed.curate.typed import check_words
from seedbed.errors import InputError, UsageError
from seedbed.review.codebook import CRITIQUE, scale_for
from seedbed.review.distances import earlier_doubts
from seedbed.review.fold import Task, TaskState, catch_up, load, stream_of, task_names
from seedbed.review.material import Item, gather
from seedbed.review.sampling import draw
from seedbed.review.scale_words import parted
from seedbed.review.scales import Scale
from seedbed.review.spec import DEFAULT_SCALES, TaskSpec
from seedbed.seeds import current_taxonomy
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore

__all__ = ["change", "check_spec", "create", "delete", "list_tasks", "rows_of"]

_FAR = 10**12  # of a scale's values: squares of larger ones, summed over a study, may be no number any more


def create(folder: Folder, spec: TaskSpec, actor: str) -> Task:
    """Draw the rows that `spec` wants and make the task. The rows and the scales then stand as they are now.

    Raises UsageError for a spec that cannot be, a name that is taken or a source with nothing to rate; InputError for
    an unknown scale, row or earlier task; NotAStudy, and what reading runs raises.
    """
    _person(actor)
    spec, scales = check_spec(folder, spec)
    stream = stream_of(spec.name)
    own = {one.id for one in spec.scales if isinstance(one, Scale)}
    bare, words = parted(scale.to_json() for scale in scales if scale.id in own)
    by_id = {scale["id"]: scale for scale in bare}
    items = rows_of(folder, spec)
    sources = list(dict.fromkeys(item.source for item in items))
    data: dict[str, Any] = {
        "kind": spec.kind,
        "items": [item.id for item in items],
        "from": [sources.index(item.source) for item in items],
        "sources": sources,
        "sample": {**asdict(spec.sample), "ids": bool(spec.sample.ids)},
        "scales": [by_id.get(scale.id) or scale.to_json() for scale in scales],
        "raters": list(spec.raters),
        "per_item": spec.per_item,
        "each": spec.each,
        "blind": spec.blind,
        "order": spec.order,
        "retest": spec.retest,
        "seed": spec.sample.seed,
        "salt": secrets.token_hex(16),
    }
    texts = {"title": spec.title.strip(), "instructions": spec.instructions.strip(), **words}
    _check_texts(texts, [*spec.raters, *(str(value) for scale in scales for value in scale.values)])
    with EventStore.of(folder) as store:
        if not store.last(stream):
            store.append(stream, actor, [Act("task.create", spec.name, data, {k: v for k, v in texts.items() if v})])
            task = catch_up(store, spec.name).task
            if task.salt == data["salt"]:  # else somebody made one of that name at the same moment, which counts
                return task
    raise UsageError(
        f"There is a rating task {spec.name!r} already, or was one that is deleted",
        hint="Give the new one another name: the ratings of the old one stay under its own.",
    )


def check_spec(folder: Folder, spec: TaskSpec) -> tuple[TaskSpec, tuple[Scale, ...]]:
    """The spec as it will be, and its scales in full: all that can be refused before a row is read. Raises as `create`,
    but for what the sources hold."""
    folder.check()
    spec = spec.checked()
    stream_of(spec.name)
    if spec.sample.earlier:
        load(folder, spec.sample.earlier)
    return spec, _scales(folder, spec)


def list_tasks(folder: Folder) -> list[TaskState]:
    """Every task with its ratings, oldest first; deleted ones too, marked."""
    folder.check()
    if not folder.has_people:
        return []
    with EventStore.of(folder) as store:
        found = [catch_up(store, name) for name in task_names(store)]
    return sorted(found, key=lambda state: (state.task.created_at, state.name))


def change(
    folder: Folder, name: str, actor: str, *, open: bool | None = None, title: str | None = None,
    instructions: str | None = None, raters: Sequence[str] | None = None,
) -> Task:  # fmt: skip
    """Open or close the task, or give it another title, instructions or raters; what is None stays as it is.

    Raises InputError for an unknown or deleted task, UsageError where raters of a shared-out task change after the
    first rating: everybody's share would be another; and where they are too few for it, or one has no name.
    """
    folder.check()
    _person(actor)
    with EventStore.of(folder) as store:
        state = catch_up(store, name)
        _not_deleted(state)
        if raters is not None and state.task.per_item is not None and state.rated:
            raise UsageError(
                f"{name} is being rated, and its items are shared out among its raters",
                hint="Make a second task for more raters.",
            )
        data: dict[str, Any] = {} if open is None else {"open": open}
        if raters is not None:
            data["raters"] = list(dict.fromkeys(raters))
            replace(_spec_of(state.task), raters=tuple(data["raters"])).checked()
        texts = {k: v.strip() for k, v in (("title", title), ("instructions", instructions)) if v is not None}
        _check_texts(texts, data.get("raters", ()))
        if not data and not texts:
            raise UsageError(
                "There is nothing to change", hint="Open or close it, or give a title, instructions or raters."
            )
        store.append(stream_of(name), actor, [Act("task.change", name, data, texts)])
        return catch_up(store, name, state).task


def delete(folder: Folder, name: str, actor: str, reason: str = "") -> Task:
    """Take the task out of use. Its ratings stay in the log and in exports, marked. Raises InputError."""
    folder.check()
    _person(actor)
    with EventStore.of(folder) as store:
        state = catch_up(store, name)
        _not_deleted(state)
        texts = {"reason": reason.strip()} if reason.strip() else {}
        _check_texts(texts)
        store.append(stream_of(name), actor, [Act("task.delete", name, {}, texts)])
        return catch_up(store, name, state).task


def _person(actor: str) -> None:
    if not actor.strip():
        raise UsageError("A rating task needs the person who made or changed it", hint="Name yourself: --by NAME")
    check_words(actor, "The name of who signs")


def _spec_of(task: Task) -> TaskSpec:
    """What of a task its raters have to fit."""
    return TaskSpec(task.name, "triple" if task.kind == "triple" else "question", per_item=task.per_item)


def _check_texts(texts: Mapping[str, str], names: Iterable[str] = ()) -> None:
    """Raises InputError for what no keyboard makes: a terminal obeys it, and PostgreSQL refuses NUL."""
    for name, text in texts.items():
        check_words(text, f"The {name} of the task")
    for name in names:
        check_words(name, "A rater or a label of the task")


def _not_deleted(state: TaskState) -> None:
    if state.task.deleted:
        raise InputError(f"The rating task {state.name!r} was deleted", hint="Its ratings can still be exported.")


def _scales(folder: Folder, spec: TaskSpec) -> tuple[Scale, ...]:
    taxonomy = current_taxonomy(folder)
    wanted = spec.scales or (*DEFAULT_SCALES[spec.kind], CRITIQUE)
    scales = [scale_for(one, taxonomy) if isinstance(one, str) else one for one in wanted if one != CRITIQUE]
    for scale in scales:
        scale.check()
        ends = [n for n in (*scale.values, scale.low, scale.high) if isinstance(n, int | float)]
        if any(abs(n) > _FAR for n in ends):
            raise InputError(f"The scale {scale.id} goes beyond {_FAR:,}", hint="Give it smaller numbers.")
        if scale.id == CRITIQUE:
            raise InputError(f"{CRITIQUE} are free words, not a scale", hint="Give the scale another id.")
        if spec.kind not in scale.kinds:
            raise UsageError(
                f"The scale {scale.id} cannot be asked of a {spec.kind}", hint=f"It is for: {', '.join(scale.kinds)}"
            )
    ids = [scale.id for scale in scales]
    if len(set(ids)) < len(ids):
        raise UsageError(f"A scale is named twice: {', '.join(ids)}", hint="Name each once.")
    return tuple(scales)


def rows_of(folder: Folder, spec: TaskSpec) -> list[Item]:
    """The rows that a task of `spec` would have now, in its order: what `create` freezes. Writes nothing.

    Raises UsageError for a source with nothing to rate, InputError for an unknown row or earlier task, and what reading
    runs raises.
    """
    sample = spec.sample
    states = "generated" if sample.ids else sample.states
    found = gather(folder, spec.kind, sample.of, states, chosen=sample.chosen and not sample.ids)
    if sample.ids:
        by_id = {item.id: item for item in found}
        missing = [id for id in sample.ids if id not in by_id]
        if missing:
            raise InputError(
                f"No {spec.kind} {', '.join(missing[:5])} in {', '.join(sample.of)}"
                + (f", and {len(missing) - 5} more" if len(missing) > 5 else ""),
                hint="Name the source that they are of.",
            )
        return [by_id[id] for id in dict.fromkeys(sample.ids)]
    if sample.earlier:
        with EventStore.of(folder) as store:
            apart = earlier_doubts(catch_up(store, sample.earlier))
        found = [replace(item, doubt=max(item.doubt, apart.get(item.id, 0.0))) for item in found]
    return draw(found, replace(sample, size=None) if sample.method == "all" else sample)
