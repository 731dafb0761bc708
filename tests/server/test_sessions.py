"""Sessions: what a cookie stands for, from the moment it is given to the moment it is taken."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from seedbed.server.people import sessions as module
from seedbed.server.people.home import Home, named_studies
from seedbed.server.people.sessions import Sessions
from seedbed.server.people.tokens import new_token
from seedbed.server.refusals import Refusal
from tests.server.served import make_studies, serving


def _home(folder: Path, *studies: str) -> Home:
    return Home(folder / "home", named_studies(make_studies(folder, *studies)))


def test_a_cookie_stands_for_its_account_until_it_ends(tmp_path: Path) -> None:
    with _home(tmp_path) as home:
        olga = home.accounts.add("Olga", "organiser", "hash")
        token, id = home.sessions.open_account(olga)
        who = home.sessions.who(token)
        assert who is not None
        assert (who.id, who.name, who.role, who.study, who.group, who.session) == (
            olga.id, "Olga", "organiser", None, None, id,
        )  # fmt: skip
        for cookie in (None, "", new_token(), token[:-1], token + "x", token.lower(), "x" * 10_000, "ü" * 43):
            assert home.sessions.who(cookie) is None
        home.sessions.end(id)
        assert home.sessions.who(token) is None
        with pytest.raises(Refusal, match="unknown_session"):
            home.sessions.end(id)


def test_a_person_is_who_the_study_says_now(tmp_path: Path) -> None:
    with _home(tmp_path, "one", "two") as home:
        one = home.studies["one"]
        _, code = one.links.make("A", "participant")
        ana = one.links.join(code, "Ana")
        token, _ = home.sessions.open_person("one", ana)
        who = home.sessions.who(token)
        assert who is not None
        assert (who.id, who.role, who.study, who.group) == (ana.id, "participant", "one", "A")
        one.people.move(ana.id, "B")
        moved = home.sessions.who(token)
        assert moved is not None
        assert moved.group == "B"
        one.people.remove(ana.id)
        assert home.sessions.who(token) is None


def test_a_session_of_a_study_that_is_not_served_is_nobodys(tmp_path: Path) -> None:
    with _home(tmp_path, "one", "two") as home:
        one = home.studies["one"]
        _, code = one.links.make("A", "participant")
        token, _ = home.sessions.open_person("one", one.links.join(code, "Ana"))
    with Home(tmp_path / "home", named_studies([tmp_path / "two"])) as home:
        assert home.sessions.who(token) is None
    # another study that took the name knows nobody of that id
    make_studies(tmp_path / "elsewhere", "one")
    with Home(tmp_path / "home", named_studies([tmp_path / "elsewhere" / "one"])) as home:
        assert home.sessions.who(token) is None


def test_only_hashes_of_tokens_and_codes_are_in_the_files(tmp_path: Path) -> None:
    with _home(tmp_path, "one") as home:
        olga = home.accounts.add("Olga", "organiser", "hash")
        token, _ = home.sessions.open_account(olga, "Mozilla/5.0 secret-looking agent")
        _, code = home.studies["one"].links.make("A", "participant")
        assert home.setup is not None
        secrets = [token, code, home.setup.token, "secret-looking"]
        kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert [secret for secret in secrets if secret.encode() in kept] == []
        assert b"Olga" in kept


def test_one_ends_ones_own_sessions_and_no_one_elses(tmp_path: Path) -> None:
    with _home(tmp_path) as home:
        olga, cleo = (home.accounts.add(name, "organiser", "hash") for name in ("Olga", "Cleo"))
        here, there, cleos = (home.sessions.open_account(account) for account in (olga, olga, cleo))
        with pytest.raises(Refusal, match="unknown_session"):
            home.sessions.end(cleos[1], account=olga.id)
        assert {one.id for one in home.sessions.of_account(olga.id)} == {here[1], there[1]}
        assert home.sessions.end_account(olga.id, but=here[1]) == [there[1]]
        assert home.sessions.who(here[0]) is not None
        assert home.sessions.who(there[0]) is None
        assert home.sessions.who(cleos[0]) is not None


def test_a_removed_account_has_no_session(tmp_path: Path) -> None:
    with _home(tmp_path) as home:
        home.accounts.add("Olga", "organiser", "hash")
        cleo = home.accounts.add("Cleo", "curator", "hash")
        token, _ = home.sessions.open_account(cleo)
        home.accounts.remove(cleo.id)
        assert home.sessions.who(token) is None


def test_sessions_expire_and_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _home(tmp_path) as home:
        olga = home.accounts.add("Olga", "organiser", "hash")
        lasting, _ = home.sessions.open_account(olga)
        monkeypatch.setattr(module, "_ACCOUNT_LIFE", timedelta(milliseconds=30))
        token, id = home.sessions.open_account(olga)
        assert home.sessions.who(token) is not None
        assert home.sessions.sweep() == []
        time.sleep(0.05)
        assert home.sessions.who(token) is None
        assert home.sessions.sweep() == [id]
        assert home.sessions.sweep() == []
        assert home.sessions.who(lasting) is not None


def test_what_another_process_ended_is_swept_here(tmp_path: Path) -> None:
    with _home(tmp_path) as home, Home(tmp_path / "home", {}) as command_line:
        olga = home.accounts.add("Olga", "organiser", "hash")
        token, id = home.sessions.open_account(olga)
        command_line.sessions.end_account(olga.id)
        assert home.sessions.who(token) is None
        assert home.sessions.sweep() == [id]


def test_when_somebody_was_seen_is_written_down_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_NOTE_EVERY", 0.0)
    with _home(tmp_path) as home:
        token, _ = home.sessions.open_account(home.accounts.add("Olga", "organiser", "hash"))
        time.sleep(0.01)
        home.sessions.who(token)
        home.sessions.sweep()
        with closing(sqlite3.connect(home.path / "server.db")) as db:
            ((created, seen),) = db.execute("SELECT created, seen FROM sessions").fetchall()
        assert seen > created


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36", "Chrome Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1", "Safari iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox Linux"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_user_agent_is_kept_in_two_words(tmp_path: Path, agent: str, shown: str) -> None:
    with _home(tmp_path) as home:
        olga = home.accounts.add("Olga", "organiser", "hash")
        home.sessions.open_account(olga, agent)
        assert home.sessions.of_account(olga.id)[0].agent == shown


def test_looking_up_who_asks_is_quick(tmp_path: Path) -> None:
    with _home(tmp_path, "one") as home:
        one = home.studies["one"]
        _, code = one.links.make("A", "participant")
        token, _ = home.sessions.open_person("one", one.links.join(code, "Ana"))
        began = time.process_time()
        for _ in range(200):
            assert home.sessions.who(token) is not None
        assert (time.process_time() - began) / 200 < 0.001  # measured 70 µs; it runs in the event loop


def test_signing_in_changes_the_cookie_and_ends_the_old_session(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        before = olga.cookie()
        assert olga.post("/api/login", {"name": "Olga", "password": "correct horse battery"}).status_code == 204
        assert olga.cookie() != before
        other = server.browser(Cookie=before)
        assert other.get("/api/me").json()["kind"] == "nobody"


def test_a_new_password_ends_every_other_session(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        here, there = server.organiser(), server.organiser()
        old = here.cookie()
        asked = {"old": "correct horse battery", "new": "a quite different one"}
        assert here.post("/api/password", {**asked, "old": "wrong, and long enough"}).status_code == 401
        assert here.post("/api/password", asked).status_code == 204
        assert here.get("/api/me").json()["name"] == "Olga"
        assert there.get("/api/me").json()["kind"] == "nobody"
        assert server.browser(Cookie=old).get("/api/me").json()["kind"] == "nobody"
        assert [one["current"] for one in here.get("/api/sessions").json()] == [True]


def test_sessions_can_be_ended_one_by_one_and_all_but_this(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        here, there, third = server.organiser(), server.organiser(), server.organiser()
        listed = here.get("/api/sessions").json()
        assert sorted(one["current"] for one in listed) == [False, False, True]
        theirs = there.get("/api/sessions").json()
        (id,) = [one["id"] for one in theirs if one["current"]]
        assert here.delete(f"/api/sessions/{id}").status_code == 204
        assert here.delete(f"/api/sessions/{id}").status_code == 404
        assert there.get("/api/me").json()["kind"] == "nobody"
        assert here.delete("/api/sessions").status_code == 204
        assert third.get("/api/me").json()["kind"] == "nobody"
        assert here.get("/api/me").json()["kind"] == "account"
        assert isinstance(server.app.state.home.sessions, Sessions)
