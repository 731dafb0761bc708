"""A study with a run, its control, and another of another size, made once by the mock endpoint."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.testing import MockEndpoint
from tests.studies import copy_of


@pytest.fixture(scope="session")
def grown(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read it, or copy it before changing anything. Its runs: fixed, its control bare, and the larger questions."""
    path = copy_of(curated, tmp_path_factory.mktemp("grown") / "study")
    study = Study.open(path)
    with MockEndpoint() as mock:
        study.generate(endpoint=mock.settings(), candidates=120, run="fixed")
        study.generate(endpoint=mock.settings(), candidates=120, run="bare", with_seeds=False, control_of="fixed")
        study.generate(endpoint=mock.settings(), target=100)
    return path
