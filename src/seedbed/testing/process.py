"""The mock endpoint as a process of its own, whose counts outlive a client that is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Self

from seedbed.errors import UsageError
from seedbed.llm.settings import EndpointSettings

__all__ = ["MockProcess"]

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class MockProcess:
    """`with MockProcess("--latency-ms", "200") as mock:` runs `python -m seedbed.testing` with those arguments.

    It ends with the block, or when this process ends in any way.
    """

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._child: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._child = subprocess.Popen(
            [sys.executable, "-m", "seedbed.testing", "--until-eof", *self._arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            self.__exit__()
            raise UsageError("the mock endpoint did not start; its own message is above")
        self.url = json.loads(line)["url"]
        return self

    def __exit__(self, *_: object) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.close()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        if self._child is None:
            raise UsageError("the mock endpoint does not run: use it in `with`")
        return self._child.pid

    def settings(self, **more: Any) -> EndpointSettings:
        """Settings that name this endpoint."""
        return EndpointSettings(**{"url": self.url, "model": "mock", **more})

    def stats(self) -> dict[str, Any]:
        """The figures of MockEndpoint.stats(), asked over HTTP."""
        figures: dict[str, Any] = self._get("/stats")
        return figures

    def requests(self) -> list[str]:
        """Digests of all requests, in the order of arrival."""
        names: list[str] = self._get("/requests")
        return names

    def _get(self, path: str) -> Any:
        with _OPENER.open(self.url.removesuffix("/v1") + path, timeout=30) as answer:
            return json.load(answer)
