from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.study import Folder
from tests.seeds.studies import make_study


@pytest.fixture
def study(tmp_path: Path) -> Folder:
    return make_study(tmp_path / "study")
