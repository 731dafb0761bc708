from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.assess import Assessment, AssessSettings, assess
from seedbed.study import Folder
from tests.assess.demo import demo
from tests.assess.parts import BagOfWords, NoParser

FAST = AssessSettings(draws=200, samples=4)


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The demo study. Shared: tests read it, and those that change something copy it first."""
    root: Path = tmp_path_factory.mktemp("study") / "pilot"
    return demo(root)


@pytest.fixture(scope="session")
def assessed(study: Folder) -> Assessment:
    return assess(study, FAST, embedder=BagOfWords(), parser=NoParser())
