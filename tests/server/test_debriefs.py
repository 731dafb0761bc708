"""Debriefs live, and their sources over HTTP: who may, what is kept, what is shown before."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

from seedbed.server.identity import Who
from tests.server.house import STUDY, house, organiser, participant
from tests.server.served import serving
from tests.themes.making import VTT

ANA = participant("ana")
MOD = Who("p_mod", "mod", "moderator", STUDY, None, "session-mod")
CURA = Who("a_cura", "Cura", "curator", None, None, "session-cura")
DOC = "board/method/debrief"


def test_those_who_lead_debrief_together_and_keep_topics(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, MOD)
            mod, olga = await home.open(MOD, DOC).enter(), await home.open(organiser(), DOC).enter()
            row = await mod.row()
            await mod.type(f"note:{row}", "Too little time")
            await olga.type(f"note:{row}", " by far")
            await mod.saved()
            await olga.saved()
            assert await mod.command("row.set", row=row, field="cluster", value="Time") == "done"
            assert await olga.command("topic.keep", name=" Time ") == "done"
            assert await mod.command("topic.keep", name="time") == "already_there"
            await mod.until(lambda: mod.state["topics"])
            ((id, topic),) = mod.state["topics"].items()
            assert (topic["name"], topic["person"]) == ("Time", organiser().id)
            assert await mod.command("topic.keep", name="Time for questions", topic=id) == "done"
            await olga.until(lambda: olga.state["topics"][id]["name"] == "Time for questions")
            assert olga.state["topics"][id]["person"] == organiser().id
            # it is no group's board: no step closes it, and no progress counts it
            step = {"id": "s", "kind": "step.go", "step": "questions"}
            await home.hub.command(STUDY, "agenda", organiser(), step)
            assert mod.state["board"]["main"]["phase"] == "open"
            assert DOC not in {one.doc for one in await home.hub.tallies(STUDY)}
            assert await home.hub.boards(STUDY, lambda doc: doc == DOC) == []
            questions = await home.open(MOD, "board/A/questions").enter()
            assert await questions.command("topic.keep", name="Time") == "bad_command"
            reader = await home.open(CURA, DOC).enter()
            assert await reader.command("topic.drop", topic=id) == "read_only"
            assert await mod.command("topic.drop", topic=id) == "done"
            await reader.until(lambda: not reader.state["topics"])
            for who, doc, code in (
                (ANA, DOC, "not_yours"),
                (participant("eve", "method"), DOC, "not_yours"),
                (MOD, "board/nothing/debrief", "unknown_document"),
                (MOD, "board/A/debrief", "unknown_document"),
            ):
                page = home.open(who, doc)
                await page.hello()
                await page.until(lambda page=page: page.closed)
                assert page.closed == code

    asyncio.run(story())


def _file(data: bytes, name: str = "talk.vtt", **more: Any) -> dict[str, Any]:
    return {"name": name, "data": base64.b64encode(data).decode(), "debrief": "method", **more}


def test_a_transcript_is_looked_at_and_then_taken_in(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as told:
        olga = told.organiser()
        asked = {"name": "Ana Silva", "anonymous": False, "consent": {"recording": True}, "profile": {}}
        ana = told.browser()
        assert ana.post(f"/api/join/{told.link('one', by=olga)}", asked).status_code == 200
        ben = told.browser()
        no = {**asked, "name": "Ben Ode", "consent": {"recording": False}}
        assert ben.post(f"/api/join/{told.link('one', by=olga)}", no).status_code == 200
        mod = told.joined("one", "Mo", role="moderator", by=olga)
        at = "/api/studies/one/themes"
        shown = mod.post(f"{at}/preview", _file(VTT.encode("utf-16"))).json()
        assert [(one["name"], one["called"], one["left_out"]) for one in shown["speakers"]] == [
            ("Ana Silva", "Ana Silva", False), ("Ben Ode", "Ben Ode", True), ("Dr. Who", "", False), ("Mia", "", False),
        ]  # fmt: skip
        assert (shown["source"]["left_out"], shown["format"]) == (1, "vtt")
        assert mod.get(at).json() == []  # nothing was kept
        made = mod.post(at, _file(VTT.encode(), speakers={"Mia": ""}, replace_names=True))
        assert made.status_code == 201
        (line,) = mod.get(at).json()
        assert line == made.json()
        whole = mod.get(f"{at}/{line['id']}").json()
        assert whole["segments"][0]["called"] == "Ana Silva"
        assert whole["after"] is None
        assert "disagreed" not in json.dumps(whole)
        (method, *others) = mod.get("/api/studies/one/debriefs").json()
        assert (method["id"], method["sources"], method["notes"], len(others)) == ("method", 1, 0, 2)
        again = mod.post(at, _file(VTT.encode(), replace_names=True))
        assert (again.status_code, again.json()["code"]) == (422, "bad_source")
        broken = mod.post(f"{at}/preview", _file(b"WEBVTT\n\nlost\n"))
        assert "line 3" in broken.json()["detail"]
        assert mod.post(f"{at}/boards", {}).json() == []
        assert ana.get(at).json()["code"] == "not_yours"
        assert ana.post(f"{at}/preview", _file(VTT.encode())).json()["code"] == "not_yours"
        assert mod.delete(f"{at}/{line['id']}").json()["code"] == "not_yours"
        assert olga.delete(f"{at}/{line['id']}").status_code == 204
        assert olga.delete(f"{at}/{line['id']}").json()["code"] == "unknown_item"
        assert olga.get(at).json() == []
