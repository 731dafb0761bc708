"""A person's own page by their link, what they take back, and what they offer: over HTTP, at a real server."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from seedbed import seeds
from seedbed.engine.taking_back import take_back
from seedbed.records import Question
from seedbed.seeds.codec import encode
from seedbed.study import Folder
from seedbed.study.events import EventStore
from tests.lineage.worlds import Made, Run, write_run
from tests.server.served import Browser, Served, seated, serving

YES = {"training": True, "recording": True, "quoting": True, "demographics": True}
ASKED = "May my sister, who is deaf, ask for a written contract?"


def _joined(server: Served, olga: Browser, name: str, *, role: str = "participant", **consent: bool) -> Browser:
    made = server.browser()
    group = "" if role == "contributor" else "A"
    code = olga.post("/api/studies/one/links", {"group": group, "role": role}).json()["url"].rpartition("/")[2]
    asked = {item: YES[item] for item in ("training", "quoting", "demographics")} | consent
    answer = made.post(f"/api/join/{code}", {"name": name, "consent": asked})
    assert answer.status_code == 200, answer.text
    return made


def _link(by: Browser, person: str) -> dict[str, Any]:
    answer = by.post(f"/api/studies/one/people/{person}/links")
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def _code(link: dict[str, Any]) -> str:
    address, _, code = str(link["url"]).partition("/mine#")
    assert address
    assert code
    return code


def _came(server: Served, code: str) -> Browser:
    made = server.browser()
    answer = made.post("/api/mine", {"code": code})
    assert answer.status_code == 200, answer.text
    return made


def _me(browser: Browser) -> str:
    return str(browser.get("/api/me").json()["id"])


def _mine(browser: Browser) -> dict[str, Any]:
    answer = browser.get("/api/studies/one/mine")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _offer(browser: Browser, question: str = ASKED, key: str = "offer-key-1", **more: str) -> Any:
    return browser.post("/api/studies/one/mine/offers", {"key": key, "form": "question", "question": question, **more})


def test_a_personal_link_opens_the_page_and_nothing_else(tmp_path: Path) -> None:
    with serving(tmp_path, "one", "two") as server:
        olga = server.organiser()
        ana = _joined(server, olga, "Ana")
        person = _me(ana)
        link = _link(olga, person)
        with closing(sqlite3.connect(tmp_path / "one" / "identity.db")) as db:
            kept = "".join(str(row) for row in db.execute("SELECT * FROM personal_links"))
        assert _code(link) not in kept
        back = _came(server, _code(link))
        me = back.get("/api/me").json()
        assert (me["id"], me["role"], me["study"]) == (person, "returning", "one")
        found = _mine(back)
        assert (found["name"], found["role"], found["returning"]) == ("Ana", "participant", True)
        assert found["given"]["training"] is True
        assert back.get("/api/studies/one/mine/grown").json()["questions"] == 0
        for path in ("", "/guide", "/people", "/offers", "/boards/A/questions/history", "/links", "/curation/table"):
            assert back.get(f"/api/studies/one{path}").json()["code"] == "not_yours", path
        assert back.get("/api/studies/two/mine").json()["code"] == "not_yours"
        assert back.get("/api/studies").json()["code"] == "not_yours"
        # a second device would be them, with all they may do
        assert back.post("/api/studies/one/me/device").json()["code"] == "not_yours"
        assert back.post("/api/studies/one/mine/links").json()["code"] == "not_yours"
        with pytest.raises(InvalidStatus, match="403"), seated(server, back, "board/A/questions"):
            pass
        # who is signed in as themselves loses nothing by their own link
        assert ana.post("/api/mine", {"code": _code(link)}).status_code == 200
        assert ana.get("/api/me").json()["role"] == "participant"


def test_a_link_that_is_withdrawn_opens_nothing_and_ends_who_came_by_it(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana, bo = _joined(server, olga, "Ana"), _joined(server, olga, "Bo")
        kept = ana.post("/api/studies/one/mine/links").json()
        other = _link(olga, _me(ana))
        back, beside = _came(server, _code(kept)), _came(server, _code(other))
        shown = {one["id"]: one for one in _mine(ana)["links"]}
        assert [shown[one["id"]]["made_by"] for one in (kept, other)] == ["person", "organiser"]
        assert all(one["used"] for one in shown.values())
        refused = bo.delete(f"/api/studies/one/mine/links/{kept['id']}")
        assert refused.json()["code"] == "unknown_link"
        assert bo.get(f"/api/studies/one/people/{_me(ana)}/links").json()["code"] == "not_yours"
        assert bo.post(f"/api/studies/one/people/{_me(ana)}/links").json()["code"] == "not_yours"
        assert beside.delete(f"/api/studies/one/mine/links/{kept['id']}").status_code == 204
        assert back.get("/api/studies/one/mine").json()["code"] == "signed_out"
        assert back.post("/api/mine", {"code": _code(kept)}).json()["code"] == "bad_link"
        assert _mine(beside)["name"] == "Ana"
        made = [ana.post("/api/studies/one/mine/links").status_code for _ in range(10)]
        assert made == [201] * 9 + [409]


def test_codes_are_guessed_slowly_and_stand_in_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        link = _link(olga, _me(_joined(server, olga, "Ana")))
        caplog.set_level(logging.INFO)
        _came(server, _code(link))
        guesser = server.browser()
        answers = [guesser.post("/api/mine", {"code": "x" * 43}) for _ in range(40)]
        assert {one.json()["code"] for one in answers[:20]} == {"bad_link"}
        assert answers[-1].json()["code"] == "too_many"
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert _code(link) not in caplog.text
        page = guesser.get("/mine")
        assert page.headers["referrer-policy"] == "no-referrer"
        # from another site's page, it is not tried
        answer = guesser.post("/api/mine", {"code": _code(link)}, headers={"Origin": "https://elsewhere.example"})
        assert answer.json()["code"] == "cross_site"


def test_who_takes_consent_back_is_in_no_seed_from_that_moment_on(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = _joined(server, olga, "Ana")
        _offer(ana, topic="health", question_type="seeking facts")
        (waiting,) = olga.get("/api/studies/one/offers").json()["offers"]
        assert (waiting["name"], waiting["agrees"], waiting["group"]) == ("Ana", True, "A")
        decided = olga.post(f"/api/studies/one/offers/{waiting['id']}/decide", {"state": "accepted", "seen": "open"})
        assert decided.json()["counts"] == {"open": 0, "accepted": 1, "declined": 0, "withdrawn": 0}
        folder = Folder(tmp_path / "one")
        (seed,) = seeds.load(folder).questions
        assert (seed.id, seed.text, seed.source) == (f"offer-{waiting['id']}", ASKED, "afterwards")
        assert (seed.authors, seed.group, seed.topic_raw) == ((_me(ana),), "A", "health")
        back = _came(server, _code(_link(olga, _me(ana))))
        (mine,) = _mine(back)["offers"]
        assert (mine["state"], mine["fate"]["state"]) == ("accepted", "waiting")
        answer = back.post("/api/studies/one/mine/consent", {"items": {**_mine(back)["given"], "training": False}})
        assert answer.json()["offers"][0]["fate"] == {
            "state": "held", "why": "no_consent", "reason": "", "example": False,
        }  # fmt: skip
        assert seeds.load(folder).questions == ()
        assert ASKED not in (folder.seeds / "questions.jsonl").read_text()
        # by their ordinary session it holds as soon
        ana.post("/api/studies/one/me/consent", {"items": {"training": True}})
        assert [one.id for one in seeds.load(folder).questions] == [seed.id]
        ana.post("/api/studies/one/me/consent", {"items": {"training": False}})
        assert seeds.load(folder).questions == ()


def test_a_contributor_sees_the_form_and_their_own_offers_alone(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana, guest = _joined(server, olga, "Ana"), _joined(server, olga, "Gil", role="contributor")
        assert olga.get("/api/studies/one/offers").json()["taking"] == 1
        triple = {"form": "triple", "misaligned": "Just sign.", "critique": "Careless.", "aligned": "Ask for it.",
                  "value": "transparency"}  # fmt: skip
        assert _offer(guest, **triple).status_code == 201
        assert _offer(guest, **triple).status_code == 201  # the same key: the page sent it twice
        assert _offer(ana, "What does a notary cost?", "offer-key-2").status_code == 201
        (own,) = _mine(guest)["offers"]
        assert (own["form"], own["state"]) == ("triple", "open")
        for path in ("", "/guide", "/people", "/offers", "/curation/table", "/boards/A/questions/history"):
            assert guest.get(f"/api/studies/one{path}").json()["code"] == "not_yours", path
        theirs = next(one for one in olga.get("/api/studies/one/offers").json()["offers"] if one["name"] == "Ana")
        assert guest.post(f"/api/studies/one/mine/offers/{theirs['id']}/withdraw").json()["code"] == "unknown_offer"
        assert guest.post(f"/api/studies/one/offers/{own['id']}/decide", {"state": "accepted"}).status_code == 403
        assert _offer(guest, " ", "offer-key-3").json()["code"] == "bad_offer"
        assert _offer(guest, "One\x00two", "offer-key-4").json()["code"] == "bad_offer"
        answers = [_offer(guest, f"Question {n}?", f"offer-key-x{n}").status_code for n in range(12)]
        assert answers[-1] == 429
        with pytest.raises(InvalidStatus, match="403"), seated(server, guest, "board/A/questions"):
            pass


def test_an_offer_is_declined_with_a_reason_that_its_author_reads_and_that_can_be_taken_back(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = _joined(server, olga, "Ana")
        offer = _offer(ana).json()["offers"][0]["id"]
        decide = f"/api/studies/one/offers/{offer}/decide"
        assert olga.post(decide, {"state": "declined"}).json()["code"] == "reason_needed"
        olga.post(decide, {"state": "declined", "reason": "It was asked in session 1 already.", "seen": "open"})
        assert _mine(ana)["offers"][0]["reason"] == "It was asked in session 1 already."
        # another curator who still saw it waiting
        assert olga.post(decide, {"state": "accepted", "seen": "open"}).json()["code"] == "out_of_date"
        undone = olga.post(decide, {"state": "open", "seen": "declined"}).json()["offer"]
        assert (undone["state"], undone["reason"], undone["decided_by"]) == ("open", "", "")
        folder = Folder(tmp_path / "one")
        olga.post(decide, {"state": "accepted", "seen": "open"})
        assert len(seeds.load(folder).questions) == 1
        olga.post(decide, {"state": "open", "seen": "accepted"})
        assert seeds.load(folder).questions == ()
        olga.post(decide, {"state": "accepted", "seen": "open"})
        ana.post(f"/api/studies/one/mine/offers/{offer}/withdraw")
        assert seeds.load(folder).questions == ()
        assert olga.post(decide, {"state": "open"}).json()["code"] == "offer_withdrawn"


def test_an_erasure_that_was_asked_for_is_done_by_one_button_and_seen_by_the_link(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = _joined(server, olga, "Ana")
        person = _me(ana)
        offer = _offer(ana).json()["offers"][0]["id"]
        olga.post(f"/api/studies/one/offers/{offer}/decide", {"state": "accepted"})
        code = _code(_link(olga, person))
        back = _came(server, code)
        assert back.post("/api/studies/one/mine/erasure", {"erase": True}).json()["erasure"]["at"]
        folder = Folder(tmp_path / "one")
        assert seeds.load(folder).questions == ()  # from the asking on
        back.post("/api/studies/one/mine/erasure", {"erase": False})
        assert len(seeds.load(folder).questions) == 1
        waiting = _offer(ana, "Who reads the form to me?", "offer-key-2").json()["offers"][0]["id"]
        back.post("/api/studies/one/mine/erasure", {"erase": True})
        queue = olga.get("/api/studies/one/offers").json()
        assert (queue["offers"], queue["counts"]["open"]) == ([], 0)
        late = olga.post(f"/api/studies/one/offers/{waiting}/decide", {"state": "accepted", "seen": "open"})
        assert (late.status_code, late.json()["code"]) == (409, "erasure_asked")
        assert ana.get("/api/studies/one/erasures").json()["code"] == "not_yours"
        assert [one["name"] for one in olga.get("/api/studies/one/erasures").json()] == ["Ana"]
        assert olga.post(f"/api/studies/one/people/{person}/redact").status_code == 200
        assert olga.get("/api/studies/one/erasures").json() == []
        assert back.get("/api/studies/one/mine").json()["code"] == "signed_out"
        told = server.browser().post("/api/mine", {"code": code}).json()
        assert (told["study"], bool(told["erased"])) == ("one", True)
        assert olga.get("/api/studies/one/offers", params={"state": "accepted"}).json()["offers"] == []
    for path in (tmp_path / "one").rglob("*"):
        if path.is_file():
            assert ASKED.encode() not in path.read_bytes(), path


def test_a_person_who_was_removed_and_not_erased_hears_so(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = _joined(server, olga, "Ana")
        person, code = _me(ana), _code(_link(olga, _me(ana)))
        olga.post(f"/api/studies/one/people/{person}/remove")
        assert server.browser().post("/api/mine", {"code": code}).json()["code"] == "removed"
        assert olga.post(f"/api/studies/one/people/{person}/links").json()["code"] == "removed"


def test_what_was_withdrawn_is_nobodys_example(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana, ben = (_joined(server, olga, name) for name in ("Ana", "Ben"))
        folder = Folder(tmp_path / "one")
        theirs = [encode(Question(f"s{n}", "A question?", authors=(_me(by),))) for n, by in enumerate((ana, ben))]
        with EventStore.of(folder) as store:
            store.append("seeds", "import", theirs)
        write_run(folder, Run("questions", "questions", (Made(("s0", "s1")), Made(("s1",)))))
        grown = [by.get("/api/studies/one/mine/grown").json() for by in (ana, ben)]
        assert [(found["questions"], len(found["examples"])) for found in grown] == [(1, 1), (2, 2)]
        take_back(folder.run("questions") / "journal.db", ["s0"], [0], [], [], "flag")
        grown = [by.get("/api/studies/one/mine/grown").json() for by in (ana, ben)]
        assert [(found["questions"], len(found["examples"])) for found in grown] == [(0, 0), (1, 1)]
