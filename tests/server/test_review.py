"""Rating over HTTP: tasks, raters, ratings, and what none of them is told."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seedbed.curate import load as curated
from seedbed.review import Sample, handle, list_tasks, load
from seedbed.server.identity import Who
from seedbed.study import Folder
from tests.cli.command import call
from tests.review.made import make_generated, make_task
from tests.server.reviewing import API, came, code, rated, say, task_of
from tests.server.served import Browser, Served, serving
from tests.studies import copy_of


@pytest.fixture(scope="module")
def folder(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    root = tmp_path_factory.mktemp("review")
    return Folder(make_generated(copy_of(curated, root / "pilot")))


@pytest.fixture(scope="module")
def served(folder: Folder) -> Iterator[Served]:
    with serving(folder.root.parent, "pilot", session_rate=(1e5, 1e5), address_rate=(1e5, 1e5)) as served:
        served.app.state.desks._often._rate = served.app.state.desks._often._burst = 1e5
        yield served


@pytest.fixture(scope="module")
def olga(served: Served) -> Browser:
    return served.organiser()


@pytest.fixture(scope="module")
def rita(served: Served, olga: Browser) -> Browser:
    return came(served.browser(), olga, "Rita")


@pytest.fixture(scope="module")
def raul(served: Served, olga: Browser) -> Browser:
    return came(served.browser(), olga, "Raul")


@pytest.fixture
def task(folder: Folder) -> str:
    """A task of six seeds, made by another process than the server."""
    name = f"t-{secrets.token_hex(4)}"
    make_task(folder, name)
    return name


def state(folder: Folder, task: str) -> Any:
    return load(folder, task)


# --- who may ------------------------------------------------------------------------------------------------------


def test_each_route_by_role(served: Served, olga: Browser, rita: Browser, task: str) -> None:
    olga.post("/api/accounts", {"name": "Cleo", "password": "correct horse battery", "role": "curator"})
    cleo = served.browser()
    assert cleo.post("/api/login", {"name": "Cleo", "password": "correct horse battery"}).status_code == 204
    people = {
        "organiser": olga, "curator": cleo, "moderator": served.joined("pilot", "Mo", role="moderator", by=olga),
        "participant": served.joined("pilot", "Pia", by=olga), "rater": rita,
        "observer": served.joined("pilot", "Obi", role="observer", by=olga), "nobody": served.browser(),
    }  # fmt: skip
    review = {"organiser", "curator"}
    rate = review | {"moderator", "participant", "rater"}
    item = task_of(rita, task)["items"][0]["item"]
    spec = {"name": "x", "kind": "question", "sample": {"size": 2}}
    asked: list[tuple[str, str, Any, set[str]]] = [
        ("GET", "codebook", None, review),
        ("GET", "review", None, review),
        ("POST", "review/preview", spec, review),
        ("GET", f"review/{task}", None, review),
        ("GET", f"review/{task}/disputed", None, review),
        ("PATCH", f"review/{task}", {"title": "T"}, review),
        ("GET", f"review/{task}/export", None, review),
        ("POST", f"review/{task}/import", {"name": "a.csv", "text": "item,rater,relevance\n", "dry_run": True}, review),
        ("GET", f"review/{task}/agreement", None, review),
        ("GET", "rate", None, rate),
        ("GET", f"rate/{task}", None, rate),
        ("POST", f"rate/{task}/ratings", {"item": item, "values": {"relevance": 2}, "key": "k" * 8}, rate),
        ("GET", f"rate/{task}/mine", None, rate),
        ("POST", f"rate/{task}/undo", {"item": item}, rate),
    ]
    for method, path, body, may in asked:
        for role, browser in people.items():
            more = {} if body is None else {"json": body}
            answer = browser.http.request(method, f"{API}/{path}", **more)
            if role in may:
                assert answer.status_code == 200, (role, method, path, answer.text)
            else:
                wanted = (401, "signed_out") if role == "nobody" else (403, "not_yours")
                assert (answer.status_code, answer.json()["code"]) == wanted, (role, method, path)
    for role, browser in people.items():
        if role not in review:
            assert browser.post(f"{API}/review", spec).status_code in (401, 403)
            assert browser.delete(f"{API}/review/{task}", params={"confirm": task}).status_code in (401, 403)


def test_a_rater_is_asked_to_consent_to_what_concerns_raters(served: Served, olga: Browser) -> None:
    asked = {}
    for role in ("rater", "participant"):
        path = f"/api/join/{served.link('pilot', role=role, group='' if role == 'rater' else 'A', by=olga)}"
        asked[role] = [item["id"] for item in served.browser().get(path).json()["consent"]]
        who = served.browser()
        assert who.post(path, {"name": "Cora", "consent": {"quoting": True}}).status_code == 200
        said = who.get(f"{API}/guide").json()["me"]["consent"]
        assert said == {item: item == "quoting" for item in asked[role]}
    assert asked["participant"] == ["training", "recording", "quoting", "demographics"]
    assert asked["rater"] == ["quoting", "demographics"]


def test_a_rater_sees_rating_and_nothing_else_of_the_study(served: Served, olga: Browser, rita: Browser) -> None:
    me = rita.get("/api/me").json()
    assert (me["role"], me["group"], me["study"]) == ("rater", None, "pilot")
    assert [one["name"] for one in rita.get("/api/studies").json()] == ["pilot"]
    home = rita.get(f"{API}").json()
    assert (home["groups"], home["boards"], home["activities"]) == ([], [], [])
    assert rita.get(f"{API}/guide").json()["me"]["role"] == "rater"
    for path in (
        "status",
        "seeds",
        "curation",
        "runs",
        "assessment",
        "releases",
        "people",
        "links",
        "record",
        "labels",
    ):
        assert rita.get(f"{API}/{path}").status_code == 403, path
    for path in ("history", "at/1", "people"):
        assert rita.get(f"{API}/boards/A/questions/{path}").status_code == 403, path
    assert rita.post(f"{API}/jobs", {"act": "curate", "options": {}}).status_code == 403
    hub = served.app.state.hub
    who = Who(me["id"], "Rita", "rater", "pilot", None, "s")
    assert {hub.barred("pilot", who, doc) for doc in ("board/A/questions", "agenda", "workshop")} == {"not_yours"}


def test_a_raters_link_names_no_group_and_asks_the_consent(served: Served, olga: Browser) -> None:
    assert code(olga.post(f"{API}/links", {"group": "A", "role": "rater"}), 422) == "bad_group"
    made = olga.post(f"{API}/links", {"group": "", "role": "rater", "label": "The class of May"}).json()
    assert made["qr"].startswith("<svg")
    link = made["url"].rpartition("/")[2]
    invitation = served.browser().get(f"/api/join/{link}").json()
    assert (invitation["role"], invitation["group"]) == ("rater", "")
    consent = {one["id"]: True for one in invitation["consent"]}
    ria = served.browser()
    answer = ria.post(f"/api/join/{link}", {"name": "Ria", "consent": consent, "profile": {"position": "teacher"}})
    assert answer.status_code == 200, answer.text
    me = ria.get(f"{API}/guide").json()["me"]
    assert (me["consent"], me["profile"]["position"], me["group"]) == (consent, "teacher", "")
    # two raters of one name are told apart, and none of them is moved into a group
    second = served.browser()
    second.post(f"/api/join/{link}", {"name": "Ria"})
    names = [one["name"] for one in olga.get(f"{API}/people").json() if one["role"] == "rater"]
    assert len(set(names)) == len(names)
    assert code(olga.post(f"{API}/people/{me['person']}/move", {"group": "A"}), 422) == "bad_group"
    assert olga.post(f"{API}/people/{me['person']}/remove").status_code == 204
    assert ria.get(f"{API}/rate").status_code == 401


def test_a_raters_link_by_command(served: Served, folder: Folder) -> None:
    home = folder.root.parent / "home"
    link = call("link", folder.root, "--role", "rater", "--home", home, "--json").json
    assert (link["role"], link["group"]) == ("rater", "")
    refused = call("link", folder.root, "--role", "rater", "--group", "A", "--home", home)
    assert "names no group" in refused.err
    ria = served.browser()
    assert ria.post(f"/api/join/{link['url'].rpartition('/')[2]}", {"name": "Ria"}).status_code == 200
    assert ria.get(f"{API}/rate").status_code == 200


# --- tasks --------------------------------------------------------------------------------------------------------


def test_a_task_from_the_codebook_to_its_list(folder: Folder, olga: Browser, rita: Browser) -> None:
    book = olga.get(f"{API}/codebook").json()
    assert {"relevance", "sensibility", "aligned", "values"} <= {one["id"] for one in book["scales"]}
    assert {one["name"]: one["kinds"] for one in book["sources"]}["questions"] == ["question"]
    assert "Rita" in {one["name"] for one in book["raters"]}
    spec = {
        "name": "mixed", "kind": "question", "title": "Which are sensible?", "instructions": "Read twice.",
        "sample": {"of": ["seeds", "questions"], "size": 8, "seed": 4},
        "scales": ["sensibility", {"id": "odd", "title": "Odd?", "level": "nominal",
                                   "options": [{"value": "yes"}, {"value": "no"}]}],
        "retest": 0.25,
    }  # fmt: skip
    before = olga.post(f"{API}/review/preview", spec).json()
    assert (before["items"], before["sources"], len(before["examples"])) == (8, {"seeds": 4, "questions": 4}, 3)
    made = olga.post(f"{API}/review", spec).json()
    assert (made["items"], sorted(made["sources"])) == (8, ["questions", "seeds"])
    assert set(state(folder, "mixed").task.items[:3]) == {one["id"] for one in before["examples"]}
    assert code(olga.post(f"{API}/review", spec), 409) == "task_taken"
    assert made in olga.get(f"{API}/review").json()
    mine = next(one for one in rita.get(f"{API}/rate").json() if one["name"] == "mixed")
    assert mine["progress"] == {"assigned": 10, "done": 0, "begun": 0, "skipped": 0}
    shown = task_of(rita, "mixed")
    assert (shown["title"], shown["instructions"]) == ("Which are sensible?", "Read twice.")
    assert [scale["id"] for scale in shown["scales"]] == ["sensibility", "odd"]


def test_who_is_named_must_be_known(olga: Browser, task: str) -> None:
    asked = {"name": "named", "kind": "question", "raters": ["p_nobody"]}
    for answer in (olga.post(f"{API}/review", asked), olga.http.patch(f"{API}/review/{task}", json={"raters": ["x"]})):
        assert code(answer, 404) == "unknown_person"
        assert answer.json()["detail"] in ("p_nobody", "x")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"scales": ["no-such"]}, "No scale 'no-such'"),
        ({"scales": ["aligned"]}, "cannot be asked of a question"),
        ({"sample": {"of": ["no-such-run"]}}, "no-such-run"),
        ({"sample": {"ids": ["nobody"]}}, "nobody"),
        ({"per_item": 2}, "named raters"),
        ({"sample": {"earlier": "none", "method": "disagreement"}}, "no rating task 'none'"),
    ],
)
def test_a_task_that_cannot_be_says_why(olga: Browser, folder: Folder, spec: dict[str, Any], said: str) -> None:
    answer = olga.post(f"{API}/review", {"name": "bad", "kind": "question", **spec})
    assert code(answer, 422) == "bad_task"
    assert said in answer.json()["detail"]
    assert str(folder.root) not in answer.text
    assert "bad" not in {one.name for one in list_tasks(folder)}


def test_only_those_named_rate(olga: Browser, rita: Browser, raul: Browser, task: str) -> None:
    me = rita.get("/api/me").json()["id"]
    changed = olga.http.patch(f"{API}/review/{task}", json={"raters": [me], "title": "For Rita"}).json()
    assert (changed["named"], changed["title"]) == ([me], "For Rita")
    item = task_of(rita, task)["items"][0]
    assert task not in {one["name"] for one in raul.get(f"{API}/rate").json()}
    assert code(raul.get(f"{API}/rate/{task}"), 403) == "not_a_rater"
    assert code(say(raul, item, task), 403) == "not_a_rater"
    assert code(raul.get(f"{API}/rate/{task}/mine"), 403) == "not_a_rater"
    assert rated(rita, item, task)["progress"]["done"] == 1


def test_an_answer_is_not_held_back_until_its_head_is_acknowledged(rita: Browser) -> None:
    """Else each takes the 40 ms by which the other side puts off acknowledging: never less, however idle all is."""
    took = []
    for _ in range(12):
        began = time.perf_counter()
        assert rita.get("/api/me").status_code == 200
        took.append(time.perf_counter() - began)
    assert min(took) < 0.03


# --- rating -------------------------------------------------------------------------------------------------------


def test_rating_revising_and_taking_back(folder: Folder, rita: Browser, task: str) -> None:
    first = task_of(rita, task)["items"][0]
    told = rated(rita, first, task, seconds=12.5, critique="  Two topics.  ")
    assert told["progress"] == {"assigned": 6, "done": 1, "begun": 0, "skipped": 0}
    assert (told["rated"]["values"], told["rated"]["critique"]) == ({"relevance": 3, "sensibility": 4}, "Two topics.")
    assert task_of(rita, task)["items"][0]["item"] != first["item"]
    # half an answer is begun and comes again; skipping is an answer
    second = task_of(rita, task)["items"][0]
    assert rated(rita, second, task, values={"relevance": 5})["rated"]["state"] == "begun"
    assert task_of(rita, task)["items"][0] == second
    assert rated(rita, second, task, values={}, skipped=True)["progress"]["skipped"] == 1
    # a revision stands in place of what was said, which stays on record
    assert rated(rita, first, task, values={"relevance": 1, "sensibility": 1})["rated"]["values"]["relevance"] == 1
    mine = rita.get(f"{API}/rate/{task}/mine").json()
    assert [row["item"]["item"] for row in mine["rows"]] == [first["item"], second["item"]]
    assert mine["rows"][0]["item"]["texts"] == first["texts"]
    back = rita.post(f"{API}/rate/{task}/undo", {"item": first["item"]}).json()
    assert back["rated"]["values"]["relevance"] == 3
    assert len(state(folder, task).rated) == 4
    for _ in range(1):
        back = rita.post(f"{API}/rate/{task}/undo", {"item": first["item"]}).json()
    assert back["rated"] is None
    assert code(rita.post(f"{API}/rate/{task}/undo", {"item": first["item"]}), 404) == "unknown_item"


def test_one_key_is_one_rating(folder: Folder, rita: Browser, task: str) -> None:
    item = task_of(rita, task)["items"][0]
    for _ in range(3):
        assert rated(rita, item, task, key="the-same-key")["progress"]["done"] == 1
    for other in ({"values": {"relevance": 1}}, {"critique": "Other words."}):
        assert code(say(rita, item, task, key="the-same-key", **other), 409) == "key_used"
    assert len(state(folder, task).rated) == 1


def test_the_same_rating_sent_many_times_at_once_is_one(
    served: Served, folder: Folder, rita: Browser, task: str
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    item = task_of(rita, task)["items"][0]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: say(rita, item, task, key="at-the-same-time").status_code, range(16)))
    assert answers == [200] * 16
    assert len(state(folder, task).rated) == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"relevance": 9}, "9 is no value of the scale relevance"),
        ({"relevance": 2.5}, "2.5 is no value"),
        ({"relevance": "much"}, "'much' is no value"),
        ({"relevance": ["1", "2"]}, "takes one value"),
        ({"beauty": 3}, "has no scale 'beauty'"),
    ],
)
def test_a_value_outside_the_scale_is_refused_in_words(
    folder: Folder, rita: Browser, task: str, values: dict[str, Any], said: str
) -> None:
    answer = say(rita, task_of(rita, task)["items"][0], task, values=values)
    assert code(answer, 422) == "bad_rating"
    assert said in answer.json()["detail"]
    assert state(folder, task).rated == []


def test_what_is_not_ones_own_to_rate(folder: Folder, rita: Browser, task: str) -> None:
    item = task_of(rita, task)["items"][0]
    assert code(say(rita, item, "no-such-task"), 404) == "unknown_task"
    assert code(rita.get(f"{API}/rate/no-such-task"), 404) == "unknown_task"
    assert code(say(rita, {**item, "item": "0" * 12}, task), 404) == "unknown_item"
    assert code(say(rita, {**item, "again": True}, task), 404) == "unknown_item"  # this task asks nothing twice
    make_task(folder, f"{task}-each", each=2)
    whole = {one["item"] for one in task_of(rita, f"{task}-each", limit=20)["items"]}
    assert len(whole) == 2


def test_a_second_time_comes_after_the_first(folder: Folder, olga: Browser, rita: Browser, task: str) -> None:
    name = f"{task}-again"
    make_task(folder, name, sample=Sample(size=4), retest=0.5)
    shown = task_of(rita, name, limit=20)
    assert shown["progress"]["assigned"] == 6
    assert not any(one["again"] for one in shown["items"])  # before the first there is no second
    for one in shown["items"]:
        rated(rita, one, name)
    rest = task_of(rita, name, limit=20)["items"]
    assert [one["again"] for one in rest] == [True, True]
    assert rated(rita, rest[0], name, values={"relevance": 3, "sensibility": 5})["progress"]["done"] == 5
    shown = olga.get(f"{API}/review/{name}").json()
    assert shown["retest"]["relevance"]["same"]["value"] == 1.0
    assert shown["retest"]["sensibility"]["same"]["value"] == 0.0


def test_a_task_deleted_while_rated_keeps_the_rating_and_says_so(
    folder: Folder, olga: Browser, rita: Browser, task: str
) -> None:
    first, second, third = task_of(rita, task)["items"][:3]
    rated(rita, first, task)
    assert olga.http.patch(f"{API}/review/{task}", json={"open": False}).json()["open"] is False
    answer = say(rita, second, task, key="late-closed")
    assert code(answer, 409) == "task_closed"
    assert "kept" in answer.json()["message"]
    assert code(say(rita, second, task, key="late-closed"), 409) == "task_closed"
    assert code(rita.get(f"{API}/rate/{task}"), 409) == "task_closed"
    assert rita.get(f"{API}/rate/{task}/mine").json()["total"] == 1
    assert code(olga.delete(f"{API}/review/{task}", params={"confirm": "another"}), 422) == "bad_request"
    assert olga.delete(f"{API}/review/{task}", params={"confirm": task, "reason": "Over."}).status_code == 204
    answer = say(rita, third, task, critique="Written while it was deleted.")
    assert code(answer, 410) == "task_deleted"
    kept = state(folder, task)
    assert [one.late for one in kept.rated] == [False, True, True]
    assert kept.rated[2].critique == "Written while it was deleted."
    assert task not in {one["name"] for one in rita.get(f"{API}/rate").json()}
    assert task not in {one["name"] for one in olga.get(f"{API}/review").json()}
    all_of_them = olga.get(f"{API}/review", params={"deleted": True}).json()
    assert [one["deleted"] for one in all_of_them if one["name"] == task] == [True]
    assert code(olga.http.patch(f"{API}/review/{task}", json={"open": True}), 410) == "task_deleted"
    # what was said can still be had
    assert "Written while it was deleted." in olga.get(f"{API}/review/{task}/export").text
    assert olga.get(f"{API}/review/{task}").json()["rows"]["late"] == 2


# --- blind and shared ---------------------------------------------------------------------------------------------


def test_nothing_that_a_rater_gets_tells_origin_author_or_others(folder: Folder, rita: Browser, raul: Browser) -> None:
    make_task(folder, "blind", sample=Sample(of=("seeds", "questions"), size=10), retest=0.3)
    task = state(folder, "blind").task
    secret = "What Rita thinks and nobody is told"
    got: list[str] = []
    for one in task_of(rita, "blind", limit=20)["items"]:
        got.append(say(rita, one, "blind", critique=secret, values={"relevance": 1, "sensibility": 2}).text)
    assert any(secret in text for text in got)  # Rita reads her own
    heard: list[str] = [raul.get(f"{API}/rate").text, raul.get(f"{API}/rate/blind", params={"limit": 20}).text]
    for one in task_of(raul, "blind", limit=20)["items"]:
        heard.append(say(raul, one, "blind", values={"relevance": 5, "sensibility": 5}).text)
        heard.append(say(raul, one, "blind", values={"relevance": 9}).text)
    for one in task_of(raul, "blind", limit=20)["items"]:
        assert one["again"]
        heard.append(say(raul, one, "blind").text)
    heard.append(raul.get(f"{API}/rate/blind/mine").text)
    heard.append(say(raul, {"item": task.items[0], "again": False}, "blind").text)
    people = {author for one in curated(folder).questions for author in one.authors} | {
        rita.get("/api/me").json()["id"]
    }
    secrets_ = {*task.items, *people, task.salt, secret, "Rita", "group", "sources", "kept", "gate"}
    for text in heard:
        for word in secrets_:
            assert f'"{word}"' not in text, word
        assert secret not in text
        for row in _rows(json.loads(text)):
            assert row["source"] is None
            assert set(row["texts"]) <= {"text"}
    assert [row["others"] for row in json.loads(heard[-2])["rows"]] == [[]] * 13
    # the order in which rows stand is another for each, so that it tells nothing either
    orders = [[one["item"]["item"] for one in b.get(f"{API}/rate/blind/mine").json()["rows"]] for b in (rita, raul)]
    assert orders[0] != orders[1]


def _rows(told: Any) -> Iterator[Any]:
    if isinstance(told, dict):
        if "texts" in told:
            yield told
        for value in told.values():
            yield from _rows(value)
    elif isinstance(told, list):
        for value in told:
            yield from _rows(value)


def test_in_a_shared_task_others_are_heard_after_ones_own(folder: Folder, rita: Browser, raul: Browser) -> None:
    make_task(folder, "shared", sample=Sample(size=3), blind=False)
    item = task_of(rita, "shared")["items"][0]
    assert item["source"] == "seeds"
    assert rated(rita, item, "shared", critique="I was first.")["rated"]["others"] == []
    before = raul.get(f"{API}/rate/shared").text + raul.get(f"{API}/rate/shared/mine").text
    assert "I was first." not in before
    half = rated(raul, item, "shared", values={}, critique="Nothing yet.")
    assert half["rated"]["others"] == []  # a remark alone opens nothing
    told = rated(raul, item, "shared", values={"relevance": 5, "sensibility": 5})
    assert told["rated"]["others"] == [{"values": {"relevance": 3, "sensibility": 4}, "critique": "I was first."}]
    assert "Rita" not in json.dumps(told)


# --- what came of it ----------------------------------------------------------------------------------------------


@pytest.fixture
def judged(olga: Browser, rita: Browser, raul: Browser, task: str) -> str:
    """Six rows that Rita and Raul rated: the same on four, one apart on one, four apart on one."""
    rows = sorted(task_of(rita, task, limit=20)["items"], key=lambda one: str(one["item"]))
    for n, one in enumerate(rows):
        rated(rita, one, task, values={"relevance": 1 if n == 5 else 3, "sensibility": 4}, seconds=8)
        rated(raul, one, task, values={"relevance": 5 if n == 5 else 3 if n else 4, "sensibility": 4}, seconds=20)
    return task


def test_the_summary_and_the_disagreements(olga: Browser, rita: Browser, raul: Browser, judged: str) -> None:
    shown = olga.get(f"{API}/review/{judged}").json()
    assert (shown["task"]["done"], shown["task"]["places"], shown["by_raters"], shown["disputed"]) == (
        12,
        12,
        {"2": 6},
        2,
    )
    by_name = {one["name"]: one for one in shown["raters"]}
    assert (by_name["Rita"]["times"]["median"], by_name["Raul"]["times"]["median"]) == (8.0, 20.0)
    assert by_name["Rita"]["given"]["relevance"] == {"1": 1, "3": 5}
    assert by_name["Rita"]["severity"]["relevance"]["value"] == pytest.approx(-5 / 6, abs=1e-3)
    assert shown["rows"] == {"recorded": 12, "standing": 12, "replaced": 0, "taken_back": 0, "late": 0}
    page = olga.get(f"{API}/review/{judged}/disputed", params={"limit": 1}).json()
    assert (page["total"], page["next"]) == (2, 1)
    worst = page["rows"][0]
    assert (worst["scale"], worst["row"]["source"], worst["spreads"]["relevance"]["soft"]) == (
        "relevance", "seeds", {"1": 0.5, "5": 0.5}
    )  # fmt: skip
    assert {one["name"]: one["values"]["relevance"] for one in worst["opinions"]} == {"Rita": 1, "Raul": 5}


def test_agreement_has_intervals_and_is_that_of_the_room(folder: Folder, olga: Browser, judged: str) -> None:
    from seedbed.measures.definition import Value
    from seedbed.review import agreement_of

    shown = olga.get(f"{API}/review/{judged}/agreement", params={"people": "role"})
    assert shown.status_code == 200, shown.text
    scales = {one["scale"]: one for one in shown.json()["scales"]}
    wanted = agreement_of(state(folder, judged), "relevance").overall[""]
    (part,) = scales["relevance"]["parts"]
    for name, value in wanted.coefficients().items():
        told = part["overall"]["coefficients"][name]
        if isinstance(value, Value):
            assert (told["value"], told["low"], told["high"]) == (value.value, value.low, value.high)
        else:
            assert (told["value"], told["reason"]) == (None, value.reason)
    assert part["overall"]["marginals"] == {"1": 1, "2": 0, "3": 9, "4": 1, "5": 1}
    assert list(part["within"]) == ["rater"]
    assert [one["kind"] for one in scales["relevance"]["by_source"]] == ["seeds"]
    assert scales["sensibility"]["parts"][0]["overall"]["coefficients"]["raw"]["value"] == 1.0


def test_rows_are_shown_as_curation_has_them(
    served: Served, folder: Folder, rita: Browser, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from seedbed.curate import decide
    from seedbed.server.review import desk

    shown = task_of(rita, task)["items"][0]
    made = state(folder, task).task
    item = {handle(made, id): id for id in made.items}[shown["item"]]
    decide(folder, item, "edit", "Clearer.", "olga", fields={"text": "What is clearer now?"})
    assert task_of(rita, task)["items"][0]["texts"] == shown["texts"]
    monkeypatch.setattr(desk, "_STALE", 0.0)
    assert task_of(rita, task)["items"][0]["texts"]["text"] == "What is clearer now?"


def test_words_of_somebody_erased_are_not_told_any_more(served: Served, olga: Browser, task: str) -> None:
    wera = came(served.browser(), olga, "Wera")
    rated(wera, task_of(wera, task)["items"][0], task, critique="Words of Wera")
    assert "Words of Wera" in olga.get(f"{API}/review/{task}/export").text
    assert "Words of Wera" in wera.get(f"{API}/rate/{task}/mine").text
    me = wera.get("/api/me").json()["id"]
    assert olga.post(f"{API}/people/{me}/redact").status_code == 200
    held = served.app.state.desks.of("pilot")
    for path in ("", "/disputed", "/export"):
        assert "Words of Wera" not in olga.get(f"{API}/review/{task}{path}").text
    assert all(one.critique == "" for one in held._held[task].state.rated)
    assert olga.get(f"{API}/review/{task}").json()["raters"][0]["done"] == 1  # the values are not their words
