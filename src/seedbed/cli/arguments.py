"""Arguments and options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AsJson", "EndpointUrl", "KeyEnv", "Model", "NewStudy", "StudyFolder"]

StudyFolder = Annotated[Path, typer.Argument(metavar="DIR", help="The study's folder.", show_default=False)]
NewStudy = Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, for programs.")]
EndpointUrl = Annotated[
    str | None,
    typer.Option("--endpoint", metavar="URL", help="An OpenAI-compatible address, such as http://127.0.0.1:8000/v1."),
]
Model = Annotated[str | None, typer.Option(metavar="NAME", help="The model's name at that address.")]
KeyEnv = Annotated[
    str | None, typer.Option("--key-env", metavar="NAME", help="The environment variable that holds the key.")
]
