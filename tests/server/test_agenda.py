"""The agenda as a room: everybody hears of the step, whoever may goes to it, and the boards open and close with it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc

from seedbed.errors import StorageError
from seedbed.server.identity import Who
from seedbed.server.live import rooms
from seedbed.server.live.frames import Down, Up
from seedbed.server.live.study import LiveStudy
from seedbed.server.refusals import Refusal
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore
from seedbed.workshop import WorkshopSettings, model_called
from seedbed.workshop.template import OF_FACILITATORS, SECTIONS, Template
from tests.server.house import STUDY, House, house, organiser, participant
from tests.server.page import varuint

ANA, BO, CHI = participant("ana"), participant("bo"), participant("chi", "B")
MOD = participant("mod", "", "moderator")
MOD = Who(MOD.id, MOD.name, MOD.role, MOD.study, None, MOD.session)
STEPS = {
    kind: next(step.id for session in Template.default().sessions for step in session.steps if step.kind == kind)
    for kind in ("welcome", "questions", "refine", "bridge", "triples")
}


async def _phases(home: House, *, reflection: bool = False) -> dict[str, str]:
    """Of the boards that become seeds, or of those to look back on."""
    boards = await home.hub.boards(STUDY, lambda doc: doc.endswith("/reflection") == reflection)
    return {board["doc"].removeprefix("board/"): board["phase"] for board in boards}


async def _go(home: House, who: Who, kind: str | None, id: str) -> None:
    command = {"id": id, "kind": "step.go", "step": None if kind is None else STEPS[kind]}
    await home.hub.command(STUDY, "agenda", who, command)


def test_every_member_reads_the_agenda_and_nobody_types_in_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            watcher = participant("una", "B", "observer")
            await home.join(ANA, watcher, MOD)
            curator = Who("a_cleo", "Cleo", "curator", None, None, "session-cleo")
            for who in (ANA, watcher, MOD, curator, organiser()):
                page = await home.open(who, "agenda").enter()
                assert page.client is None
                assert page.welcome["write"] is False
                leads = who.role not in ("participant", "observer")
                assert set(page.state["template"]) == set(SECTIONS) - (frozenset() if leads else OF_FACILITATORS)
                assert page.state["now"]["main"]["step"] is None
                assert page.doc.get_update() == Doc().get_update()
            page = await home.open(ANA, "agenda").enter()
            await page.frame(Up.UPDATE, varuint(1) + Doc().get_update())
            await page.until(lambda: page.nacked)
            assert page.nacked == "read_only"

    asyncio.run(story())


def test_a_step_is_told_to_everybody_and_opens_and_closes_every_board(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, CHI, MOD)
            ana = await home.open(ANA, "agenda").enter()
            chi = await home.open(CHI, "board/B/triples").enter()
            mod = await home.open(MOD, "agenda").enter()
            assert await mod.command("step.go", step=STEPS["questions"]) == "done"
            await ana.until(lambda: ana.state["now"]["main"]["step"] == STEPS["questions"])
            await chi.until(lambda: chi.state["board"]["main"]["phase"] == "closed")
            assert chi.events[-1]["actor"] == MOD.id
            assert await _phases(home) == {
                "A/questions": "open", "A/triples": "closed", "B/questions": "open", "B/triples": "closed",
            }  # fmt: skip
            await _go(home, MOD, "triples", "two")
            assert await _phases(home) == {
                "A/questions": "closed", "A/triples": "open", "B/questions": "closed", "B/triples": "open",
            }  # fmt: skip
            for kind in ("bridge", None):
                await _go(home, organiser(), "questions", f"back-{kind}")
                await _go(home, organiser(), kind, f"to-{kind}")
                assert set((await _phases(home)).values()) == {"closed"}

    asyncio.run(story())


def test_a_group_that_comes_later_is_where_everybody_is(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:

            async def added(group: str) -> dict[str, str]:
                command = {"id": f"add-{group}", "kind": "group.add", "group": group}
                await home.hub.command(STUDY, "workshop", organiser(), command)
                return {doc: phase for doc, phase in (await _phases(home)).items() if doc.startswith(group)}

            assert await added("C") == {"C/questions": "open", "C/triples": "open"}  # there was no step yet
            await _go(home, organiser(), "triples", "one")
            assert await added("D") == {"D/questions": "closed", "D/triples": "open"}
            await _go(home, organiser(), None, "two")
            assert await added("E") == {"E/questions": "closed", "E/triples": "closed"}

    asyncio.run(story())


def test_only_who_runs_the_workshop_goes_to_a_step_that_there_is(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, MOD)
            ana = await home.open(ANA, "agenda").enter()
            assert await ana.command("step.go", step=STEPS["triples"]) == "not_yours"
            assert await ana.command("template.set", section="tasks", value="[]") == "not_yours"
            mod = await home.open(MOD, "agenda").enter()
            assert await mod.command("step.go", step="nowhere") == "unknown_step"
            assert await mod.command("template.set", section="tasks", value="[]") == "not_yours"
            olga = await home.open(organiser(), "agenda").enter()
            assert await olga.command("template.set", section="tasks", value="[]") == "done"
            assert await olga.command("template.set", section="tasks", value="[") == "bad_template"
            assert await olga.command("template.set", section="nothing", value="[]") == "bad_template"
            assert await olga.command("taxonomy.set", version=2) == "bad_command"  # none such is installed
            assert await olga.command("row.add") == "bad_command"
            assert await olga.command("phase.close") == "bad_command"
            await ana.until(lambda: ana.state["about"]["main"]["version"] == 1)
            assert ana.state["template"]["tasks"]["value"] == []
            assert set((await _phases(home)).values()) == {"open"}

    asyncio.run(story())


def test_what_was_typed_before_a_step_is_saved_and_what_comes_after_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "GRACE_S", 0.0)

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, MOD)
            await _go(home, MOD, "questions", "one")
            ana = await home.open(ANA).enter()
            name = f"question:{await ana.row()}"
            for word in ("on ", "its ", "way"):
                await ana.type(name, word)
            await ana.command("row.add")  # the typing before it has been read
            await _go(home, MOD, "triples", "two")
            await ana.until(lambda: ana.acknowledged == 3)
            await ana.type(name, " late")
            await ana.until(lambda: ana.nacked)
            assert ana.nacked == "phase_closed"

    asyncio.run(story())


def test_the_same_step_given_again_changes_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(MOD)
            await _go(home, MOD, "questions", "one")
            # opened and closed by hand since: the command that is sent again does not undo that
            await home.hub.command(STUDY, "board/A/triples", MOD, {"id": "hand", "kind": "phase.open"})
            await home.hub.command(STUDY, "board/B/questions", MOD, {"id": "hand", "kind": "phase.close"})
            await _go(home, MOD, "questions", "one")
            assert await _phases(home) == {
                "A/questions": "open", "A/triples": "open", "B/questions": "closed", "B/triples": "closed",
            }  # fmt: skip
            # asked for anew it is
            await _go(home, MOD, "questions", "again")
            assert (await _phases(home))["A/triples"] == "closed"
            # and an older one that comes late moves nobody
            await _go(home, MOD, "triples", "three")
            await home.hub.command(STUDY, "board/A/questions", MOD, {"id": "hand", "kind": "phase.open"})
            await _go(home, MOD, "questions", "one")
            assert (await _phases(home))["A/triples"] == "open"
            assert (await _phases(home))["A/questions"] == "open"
            assert (await home.hub.agenda(STUDY)).now["step"] == STEPS["triples"]

    async def after_a_restart() -> None:
        async with house(tmp_path) as home:
            await _go(home, MOD, "questions", "one")
            assert (await _phases(home))["A/questions"] == "open"  # as somebody left it, not closed for the step of now

    asyncio.run(story())
    asyncio.run(after_a_restart())
    with EventStore.of(Folder(tmp_path)) as store:
        assert [event.kind for event in store.read("agenda")] == ["step.go"] * 3


def test_a_step_that_failed_half_way_is_given_again(tmp_path: Path, monkeypatch: Any) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(MOD)
            real = LiveStudy._read

            def broken(self: LiveStudy, doc: str) -> Any:
                if doc == "board/B/questions":
                    raise StorageError("unreadable for a while")
                return real(self, doc)

            with monkeypatch.context() as disk:
                disk.setattr(LiveStudy, "_read", broken)
                with pytest.raises(Refusal, match="storage"):
                    await _go(home, MOD, "triples", "one")
            await _go(home, MOD, "triples", "one")
            assert await _phases(home) == {
                "A/questions": "closed", "A/triples": "open", "B/questions": "closed", "B/triples": "open",
            }  # fmt: skip

    asyncio.run(story())
    with EventStore.of(Folder(tmp_path)) as store:
        assert [event.kind for event in store.read("agenda")] == ["step.go"]
        for doc in ("board/A/questions", "board/B/questions"):
            assert [event.kind for event in store.read(doc)] == ["phase.close"], doc


def test_a_step_that_a_power_cut_left_half_done_is_finished_at_the_next_start(tmp_path: Path) -> None:
    async def before() -> None:
        async with house(tmp_path) as home:
            await home.join(MOD)
            await _go(home, MOD, "questions", "one")
            # by hand since: not the step's any more
            await home.hub.command(STUDY, "board/B/questions", MOD, {"id": "hand", "kind": "phase.close"})

    async def after() -> dict[str, str]:
        async with house(tmp_path) as home:
            await home.hub.study(STUDY).stepping.settled()
            return await _phases(home)

    asyncio.run(before())
    questions = {"A/questions": "open", "A/triples": "closed", "B/questions": "closed", "B/triples": "closed"}
    assert asyncio.run(after()) == questions
    with EventStore.of(Folder(tmp_path)) as store:
        # what the disk holds when the power goes between the step and its boards
        store.append("agenda", MOD.id, [Act("step.go", data={"cmd": "two", "step": STEPS["triples"]})])
    triples = {"A/questions": "closed", "A/triples": "open", "B/questions": "closed", "B/triples": "open"}
    assert asyncio.run(after()) == triples
    with EventStore.of(Folder(tmp_path)) as store:
        turned = [event.kind for event in store.read("board/A/triples")]
    assert asyncio.run(after()) == triples
    with EventStore.of(Folder(tmp_path)) as store:
        assert [event.kind for event in store.read("board/A/triples")] == turned


def test_two_who_go_to_different_steps_at_once_end_at_one(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(MOD)
            await asyncio.gather(
                _go(home, MOD, "questions", "a"), _go(home, organiser(), "triples", "b"), _go(home, MOD, "refine", "c")
            )
            step = (await home.hub.agenda(STUDY)).step
            assert step is not None
            wanted = "triples" if step.kind == "triples" else "questions"
            phases = await _phases(home)
            assert {doc for doc, phase in phases.items() if phase == "open"} == {f"A/{wanted}", f"B/{wanted}"}

    asyncio.run(story())


def test_the_step_and_the_template_are_there_after_a_restart(tmp_path: Path) -> None:
    async def first() -> None:
        async with house(tmp_path, WorkshopSettings(language="pt")) as home:
            await home.join(MOD)
            await _go(home, MOD, "refine", "one")
            about = {**Template.default("pt").sections()["about"], "title": "Oficina"}
            command = {"id": "t", "kind": "template.set", "section": "about", "value": json.dumps(about)}
            await home.hub.command(STUDY, "agenda", organiser(), command)

    async def second() -> None:
        async with house(tmp_path, WorkshopSettings(language="pt")) as home:
            late = participant("late")
            await home.join(late)
            page = await home.open(late, "agenda").enter()
            assert page.state["now"]["main"]["step"] == STEPS["refine"]
            assert page.state["template"]["about"]["value"]["title"] == "Oficina"
            assert page.state["about"]["main"]["version"] == 1
            assert page.state["template"]["tasks"]["value"] == Template.default("pt").sections()["tasks"]

    asyncio.run(first())
    asyncio.run(second())


def test_who_is_removed_loses_the_agenda_and_who_is_moved_keeps_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO, MOD)
            ana, bo = await home.open(ANA, "agenda").enter(), await home.open(BO, "agenda").enter()
            move = {"id": "m", "kind": "member.move", "person": ANA.id, "group": "B"}
            await home.hub.command(STUDY, "workshop", MOD, move)
            await home.hub.command(STUDY, "workshop", MOD, {"id": "r", "kind": "member.remove", "person": BO.id})
            await bo.until(lambda: bo.closed)
            assert bo.closed == "removed"
            await ana.until(lambda: ana.resyncs)  # another group is told other things
            await ana.enter()
            await _go(home, MOD, "questions", "one")
            await ana.until(lambda: ana.state["now"]["main"]["step"] == STEPS["questions"])
            assert ana.closed is None

    asyncio.run(story())


def test_rows_carry_the_version_of_the_labels_they_were_written_under(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            ana = await home.open(ANA).enter()
            first = await ana.row()
            watcher = await home.open(ANA, "agenda").enter()
            await home.hub.taxonomy_is(STUDY, 3)
            await home.hub.taxonomy_is(STUDY, 3)
            await home.hub.taxonomy_is(STUDY, 2)  # a late word of an older one
            await watcher.until(lambda: watcher.state["taxonomy"]["main"]["version"] == 3)
            second = await ana.row()
            assert ana.state["rows"][first]["taxonomy"] == 1
            assert ana.state["rows"][second]["taxonomy"] == 3
            await ana.command("row.set", row=first, field="topic", value="Travel")
            assert ana.state["rows"][first]["taxonomy"] == 3

    asyncio.run(story())
    with EventStore.of(Folder(tmp_path)) as store:
        assert [event.kind for event in store.read("agenda")] == ["taxonomy.set"]


def test_labels_installed_while_nothing_was_served_are_told_at_the_next_start(tmp_path: Path) -> None:
    from seedbed.taxonomy import default_taxonomy

    async def start() -> int:
        async with house(tmp_path) as home:
            return (await home.hub.agenda(STUDY)).taxonomy

    async def set_two() -> None:
        async with house(tmp_path) as home:
            await home.hub.taxonomy_is(STUDY, 2)

    folder = Folder(tmp_path)
    folder.taxonomy(1).parent.mkdir()
    for version in (1, 2):
        folder.taxonomy(version).write_text(default_taxonomy().to_json())
    asyncio.run(set_two())
    folder.taxonomy(3).write_text(default_taxonomy().to_json())
    assert asyncio.run(start()) == 3


def test_the_name_of_an_anonymous_person_reaches_those_who_run_the_workshop_alone(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            join = {
                "id": "j", "kind": "member.join", "person": BO.id, "group": "A", "role": "participant",
                "anonymous": True,
            }  # fmt: skip
            await home.hub.command(STUDY, "workshop", BO, join)
            await home.join(ANA, MOD)
            ana, mod = await home.open(ANA).enter(), await home.open(MOD, "board/A/questions").enter()
            bo = await home.open(BO).enter()
            assert bo.welcome["name"] == ""
            assert ana.welcome["name"] == "ana"
            await ana.until(lambda: bo.client in ana.present)
            await mod.until(lambda: bo.client in mod.present)
            assert ana.present[bo.client]["name"] == ""
            assert ana.present[bo.client]["person"] == BO.id
            assert mod.present[bo.client]["name"] == "bo"
            # and so do those hear who come later, of whoever is there
            await bo.until(lambda: ana.client in bo.present)
            assert bo.present[ana.client]["name"] == "ana"
            late, other = await home.open(ANA).enter(), await home.open(MOD, "board/A/questions").enter()
            await late.until(lambda: bo.client in late.present)
            await other.until(lambda: bo.client in other.present)
            assert late.present[bo.client]["name"] == ""
            assert other.present[bo.client]["name"] == "bo"
            # a caret that moves tells no more
            ana.heard.clear()
            await bo.frame(Up.AWARE, json.dumps({"text": "question:abc"}).encode())
            await ana.until(lambda: Down.PRESENCE in ana.heard and ana.present[bo.client].get("text"))
            assert ana.present[bo.client]["name"] == ""

    asyncio.run(story())


def test_erasing_a_person_takes_what_they_said_of_themselves(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            said = {"id": "p", "kind": "profile.set", "person": ANA.id, "background": "a nurse for thirty years"}
            await home.hub.command(STUDY, "workshop", ANA, said)
            remove = {"id": "r", "kind": "member.remove", "person": ANA.id}
            await home.hub.command(STUDY, "workshop", organiser(), remove)
            await home.hub.redact(STUDY, ANA.id)
            assert "nurse" not in json.dumps(await home.hub.snapshot(STUDY, "workshop"))
            # the record goes on after it
            await home.join(BO)
            assert BO.id in (await home.hub.snapshot(STUDY, "workshop"))["people"]

    asyncio.run(story())
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"nurse" not in kept


def test_a_models_call_is_on_record_with_how_it_was_asked(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            row = await ana.row()
            await home.hub.called(
                STUDY, "board/A/questions", ANA, model_called(
                    "c1", endpoint="embedded", model="small", reply="A reply.", purpose="free", batch="b1",
                    part="critique", temperature=0.4, max_tokens=80, row=row, prompt="Ask!",
                ),
            )  # fmt: skip
            await bo.until(lambda: "c1" in bo.state["calls"])
            call = ana.state["calls"]["c1"]
            assert call["person"] == ANA.id
            assert {call["purpose"], call["batch"], call["part"], call["row"]} == {"free", "b1", "critique", row}
            assert (call["temperature"], call["max_tokens"]) == (0.4, 80)
            assert ana.state["replies"]["c1"]["prompt"] == "Ask!"
            assert bo.state["replies"] == {}
            with pytest.raises(Refusal, match="unknown_document"):
                await home.hub.called(STUDY, "agenda", ANA, model_called("c2", endpoint="e", model="m", reply="r"))

    asyncio.run(story())
