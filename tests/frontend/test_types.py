"""The pages' types are the server's: generated, fresh, and checked by the compiler."""

from __future__ import annotations

import sys

import pytest

from tests.frontend.pages import FRONTEND, node

sys.path.insert(0, str(FRONTEND))
try:
    import generate_types
finally:
    sys.path.pop(0)


def test_the_types_are_what_the_servers_schema_says() -> None:
    assert generate_types.TYPES.read_text(encoding="utf-8") == generate_types.types(), (
        "run: python frontend/generate_types.py"
    )


@pytest.mark.slow
def test_the_pages_pass_the_strict_compiler_without_a_warning() -> None:
    done = node("node_modules/svelte-check/bin/svelte-check", "--tsconfig", "./tsconfig.json", "--fail-on-warnings")
    assert done.returncode == 0, done.stdout


def test_the_compiler_is_strict() -> None:
    text = (FRONTEND / "tsconfig.json").read_text(encoding="utf-8")
    for option in ("strict", "noUncheckedIndexedAccess", "exactOptionalPropertyTypes"):
        assert f'"{option}": true' in text
