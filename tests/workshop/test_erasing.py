"""Erasing a person: their words are in no file, everybody else's stand, and repetitions by others are listed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from seedbed.errors import StorageError
from seedbed.study import Folder
from seedbed.study.entries import Act, Entry
from seedbed.study.events import EventStore
from seedbed.themes.sources import Source, Spoken, acts_of, laid
from seedbed.workshop import Agenda, Facilitation, Member, Members, model_called, parse_place
from seedbed.workshop.afterwards import Afterwards, Offered, record
from seedbed.workshop.afterwards.deciding import judge, offer
from seedbed.workshop.erasing import Written, erase, look_alikes
from seedbed.workshop.families.returns import Return
from seedbed.workshop.history import replay
from seedbed.workshop.words import WORDS
from tests.server.house import STUDY, house, participant
from tests.workshop.commanding import BOARD as KINDS
from tests.workshop.commanding import FACILITATION, made
from tests.workshop.making import ANA as ANA_MEMBER
from tests.workshop.making import BEN, MIA, agenda, board, facilitation, people

ANA, BO = participant("ana"), participant("bo")
BOARD = "board/A/questions"
ORGANISING = Member("p_ana", "organiser")  # so that she may do everything
SECRET = "My sister Ünal lives at 5 Elm Street 😀"


def held_in(root: Path, words: str) -> list[Path]:
    """The files below `root` that hold `words`."""
    forms = [words.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    forms.append(words.encode("ascii", "backslashreplace"))  # as JSON may write it
    return [path for path in root.rglob("*") if path.is_file() and any(form in path.read_bytes() for form in forms)]


def test_the_words_are_gone_and_everybody_elses_stand(tmp_path: Path) -> None:
    async def story() -> tuple[str, bytes]:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            row = await ana.row()
            name = f"question:{row}"
            await ana.command("row.set", row=row, field="topic", value=f"Topic of {SECRET}")
            await home.hub.called(
                STUDY, BOARD, ANA, model_called("call1", endpoint="local", model="m", reply=f"The model on {SECRET}")
            )
            await ana.command("model.use", call="call1", text=name, position="end")
            await ana.type(name, SECRET)
            await ana.saved()
            await bo.until(lambda: SECRET in bo.text(name))
            # Bo writes in the middle of it and after it, and Ana deletes some of her own
            await bo.type(name, "[Bo inside]", at=len(b"The model on My "))
            await bo.type(name, " [Bo after]")
            await bo.saved()
            said = await home.hub.redact(STUDY, ANA.id)
            assert said["epoch"] == 2
            assert said["rewritten"] >= 4
            await bo.until(lambda: bo.closed)
            assert bo.closed == "epoch"
            old = bo.epoch
            late = bo.edit(name, " unsent")
            await bo.hello(epoch=old)
            await bo.until(lambda: bo.closed)
            assert bo.closed == "epoch"  # a page of the old epoch does not get in
            vector = bo.doc.get_state()
            fresh = home.open(BO)
            await fresh.enter()
            assert fresh.text(name) == "[Bo inside] [Bo after]"
            assert fresh.state["rows"][row]["fields"] == {}
            # the client that Bo typed under goes on in the new epoch, where the redaction left its clocks
            await fresh.type(name, " [Bo again]")
            await fresh.saved()
            assert late
            return fresh.text(name), vector

    assert asyncio.run(story())[0] == "[Bo inside] [Bo after] [Bo again]"
    for words in (SECRET, "Ünal", "5 Elm Street", "The model on"):
        assert held_in(tmp_path, words) == []
    place = parse_place(BOARD)
    assert place is not None
    with EventStore.of(Folder(tmp_path)) as store:
        ((text, parts),) = replay(store.entries(BOARD), place).texts().values()
        assert {part.person for part in parts} == {BO.id}
        # done again it changes nothing, and needs nothing
        again = erase(store, ANA.id)
        assert again.updates == 0
        ((same, _),) = replay(store.entries(BOARD), place).texts().values()
    assert same == text


def test_a_person_who_wrote_nothing_can_be_erased(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            bo = await home.open(BO).enter()
            name = f"question:{await bo.row()}"
            await bo.type(name, "stays")
            await bo.saved()
            said = await home.hub.redact(STUDY, "p_nobody")
            assert (said["rewritten"], said["epoch"], said["look_alikes"]) == (0, 1, [])
            assert said["withdrawn"]["rows"] == 0
            fresh = await home.open(BO).enter()
            assert fresh.text(name) == "stays"

    asyncio.run(story())


def test_what_a_colleague_retyped_is_listed(tmp_path: Path) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await home.open(BO).enter()
            first, second = f"question:{await ana.row()}", f"question:{await ana.row()}"
            await ana.type(first, "Where can my cousin from Recife find help tonight?")
            await ana.saved()
            await bo.until(lambda: len(bo.state["rows"]) == 2)
            await bo.type(second, "As Ana said: where can my cousin from  RECIFE find help? I agree.")
            await bo.saved()
            said = await home.hub.redact(STUDY, ANA.id)
            (alike,) = said["look_alikes"]
            assert (alike["doc"], alike["text"], alike["author"]) == (BOARD, second, BO.id)
            assert "cousin from  RECIFE" in alike["excerpt"]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("erased", "other", "found"),
    [
        ("Where can my cousin find help tonight?", "where CAN my cousin, find help", True),
        ("Where can my cousin find help tonight?", "My cousin finds help elsewhere", False),
        ("Onde é que a minha prima mora agora?", "Onde e que a minha prima mora?", True),
        ("我的表妹住在里约热内卢的郊区", "她说我的表妹住在里约热内卢", True),
        ("我的表妹住在里约", "我的表哥住在圣保罗", False),
        ("short", "short", False),
        ("", "anything at all that is long enough", False),
    ],
)
def test_what_looks_alike(erased: str, other: str, found: bool) -> None:
    alike = list(look_alikes([erased], [Written(BOARD, "question:x", "p_bo", other)]))
    assert bool(alike) is found


class _Breaking(EventStore):
    """A disk that fails at the second document to be rewritten."""

    rewritten = 0

    def rewrite_updates(self, stream: str, rewrite: Callable[[bytes], bytes]) -> int:
        self.rewritten += 1
        if self.rewritten > 1:
            raise StorageError("the disk is full")
        return super().rewrite_updates(stream, rewrite)


def test_an_erasure_that_broke_off_is_ended_by_the_next(tmp_path: Path) -> None:
    boards = ("board/A/questions", "board/A/triples")
    fields = ("question", "critique")

    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA, BO)
            for doc, field in zip(boards, fields, strict=True):
                ana, bo = await home.open(ANA, doc).enter(), await home.open(BO, doc).enter()
                name = f"{field}:{await ana.row()}"
                await ana.type(name, SECRET)
                await ana.saved()
                await bo.until(lambda bo=bo, name=name: bo.text(name) == SECRET)  # type: ignore[misc]
                await bo.type(name, " [Bo]")
                await bo.saved()

    asyncio.run(story())
    with _Breaking.of(Folder(tmp_path)) as breaking:
        with pytest.raises(StorageError):
            erase(breaking, ANA.id)
        assert sorted(breaking.epoch(doc) for doc in boards) == [1, 2]
    with EventStore.of(Folder(tmp_path)) as store:
        erased = erase(store, ANA.id)
        assert erased.epochs == dict.fromkeys(boards, 2)  # the one that was done is left as it is
        for doc in boards:
            place = parse_place(doc)
            assert place is not None
            assert [text for text, _ in replay(store.entries(doc), place).texts().values()] == [" [Bo]"]
    assert held_in(tmp_path, SECRET) == []


def test_the_words_of_every_kind_of_event_are_taken_from_the_files(tmp_path: Path) -> None:
    """Comments, labels, tags, notes, profiles, the template, what a model was asked: all of it, in all streams."""
    desks = {"board": board("triples"), "people": people(), "agenda": agenda(), "facilitation": facilitation()}
    desk = desks["board"]
    for member in (ORGANISING, BEN):
        desk.done(member, "row", "row.add")
    for number, kind in enumerate(KINDS):
        if kind == "phase.close":
            continue  # Ben goes on writing
        for round, member in enumerate((ORGANISING, BEN)):
            words = f"{SECRET} {number}" if member is ORGANISING else f"Somebody else's words, no {number}"
            number_of = 0 if kind.startswith("prompt.") else 1  # a prompt of one's own: others are others' words
            desk.ask(member, f"k{number}-{round}", kind, **made(desk.state, kind, number_of, words))
    desk.append(
        "p_ana", model_called("c1", endpoint="local", model="m", reply=f"Reply: {SECRET}", prompt=f"Prompt: {SECRET}")
    )
    desk.give_back({"t-A-r1": Return("r1", SECRET, "p_ana", 1), "t-A-r2": Return("r2", "Whose?", "p_ben", 2)})
    desks["debrief"] = board("debrief", "method")
    for member in (ORGANISING, MIA):
        name = SECRET if member is ORGANISING else "Somebody else's words"
        desks["debrief"].done(member, "k", "topic.keep", name=name)
    desks["people"].done(ANA_MEMBER, "j", "member.join", person="p_ana", group="A", role="participant")
    desks["people"].done(ANA_MEMBER, "p", "profile.set", person="p_ana", background=SECRET)
    tasks = json.dumps([{"id": "a", "label": SECRET, "text": ""}])
    desks["agenda"].done(ORGANISING, "t", "template.set", section="tasks", value=tasks)
    desks["agenda"].done(ORGANISING, "a", "announcement.add", text=SECRET)
    for member, words in ((MIA, "Somebody else's words"), (ORGANISING, SECRET)):
        of = {"lesson": desks["agenda"].done(member, f"l-{member.id}", "lesson.add", text=words).subject}
        desks["agenda"].done(member, f"s-{member.id}", "lesson.set", **of, text=words, **{"from": []})
        proposed = {"section": "managers", "value": json.dumps([words])}
        desks["agenda"].done(member, f"c-{member.id}", "lesson.change", **of, **proposed)
        desks["agenda"].done(ORGANISING, f"d-{member.id}", "lesson.decide", **of, accepted=True, reason=SECRET)
    leads = desks["facilitation"]
    for kind in FACILITATION:
        # so that what is removed is not the only one
        for member in (ORGANISING, MIA) if not kind.endswith(("remove", "close")) else ():
            detail = made(leads.state, kind, 0, SECRET if member is ORGANISING else "Somebody else's words")
            leads.ask(member, f"{kind}-{member.id}", kind, **detail)
    checkin = next(iter(leads.state.snapshot()["checkins"]))
    leads.done(ANA_MEMBER, "tired", "checkin.answer", checkin=checkin, values={"fatigue": 4})
    leads.done(BEN, "not", "checkin.answer", checkin=checkin, values={"fatigue": 2})
    spoken = laid([Spoken("p_ana", SECRET), Spoken("p_ben", "Somebody else's words")])
    heard = acts_of(Source("s1", "transcript", SECRET, "", "", "", "en", "vtt", "", "", "", 0,
                           {"p_ana": "p_ana", "p_ben": "p_ben"}, spoken))  # fmt: skip
    done = [act for one in desks.values() for *_, act in one.log] + heard
    record(Folder(tmp_path), "p_ana", offer("p_ana", "k", "o1", Offered("question", SECRET)))
    record(Folder(tmp_path), "p_ben", offer("p_ben", "k", "o2", Offered("question", "Somebody else's words")))
    record(Folder(tmp_path), "p_ana", judge("o2", "declined", SECRET))
    with EventStore.of(Folder(tmp_path)) as store:
        assert {act.kind for act in done if act.texts} | {one.kind for one in store.read("afterwards")} == set(WORDS)
        store.append("themes", "p_ana", heard)
        for one in desks.values():
            entries = [Entry(one.state.doc, seq, at, actor, act) for seq, at, actor, act in one.log]
            assert store.commit([entries]) == [None]
        assert held_in(tmp_path, "5 Elm Street")
        assert erase(store, "p_ana").look_alikes == ()
        assert held_in(tmp_path, "5 Elm Street") == held_in(tmp_path, "Ünal") == []
        assert held_in(tmp_path, "Somebody else's words")
        place = parse_place("board/A/triples")
        assert place is not None
        past = replay(store.entries(desk.state.doc), place)
        assert [item["person"] for item in past.board.items("labels").values()] == ["p_ben"]
        fold = Agenda()
        for event in store.read("agenda"):
            fold.apply(event.seq, event.at, event.actor, Act(event.kind, event.subject, event.data))
        assert fold.template == Agenda().template
        assert fold.items("announcements") == {}
        assert SECRET not in json.dumps(fold.snapshot())
        assert "Somebody else's words" in {one["text"] for one in fold.items("lessons").values()}
        offers = Afterwards().after(store.read("afterwards")).offers
        assert (offers["o1"].question, offers["o2"].question) == ("", "Somebody else's words")
        told = Facilitation().after(store.read("facilitation")).snapshot()
        assert {item["person"] for item in told["answers"].values()} == {"p_ben"}
        assert told["checkins"][checkin]["answered"] == {"A": 1}
        assert SECRET not in json.dumps(told)
        assert {item["by"] for item in told["notes"].values()} == {"p_mia"}
        members = Members(("A",))
        for event in store.read("workshop"):
            members.apply(event.seq, event.at, event.actor, Act(event.kind, event.subject, event.data))
        assert members.profile("p_ana") is None


def test_a_prompt_goes_with_whose_words_it_holds(tmp_path: Path) -> None:
    desk = board("triples")
    desk.done(MIA, "1", "prompt.give", text=SECRET, source="own")
    desk.done(MIA, "2", "prompt.give", text="A model's prompt", source="grown", **{"from": "b:1"})
    desk.done(MIA, "3", "prompt.give", text="What others asked", source="seed", **{"from": "A-r1"})
    desk.done(BEN, "1", "comment.add", row="r1", text=f"as it says: {SECRET}")
    with EventStore.of(Folder(tmp_path)) as store:
        store.commit([[Entry(desk.state.doc, seq, at, actor, act) for seq, at, actor, act in desk.log]])
        place = parse_place(desk.state.doc)
        assert place is not None
        (alike,) = erase(store, "p_mia").look_alikes  # the prompt itself is no look-alike: it goes
        assert (alike.person, alike.where) == ("p_ben", "r4")
        rows = replay(store.entries(desk.state.doc), place).board.rows  # the moderator wrote neither of the others
        assert [row["fields"] for row in rows.values()] == [
            {}, {"question": "A model's prompt"}, {"question": "What others asked"},
        ]  # fmt: skip


def test_what_looks_alike_is_found_in_profiles_and_the_template_too(tmp_path: Path) -> None:
    desk, roll, plan = board(), people(), agenda()
    desk.done(ANA_MEMBER, "r", "row.add")
    desk.done(ANA_MEMBER, "1", "comment.add", row="r1", text=SECRET)
    roll.done(BEN, "j", "member.join", person="p_ben", group="A", role="participant")
    roll.done(BEN, "p", "profile.set", person="p_ben", background=f"I know: {SECRET}")
    tasks = json.dumps([{"id": "a", "label": SECRET, "text": ""}], ensure_ascii=False)
    plan.done(Member("a_ola", "organiser"), "t", "template.set", section="tasks", value=tasks)
    with EventStore.of(Folder(tmp_path)) as store:
        for one in (desk, roll, plan):
            store.commit([[Entry(one.state.doc, seq, at, actor, act) for seq, at, actor, act in one.log]])
        found = erase(store, "p_ana").look_alikes
    assert [(alike.doc, alike.where, alike.person) for alike in found] == [
        ("workshop", "p_ben", "p_ben"),
        ("agenda", "tasks", "a_ola"),
    ]
