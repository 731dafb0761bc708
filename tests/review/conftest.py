from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.study import Folder
from tests.review.made import make_generated
from tests.studies import copy_of


@pytest.fixture(scope="session")
def generated(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study with a run of each stage; copy it before changing anything."""
    return make_generated(copy_of(curated, tmp_path_factory.mktemp("generated") / "study"))


@pytest.fixture
def folder(generated: Path, tmp_path: Path) -> Folder:
    return Folder(copy_of(generated, tmp_path / "study"))
