"""seedbed generate"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, EndpointUrl, KeyEnv, Model, StudyFolder
from seedbed.cli.console import command, data, funnel, hint, note, watch_run
from seedbed.errors import EndpointError, UsageError


def generate(
    folder: StudyFolder,
    stage: Annotated[
        str, typer.Option(help="questions (from seed questions) or triples (from seed pairs).")
    ] = "questions",
    endpoint: EndpointUrl = None,
    model: Model = None,
    key_env: KeyEnv = None,
    target: Annotated[int | None, typer.Option(metavar="N", min=1, help="How many candidates to make.")] = None,
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
    lanes: Annotated[int | None, typer.Option(metavar="N", min=1, max=4096, help="Requests in flight.")] = None,
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
    from seedbed.engine import read_run
    from seedbed.generate.run import check_stage

    study = Study.open(folder)
    wanted = check_stage(stage)
    if control_of is not None:
        read_run(study.folder.run(control_of))
    with watch_run(f"Making {wanted}") as listen:
        summary = study.generate(
            stage=wanted, run=run, target=target, value=value, with_seeds=not without_seeds, raw=raw,
            control_of=control_of, prompts_from=prompts, endpoint=endpoint_settings(endpoint, model, key_env),
            lanes=lanes, rejudge=rejudge, listen=listen,
        )  # fmt: skip
    if summary.failed and not summary.generated:
        raise EndpointError(
            f"None of the {summary.failed} rows got a usable reply",
            hint=f"Each error stands in {study.folder.run(summary.name)}/journal.db, calls.error. Run the same command "
            "again to try once more.",
        )
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
        hint(command("assess", folder))


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
