"""The helper with the real embedded model, and hints by the real parser: children of the server, and no part of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seedbed.errors import SeedbedError
from seedbed.server.helper.desk import Desk
from seedbed.server.helper.hints import Hints
from tests.llm.test_embedded import gone
from tests.server.test_helper import Board, board, ends, until

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with board(tmp_path_factory.mktemp("one")) as made:
        made.template(endpoints=["embedded"])
        made.ana.http.timeout = 120
        made.helper.desk.niceness = 0  # or it starves beside other tests
        yield made


@pytest.mark.slow
def test_eight_whole_proposals_one_of_which_is_used(one: Board) -> None:
    assert one.ana.get("/api/studies/one/helper").json()["endpoints"] == [
        {"name": "embedded", "model": "SmolLM2-135M-Instruct"}
    ]
    said = one.ask({"purpose": "proposals", "row": one.row})
    found = ends(said)
    assert [end["part"] for end in found] == ["misaligned", "critique", "aligned"] * 8
    assert all(end["finished"] and end["reply"].endswith((".", "!", "?", '"')) for end in found)
    assert len({end["reply"] for end in found if end["part"] == "misaligned"}) == 8
    assert said[-1]["done"]["tokens"] > 200
    used = found[0]
    text = f"misaligned:{one.row}"
    one.command({"kind": "model.use", "call": used["call"], "text": text, "position": "end"})
    past = one.run(one.hub.at("one", "board/A/triples", 10**6))
    assert past["texts"][text]["runs"] == [[0, len(used["reply"]), one.who.id, used["call"]]]
    call = past["state"]["calls"][used["call"]]
    assert (call["endpoint"], call["model"], call["used"]) == ("embedded", "SmolLM2-135M-Instruct", [text])
    assert one.mock.stats()["requests"] == 0


def test_a_free_reply_and_ideas(one: Board) -> None:
    said = one.ask({"purpose": "free", "prompt": "What is a savings account?", "max_tokens": 24})
    assert sum("text" in line for line in said) > 5
    assert said[-1]["done"]["tokens"] <= 24
    said = one.ask({"purpose": "questions", "prompt": "renting a flat"}, activity="questions")
    assert len(ends(said)) == 4
    assert len({end["reply"] for end in ends(said)}) == 4


def test_a_model_that_died_is_started_again(one: Board) -> None:
    free = {"purpose": "free", "prompt": "What is a bank?", "max_tokens": 8}
    assert ends(one.ask(free))
    (pid,) = one.helper.desk.pids
    os.kill(pid, signal.SIGKILL)
    until(lambda: not one.helper.desk.pids)
    assert ends(one.ask(free))
    assert one.helper.desk.pids != (pid,)


def test_hints_come_from_a_child_and_say_nothing_where_nothing_can_be_said(one: Board) -> None:
    path = "/api/studies/one/boards/A/questions/hints"
    before = "spacy" in sys.modules
    asked = {
        "a": "Can I book a room in the city for my dog?", "b": "Why me?", "c": " ",
        "d": "Como posso pedir um aumento de salário ao chefe?",
    }  # fmt: skip
    assert one.ana.post(path, {"texts": asked}).json() == {
        "rows": {
            "a": {"verb_noun": True}, "b": {"verb_noun": False}, "c": {"verb_noun": None}, "d": {"verb_noun": None},
        }
    }  # fmt: skip
    assert one.ana.post(path, {"texts": {"a": "x" * 601}}).json()["code"] == "bad_request"
    assert one.ana.post(path, {"texts": {"a": "one\x00two"}}).json()["code"] == "bad_request"
    assert one.ana.post(path, {"texts": {f"r{n}": "Why?" for n in range(51)}}).json()["code"] == "bad_request"
    assert one.ana.post(path, {"texts": {}}).json() == {"rows": {}}
    assert one.helper._hints.pid is not None
    assert ("spacy" in sys.modules) == before, "the parser is in the server's interpreter"


def test_the_children_end_with_the_server(tmp_path: Path) -> None:
    with board(tmp_path) as made:
        made.template(endpoints=["embedded"])
        made.ana.http.timeout = 60
        made.helper.desk.niceness = 0
        assert ends(made.ask({"purpose": "free", "prompt": "What is a bank?", "max_tokens": 8}))
        made.ana.post("/api/studies/one/boards/A/questions/hints", {"texts": {"a": "Can I book a room?"}})
        pids = [*made.helper.desk.pids, made.helper._hints.pid]
        assert len(pids) == 2
    assert all(gone(pid, 1) for pid in pids)


def test_in_a_study_of_another_language_there_are_no_hints(tmp_path: Path) -> None:
    with board(tmp_path) as made:
        toml = tmp_path / "one" / "study.toml"
        toml.write_text(toml.read_text(encoding="utf-8").replace('language = "en"', 'language = "pt"', 1), "utf-8")
        path = "/api/studies/one/boards/A/questions/hints"
        assert made.ana.post(path, {"texts": {"a": "Can I book a room?"}}).json() == {
            "rows": {"a": {"verb_noun": None}}
        }
        assert made.helper._hints.pid is None


def test_the_embedded_model_stops_when_nobody_asks_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act() -> None:
        desk = Desk(idle=0.3)
        async with desk.lend(None, lambda place: None) as endpoint:
            await endpoint.chat([{"role": "user", "content": "Hi"}], max_tokens=4)
            (pid,) = desk.pids
            await asyncio.sleep(0.5)
            assert desk.pids == (pid,), "it is in use"
        async with desk.lend(None, lambda place: None) as endpoint:
            assert desk.pids == (pid,), "asked again in time, it is the same"
            await endpoint.chat([{"role": "user", "content": "Hi"}], max_tokens=4)
        async with asyncio.timeout(10):
            while desk.pids:
                await asyncio.sleep(0.05)
        assert await asyncio.to_thread(gone, pid, 5)
        async with desk.lend(None, lambda place: None):
            assert desk.pids not in ((), (pid,))
        await desk.stop()
        assert desk.pids == ()

    asyncio.run(act())


def test_who_goes_away_while_it_starts_leaves_it_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act() -> None:
        desk = Desk()

        async def use() -> None:
            async with desk.lend(None, lambda place: None) as endpoint:
                await endpoint.chat([{"role": "user", "content": "Hi"}], max_tokens=2)

        first = asyncio.create_task(use())
        await asyncio.sleep(0.05)
        first.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await first
        await use()
        assert len(desk.pids) == 1
        await desk.stop()

    asyncio.run(act())


def test_weights_that_are_not_there_are_an_error_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("seedbed.llm.embedded._PACKAGE", "no_such_package")

    async def act() -> None:
        desk = Desk()
        for _ in range(2):
            with pytest.raises(SeedbedError, match="weights"):
                async with desk.lend(None, lambda place: None):
                    raise AssertionError("it cannot be lent")
        await desk.stop()

    asyncio.run(act())


# -- hints alone -------------------------------------------------------------------------------------------------------


def test_a_parser_that_dies_is_started_again_and_one_that_never_answers_is_let_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def act() -> None:
        hints = Hints()
        assert await hints.verb_noun({"a": "Can I book a room?"}) == {"a": True}
        assert hints.pid is not None
        os.kill(hints.pid, signal.SIGKILL)
        assert await hints.verb_noun({"a": "Can I book a room?"}) == {"a": True}, "known by heart"
        assert await hints.verb_noun({"a": "Who mends a car?"}) in ({"a": None}, {"a": True})
        assert await hints.verb_noun({"a": "Who mends a car?", "b": "Who mends a car?"}) == {"a": True, "b": True}
        await hints.stop()
        monkeypatch.setattr("seedbed.server.helper.hints.sys.executable", "/bin/false")
        broken = Hints()
        for number in range(4):
            assert await broken.verb_noun({"a": f"Can I book {number} rooms?"}) == {"a": None}
        assert broken._failures == 3
        await broken.stop()

    asyncio.run(act())


def test_the_child_gets_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", "secret")

    async def act() -> bytes:
        hints = Hints()
        await hints.verb_noun({"a": "Can I book a room?"})
        read = await asyncio.to_thread(Path(f"/proc/{hints.pid}/environ").read_bytes)
        await hints.stop()
        return read

    found = asyncio.run(act())
    assert b"PYTHONPATH" in found
    assert b"secret" not in found
