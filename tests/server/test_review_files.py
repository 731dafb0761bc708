"""Ratings in files, out and in over HTTP; a server that is killed; and a task as large as they come."""

from __future__ import annotations

import csv
import io
import json
import secrets
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from seedbed import Study
from seedbed.review import Sample, handle, handles, load
from seedbed.review.rating import act_of
from seedbed.study import Folder
from seedbed.study.events import EventStore
from tests.curate.planted import crowd, plant
from tests.review.made import given, make_task, rate_all
from tests.server.reviewing import API, came, code, rated, task_of
from tests.server.served import PASSWORD, Browser, Served, serving
from tests.server.test_hosting import started
from tests.studies import copy_of


@pytest.fixture(scope="module")
def folder(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(copy_of(curated, tmp_path_factory.mktemp("review-files") / "pilot"))


@pytest.fixture(scope="module")
def served(folder: Folder) -> Iterator[Served]:
    with serving(folder.root.parent, "pilot", session_rate=(1e5, 1e5), address_rate=(1e5, 1e5)) as served:
        served.app.state.desks._often._rate = served.app.state.desks._often._burst = 1e5
        yield served


@pytest.fixture(scope="module")
def olga(served: Served) -> Browser:
    return served.organiser()


@pytest.fixture
def task(folder: Folder) -> str:
    """Six rows, rated by ana and bo."""
    name = f"t-{secrets.token_hex(4)}"
    rate_all(folder, make_task(folder, name), {"ana": [1, 2, 3, 4, 5, 5], "bo": [1, 2, 3, 4, 5, 1]})
    return name


def put_in(olga: Browser, task: str, text: str, name: str = "ratings.csv", **more: Any) -> httpx.Response:
    return olga.post(f"{API}/review/{task}/import", {"name": name, "text": text, **more})


# --- out and in ---------------------------------------------------------------------------------------------------


def test_what_goes_out_comes_in_again_as_it_was(folder: Folder, olga: Browser, task: str) -> None:
    again = f"{task}-copy"
    sheets = {}
    for format, name in (("csv", "long.csv"), ("csv-wide", "wide.csv")):
        out = olga.get(f"{API}/review/{task}/export", params={"format": format})
        sheets[format] = out.text
        assert out.headers["content-disposition"].endswith(f'filename="{task}-{format}.csv"')
        assert "sandbox" in out.headers["content-security-policy"]
        told = put_in(olga, task, out.text, name).json()
        assert (told["ratings"], told["taken"], told["already"], told["n_refused"]) == (12, 0, 12, 0), told
    # into another task of the same rows, which is not blind: the file has its ids
    original = load(folder, task).task
    make_task(folder, again, blind=False)
    rows = list(csv.DictReader(io.StringIO(sheets["csv"])))
    names = handles(original)
    text = "item,rater,scale,value\n" + "".join(
        f"{names[one['item']]},{one['rater']},{one['scale']},{one['value']}\n" for one in rows if one["scale"] != "note"
    )
    told = put_in(olga, again, text).json()
    assert (told["taken"], told["written"]) == (12, True), told
    assert {(one.item, one.values["relevance"]) for one in load(folder, again).standing()} == {
        (one.item, one.values["relevance"]) for one in load(folder, task).standing()
    }


@pytest.mark.parametrize("format", ["argilla", "label-studio"])
def test_files_of_other_programs(olga: Browser, task: str, format: str) -> None:
    out = olga.get(f"{API}/review/{task}/export", params={"format": format, "blank": True})
    assert out.status_code == 200, out.text
    assert out.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(out.content)) as archive:
        assert len(archive.namelist()) > 1
        assert "ana" not in "".join(archive.read(name).decode() for name in archive.namelist())


def test_half_the_columns_are_taken_and_the_others_named(folder: Folder, olga: Browser, task: str) -> None:
    items = load(folder, task).task.items
    names = [handle(load(folder, task).task, item) for item in items]
    text = "item,rater,relevance,beauty\n" + "".join(f"{name},Somebody Else,4,9\n" for name in names)
    told = put_in(olga, task, text, dry_run=True).json()
    assert (told["taken"], told["written"], told["missing"], told["unknown"]) == (6, False, ["sensibility"], ["beauty"])
    assert len(load(folder, task).rated) == 12
    told = put_in(olga, task, text).json()
    assert (told["taken"], told["written"]) == (6, True)
    # whom nobody knows stands under a pseudonym, and the server shows it at once
    (pseudonym,) = told["raters"].values()
    assert pseudonym.startswith("ext-")
    shown = olga.get(f"{API}/review/{task}").json()
    assert {one["rater"]: one["begun"] for one in shown["raters"]}[pseudonym] == 6
    assert "Somebody Else" not in json.dumps(shown)
    assert put_in(olga, task, text).json()["already"] == 6


