"""A client's cost is what its larger run takes beyond the smaller one; whoever fails says why."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import generation
from peers._environments import PEERS

DRIVERS = sorted((Path(generation.__file__).parent / "peers").glob("*.py"))

WORK = """
import json, time
calls = {calls}
began = time.monotonic()
until = time.process_time() + 0.2 + calls * 0.002
while time.process_time() < until: pass
print("something else")
print(json.dumps(dict(rows={rows}, cpu=time.process_time(), seconds=time.monotonic() - began)))
"""


def client(rows: str) -> generation.Client:
    return generation.Client("tried", lambda calls, _: [sys.executable, "-c", WORK.format(calls=calls, rows=rows)])


def test_cost_is_marginal() -> None:
    made = client("calls")
    made.measure(10, 210)
    assert made.fault == ""
    assert made.ms[0] == pytest.approx(2.0, rel=0.2)


def test_rows_that_are_missing_are_a_fault() -> None:
    made = client("calls - 1")
    made.measure(1, 2)
    assert made.fault == "made 0 rows of 1"
    assert made.row(1.0)[2:] == ("–",) * 6


def test_a_client_that_fails_is_asked_no_more() -> None:
    made = generation.Client("tried", lambda calls, _: [sys.executable, "-c", "raise SystemExit('no key')"])
    made.measure(1, 2)
    made.measure(1, 2)
    assert made.fault == "no key"
    assert made.ms == []


def test_a_fault_of_ours_falls_short() -> None:
    clients = {"floor": client("calls"), "ours": generation.Client("ours", lambda *_: [], fault="no key")}
    (check,) = generation.checks(clients, [], 256)
    assert not check.passed


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda path: path.stem)
def test_drivers_run_where_seedbed_is_not(driver: Path) -> None:
    tops = [node for node in ast.parse(driver.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {
        name.split(".")[0]
        for node in tops
        for name in ([each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }
    assert names <= {*sys.stdlib_module_names, "_driving"}


def test_every_peer_has_its_driver_and_a_pinned_version() -> None:
    for peer in PEERS:
        assert (DRIVERS[0].parent / peer.driver).exists()
        assert "==" in peer.requirements[0]
