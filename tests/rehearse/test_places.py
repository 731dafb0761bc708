"""Where a rehearsal may take place: real people's words and simulated ones stay apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed import Study
from seedbed.errors import InputError, UsageError
from seedbed.rehearse import Order, place_for
from seedbed.rehearse.places import allowed_by_link, put_on_record, real_people
from seedbed.settings import load_settings
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore
from seedbed.workshop import WORKSHOP

ORDER = Order(people=4, rooms=("A", "B", "C"))


def with_ana(root: Path) -> Folder:
    folder = Study.new(root, title="The pilot").folder
    joins(folder, "p_ana")
    return folder


def joins(folder: Folder, person: str) -> None:
    with EventStore.of(folder) as store:
        data = {"cmd": person, "group": "A", "role": "participant", "anonymous": False}
        store.append(WORKSHOP, "a_olga", [Act("member.join", person, data)])


def quietly(folder: Path, *, here: bool = False, yes: bool = False) -> tuple[Path, Order]:
    return place_for(folder, ORDER, here=here, yes=yes, say=lambda text: None)


def test_a_new_folder_becomes_a_study_of_its_own(tmp_path: Path) -> None:
    place, order = quietly(tmp_path / "fresh")
    assert (place, order.rooms, order.trains) == (tmp_path / "fresh", ("A", "B", "C"), True)
    assert load_settings(Folder(place)).workshop.groups == ("A", "B", "C")
    assert quietly(place)[0] == place  # and is taken again


def test_a_study_is_left_alone_and_rehearsed_in_a_copy_without_its_people(tmp_path: Path) -> None:
    folder = with_ana(tmp_path / "pilot")
    before = {path: path.read_bytes() for path in folder.root.rglob("*") if path.is_file()}
    place, order = quietly(folder.root)
    assert place == tmp_path / "pilot-rehearsal"
    assert order.trains
    assert order.rooms == ("A", "B", "C")
    assert load_settings(Folder(place)).title == "The pilot (rehearsal)"
    assert real_people(Folder(place)) == []
    assert {path: path.read_bytes() for path in folder.root.rglob("*") if path.is_file()} == before
    put_on_record(Folder(place), ["p_simulated"])
    joins(Folder(place), "p_player")
    assert quietly(folder.root)[0] == place  # whoever plays along is no obstacle to the next rehearsal


def test_among_real_people_only_when_it_is_said_and_then_nothing_is_trained_with(tmp_path: Path) -> None:
    folder = with_ana(tmp_path / "pilot")
    with pytest.raises(UsageError, match="1 real people have joined"):
        quietly(folder.root, here=True)
    assert not folder.rehearsal.exists()
    place, order = quietly(folder.root, here=True, yes=True)
    assert (place, order.trains) == (folder.root, False)
    put_on_record(folder, ["p_sim"])
    joins(folder, "p_sim")
    assert real_people(folder) == ["p_ana"]
    with pytest.raises(UsageError, match="1 real people"):
        quietly(folder.root, here=True)


def test_at_a_server_that_runs_it_has_to_be_seen_or_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be seen"):
        allowed_by_link(None, ORDER, yes=False)
    assert not allowed_by_link(None, ORDER, yes=True).trains
    empty = Study.new(tmp_path / "empty").folder
    assert allowed_by_link(empty.root, ORDER, yes=False).trains
    with pytest.raises(UsageError, match="real people"):
        allowed_by_link(with_ana(tmp_path / "pilot").root, ORDER, yes=False)


def test_something_else_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="is no study"):
        quietly(tmp_path / "mine")
    folder = with_ana(tmp_path / "pilot")
    (tmp_path / "pilot-rehearsal").mkdir()
    (tmp_path / "pilot-rehearsal" / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="no rehearsal's"):
        quietly(folder.root)
    folder.rehearsal.write_text(json.dumps({"rehearsals": [{}]}))
    with pytest.raises(InputError, match="not as it was written"):
        quietly(folder.root)
