"""Join links: whom they let in, as what, and for how long."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from seedbed.errors import UsageError
from seedbed.server.people.home import StudyIdentity, named_studies
from seedbed.server.people.qr import drawn, typed
from seedbed.server.people.tokens import new_token
from seedbed.server.refusals import Refusal
from seedbed.study import Folder
from tests.server.served import make_studies, serving


def _identity(folder: Path, name: str = "one") -> StudyIdentity:
    return StudyIdentity.of(named_studies(make_studies(folder, name))[name])


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, match=f"^{code}$")


def test_a_link_lets_in_as_many_as_like_under_names_that_differ(tmp_path: Path) -> None:
    one = _identity(tmp_path)
    link, code = one.links.make("A", "participant", "for the first evening")
    names = [one.links.join(code, name).name for name in ("Ana", "ana", "Bo", "Ana\u202e")]
    assert names == ["Ana", "ana 2", "Bo", "Ana 3"]
    assert [(kept.id, kept.uses, kept.label) for kept in one.links.all()] == [(link.id, 4, "for the first evening")]
    _, other = one.links.make("B", "participant")
    assert one.links.join(other, "Ana").name == "Ana"
    with refused("bad_name"):
        one.links.join(code, " \u200b ")
    assert one.links.all()[0].uses == 4


def test_nobody_has_a_moderators_name(tmp_path: Path) -> None:
    one = _identity(tmp_path)
    _, moderators = one.links.make("", "moderator")
    _, code = one.links.make("A", "participant")
    one.links.join(code, "Bo")
    assert one.links.join(moderators, "Mia").name == "Mia"
    assert one.links.join(code, "MIA").name == "MIA 2"
    assert one.links.join(moderators, "Bo").name == "Bo 2"


def test_a_link_closes_when_it_is_withdrawn_or_too_old(tmp_path: Path) -> None:
    one = _identity(tmp_path)
    link, code = one.links.make("A", "participant")
    assert one.links.by_code(code) == link
    one.links.revoke(link.id)
    one.links.revoke(link.id)
    assert one.links.by_code(code) is None
    with refused("bad_link"):
        one.links.join(code, "Ana")
    _, old = one.links.make("A", "participant", expires=datetime.now(UTC) + timedelta(hours=1))
    with closing(sqlite3.connect(one.folder.identity)) as db, db:
        db.execute("UPDATE links SET expires = '2020-01-01T00:00:00.000Z' WHERE expires IS NOT NULL")
    assert one.links.by_code(old) is None
    with refused("bad_link"):
        one.links.join(old, "Ana")
    with refused("unknown_link"):
        one.links.revoke("l_aaaaaaaaaa")
    for guess in (new_token(), "", "x", code + "x", code[:-1], "' OR 1=1 --"):
        assert one.links.by_code(guess) is None


@pytest.mark.parametrize("expires", [timedelta(seconds=-1), timedelta(days=400)])
def test_a_link_expires_later_and_within_a_year(tmp_path: Path, expires: timedelta) -> None:
    with refused("bad_expiry"):
        _identity(tmp_path).links.make("A", "participant", expires=datetime.now(UTC) + expires)


def test_a_moderators_link_has_no_group_and_every_other_has_one(tmp_path: Path) -> None:
    one = _identity(tmp_path)
    for group, role in (("A", "moderator"), ("", "participant"), ("", "observer"), ("A", "organiser")):
        with refused("bad_group"):
            one.links.make(group, role)


def test_moving_keeps_names_apart_and_moderators_where_they_are(tmp_path: Path) -> None:
    one = _identity(tmp_path)
    codes = {group: one.links.make(group, "participant")[1] for group in ("A", "B")}
    here, there = one.links.join(codes["A"], "Ana"), one.links.join(codes["B"], "Ana")
    assert one.people.move(here.id, "A").name == "Ana"
    assert one.people.move(here.id, "B").name == "Ana 2"
    one.people.remove(there.id)
    assert one.people.move(here.id, "A").name == "Ana 2"
    with refused("removed"):
        one.people.move(there.id, "A")
    moderator = one.links.join(one.links.make("", "moderator")[1], "Mia")
    with refused("bad_group"):
        one.people.move(moderator.id, "A")


def test_an_erased_name_is_in_no_file(tmp_path: Path) -> None:
    one = _identity(tmp_path)
    _, code = one.links.make("A", "participant")
    people = [one.links.join(code, name) for name in ("Ana", "Zacharias Unforgettable", "Bo")]
    one.people.erase(people[1].id)
    kept = b"".join(path.read_bytes() for path in one.folder.root.rglob("*") if path.is_file())
    assert b"nforgettable" not in kept
    assert b"nforgettable" not in kept.lower()
    assert b"Bo" in kept
    shown = one.people.get(people[1].id)
    assert (shown.name, shown.link) == ("", "")
    assert shown.removed is not None


def test_identities_catch_up_with_the_workshops_record(tmp_path: Path) -> None:
    one = _identity(tmp_path)
    _, code = one.links.make("A", "participant")
    moved, removed, same, _ = (one.links.join(code, name) for name in ("Ana", "Bo", "Chi", "Dee"))
    one.people.follow(
        {
            moved.id: {"group": "B", "removed": False},
            removed.id: {"group": "A", "removed": True},
            same.id: {"group": "A", "removed": False},
        }
    )
    now = {person.name: (person.group, person.removed is not None) for person in one.people.all()}
    assert now == {"Ana": ("B", False), "Bo": ("A", True), "Chi": ("A", False), "Dee": ("A", False)}


def test_the_studys_key_and_its_people_share_a_file(tmp_path: Path) -> None:
    (path,) = make_studies(tmp_path, "one")
    key = Folder(path).key
    identity = StudyIdentity.of(Folder(path))
    identity.links.make("A", "participant")
    assert Folder(path).key == key
    assert path.joinpath("identity.db").stat().st_mode & 0o077 == 0


def test_studies_are_named_by_their_folders(tmp_path: Path) -> None:
    make_studies(tmp_path / "x", "one")
    make_studies(tmp_path / "y", "one", "bad name")
    assert list(named_studies([tmp_path / "x" / "one"])) == ["one"]
    with pytest.raises(UsageError, match="Two studies are called one"):
        named_studies([tmp_path / "x" / "one", tmp_path / "y" / "one"])
    with pytest.raises(UsageError, match="cannot name a study"):
        named_studies([tmp_path / "y" / "bad name"])


def test_the_picture_of_a_link_is_a_drawing_without_a_script() -> None:
    svg = drawn("https://datathon.example/join/" + new_token())
    assert svg.startswith("<svg ")
    assert svg.endswith("</svg>")
    assert set(re.findall(r"<(\w+)", svg)) <= {"svg", "path", "g"}
    assert "▀" in typed("https://datathon.example/join/x")


def test_the_whole_way_of_a_link(tmp_path: Path) -> None:
    with serving(tmp_path, "one", "two") as server:
        olga = server.organiser()
        made = olga.post("/api/studies/one/links", {"group": "C", "role": "participant", "label": "late ones"}).json()
        assert made["url"].startswith(f"{server.url}/join/")
        assert made["qr"].startswith("<svg")
        assert "C" in olga.get("/api/studies/one").json()["groups"]  # a new group, added by making a link to it
        path = "/api" + made["url"].removeprefix(server.url)
        guest = server.browser()
        invitation = guest.get(path).json()
        assert {name: invitation[name] for name in ("title", "group", "role", "language")} == {
            "title": "The study one", "group": "C", "role": "participant", "language": "en",
        }  # fmt: skip
        assert [item["id"] for item in invitation["consent"]] == ["training", "recording", "quoting", "demographics"]
        assert invitation["about"]["contact"]
        joined = guest.post(path, {"name": "Ana"}).json()
        assert joined["study"] == "one"
        assert joined["group"] == "C"
        docs = ["board/C/questions", "board/C/triples", "board/C/reflection"]
        assert [board["doc"] for board in joined["boards"]] == docs
        listed = olga.get("/api/studies/one/links").json()
        assert [(one["id"], one["uses"], one["revoked"]) for one in listed] == [(made["id"], 1, None)]
        assert not {"url", "qr", "token"} & listed[0].keys()
        assert olga.delete(f"/api/studies/one/links/{made['id']}").status_code == 204
        assert guest.get(path).status_code == 410
        assert server.browser().post(path, {"name": "Thief"}).status_code == 410
        # who came in before stays, until removed
        assert guest.get("/api/me").json()["group"] == "C"
        (person,) = olga.get("/api/studies/one/people").json()
        assert person["link"] == made["id"]
        assert olga.delete(f"/api/studies/two/links/{made['id']}").status_code == 404
        assert olga.get("/api/studies/two/people").json() == []


def test_two_hundred_come_in_at_once(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with serving(tmp_path, "one") as server:
        code = server.link("one")

        def come(number: int) -> int:
            with server.browser() as guest:
                return guest.post(f"/api/join/{code}", {"name": f"Guest {number % 50}"}).status_code

        with ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(come, range(200)))
        people = server.organiser().get("/api/studies/one/people").json()
    assert set(answers) == {200}
    assert len({person["name"] for person in people}) == 200
