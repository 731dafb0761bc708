"""The HTTP interface as a page uses it, and what the command line and another start of the server see of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from seedbed.errors import StorageError
from seedbed.server.app import _ROUTERS, openapi_schema
from seedbed.server.people.people import People
from seedbed.server.refusals import REFUSALS
from seedbed.server.routes.later import later_routers
from tests.server.served import PASSWORD, make_studies, serving


def test_the_first_organiser_is_made_by_the_link_and_only_once(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        setup = server.app.state.home.setup
        assert setup is not None
        guest = server.browser()
        body = {"token": "x" * 43, "name": "Olga", "password": PASSWORD}
        assert guest.post("/api/setup", body).json()["code"] == "setup_over"
        body["token"] = setup.token
        assert guest.post("/api/setup", {**body, "password": "short"}).json()["code"] == "bad_password"
        assert guest.post("/api/setup", {**body, "name": "\u202e"}).json()["code"] == "bad_name"
        assert guest.get("/api/me").json()["kind"] == "nobody"
        assert guest.post("/api/setup", body).status_code == 204
        assert guest.get("/api/me").json() == {
            "kind": "account", "id": guest.get("/api/accounts").json()[0]["id"], "name": "Olga",
            "role": "organiser", "study": None, "group": None,
        }  # fmt: skip
        assert server.browser().post("/api/setup", {**body, "name": "Eve"}).status_code == 410
        assert [one["name"] for one in guest.get("/api/accounts").json()] == ["Olga"]


def test_accounts_come_and_go(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        cleo = {"name": "Cleo", "password": PASSWORD, "role": "curator"}
        made = olga.post("/api/accounts", cleo)
        assert made.status_code == 201
        assert "password" not in made.text
        assert olga.post("/api/accounts", {**cleo, "name": "CLEO"}).json()["code"] == "name_taken"
        assert olga.post("/api/accounts", {**cleo, "role": "god"}).json()["code"] == "bad_request"
        signed_in = server.browser()
        assert signed_in.post("/api/login", {"name": "cleo", "password": PASSWORD}).status_code == 204
        assert signed_in.get("/api/me").json()["role"] == "curator"
        assert olga.delete(f"/api/accounts/{made.json()['id']}").status_code == 204
        assert signed_in.get("/api/me").json()["kind"] == "nobody"
        assert olga.delete(f"/api/accounts/{made.json()['id']}").json()["code"] == "unknown_account"
        me = olga.get("/api/me").json()["id"]
        assert olga.delete(f"/api/accounts/{me}").json()["code"] == "last_organiser"


def test_signing_out_ends_the_session_and_asks_for_none(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        cookie = olga.cookie()
        assert olga.post("/api/logout").status_code == 204
        assert olga.cookie() == ""
        assert olga.post("/api/logout").status_code == 204
        assert server.browser(Cookie=cookie).get("/api/me").json()["kind"] == "nobody"


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        server.organiser()
        answers = [
            server.browser().post("/api/login", {"name": name, "password": "a wrong password"})
            for name in ("Olga", "Nobody", "\u0000", "x" * 160)
        ]
        assert len({(answer.status_code, answer.text) for answer in answers}) == 1
        assert answers[0].json()["code"] == "wrong_login"
        assert all("set-cookie" not in answer.headers for answer in answers)


def test_everything_is_there_after_another_start(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga, ana = server.organiser(), server.joined("one", "Ana", group="B")
        cookies = {name: browser.http.cookies.jar for name, browser in (("olga", olga), ("ana", ana))}
        values = {name: next(c.value for c in jar if not c.name.endswith("device")) for name, jar in cookies.items()}
        people = olga.get("/api/studies/one/people").json()
    with serving(tmp_path, "one") as server:
        name = server.app.state.config.cookie  # another port, so another name
        again = {who: server.browser(Cookie=f"{name}={value}") for who, value in values.items()}
        assert again["olga"].get("/api/me").json()["name"] == "Olga"
        assert again["ana"].get("/api/me").json()["group"] == "B"
        assert again["olga"].get("/api/studies/one/people").json() == people
        assert again["olga"].get("/api/studies/one").json()["people"] == 1
        assert server.app.state.home.setup is None


def test_a_move_that_broke_off_is_finished_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Ana", by=olga)
        id = ana.get("/api/me").json()["id"]
        with monkeypatch.context() as patch:
            patch.setattr(People, "move", lambda *_: 1 / 0)  # the server dies between the record and the name's file
            assert olga.post(f"/api/studies/one/people/{id}/move", {"group": "B"}).status_code == 500
        assert olga.get("/api/studies/one/people").json()[0]["group"] == "A"
    with serving(tmp_path, "one") as server:
        (person,) = server.organiser().get("/api/studies/one/people").json()
        assert person["group"] == "B"


def test_a_group_in_other_letters_is_no_new_group(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        answer = olga.post("/api/studies/one/links", {"group": "a", "role": "participant"})
        assert answer.status_code == 422
        assert olga.get("/api/studies/one/links").json() == []
        for group in ("../B", "a b", "-a", "x" * 33, "Ä", "A\n"):
            answer = olga.post("/api/studies/one/links", {"group": group, "role": "participant"})
            assert answer.json()["code"] == "bad_request", group


def test_history_and_the_board_as_it_was(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        board = "/api/studies/one/boards/A/questions"
        assert olga.get(f"{board}/history").json() == []
        assert olga.get(f"{board}/at/0").status_code == 200
        assert olga.get("/api/studies/one/boards/Z/questions/history").json()["code"] == "unknown_document"
        assert olga.get("/api/studies/one/boards/A/other/history").json()["code"] == "unknown_document"
        for query in ("limit=0", "limit=1001", "before=-1", "before=x"):
            assert olga.get(f"{board}/history?{query}").status_code == 422


def test_an_erased_person_is_gone_with_name_and_session(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Zacharias Unforgettable", by=olga)
        id = ana.get("/api/me").json()["id"]
        answer = olga.post(f"/api/studies/one/people/{id}/redact")
        assert answer.status_code == 200, answer.text
        assert answer.json()["look_alikes"] == []
        assert ana.get("/api/me").json()["kind"] == "nobody"
        (person,) = olga.get("/api/studies/one/people").json()
        assert person["name"] == ""
        assert person["removed"] is not None
        kept = b"".join(path.read_bytes() for path in (tmp_path / "one").rglob("*") if path.is_file())
        assert b"Unforgettable" not in kept
        assert olga.post("/api/studies/one/people/p_aaaaaaaaaa/redact").json()["code"] == "unknown_person"


def test_unknown_addresses_of_the_interface_say_so_in_json(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        guest = server.browser()
        for path in ("/api", "/api/", "/api/nothing", "/api/me/", "/api/studies/one/live"):
            assert guest.get(path).json()["code"] == "not_found", path
        assert guest.post("/api/health").json()["code"] == "bad_method"
        assert "GET" in guest.post("/api/health").headers["Allow"]
        assert guest.post("/").status_code == 405


def test_the_schema_names_every_route_and_is_not_served(tmp_path: Path) -> None:
    schema = openapi_schema()
    assert json.loads(json.dumps(schema)) == schema
    operations = {(path, method) for path, item in schema["paths"].items() for method in item}
    assert ("/api/join/{code}", "post") in operations
    routes = [
        route for router in (*_ROUTERS, *later_routers()) for route in router.routes if isinstance(route, APIRoute)
    ]
    assert operations == {(route.path_format, method.lower()) for route in routes for method in route.methods}
    with serving(tmp_path, "one") as server:
        assert server.browser().get("/openapi.json").status_code == 404
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            faults = {status for status in operation["responses"] if status.startswith(("4", "5"))}
            assert {"401", "403", "404", "422", "429", "500"} <= faults, (path, method)
            for status in faults:
                shape = operation["responses"][status]["content"]["application/json"]["schema"]
                assert shape == {"$ref": "#/components/schemas/Fault"}


def test_routes_that_are_read_later_are_there_when_they_are_asked_for_and_not_before(tmp_path: Path) -> None:
    asked = (
        "import sys; from seedbed.server import app; from seedbed.server.routes.later import LATER; "
        "print([name for name in LATER if f'seedbed.server.routes.{name}' in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
    first = {route.path for router in _ROUTERS for route in router.routes if isinstance(route, APIRoute)}
    assert not first & {route.path for each in later_routers() for route in each.routes if isinstance(route, APIRoute)}
    with serving(tmp_path, "one") as server:
        guest = server.browser()
        for _ in range(2):
            assert guest.get("/api/studies/one/seeds").json()["code"] == "signed_out"
            assert guest.delete("/api/studies/one/seeds").json()["code"] == "bad_method"
            assert guest.get("/api/studies/one/nothing").json()["code"] == "not_found"
            assert guest.get("/api/studies/one/seeds/%0A").json()["code"] == "not_found"


def test_every_refusal_has_a_status_that_the_schema_knows_and_a_sentence() -> None:
    operation = openapi_schema()["paths"]["/api/me"]["get"]
    for code, (status, sentence) in REFUSALS.items():
        assert str(status) in operation["responses"], code
        assert sentence.endswith("."), code


def test_a_server_with_several_studies_tells_them_apart(tmp_path: Path) -> None:
    make_studies(tmp_path, "one", "two")
    with serving(tmp_path, "one", "two") as server:
        olga = server.organiser()
        server.joined("one", "Ana", by=olga)
        server.joined("two", "Ana", by=olga)
        names = {
            study: [p["name"] for p in olga.get(f"/api/studies/{study}/people").json()] for study in ("one", "two")
        }
        assert names == {"one": ["Ana"], "two": ["Ana"]}
        assert [study["title"] for study in olga.get("/api/studies").json()] == ["The study one", "The study two"]
        assert olga.get("/api/studies/three").json()["code"] == "unknown_study"


def test_the_log_says_where_somebody_belongs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A move is an event first and a row of identity.db after it: between the two, the event counts."""
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Ana", by=olga)
        id = ana.get("/api/me").json()["id"]
        with monkeypatch.context() as disk:
            disk.setattr("seedbed.server.people.people.People.move", _refuse)
            assert olga.post(f"/api/studies/one/people/{id}/move", {"group": "B"}).status_code == 503
        assert ana.get("/api/studies/one/boards/A/questions/history").status_code == 403
        assert ana.get("/api/studies/one/boards/B/questions/history").status_code == 200


def _refuse(*_: object) -> None:
    raise StorageError("no room")
