"""Attacks on the gate: other sites, other names, other sessions, floods, large bodies, and what answers give away."""

from __future__ import annotations

import http.client
import json
import logging
import socket
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from seedbed.errors import UsageError
from seedbed.server.config import ServerConfig, checked_proxies, checked_public_url
from seedbed.server.door.access_log import shown_path
from seedbed.server.door.addresses import arrived_by_http, client_address
from seedbed.server.door.bodies import MOST_BYTES
from seedbed.server.door.gate import same_site
from seedbed.server.door.headers import content_security_policy
from seedbed.server.people.home import Home
from seedbed.server.serving import check_reach
from tests.server.served import PASSWORD, Browser, Served, closed, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    pages = tmp_path_factory.mktemp("pages")
    (pages / "assets").mkdir()
    (pages / "index.html").write_text("<!doctype html><title>Seedbed</title>")
    (pages / "assets" / "app-1a2b3c.js").write_text("export {}")
    (pages / ".fingerprint").write_text("not for the world")
    (pages.parent / "secret.txt").write_text("not for the world")
    wide = {"session_rate": (1000, 10_000), "address_rate": (1000, 10_000), "past_rate": (1000, 10_000)}
    with serving(tmp_path_factory.mktemp("served"), "one", "two", pages=pages, **wide) as served:
        yield served


@pytest.fixture(scope="module")
def olga(server: Served) -> Browser:
    return server.organiser()


def socket_of(server: Served, study: str, cookie: str | None, **headers: str) -> ClientConnection:
    more = {"Origin": server.url, **({"Cookie": cookie} if cookie else {}), **headers}
    origin = more.pop("Origin")
    url = server.url.replace("http", "ws")
    return connect(
        f"{url}/api/studies/{study}/live", origin=origin or None, additional_headers=more, proxy=None,
        compression=None, open_timeout=10, close_timeout=5,
    )  # type: ignore[arg-type]  # fmt: skip


def refused_with(server: Served, study: str, cookie: str | None, **headers: str) -> int:
    with pytest.raises(InvalidStatus) as refusal:
        socket_of(server, study, cookie, **headers)
    return refusal.value.response.status_code


# --- another site ----------------------------------------------------------------------------------------------------

FOREIGN = [
    "https://evil.example",
    "null",
    "",
    "http://127.0.0.1",  # the same machine, another port
    "https://127.0.0.1:{port}",  # another scheme
    "http://127.0.0.1:{port}.evil.example",
    "http://localhost:{port}",  # a name of ours, and not the one that was asked
]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("path", ["/api/logout", "/api/login", "/api/studies/one/links", "/api/join/x"])
def test_no_other_site_posts_here(server: Served, olga: Browser, origin: str, path: str) -> None:
    port = server.url.rpartition(":")[2]
    answer = olga.post(path, {"group": "A", "role": "participant"}, headers={"Origin": origin.format(port=port)})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert olga.get("/api/me").json()["kind"] == "account"


def test_a_request_without_an_origin_is_no_pages(server: Served, olga: Browser) -> None:
    request = olga.http.build_request("POST", "/api/logout", json={})
    del request.headers["Origin"]
    assert olga.http.send(request).json()["code"] == "cross_site"


@pytest.mark.parametrize("origin", FOREIGN)
def test_no_other_site_opens_a_socket(server: Served, olga: Browser, origin: str) -> None:
    port = server.url.rpartition(":")[2]
    assert refused_with(server, "one", olga.cookie(), Origin=origin.format(port=port)) == 403


def test_a_page_of_ours_opens_a_socket(server: Served, olga: Browser) -> None:
    with socket_of(server, "one", olga.cookie()) as live:
        live.send(b"\x06\x00")
        assert live.recv(timeout=5) == b"\x19\x00"


def test_two_origins_or_hosts_are_none(server: Served) -> None:
    config = server.app.state.config
    host = f"127.0.0.1:{config.port}"
    both = [(b"host", host.encode()), (b"origin", server.url.encode())]
    assert same_site(config, Headers(raw=both))
    assert not same_site(config, Headers(raw=[*both, (b"origin", b"https://evil.example")]))
    assert not same_site(config, Headers(raw=[*both, (b"host", b"evil.example")]))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "[::1", "", "127.0.0.1:{port}@evil"])
