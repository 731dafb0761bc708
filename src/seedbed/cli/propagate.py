"""seedbed propagate"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, EndpointUrl, KeyEnv, Model, StudyFolder
from seedbed.cli.console import command, data, hint, note, table, watch_run, working
from seedbed.errors import UsageError

if TYPE_CHECKING:
    from seedbed.preparing import Options
    from seedbed.propagate import Propagation, Yields
    from seedbed.propagate.document import Reading


def propagate(
    folder: StudyFolder,
    run: Annotated[
        str | None, typer.Option(metavar="NAME", help="The run to test. Left out: the run of questions with controls.")
    ] = None,
    controls: Annotated[
        bool, typer.Option("--controls", help="First make its controls: without seeds, and with others.")
    ] = False,
    swap: Annotated[
        int | None, typer.Option(metavar="K", min=3, max=24, help="First make runs of K sets of seeds; 6 or more.")
    ] = None,
    dose: Annotated[
        str | None,
        typer.Option(metavar="instructions|length", help="First make runs in which one feature is turned up."),
    ] = None,
    candidates: Annotated[
        int | None, typer.Option(metavar="N", min=8, help="Rows of each such run; never more than the run itself has.")
    ] = None,
    endpoint: EndpointUrl = None,
    model: Model = None,
    key_env: KeyEnv = None,
    writer: Annotated[
        str | None, typer.Option(metavar="NAME", help="The writer, under \\[endpoints]. Left out: that of the run.")
    ] = None,
    lanes: Annotated[int | None, typer.Option(metavar="N", min=1, max=4096, help="Requests in flight.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before runs are made.")] = False,
    yields: Annotated[
        bool, typer.Option("--yield", help="Instead: what every seed and author gave, and what to ask for next.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Test what the seeds did: which features of the rows follow them, and which do not.

    With no option it generates nothing: it tests what is there. Each run that it makes is declared in
    propagation/plan.json first, and can be stopped: the same command goes on from there.
    """
    from seedbed.acts import Study

    chosen = [name for name, given in (("--controls", controls), ("--swap", swap), ("--dose", dose)) if given]
    if len(chosen) > 1 or (yields and chosen):
        raise UsageError(
            f"One at a time: {' and '.join([*chosen, *(['--yield'] if yields else [])])}",
            hint="Give them one after another",
        )
    study = Study.open(folder)
    if yields:
        with working("Counting") as listen:
            found = study.seed_yield(run, listen=listen)
        _yields(found, study.folder.propagation, as_json)
        return
    kind: Any = {"--controls": "controls", "--swap": "swap", "--dose": "dose"}[chosen[0]] if chosen else None
    made = _made(study, kind, run, swap, dose, candidates, _writer(endpoint, model, key_env, writer, lanes), yes)
    if made is None:
        note("Stopped before the end; all that arrived is saved.")
        hint("Run the same command again to go on.")
        raise typer.Exit(130)
    if as_json:
        from seedbed.propagate.store import as_plain

        data(as_plain(made))
        return
    _show(made, folder)


def _writer(url: str | None, model: str | None, key_env: str | None, writer: str | None, lanes: int | None) -> Options:
    from seedbed.cli.generate import endpoint_settings

    settings = endpoint_settings(url, model, key_env)
    wanted: Options = {"lanes": lanes}
    if settings is not None:
        wanted |= {"endpoint": settings, "writer": None}
    if writer is not None:
        wanted |= {"writer": writer, "endpoint": settings}
    return wanted


def _made(
    study: Any, kind: Any, run: str | None, sets: int | None, feature: str | None, candidates: int | None,
    wanted: Options, yes: bool,
) -> Propagation | None:  # fmt: skip
    def agree(said: Any) -> bool:
        for line in said:
            note(f"  {line}")
        if not yes and not typer.confirm("Make them?", err=True):
            note("Nothing was made.")
            raise typer.Exit
        return True

    live = ExitStack()  # a line for each run, begun when the first reply of it comes: before, a question may be asked
    shown: list[Any] = []

    def watch(progress: Any, goal: int) -> None:
        if not shown:
            shown.append(live.enter_context(watch_run("Making a run")))
        shown[0](progress, goal)

    def begin(arm: Any) -> None:
        live.close()
        shown.clear()
        note(f"  {arm.run}: " + (f"{len(arm.seeds)} seeds" if arm.seeds else "no seeds"))

    if kind is None:
        with working("Testing") as listen:
            return study.propagate(run=run, listen=listen)  # type: ignore[no-any-return]
    with live:
        return study.propagate(  # type: ignore[no-any-return]
            run=run, make=kind, sets=sets, feature=feature or "", candidates=candidates, agree=agree, begin=begin,
            watch=watch, **wanted,
        )  # fmt: skip


def _show(made: Propagation, folder: Any) -> None:
    from seedbed.propagate.features import features_of
    from seedbed.propagate.reading import equivalence_words

    note(made.headline)
    note("")
    imported = {run.name for run in made.runs if run.imported}
    for reading in made.readings:
        if reading.run in imported:  # the same of each feature, and said above
            continue
        note(f"  {reading.sentence}{_tested(reading)}")
        if reading.decides:
            note(f"    would decide: {reading.decides}")
    note("")
    words = {one.name: one.words for stage in ("questions", "triples") for one in features_of(stage, {})}
    note("Are the shares of generated rows the seeds'?")
    for one in made.findings:
        if one.finding.test == "T7" and one.rows == "generated":
            note(f"  {words.get(one.finding.feature, one.finding.feature)}: {equivalence_words(one)}")
    for one in made.findings:
        outcome = one.finding.outcome
        if one.finding.test == "T6" and outcome.p is not None and outcome.p <= made.settings["alpha"]:
            note(f"  Do not read the p-values above: a negative control moved ({one.finding.feature}).")
    for remark in made.remarks:
        note(f"  {remark}")
    note("")
    note(f"Written: {folder}/propagation/propagation.json")
    if not imported and not any(run.part in ("no-seed", "other") for run in made.runs):
        hint(command("propagate", folder, "--controls"))


def _tested(reading: Reading) -> str:
    """By which test; two p-values, since the interval beside them is of this feature alone."""
    if reading.p is None or reading.p_holm is None:
        return ""
    corrected = f", {reading.p_holm:.3g} corrected for all features" if reading.p_holm != reading.p else ""
    return f" [{reading.by}, p {reading.p:.3g}{corrected}]"


def _yields(found: Yields, where: Any, as_json: bool) -> None:
    if as_json:
        from seedbed.propagate.yields import as_plain

        data(as_plain(found))
        return
    for kind, title in (("seed", "Seeds"), ("author", "Authors")):
        rows = [
            (one.id, one.rows, one.accepted, _share(one), _near(one), one.advice)
            for one in found.parts
            if one.kind == kind
        ]
        if rows:
            table(("", "rows", "accepted", "share", "nearest", "advice"), rows[:40], title=title)
            note("")
    asked = [
        (f"{cell.topic} / {cell.question_type}", cell.seeds, cell.wanted, cell.accepted, cell.rows)
        for cell in found.ask_for
    ]
    if asked:
        table(("ask for", "seeds", "more", "accepted", "rows"), asked[:20], title="What to ask for next, cell by cell")
    for remark in found.remarks:
        note(f"  {remark}")
    note(f"Written: {where}/yield.json")


def _share(one: Any) -> str:
    value = one.share
    return f"{value.value:.0%} ({value.low:.0%} to {value.high:.0%})" if value.applicable else "–"


def _near(one: Any) -> str:
    return f"{one.nearest:.2f}" if one.nearest is not None else "–"
