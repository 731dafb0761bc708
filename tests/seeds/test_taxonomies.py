from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from seedbed.errors import InputError
from seedbed.seeds import current_taxonomy, install_taxonomy, taxonomy_versions
from seedbed.study import Folder
from tests.seeds.studies import TAXONOMY, events

Write = Callable[[str, str | bytes], Path]


def test_versions_count_up_and_the_same_content_is_no_new_version(study: Folder, file: Write) -> None:
    same = file("same.json", json.dumps({**TAXONOMY, "version": 7}))
    assert install_taxonomy(study, same).version == 1
    other = file("other.json", json.dumps({**TAXONOMY, "note": "more"}))
    assert install_taxonomy(study, other).version == 2
    assert install_taxonomy(study, other).version == 2
    # going back is a new version: numbers only grow, so that a row's number says which labels it was read with
    assert install_taxonomy(study, same).version == 3
    assert taxonomy_versions(study) == [1, 2, 3]
    assert current_taxonomy(study).version == 3
    assert current_taxonomy(study, 2).note == "more"
    assert [event.data["version"] for event in events(study) if event.kind == "taxonomy"] == [1, 2, 3]


def test_a_version_is_never_written_over(study: Folder, file: Write) -> None:
    before = study.taxonomy(1).read_bytes()
    install_taxonomy(study, file("other.json", json.dumps({**TAXONOMY, "note": "more"})))
    assert study.taxonomy(1).read_bytes() == before


def test_a_file_that_was_renamed_is_refused(study: Folder) -> None:
    study.taxonomy(1).rename(study.taxonomy(4))
    with pytest.raises(InputError, match="says that it is version 1"):
        current_taxonomy(study)


def test_a_file_that_is_no_taxonomy_installs_nothing(study: Folder, file: Write) -> None:
    with pytest.raises(InputError, match="is not a taxonomy"):
        install_taxonomy(study, file("bad.json", '{"version": 1}'))
    assert taxonomy_versions(study) == [1]


def test_a_study_without_one_reads_the_default(tmp_path: Path) -> None:
    assert len(current_taxonomy(Folder(tmp_path)).question_types) >= 21