def test_the_server_goes_by_its_own_names_only(server: Served, host: str) -> None:
    port = server.url.rpartition(":")[2]
    answer = server.browser().get("/api/health", headers={"Host": host.format(port=port)})
    # an empty or broken Host may be refused by the HTTP parser before us
    assert answer.status_code in (400, 421)


# --- sessions --------------------------------------------------------------------------------------------------------


def test_a_cookie_is_out_of_reach_of_scripts_and_other_sites(server: Served) -> None:
    guest = server.browser()
    answer = guest.post(f"/api/join/{server.link('one')}", {"name": "Ana"})
    (cookie,) = answer.headers.get_list("set-cookie")
    parts = [part.strip().lower() for part in cookie.split(";")]
    assert {"httponly", "samesite=strict", "path=/"} <= set(parts)
    assert not any(part.startswith("domain") for part in parts)
    assert parts[0].startswith(f"seedbed-{server.app.state.config.port}=")


def test_a_revoked_session_loses_its_socket_at_once_and_for_good(server: Served) -> None:
    first, second = server.organiser(), server.organiser()
    cookie = second.cookie()
    (id,) = [one["id"] for one in second.get("/api/sessions").json() if one["current"]]
    with socket_of(server, "one", cookie) as live:
        assert first.delete(f"/api/sessions/{id}").status_code == 204
        assert closed(live)
    assert refused_with(server, "one", cookie) == 401
    assert server.browser(Cookie=cookie).get("/api/studies").status_code == 401


def test_a_removed_person_loses_their_socket_at_once(server: Served, olga: Browser) -> None:
    ana = server.joined("one", "Ana")
    id = ana.get("/api/me").json()["id"]
    with socket_of(server, "one", ana.cookie()) as live:
        assert olga.post(f"/api/studies/one/people/{id}/remove").status_code == 204
        assert closed(live)
    assert refused_with(server, "one", ana.cookie()) == 401
    assert ana.get("/api/studies/one").status_code == 401


def test_sockets_close_at_once_and_not_at_the_next_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seedbed.server.app._SWEEP_EVERY", 3600.0)
    with serving(tmp_path, "one") as alone:
        olga = alone.organiser()
        ana, bo = (alone.joined("one", name, by=olga) for name in ("Ana", "Bo"))
        ids = [guest.get("/api/me").json()["id"] for guest in (ana, bo)]
        cleo = alone.browser()
        made = olga.post("/api/accounts", {"name": "Cleo", "password": PASSWORD, "role": "curator"}).json()
        cleo.post("/api/login", {"name": "Cleo", "password": PASSWORD})
        other = alone.organiser()
        sockets = [socket_of(alone, "one", guest.cookie()) for guest in (ana, bo, cleo, other)]
        assert olga.post(f"/api/studies/one/people/{ids[0]}/remove").status_code == 204
        assert olga.post(f"/api/studies/one/people/{ids[1]}/redact").status_code == 200
        assert olga.delete(f"/api/accounts/{made['id']}").status_code == 204
        assert other.post("/api/logout").status_code == 204
        for live in sockets:
            with live:
                assert closed(live)


def test_a_session_ended_by_another_process_loses_its_socket(server: Served, olga: Browser) -> None:
    cleo = server.browser()
    olga.post("/api/accounts", {"name": "Carla", "password": PASSWORD, "role": "curator"})
    assert cleo.post("/api/login", {"name": "Carla", "password": PASSWORD}).status_code == 204
    account = cleo.get("/api/me").json()["id"]
    with socket_of(server, "one", cleo.cookie()) as live:
        with Home(server.app.state.config.home, {}) as command_line:
            command_line.sessions.end_account(account)
        assert closed(live)


