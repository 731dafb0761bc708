"""seedbed serve"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seedbed.cli.console import command, hint, note

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["ServerHome", "serve"]

ServerHome = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="DIR", envvar="SEEDBED_HOME",
        help="Where the server keeps its accounts and sessions. Left out: seedbed in the user's data folder.",
    ),
]  # fmt: skip


def serve(
    studies: Annotated[list[Path], typer.Argument(metavar="STUDY…", help="The folders of the studies to serve.")],
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to bind; 0 takes a free one.")] = 8765,
    public_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="SEEDBED_PUBLIC_URL",
            help="Where people find the pages, such as https://datathon.example.",
        ),
    ] = None,
    home: ServerHome = None,
    trust_proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS",
            envvar="SEEDBED_TRUST_PROXY",
            help="A proxy, or a network of them, whose X-Forwarded-For is believed. May be given again.",
        ),
    ] = None,
    insecure_http: Annotated[
        bool, typer.Option("--insecure-http", help="Let other machines come without TLS; everything can be read.")
    ] = False,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the pages in this machine's browser.")] = False,
    access_log: Annotated[
        bool, typer.Option("--access-log", help="Print a line for each request; never a name, address or code.")
    ] = False,
) -> None:
    """Serve studies to browsers, where people write together.

    At first it prints a link by which the first organiser sets a password. Ctrl-C stops it; nothing typed is lost.
    """
    import logging

    from seedbed.server.config import ServerConfig, checked_proxies, checked_public_url
    from seedbed.server.home import default_home, named_studies
    from seedbed.server.serving import check_reach
    from seedbed.server.serving import serve as run

    config = ServerConfig(
        home=home or default_home(),
        host=host,
        port=port,
        public_url=None if public_url is None else checked_public_url(public_url),
        proxies=checked_proxies(trust_proxy or []),
    )
    named = named_studies(studies)
    check_reach(config, insecure_http=insecure_http)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if access_log:
        logging.getLogger("seedbed.access").setLevel(logging.INFO)

    def ready(app: FastAPI) -> None:
        tell(app, studies)
        if open_browser:
            typer.launch(_first_page(app))

    run(config, named, ready=ready)
    note("Stopped. Everything that was typed is saved.")


def tell(app: FastAPI, studies: list[Path]) -> None:
    """Where it is, how to come in the first time, and how to invite people."""
    config, setup = app.state.config, app.state.home.setup
    names = ", ".join(app.state.home.studies)
    note(f"Serving {names} at {config.url}" + (f" (bound to {config.host}:{config.port})" if config.public_url else ""))
    if setup is not None:
        note("No organiser yet. This link makes one, once:")
        note(f"  {_first_page(app)}")
    hint(f"Invite people: {command('link', studies[0], '--group', 'A', '--role', 'participant')}")
    note("Ctrl-C stops the server.")


def _first_page(app: FastAPI) -> str:
    # behind #, which browsers keep to themselves: no log has it
    setup = app.state.home.setup
    url: str = app.state.config.url
    return url if setup is None else f"{url}/setup#{setup.token}"