def test_rows_that_cannot_be_taken_are_told_and_nothing_is_half_written(
    folder: Folder, olga: Browser, task: str
) -> None:
    made = load(folder, task).task
    first, second = (handle(made, item) for item in made.items[:2])
    text = (
        "item,rater,relevance,sensibility\n"
        f"{first},cy,4,4\n{first},cy,2,4\n{second},cy,9,4\nnobody,cy,3,3\n{second},,3,3\n{first},ana,5,5\n"
    )
    told = put_in(olga, task, text).json()
    assert (told["written"], told["n_refused"]) == (False, 5)
    reasons = {one["row"]: one["reason"] for one in told["refused"]}
    assert "'9' is no value of the scale relevance" in reasons["line 4"]
    assert len(load(folder, task).rated) == 12
    told = put_in(olga, task, text, skip_bad=True).json()
    assert (told["written"], told["taken"]) == (True, 1)
    assert load(folder, task).of("ana", made.items[0]).values["relevance"] == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("r.csv", "a,b\n1,2\n", "has no column for the item"),
        ("r.csv", "item,rater\n1,2\n", "none of the scales"),
        ("r.json", "{not json", "r.json"),
        ("r.exe", "MZ", "ends with none of"),
    ],
)
def test_a_file_that_is_none_says_why(
    folder: Folder, olga: Browser, task: str, name: str, text: str, said: str
) -> None:
    answer = put_in(olga, task, text, name)
    assert code(answer, 422) == "bad_import"
    assert said in answer.json()["detail"]
    assert "/tmp" not in answer.json()["detail"]
    assert str(folder.root) not in answer.text


def test_only_who_reviews_may_send_a_large_file(served: Served, olga: Browser, task: str) -> None:
    text = "item,rater,relevance\n" + "x" * 200_000
    assert put_in(olga, task, text, dry_run=True).status_code == 200
    pia = served.joined("pilot", "Pia", by=olga)
    assert code(put_in(pia, task, text), 413) == "too_large"
    assert code(olga.put(f"{API}/review/{task}/import", {"text": text}), 413) == "too_large"


# --- a server that is killed --------------------------------------------------------------------------------------


def test_kill_9_takes_back_no_rating_that_was_answered(curated: Path, tmp_path: Path) -> None:
    study = copy_of(curated, tmp_path / "pilot")
    make_task(Folder(study), "first", sample=Sample(method="all", size=None))
    answered: list[str] = []
    keys: list[str] = []
    for turn in range(2):
        where = tmp_path / f"turn-{turn}"
        where.mkdir()
        with started(where, study, "--home", tmp_path / "home", "--port", 0) as server:
            url = server.wait_for(r"Serving pilot at (http://127\.0\.0\.1:\d+)")[1]
            with httpx.Client(base_url=url, headers={"Origin": url}, trust_env=False, timeout=30) as http:
                olga = {"name": "Olga", "password": PASSWORD}
                if turn == 0:
                    token = server.wait_for(r"/setup#([\w-]{43})\n")[1]
                    assert http.post("/api/setup", json={"token": token, **olga}).status_code == 204
                else:
                    assert http.post("/api/login", json=olga).status_code == 204
                for _ in range(5):
                    item = http.get(f"{API}/rate/first").json()["items"][0]
                    key = secrets.token_hex(8)
                    body = {"item": item["item"], "values": {"relevance": 2, "sensibility": 2}, "key": key}
                    answer = http.post(f"{API}/rate/first/ratings", json=body)
                    assert answer.status_code == 200, answer.text
                    answered.append(item["item"])
                    keys.append(key)
                server.process.send_signal(signal.SIGKILL)
                server.process.wait(30)
        state = load(Folder(study), "first")
        assert [one.key for one in state.rated] == keys
    assert len(set(answered)) == 10


# --- as large as they come ----------------------------------------------------------------------------------------


def test_ten_thousand_rows_and_thirteen_thousand_ratings(tmp_path: Path) -> None:
    """Bounds for a busy machine: free, the first look takes 1.1 s, the summary 0.4 s and a rating 10 ms."""
    study = Folder(Study.new(tmp_path / "pilot").folder.root)
    plant(study, *crowd(10_000))
    task = make_task(study, "large", sample=Sample(method="all", size=None), each=60)
    # 3,100 rows have two ratings; not what `assignment` says, which takes 262 draws of 10,000
    acts = [
        act_of(f"rater-{n:03}", task.items[(50 * n + at) % 10_000], given(1 + (n // 7 + at) % 5, seconds=9.0))
        for n in range(262)
        for at in range(50)
    ]
    with EventStore.of(study) as store:
        store.append("review/large", "olga", acts)
    with serving(tmp_path, "pilot", session_rate=(1e5, 1e5)) as served:
        olga = served.organiser()
        rolf = came(served.browser(), olga, "Rolf")
        items = _within(20, lambda: task_of(rolf, "large", limit=20))["items"]
        shown = _within(10, lambda: olga.get(f"{API}/review/large")).json()
        assert (shown["task"]["items"], shown["rows"]["standing"], len(shown["raters"])) == (10_000, 13_100, 262)
        assert _within(5, lambda: olga.get(f"{API}/review/large/disputed")).json()["total"] > 1000
        for item in items:
            _within(2, lambda item=item: rated(rolf, item, "large"))  # type: ignore[misc]
        assert task_of(rolf, "large")["progress"]["done"] == 20


def _within(seconds: float, ask: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    found = ask()
    assert time.perf_counter() - began < seconds
    return found