@pytest.mark.parametrize("cookie", ["", "x", "ü", "a=b; c", "\\000", "x" * 4000, '"', "seedbed-1=;;;=", "A" * 43])
def test_a_made_up_cookie_is_nobodys(server: Served, cookie: str) -> None:
    name = server.app.state.config.cookie
    answer = server.browser().http.get("/api/me", headers={b"Cookie": f"{name}={cookie}".encode("latin-1")})
    assert answer.json()["kind"] == "nobody"


# --- roles and studies -----------------------------------------------------------------------------------------------

P, L = "p_aaaaaaaaaa", "l_aaaaaaaaaa"
ORGANISING = [
    ("GET", "/api/accounts", None),
    ("POST", "/api/accounts", {"name": "Eve", "password": PASSWORD, "role": "organiser"}),
    ("DELETE", "/api/accounts/a_aaaaaaaaaa", None),
    ("GET", "/api/sessions", None),
    ("DELETE", "/api/sessions", None),
    ("DELETE", "/api/sessions/s_aaaaaaaaaa", None),
    ("POST", "/api/password", {"old": PASSWORD, "new": PASSWORD}),
    ("GET", "/api/studies/one/links", None),
    ("POST", "/api/studies/one/links", {"group": "A", "role": "moderator"}),
    ("DELETE", f"/api/studies/one/links/{L}", None),
    ("POST", f"/api/studies/one/people/{P}/redact", {}),
]
LEADING = [
    ("GET", "/api/studies/one/people", None),
    ("POST", f"/api/studies/one/people/{P}/move", {"group": "B"}),
    ("POST", f"/api/studies/one/people/{P}/remove", {}),
]
TAKING_PART = [
    ("GET", "/api/studies", None),
    ("GET", "/api/studies/one", None),
    ("GET", "/api/studies/one/boards/A/questions/history", None),
    ("GET", "/api/studies/one/boards/A/questions/at/0", None),
]


def _ask(browser: Browser, method: str, path: str, body: Any) -> tuple[int, str]:
    answer = browser.http.request(method, path, json=body)
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(("method", "path", "body"), [*ORGANISING, *LEADING, *TAKING_PART])
def test_nobody_is_asked_to_sign_in(server: Served, method: str, path: str, body: Any) -> None:
    assert _ask(server.browser(), method, path, body) == (401, "signed_out")


@pytest.mark.parametrize("role", ["participant", "observer", "moderator"])
def test_who_came_by_a_link_does_not_organise(server: Served, olga: Browser, role: str) -> None:
    eve = server.joined("one", "Eve", role=role, by=olga)
    for method, path, body in ORGANISING + (LEADING if role != "moderator" else []):
        assert _ask(eve, method, path, body) == (403, "not_yours"), path
    assert "Eve" not in olga.get("/api/accounts").text


def test_a_curator_reads_and_does_not_lead(server: Served, olga: Browser) -> None:
    account = {"name": "Cleo", "password": PASSWORD, "role": "curator"}
    made = olga.post("/api/accounts", account).json()
    cleo = server.browser()
    assert cleo.post("/api/login", {"name": "cleo", "password": PASSWORD}).status_code == 204
    assert cleo.get("/api/studies/one/people").status_code == 200
    for method, path, body in [*LEADING[1:], *ORGANISING[:3], *ORGANISING[7:]]:
        assert _ask(cleo, method, path, body) == (403, "not_yours"), path
    with socket_of(server, "one", cleo.cookie()) as live:
        assert olga.delete(f"/api/accounts/{made['id']}").status_code == 204
        assert closed(live)
    assert cleo.get("/api/studies").status_code == 401


@pytest.mark.parametrize("role", ["participant", "observer", "moderator"])
def test_a_person_of_one_study_reaches_no_other(server: Served, olga: Browser, role: str) -> None:
    eve = server.joined("one", "Eve", role=role, by=olga)
    assert [study["name"] for study in eve.get("/api/studies").json()] == ["one"]
    for study in ("two", "three"):  # one that is there, one that is not: the same answer
        for method, path, body in [*LEADING, *TAKING_PART[1:], *ORGANISING[7:]]:
            other = path.replace("/one", f"/{study}")
            assert _ask(eve, method, other, body) == (403, "not_yours"), other
        assert refused_with(server, study, eve.cookie()) == 403


