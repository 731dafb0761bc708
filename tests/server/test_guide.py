"""The guide over HTTP: the template, the step, the consent at the door, and what people say of themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.workshop.template import Template
from tests.server.served import Browser, seated, serving

GUIDE = "/api/studies/one/guide"
NONE_GIVEN = {"training": False, "recording": False, "quoting": False, "demographics": False}


def _guide(browser: Browser) -> dict[str, Any]:
    answer = browser.get(GUIDE)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_guide_is_whole_from_the_start_and_for_everybody(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Ana", by=olga)
        watcher = server.joined("one", "Una", role="observer", by=olga)
        mod = server.joined("one", "Mo", role="moderator", by=olga)
        for browser in (olga, ana, watcher, mod):
            guide = _guide(browser)
            template = Template.default()
            leads = browser in (olga, mod)
            assert guide["template"] == (template if leads else template.for_participants()).model_dump(mode="json")
            assert guide["template_version"] == 0
            assert guide["now"] == {"step": None, "at": ""}
            assert guide["taxonomy"]["version"] == 1
            assert len(guide["taxonomy"]["topics"]) == 6
            assert guide["taxonomy"]["values"][0]["definition"]
        assert _guide(ana)["me"] == {
            "person": ana.get("/api/me").json()["id"], "name": "Ana", "role": "participant", "group": "A",
            "anonymous": False, "consent": None, "misaligned": None, "profile": None,
        }  # fmt: skip
        assert _guide(mod)["me"]["group"] == ""
        assert _guide(olga)["me"]["role"] == "organiser"
        assert server.browser().get(GUIDE).json()["code"] == "signed_out"


def test_the_template_goes_out_as_a_file_and_comes_back_as_one(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Ana", by=olga)
        path = "/api/studies/one/template"
        file = olga.get(path).json()
        assert file == {"seedbed_template": 1, **Template.default().sections()}
        assert olga.put(path, file).json() == {"template_version": 0}  # nothing is other than it was
        file["about"]["title"] = "An evening of questions"
        file["groups"] = {
            "B": {"value": "", "call_url": "https://call.example/b", "goal_questions": 4, "goal_triples": 5}
        }
        assert olga.put(path, file).json() == {"template_version": 2}
        guide = _guide(ana)
        assert guide["template"]["about"]["title"] == "An evening of questions"
        assert guide["template"]["groups"]["B"]["goal_triples"] == 5
        assert guide["template_version"] == 2
        assert olga.get(path).json() == file
        for asked in (ana.get(path), ana.put(path, file), ana.put(f"{path}/tasks", {"value": []})):
            assert asked.json()["code"] == "not_yours"


def test_one_section_is_set_by_itself_and_refused_with_where_it_is_wrong(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        path = "/api/studies/one/template"
        tasks = [{"id": "question", "label": "Ask", "text": ""}]
        assert olga.put(f"{path}/tasks", {"value": tasks}).json() == {"template_version": 1}
        assert _guide(olga)["template"]["tasks"] == tasks
        for section, value in (
            ("tasks", [{"id": "Question", "label": "Ask", "text": ""}]),
            ("tasks", "no list"),
            ("sessions", [{"id": "a", "title": "A", "steps": [{"id": "s", "kind": "party", "title": "S"}]}]),
            ("groups", {"B": {"call_url": "javascript:alert(1)"}}),
            ("groups", {"B": {"call_url": "http://call.example"}}),
            ("nothing", []),
        ):
            answer = olga.put(f"{path}/{section}", {"value": value})
            assert answer.status_code == 422, (section, value)
            assert answer.json()["code"] == "bad_template"
            assert section in answer.json()["detail"]
        assert olga.put(path, {"seedbed_template": 2}).json()["code"] == "bad_template"
        assert olga.put(path, {"about": {}}).json()["code"] == "bad_template"
        for body in (b'{"value": NaN}', b'{"value": ["\\ud800"]}', b'{"value": ' + b"[" * 5000 + b"]" * 5000 + b"}"):
            headers = {"Content-Type": "application/json"}
            answer = olga.http.put(f"{path}/tasks", content=body, headers=headers)
            assert answer.status_code == 422, body[:40]
        assert _guide(olga)["template_version"] == 1


def test_a_section_that_somebody_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        path = "/api/studies/one/template/tasks"
        before = _guide(olga)["template"]["tasks"]
        mine, theirs = ([{"id": id, "label": "Ask", "text": ""}] for id in ("mine", "theirs"))
        assert olga.put(path, {"value": theirs, "before": before}).status_code == 200
        late = olga.put(path, {"value": mine, "before": before})
        assert (late.status_code, late.json()["code"]) == (409, "out_of_date")
        assert _guide(olga)["template"]["tasks"] == theirs
        assert olga.put(path, {"value": mine, "before": theirs}).status_code == 200


def test_an_organisers_file_may_be_larger_than_anything_else(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Ana", by=olga)
        cards = [{"id": f"c{n}", "title": "A card", "text": "x" * 3900} for n in range(60)]
        section = {"scenarios": [], "personas": cards, "role_cards": [], "advice": []}
        path = "/api/studies/one/template/cards"
        assert olga.put(path, {"value": section}).json() == {"template_version": 1}
        assert ana.put(path, {"value": section}).status_code == 413
        assert olga.put(path, {"value": "x" * (3 << 20)}).status_code == 413
        assert olga.post("/api/studies/one/step", {"step": None, "more": "x" * 70_000}).status_code == 413


def test_a_section_too_large_for_everybody_is_said_to_be_that(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        cards = [{"id": f"c{number}", "title": "Card", "text": "x" * 4000} for number in range(60)]
        section = {"personas": cards, "role_cards": cards, "advice": cards, "scenarios": []}
        answer = olga.put("/api/studies/one/template/cards", {"value": section})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert "cards" in answer.json()["detail"]
        assert _guide(olga)["template_version"] == 0


def test_the_step_is_gone_to_by_who_runs_the_workshop(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Ana", by=olga)
        mod = server.joined("one", "Mo", role="moderator", by=olga)
        steps = [step for session in Template.default().sessions for step in session.steps]
        triples = next(step.id for step in steps if step.kind == "triples")
        said = mod.post("/api/studies/one/step", {"step": triples})
        assert said.status_code == 200, said.text
        assert said.json()["step"] == triples
        assert _guide(ana)["now"] == said.json()
        boards = {board["activity"]: board["phase"] for board in ana.get("/api/studies/one").json()["boards"]}
        assert boards == {"questions": "closed", "triples": "open", "reflection": "closed"}
        assert ana.post("/api/studies/one/step", {"step": triples}).json()["code"] == "not_yours"
        assert mod.post("/api/studies/one/step", {"step": "nowhere"}).json()["code"] == "unknown_step"
        assert mod.post("/api/studies/one/step", {"step": None}).json()["step"] is None


def test_consent_is_on_record_before_the_person_is_in(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        code = server.link("one")
        ana = server.browser()
        asked = {
            "name": "Ana", "anonymous": True, "consent": {"training": True},
            "profile": {"position": "nurse", "background": "ten years", "place": "", "positionality": ""},
        }  # fmt: skip
        assert ana.post(f"/api/join/{code}", asked).status_code == 200
        me = _guide(ana)["me"]
        assert me["consent"] == {**NONE_GIVEN, "training": True}
        assert me["anonymous"] is True
        assert me["profile"]["position"] == "nurse"
        assert me["misaligned"] is None
    with EventStore.of(Folder(tmp_path / "one")) as store:
        events = list(store.read("workshop"))
        assert [event.kind for event in events] == ["member.join", "consent.give", "profile.set"]
        assert {event.actor for event in events} == {me["person"]}


def test_nobody_comes_in_by_an_answer_that_is_none(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        code = server.link("one", by=olga)
        consent = Template.default().sections()["consent"]
        consent[0]["required"] = True
        assert olga.put("/api/studies/one/template/consent", {"value": consent}).status_code == 200
        guest = server.browser()
        for said, refused in (
            ({"unknown": True}, "bad_consent"),
            ({}, "consent_needed"),
            ({"training": False, "quoting": True}, "consent_needed"),
        ):
            answer = guest.post(f"/api/join/{code}", {"name": "Ana", "consent": said})
            assert answer.json()["code"] == refused
        assert answer.json()["detail"] == "training"
        assert guest.post(f"/api/join/{code}", {"name": "Ana"}).json()["code"] == "consent_needed"
        typed = {"name": "Ana", "consent": {"training": "yes"}}
        assert guest.post(f"/api/join/{code}", typed).json()["code"] == "bad_request"
        too_long = {"position": "x" * 501}
        assert guest.post(f"/api/join/{code}", {"name": "Ana", "profile": too_long}).json()["code"] == "bad_request"
        assert olga.get("/api/studies/one/people").json() == []
        assert guest.get("/api/me").json()["kind"] == "nobody"
        assert guest.post(f"/api/join/{code}", {"name": "Ana", "consent": {"training": True}}).status_code == 200


def test_what_one_said_of_oneself_can_be_said_anew(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Ana", by=olga)
        base = "/api/studies/one/me"
        assert ana.post(f"{base}/consent", {"items": {"training": True}}).json()["consent"]["training"] is True
        assert ana.post(f"{base}/consent", {"items": {}}).json()["consent"] == NONE_GIVEN
        assert ana.post(f"{base}/consent", {"items": {"wrong": True}}).json()["code"] == "bad_consent"
        assert ana.post(f"{base}/profile", {"place": "São Paulo"}).json()["profile"]["place"] == "São Paulo"
        assert ana.post(f"{base}/profile", {}).json()["profile"] is None
        assert ana.post(f"{base}/profile", {"place": "a\u0000b"}).json()["code"] == "bad_command"
        assert ana.post(f"{base}/misaligned", {"choice": "opt_out"}).json()["misaligned"] == "opt_out"
        assert ana.post(f"{base}/misaligned", {"choice": "write"}).json()["misaligned"] == "write"
        assert ana.post(f"{base}/misaligned", {"choice": "maybe"}).json()["code"] == "bad_request"
        for what, body in (("consent", {"items": {}}), ("profile", {}), ("misaligned", {"choice": "write"})):
            assert olga.post(f"{base}/{what}", body).json()["code"] == "not_yours"  # an account is nobody's group


def test_a_moved_person_keeps_what_they_said_and_finds_the_guide_as_it_is(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.browser()
        asked = {"name": "Ana", "anonymous": True, "consent": {"quoting": True}, "profile": {"place": "Recife"}}
        assert ana.post(f"/api/join/{server.link('one', by=olga)}", asked).status_code == 200
        id = ana.get("/api/me").json()["id"]
        assert olga.post(f"/api/studies/one/people/{id}/move", {"group": "B"}).status_code == 200
        me = _guide(ana)["me"]
        assert me["group"] == "B"
        assert me["consent"]["quoting"] is True
        assert me["profile"]["place"] == "Recife"
        assert me["anonymous"] is True
        assert [board["group"] for board in ana.get("/api/studies/one").json()["boards"]] == ["B", "B", "B"]


def test_profiles_are_read_by_nobody_but_their_own(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana, bo = server.joined("one", "Ana", by=olga), server.joined("one", "Bo", by=olga)
        ana.post("/api/studies/one/me/profile", {"positionality": "a secret of mine"})
        assert "a secret of mine" not in bo.get(GUIDE).text
        assert "a secret of mine" not in olga.get(GUIDE).text


def test_the_names_of_a_board_hide_who_is_anonymous_from_the_group(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        bo = server.browser()
        assert bo.post(f"/api/join/{server.link('one', by=olga)}", {"name": "Bo", "anonymous": True}).status_code == 200
        ana = server.joined("one", "Ana", by=olga)
        ids = {name: one.get("/api/me").json()["id"] for name, one in (("Ana", ana), ("Bo", bo))}
        for one in (ana, bo):
            with seated(server, one, "board/A/questions"):
                pass
        path = "/api/studies/one/boards/A/questions"
        for where, pick in ((f"{path}/people", lambda found: found), (f"{path}/at/2", lambda found: found["people"])):
            assert pick(ana.get(where).json()) == {ids["Ana"]: "Ana", ids["Bo"]: ""}
            assert pick(bo.get(where).json()) == {ids["Ana"]: "Ana", ids["Bo"]: ""}
            assert pick(olga.get(where).json()) == {ids["Ana"]: "Ana", ids["Bo"]: "Bo"}
        assert ana.get("/api/studies/one/boards/B/questions/people").json()["code"] == "not_yours"
        assert olga.get("/api/studies/one/boards/Z/questions/people").json()["code"] == "unknown_document"


@pytest.mark.parametrize("path", ["guide", "taxonomy", "template", "labels"])
def test_a_person_of_another_study_reads_nothing(tmp_path: Path, path: str) -> None:
    with serving(tmp_path, "one", "two") as server:
        stranger = server.joined("two", "Eve")
        assert stranger.get(f"/api/studies/one/{path}").json()["code"] == "not_yours"
