"""One server process at a socket that is bound."""

from __future__ import annotations

import contextlib
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.errors import MissingExtra
from seedbed.server.config import ServerConfig
from seedbed.settings import load_settings
from seedbed.study import Folder

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

__all__ = ["STOP_WITHIN", "Serving", "run", "uvicorn_config"]

STOP_WITHIN = 10  # seconds for what is under way; then what is still open is cut
_FRAME_HEAD = 1024  # a frame is an update and a few bytes


@dataclass(frozen=True, slots=True)
class Serving:
    """A server to which people can come. `setup` makes the first organiser, once; None when there is one."""

    config: ServerConfig
    studies: tuple[str, ...]
    setup: str | None


def run(
    config: ServerConfig,
    studies: Mapping[str, Folder],
    listening: socket.socket,
    *,
    ready: Callable[[Serving], None],
    setup: str | None = None,
    stopping: Callable[[Callable[[], None]], None] = lambda stop: None,
) -> None:
    """Serve at `listening` until SIGINT or SIGTERM, or until what `stopping` was given is called.

    `setup` is the token of the first organiser, where another process made it. Raises MissingExtra.
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
                token = app.state.home.setup
                ready(Serving(config, tuple(studies), None if token is None else token.token))

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

        def stop(self) -> None:
            self.should_exit = True

    # The log's thread needs the interpreter some ten times a commit, and waits up to this long each time that the
    # event loop is busy: by default 5 ms. At 300 people a shorter turn took a third off the slowest deliveries.
    sys.setswitchinterval(0.0005)
    app = create_app(config, studies, setup=setup)
    server = Server(uvicorn_config(app, studies))
    stopping(server.stop)
    server.run(sockets=[listening])


def uvicorn_config(app: FastAPI, studies: Mapping[str, Folder]) -> uvicorn.Config:
    """uvicorn as this server needs it."""
    import uvicorn

    from seedbed.server.door import heads
    from seedbed.server.live import wire

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
        timeout_graceful_shutdown=STOP_WITHIN,
        limit_concurrency=4000,
    )
    # its lines have addresses, queries and join codes
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    return config
