"""One embedded model as a process of its own: started by file name, fed by its standard input.

It imports nothing of Seedbed, so that it is ready in the time llama.cpp needs. Its first line of input is a
JSON object (model, alias, key, slots, context, parent, nice); its only line of output says where it listens, or why
it cannot. The key comes by the pipe because arguments and environments can be read by others on the machine.

It ends when its input closes or its parent is another process than before: either happens when the parent
dies, whatever killed it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import Any

__all__: list[str] = []

_POLL_S = 0.5  # how long a server may outlive a parent whose pipe some third process still holds open


def _serve(order: dict[str, Any]) -> tuple[Any, int]:
    import xllamacpp

    p = xllamacpp.CommonParams()
    p.model.path = order["model"]
    p.model_alias = {order["alias"]}  # or replies name the model by its full local path
    p.hostnames = ["127.0.0.1"]
    p.port = 0
    p.api_keys = [order["key"]]
    p.n_parallel = order["slots"]
    p.n_ctx = order["slots"] * order["context"]  # llama.cpp divides it among the slots
    # Two threads on two busy cores were slower than one by more than ten times.
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = 1
    p.cache_ram_mib = 64  # llama.cpp would take up to 8 GiB for prompts it has seen
    p.ui = False
    p.verbosity = 1  # errors only: its log goes to a file that nobody rotates
    server = xllamacpp.Server(p)
    return server, int(str(server.listening_address).rsplit(":", 1)[1])


def _main() -> None:
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # native code that prints must not write into the answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; it then closes our input
    order = json.loads(sys.stdin.readline())
    if (niceness := order.get("nice")) and hasattr(os, "nice"):
        os.nice(niceness)  # before the server's threads begin, which take it over
    orphaned = threading.Event()

    def wait_for_end_of_input() -> None:
        sys.stdin.read()
        orphaned.set()

    threading.Thread(target=wait_for_end_of_input, daemon=True).start()
    try:
        listening = _serve(order)  # the server lives as long as this name
    except Exception as exc:
        print(json.dumps({"error": type(exc).__name__, "message": str(exc)}), file=answer, flush=True)
        return
    print(json.dumps({"port": listening[1]}), file=answer, flush=True)
    while not orphaned.wait(_POLL_S) and os.getppid() == order["parent"]:
        pass
    os._exit(0)  # not an orderly end: the server's own threads may be in the middle of a reply


if __name__ == "__main__":
    _main()
