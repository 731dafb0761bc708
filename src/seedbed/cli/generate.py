"""seedbed generate"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from seedbed.cli.arguments import AsJson, EndpointUrl, KeyEnv, Model, StudyFolder
from seedbed.cli.console import command, data, funnel, hint, note, table, watch_run
from seedbed.errors import EndpointError, UsageError

if TYPE_CHECKING:
    from seedbed.preparing import Options


def generate(
    folder: StudyFolder,
    stage: Annotated[
        str, typer.Option(help="questions (from seed questions), triples (from seed pairs), or topics (narrower ones).")
    ] = "questions",
    endpoint: EndpointUrl = None,
    model: Model = None,
    key_env: KeyEnv = None,
    writer: Annotated[
        str | None, typer.Option(metavar="NAME", help="The writer: a name under \\[endpoints] in study.toml.")
    ] = None,
    target: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="How many rows to KEEP; it goes on until it has them.")
    ] = None,
    candidates: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Instead: make so many, whatever becomes of them.")
    ] = None,
    run: Annotated[
        str | None, typer.Option(metavar="NAME", help="The run's name. Left out: named after the stage.")
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Triples: the value. Given again, a run for each; A+B, both in one triple."),
    ] = None,
    judge: Annotated[
        str | None, typer.Option(metavar="NAME", help="Triples: the model that judges, a name under \\[endpoints].")
    ] = None,
    prompts: Annotated[str | None, typer.Option(metavar="RUN", help="Triples: whose kept questions to answer.")] = None,
    topic: Annotated[list[str] | None, typer.Option(metavar="ID", help="Triples: only questions on it.")] = None,
    question_type: Annotated[
        list[str] | None, typer.Option("--type", metavar="ID", help="Triples: only questions of this type.")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Triples: so many of the questions, from all cells."),
    ] = None,
    topics: Annotated[
        str | None, typer.Option(metavar="RUN", help="Questions: the run whose topics narrow the plan's.")
    ] = None,
    without_seeds: Annotated[
        bool, typer.Option("--without-seeds", help="The control: the same plan and prompts, with no example in them.")
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="Comparison rows: one candidate a prompt, no lead-ins, no gates.")
    ] = False,
    control_of: Annotated[
        str | None, typer.Option(metavar="RUN", help="The run that this one is the control for.")
    ] = None,
    pilot: Annotated[
        int | None,
        typer.Option(metavar="N", min=8, help="Stop after N requests and forecast the rest; 30 is a good number."),
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(metavar="X", min=0, help="Stop before the run has cost more (prices in study.toml).")
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Stop before the run has used more tokens.")
    ] = None,
    max_time: Annotated[
        str | None, typer.Option(metavar="TIME", help="Stop this session after so long: 90s, 30m, 2h.")
    ] = None,
    lanes: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=4096, help="Requests in flight. Left out: as many as help, found out."),
    ] = None,
    engine: Annotated[
        str | None, typer.Option(metavar="local|ray", help="Where requests are made: here, or by Ray's actors.")
    ] = None,
    address: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Ray: the cluster; or auto.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", min=1, help="Ray: how many actors.")] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="ROW", help="Show how one row came about, from its plan to its verdict.")
    ] = None,
    rejudge: Annotated[
        bool,
        typer.Option(
            "--rejudge", help="The gates have changed: judge the same replies anew. A target is then topped up."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Grow rows from seeds. Stopped at any point, the same command goes on from there and repeats nothing.

    Without --endpoint the small model that comes with Seedbed writes, on this machine. Triples that it makes are
    proposals: they wait for a person and are not released.
    """
    from seedbed.acts import Study
    from seedbed.engine import read_run

    study = Study.open(folder)
    if control_of is not None:
        read_run(study.folder.run(control_of))
    if engine not in (None, "local", "ray"):
        raise UsageError(f"--engine {engine}: there is none", hint="It is local or ray")
    settings, seconds = endpoint_settings(endpoint, model, key_env), _seconds(max_time)
    made = []
    for values in _values(value):
        wanted: Options = {
            "stage": cast(Any, stage), "run": _run_name(run, stage, values, value), "target": target,
            "candidates": candidates, "values": values, "with_seeds": not without_seeds, "raw": raw,
            "control_of": control_of, "prompts_from": prompts, "topic": topic, "question_type": question_type,
            "sample": sample, "topics_from": topics, "endpoint": settings, "writer": writer, "judge": judge,
            "lanes": lanes, "pilot": pilot, "max_cost": max_cost, "max_tokens": max_tokens, "max_seconds": seconds,
            "engine": cast(Any, engine), "workers": workers, "address": address,
        }  # fmt: skip
        if explain is not None:
            from seedbed.cli.explain import show_explanation

            show_explanation(study.explain(explain, **wanted))
            return
        with watch_run(f"Making {stage}") as listen:
            summary = study.generate(rejudge=rejudge, listen=listen, **wanted)
        made.append(summary)
        if summary.failed and not summary.generated:
            raise EndpointError(
                f"None of the {summary.failed} rows got a usable reply",
                hint=f"Each error stands in {study.folder.run(summary.name)}/journal.db, calls.error. Run the same "
                "command again to try once more.",
            )
        if not as_json:
            _show(summary, study)
            if pilot is not None and not summary.complete:
                _forecast(study, wanted)
        if not summary.complete:
            break
    if as_json:
        from dataclasses import asdict

        told = [{"schema": 1, **asdict(summary)} for summary in made]
        data(told[0] if len(told) == 1 else told)
    if not made[-1].complete:
        if made[-1].stopped_by:
            if not as_json:
                hint("The same command without that limit goes on from here.")
            return
        note("Stopped before the end; all that arrived is saved.")
        hint("Run the same command again to go on.")
        raise typer.Exit(130)
    if not as_json:
        hint(_next_step(folder, stage, made[-1]))


