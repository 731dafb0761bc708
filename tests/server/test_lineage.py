"""Lineage over HTTP: what the command tells, for those at the desk alone; by a child process where much is new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from seedbed import Study
from seedbed.server.road import lineage
from tests.lineage.worlds import Made, Run, World, write_world
from tests.server.road import API
from tests.server.served import Served, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("lineage")
    asks = tuple(Made(("s1",)) for _ in range(60))
    world = World(authors={"s1": ("P1",), "P1": ("P2",)}, runs=[Run("questions", "questions", asks)])
    write_world(root / "pilot", world)
    with serving(root, "pilot", session_rate=(1000, 10_000)) as served:
        yield served


@pytest.mark.parametrize("at_once", [1 << 20, 0])
def test_a_trace_is_that_of_the_command(served: Served, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(lineage, "_AT_ONCE", at_once)  # 0: whatever is new is read by a child process
    olga = served.organiser()
    answer = olga.get(f"{API}/lineage", params={"id": "questions.000007"}).json()
    folder: Path = served.app.state.shelves.of("pilot").folder.root
    assert answer["trace"] == Study.open(folder).trace("questions.000007", first=8).to_json()
    assert (folder / "lineage" / "index.db").is_file()


def test_the_rest_of_a_step_comes_in_pages(served: Served) -> None:
    olga = served.organiser()
    asked = {"id": "s1", "kind": "seed", "direction": "forward", "how": "shown", "member": "row", "of": "questions"}
    step = olga.get(f"{API}/lineage/step", params={**asked, "after": 7, "limit": 50}).json()
    assert [node["id"] for node in step["nodes"]] == [f"questions.{slot:06d}" for slot in range(8, 58)]
    assert (step["total"], step["next"]) == (60, 57)
    assert olga.get(f"{API}/lineage/step", params={**asked, "how": "judged"}).status_code == 404


def test_what_is_called_so_twice_or_not_at_all_is_said(served: Served) -> None:
    olga = served.organiser()
    twice = olga.get(f"{API}/lineage", params={"id": "P1"}).json()
    assert twice["trace"] is None
    assert {(one["kind"], one["id"]) for one in twice["choices"]} == {("person", "P1"), ("seed", "P1")}
    assert olga.get(f"{API}/lineage", params={"id": "P1", "kind": "seed"}).json()["trace"]["node"]["kind"] == "seed"
    assert "questions.000059" in olga.get(f"{API}/lineage", params={"id": "questions.000099"}).json()["hint"]
    assert served.browser().get(f"{API}/lineage", params={"id": "s1"}).status_code == 401
