"""What `seedbed review` prints: the tasks, how one goes, how far its raters agree, what became of a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from seedbed.cli.console import command, framed, hint, note, table
from seedbed.cli.counted import counted
from seedbed.cli.persons import Persons

if TYPE_CHECKING:
    from seedbed.measures.definition import Measured
    from seedbed.review import Imported, ScaleAgreement, Task, TaskState
    from seedbed.study import Folder

__all__ = ["agreement", "imported", "list_tasks", "made", "show"]

_PAIRS = 5  # of raters, those who agree least


def list_tasks(study: Folder, states: list[TaskState], as_json: bool) -> None:
    from seedbed.review import summary

    found = [(state.task, summary(state)) for state in states]
    if as_json:
        framed(tasks=[
            {
                "task": task.name, "title": task.title, "kind": task.kind, "items": made.items, "rated": made.rated,
                "raters": len(made.raters), "places": made.places, "done": made.done, "open": task.open,
                "deleted": task.deleted, "created": task.created_at,
            }
            for task, made in found
        ])  # fmt: skip
        return
    if not found:
        note("No rating task yet.")
        hint(command("review", study.root, "new", "TASK", "--kind", "question", "--by", "NAME"))
        return
    table(
        ["task", "kind", "rows", "rated", "raters", "done", "state"],
        [
            [
                task.name, task.kind, made.items, made.rated, len(made.raters), f"{made.done:,} of {made.places:,}",
                "deleted" if task.deleted else "open" if task.open else "closed",
            ]
            for task, made in found
        ],
    )  # fmt: skip


def made(study: Folder, task: Task, size: int | None, as_json: bool) -> None:
    """What a new task came to; `size` is how many rows were asked for, None for all."""
    of = Counter(task.sources)
    if as_json:
        framed(task=task.name, items=len(task.items), sources=dict(of), scales=[one.id for one in task.scales])
        return
    note(f"{task.name}: {counted(len(task.items), 'row')}, asked: {', '.join(one.id for one in task.scales)}.")
    if size is not None and len(task.items) < size:
        note(f"  {size - len(task.items):,} fewer than the {size:,} asked for: there are no more that can be drawn.")
    if len(of) > 1:
        note(f"  {', '.join(f'{n:,} from {source}' for source, n in of.items())}.")
    _outside(study, task)
    hint(command("review", study.root, "show", task.name))


def _outside(study: Folder, task: Task) -> None:
    """Says who of the named raters cannot come: a task waits for them for ever."""
    if out := Persons(study).outside(task.raters):
        have = "has" if len(out) == 1 else "have"
        who = ", ".join(out[:8]) + (f" and {len(out) - 8} more" if len(out) > 8 else "")
        note(f"  {who} {have} not joined this study by a link, so the pages are closed to them.")
        form = command("review", study.root, "export", task.name, "FOLDER", "--format", "csv-wide", "--blank")
        hint(f"To rate elsewhere: {form}")


def show(study: Folder, state: TaskState, as_json: bool) -> None:
    from seedbed.review import summary

    made, task = summary(state), state.task
    if as_json:
        framed(**_plain(asdict(made)), scales=[scale.to_json() for scale in task.scales])
        return
    who = Persons(study)
    by = len({rated.rater for rated in state.standing()})
    note(
        f"{task.title or task.name}: {made.rated:,} of {made.items:,} rows rated by {counted(by, 'person', 'people')}."
    )
    table(
        ["rater", "done", "of", "skipped", "s an item"],
        [
            [who.called(one.rater), one.done, one.assigned, one.skipped, _or_dash(one.times.median)]
            for one in made.raters
        ],
    )
    if task.open and not task.deleted:
        _outside(study, task)
    for scale, retest in made.retest.items():
        note(f"  {scale}, asked again: the same in {_measured(retest.same)} of {retest.n} pairs")
    for one in made.disputed[:10]:
        note(f"  {one.item}: {one.n} raters are {one.apart:.2f} apart on {one.scale}")
    if len(made.disputed) > 10:
        note(f"  … and {len(made.disputed) - 10} more rows over which raters differ")


def agreement(study: Folder, state: TaskState, people: str, scales: list[str], as_json: bool) -> None:
    from seedbed.review import agreement_of, kinds_of, pairs_of

    kinds, least = kinds_of(study, people) if people else (None, 1)
    wanted = scales or [scale.id for scale in state.task.scales]
    found = {scale: agreement_of(state, scale, kinds, least=least) for scale in wanted}
    if as_json:
        pairs = {scale: {key: [asdict(one) for one in each] for key, each in pairs_of(state, scale).items()}
                 for scale in wanted}  # fmt: skip
        framed(task=state.name, scales={
            scale: _plain({**asdict(one), "pairs": pairs[scale]}) for scale, one in found.items()
        })  # fmt: skip
        return
    if not any(one.n_ratings for both in found.values() for one in both.overall.values()):
        note(f"{state.name}: nobody has rated {'any row' if not scales else 'any row on ' + ', '.join(wanted)} yet.")
        hint(command("review", study.root, "show", state.name))
        return
    who = Persons(study)
    for scale, both in found.items():
        for key, one in both.overall.items():
            if one.n_ratings:
                told = {name: _measured(value) for name, value in one.coefficients().items()}
                note(_named(scale, key))
                many = counted(one.n_raters, "person", "people")
                note(f"  {one.n_pairable:,} of {one.n_items:,} rows rated by two or more of {many}")
                said = [f"{name.replace('_', ' ')} {value}" for name, value in told.items() if value]
                note("  " + (", ".join(said) or "no coefficient is defined for these ratings"))
    for scale in wanted:
        for key, apart in pairs_of(state, scale).items():
            for pair in apart[:_PAIRS] if len(state.raters()) > 2 else ():
                kappa = _measured(pair.kappa) or "undefined"
                both_of = f"{who.called(pair.a)} with {who.called(pair.b)}"
                note(f"{_named(scale, key)}: {both_of}, Cohen's kappa {kappa} ({counted(pair.n, 'row')})")
            if len(apart) > _PAIRS:
                note(f"  … and {len(apart) - _PAIRS:,} more pairs of raters, all in --json")
    if people:
        _by_people(state, found, people, kinds or {})


def _by_people(state: TaskState, found: dict[str, ScaleAgreement], people: str, kinds: dict[str, str]) -> None:
    """What kinds of people say of each other; and where there is nothing to tell, why."""
    there = {kinds[rater] for rater in {rated.rater for rated in state.standing()} if rater in kinds}
    if len(there) < 2:
        only = f"all are of {next(iter(there))}" if there else "the study does not know it of any"
        note(f"By {people} nothing can be told: of those who rated, {only}.")
        groupless = people == "group" and not there
        hint(
            "People come into a group by the link they join with; who rates by a link for raters has none."
            if groupless
            else "Leave --people out, or tell people apart by something else."
        )
        return
    for scale, both in found.items():
        for key, kind_of in (both.people or {}).items():
            for cross in kind_of.between:
                kappa, rows = _measured(cross.kappa) or "undefined", counted(cross.n_items, "row")
                note(f"{_named(scale, key)}: {cross.a} with {cross.b}, beyond chance {kappa} ({rows})")
            for kind, n in kind_of.left_out.items():
                note(f"{_named(scale, key)}: {kind} has {counted(n, 'rater')}, too few to be shown")


def _or_dash(value: float | None) -> float | str:
    return "–" if value is None else value


def _named(scale: str, label: str | int | float) -> str:
    return scale if label == "" else f"{scale} {label}"


def imported(found: Imported) -> None:
    # nothing is written by a dry run, and where a row is refused
    took = "taken" if found.written or not found.taken else "to take"
    note(
        f"{found.path} ({found.format}): {counted(found.ratings, 'rating')} in {counted(found.rows, 'row')}; "
        f"{found.taken:,} {took} ({counted(found.revised, 'revision')}), {found.already:,} there already, "
        f"{len(found.refused):,} refused."
    )
    for one in found.refused[:20]:
        note(f"  {one.row}: {one.rater or 'nobody'} on {one.item or 'no item'}: {one.reason}")
    if len(found.refused) > 20:
        note(f"  … and {len(found.refused) - 20} more; all stand in --json")
    for name, pseudonym in found.raters.items():
        note(f"  {name} is not known here and stands as {pseudonym}")
    if found.missing:
        note(f"  The file says nothing of: {', '.join(found.missing)}. They stay unanswered.")
    if found.unknown:
        note(f"  Not a scale of the task, left out: {', '.join(found.unknown)}")
    for remark in found.remarks:
        note(f"  {remark}")


def _measured(value: Measured[float]) -> str:
    from seedbed.measures.definition import Value

    if not isinstance(value, Value):
        return ""
    interval = f" ({value.low:.2f} to {value.high:.2f})" if value.low is not None and value.high is not None else ""
    return f"{value.value:.2f}{interval}"


def _plain(value: Any) -> Any:
    """With keys that JSON has: numbers become texts."""
    match value:
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value