def _show(summary: Any, study: Any) -> None:
    """The funnel, what came beyond the target, and the cells that were given up."""
    funnel(summary.name, summary.generated, summary.kept, summary.failed, summary.reasons)
    if summary.over_target:
        note(f"  {summary.over_target:,} of the kept are beyond the target or their cell's share, and marked so.")
    if summary.cost:
        note(
            f"  {summary.cost:,.2f} {summary.currency} for {summary.prompt_tokens + summary.completion_tokens:,} tokens"
        )
    if summary.stopped_by:
        note(f"  Stopped: {summary.stopped_by}.")
    if summary.complete and summary.shortfalls:
        lacking = sum(cell.wanted - cell.accepted for cell in summary.shortfalls)
        note(f"  {lacking:,} of {summary.target:,} rows short: these brought nothing more and were given up:")
        rows = [(cell.cell, cell.wanted, cell.accepted, cell.tried) for cell in summary.shortfalls[:12]]
        table(("", "wanted", "kept", "tried"), rows)
        if len(summary.shortfalls) > 12:
            note(f"  … and {len(summary.shortfalls) - 12} more, in {study.folder.run(summary.name)}/summary.json")
        hint("More seeds there, a looser gate, another model, or generate.questions.patience help.")


def _next_step(folder: Any, stage: str, made: Any) -> str:
    if stage != "topics":
        return command("assess", folder)
    return command("generate", folder, "--topics", made.name) if made.kept else command("runs", folder)


def _forecast(study: Any, wanted: Options) -> None:
    from seedbed.generate.forecast import lines

    note("Forecast, from what was done so far:")
    for line in lines(study.forecast(**wanted)):
        note(f"  {line}")


def _values(given: list[str] | None) -> list[list[str] | None]:
    """The values of each run to make: one run for each --value, which may join several by +."""
    return [one.split("+") for one in given] if given else [None]


def _run_name(run: str | None, stage: str, values: list[str] | None, given: list[str] | None) -> str | None:
    """As given; where several values make several runs, each is named after its own."""
    if values is None or given is None or len(given) < 2:
        return run
    return f"{run or stage}-{'-'.join(values)}"


def _seconds(text: str | None) -> float | None:
    """90, 90s, 30m, 2h or 1h30m in seconds."""
    if text is None:
        return None
    found = re.fullmatch(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s?)?", text.strip())
    seconds = sum(float(n or 0) * unit for n, unit in zip(found.groups(), (3600, 60, 1), strict=True)) if found else 0
    if not seconds:
        raise UsageError(f"--max-time {text}: that is no time", hint="As in 90s, 30m or 2h")
    return seconds


def endpoint_settings(url: str | None, model: str | None, key_env: str | None) -> Any:
    """Settings of an endpoint given on the command line; None when none is. Raises UsageError for half of one."""
    if url is None:
        if model or key_env:
            raise UsageError("--model and --key-env belong to --endpoint", hint="Add --endpoint URL")
        return None
    if not model:
        raise UsageError("--endpoint needs --model", hint="Name the model as the endpoint knows it: --model NAME")
    from pydantic import ValidationError

    from seedbed.llm.settings import EndpointSettings

    try:
        return EndpointSettings(url=url, model=model, key_env=key_env)
    except ValidationError as error:
        # the message only: what was typed may be a key
        first = error.errors(include_input=False)[0]
        words = first["msg"].removeprefix("Value error, ")
        field = str(first["loc"][0]) if first["loc"] else words.split()[0]  # errors of the whole have no place
        option, next_step = _OPTIONS.get(field, _OPTIONS["url"])
        raise UsageError(f"{option}: {words}", hint=next_step) from None


_OPTIONS = {
    "url": ("--endpoint", "As in: --endpoint http://127.0.0.1:8000/v1 --model NAME"),
    "model": ("--model", "Name the model as the endpoint knows it: --model NAME"),
    "key_env": (
        "--key-env",
        "export OPENAI_API_KEY=… and then: --key-env OPENAI_API_KEY. A key typed on a command line stays in the "
        "shell's history.",
    ),
}