def test_a_participant_reads_the_boards_of_their_own_group(server: Served, olga: Browser) -> None:
    ana = server.joined("one", "Ana", by=olga)
    assert ana.get("/api/studies/one").json()["groups"] == ["A"]
    assert ana.get("/api/studies/one/boards/A/questions/history").status_code == 200
    for path in ("/api/studies/one/boards/B/questions/history", "/api/studies/one/boards/B/triples/at/1"):
        assert _ask(ana, "GET", path, None) == (403, "not_yours")


def test_a_moderator_moves_participants_and_no_moderators(server: Served, olga: Browser) -> None:
    mia = server.joined("one", "Mia", role="moderator", by=olga)
    other = server.joined("one", "Max", role="moderator", by=olga).get("/api/me").json()["id"]
    ana = server.joined("one", "Anabel", by=olga).get("/api/me").json()["id"]
    assert mia.post(f"/api/studies/one/people/{ana}/move", {"group": "B"}).json()["group"] == "B"
    assert mia.post(f"/api/studies/one/people/{ana}/move", {"group": "Z"}).json()["code"] == "unknown_group"
    assert mia.post(f"/api/studies/one/people/{other}/remove").json()["code"] == "not_yours"
    assert mia.post(f"/api/studies/one/people/{ana}/remove").status_code == 204
    assert mia.post(f"/api/studies/one/people/{ana}/move", {"group": "A"}).json()["code"] == "removed"


# --- floods and sizes ------------------------------------------------------------------------------------------------


