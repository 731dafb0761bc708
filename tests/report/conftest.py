from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from seedbed.assess import AssessSettings, assess
from seedbed.report import ReportSettings, report
from seedbed.study import Folder
from tests.assess.demo import demo
from tests.assess.parts import BagOfWords, NoParser

SETTINGS = ReportSettings(title="Pilot")


def assessed(folder: Folder) -> Folder:
    assess(folder, AssessSettings(draws=200), embedder=BagOfWords(), parser=NoParser())
    return folder


def read(folder: Folder, **settings: object) -> str:
    return report(folder, SETTINGS.model_copy(update=settings)).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The demo study with its assessment. Shared: those that change something copy it first."""
    root: Path = tmp_path_factory.mktemp("study") / "pilot"
    return assessed(demo(root))


@pytest.fixture(scope="session")
def page(study: Folder) -> str:
    return read(study)


@pytest.fixture
def copied(study: Folder, tmp_path: Path) -> Callable[[], Folder]:
    def copy() -> Folder:
        shutil.copytree(study.root, tmp_path / "pilot")
        return Folder(tmp_path / "pilot")

    return copy
