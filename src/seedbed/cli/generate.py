"""seedbed generate"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, EndpointUrl, KeyEnv, Model, StudyFolder
from seedbed.cli.console import data, funnel, hint, note, watch_run
from seedbed.errors import UsageError


def generate(
    folder: StudyFolder,
    stage: Annotated[
        str, typer.Option(help="questions (from seed questions) or triples (from seed pairs).")
    ] = "questions",
    endpoint: EndpointUrl = None,
    model: Model = None,
    key_env: KeyEnv = None,
    target: Annotated[int | None, typer.Option(metavar="N", help="How many candidates to make.")] = None,
    run: Annotated[
        str | None, typer.Option(metavar="NAME", help="The run's name. Left out: named after the stage.")
    ] = None,
    value: Annotated[str | None, typer.Option(metavar="ID", help="Triples: the value dimension.")] = None,
    prompts: Annotated[str | None, typer.Option(metavar="RUN", help="Triples: whose kept questions to answer.")] = None,
    without_seeds: Annotated[
        bool, typer.Option("--without-seeds", help="The control: the same plan and prompts, with no example in them.")
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="Comparison rows: one candidate a prompt, no lead-ins, no gates.")
    ] = False,
    control_of: Annotated[
        str | None, typer.Option(metavar="RUN", help="The run that this one is the control for.")
    ] = None,
    lanes: Annotated[int | None, typer.Option(metavar="N", help="Requests in flight.")] = None,
    rejudge: Annotated[
        bool, typer.Option("--rejudge", help="The gates have changed: judge the same replies anew, with no new call.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Grow rows from seeds. Stopped at any point, the same command goes on from there and repeats nothing.

    Without --endpoint the small model that comes with Seedbed writes, on this machine. Triples that it makes are
    proposals: they wait for a person and are not released.
    """
    from seedbed.acts import Study
    from seedbed.generate.run import check_stage

    study = Study.open(folder)
    wanted = check_stage(stage)
    with watch_run(f"Making {wanted}") as listen:
        summary = study.generate(
            stage=wanted, run=run, target=target, value=value, with_seeds=not without_seeds, raw=raw,
            control_of=control_of, prompts_from=prompts, endpoint=endpoint_settings(endpoint, model, key_env),
            lanes=lanes, rejudge=rejudge, listen=listen,
        )  # fmt: skip
    if as_json:
        from dataclasses import asdict

        data({"schema": 1, **asdict(summary)})
    else:
        funnel(summary.name, summary.generated, summary.kept, summary.failed, summary.reasons)
    if not summary.complete:
        note("Stopped before the end; all that arrived is saved.")
        hint("Run the same command again to go on.")
        raise typer.Exit(130)
    if not as_json:
        hint(f"seedbed assess {folder}")


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
        first = error.errors()[0]
        name = {"url": "--endpoint", "key_env": "--key-env", "model": "--model"}.get(str(first["loc"][0]), "--endpoint")
        raise UsageError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
