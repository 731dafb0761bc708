"""Running the server: bind, hold the studies, say where it is, serve until told to stop, and stop without a loss."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from seedbed.errors import UsageError
from seedbed.server.config import ServerConfig, is_loopback
from seedbed.server.serving.bound import SERVE_LOCK as SERVE_LOCK
from seedbed.server.serving.bound import bound, held
from seedbed.server.serving.one import Serving, run, uvicorn_config
from seedbed.server.serving.several import supervise
from seedbed.study import Folder

__all__ = ["SERVE_LOCK", "Serving", "check_processes", "check_reach", "serve", "uvicorn_config"]


def check_reach(config: ServerConfig, *, insecure_http: bool) -> None:
    """Raises UsageError for a server that others can reach without TLS, unless that was said."""
    if insecure_http or is_loopback(config.host) or config.secure:
        return
    if config.public_url is not None:
        reason = f"People would type passwords and texts into {config.public_url}, which everybody on the way can read."
    else:
        reason = f"Bound to {config.host} without TLS, everybody on the way can read passwords and texts."
    raise UsageError(
        reason,
        hint="Put a proxy with a certificate in front and give its address: --public-url https://… (docs/hosting.md). "
        "In a network where everybody may read everything, say --insecure-http.",
    )


def check_processes(processes: int, studies: Mapping[str, Folder]) -> None:
    """Raises UsageError for several processes at a study whose store takes one."""
    for name, folder in studies.items():
        if processes > 1 and not folder.store_url():
            raise UsageError(
                f"The study {name} is kept in people.db, which one process serves",
                hint="Leave --processes out, or move the study to PostgreSQL: seedbed backup, then"
                " seedbed restore --database URL (docs/hosting.md).",
            )


def serve(
    config: ServerConfig, studies: Mapping[str, Folder], *, ready: Callable[[Serving], None], processes: int = 1
) -> None:
    """Serve until SIGINT or SIGTERM. `ready` is called once people can come; port 0 is any.

    Raises UsageError when the address cannot be bound, Busy when another server holds a study, MissingExtra.
    """
    check_processes(processes, studies)
    with contextlib.ExitStack() as kept:
        kept.enter_context(held(studies))
        listening = kept.enter_context(bound(config))
        config = replace(config, port=listening.getsockname()[1])
        if processes == 1:
            run(config, studies, listening, ready=ready)
        else:
            supervise(config, studies, listening, ready=ready, processes=processes)
