"""A second device: one code, once, for ten minutes, and then the same person twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from seedbed.server.people import devices
from tests.server.served import Browser, Served, serving


def _code(browser: Browser) -> str:
    made = browser.post("/api/studies/one/me/device")
    assert made.status_code == 201, made.text
    said = made.json()
    assert said["qr"].startswith("<svg")
    left = datetime.fromisoformat(said["expires"]) - datetime.now(UTC)
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
    assert "/device/" in said["url"]
    return str(said["url"].rpartition("/")[2])


def _all_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_second_device_is_the_same_person(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        ana = server.joined("one", "Ana", group="B")
        code = _code(ana)
        phone = server.browser()
        assert phone.get(f"/api/device/{code}").json() == {"title": "The study one", "name": "Ana"}
        assert phone.get("/api/me").json()["kind"] == "nobody"  # to look is not to come in
        joined = phone.post(f"/api/device/{code}")
        assert joined.status_code == 200, joined.text
        assert joined.json()["group"] == "B"
        assert phone.get("/api/me").json() == ana.get("/api/me").json()
        assert phone.cookie() != ana.cookie()
        assert code.encode() not in _all_files(tmp_path)


def test_a_code_opens_once_and_only_the_newest_does(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        ana = server.joined("one", "Ana")
        old, new = _code(ana), _code(ana)
        phone = server.browser()
        assert phone.post(f"/api/device/{old}").json()["code"] == "bad_link"
        assert phone.post(f"/api/device/{new}").status_code == 200
        thief = server.browser()
        for answer in (thief.post(f"/api/device/{new}"), thief.get(f"/api/device/{new}")):
            assert (answer.status_code, answer.json()["code"]) == (410, "bad_link")
        for wrong in ("x", "x" * 43, "%00"):
            assert thief.get(f"/api/device/{wrong}").json()["code"] == "bad_link"
        assert thief.get("/api/me").json()["kind"] == "nobody"


def test_a_code_grows_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path, "one") as server:
        ana = server.joined("one", "Ana")
        monkeypatch.setattr(devices, "LIFE", timedelta(seconds=-1))
        made = ana.post("/api/studies/one/me/device").json()["url"].rpartition("/")[2]
        assert server.browser().post(f"/api/device/{made}").json()["code"] == "bad_link"


def test_nobody_who_was_removed_comes_back_by_a_code(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Ana", by=olga)
        code, id = _code(ana), ana.get("/api/me").json()["id"]
        assert olga.post(f"/api/studies/one/people/{id}/remove").status_code == 204
        assert server.browser().post(f"/api/device/{code}").json()["code"] == "bad_link"


def test_moderators_have_codes_and_accounts_have_passwords(tmp_path: Path) -> None:
    with serving(tmp_path, "one", "two") as server:
        olga = server.organiser()
        mod = server.joined("one", "Mo", role="moderator", by=olga)
        phone = server.browser()
        assert phone.post(f"/api/device/{_code(mod)}").json()["group"] == ""
        assert phone.get("/api/me").json()["role"] == "moderator"
        for browser, study in ((olga, "one"), (mod, "two")):
            assert browser.post(f"/api/studies/{study}/me/device").json()["code"] == "not_yours"
        assert server.browser().post("/api/studies/one/me/device").json()["code"] == "signed_out"


def test_the_session_that_the_browser_had_ends(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana, bo = server.joined("one", "Ana", by=olga), server.joined("one", "Bo", by=olga)
        before = bo.cookie()
        assert bo.post(f"/api/device/{_code(ana)}").status_code == 200
        assert bo.get("/api/me").json()["name"] == "Ana"
        assert server.browser(Cookie=before).get("/api/me").json()["kind"] == "nobody"
        assert ana.get("/api/me").json()["name"] == "Ana"


def test_the_code_of_two_who_race_lets_one_in(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with serving(tmp_path, "one") as server:
        code = _code(server.joined("one", "Ana"))

        def come(_: int) -> int:
            return _enter(server, code)

        with ThreadPoolExecutor(8) as threads:
            answers = sorted(threads.map(come, range(8)))
    assert answers == [200] + [410] * 7


def _enter(server: Served, code: str) -> int:
    with Browser(server.url) as guest:
        return guest.post(f"/api/device/{code}").status_code


def test_codes_stand_in_no_log(tmp_path: Path, caplog: Any) -> None:
    caplog.set_level("INFO")
    with serving(tmp_path, "one") as server:
        code = _code(server.joined("one", "Ana"))
        server.browser().get(f"/api/device/{code}")
        server.browser().get(f"/device/{code}")
    said = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert "/api/device/-" in said
    assert "GET /device/-" in said
    assert code not in said
