from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from seedbed.study import Folder
from tests.seeds.studies import make_study


@pytest.fixture
def study(tmp_path: Path) -> Folder:
    return make_study(tmp_path / "study")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
