"""seedbed decide"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, framed, hint, note, table
from seedbed.cli.counted import counted
from seedbed.cli.decided import SHOWS, Shown, plain, profile_of, short
from seedbed.cli.finding import found_by, pair
from seedbed.errors import InputError, UsageError

if TYPE_CHECKING:
    from seedbed.curate import Bulk, Desk, Preview, Wish
    from seedbed.study import Folder

_ON_SEEDS = (
    "include",
    "exclude",
    "return",
    "merge",
    "edit",
    "retag",
    "use",
    "pin",
    "unpin",
    "nuanced",
    "plain",
    "dismiss",
)
_ACTS = (*_ON_SEEDS, "tick", "undo", *SHOWS)


def decide(
    folder: StudyFolder,
    act: Annotated[str, typer.Argument(metavar="ACT", help=f"One of: {', '.join(_ACTS)}.")] = "rows",
    subjects: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID", help="Seeds; for undo a number or a batch of the log; for tick ITEM=yes|no|na|open."
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="All rows with this value, instead of ids; see the act rows."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Carry out what was shown for all rows that --where finds.")
    ] = False,
    label: Annotated[
        list[str] | None, typer.Option(metavar="LABEL", help="retag: a topic, a question type or a value, by its id.")
    ] = None,
    into: Annotated[str, typer.Option(metavar="ID", help="merge: the seed that stays.")] = "",
    as_: Annotated[
        str, typer.Option("--as", metavar="USE", help="use: train, test, rephrase, or none to take the mark off.")
    ] = "",
    words: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=WORDS", help="edit: the new words of a field.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help='edit: new words as JSON, {"text": "…"}.', dir_okay=False)
    ] = None,
    rule: Annotated[str, typer.Option(metavar="RULE", help="dismiss: the rule whose remark is set aside.")] = "",
    seen: Annotated[
        int | None,
        typer.Option(metavar="N", help="Refuse where another person decided on it after number N of the log."),
    ] = None,
    format: Annotated[str, typer.Option(metavar="FORMAT", help="checklist: print it as md, csv or json.")] = "",
    reason: Annotated[str, typer.Option(help="Why. A seed goes in or out only with a reason.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decides.")] = "",
    as_json: AsJson = False,
) -> None:
    """Decide on seeds by hand: every act is kept with who, when and why, and can be taken back.

    Without an act the rows are listed. An act on rows that --where finds is shown first, and done with --yes.
    What people decide stands above the rules; seedbed curate settles what follows for the examples.
    """
    from seedbed.acts import Study
    from seedbed.curate import Desk

    study = Study.open(folder)
    ids = subjects or []
    if act not in _ACTS:
        raise UsageError(f"There is no act {act!r}", hint=f"One of: {', '.join(_ACTS)}")
    if act in SHOWS:
        desk = Desk(study.folder)
        SHOWS[act](Shown(study, desk, found_by(desk, where or []), format, as_json))
        return
    if not by:
        raise UsageError("A decision needs somebody who makes it", hint="Add --by NAME")
    if act == "undo":
        _undo(study.folder, ids, reason, by, as_json)
        return
    if act == "tick":
        _tick(study.folder, ids, reason, by, as_json)
        return
    study.gather()  # it may be on a row that the boards hold since the last time
    desk = Desk(study.folder)
    wish = _wish(desk, act, label or [], into, as_, _fields(words or [], file), rule)
    wish = replace(wish, reason=reason, seen=seen)
    if where:
        _bulk(folder, desk, wish, ids, where, yes, reason, by, as_json)
        return
    if not ids:
        raise UsageError(f"Which seeds to {act}?", hint="Name their ids, or find them with --where FIELD=VALUE.")
    from seedbed.curate import decide_all

    made = decide_all(study.folder, [replace(wish, subject=id) for id in ids], by, desk=desk)
    if as_json:
        framed(decisions=[plain(one) for one in made])
        return
    for one in made:
        note(f"{one.seq}: {act} {one.decision.subject}")
    taken = made[0].batch or made[0].seq
    note(f"Taken back by: {command('decide', folder, 'undo', taken, '--by', by)}")
    hint(command("curate", folder))


def _wish(desk: Desk, act: str, label: list[str], into: str, as_: str, new: dict[str, str], rule: str) -> Wish:
    from seedbed.curate import Wish

    match act:
        case "pin" | "unpin":
            return Wish("", "select", chosen=act == "pin")
        case "nuanced" | "plain":
            return Wish("", "nuanced", nuanced=act == "nuanced")
        case "use":
            if as_ not in ("train", "test", "rephrase", "none"):
                raise UsageError("What is it for?", hint="Add --as train, test, rephrase or none.")
            return Wish("", "use", use=None if as_ == "none" else as_)  # type: ignore[arg-type]
        case "retag":
            return _retag(desk, label)
    return Wish("", act, into=into or None, fields=new, rule=rule or None)  # type: ignore[arg-type]


def _retag(desk: Desk, labels: list[str]) -> Wish:
    """A canonical id says by itself what kind of label it is."""
    from seedbed.curate import Wish

    taxonomy = desk.look().taxonomy
    topics, types = {one.id for one in taxonomy.topics}, {one.id for one in taxonomy.question_types}
    values = {one.id for one in taxonomy.values}
    wish = Wish("", "retag")
    for one in labels:
        if one in topics:
            wish = replace(wish, topic=one)
        elif one in types:
            wish = replace(wish, question_type=one)
        elif one in values:
            wish = replace(wish, values=(*wish.values, one))
        else:
            raise UsageError(f"The taxonomy has no label {one!r}", hint=f"Labels stand in {desk.folder.root}/taxonomy/")
    return wish


def _fields(words: list[str], file: Path | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if file is not None:
        try:
            read = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(f"Cannot read {file}: {error.strerror}", hint="Check the path.") from None
        except (ValueError, RecursionError) as error:
            raise InputError(f"{file} is not JSON in UTF-8: {error}", hint='As in: {"text": "…"}') from None
        if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
            raise InputError(f"{file} holds no object of texts", hint='As in: {"text": "…"}')
        found |= read
    found |= dict(pair(item, "--set", "text='Where does it end?'") for item in words)
    return found


def _bulk(
    folder: Path,
    desk: Desk,
    wish: Wish,
    ids: list[str],
    where: list[str],
    yes: bool,
    reason: str,
    by: str,
    as_json: bool,
) -> None:
    from seedbed.curate import Bulk, apply, preview

    given = {name: getattr(wish, name) for name in wish.given()}
    if wish.act == "use":
        given["use"] = wish.use
    bulk = Bulk(wish.act, found_by(desk, where), tuple(ids) or None, detail=given)
    shown = preview(desk, bulk)
    if not yes:
        if as_json:
            framed(**shown.to_json())
            return
        _preview(bulk, shown)
        hint("Nothing was done yet. To do it, run the same command with --yes")
        return
    done = apply(desk.folder, bulk, shown.token, reason, by, desk=desk)
    if as_json:
        framed(batch=done.batch, changed=list(done.preview.ids), refused=done.preview.refused)
        return
    _preview(bulk, done.preview, past=True)
    note(f"Taken back by: {command('decide', folder, 'undo', done.batch, '--by', by)}")
    hint(command("curate", folder))


def _preview(bulk: Bulk, shown: Preview, *, past: bool = False) -> None:
    table(
        ["id", "group", "state", "text"],
        [[row.id, row.group, row.state, short(next(iter(row.texts.values())))] for row in shown.sample],
    )
    if shown.changes > len(shown.sample):
        note(f"  … and {shown.changes - len(shown.sample):,} more")
    verb = "done to" if past else "would change"
    examples = "an example" if shown.examples == 1 else "examples"
    note(
        f"{bulk.act}: {verb} {counted(shown.changes, 'row')}, {shown.examples:,} of them {examples} now; "
        f"{shown.unchanged:,} are so already, {len(shown.refused):,} cannot be"
    )
    for id, why in list(shown.refused.items())[:12]:
        note(f"  {id}: {why}")


def _undo(folder: Folder, what: list[str], reason: str, by: str, as_json: bool) -> None:
    from seedbed.curate import undo

    if not what:
        raise UsageError("What is to be taken back?", hint=command("decide", folder.root, "log"))
    # a batch is twelve hex digits; a number of the log is shorter
    made = [undo(folder, int(one) if one.isdecimal() and len(one) < 12 else one, by, reason) for one in what]
    if as_json:
        framed(decisions=[plain(one) for one in made])
        return
    for one, name in zip(made, what, strict=True):
        note(f"{one.seq}: took back {name}")
    hint(command("curate", folder.root))


def _tick(folder: Folder, items: list[str], reason: str, by: str, as_json: bool) -> None:
    from seedbed.curate import tick

    made = []
    for item in items:
        name, state = pair(item, "tick", "plain=yes")
        made.append(tick(folder, profile_of(folder), name, state, reason, by))  # type: ignore[arg-type]
    if as_json:
        framed(checklist=[asdict(one) for one in made])
        return
    for one in made:
        note(f"{one.id}: {one.state}")
