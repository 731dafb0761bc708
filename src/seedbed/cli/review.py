"""seedbed review"""

from __future__ import annotations

from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli import reviewed
from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, framed, note
from seedbed.cli.counted import counted
from seedbed.errors import InputError, UsageError

if TYPE_CHECKING:
    from seedbed.review import TaskSpec


class Act(StrEnum):
    list = "list"
    new = "new"
    show = "show"
    agreement = "agreement"
    export = "export"
    import_ = "import"
    close = "close"
    open = "open"
    delete = "delete"


_WRITES = {
    Act.new: "making", Act.import_: "importing into", Act.close: "closing", Act.open: "opening", Act.delete: "deleting",
}  # fmt: skip


def review(
    folder: StudyFolder,
    act: Annotated[Act, typer.Argument(help="What to do with the rating tasks.")] = Act.list,
    task: Annotated[str, typer.Argument(metavar="TASK", help="Which task, by its name.")] = "",
    file: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="export: the folder to make. import: the file to read.")
    ] = None,
    spec: Annotated[
        Path | None, typer.Option(metavar="FILE", help="new: the whole task as JSON; other options go over it.")
    ] = None,
    kind: Annotated[str, typer.Option(help="new: what is rated, question or triple.")] = "",
    of: Annotated[
        list[str] | None, typer.Option(metavar="SOURCE", help="new: seeds, or a run; give it again to mix them blind.")
    ] = None,
    method: Annotated[str, typer.Option(help="new: random, stratified, near-threshold, disagreement or all.")] = "",
    size: Annotated[int | None, typer.Option(metavar="N", help="new: how many rows.")] = None,
    states: Annotated[str, typer.Option(help="new: rows that were kept, rejected, or all generated ones.")] = "",
    seed: Annotated[int | None, typer.Option(help="new: the seed of the draw.")] = None,
    scale: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="new: what is asked; give it again for more.")
    ] = None,
    rater: Annotated[
        list[str] | None, typer.Option(metavar="PERSON", help="new: who may rate. Nobody named: whoever comes.")
    ] = None,
    per_item: Annotated[
        int | None, typer.Option(metavar="N", help="new: by how many raters each row is rated.")
    ] = None,
    each: Annotated[
        int | None, typer.Option(metavar="N", help="new: how many rows one rater gets. Instead of --per-item.")
    ] = None,
    blind: Annotated[
        bool | None,
        typer.Option(
            "--blind/--shared",
            help="new: hide where rows come from and what others say (the default), or show both once one has rated.",
        ),
    ] = None,
    retest: Annotated[float | None, typer.Option(metavar="SHARE", help="new: the share of rows asked twice.")] = None,
    title: Annotated[str, typer.Option(help="new: the title that raters see.")] = "",
    instructions: Annotated[str, typer.Option(help="new: what raters read first.")] = "",
    people: Annotated[
        str, typer.Option(metavar="BY", help="agreement: by group, role, position, background or location of people.")
    ] = "",
    format: Annotated[
        str, typer.Option(help="export, import: argilla, label-studio, csv or csv-wide. Import finds it by itself.")
    ] = "",
    blank: Annotated[bool, typer.Option("--blank", help="export: what is to be rated, without the ratings.")] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="import: take the good rows where some are bad.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="import: say what would be taken, and take nothing.")
    ] = False,
    reason: Annotated[str, typer.Option(help="delete: why.")] = "",
    by: Annotated[
        str, typer.Option(metavar="NAME", help="new, import, close, open, delete: who does it. It stays on record.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Rating tasks: which rows people judge, how it goes, how far they agree, and files in and out.

    Every rating stays on record: a revision beside what it replaces, and the ratings of a deleted task.
    """
    from seedbed import review as room
    from seedbed.study import Folder

    study = Folder(folder)
    study.check()
    if act is Act.list:
        reviewed.list_tasks(study, room.list_tasks(study), as_json)
        return
    if not task:
        raise UsageError(f"Which task shall I {act.value}?", hint=command("review", folder, act.value, "TASK"))
    if act in _WRITES and not by.strip():
        again = command("review", folder, act.value, task, *([file] if file else []), "--by", "NAME")
        raise UsageError(f"Somebody has to sign for {_WRITES[act]} a rating task", hint=again)
    match act:
        case Act.new:
            wanted = _spec(
                task, spec, kind=kind, of=of, method=method, size=size, states=states, seed=seed, scale=scale,
                rater=rater, per_item=per_item, each=each, blind=blind, retest=retest, title=title,
                instructions=instructions,
            )  # fmt: skip
            drawn = wanted.sample.method != "all" and not wanted.sample.ids
            reviewed.made(study, room.create(study, wanted, by), wanted.sample.size if drawn else None, as_json)
        case Act.show:
            reviewed.show(study, room.load(study, task), as_json)
        case Act.agreement:
            reviewed.agreement(study, room.load(study, task), people, scale or [], as_json)
        case Act.export:
            done = room.export(study, room.load(study, task), format or "csv", _path(file, "export"), ratings=not blank)
            if as_json:
                framed(**{**asdict(done), "target": str(done.target)})
                return
            note(f"{done.target}: {', '.join(done.files)}; {counted(done.items, 'item')}.")
            if done.missing:
                have = counted(len(done.missing), "item has", "items have")
                note(f"{have} no texts any more and are left out where texts are shown.")
        case Act.import_:
            found = room.import_ratings(
                study, task, _path(file, "import"), by, format=format, skip_bad=skip_bad, dry_run=dry_run
            )
            if as_json:
                framed(**asdict(found))
            else:
                reviewed.imported(found)
            if found.refused and not found.written and not dry_run:
                raise InputError(
                    f"{found.path}: {len(found.refused)} of {found.ratings} ratings cannot be taken; "
                    "nothing was recorded",
                    hint="Mend them, or take the others with --skip-bad.",
                )
        case Act.close | Act.open:
            now = room.change(study, task, by, open=act is Act.open)
            _said(now.name, "open" if now.open else "closed", as_json)
        case Act.delete:
            room.delete(study, task, by, reason)
            _said(task, "deleted; its ratings stay on record and can be exported", as_json)


def _path(file: Path | None, what: str) -> Path:
    if file is None:
        raise UsageError(f"There is no path to {what}", hint=f"seedbed review DIR {what} TASK PATH")
    return file


def _said(task: str, state: str, as_json: bool) -> None:
    if as_json:
        framed(task=task, state=state.split(";")[0])
    else:
        note(f"{task} is {state}.")


def _spec(task: str, file: Path | None, **given: Any) -> TaskSpec:
    from seedbed.review import Sample, read_spec
    from seedbed.review import TaskSpec as Spec

    kind = given.pop("kind")
    if file is None and not kind:
        raise UsageError("A task needs --kind question or triple", hint="Or the whole task as JSON: --spec FILE")
    wanted = read_spec(file) if file else Spec(task, kind, sample=Sample())
    names = {"scale": "scales", "rater": "raters"}
    told = {names.get(name, name): value for name, value in given.items() if value not in (None, "", [])}
    drawn = {name: told.pop(name) for name in ("of", "method", "size", "states", "seed") if name in told}
    drawn = {name: tuple(value) if isinstance(value, list) else value for name, value in drawn.items()}
    told = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    more = {"kind": kind} if kind else {}
    return replace(wanted, name=task, sample=replace(wanted.sample, **drawn), **told, **more)
