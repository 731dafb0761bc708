"""Running the server: bind, hold the studies, say where it is, serve until told to stop, and stop without a loss."""

from __future__ import annotations

import contextlib
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from seedbed.errors import MissingExtra, UsageError
from seedbed.server.config import ServerConfig, is_loopback
from seedbed.settings import load_settings
from seedbed.study import Folder, hold

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

__all__ = ["SERVE_LOCK", "check_reach", "serve", "uvicorn_config"]

SERVE_LOCK = ".serve.lock"  # in a study's folder; whoever holds it may write its live documents

_STOP_WITHIN = 10  # seconds for what is under way; then what is still open is cut
_FRAME_HEAD = 1024  # a frame is an update and a few bytes


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


def serve(config: ServerConfig, studies: Mapping[str, Folder], *, ready: Callable[[FastAPI], None]) -> None:
    """Serve until SIGINT or SIGTERM. `ready` is called with the application once people can come; port 0 is any.

    Raises UsageError when the address cannot be bound, Busy when another server holds a study, MissingExtra.
    """
    try:
        import uvicorn

        from seedbed.server.app import create_app
    except ImportError as error:
        raise MissingExtra(f"The server needs more packages: {error}", hint="pip install 'seedbed[serve]'") from None

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            # What was imported is 95,000 objects that never go away; looking through them for garbage stops the event
            # loop for 50 ms, again and again while people type. Put aside, and looked for more seldom.
            gc.collect()
            gc.freeze()
            gc.set_threshold(10_000, 20, 100)
            if self.started:
                ready(app)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # first, while the sockets are open: the pages are told, and come back by themselves
            await app.state.stop()
            await super().shutdown(sockets)

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            # uvicorn's own raises the signal again at the end, and the locks and the last lines would be lost
            before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

    with contextlib.ExitStack() as held:
        for name, folder in studies.items():
            held.enter_context(hold(folder.root / SERVE_LOCK, what=f"The study {name}"))
        listening = held.enter_context(_bound(config))
        # The log's thread needs the interpreter some ten times a commit, and waits up to this long each time that the
        # event loop is busy: by default 5 ms. At 300 people a shorter turn took a third off the slowest deliveries.
        sys.setswitchinterval(0.0005)
        app = create_app(replace(config, port=listening.getsockname()[1]), studies)
        Server(uvicorn_config(app, studies)).run(sockets=[listening])


def uvicorn_config(app: FastAPI, studies: Mapping[str, Folder]) -> uvicorn.Config:
    """uvicorn as this server needs it."""
    import uvicorn

    from seedbed.server import heads, wire

    largest = max(load_settings(folder).workshop.limits.update for folder in studies.values())
    config = uvicorn.Config(
        app,
        loop="auto",
        http=heads.Protocol,
        ws=wire.Protocol,
        ws_per_message_deflate=False,  # costs 316 KiB a connection
        ws_ping_interval=None,  # the pages ping, and both sides count silence
        ws_max_size=largest + _FRAME_HEAD,
        proxy_headers=False,  # see addresses: it counts by /64 and believes only who was named
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=_STOP_WITHIN,
        limit_concurrency=4000,
    )
    # its lines have addresses, queries and join codes
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    return config


def _bound(config: ServerConfig) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        return socket.create_server((config.host, config.port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"Cannot serve at {config.host} port {config.port}: {error}",
            hint="Another program may be there; choose another with --port.",
        ) from None
