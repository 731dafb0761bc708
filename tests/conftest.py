"""No test reaches the network, none is dropped, and where skipping is forbidden a skip is a failure."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# before anything reads numpy: two threads at a matrix of 94 rows take fifty times the CPU of one, and wait for each
# other where other tests have the cores
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tests.counted import Counted, tell_apart, twice
from tests.ordered import long_first

# A deadline by the clock says how busy the machine is
hypothesis.settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy machine")

FORBID_SKIPS = bool(os.environ.get("SEEDBED_FORBID_SKIPS"))


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # not in a process of xdist's
        config.pluginmanager.register(Counted())


def pytest_itemcollected(item: pytest.Item) -> None:
    tell_apart(item)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if same := twice(items):
        raise pytest.UsageError(f"several tests have one id, and all but one may be dropped: {', '.join(same[:3])}")
    if "PYTEST_XDIST_WORKER" in os.environ:
        items[:] = long_first(items)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections go to this machine or nowhere."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if isinstance(address, tuple) and not _is_loopback(host):
            raise AssertionError(f"a test wanted to reach {host}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome: Any = yield
    report = outcome.get_result()
    if FORBID_SKIPS and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped where skipping is forbidden: {report.longrepr}"


@pytest.fixture(scope="session")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study, curated; copy it before changing anything."""
    from tests.studies import make_curated

    return make_curated(tmp_path_factory.mktemp("curated") / "study")