def test_a_body_is_bounded_whatever_it_says_of_itself(server: Served, olga: Browser) -> None:
    large = b'{"name": "' + b"x" * MOST_BYTES + b'"}'
    answer = olga.http.post("/api/login", content=large, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    def pieces() -> Any:  # chunked: no length is told
        for start in range(0, len(large), 8192):
            yield large[start : start + 8192]

    answer = olga.http.post("/api/login", content=pieces(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_body_is_json_and_says_so(server: Served, olga: Browser) -> None:
    body = json.dumps({"name": "x", "password": "y"}).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""):
        answer = olga.http.post("/api/login", content=body, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["code"]) == (415, "not_json"), kind
    for broken in (b"{", b"\xff\xfe", b"[" * 50_000, b"9" * 60_000, b'"\\ud800"', b"null", b"[]"):
        answer = olga.http.post("/api/login", content=broken, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, broken[:20]


def test_what_is_wrong_is_said_and_what_was_sent_is_not(server: Served, olga: Browser) -> None:
    body = {"name": "Olga", "password": {"deep": "hunter2-hunter2"}, "hunter3": 1}
    answer = olga.post("/api/login", body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_request"
    assert sorted(answer.json()["fields"]) == ["hunter3", "password"]
    assert "hunter2" not in answer.text


def test_a_slow_body_is_cut_off(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seedbed.server.door.bodies._LONGEST", 0.3)
    host = server.url.removeprefix("http://")
    head = f"POST /api/login HTTP/1.1\r\nHost: {host}\r\nOrigin: {server.url}\r\nContent-Length: 100\r\n\r\n{{"
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=10) as line:
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 408 ")


def test_asking_too_often_is_told_to_wait(tmp_path: Path) -> None:
    with serving(tmp_path, "one", session_rate=(1, 8), address_rate=(1, 12)) as few:
        olga, guest = few.organiser(), few.browser()
        answers = [olga.get("/api/me").status_code for _ in range(12)]
        assert answers == [200] * 8 + [429] * 4
        answers = [guest.get("/api/me").status_code for _ in range(14)]
        assert answers[:5] == [200] * 5
        assert answers[-2:] == [429] * 2
        last = guest.get("/api/me")
        assert int(last.headers["Retry-After"]) >= 1
        assert last.json()["code"] == "too_many"
        # health and pages too, for they share the gate; and a new session has a bucket of its own
        assert guest.get("/api/health").status_code == 429


def test_asking_about_the_past_too_often_is_told_to_wait(tmp_path: Path) -> None:
    """Each such question may replay a document, which holds the interpreter."""
    with serving(tmp_path, "one", past_rate=(0.1, 5)) as few:
        olga = few.organiser()
        board = "/api/studies/one/boards/A/questions"
        asked = [f"{board}/history", f"{board}/at/0", f"{board}/history", f"{board}/at/0", f"{board}/history"]
        assert [olga.get(path).status_code for path in asked] == [200] * 5
        assert olga.get(f"{board}/at/0").json()["code"] == "too_many"
        assert olga.get("/api/studies/one").status_code == 200


def test_a_login_flood_leaves_the_server_answering(server: Served, olga: Browser) -> None:
    from concurrent.futures import ThreadPoolExecutor

    guests = [server.browser() for _ in range(8)]

    def guess(number: int) -> int:
        body = {"name": f"somebody {number}", "password": "a wrong password"}
        return guests[number % 8].post("/api/login", body).status_code

    with ThreadPoolExecutor(8) as threads:
        flood = threads.map(guess, range(120))
        answers = [olga.get("/api/me").status_code for _ in range(20)]
        assert answers == [200] * 20
        assert set(flood) == {401, 429}


# --- paths -----------------------------------------------------------------------------------------------------------


def _raw(server: Served, path: str) -> tuple[int, bytes]:
    """The path as it stands: a client library would tidy it."""
    name, _, port = server.url.removeprefix("http://").partition(":")
    line = http.client.HTTPConnection(name, int(port), timeout=10)
    try:
        line.putrequest("GET", path, skip_host=False)
        line.endheaders()
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt", "/assets/../../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "//secret.txt", "/assets//app-1a2b3c.js",
        "/assets/app-1a2b3c.js%00.txt", "/assets", "/assets/", "/etc/passwd", "/file:///etc/passwd", "/.env",
        "/.fingerprint",
        "/index.html.bak", "/join/", "/join/a/b", "/studies", "/studies/", "/openapi.json", "/docs", "/redoc",
        "/device", "/device/", "/device/a/b", "/setup/about", "/studies/one/mitigate", "/studies/one/seeds/1",
        "/studies/one/curate/everything", "/studies/one/generate/runs", "/studies/one/generate/runs/a/b",
        "/studies/one/workshop/A", "/studies/one/workshop/setup/about/x", "/studies//workshop",
    ],
)  # fmt: skip
def test_no_path_reaches_another_file(server: Served, path: str) -> None:
    status, body = _raw(server, path)
    assert b"not for the world" not in body
    assert b"root:" not in body
    assert status == 404


@pytest.mark.parametrize("study", ["..", "%2e%2e", "..%2fone", "one%2f..%2ftwo", "one%00", ".git", "a" * 100, "%ff"])
def test_no_study_name_reaches_another_folder(server: Served, olga: Browser, study: str) -> None:
    for end in ("", "/people", "/links"):
        answer = olga.http.get(f"/api/studies/{study}{end}")
        assert answer.status_code in (404, 422), (study, end)
        assert "code" in answer.json()


@pytest.mark.parametrize(
    "path",
    [
        "/", "/setup", "/login", "/login/", "/account", "/join/abc-DEF_1", "/device/abc-DEF_1", "/studies/one",
        *(f"/studies/one/{stop}" for stop in ("seeds", "curate", "generate", "assess", "report", "release")),
        "/studies/one/propagate",
        *(f"/studies/one/curate/{tab}" for tab in ("selection", "rules", "checklist", "decisions")),
        "/studies/one/generate/runs/fairness-1", "/studies/one/workshop", "/studies/one/workshop/",
        "/studies/one/workshop/setup", "/studies/one/workshop/setup/about", "/studies/one/workshop/bridge",
        "/studies/one/workshop/lead", "/studies/one/workshop/A/questions",
    ],
)  # fmt: skip
def test_the_addresses_of_pages_give_the_page(server: Served, path: str) -> None:
    answer = server.browser().get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert answer.text.startswith("<!doctype html>")
    tag = answer.headers["ETag"]
    assert server.browser().get(path, headers={"If-None-Match": tag}).status_code == 304
    assert server.browser().http.head(path).content == b""


def test_files_with_a_hash_in_their_name_are_kept_for_ever(server: Served) -> None:
    answer = server.browser().get("/assets/app-1a2b3c.js")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/javascript")


def test_pages_that_were_built_anew_are_seen(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    with serving(tmp_path, "one", pages=pages) as served:
        guest = served.browser()
        assert guest.get("/").status_code == 503
        assert "have not been built" in guest.get("/").text
        pages.mkdir()
        (pages / "index.html").write_text("now")
        assert guest.get("/").text == "now"


# --- headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/assets/app-1a2b3c.js", "/api/health", "/api/accounts", "/nowhere", "/api/x"])
def test_every_answer_has_the_headers(server: Served, path: str) -> None:
    headers = server.browser().get(path).headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert ("no-store" in headers.get("Cache-Control", "")) == path.startswith("/api")
    assert "Strict-Transport-Security" not in headers
    assert not any(name.startswith("access-control-") for name in headers)


def test_a_refusal_of_the_gate_has_the_headers_too(server: Served) -> None:
    answer = server.browser().get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "Content-Security-Policy" in answer.headers


def test_a_defect_is_logged_and_told_as_one(
    server: Served, olga: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: object) -> list[object]:
        raise RuntimeError("a defect with /a/path and a secret")

    monkeypatch.setattr("seedbed.server.people.accounts.Accounts.all", broken)
    answer = olga.get("/api/accounts")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert "Content-Security-Policy" in answer.headers
    assert "a defect with" in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example\r\nSet-Cookie: x=y", "https://a.example\n", " https://a.example", "https://a.example/x",
        "https://a.example?x", "https://a.example#x", "https://user@a.example", "https://user:pw@a.example",
        "ftp://a.example", "javascript:alert(1)", "a.example", "https://", "https://a b", "https://a.example;evil",
        "https://-a.example", "https://a..example", "https://a.example:0", "https://a.example:99999",
        "https://a.example:x", "https://[::1", "https://exämple", "https://a.example'", 'https://a.example"',
        "https://*.example", "//a.example", "https:a.example", "https://a.example/\tx", "https://a_b.example",
    ],
)  # fmt: skip
def test_a_public_address_is_nothing_but_an_address(text: str) -> None:
    with pytest.raises(UsageError, match="not the public address"):
        checked_public_url(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://Datathon.Example/", "https://datathon.example"),
        ("https://a.example:443", "https://a.example"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("http://192.168.1.5:80", "http://192.168.1.5"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("HTTPS://xn--exmple-cua.example", "https://xn--exmple-cua.example"),
    ],
)
def test_a_public_address_is_an_origin(tmp_path: Path, text: str, shown: str) -> None:
    assert checked_public_url(text) == shown
    config = ServerConfig(tmp_path, public_url=shown)
    assert config.origin_of(shown.partition("//")[2].upper()) == shown
    assert config.secure == shown.startswith("https")
    assert config.cookie == ("__Host-seedbed" if config.secure else "seedbed-80")  # the port that browsers know
    policy = content_security_policy(config)
    assert "[" not in policy  # browsers take no IPv6 address there, and say so in every console
    if "[" not in shown:
        assert f"connect-src 'self' {shown.replace('http', 'ws', 1)};" in policy


def test_bound_to_all_addresses_only_numbers_are_names(tmp_path: Path) -> None:
    config = ServerConfig(tmp_path, host="0.0.0.0")
    assert config.origin_of("192.168.1.5:8765") == "http://192.168.1.5:8765"
    assert config.origin_of("[fe80::1]:8765") == "http://[fe80::1]:8765"
    for host in ("evil.example:8765", "192.168.1.5", "192.168.1.5:1", "192.168.1.5.evil.example:8765", "x:8765"):
        assert config.origin_of(host) is None
    public = ServerConfig(tmp_path, host="0.0.0.0", public_url="https://a.example")
    assert public.origin_of("192.168.1.5:8765") is None


@pytest.mark.parametrize(
    ("host", "public", "fine"),
    [
        ("127.0.0.1", None, True), ("::1", None, True), ("localhost", None, True), ("127.0.0.1", "http://a.b", True),
        ("0.0.0.0", None, False), ("192.168.1.5", None, False), ("0.0.0.0", "http://a.example", False),
        ("0.0.0.0", "https://a.example", True),
    ],
)  # fmt: skip
def test_other_machines_come_by_tls_unless_said_otherwise(
    tmp_path: Path, host: str, public: str | None, fine: bool
) -> None:
    config = ServerConfig(tmp_path, host=host, public_url=public)
    check_reach(config, insecure_http=True)
    if fine:
        check_reach(config, insecure_http=False)
    else:
        with pytest.raises(UsageError, match="can read"):
            check_reach(config, insecure_http=False)


# --- proxies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # not our proxy: whatever it says
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["10.9.9.9, 198.51.100.1"], "198.51.100.1"),  # what stands left, the client wrote
        ("127.0.0.1", ["10.9.9.9", "198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1, 10.0.0.2"], "198.51.100.1"),  # two proxies of ours
        ("127.0.0.1", ["rubbish"], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1, rubbish"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        ("::ffff:127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("", ["198.51.100.1"], "unknown"),
    ],
)
def test_forwarded_addresses_are_believed_from_our_proxies_only(peer: str, forwarded: list[str], counted: str) -> None:
    proxies = checked_proxies(["127.0.0.1", "10.0.0.0/8"])
    headers = Headers(raw=[(b"x-forwarded-for", one.encode()) for one in forwarded])
    assert client_address(peer, headers, proxies) == counted


