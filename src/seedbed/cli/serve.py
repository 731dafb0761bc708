"""seedbed serve"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seedbed.cli.console import command, hint, note

if TYPE_CHECKING:
    from seedbed.server.serving import Serving

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
    processes: Annotated[
        int,
        typer.Option(min=1, max=64, help="Server processes at the address; more than one needs PostgreSQL."),
    ] = 1,
) -> None:
    """Serve studies to browsers, where people write together.

    At first it prints a link by which the first organiser sets a password. Ctrl-C stops it; nothing typed is lost.
    """
    import logging

    from seedbed.server.config import ServerConfig, checked_proxies, checked_public_url
    from seedbed.server.people.home import default_home, named_studies
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

    def ready(serving: Serving) -> None:
        tell(serving, studies, processes)
        if open_browser:
            typer.launch(_first_page(serving))

    run(config, named, ready=ready, processes=processes)
    note("Stopped. Everything that was typed is saved.")


def tell(serving: Serving, studies: list[Path], processes: int = 1) -> None:
    """Where it is, how to come in the first time, and how to invite people."""
    config = serving.config
    where = f" (bound to {config.host}:{config.port})" if config.public_url else ""
    by = f" by {processes} processes" if processes > 1 else ""
    note(f"Serving {', '.join(serving.studies)} at {config.url}{where}{by}")
    if serving.setup is not None:
        note("No organiser yet. This link makes one, once:")
        note(f"  {_first_page(serving)}")
    hint(f"Invite people: {command('link', studies[0], '--group', 'A', '--role', 'participant')}")
    note("Ctrl-C stops the server.")


def _first_page(serving: Serving) -> str:
    # behind #, which browsers keep to themselves: no log has it
    url = serving.config.url
    return url if serving.setup is None else f"{url}/setup#{serving.setup}"
