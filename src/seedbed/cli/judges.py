"""seedbed judges"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from seedbed.cli.arguments import AsJson, EndpointUrl, KeyEnv, Model, StudyFolder
from seedbed.cli.console import command, data, hint, note, table, watch_run, working
from seedbed.errors import UsageError

if TYPE_CHECKING:
    from seedbed.acts import Study
    from seedbed.judges import InspectorReport, ValueReport
    from seedbed.judges.calibrating import Accepted, Calibrated, Calibration
    from seedbed.judges.model import JudgingSummary
    from seedbed.judges.report import Number


def judges(
    folder: StudyFolder,
    ask: Annotated[
        str | None,
        typer.Option(metavar="JUDGE", help="Ask a model judge: relevance, sensibility, grading or alignment."),
    ] = None,
    run: Annotated[str | None, typer.Option(metavar="NAME", help="With --ask: the run whose rows are judged.")] = None,
    seeds: Annotated[
        str | None, typer.Option(metavar="KIND", help="With --ask: judge the seeds instead: question or triple.")
    ] = None,
    states: Annotated[
        str, typer.Option(metavar="STATES", help="Which rows of the run: kept, rejected or generated.")
    ] = "kept",
    sample: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="So many of the rows; a larger sample holds a smaller one.")
    ] = None,
    samples: Annotated[
        int, typer.Option(metavar="N", min=1, max=32, help="Put each question so often, and keep the distribution.")
    ] = 1,
    endpoint: EndpointUrl = None,
    model: Model = None,
    key_env: KeyEnv = None,
    judge: Annotated[
        str | None, typer.Option(metavar="NAME", help="The judging model: a name under \\[endpoints] in study.toml.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="The judging run's name. Left out: named after what is asked.")
    ] = None,
    lanes: Annotated[int | None, typer.Option(metavar="N", min=1, max=4096, help="Requests in flight.")] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Hold what judges said against people's ratings.")
    ] = False,
    task: Annotated[
        str | None, typer.Option(metavar="NAME", help="With --calibrate: the ratings of this rating task alone.")
    ] = None,
    prompts: Annotated[bool, typer.Option("--prompts", help="Show what the model judges are asked, and stop.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train the inspector on the study's own pairs, and say how far it may be believed.

    It learns from the pairs of the alignment pool which response to a prompt is the aligned one, and is tested by
    cross-validation. It ranks candidates; it judges a value only where it has earned that.

    With --ask a model judges rows instead, and with --calibrate judges are held against people's ratings: one that
    does not agree with people well enough gives no verdict.
    """
    from seedbed.acts import Study

    if sum((ask is not None, calibrate, prompts)) > 1:
        raise UsageError("--ask, --calibrate and --prompts are three things", hint="Do one after the other.")
    if task is not None and not calibrate:
        raise UsageError("--task belongs to --calibrate", hint="Add --calibrate.")
    if ask is None and any(given is not None for given in (run, seeds, endpoint, judge, sample, name, model)):
        raise UsageError("Which judge is to be asked?", hint="Add --ask relevance, or another judge.")
    study = Study.open(folder)
    if prompts:
        _prompts(as_json)
    elif ask is not None:
        if (run is None) == (seeds is None):
            raise UsageError(
                "A judge is asked about the rows of one run, or about seeds",
                hint="Add one of the two: --run NAME, or --seeds question (or triple).",
            )
        from seedbed.cli.generate import endpoint_settings
        from seedbed.judges.model import JudgeSpec

        if judge is not None and endpoint is not None:
            raise UsageError("--judge and --endpoint both name the judging model", hint="Leave one of the two out.")
        with watch_run(f"Asking {ask}") as watch:
            summary = study.ask_judge(
                JudgeSpec(cast(Any, ask), samples), run=run or "", seeds=cast(Any, _kind(seeds)),
                states=cast(Any, _states(states)), endpoint=judge or endpoint_settings(endpoint, model, key_env),
                name=name, sample=sample, lanes=lanes, listen=watch,
            )  # fmt: skip
        if as_json:
            data({"schema": 1, **asdict(summary), "warnings": summary.warnings})
        else:
            show_judging(summary, study, run or "seeds")
    elif calibrate:
        calibration, accepted = study.calibrate(task)
        if as_json:
            data({"schema": 1, **asdict(calibration), "acceptance": [asdict(one) for one in accepted]})
        else:
            show_calibration(calibration, accepted, study)
    else:
        _train(study, as_json)


