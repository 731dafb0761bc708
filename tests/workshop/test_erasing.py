"""Erasing a person: their words are in no file, everybody else's stand, and repetitions by others are listed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from seedbed.errors import StorageError
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.workshop import parse_place
from seedbed.workshop.erasing import Written, erase, look_alikes
from seedbed.workshop.history import replay
from tests.server.house import STUDY, house, participant

ANA, BO = participant("ana"), participant("bo")
BOARD = "board/A/questions"
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
                STUDY, BOARD, ANA, "call1", endpoint="local", model="m", reply=f"The model on {SECRET}"
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
            assert said == {"rewritten": 0, "epoch": 1, "look_alikes": []}
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
