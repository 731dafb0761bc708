"""What a server holds while it serves: its address, and its studies."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping

from seedbed.errors import UsageError
from seedbed.server.config import ServerConfig
from seedbed.study import SERVE_LOCK, Folder, hold

__all__ = ["SERVE_LOCK", "bound", "held"]


@contextlib.contextmanager
def held(studies: Mapping[str, Folder]) -> Iterator[None]:
    """Hold the studies; those on PostgreSQL together with other servers. Raises Busy."""
    with contextlib.ExitStack() as kept:
        for name, folder in studies.items():
            shared = bool(folder.store_url())
            kept.enter_context(hold(folder.root / SERVE_LOCK, what=f"The study {name}", shared=shared))
        yield


def bound(config: ServerConfig) -> socket.socket:
    """The listening socket. Raises UsageError."""
    try:
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        return socket.create_server((config.host, config.port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"Cannot serve at {config.host} port {config.port}: {error}",
            hint="Another program may be there; choose another with --port.",
        ) from None
