"""Jobs: the road's acts in processes of their own, over HTTP."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seedbed import Study
from seedbed.server.jobs.job import MOST, Job, read_jobs, write_jobs
from seedbed.testing import Latency, MockEndpoint
from tests.browser.served import PASSWORD, RealServer
from tests.server.road import API, has_made, job, make_study, over, start, until
from tests.server.served import Browser, Served, serving
from tests.studies import configure, copy_of, told

ROWS = 160
ENDLESS = 100_000


@pytest.fixture
def slow() -> Iterator[MockEndpoint]:
    """A writer that takes so long that a job is at work for as long as a test looks at it, on a busy machine too."""
    with MockEndpoint(latency=Latency(median_s=1.0)) as mock:
        yield mock


@pytest.fixture
def served(curated: Path, tmp_path: Path, slow: MockEndpoint) -> Iterator[Served]:
    make_study(curated, tmp_path, slow)
    with serving(tmp_path, "pilot") as served:
        yield served


def test_paused_and_resumed_makes_the_rows_of_a_run_that_was_left_alone(
    served: Served, slow: MockEndpoint, tmp_path: Path
) -> None:
    with MockEndpoint() as quick:  # whose replies are the same
        alone = Study.open(copy_of(tmp_path / "pilot", tmp_path / "alone"))
        alone.generate(candidates=ROWS, endpoint=quick.settings())
    olga = served.organiser()
    id = start(olga, "generate", candidates=ROWS, lanes=2)
    seen = until(olga, id, has_made(8))
    assert (seen["state"], seen["progress"]["total"]) == ("running", ROWS)
    assert olga.post(f"{API}/jobs/{id}/pause").json()["ending"] == "pause"
    paused = over(olga, id)
    assert (paused["state"], paused["resumable"], paused["result"]["complete"]) == ("paused", True, False)
    half = told(tmp_path / "pilot")
    assert 8 <= len(half) < ROWS
    slow.latency = Latency()
    assert olga.post(f"{API}/jobs/{id}/resume").json()["state"] == "running"
    done = over(olga, id)
    assert (done["state"], done["result"]["complete"], done["error"]) == ("done", True, None)
    assert told(tmp_path / "pilot")[: len(half)] == half
    assert told(tmp_path / "pilot") == told(tmp_path / "alone")
    assert olga.post(f"{API}/jobs/{id}/resume").json()["code"] == "job_done"
    assert olga.post(f"{API}/jobs/{id}/pause").json()["code"] == "job_over"


def test_a_server_that_ends_takes_the_job_along_and_the_next_one_resumes_it(
    curated: Path, tmp_path: Path, slow: MockEndpoint
) -> None:
    path = make_study(curated, tmp_path, slow)
    with serving(tmp_path, "pilot") as served:
        olga = served.organiser()
        id = start(olga, "generate", candidates=ROWS, lanes=2)
        until(olga, id, has_made(4))
    slow.latency = Latency()
    with serving(tmp_path, "pilot") as served:
        olga = served.organiser()
        found = job(olga, id)
        assert (found["state"], found["resumable"]) == ("stopped", True)
        assert [one["id"] for one in olga.get(f"{API}/jobs").json()] == [id]
        olga.post(f"{API}/jobs/{id}/resume")
        assert over(olga, id)["state"] == "done"
    assert len(told(path)) == ROWS


def test_a_server_that_is_killed_takes_the_job_along(curated: Path, tmp_path: Path, slow: MockEndpoint) -> None:
    server = RealServer(tmp_path)
    for file in sorted(server.study.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    server.study.rmdir()
    make_study(curated, tmp_path, slow)
    server.account()
    server.start()
    try:
        olga = Browser(server.url)
        assert olga.post("/api/login", {"name": "Olga", "password": PASSWORD}).status_code == 204
        id = start(olga, "generate", candidates=ENDLESS)
        until(olga, id, has_made(4))
        assert server._process is not None
        children = _descendants(server._process.pid)
        assert len(children) == 1
        server.kill()
        end = time.monotonic() + 12
        while _alive(children) and time.monotonic() < end:
            time.sleep(0.1)
        assert not _alive(children)
        server.start()
        assert job(olga, id)["state"] == "stopped"  # the session outlived the server too
        olga.http.close()
    finally:
        server.stop()


def _descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *_descendants(child)]
    return found


def _alive(pids: list[int]) -> list[int]:
    def lives(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    return [pid for pid in pids if lives(pid)]


def test_the_job_gives_way_to_the_server(served: Served) -> None:
    olga = served.organiser()
    id = start(olga, "generate", candidates=ENDLESS)
    until(olga, id, has_made(4))
    (child,) = _descendants(os.getpid())
    assert os.getpriority(os.PRIO_PROCESS, child) > os.getpriority(os.PRIO_PROCESS, os.getpid())
    olga.post(f"{API}/jobs/{id}/stop")
    assert over(olga, id)["state"] == "stopped"


def test_an_act_that_fails_says_why_and_what_next_without_the_servers_folders(served: Served, tmp_path: Path) -> None:
    olga = served.organiser()
    failed = over(olga, start(olga, "report"))
    assert (failed["state"], failed["resumable"]) == ("failed", True)
    assert failed["error"] == {"message": "This study has no assessment yet", "hint": "seedbed assess pilot"}
    assert str(tmp_path) not in json.dumps(failed)


def test_one_job_makes_rows_at_a_time_and_another_may_look(served: Served) -> None:
    olga = served.organiser()
    id = start(olga, "generate", candidates=ENDLESS)
    for refused in ({"act": "generate"}, {"act": "bridge"}):
        answer = olga.post(f"{API}/jobs", refused)
        assert (answer.status_code, answer.json()["code"]) == (409, "busy_job")
    assert olga.post(f"{API}/bridge", {"source": "seeds"}).json()["code"] == "busy_job"
    assert over(olga, start(olga, "curate"))["result"]["appended"] == 0
    olga.post(f"{API}/jobs/{id}/stop")
    assert over(olga, id)["state"] == "stopped"


HOSTILE: tuple[dict[str, Any], ...] = (
    {"act": "generate", "options": {"endpoint": {"url": "http://169.254.169.254/", "model": "m"}}},
    {"act": "generate", "options": {"key_env": "HOME"}},
    {"act": "generate", "options": {"run": "../../etc"}},
    {"act": "generate", "options": {"run": ".hidden"}},
    {"act": "generate", "options": {"target": -1}},
    {"act": "generate", "options": {"target": 10**12}},
    {"act": "generate", "options": {"target": 5, "candidates": 5}},
    {"act": "generate", "options": {"max_cost": "NaN"}},
    {"act": "generate", "options": {"engine": "ray", "address": "evil:6379"}},
    {"act": "generate", "options": {"topic": ["x" * 100]}},
    {"act": "release", "options": {"version": "../1.0"}},
    {"act": "release", "options": {}},
    {"act": "curate", "options": {"by": "somebody"}},
    {"act": "propagate", "options": {"make": "dose"}},
    {"act": "propagate", "options": {"make": "controls", "feature": "length"}},
    {"act": "propagate", "options": {"make": "controls", "sets": 6}},
    {"act": "propagate", "options": {"make": "swap", "sets": 10**6}},
    {"act": "propagate", "options": {"make": "controls", "agreed": 0}},
    {"act": "propagate", "options": {"make": "controls", "endpoint": {"url": "http://169.254.169.254/", "model": "m"}}},
    {"act": "record", "options": {}},
    {"act": "bridge", "options": {"per_group": 1000}},
    {"act": "bridge", "options": {"source": "web"}},
    {"act": "assess", "options": [], "folder": "/etc"},
)


@pytest.mark.parametrize("body", HOSTILE, ids=[json.dumps(body)[:60] for body in HOSTILE])
def test_what_is_no_job_is_refused(served: Served, body: dict[str, Any]) -> None:
    olga = served.organiser()
    answer = olga.post(f"{API}/jobs", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
    assert olga.get(f"{API}/jobs").json() == []


def test_a_model_that_study_toml_does_not_name_is_refused(served: Served) -> None:
    olga = served.organiser()
    for body in ({"act": "generate", "options": {"writer": "other"}}, {"act": "generate", "options": {"judge": "x"}}):
        assert olga.post(f"{API}/jobs", body).json()["code"] == "unknown_endpoint"
    assert olga.post(f"{API}/bridge", {"endpoint": "other"}).json()["code"] == "unknown_endpoint"


def test_who_may_start_and_see_jobs(served: Served) -> None:
    olga = served.organiser()
    id = start(olga, "report")
    over(olga, id)
    for role in ("moderator", "participant", "observer"):
        other = served.joined("pilot", role, role=role, by=olga)
        for path in ("jobs", f"jobs/{id}"):
            assert other.get(f"{API}/{path}").json()["code"] == "not_yours"
        for path in ("jobs", f"jobs/{id}/pause", f"jobs/{id}/stop", f"jobs/{id}/resume"):
            assert other.post(f"{API}/{path}", {"act": "report"} if path == "jobs" else None).status_code == 403
    assert served.browser().get(f"{API}/jobs").json()["code"] == "signed_out"
    assert olga.get(f"{API}/jobs/j_aaaaaaaaaa").json()["code"] == "unknown_job"
    assert olga.get("/api/studies/other/jobs").json()["code"] == "unknown_study"


def test_the_list_is_bounded_and_holds_no_words(tmp_path: Path) -> None:
    jobs = [
        Job(f"j_{n}", "generate", {}, "a_x", "2026", "done", progress={"newest": "Secret?"}) for n in range(MOST + 20)
    ]
    write_jobs(tmp_path, jobs)
    assert "Secret" not in (tmp_path / "jobs.json").read_text()
    assert [one.id for one in read_jobs(tmp_path)] == [f"j_{n}" for n in range(20, MOST + 20)]
    write_jobs(tmp_path, [Job("j_1", "assess", {}, "a_x", "2026")])
    assert read_jobs(tmp_path)[0].state == "stopped"


_NO_TEXTS = '{"jobs": [{"id": 1, "act": 2, "options": 3, "by": 4, "began": 5}]}'
_NO_STATE = '{"jobs": [{"id": [], "act": "curate", "options": {}, "by": "a", "began": "z", "state": ["x"]}]}'


@pytest.mark.parametrize(
    "content", ["", "[]", '{"jobs": [{"id": 1}]}', '{"jobs": 3}', "\x00", _NO_TEXTS, _NO_STATE, "[" * 200_000]
)
def test_a_damaged_list_does_not_keep_the_study_from_being_served(tmp_path: Path, content: str) -> None:
    (tmp_path / "jobs.json").write_text(content)
    assert read_jobs(tmp_path) == []
    assert (tmp_path / "jobs.json.unreadable").read_text() == content


@pytest.mark.model
@pytest.mark.slow
def test_the_embedded_model_pauses_and_resumes_to_the_same_rows(curated: Path, tmp_path: Path) -> None:
    path = make_study(curated, tmp_path)
    few = 16  # four asks, one at a time: a pause after the first leaves some of them
    configure(path, "candidates", str(few), section="generate.questions")
    alone = Study.open(copy_of(path, tmp_path / "alone"))
    with serving(tmp_path, "pilot") as served:
        olga = served.organiser()
        # on a busy machine the model may have finished before the pause is asked for: then another run is paused
        for run in ("small-1", "small-2", "small-3", "small-4"):
            id = start(olga, "generate", run=run, candidates=few, lanes=1)
            until(olga, id, has_made(1), within=120)
            olga.post(f"{API}/jobs/{id}/pause")
            if over(olga, id, within=120)["state"] == "paused" and 0 < len(told(path, run)) < few:
                break
            olga.post(f"{API}/jobs/{id}/stop")
        else:
            pytest.fail("no run was paused in the middle")
        olga.post(f"{API}/jobs/{id}/resume")
        assert over(olga, id, within=120)["state"] == "done"
    alone.generate(run=run, candidates=few)
    assert told(path, run) == told(tmp_path / "alone", run)
