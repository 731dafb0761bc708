"""seedbed demo"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from seedbed.cli.arguments import EndpointUrl, KeyEnv, Model
from seedbed.cli.console import command, funnel, hint, note, stage, watch_run, working

_STAGES = 9


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where the study goes.")] = Path("demo"),
    endpoint: EndpointUrl = None,
    model: Model = None,
    key_env: KeyEnv = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A small demo: a sixth of the candidates, three triples.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew beside an earlier demo, as DIR-2, DIR-3, …")
    ] = False,
) -> None:
    """The whole road on the sample study, on this machine: seeds → questions → triples → tests → report → release.

    A 135-million-parameter model writes on your CPU, so that nothing is sent anywhere and nothing has to be set up.
    Stopped, the same command goes on where it was.
    """
    from seedbed.cli.generate import endpoint_settings

    began = time.monotonic()
    writer = endpoint_settings(endpoint, model, key_env)
    if fresh:
        folder = _unused(folder)
    name = model or "SmolLM2-135M"
    note(f"Seedbed demo: people's seeds become a measured, documented dataset, in {folder}/")
    study = _study(folder)
    chosen = _curate(study)

    stage(3, _STAGES, "Questions", f"{name} writes; every candidate meets the gates")
    with watch_run("Starting the model") as listen:
        questions = study.generate(endpoint=writer, candidates=80 if quick else 480, listen=listen)
    _show(questions)

    stage(4, _STAGES, "Control", "the same prompts with and without your seeds, no gates, to see what the seeds do")
    for run, with_seeds, title in (("with-seeds", True, "With seeds"), ("without-seeds", False, "Without seeds")):
        with watch_run(title) as listen:
            summary = study.generate(
                run=run, with_seeds=with_seeds, raw=True, candidates=12 if quick else 60, endpoint=writer,
                listen=listen, control_of=None if with_seeds else "with-seeds",
            )  # fmt: skip
        _show(summary, raw=True)

    stage(5, _STAGES, "Triples", "misaligned → critique → aligned, for the value of fairness")
    if questions.kept:
        _triples(study, writer, quick)
    else:
        note("  No question was kept, so there is none to answer; the report says why.")

    stage(6, _STAGES, "Assessment", "diversity, sensibility, relevance; seeds, synthetic rows and control alike")
    with working("Assessing") as listen_work:
        study.assess(listen=listen_work)

    stage(7, _STAGES, "What the seeds did", "tested on the rows with and without them; nothing more is generated")
    with working("Testing") as listen_work:
        tested = study.propagate(listen=listen_work)
        study.seed_yield("questions", listen=listen_work)
    for part in tested.headline.split("; "):
        note(f"  {part}")

    stage(8, _STAGES, "Report", "the paper's seven figures, with what stands behind each")
    with working("Drawing") as listen_work:
        page = study.report(listen=listen_work)
    note(f"  {page}")

    stage(9, _STAGES, "Release", "the rows, their card and checksums")
    _release(study)

    note("")
    note(f"Done in {_minutes(time.monotonic() - began)}: {chosen} seeds → {questions.generated:,} generated, "
         f"{questions.kept:,} kept.")  # fmt: skip
    note(f"  Read the report: {page.resolve()}")
    again = command("demo", f"{folder}-real", "--endpoint", "URL", "--model", "NAME")
    hint(again if writer is None else command("status", folder))


def _study(folder: Path) -> Any:
    from seedbed.acts import Study, sample_folder
    from seedbed.errors import UsageError

    stage(1, _STAGES, "Seeds", "94 questions and 40 response pairs, as four groups of people write them")
    if (folder / "study.toml").exists():
        study = Study.open(folder)
        if study.settings.title != _TITLE:
            raise UsageError(f"{folder} holds another study", hint=f"Choose another folder: seedbed demo {folder}-demo")
        note("  The demo was begun before; going on where it was.")
    else:
        study = Study.new(folder, title=_TITLE, taxonomy=sample_folder() / "taxonomy.json")
    for report in study.import_sample():
        note(f"  {report.file.name}: {report.rows_in} rows")
    return study


_TITLE = "The sample study"


def _curate(study: Any) -> int:
    stage(2, _STAGES, "Curation", "a rule and a reason for every seed; evaluation seeds set apart before any prompt")
    with working("Curating") as listen:
        report = study.curate(listen=listen)
    excluded = len(study.curation().excluded)
    questions, pairs = len(report.selected_questions), len(report.selected_triples)
    note(f"  {report.questions} questions, {report.triples} pairs; {excluded} held back by rules")
    note(f"  {questions} questions and {pairs} pairs chosen as the examples that prompts will show")
    for warning in report.warnings[:3]:
        note(f"  {warning}")
    return len(report.selected_questions)


def _show(summary: Any, *, raw: bool = False) -> None:
    if raw:
        note(f"  {summary.name}: {summary.generated} rows, with no gate")
    else:
        funnel(summary.name, summary.generated, summary.kept, summary.failed, summary.reasons)
    if not summary.complete:
        note("Stopped; all that arrived is saved.")
        hint("Run the same command again to go on.")
        raise typer.Exit(130)


def _triples(study: Any, writer: Any, quick: bool) -> None:
    with watch_run("Starting the model") as listen:
        made = study.generate(
            stage="triples", prompts_from="questions", candidates=3 if quick else 12, endpoint=writer, listen=listen
        )
    _show(made)
    if writer is None:
        note("  In a trial of this model one reader found three triples in ten usable. So these are proposals: they")
        note("  wait for a person, stand in the report with their reasons, and are not released.")


def _release(study: Any) -> None:
    from seedbed.cli.release import show

    number = 1
    while study.folder.release(f"1.{number - 1}").exists():
        number += 1
    with working("Releasing") as listen:
        made = study.release(f"1.{number - 1}", listen=listen)
    show(made)


def _unused(folder: Path) -> Path:
    number = 1
    wanted = folder
    while wanted.exists():
        number += 1
        wanted = folder.with_name(f"{folder.name}-{number}")
    return wanted


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
