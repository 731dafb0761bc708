"""What the seeds did, over HTTP: what can be tested, what runs would take, and the words of the tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed import Study
from seedbed.server.jobs.jobs import makes_rows
from seedbed.testing import Latency, MockEndpoint
from tests.server.road import API, job, make_study, over, start, until
from tests.server.served import serving
from tests.studies import configure

ROWS = 24


def made_of_seeds(curated: Path, root: Path, mock: MockEndpoint) -> Path:
    path = make_study(curated, root, mock)
    for key, value in (("draws", "100"), ("sample", "60"), ("grammar_sample", "0")):
        configure(path, key, value, section="assess")
    study = Study.open(path)
    study.generate(run="plain", candidates=ROWS, raw=True, writer="mock")
    study.generate(run="control", candidates=ROWS, raw=True, writer="mock", with_seeds=False, control_of="plain")
    study.generate(run="alone", candidates=8, raw=True, writer="mock", with_seeds=False)
    return path


def test_a_job_makes_rows_once_its_runs_are_agreed_to() -> None:
    assert makes_rows("generate", {})
    assert makes_rows("propagate", {"make": "controls", "agreed": 3})
    assert not makes_rows("propagate", {"make": "controls"})
    assert not makes_rows("assess", {})


def test_what_can_be_tested_is_said_before_anything_is(curated: Path, tmp_path: Path) -> None:
    with MockEndpoint() as mock:
        made_of_seeds(curated, tmp_path, mock)
    with serving(tmp_path, "pilot") as served:
        olga = served.organiser()
        shown = olga.get(f"{API}/propagation").json()
        assert [(one["run"], one["raw"]) for one in shown["runs"]] == [("plain", True)]
        assert shown["first"] == "plain"
        assert [(one["run"], one["part"]) for one in shown["runs"][0]["against"]] == [("control", "no-seed")]
        assert shown["runs"][0]["tests"] == ["T1", "T2", "T5", "T6", "T7"]
        assert (shown["tested"], shown["yields"], shown["designs"], shown["report"]) == (None, None, [], False)
        assert olga.get(f"{API}/status").json()["propagated"] is False
        (tmp_path / "pilot" / "propagation").mkdir()
        (tmp_path / "pilot" / "propagation" / "propagation.json").write_text("{")
        damaged = olga.get(f"{API}/propagation")
        assert (damaged.status_code, damaged.json()["code"]) == (409, "unreadable")
        assert str(tmp_path) not in damaged.text


@pytest.mark.model
def test_runs_are_made_once_agreed_to_and_gone_on_with_by_the_next_server(curated: Path, tmp_path: Path) -> None:
    with MockEndpoint() as mock:
        path = made_of_seeds(curated, tmp_path, mock)
        before = mock.stats()["requests"]
        with serving(tmp_path, "pilot") as served:
            olga = served.organiser()
            asked = {"run": "plain", "make": "controls", "lanes": 2}
            forecast = over(olga, start(olga, "propagate", **asked), within=180)["result"]["forecast"]
            assert (forecast["runs"], forecast["run"], forecast["kind"]) == (2, "plain", "controls")
            assert forecast["requests"] == 2 * ROWS
            assert forecast["tokens"] > 0
            # less than it takes was agreed to: it is said anew, and nothing is made
            less = over(olga, start(olga, "propagate", **asked, agreed=forecast["requests"] - 1), within=180)
            assert (less["state"], less["result"]["forecast"]["requests"]) == ("done", forecast["requests"])
            assert mock.stats()["requests"] == before
            assert not (path / "propagation" / "propagation.json").exists()
            plan = (path / "propagation" / "plan.json").read_bytes()
            mock.latency = Latency(median_s=1.0)
            id = start(olga, "propagate", **asked, agreed=forecast["requests"])
            seen = until(olga, id, lambda one: bool(one["progress"]) and one["progress"]["done"] >= 2, within=180)
            assert (seen["progress"]["part"], seen["progress"]["at"], seen["progress"]["parts"]) == (
                "plain-no-seed", 1, 2,
            )  # fmt: skip
            assert olga.post(f"{API}/jobs", {"act": "generate"}).json()["code"] == "busy_job"
        mock.latency = Latency()
        with serving(tmp_path, "pilot") as served:
            olga = served.organiser()
            assert (job(olga, id)["state"], job(olga, id)["resumable"]) == ("stopped", True)
            assert [(one["made"], one["of"]) for one in olga.get(f"{API}/propagation").json()["designs"]] == [(0, 2)]
            status = olga.get(f"{API}/status").json()
            assert (status["next"], status["next_act"]) == (
                "seedbed propagate pilot --run plain --controls", "propagate",
            )  # fmt: skip
            olga.post(f"{API}/jobs/{id}/resume")
            done = over(olga, id, within=180)
            assert done["state"] == "done", done["error"]
            shown = olga.get(f"{API}/propagation").json()
        assert 2 * ROWS <= mock.stats()["requests"] - before <= 2 * ROWS + 2
        assert (path / "propagation" / "plan.json").read_bytes() == plan
        found = json.loads((path / "propagation" / "propagation.json").read_text())
        tested = shown["tested"]
        assert tested["headline"] == found["headline"] == done["result"]["headline"]
        assert [(one["feature"], one["says"], one["value"]) for one in tested["readings"]] == [
            (one["feature"], one["says"], one["value"]) for one in found["readings"]
        ]
        verdicts = {
            one["finding"]["feature"]: one["finding"]["outcome"]["verdict"]
            for one in found["findings"]
            if one["finding"]["test"] == "T7" and one["rows"] == "generated"
        }
        assert {one["feature"]: one["verdict"] for one in tested["readings"]} == verdicts
        assert all("--" not in one["decides"] for one in tested["readings"])
        assert tested["stale"] == []
        assert shown["designs"][0]["made"] == 2
        assert shown["yields"]["run"] == "plain"
        Study.open(path).generate(
            run="later", candidates=8, raw=True, with_seeds=False, control_of="plain", endpoint=mock.settings()
        )
        with serving(tmp_path, "pilot") as served:
            assert served.organiser().get(f"{API}/propagation").json()["tested"]["stale"] == ["later"]
