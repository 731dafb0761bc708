"""One of several server processes at a socket: its order comes on standard input, and its end when the input closes."""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seedbed.errors import SeedbedError
from seedbed.server.config import ServerConfig
from seedbed.server.serving.bound import held
from seedbed.server.serving.one import run
from seedbed.study import Folder

__all__ = ["main", "order"]


def order(
    config: ServerConfig, studies: Mapping[str, Folder], listening: socket.socket, setup: str | None
) -> dict[str, Any]:
    """What a child has to know, as JSON."""
    return {
        "config": {
            "home": str(config.home), "host": config.host, "port": config.port, "public_url": config.public_url,
            "proxies": [str(network) for network in config.proxies],
        },
        "studies": {name: str(folder.root) for name, folder in studies.items()},
        "socket": listening.fileno(),
        "setup": setup,
        "access_log": logging.getLogger("seedbed.access").isEnabledFor(logging.INFO),
    }  # fmt: skip


def main() -> int:
    """Serve as the first line of standard input says; says {"ready"} or {"failed"} on standard output."""
    given = json.loads(sys.stdin.readline())
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if given["access_log"]:
        logging.getLogger("seedbed.access").setLevel(logging.INFO)
    proxies = tuple(ipaddress.ip_network(network) for network in given["config"].pop("proxies"))
    config = ServerConfig(**{**given["config"], "home": Path(given["config"]["home"])}, proxies=proxies)
    studies = {name: Folder(Path(root)) for name, root in given["studies"].items()}
    try:
        with held(studies), socket.socket(fileno=given["socket"]) as listening:
            run(
                config, studies, listening, setup=given["setup"], stopping=_when_the_input_closes,
                ready=lambda serving: _say({"ready": {"setup": serving.setup}}),
            )  # fmt: skip
    except SeedbedError as error:
        _say({"failed": {"message": str(error), "hint": error.hint}})
        return error.exit_code
    return 0


def _when_the_input_closes(stop: Callable[[], None]) -> None:
    def wait() -> None:
        sys.stdin.read()
        stop()

    threading.Thread(target=wait, name="seedbed-input", daemon=True).start()


def _say(message: Mapping[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    sys.exit(main())
