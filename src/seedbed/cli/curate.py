"""seedbed curate"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, framed, hint, note, table, working
from seedbed.cli.counted import counted
from seedbed.errors import UsageError

if TYPE_CHECKING:
    from seedbed.acts import Study
    from seedbed.curate import HandAct, LabelKind
    from seedbed.measures.definition import Measured
    from seedbed.seeds import Gathered


def curate(
    folder: StudyFolder,
    include: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Include this seed, whatever a rule says.")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option(metavar="ID", help="Exclude this seed.")] = None,
    undo: Annotated[list[str] | None, typer.Option(metavar="ID", help="Leave this seed to the rules again.")] = None,
    retag: Annotated[
        list[str] | None, typer.Option(metavar="ID=LABEL", help="Give this seed another topic, question type or value.")
    ] = None,
    confirm: Annotated[
        list[str] | None, typer.Option(metavar="RAW=ID", help="A label as typed means this known one.")
    ] = None,
    expand: Annotated[
        bool, typer.Option("--expand", help="First make other versions of questions with marked entities.")
    ] = False,
    region: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Expand for this region; without it, for all.")
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Show what each way of choosing the questions would come to.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why. Every decision by a person needs one.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decides.")] = "",
    as_json: AsJson = False,
) -> None:
    """Turn contributions into seeds, with a reason for every decision.

    What people wrote on the workshop's boards is taken up as it stands, also while they go on. The rules are applied,
    every seed is put into one pool (alignment or evaluation), and the examples that prompts will show are selected.
    Run again, it repeats nothing; what a person decided stands above the rules. More ways to decide by hand, and the
    rows themselves: seedbed decide.
    """
    from seedbed.acts import Study

    study = Study.open(folder)
    # a decision by hand may be on a row that the boards hold since the last time
    first = study.gather() if include or exclude or undo or retag or confirm or expand else None
    _by_hand(study, {"include": include or [], "exclude": exclude or [], "undo": undo or []}, reason, by)
    _labels(study, retag or [], confirm or [], reason, by)
    if region and not expand:
        raise UsageError("A region belongs to an expansion", hint="Add --expand")
    expanded = study.expand(by or "expand", regions=region or ()) if expand else None
    with working("Curating") as listen:
        report = study.curate(listen=listen)
    gathered = first if first is not None and first.boards else report.gathered
    if as_json:
        framed(**_as_json(report, gathered))
        return
    _taken_up(gathered)
    if expanded is not None:
        note(
            f"Of {counted(expanded.marked, 'question')} with marked entities: {len(expanded.made):,} new versions, "
            f"{len(expanded.kept):,} that stand, {len(expanded.collapsed):,} taken back"
        )
    table(
        ["kind", "step", "in", "out", "left"],
        [[s.kind, s.title, s.entered, s.left, s.stayed] for s in report.funnel if s.left],
    )
    held = sorted({(d.rule, d.reason, id) for id, decisions in report.held.items() for d in decisions})
    for rule, why, id in held[:12]:
        note(f"  {id}: {rule}: {why}")
    if len(held) > 12:
        note(f"  … and {len(held) - 12} more; all stand in seedbed curate {folder} --json")
    for warning in report.warnings:
        note(f"  {warning}")
    for item in report.balance:
        before, after = (getattr(value, "value", None) for value in (item.evenness_before, item.evenness_after))
        if before is not None and after is not None:
            note(f"  balance of {item.aspect}: evenness {before:.2f} before, {after:.2f} after the choice")
    questions = counted(len(report.selected_questions), "question")
    pairs = counted(len(report.selected_triples), "pair")
    note(f"{questions} and {pairs} are chosen as examples; {counted(report.appended, 'new decision')}")
    if compare:
        _compare(study)
    if not report.selected_questions and any(rule == "unknown-label" for rule, _, _ in held):
        # to generate would be refused, and send people back here
        labels = ["--label", "TOPIC", "--label", "TYPE", "--reason", "WHY", "--by", "NAME", "--yes"]
        hint(command("decide", folder, "retag", "--where", "rule=unknown-label", *labels))
        note("  or import a file with the columns topic and question_type")
    else:
        hint(command("generate", folder))


def _taken_up(gathered: Gathered) -> None:
    from seedbed.seeds import HELD

    if not gathered.of_boards:
        return
    counts = {"added": gathered.added, "revised": gathered.revised, "withdrawn": gathered.withdrawn}
    said = ", ".join(f"{len(ids):,} {what}" for what, ids in counts.items() if ids)
    note(f"From {counted(gathered.of_boards, 'board')}: {said or 'nothing new'}")
    for what, ids in counts.items():
        if ids:
            note(f"  {what}: {', '.join(ids[:8])}{f' and {len(ids) - 8:,} more' if len(ids) > 8 else ''}")
    for why, rows in gathered.held.items():
        note(f"  {rows:,} {'row waits' if rows == 1 else 'rows wait'}: {HELD[why]}")


def _compare(study: Study) -> None:
    def said(measured: Measured[float], digits: int = 2) -> str:
        low, high = getattr(measured, "low", None), getattr(measured, "high", None)
        value = getattr(measured, "value", None)
        between = "" if low is None else f" ({low:.{digits}f} to {high:.{digits}f})"
        return "–" if value is None else f"{value:.{digits}f}{between}"

    ways = study.selection().strategies
    rows: list[list[Any]] = [
        ["chosen", *(len(way.chosen) for way in ways)],
        ["  of them chosen now", *(way.shared for way in ways)],
        [f"cells of {ways[0].of_cells if ways else 0}", *(said(way.cells, 0) for way in ways)],
        *(
            [f"evenness of {name.replace('_', ' ')}", *(said(way.evenness[name]) for way in ways)]
            for name in (ways[0].evenness if ways else ())
        ),
        ["mean nearest cosine", *(said(way.nearest) for way in ways)],
    ]
    table(["questions", *(way.name for way in ways)], rows)


def _by_hand(study: Study, acts: dict[HandAct, list[str]], reason: str, by: str) -> None:
    from seedbed import curate as room

    for act, subjects in acts.items():
        for subject in subjects:
            room.decide(study.folder, subject, act, reason, _named(by))


def _labels(study: Study, retag: list[str], confirm: list[str], reason: str, by: str) -> None:
    from seedbed import curate as room

    for item in retag:
        subject, wanted = _pair(item, "--retag", "g1-q08=legal-expertise")
        match _kind_of(study, wanted):
            case "topics":
                room.decide(study.folder, subject, "retag", reason, _named(by), topic=wanted)
            case "question_types":
                room.decide(study.folder, subject, "retag", reason, _named(by), question_type=wanted)
            case "values":
                room.decide(study.folder, subject, "retag", reason, _named(by), values=(wanted,))
    for item in confirm:
        raw, wanted = _pair(item, "--confirm", "'legal context=legal-expertise'")
        rows = room.confirm_label(study.folder, raw, wanted, _kind_of(study, wanted), _named(by))
        note(f"{raw!r} means {wanted} on {counted(rows, 'row')}")


def _named(by: str) -> str:
    if not by:
        raise UsageError("A decision needs somebody who makes it", hint="Add --by NAME")
    return by


def _pair(item: str, option: str, example: str) -> tuple[str, str]:
    left, found, right = item.partition("=")
    if not found:
        raise UsageError(
            f"{option} takes two names with = between them, not {item!r}", hint=f"As in: {option} {example}"
        )
    return left.strip(), right.strip()


def _kind_of(study: Study, wanted: str) -> LabelKind:
    """A canonical id says by itself what kind of label it is."""
    from seedbed.seeds import current_taxonomy

    taxonomy = current_taxonomy(study.folder)
    ids: dict[LabelKind, set[str]] = {
        "topics": {label.id for label in taxonomy.topics},
        "question_types": {label.id for label in taxonomy.question_types},
        "values": {value.id for value in taxonomy.values},
    }
    for kind, known in ids.items():
        if wanted in known:
            return kind
    raise UsageError(f"The taxonomy has no label {wanted!r}", hint=f"Labels stand in {study.folder.root}/taxonomy/")


def _as_json(report: Any, gathered: Gathered) -> dict[str, Any]:
    return {
        "gathered": gathered.to_json(),
        "questions": report.questions,
        "triples": report.triples,
        "new_decisions": report.appended,
        "funnel": [{**asdict(step), "stayed": step.stayed} for step in report.funnel],
        "selected_questions": list(report.selected_questions),
        "selected_triples": list(report.selected_triples),
        "next_questions": list(report.next_questions),
        "pools": {str(pool.value): count for pool, count in report.pools.items()},
        "held": {id: [asdict(decision) for decision in decisions] for id, decisions in report.held.items()},
        "warnings": list(report.warnings),
    }
