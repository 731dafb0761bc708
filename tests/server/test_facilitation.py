"""Facilitation as a room: who sits at it, what reaches whom; it is there after a restart, and gone when erased."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from seedbed.server.identity import Who
from tests.server.house import STUDY, house, organiser, participant
from tests.server.served import serving
from tests.workshop.test_erasing import held_in

ANA, BO, CHI = participant("ana"), participant("bo"), participant("chi", "B")
MOD = Who("p_mod", "mod", "moderator", STUDY, None, "session-mod")
ROOM = "facilitation"
SECRET = "My neighbour Ünal moved to Elm Street"


def test_a_question_goes_to_those_who_lead_and_its_answer_to_all(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO, CHI, MOD)
            ana, bo, chi = [await home.open(who, ROOM).enter() for who in (ANA, BO, CHI)]
            mod, olga = await home.open(MOD, ROOM).enter(), await home.open(organiser(), ROOM).enter()
            assert ana.client is mod.client is None  # nobody types here
            assert await ana.command("question.ask", text="Is rent a topic?") == "done"
            await olga.until(lambda: olga.state["questions"])
            (id,) = mod.state["questions"]
            assert mod.state["questions"][id]["by"] == ANA.id
            assert await ana.command("message.add", text="Hello") == "not_yours"
            assert await mod.command("message.add", text="Rent, again") == "done"
            assert await mod.command("note.set", text="Rest") == "done"
            assert await mod.command("question.answer", question=id, text="Yes.", public=True) == "done"
            for page in (bo, chi):
                await page.until(lambda page=page: page.state["questions"])
                assert page.state["questions"][id]["answer"] == "Yes."
                # an event in which nothing is theirs did not come; the numbers have no gap all the same
                assert [event["kind"] for event in page.events] == ["question.answer"]
                assert ANA.id not in json.dumps([page.state, page.events])
            await olga.until(lambda: olga.state["questions"][id]["answer"])
            assert olga.state["notes"] == {}
            rater = home.open(Who("p_rui", "rui", "rater", STUDY, None, "session-rui"), ROOM)
            await rater.hello()
            await rater.until(lambda: rater.closed)
            assert rater.closed == "not_yours"

    async def after_a_restart() -> None:
        async with house(tmp_path) as home:
            late = participant("late", "B")
            await home.join(late)
            page, mod = await home.open(late, ROOM).enter(), await home.open(MOD, ROOM).enter()
            (seen,) = page.state["questions"].values()
            assert (seen["answer"], seen["by"]) == ("Yes.", "")
            assert [one["text"] for one in mod.state["notes"].values()] == ["Rest"]

    asyncio.run(story())
    asyncio.run(after_a_restart())


def test_who_is_moved_is_asked_what_the_new_group_is_asked(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, MOD)
            ana, mod = await home.open(ANA, ROOM).enter(), await home.open(MOD, ROOM).enter()
            assert await mod.command("checkin.open", about="fatigue", groups=["B"]) == "done"
            (checkin,) = mod.state["checkins"]
            assert await ana.command("checkin.answer", checkin=checkin, values={"fatigue": 3}) == "unknown_item"
            move = {"id": "m", "kind": "member.move", "person": ANA.id, "group": "B"}
            await home.hub.command(STUDY, "workshop", MOD, move)
            await ana.until(lambda: ana.resyncs)
            await ana.enter()
            assert [*ana.state["checkins"]] == [checkin]
            assert await ana.command("checkin.answer", checkin=checkin, values={"fatigue": 3}) == "done"
            await mod.until(lambda: mod.state["checkins"][checkin]["answered"])
            assert mod.state["checkins"][checkin]["answered"] == {"B": 1}
            assert ANA.id not in json.dumps(mod.events)

    asyncio.run(story())


def test_an_erased_person_is_gone_from_here_too(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO, MOD)
            ana, bo, mod = [await home.open(who, ROOM).enter() for who in (ANA, BO, MOD)]
            assert await ana.command("question.ask", text=SECRET) == "done"
            assert await bo.command("question.ask", text="And mine?") == "done"
            await mod.until(lambda: len(mod.state["questions"]) == 2)
            first, second = mod.state["questions"]
            assert await mod.command("question.same", question=second, **{"as": first}) == "done"
            assert await mod.command("question.answer", question=first, text="So be it.", public=False) == "done"
            assert await mod.command("checkin.open", about="fatigue") == "done"
            (checkin,) = mod.state["checkins"]
            for page in (ana, bo):
                assert await page.command("checkin.answer", checkin=checkin, values={"fatigue": 5}) == "done"
            board = await home.open(ANA, "board/A/reflection").enter()
            row = await board.row()
            await board.command("row.set", row=row, field="cluster", value=SECRET)
            await board.type(f"note:{row}", SECRET)
            await board.saved()
            # a moderator who retold it is listed, not erased
            assert await mod.command("message.add", text=f"He says: {SECRET}") == "done"
            remove = {"id": "r", "kind": "member.remove", "person": ANA.id}
            await home.hub.command(STUDY, "workshop", organiser(), remove)
            said = await home.hub.redact(STUDY, ANA.id)
            assert [(one["doc"], one["author"]) for one in said["look_alikes"]] == [(ROOM, MOD.id)]
            (message,) = mod.state["messages"]
            mod = await mod.enter()
            assert mod.state["questions"][first]["text"] == ""
            assert mod.state["checkins"][checkin]["answered"] == {"A": 1}
            assert await mod.command("message.remove", message=message) == "done"
            bo = await bo.enter()
            assert bo.state["questions"][second]["answer"] == "So be it."  # Bo's answer stands

    asyncio.run(story())
    said_again = f"He says: {SECRET}"
    for path in held_in(tmp_path, SECRET):
        kept = path.read_bytes()
        assert kept.count(SECRET.encode()) == kept.count(said_again.encode())


def test_no_model_writes_what_people_look_back_on(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        ana = server.joined("one", "Ana", by=server.organiser())
        asked = {"purpose": "free", "prompt": "How was it?"}
        said = ana.post("/api/studies/one/boards/A/reflection/ask", asked)
        assert said.json()["code"] == "helper_off", said.text
