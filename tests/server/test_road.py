"""The road of a study over HTTP: what is shown is what stands in its files, and no other file is reached."""

from __future__ import annotations

import http.client
import io
import json
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from seedbed import Study
from seedbed.engine import read_rows
from seedbed.report.files import script_hash
from seedbed.testing import MockEndpoint
from tests.server.road import API, make_study
from tests.server.served import Browser, Served, serving

REPORT = "<!doctype html><title>The report</title><script>alert(1)</script>"


@pytest.fixture(scope="module")
def root(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with a run and its control, a report, two releases; and secrets beside and behind links."""
    root = tmp_path_factory.mktemp("road")
    with MockEndpoint() as mock:
        path = make_study(curated, root, mock)
        study = Study.open(path)
        study.generate(candidates=120, run="fixed")
        study.generate(candidates=40, run="bare", with_seeds=False, control_of="fixed")
    (path / "report" / "figures").mkdir(parents=True)
    (path / "report" / "index.html").write_text(REPORT)
    (path / "report" / "figures" / "figure-1.csv").write_text("a,b\n")
    (path / "report" / "figures" / "figure-1.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (path / "report" / ".lock").write_text("1")
    (path / "report" / "notes.exe").write_text("MZ")
    (root / "secret.txt").write_text("secret")
    (path / "report" / "linked.csv").symlink_to(root / "secret.txt")
    for version in ("1.0", "0.9"):
        release = path / "releases" / version
        (release / "data").mkdir(parents=True)
        (release / "README.md").write_text("# Card")
        (release / "data" / "train.jsonl").write_text('{"id": 1}\n')
        (release / "manifest.json").write_text(json.dumps({"created": version, "rows": {"questions": 1, "x": "?"}}))
        (release / "linked.txt").symlink_to(root / "secret.txt")
        (release / "outside").symlink_to(root)
    (path / "releases" / ".half").mkdir()
    (path / "releases" / ".half" / "data.jsonl").write_text("half")
    (path / "releases" / "elsewhere").symlink_to(root)
    return root


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[Served]:
    with serving(root, "pilot", session_rate=(1000, 10_000)) as served:
        yield served


@pytest.fixture(scope="module")
def olga(served: Served) -> Browser:
    return served.organiser()


def get(browser: Browser, path: str) -> Any:
    answer = browser.get(f"{API}/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_status_says_what_stands_where_and_names_no_folder(olga: Browser, root: Path) -> None:
    shown = get(olga, "status")
    made = Study.open(root / "pilot").status()
    for part in ("seeds", "curation", "people", "boards"):
        assert shown[part] == made[part]
    assert [run["name"] for run in shown["runs"]] == [run["name"] for run in made["runs"]]
    assert (shown["report"], shown["assessed"], shown["endpoints"]) == (True, False, ["embedded", "mock"])
    assert (shown["next"], shown["next_act"]) == ("seedbed assess pilot", "assess")
    assert str(root) not in json.dumps(shown)


@pytest.mark.parametrize("kind", ["questions", "triples"])
def test_the_pages_of_seeds_are_the_seeds(olga: Browser, root: Path, kind: str) -> None:
    found: list[dict[str, Any]] = []
    after = ""
    while after is not None:
        page = get(olga, f"seeds?kind={kind}&limit=17{after and f'&after={after}'}")
        found += page["rows"]
        assert page["total"] == len(getattr(Study.open(root / "pilot").seeds(), kind))
        after = page["next"]
    curation = Study.open(root / "pilot").curation()
    wanted = curation.questions if kind == "questions" else curation.triples
    assert [row["id"] for row in found] == [item.id for item in wanted]
    assert [row["pool"] for row in found] == [item.pool and item.pool.value for item in wanted]
    assert {row["id"] for row in found if row["verdict"] == "excluded"} == {
        item.id for item in wanted if item.id in curation.excluded
    }
    assert all(row["why"] for row in found if row["verdict"] == "excluded")


def test_seeds_by_group_and_words(olga: Browser, root: Path) -> None:
    everything = Study.open(root / "pilot").curation().questions
    group = everything[0].group
    assert {row["group"] for row in get(olga, f"seeds?group={group}&limit=200")["rows"]} == {group}
    word = everything[0].text.split()[3].upper()
    found = get(olga, f"seeds?q={word}&limit=200")
    assert everything[0].id in {row["id"] for row in found["rows"]}
    assert 0 < found["total"] < len(everything)
    assert get(olga, "seeds?q=%25_no_such_word_%25")["total"] == 0


def test_decisions_are_told_newest_first_and_page_by_page(olga: Browser, root: Path) -> None:
    curation = Study.open(root / "pilot").curation()
    shown = get(olga, "curation?limit=200")
    assert shown["total"] == len(curation.log)
    assert shown["chosen_questions"] == list(curation.selected_questions)
    assert all(step["entered"] == step["left"] + step["stayed"] for step in shown["funnel"])
    numbers, before = [], ""
    while before is not None:
        page = get(olga, f"curation?limit=100{before and f'&before={before}'}")
        numbers += [one["n"] for one in page["decisions"]]
        before = page["next"]
    assert numbers == list(range(len(curation.log), 0, -1))
    subject = next(iter(curation.excluded))
    of_one = get(olga, f"curation?subject={subject}")["decisions"]
    assert {one["subject"] for one in of_one} == {subject}
    assert any(one["act"] == "exclude" and one["stands"] and one["reason"] for one in of_one)


def test_runs_and_their_rows(olga: Browser, root: Path) -> None:
    assert [(run["name"], run["depth"]) for run in get(olga, "runs")] == [("fixed", 0), ("bare", 1)]
    one = get(olga, "runs/fixed")
    assert one["generated"] + one["failed"] == 120
    assert sum(one["reasons"].values()) == one["rejected"] + one["failed"]
    assert one["kept_low"] < one["kept_share"] < one["kept_high"]
    found: list[dict[str, Any]] = []
    after: Any = -1
    while after is not None:
        page = get(olga, f"runs/fixed/rows?state=kept&limit=9&after={after}")
        found += page["rows"]
        after = page["next"]
    kept = [row for row in read_rows(root / "pilot" / "runs" / "fixed") if row.kept]
    assert [(row["id"], row["text"], row["examples"]) for row in found] == [
        (row.id, row.verdict.text, list(row.ask.examples)) for row in kept
    ]
    for path in ("runs/none", "runs/none/rows"):
        assert olga.get(f"{API}/{path}").json()["code"] == "unknown_run"
    assert olga.get(f"{API}/runs/..%2f..%2fetc/rows").status_code == 404
    assert olga.get(f"{API}/runs/fixed/rows?limit=100000").status_code == 422


def test_there_is_no_assessment_before_one_was_made(olga: Browser) -> None:
    assert get(olga, "assessment") is None


def test_a_damaged_assessment_is_named_and_what_next(olga: Browser, root: Path) -> None:
    path = root / "pilot" / "assessment" / "assessment.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}")
    try:
        answer = olga.get(f"{API}/assessment")
    finally:
        path.unlink()
    assert (answer.status_code, answer.json()["code"]) == (409, "unreadable")
    assert "seedbed assess pilot" in answer.json()["detail"]
    assert str(root) not in answer.text


def test_the_report_runs_its_own_script_and_loads_nothing(olga: Browser) -> None:
    for path in ("", "index.html"):
        answer = olga.get(f"{API}/report/{path}")
        assert (answer.status_code, answer.text) == (200, REPORT)
        (policy,) = answer.headers.get_list("content-security-policy")
        assert policy.startswith("sandbox ")
        assert f"script-src '{script_hash()}';" in policy
        assert "default-src 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "attachment" in olga.get(f"{API}/report/figures/figure-1.csv").headers["content-disposition"]
    figure = olga.get(f"{API}/report/figures/figure-1.svg")
    assert figure.headers["content-type"].startswith("image/svg+xml")
    assert figure.headers["content-security-policy"].startswith("sandbox ")
    # pages of ours keep the policy of ours
    assert "sandbox" not in olga.get(f"{API}/status").headers["content-security-policy"]


def test_releases_and_their_files(olga: Browser) -> None:
    shown = get(olga, "releases")
    assert [one["version"] for one in shown] == ["0.9", "1.0"]
    assert [file["path"] for file in shown[0]["files"]] == ["README.md", "data/train.jsonl", "manifest.json"]
    assert shown[0]["rows"] == {"questions": 1}
    for file in shown[1]["files"]:
        answer = olga.get(f"{API}/releases/1.0/files/{file['path']}")
        assert (answer.status_code, len(answer.content)) == (200, file["bytes"])
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-security-policy"].startswith("sandbox;")


ELSEWHERE = (
    "report/../study.toml", "report/..%2fstudy.toml", "report/%2e%2e/study.toml", "report/..%5cstudy.toml",
    "report//etc/passwd", "report/%2fetc%2fpasswd", "report/.lock", "report/linked.csv", "report/notes.exe",
    "report/figures", "report/figures/", "report/figures/../index.html", "report/index.html%00.csv",
    "report/./index.html",
    "releases/1.0/files/../../../study.toml", "releases/1.0/files/..%2f..%2f..%2fstudy.toml",
    "releases/1.0/files/..%2f..%2fstudy.toml", "releases/../files/report/index.html", "releases/..%2freport/index.html",
    "releases/%2e%2e/files/study.toml", "releases/1.0/files/linked.txt", "releases/1.0/files/outside/secret.txt",
    "releases/.half/files/data.jsonl", "releases/elsewhere/files/secret.txt", "releases/1.0/files/",
    "releases/1.0/files/data", "releases/1.0/files/DATA/train.jsonl", "releases/1.0/files//README.md",
    "releases/2.0/files/README.md", "releases/1.0/files/" + "a/" * 2000, "releases/1.0/changes/..",
    "releases/1.0/changes/2.0", "releases/.half/changes/1.0",
)  # fmt: skip


@pytest.mark.parametrize("path", ELSEWHERE, ids=[path[:50] for path in ELSEWHERE])
def test_no_other_file_is_reached(olga: Browser, served: Served, path: str) -> None:
    for _ in range(5):
        # as it stands, not as a client would tidy it up
        with closing(http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=20)) as line:
            line.request("GET", f"{API}/{path}", headers={"Cookie": olga.cookie()})
            answer = line.getresponse()
            body = answer.read()
        if answer.status != 429:
            break
        time.sleep(float(answer.headers["Retry-After"]))  # a fast machine asks for all of these within its burst
    assert answer.status in (404, 422), body[:200]
    assert json.loads(body)["code"] in ("not_found", "bad_request", "no_report")


def test_the_record_is_a_zip_of_flat_tables(olga: Browser, served: Served) -> None:
    served.joined("pilot", "Ana", by=olga)
    answer = olga.get(f"{API}/record?format=jsonl")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert any(name.startswith("people") for name in archive.namelist())
        assert b"Ana" not in b"".join(archive.read(name) for name in archive.namelist())
    assert olga.get(f"{API}/record?format=xlsx").status_code == 422


READS = (
    "status", "seeds", "curation", "runs", "runs/fixed", "runs/fixed/rows", "assessment", "report/index.html",
    "releases", "releases/1.0/files/README.md", "record",
)  # fmt: skip


@pytest.mark.parametrize("path", READS)
def test_the_road_is_read_by_organisers_and_curators(olga: Browser, served: Served, path: str) -> None:
    for role in ("moderator", "participant", "observer"):
        other = served.joined("pilot", f"{role} {path}"[:40], role=role, by=olga)
        assert other.get(f"{API}/{path}").json()["code"] == "not_yours"
    assert served.browser().get(f"{API}/{path}").json()["code"] == "signed_out"
    assert olga.get(f"/api/studies/other/{path}").json()["code"] == "unknown_study"


def test_a_curator_reads_it(olga: Browser, served: Served) -> None:
    made = olga.post("/api/accounts", {"name": "Cleo", "password": "correct horse battery", "role": "curator"})
    assert made.status_code == 201, made.text
    cleo = served.browser()
    assert cleo.post("/api/login", {"name": "Cleo", "password": "correct horse battery"}).status_code == 204
    assert [cleo.get(f"{API}/{path}").status_code for path in ("status", "seeds", "runs", "releases")] == [200] * 4


def test_nothing_is_left_of_a_record_that_was_sent(
    olga: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert olga.get(f"{API}/record?format=csv").status_code == 200
    end = time.monotonic() + 5
    while any(tmp_path.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []
