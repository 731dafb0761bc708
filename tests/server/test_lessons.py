"""Lessons over HTTP: who leads proposes, the organiser decides, and the next template comes of it."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from seedbed.workshop.template import Template
from tests.server.served import Browser, serving

PATH = "/api/studies/one/lessons"
PRESENT = Template.default("en").sections()


def put_down(browser: Browser, text: str, *sources: str) -> str:
    answer = browser.post(PATH, {"text": text, "sources": list(sources)})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def shown(browser: Browser, id: str) -> Any:
    return next(one for one in browser.get(PATH).json()["lessons"] if one["id"] == id)


def longer(minutes: int) -> Any:
    made = deepcopy(PRESENT["sessions"])
    made[0]["steps"][1]["minutes"] = minutes
    return made


def test_from_a_lesson_to_the_next_template(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        mod = server.joined("one", "Mo", role="moderator", by=olga)
        ana = server.joined("one", "Ana", by=olga)
        for asked in (ana.get(PATH), ana.get(f"{PATH}/next"), ana.post(PATH, {"text": "Mine"})):
            assert asked.json()["code"] == "not_yours"
        assert mod.get(PATH).json() == {"lessons": [], "lines": [], "template_version": 0}
        id = put_down(mod, "We ran out of time.", "note:A/reflection/r1")
        change = {"value": longer(30), "before": PRESENT["sessions"]}
        assert mod.put(f"{PATH}/{id}/changes/sessions", change).status_code == 200
        found = shown(mod, id)
        assert (found["name"], found["state"], found["clash"], found["sections"]) == ("Mo", "open", "", ["sessions"])
        (line,) = found["lines"]
        assert [place["title"] or place["name"] for place in line["where"]] == [
            "Session 1: questions", "steps", "Write questions", "minutes",
        ]  # fmt: skip
        assert (line["do"], line["was"], line["now"], line["known"]) == ("changed", 25, 30, True)
        assert found["proposed"]["sessions"] == longer(30)
        decision = {"accepted": True, "reason": "All five groups"}
        assert mod.post(f"{PATH}/{id}/decision", decision).json()["code"] == "not_yours"
        assert olga.post(f"{PATH}/{id}/decision", {"accepted": True}).json()["code"] == "bad_command"  # and no reason
        decided = olga.post(f"{PATH}/{id}/decision", decision).json()
        assert decided["lines"] == found["lines"]
        assert decided["lessons"][0]["decided_name"] == "Olga"
        for late in (
            mod.put(f"{PATH}/{id}/changes/sessions", {"value": None}), mod.put(f"{PATH}/{id}", {"text": "Other"}),
            mod.delete(f"{PATH}/{id}"),
        ):  # fmt: skip
            assert (late.status_code, late.json()["code"]) == (409, "lesson_decided")
        assert olga.get(f"{PATH}/next").json() == {**PRESENT, "sessions": longer(30), "seedbed_template": 1}
        # the template goes on meanwhile, elsewhere and then right there
        title = {**PRESENT["about"], "title": "Another"}
        assert olga.put("/api/studies/one/template/about", {"value": title}).status_code == 200
        assert shown(olga, id)["state"] == "accepted"
        assert olga.put("/api/studies/one/template/sessions", {"value": longer(20)}).status_code == 200
        found = shown(olga, id)
        assert (found["state"], found["clash"], found["clash_section"]) == ("look_again", "moved", "sessions")
        assert found["lines"][0]["known"] is False
        assert found["proposed"] == {}
        assert olga.get(f"{PATH}/next").json()["sessions"] == longer(20)


def test_what_cannot_be_proposed_is_refused_with_where_it_is_wrong(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        id = put_down(olga, "Shorter.")
        place = f"{PATH}/{id}/changes"
        wrong = olga.put(f"{place}/tasks", {"value": [{"id": "No", "label": "x", "text": ""}]})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_template")
        assert "tasks.0.id" in wrong.json()["detail"]
        late = olga.put(f"{place}/sessions", {"value": longer(30), "before": longer(20)})
        assert (late.status_code, late.json()["code"]) == (409, "out_of_date")
        assert olga.put(f"{PATH}/none/changes/tasks", {"value": []}).json()["code"] == "unknown_item"
        assert olga.post(PATH, {"text": "x", "sources": ["Ana said so"]}).json()["code"] == "bad_command"
        large = [{"id": f"c{n}", "title": "A card", "text": "x" * 3900} for n in range(60)]
        section = {"scenarios": [], "personas": large, "role_cards": [], "advice": []}
        assert olga.put(f"{place}/cards", {"value": section}).json()["code"] == "document_full"
        assert shown(olga, id)["sections"] == []
        assert olga.put(f"{PATH}/{id}", {"text": "Much shorter.", "sources": ["figure:yield"]}).status_code == 200
        assert (shown(olga, id)["text"], shown(olga, id)["sources"]) == ("Much shorter.", ["figure:yield"])
        assert olga.delete(f"{PATH}/{id}").json()["lessons"] == []
