"""What those who lead see of all groups over HTTP, and who came of those who were wanted."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from seedbed.server.identity import Who
from tests.server.house import STUDY, house, participant
from tests.server.served import serving

ANA, BO, CHI = participant("ana"), participant("bo"), participant("chi", "B")
MOD = Who("p_mod", "mod", "moderator", STUDY, None, "session-mod")


def test_boards_are_counted_from_memory_and_anew_when_they_moved(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO, CHI)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            row, empty = await ana.row(), await bo.row()
            await ana.type(f"question:{row}", "Why so?")
            await bo.type(f"question:{row}", "!")
            await ana.saved()
            await bo.saved()
            await ana.command("row.set", row=row, field="topic", value="Travel")
            await bo.command("comment.add", row=row, text="hm")
            await bo.command("vote.set", row=row, on=True)

            async def counted(doc: str = "board/A/questions") -> Any:
                return {one.doc: one for one in await home.hub.tallies(STUDY)}[doc]

            first = await counted()
            assert first.rows == 1  # the other is empty
            a, b = first.people[ANA.id], first.people[BO.id]
            assert (a.rows, a.characters, a.comments, a.votes) == (1, 7, 0, 0)
            assert (b.rows, b.characters, b.comments, b.votes) == (0, 1, 1, 1)
            assert a.last_seen
            assert b.last_seen > a.last_seen
            assert first.labels == {("Travel", "")}
            assert first.here == {ANA.id, BO.id}
            assert (await counted("board/B/triples")).rows == 0
            await bo.type(f"question:{empty}", "Mine")
            await bo.saved()
            again = await counted()
            assert again.rows == 2
            assert again.people[BO.id].characters == 5
            assert again.people[BO.id].last_seen > b.last_seen
            assert again.people[ANA.id].last_seen == a.last_seen
            ana.hang_up()  # type: ignore[attr-defined]
            await bo.until(lambda: ana.client not in bo.present)
            assert (await counted()).here == {BO.id}
            await home.hub.redact(STUDY, BO.id)
            assert (await counted()).rows == 1  # the other row was theirs

    asyncio.run(story())


def test_forty_rows_in_four_groups_are_counted_quickly(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            people = [participant(f"p{number}", group) for number, group in enumerate("AABB")]
            await home.join(*people)
            for who in people:
                for activity in ("questions", "triples"):
                    page = await home.open(who, f"board/{who.group}/{activity}").enter()
                    for _ in range(20):
                        row = await page.row()
                        await page.type(f"{'question' if activity == 'questions' else 'aligned'}:{row}", "Why? " * 10)
                    await page.saved()
            await home.hub.tallies(STUDY)
            begun = time.process_time()
            for _ in range(10):
                home.hub.study(STUDY).tallies._counted.clear()
                await home.hub.tallies(STUDY)
            # two groups of two activities: 160 rows, as four groups have of one
            assert (time.process_time() - begun) / 10 < 0.05

    asyncio.run(story())


@pytest.fixture
def told(tmp_path: Path) -> Any:
    with serving(tmp_path, "one") as server:
        yield server


def test_progress_and_recruitment_over_http(told: Any) -> None:
    olga = told.organiser()
    about = {"position": "Team lead", "place": "Recife, Brazil", "background": "Law"}
    people = {}
    for name, agreed in (("Ana", True), ("Bo", False)):
        browser = told.browser()
        asked = {"name": name, "anonymous": False, "consent": {"demographics": agreed}, "profile": about}
        assert browser.post(f"/api/join/{told.link('one', by=olga)}", asked).status_code == 200
        people[name] = browser
    mod = told.joined("one", "Mo", role="moderator", by=olga)
    plan = [{"field": "place", "value": "Brazil", "planned": 3, "deployment_share": 0.4}]
    assert olga.put("/api/studies/one/template/recruitment", {"value": plan}).status_code == 200
    found = mod.get("/api/studies/one/workshop/progress").json()
    assert (found["warnings"], found["waiting"], found["open_checkins"]) == ([], 0, [])
    first, second = found["groups"]
    assert (first["group"], second["group"]) == ("A", "B")
    assert first["activities"] == [
        {"activity": "questions", "rows": 0, "goal": 10}, {"activity": "triples", "rows": 0, "goal": 10},
        {"activity": "reflection", "rows": 0, "goal": 0},
    ]  # fmt: skip
    assert first["coverage"] == {"topics": 0, "of_topics": 6, "question_types": 0, "of_question_types": 21, "pairs": 0}
    assert [(one["name"], one["characters"], one["here"]) for one in first["people"]] == [
        ("Ana", 0, False), ("Bo", 0, False),
    ]  # fmt: skip
    assert first["share_of_most"] is None
    came = olga.get("/api/studies/one/workshop/recruitment").json()
    # Bo did not agree to be counted, Mo said nothing
    assert came["values"] == [
        {"field": "place", "value": "Brazil", "planned": 3, "actual": 1, "gap": 2, "share": 1.0,
         "deployment_share": 0.4, "share_gap": 0.6},
    ]  # fmt: skip
    assert came["unsaid"] == {"position": 2, "background": 2, "place": 2}
    assert [(one["name"], one["group"], one["position"]) for one in came["managers"]] == [("Ana", "A", "Team lead")]
    for path in ("progress", "recruitment"):
        assert people["Ana"].get(f"/api/studies/one/workshop/{path}").json()["code"] == "not_yours"
    assert mod.get("/api/studies/one/workshop/recruitment").json()["code"] == "not_yours"


def test_a_participant_is_told_no_section_that_is_for_those_who_lead(told: Any) -> None:
    olga = told.organiser()
    ana, mod = told.joined("one", "Ana", by=olga), told.joined("one", "Mo", role="moderator", by=olga)
    assert olga.put("/api/studies/one/template/managers", {"value": ["boss"]}).status_code == 200
    for browser, seen in ((ana, False), (mod, True), (olga, True)):
        template = browser.get("/api/studies/one/guide").json()["template"]
        assert bool(template["script"]) is seen
        assert ("boss" in json.dumps(template)) is seen
        assert [one["id"] for one in template["reflection"]] == ["thoughts", "challenges", "ease", "else"]
