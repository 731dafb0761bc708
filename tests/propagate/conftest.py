"""The sample study with its seeds measured: reading, embedding and parsing them takes seconds, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.propagate.material import gathered
from tests.studies import configure, copy_of


@pytest.fixture(scope="session")
def measured(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Few draws, and every seed in assessment's cache; copy it before changing anything."""
    from seedbed.seeds import current_taxonomy

    path = copy_of(curated, tmp_path_factory.mktemp("measured") / "study")
    for key, value in (("draws", "200"), ("permutations", "199"), ("pseudo", "0")):
        configure(path, key, value, section="propagate")
    configure(path, "workers", "1", section="assess")
    study = Study.open(path)
    gathered(study.folder, study.curation(), current_taxonomy(study.folder), study.settings.assess)
    return path