def _train(study: Study, as_json: bool) -> None:
    with working("Training the inspector") as listen:
        report = study.judges(listen=listen)
    if as_json:
        data({"schema": 1, **asdict(report)})
        return
    show(report)
    note(f"Inspector: {study.folder.root}/models/inspector.json")
    if not any(found.may_judge for found in report.values):
        hint(f"It ranks only. More pairs can earn it more: {command('import', study.folder.root, 'pairs.csv')}")


def _kind(seeds: str | None) -> str | None:
    found = seeds.removesuffix("s") if seeds else seeds
    if found not in (None, "question", "triple"):
        raise UsageError(f"--seeds {seeds}: there are none", hint="It is question or triple.")
    return found


def _states(states: str) -> str:
    if states not in ("kept", "rejected", "generated"):
        raise UsageError(f"--states {states}: there are none", hint="It is kept, rejected or generated.")
    return states


def _prompts(as_json: bool) -> None:
    from seedbed.judges.model import PROMPT_VERSION, shown

    if as_json:
        data({"schema": 1, "versions": dict(PROMPT_VERSION), "prompts": shown()})
        return
    for name, words in shown().items():
        print(f"{name}\n{'-' * len(name)}\n{words}\n")


def show_judging(found: JudgingSummary, study: Study, source: str) -> None:
    """What a judging run came to: labels, what has none and why, what it cost, and that it is no verdict yet."""
    note(f"{found.name}: {found.rows:,} rows judged by {found.model} ({found.prompt_version})")
    table(("label", "judgements"), list(found.said.items()))
    for reason, count in found.without.items():
        note(f"  no verdict: {count:,} {reason}")
    for reason, count in found.skipped.items():
        note(f"  not asked: {count:,} rows, each {reason}")
    spent = found.prompt_tokens + found.completion_tokens
    note(f"  {found.questions:,} questions: {found.calls:,} calls, {spent:,} tokens; {found.cached:,} asked before")
    for warning in found.warnings:
        note(f"  Warning: {warning}")
    if found.stopped_by:
        note(f"  Stopped: {found.stopped_by}. The same command goes on from there.")
    root, kind = study.folder.root, found.kind
    new = command("review", root, "new", found.name[:40], "--kind", kind, "--method", "stratified", "--size", 100)
    hint(f"No word of it counts before people rated some of these rows: {new} --of {source} --by NAME")
    hint(f"Then: {command('judges', root, '--calibrate')}")


