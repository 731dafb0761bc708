"""Withdrawals over HTTP: who waits, what would go and what went, of a person and of seeds; and what retention says."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from seedbed.publish.record import Publication, remember
from seedbed.seeds import load
from seedbed.study import Folder, hold
from seedbed.study.backup import backup
from seedbed.study.entries import Act
from seedbed.study.events import EventStore
from seedbed.workshop.places import AGENDA, THEMES
from tests.server.served import Browser, seated, serving
from tests.withdraw.studies import holding
from tests.withdraw.test_people import EXPECTED, SECRET, _withdrawn, made

__all__ = ["made"]

API = "/api/studies/pilot/withdrawals"


def _lines(by: Browser, way: str, body: Any) -> list[dict[str, Any]]:
    answer = by.post(f"{API}{way}", body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines() if line.strip()]


def _seed(folder: Folder) -> str:
    return next(item.id for item in load(folder).questions if item.text == SECRET)


def test_a_person_is_foreseen_and_withdrawn(made: tuple[Path, Path, str], tmp_path: Path) -> None:
    path, _, ana = made
    folder = Folder(path)
    backup(folder, tmp_path / "saved.zip")
    for place in ("shelf/1.0", "hf:team/set"):
        remember(folder, Publication("1.0", place, "2025-02-01T00:00:00+00:00", "00"))
    with serving(tmp_path, "pilot") as server:
        olga = server.organiser()
        said = _lines(olga, "/foresee", {"person": ana})
        assert any("progress" in line for line in said[:-1])
        found = said[-1]["foreseen"]
        assert not (path / "withdrawals.json").exists()
        assert {run["name"]: run["rows"] for run in found["runs"]} == {
            "topics": 1, "questions": 3, "control": 1, "triples": 1,
        }  # fmt: skip
        assert found["rows"] == 6
        assert found["releases"] == [{"version": "1.0", "rows": 1, "places": ["shelf/1.0", "hf:team/set"]}]
        assert (found["policy"], found["own_policy"]) == ("purge", "purge")
        assert [one["name"] for one in found["backups"]] == ["saved.zip"]
        assert str(tmp_path) not in json.dumps(found)
        assert _lines(olga, "/foresee", {"person": ana, "policy": "flag"})[-1]["foreseen"]["policy"] == "flag"

        done = _lines(olga, "", {"person": ana})[-1]["done"]
        assert (done["rows"], done["runs"], done["releases"], done["backups"]) == (6, 4, ["1.0"], 1)
        assert _withdrawn(path) == EXPECTED
        shown = olga.get(API).json()
        assert [(one["rows"], one["done"], one["policy"]) for one in shown["withdrawn"]] == [(6, True, "purge")]
        (held,) = shown["releases"]
        assert (held["version"], held["removed"], held["later"]) == ("1.0", True, "")
        assert [(one["place"], one["replaced"]) for one in held["places"]] == [
            ("shelf/1.0", False), ("hf:team/set", False),
        ]  # fmt: skip
        assert ana not in json.dumps(shown)
        assert olga.get(f"{API}/waiting").json() == {"asked": 0, "due": 0, "unfinished": 0, "releases": 1}
        # the next release, and its copy in one of the two places
        later = path / "releases" / "1.1"
        later.mkdir(parents=True)
        (later / "manifest.json").write_text(json.dumps({"created": "2999-01-01T00:00:00+00:00"}))
        remember(folder, Publication("1.1", "hf:team/set", "2999-02-01T00:00:00+00:00", "11"))
        (held,) = olga.get(API).json()["releases"]
        assert held["later"] == "1.1"
        assert [(one["place"], one["replaced"]) for one in held["places"]] == [
            ("shelf/1.0", False), ("hf:team/set", True),
        ]  # fmt: skip
        assert olga.get(f"{API}/waiting").json()["releases"] == 0
        # done is done: nothing is found again
        assert _lines(olga, "", {"person": ana})[-1]["done"]["rows"] == 0
        assert len(olga.get(API).json()["withdrawn"]) == 2
    # once nobody serves it: who closes a file of SQLite takes the locks from all of its own process
    for words in (SECRET, "Elm Street", "ELM STREET", "sister"):
        assert not holding(path, words), words


def test_single_seeds_are_withdrawn_while_people_write(made: tuple[Path, Path, str], tmp_path: Path) -> None:
    path, _, _ = made
    seed = _seed(Folder(path))
    with serving(tmp_path, "pilot") as server:
        olga = server.organiser()
        cleo = server.joined("pilot", "Cleo", by=olga)
        assert _lines(olga, "/foresee", {"seeds": [seed]})[-1]["foreseen"]["rows"] == 6
        done = _lines(olga, "", {"seeds": [seed], "policy": "flag"})[-1]["done"]
        assert (done["policy"], done["rows"], done["releases"]) == ("flag", 6, ["1.0"])
        assert _withdrawn(path) == EXPECTED
        assert SECRET not in (path / "seeds" / "questions.jsonl").read_text()
        assert (path / "releases" / "1.0").is_dir()
        with seated(server, cleo, "board/A/questions", "pilot") as seat:  # nobody is locked out by it
            assert isinstance(seat.command("row.add"), list)
        # what was flagged is purged by the same request
        assert _lines(olga, "", {"seeds": [seed], "policy": "purge"})[-1]["done"]["policy"] == "purge"
    assert not holding(path / "runs", "Elm Street")


@pytest.mark.parametrize("way", ["/foresee", ""])
def test_what_cannot_be_withdrawn_is_refused(made: tuple[Path, Path, str], tmp_path: Path, way: str) -> None:
    path, _, ana = made
    seed = _seed(Folder(path))
    with serving(tmp_path, "pilot") as server:
        olga = server.organiser()
        cleo = server.joined("pilot", "Cleo", by=olga)
        assert _lines(olga, way, {"person": "p_nobody"}) == [{"error": "unknown_person", "detail": ""}]
        said = _lines(olga, way, {"seeds": [seed, "A-nothing"]})
        assert said[-1]["error"] == "unknown_seed"
        for bad in ({}, {"person": ana, "seeds": [seed]}, {"person": ana, "policy": "maybe"}, {"seeds": ["x"] * 501}):
            assert olga.post(f"{API}{way}", bad).json()["code"] == "bad_request"
        assert cleo.post(f"{API}{way}", {"person": ana}).json()["code"] == "not_yours"
        for page in ("", "/waiting"):
            assert cleo.get(f"{API}{page}").json()["code"] == "not_yours"
    assert holding(path / "runs", SECRET)
    assert not (path / "withdrawals.json").exists()


def test_a_run_that_is_under_way_is_told_and_the_same_works_when_it_is_over(
    made: tuple[Path, Path, str], tmp_path: Path
) -> None:
    path, _, ana = made
    with serving(tmp_path, "pilot") as server:
        olga = server.organiser()
        with hold(path / "runs" / "questions" / "lock", what="The run"):
            assert _lines(olga, "/foresee", {"person": ana})[-1]["foreseen"]["rows"] == 6
            assert _lines(olga, "", {"person": ana})[-1] == {"error": "at_work"}
        assert not _withdrawn(path)
        assert _lines(olga, "", {"person": ana})[-1]["done"]["rows"] == 6
        assert _withdrawn(path) == EXPECTED


def test_it_goes_on_when_the_page_that_asked_goes_away(made: tuple[Path, Path, str], tmp_path: Path) -> None:
    path, _, ana = made
    with serving(tmp_path, "pilot") as server:
        olga = server.organiser()
        with olga.http.stream("POST", API, json={"person": ana}) as answer:
            assert answer.status_code == 200  # and nothing of the body is read
        waited = threading.Event()
        for _ in range(100):
            if [one["done"] for one in olga.get(API).json()["withdrawn"]] == [True]:
                break
            waited.wait(0.1)
    assert not holding(path, SECRET)


def test_what_retention_says_is_due_is_done_as_it_was_seen(made: tuple[Path, Path, str], tmp_path: Path) -> None:
    path, _, _ = made
    folder = Folder(path)
    with EventStore.of(folder) as store:
        store.append(AGENDA, "u_1", [Act("step.go", data={"step": "s1"}), Act("step.go", data={"step": None})])
        store.append(THEMES, "u_1", [
            Act("source.add", "t1", {"kind": "transcript"}, {"title": "Talk of the town"}),
            Act("source.words", "t1", {"speaker": "S1"}, {"words": "Said aloud on that day"}),
        ])  # fmt: skip
    text = (path / "study.toml").read_text()
    (path / "study.toml").write_text(f"{text}\n[retention]\nrecordings = 0\nboards = 0\nidentity = 0\n")
    with serving(tmp_path, "pilot") as server:
        olga = server.organiser()
        shown = olga.get(API).json()
        assert shown["retention"] == {"recordings": 0, "boards": 0, "identity": 0}
        assert [(one["what"], one["count"]) for one in shown["due"]] == [
            ("recordings", 1), ("boards", 2), ("identity", 1),
        ]  # fmt: skip
        assert olga.get(f"{API}/waiting").json()["due"] == 3
        seen = {"what": [one["what"] for one in shown["due"]], "counts": [one["count"] for one in shown["due"]]}
        old = _lines(olga, "/due", {**seen, "counts": [1, 1, 1]})
        assert old[-1]["error"] == "out_of_date"
        assert olga.get(API).json()["due"] == shown["due"]
        done = _lines(olga, "/due", seen)
        assert {"progress": {"what": "people", "done": 0, "total": 2}} in done
        assert done[-1]["done"]["rows"] >= len(EXPECTED)
        assert olga.get(API).json()["due"] == []
        assert [one["name"] for one in olga.get("/api/studies/pilot/people").json()] == [""]
    for words in (SECRET, "Said aloud on that day", "Talk of the town"):
        assert not holding(path, words), words
