"""Rating tasks as those who made them see them. Functions of what is in memory; none of them writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

from seedbed.measures.definition import Measured as Figure
from seedbed.review.fold import Rated
from seedbed.review.spec import DEFAULT_SCALES, SEEDS
from seedbed.server.jobs.figures import figure_of
from seedbed.server.review.desk import Desk
from seedbed.server.review.held import Held
from seedbed.server.review.result_schemas import (
    DisputedRow,
    DisputedRows,
    Measured,
    OpinionShown,
    RaterLineShown,
    RetestShown,
    ReviewShown,
    RowCheckShown,
    SpreadShown,
    TimesShown,
)
from seedbed.server.review.schemas import Codebook, Kind, RaterShown, RowShown, ScaleShown, SourceShown, TaskLine
from seedbed.study import Folder

if TYPE_CHECKING:
    from seedbed.review import Item, Spread
    from seedbed.review.summarising import RaterLine, Retest

__all__ = ["codebook", "disputed_rows", "line", "lines", "review"]

Names = Mapping[str, str]


def codebook(folder: Folder, raters: list[RaterShown]) -> Codebook:
    """What a task of this study can be made of."""
    from seedbed.errors import InputError
    from seedbed.review import SHIPPED, scale_for
    from seedbed.runs import list_runs
    from seedbed.seeds import current_taxonomy
    from seedbed.settings import load_settings

    taxonomy = current_taxonomy(folder)
    scales = []
    for id in SHIPPED:
        try:
            scales.append(scale_for(id, taxonomy))
        except InputError:
            continue  # this study names no values, or no harms
    shown = [ScaleShown.model_validate(scale.to_json()) for scale in scales]
    known = {scale.id for scale in shown}
    sources = [SourceShown(name=SEEDS, kinds=list(get_args(Kind)), kept=0, rejected=0)]
    for run in list_runs(folder, load_settings(folder).endpoints):
        if run.stage == "topics":
            continue
        kinds: list[Kind] = ["question"] if run.stage == "questions" else ["triple"]
        sources.append(SourceShown(name=run.name, kinds=kinds, kept=run.kept, rejected=run.rejected))
    default = {kind: [id for id in ids if id in known] for kind, ids in DEFAULT_SCALES.items()}
    return Codebook(scales=shown, default=default, sources=sources, raters=raters)


def lines(desk: Desk, *, deleted: bool) -> list[TaskLine]:
    """Every task, the newest first; those that were deleted if wanted."""
    held = [desk.held(name) for name in desk.names()]
    held.sort(key=lambda one: (one.task.created_at, one.name), reverse=True)
    return [line(one) for one in held if deleted or not one.task.deleted]


def line(held: Held) -> TaskLine:
    task, made = held.task, held.summary()
    plain = ("name", "kind", "instructions", "per_item", "each", "blind", "order", "retest", "open", "deleted",
             "created_at", "created_by")  # fmt: skip
    return TaskLine(
        **{name: getattr(task, name) for name in plain}, title=task.title or task.name,
        scales=[ScaleShown.model_validate(scale.to_json()) for scale in task.scales],
        sources=list(dict.fromkeys(task.sources)), sample=dict(task.sample), named=list(task.raters),
        items=made.items, rated=made.rated, raters=len(made.raters), places=made.places, done=made.done,
    )  # fmt: skip


def review(desk: Desk, name: str, names: Names) -> ReviewShown:
    """How the task goes. Raises Refusal unknown_task."""
    held = desk.held(name)
    made = held.summary()
    return ReviewShown(
        task=line(held), raters=[_rater(one, names) for one in made.raters],
        by_raters={str(n): count for n, count in made.by_raters.items()},
        times=TimesShown.model_validate(made.times), retest=_retest(made.retest), disputed=len(made.disputed),
        gone=0 if held.items is None else len(held.task.items) - len(held.items),
        rows=RowCheckShown.model_validate(made.rows),
    )  # fmt: skip


def disputed_rows(desk: Desk, name: str, names: Names, offset: int, limit: int) -> DisputedRows:
    """Rows to talk through, with what everybody said. Raises Refusal unknown_task."""
    from seedbed.review.spread import spread

    held = desk.held(name)
    state, found = held.state, held.summary().disputed
    rows = []
    for one in found[offset : offset + limit]:
        said = [rated for rater in state.raters() if (rated := state.of(rater, one.item)) is not None]
        item = (held.items or {}).get(one.item)
        rows.append(
            DisputedRow(
                id=one.item, scale=one.scale, apart=one.apart, n=one.n, row=None if item is None else _row(item),
                spreads={
                    scale.id: _spread(spread(scale, values))
                    for scale in held.task.scales
                    if (values := [rated.values[scale.id] for rated in said if scale.id in rated.values])
                },
                opinions=[_opinion(rated, names) for rated in said],
            )
        )  # fmt: skip
    more = offset + limit < len(found)
    return DisputedRows(rows=rows, total=len(found), next=offset + limit if more else None)


def _rater(made: RaterLine, names: Names) -> RaterLineShown:
    return RaterLineShown(
        rater=made.rater, name=names.get(made.rater, ""), assigned=made.assigned, done=made.done, begun=made.begun,
        skipped=made.skipped, again=made.again, last=made.last, times=TimesShown.model_validate(made.times),
        given={scale: {str(value): n for value, n in counts.items()} for scale, counts in made.given.items()},
        severity={scale: _measured(value) for scale, value in made.severity.items()},
        with_others={scale: _measured(value) for scale, value in made.with_others.items()},
        retest=_retest(made.retest),
    )  # fmt: skip


def _retest(found: Mapping[str, Retest]) -> dict[str, RetestShown]:
    return {scale: RetestShown(n=one.n, same=_measured(one.same), apart=one.apart) for scale, one in found.items()}


def _measured(number: Figure[float]) -> Measured:
    return Measured.model_validate(figure_of(number))


def _row(item: Item) -> RowShown:
    return RowShown.model_validate(asdict(item))


def _spread(found: Spread) -> SpreadShown:
    told: dict[str, Any] = asdict(found)
    return SpreadShown.model_validate({**told, "soft": {str(value): share for value, share in found.soft.items()}})


def _opinion(rated: Rated, names: Names) -> OpinionShown:
    return OpinionShown(
        rater=rated.rater, name=names.get(rated.rater, ""),
        values={id: list(value) if isinstance(value, tuple) else value for id, value in rated.values.items()},
        critique=rated.critique, note=rated.note, skipped=rated.skipped, at=rated.at,
    )  # fmt: skip