def show_calibration(found: Calibration, accepted: tuple[Accepted, ...], study: Study) -> None:
    """Each judge on each claim and value: its figures, whether it may judge, and what is missing."""
    from seedbed.judges.calibrating import LEAST_OF_SLICE
    from seedbed.measures.definition import NotApplicable

    if not found.found:
        note("No row was both judged and rated.")
        root = study.folder.root
        hint(f"Judge rows: {command('judges', root, '--ask', 'relevance')} --run NAME")
        new = command("review", root, "new", "fit", "--kind", "question")
        hint(f"Have people rate some of them: {new} --of NAME --by YOU")
        return
    for by in dict.fromkeys(one.by for one in found.found):
        own = [one for one in found.found if one.by == by]
        whole = [one for one in own if one.slice in ("", "value")]
        note(f"\n{by}")
        columns = ["claim", "on", "rows", "kappa", "people's kappa", "no verdict", "it"]
        table(columns, [_calibration_row(one) for one in whole])
        columns = ["claim", "on", "sensitivity", "specificity"]
        table(columns, [[one.claim, _where(one), *_figures(one, "sensitivity", "specificity")] for one in whole])
        for one in whole:
            if one.reasons:
                note(f"  {one.claim}, {_where(one)}: gives no verdict, because {'; '.join(one.reasons)}. {_more(one)}")
        most = {one.claim: one.rows for one in whole if not one.slice}
        parts = [one for one in own if one not in whole and LEAST_OF_SLICE <= one.rows < most[one.claim]]
        if parts:
            table(["claim", "slice", "rows", "kappa", "no verdict"], [
                [one.claim, _where(one), one.rows, *_figures(one, "kappa", "no_verdict")] for one in parts
            ])  # fmt: skip
        if left_out := sum(one.rows < LEAST_OF_SLICE for one in own if one not in whole):
            note(f"  {left_out} slices of under {LEAST_OF_SLICE} rows are not shown.")
    shares = [one for one in accepted if one.rated]
    if shares:
        note("\nShare of rows of which the claim holds")
        columns = ["claim", "rows of", "judge", "as it says", "corrected", "with the ratings"]
        table(columns, [[
            f"{one.claim} {one.part}".strip(), one.written_by, one.by.split("/")[1], _number(one.raw),
            _number(one.corrected), _number(one.powered),
        ] for one in shares])  # fmt: skip
        if any(not isinstance(share.powered, NotApplicable) for share in shares):
            note("  With the ratings: holds where the rated rows were drawn from these at random, and nowhere else.")
        for share in shares:
            if isinstance(share.corrected, NotApplicable):
                note(f"  {share.claim} {share.part}".rstrip() + f": not corrected, because {share.corrected.reason}.")
    note(f"Calibration: {study.folder.root}/judgements/calibration.json")


def _calibration_row(one: Calibrated) -> list[Any]:
    stands = "judges" if one.earned else "unverified"
    return [one.claim, _where(one), one.rows, *_figures(one, "kappa", "human_kappa", "no_verdict"), stands]


def _where(one: Calibrated) -> str:
    if one.slice in ("", "value"):
        return one.label or "all rows"
    return f"{one.slice.replace('_', ' ')}: {one.label}"


def _figures(one: Calibrated, *names: str) -> list[str]:
    return [_number(one.figures.get(name)) for name in names]


def _more(one: Calibrated) -> str:
    if not one.more_would_do:
        return "More ratings of rows like these would not do."
    return f"At least {one.more_ratings:,} more rated rows would settle it." if one.more_ratings else "Rate more rows."


def show(report: InspectorReport) -> None:
    """The table of values, what length alone would have said, and what keeps a value from being judged."""
    columns = ["value", "pairs", "accuracy", "AUROC", "kappa", "ECE", "by length alone", "it"]
    table(columns, [_row(found) for found in report.values])
    for reason, count in report.left_out.items():
        note(f"  left out: {count} {reason}")
    null = report.shuffled
    note(
        f"  labels shuffled {null.times} times: AUROC {null.mean:.2f}, up to {null.upper:.2f}; "
        f"the true labels {null.auroc:.2f} (p = {null.p:.3f})"
    )
    for found in report.values:
        if not found.may_judge:
            note(f"  {_name(found)}: ranks only, because {'; '.join(found.reasons)}. {_missing(found)}")


def _row(found: ValueReport) -> list[Any]:
    shown = [_number(found.figures.get(name)) for name in ("accuracy", "auroc", "kappa", "ece")]
    length = _number(found.length.get("accuracy"))
    return [_name(found), found.pairs, *shown, length, "judges" if found.may_judge else "ranks"]


def _missing(found: ValueReport) -> str:
    more = f"At least {found.more_pairs:,} more pairs are needed" if found.more_pairs else ""
    if found.more_would_do:
        return f"{more}." if more else ""
    return f"{more}, and pairs like these would not do." if more else "More pairs like these would not do."


def _name(found: ValueReport) -> str:
    return "all values" if found.value is None else found.value


def _number(found: Number | None) -> str:
    value, low, high = (getattr(found, name, None) for name in ("value", "low", "high"))
    if value is None:
        return "–"
    return f"{value:.2f}" + (f" [{low:.2f}, {high:.2f}]" if low is not None and high is not None else "")