def test_the_scheme_is_believed_from_our_proxies_only() -> None:
    proxies = checked_proxies(["127.0.0.1"])
    said = Headers({"x-forwarded-proto": "http"})
    assert arrived_by_http("127.0.0.1", said, proxies)
    assert not arrived_by_http("203.0.113.9", said, proxies)
    assert not arrived_by_http("127.0.0.1", Headers({}), proxies)
    with pytest.raises(UsageError, match="--trust-proxy"):
        checked_proxies(["everybody"])


# --- the log ---------------------------------------------------------------------------------------------------------


def test_the_log_has_no_code_no_query_and_no_tricks(server: Served, olga: Browser) -> None:
    code = server.link("one", by=olga)
    records: list[logging.LogRecord] = []
    everything = logging.Handler()
    everything.emit = records.append  # type: ignore[method-assign]
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(everything)
    root.setLevel(logging.INFO)
    try:
        guest = server.browser()
        guest.get(f"/join/{code}")
        guest.get(f"/api/join/{code}?secret=hunter2")
        guest.post(f"/api/join/{code}", {"name": "Zacharias"})
        guest.get("/%0d%0aINFO%20forged%1b[31m")
        olga.post("/api/login", {"name": "Olga", "password": "hunter2-hunter2"})
        guest.get("/api/health")
    finally:
        root.removeHandler(everything)
        root.setLevel(before)
    # httpx is the test's own browser
    lines = [record.getMessage() for record in records if not record.name.startswith("http")]
    assert [line.split()[1] for line in lines[:3]] == ["/join/-", "/api/join/-", "/api/join/-"]
    assert len(lines) >= 5
    for secret in (code, "hunter2", "Zacharias", "\x1b", "\r", guest.cookie().partition("=")[2], "Olga", "127.0.0.1"):
        assert secret not in "\n".join(lines)


def test_a_path_in_the_log_is_short_and_plain() -> None:
    assert shown_path("/api/join/abc") == "/api/join/-"
    assert shown_path("/join/abc/def") == "/join/-/def"
    assert len(shown_path("/" + "x" * 5000)) == 200
    assert shown_path("/ä\n\x1b[31m") == "/????31m"
