"""Breaks, the time of a step and announcements: everybody hears, and boards close and open with it, whatever dies."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from seedbed.server.identity import Who
from seedbed.server.live import rooms
from seedbed.server.refusals import Refusal
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore
from seedbed.workshop import WorkshopSettings
from tests.server.house import STUDY, House, house, organiser, participant

ANA, CHI = participant("ana"), participant("chi", "B")
MOD = Who("p_mod", "mod", "moderator", STUDY, None, "session-mod")


async def phases(home: House) -> dict[str, str]:
    boards = await home.hub.boards(STUDY, lambda _: True)
    return {board["doc"].removeprefix("board/"): board["phase"] for board in boards}


async def give(home: House, kind: str, id: str, doc: str = "agenda", **detail: Any) -> None:
    await home.hub.command(STUDY, doc, MOD, {"id": id, "kind": kind, **detail})


def opened(found: dict[str, str]) -> set[str]:
    return {doc for doc, phase in found.items() if phase == "open"}


def test_a_break_closes_what_is_open_and_opens_what_it_closed(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, MOD)
            await give(home, "step.go", "s", step="questions")
            await give(home, "phase.close", "hand", "board/B/questions")
            ana, board = await home.open(ANA, "agenda").enter(), await home.open(ANA).enter()
            await give(home, "break.begin", "b", minutes=5)
            assert opened(await phases(home)) == set()
            await ana.until(lambda: ana.state["now"]["main"]["break"])
            now = ana.state["now"]["main"]
            assert (now["break"]["minutes"], now["break"]["by"], now["timer"]["running"]) == (5, MOD.id, False)
            assert now["working"] is None
            await board.until(lambda: board.state["board"]["main"]["phase"] == "closed")
            await give(home, "break.begin", "longer", minutes=10)
            assert opened(await phases(home)) == set()
            await give(home, "break.end", "e")
            # what a hand had closed before stays closed
            assert opened(await phases(home)) == {"A/questions"}
            await ana.until(lambda: ana.state["now"]["main"]["break"] is None)
            assert ana.state["now"]["main"]["timer"]["running"] is True
            # the same again changes nothing, and a second break finds its own boards
            await give(home, "break.end", "e")
            await give(home, "break.begin", "b2", minutes=5)
            await give(home, "break.end", "e2")
            assert opened(await phases(home)) == {"A/questions"}

    asyncio.run(story())


def test_a_step_ends_a_break_and_opens_its_own_boards(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(MOD)
            await give(home, "break.begin", "b", minutes=5)  # before the first step everything is open
            assert opened(await phases(home)) == set()
            await give(home, "break.end", "e")
            assert len(opened(await phases(home))) == 6
            await give(home, "step.go", "s", step="questions")
            await give(home, "break.begin", "b2", minutes=5)
            await give(home, "step.go", "s2", step="reflection-1")
            assert opened(await phases(home)) == {"A/reflection", "B/reflection"}
            assert (await home.hub.agenda(STUDY)).now["break"] is None
            with pytest.raises(Refusal, match="no_break"):
                await give(home, "break.end", "late")
            assert opened(await phases(home)) == {"A/reflection", "B/reflection"}

    asyncio.run(story())


def test_a_group_added_in_a_break_is_in_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(MOD)
            await give(home, "step.go", "s", step="triples")
            await give(home, "break.begin", "b", minutes=5)
            await home.hub.command(STUDY, "workshop", organiser(), {"id": "g", "kind": "group.add", "group": "C"})
            assert opened(await phases(home)) == set()
            await give(home, "break.end", "e")
            assert opened(await phases(home)) == {"A/triples", "B/triples", "C/triples"}

    asyncio.run(story())


@pytest.mark.parametrize("half", [False, True], ids=["nothing done", "one board done"])
def test_a_break_that_a_power_cut_left_half_done_is_finished_at_the_next_start(tmp_path: Path, half: bool) -> None:
    async def before() -> None:
        async with house(tmp_path) as home:
            await home.join(MOD)
            await give(home, "step.go", "s", step="questions")

    async def after() -> set[str]:
        async with house(tmp_path) as home:
            await home.hub.study(STUDY).stepping.settled()
            return opened(await phases(home))

    def died_after(kind: str, turned: str, **data: Any) -> int:
        """What the disk holds when the power goes between an event and its boards."""
        with EventStore.of(Folder(tmp_path)) as store:
            seq = store.append("agenda", MOD.id, [Act(kind, data={"cmd": kind, **data})])
            begun = seq if kind == "break.begin" else seq - 1
            if half:
                cmd = f"break-{begun}" if kind == "break.begin" else f"break-{seq}"
                store.append("board/A/questions", MOD.id, [Act(turned, data={"cmd": cmd})])
        return seq

    asyncio.run(before())
    assert asyncio.run(after()) == {"A/questions", "B/questions"}
    died_after("break.begin", "phase.close", minutes=5)
    assert asyncio.run(after()) == set()
    died_after("break.end", "phase.open")
    assert asyncio.run(after()) == {"A/questions", "B/questions"}
    with EventStore.of(Folder(tmp_path)) as store:
        kinds = [event.kind for event in store.read("board/B/questions") if event.kind.startswith("phase")]
    assert kinds == ["phase.close", "phase.open"]
    assert asyncio.run(after()) == {"A/questions", "B/questions"}  # and nothing is done again


def test_a_break_that_is_ended_after_a_restart_opens_what_it_closed(tmp_path: Path) -> None:
    async def first() -> None:
        async with house(tmp_path) as home:
            await home.join(MOD)
            await give(home, "step.go", "s", step="triples")
            await give(home, "break.begin", "b", minutes=5)

    async def second() -> None:
        async with house(tmp_path) as home:
            await home.hub.study(STUDY).stepping.settled()
            assert opened(await phases(home)) == set()
            await give(home, "break.end", "e")
            assert opened(await phases(home)) == {"A/triples", "B/triples"}

    asyncio.run(first())
    asyncio.run(second())


def test_typing_stops_in_a_break_and_goes_on_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "GRACE_S", 0.0)

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, MOD)
            await give(home, "step.go", "s", step="questions")
            ana = await home.open(ANA).enter()
            row = await ana.row()
            await ana.type(f"question:{row}", "Before")
            await ana.saved()
            await give(home, "break.begin", "b", minutes=1)
            assert await ana.command("vote.set", row=row, on=True) == "phase_closed"
            await give(home, "break.end", "e")
            await ana.until(lambda: ana.state["board"]["main"]["phase"] == "open")
            await ana.type(f"question:{row}", " and after")
            await ana.saved()

    asyncio.run(story())


def test_reflection_opens_with_its_step_for_a_study_of_two_activities(tmp_path: Path) -> None:
    """A study whose settings and log know nothing of it: its boards are there all the same."""
    with EventStore.of(Folder(tmp_path)) as store:
        store.append("board/A/questions", "p_ana", [Act("row.add", "r1", {"cmd": "1", "after": None, "taxonomy": 1})])
        store.append("agenda", MOD.id, [Act("step.go", data={"cmd": "old", "step": "questions"})])  # as it was written

    async def story() -> None:
        async with house(tmp_path, WorkshopSettings(activities=("questions", "triples"))) as home:
            await home.hub.study(STUDY).stepping.settled()
            await home.join(ANA, MOD)
            now = (await home.hub.agenda(STUDY)).now
            assert (now["step"], now["timer"]["left_s"]) == ("questions", 25 * 60)
            assert opened(await phases(home)) == {"A/questions", "B/questions"}
            await give(home, "step.go", "s", step="reflection-1")
            ana = await home.open(ANA, "board/A/reflection").enter()
            row = await ana.row()
            assert await ana.command("row.set", row=row, field="prompt", value="challenges") == "done"
            assert await ana.command("row.set", row=row, field="cluster", value="Time") == "done"
            assert await ana.command("row.set", row=row, field="topic", value="Time") == "bad_command"
            await ana.type(f"note:{row}", "Too little time 🩺")
            await ana.saved()
            for emoji in ("idea", "heart"):
                assert await ana.command("reaction.set", row=row, emoji=emoji, on=True) == "done"
            assert await ana.command("reaction.set", row=row, emoji="heart", on=False) == "done"
            assert await ana.command("reaction.set", row=row, emoji="💩", on=True) == "bad_command"
            assert await ana.command("reaction.set", row="nowhere", emoji="heart", on=True) == "unknown_row"
            assert [*ana.state["reactions"]] == [f"{row}:{ANA.id}:idea"]
            assert ana.state["rows"][row]["fields"] == {"prompt": "challenges", "cluster": "Time"}
            chi = home.open(CHI, "board/A/reflection")
            await chi.hello()
            await chi.until(lambda: chi.closed)
            assert chi.closed == "not_yours"

    asyncio.run(story())


def test_an_announcement_reaches_whom_it_is_for(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, CHI, MOD)
            ana, chi = await home.open(ANA, "agenda").enter(), await home.open(CHI, "agenda").enter()
            mod = await home.open(MOD, "agenda").enter()
            assert await mod.command("announcement.add", text="For B", groups=["B"]) == "done"
            assert await mod.command("announcement.add", text="For all") == "done"
            assert await ana.command("announcement.add", text="Mine") == "not_yours"
            await ana.until(lambda: ana.state["announcements"])
            await chi.until(lambda: len(chi.state["announcements"]) == 2)
            assert [one["text"] for one in ana.state["announcements"].values()] == ["For all"]
            assert "For B" not in str(ana.events)
            # who is moved begins anew, and reads what the new group reads
            await home.hub.command(
                STUDY, "workshop", MOD, {"id": "m", "kind": "member.move", "person": ANA.id, "group": "B"}
            )
            await ana.until(lambda: ana.resyncs)
            await ana.enter()
            assert {one["text"] for one in ana.state["announcements"].values()} == {"For B", "For all"}
            for id in list(mod.state["announcements"]):
                assert await mod.command("announcement.remove", announcement=id) == "done"
            await ana.until(lambda: not ana.state["announcements"])
            assert await mod.command("announcement.remove", announcement="gone") == "unknown_item"

    asyncio.run(story())


def test_the_time_of_a_step(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(MOD)
            with pytest.raises(Refusal, match="no_timer"):
                await give(home, "timer.set", "0", action="start")
            await give(home, "step.go", "s", step="refine")
            await give(home, "timer.set", "1", action="pause")
            await give(home, "timer.set", "2", action="add", minutes=3)
            timer = (await home.hub.agenda(STUDY)).now["timer"]
            assert timer["running"] is False
            assert 14.9 * 60 < timer["left_s"] <= 15 * 60
            await give(home, "timer.set", "3", action="start")
            assert (await home.hub.agenda(STUDY)).now["timer"]["running"] is True

    asyncio.run(story())
