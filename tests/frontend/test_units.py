"""The parts of the pages that stand alone, tested in their own language."""

from __future__ import annotations

from tests.frontend.pages import FRONTEND, node


def test_addresses_phrases_rows_and_history() -> None:
    folders = ["src/addresses", "src/look", "src/pages", "src/words"]
    for folder in folders:
        assert list(FRONTEND.glob(f"{folder}*")), folder
    done = node("node_modules/vitest/vitest.mjs", "run", *folders, seconds=120)
    assert done.returncode == 0, done.stdout
