"""What simulated people wrote leaves in no release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import InputError
from seedbed.rehearse import Order, place_for
from seedbed.rehearse.places import put_on_record
from seedbed.study import Folder
from tests.release import made

pytest.importorskip("polars")


def test_a_study_made_for_rehearsing_is_not_released(tmp_path: Path) -> None:
    target, _ = place_for(tmp_path / "trial", Order(people=2, rooms=("A", "B")), here=False, yes=False, say=print)
    with pytest.raises(InputError, match="made for rehearsing"):
        made.make(Folder(target), made=made.sources(Folder(target)))


def test_of_a_study_that_was_rehearsed_in_only_what_real_people_wrote(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    put_on_record(folder, ["quiet-heron-8"])
    assert made.make(folder, made=made.sources(folder)).rows["seeds"] == 3
    put_on_record(folder, ["quiet-heron-2"])  # who wrote the pairs
    with pytest.raises(InputError, match=r"2 seeds were written by simulated people of a rehearsal: p1, p2") as caught:
        made.make(folder, made=made.sources(folder), version="v2")
    assert "Exclude them" in caught.value.hint
    out = {id: made.rule(id, "exclude", "simulated") for id in ("p1", "p2", "q5")}
    assert made.make(folder, made=made.sources(folder, excluded=out), version="v3").rows["triples"] == 0


@pytest.mark.parametrize("found", ["{", "[]", "{}", '{"rehearsals": [{}]}'])
def test_a_broken_record_of_a_rehearsal_is_no_reason_to_release(tmp_path: Path, found: Any) -> None:
    folder = made.study(tmp_path)
    folder.rehearsal.write_text(found)
    with pytest.raises(InputError, match=r"rehearsal\.json is not as it was written"):
        made.make(folder, made=made.sources(folder))
    folder.rehearsal.write_text(json.dumps({"rehearsals": []}))
    assert made.make(folder, made=made.sources(folder)).rows["seeds"] == 3
