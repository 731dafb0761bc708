"""The model helper over HTTP, with endpoints that are no models: what is streamed, recorded, refused and cancelled."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from seedbed.server.identity import Who
from seedbed.testing import Capacity, Fault, FaultPlan, Latency, MockEndpoint
from tests.server.served import Browser, Served, make_studies, serving

KEY = "topsecret-1234567890"
QUESTION = "Are older people slow at learning to use a computer?"


class Board:
    """A study with one model, two people in group A, and a row with a question on its triples board."""

    def __init__(self, server: Served, mock: MockEndpoint) -> None:
        self.server, self.mock = server, mock
        self.hub = server.app.state.hub
        self.helper = server.app.state.helper
        self._loop = self.hub._sweeper.get_loop()
        self.olga = server.organiser()
        self.ana = server.joined("one", "Ana", by=self.olga)
        me = self.ana.get("/api/me").json()
        self.who = Who(me["id"], me["name"], me["role"], "one", "A", "")
        self._number = 0
        for activity in ("questions", "triples"):
            self.command({"kind": "phase.open"}, f"board/A/{activity}", Who("a_o", "O", "organiser", None, None, ""))
        self.row = self.command({"kind": "row.add"})["subject"]
        self.command({"kind": "row.set", "row": self.row, "field": "question", "value": QUESTION})

    def run(self, act: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(act, self._loop).result(20)

    def command(self, command: dict[str, Any], doc: str = "board/A/triples", who: Who | None = None) -> Any:
        self._number += 1
        return self.run(self.hub.command("one", doc, who or self.who, {"id": f"c{self._number}", **command}))

    def template(self, **helper: Any) -> None:
        value = {
            "enabled": True,
            "endpoints": ["mock"],
            "temperature": 0.7,
            "max_tokens": 200,
            "per_hour": 60,
            **helper,
        }
        command = {"kind": "template.set", "section": "helper", "value": json.dumps(value)}
        self.command(command, "agenda", Who("a_o", "O", "organiser", None, None, ""))

    def snapshot(self, activity: str = "triples") -> Any:
        return self.run(self.hub.snapshot("one", f"board/A/{activity}"))

    def stream(self, body: dict[str, Any], *, by: Browser | None = None, activity: str = "triples") -> Any:
        return (by or self.ana).http.stream("POST", f"/api/studies/one/boards/A/{activity}/ask", json=body)

    def ask(self, body: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        with self.stream(body, **more) as answer:
            assert answer.status_code == 200, answer.read()
            return lines(answer)

    def refused(self, body: dict[str, Any], **more: Any) -> tuple[int, str]:
        with self.stream(body, **more) as answer:
            answer.read()
            return answer.status_code, answer.json()["code"]


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.iter_lines() if line.strip()]


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def board(folder: Path, *, settings: str = "", **options: Any) -> Iterator[Board]:
    with MockEndpoint(keep=True, **options) as mock:
        (study,) = make_studies(folder, "one")
        with (study / "study.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[endpoints.mock]\nurl = "{mock.url}"\nmodel = "mock"\n{settings}\n')
        with serving(folder, "one") as server:
            made = Board(server, mock)
            made.template()
            yield made


def ends(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line["end"] for line in said if "end" in line]


# -- what is asked and told --------------------------------------------------------------------------------------------


def test_a_page_is_told_which_models_it_may_ask_and_nothing_of_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_KEY", KEY)
    with board(tmp_path, settings='key_env = "MOCK_KEY"', key=KEY) as one:
        one.template(endpoints=["mock", "elsewhere"], per_hour=7, max_tokens=150)
        shown = one.ana.get("/api/studies/one/helper")
        assert shown.json() == {
            "enabled": True, "endpoints": [{"name": "mock", "model": "mock"}], "temperature": 0.7, "max_tokens": 150,
            "most_tokens": 1000, "per_hour": 7, "left": 7,
        }  # fmt: skip
        assert ends(one.ask({"purpose": "free", "prompt": "What is a good question?"}))[0]["finished"]
        assert one.mock.received[0][1]["Authorization"] == f"Bearer {KEY}"
        assert one.ana.get("/api/studies/one/helper").json()["left"] == 6
        assert KEY not in shown.text + json.dumps(one.snapshot())


def test_a_free_reply_is_streamed_and_on_record_before_it_ends(tmp_path: Path) -> None:
    slow = FaultPlan(shares={Fault("trickle", "1.5"): 1.0}, times=None)
    with board(tmp_path, faults=slow) as one:
        came: list[float] = []
        said: list[dict[str, Any]] = []
        with one.stream({"purpose": "free", "prompt": "What?", "row": one.row, "temperature": 0.2}) as answer:
            assert answer.headers["content-type"] == "application/x-ndjson"
            assert answer.headers["x-accel-buffering"] == "no"
            assert answer.headers["cache-control"] == "no-store"
            assert "content-length" not in answer.headers
            for line in answer.iter_lines():
                came.append(time.monotonic())
                said.append(json.loads(line))
                if "end" in said[-1]:
                    call = said[-1]["end"]["call"]
                    assert call in one.snapshot()["calls"]
        assert came[-1] - came[0] > 0.8, "the lines came together: something on the way gathers them"
        assert [next(iter(line)) for line in said] == ["begin", *["text"] * (len(said) - 3), "end", "done"]
        reply = said[-2]["end"]["reply"]
        assert "".join(line["text"] for line in said[1:-2]) == reply
        assert said[-1]["done"] == {"calls": 1, "tokens": len(said) - 3}
        recorded = one.snapshot()
        assert recorded["calls"][call] | {"at": ""} == {
            "person": one.who.id, "endpoint": "mock", "model": "mock", "at": "", "used": [], "purpose": "free",
            "batch": "", "part": "", "temperature": 0.2, "max_tokens": 200, "row": one.row,
        }  # fmt: skip
        prompt = json.loads(one.run(_replies(one, call))["prompt"])
        assert prompt == one.mock.received[0][0]["messages"]
        assert prompt[-1] == {"role": "user", "content": "What?"}


async def _replies(one: Board, call: str) -> Any:
    room = await one.hub.study("one").room("board/A/triples")
    return room.board.snapshot(None)["replies"][call]


def test_proposals_come_eight_whole_ones_each_of_three_recorded_parts(tmp_path: Path) -> None:
    # by arrival and not by share: every asking draws another seed, and so other bodies; twelve are asked, eight wanted
    flawed = FaultPlan(script={0: Fault("prose"), 2: Fault("length"), 5: Fault("keys")})
    with board(tmp_path, faults=flawed) as one:
        said = one.ask({"purpose": "proposals", "row": one.row})
        begun = [line["begin"] for line in said if "begin" in line]
        assert [(b["n"], b["part"]) for b in begun] == [
            (n, part) for n in range(1, 9) for part in ("misaligned", "critique", "aligned")
        ]
        assert len({b["batch"] for b in begun}) == 8
        assert [e["call"] for e in ends(said)] == [b["call"] for b in begun]
        assert all(e["reply"] and e["finished"] for e in ends(said))
        assert said[-1]["done"]["calls"] == 24
        calls = one.snapshot()["calls"]
        assert {b["call"] for b in begun} == set(calls)
        for b in begun:
            call = calls[b["call"]]
            assert (call["purpose"], call["batch"], call["part"]) == ("proposals", b["batch"], b["part"])
        assert QUESTION in one.mock.received[0][0]["messages"][-1]["content"]


def test_a_proposal_is_used_and_stays_marked_as_a_models(tmp_path: Path) -> None:
    with board(tmp_path) as one:
        (first, *_) = ends(one.ask({"purpose": "proposals", "row": one.row, "n": 1}))
        text = f"{first['part']}:{one.row}"
        one.command({"kind": "model.use", "call": first["call"], "text": text, "position": "end"})
        seq = one.run(one.hub.history("one", "board/A/triples", None, 1))[0]["seq"]
        past = one.run(one.hub.at("one", "board/A/triples", seq))
        assert past["texts"][text] == {
            "text": first["reply"], "runs": [[0, len(first["reply"]), one.who.id, first["call"]]],
        }  # fmt: skip


def test_ideas_and_a_shorter_text(tmp_path: Path) -> None:
    with board(tmp_path) as one:
        said = one.ask({"purpose": "questions", "prompt": "moving to a new city", "n": 3}, activity="questions")
        assert len(ends(said)) == 3
        assert all(end["reply"].endswith("?") for end in ends(said))
        assert {call["purpose"] for call in one.snapshot("questions")["calls"].values()} == {"questions"}
        # the mock answers with another text: nothing that shortens this one, and so nothing is shown or recorded
        said = one.ask({"purpose": "shorten", "text": "please shorten the text that stands here for me"})
        assert said == [{"error": "helper_nothing"}]
        assert one.snapshot()["calls"] == {}


# -- what is refused ---------------------------------------------------------------------------------------------------

FREE = {"purpose": "free", "prompt": "What?"}


def test_only_who_may_write_on_that_board_may_ask(tmp_path: Path) -> None:
    with board(tmp_path) as one:
        watching = one.server.joined("one", "Wim", role="observer", by=one.olga)
        other = one.server.joined("one", "Bea", group="B", by=one.olga)
        assert one.refused(FREE, by=watching) == (403, "read_only")
        assert one.refused(FREE, by=other) == (403, "not_yours")
        assert one.refused(FREE, by=one.server.browser()) == (401, "signed_out")
        path = "/api/studies/one/boards/A/questions/hints"
        assert watching.post(path, {"texts": {"a": "Why?"}}).json()["code"] == "read_only"
        one.command({"kind": "phase.close"}, who=Who("a_o", "O", "organiser", None, None, ""))
        assert one.refused(FREE) == (409, "phase_closed")
        assert ends(one.ask(FREE, by=one.olga)), "an organiser writes whatever the phase"
        assert one.mock.stats()["requests"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"purpose": "free"},
        {"purpose": "free", "prompt": " \n "},
        {"purpose": "proposals"},
        {"purpose": "questions"},
        {"purpose": "shorten", "text": "word"},
        {"purpose": "rob"},
        {**FREE, "n": 9},
        {**FREE, "temperature": 2.5},
        {**FREE, "max_tokens": 1001},
        {**FREE, "max_tokens": "200"[:0]},
        {**FREE, "key": "x"},
        {**FREE, "row": "../x"},
        {**FREE, "prompt": "a\x00b"},
        {**FREE, "prompt": "a\x1b[2Jb"},
        {**FREE, "prompt": "a\u202eb"},
        {**FREE, "prompt": "a\x85b"},
        {**FREE, "prompt": "x" * 4001},
        {"purpose": "shorten", "text": "two \ufeff words"},
    ],
)
def test_what_is_no_request_is_refused_before_any_model_hears_of_it(body: dict[str, Any], one_board: Board) -> None:
    assert one_board.refused(body) == (422, "bad_request")
    assert one_board.mock.stats()["requests"] == 0


@pytest.fixture(scope="module")
def one_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with board(tmp_path_factory.mktemp("one")) as made:
        yield made


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"purpose": "free", "prompt": "\\ud83d"}', "bad_request"),
        (b'{"purpose": "free", "prompt": "a\\u0000b"}', "bad_request"),
        (b'{"purpose": "free", "prompt": "\xff"}', "bad_request"),
        (b'{"purpose": "free", "temperature": NaN, "prompt": "a"}', "bad_request"),
        (b'{"purpose": "free", "prompt": "' + b"x" * 2**20 + b'"}', "too_large"),
    ],
)
def test_hostile_bytes_are_refused(raw: bytes, code: str, one_board: Board) -> None:
    path = "/api/studies/one/boards/A/triples/ask"
    answer = one_board.ana.http.post(path, content=raw, headers={"Content-Type": "application/json"})
    assert answer.json()["code"] == code
    assert one_board.mock.stats()["requests"] == 0


def test_what_is_not_there_is_refused(one_board: Board) -> None:
    one = one_board
    assert one.refused({**FREE, "row": "nosuchrow"}) == (404, "unknown_row")
    assert one.refused({**FREE, "endpoint": "embedded"}) == (404, "unknown_endpoint")
    empty = one.command({"kind": "row.add"})["subject"]
    assert one.refused({"purpose": "proposals", "row": empty}) == (409, "no_question")
    assert one.refused({"purpose": "proposals", "row": empty}, activity="questions")[1] in (
        "unknown_row",
        "bad_request",
    )
    one.template(enabled=False)
    try:
        assert one.refused(FREE) == (409, "helper_off")
        assert not one.ana.get("/api/studies/one/helper").json()["enabled"]
    finally:
        one.template()


def test_a_person_may_ask_so_often_an_hour_and_what_the_model_failed_at_is_free(tmp_path: Path) -> None:
    faults = FaultPlan(script={1: Fault("400"), 2: Fault("400")})
    with board(tmp_path, faults=faults) as one:
        one.template(per_hour=2)
        assert ends(one.ask(FREE))
        assert one.ask(FREE) == [{"error": "helper_too_long"}]
        assert one.ask(FREE) == [{"error": "helper_too_long"}]
        assert ends(one.ask(FREE))
        with one.stream(FREE) as answer:
            assert (answer.status_code, int(answer.headers["retry-after"]) > 3500) == (429, True)
            answer.read()
            assert answer.json()["code"] == "helper_limit"
        assert one.ana.get("/api/studies/one/helper").json()["left"] == 0
        assert ends(one.ask(FREE, by=one.olga)), "the limit is each person's own"


# -- what goes wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code"),
    [("401", "helper_missing"), ("429:60", "helper_busy"), ("500", "helper_failed"), ("html", "helper_failed")],
)
def test_a_model_that_fails_is_told_by_a_code_alone(
    fault: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MOCK_KEY", KEY)
    faults = FaultPlan(shares={Fault.parse(fault): 1.0}, times=None)
    with board(tmp_path, settings='key_env = "MOCK_KEY"', faults=faults) as one:
        asked = "a sentence that nobody else should read in any log"
        assert one.ask({"purpose": "free", "prompt": asked}) == [{"error": code}]
        assert one.ask({"purpose": "proposals", "row": one.row, "n": 2}) == [{"error": code}]
        assert one.snapshot()["calls"] == {}
    assert "the model helper" in caplog.text
    assert asked not in caplog.text
    assert KEY not in caplog.text


def test_what_was_shown_of_a_reply_that_broke_off_is_on_record(tmp_path: Path) -> None:
    faults = FaultPlan(shares={Fault("cut"): 1.0}, times=None)
    with board(tmp_path, faults=faults) as one:
        said = one.ask({"purpose": "free", "prompt": "What?"})
        assert [next(iter(line)) for line in said] == ["begin", *["text"] * 5, "end", "error"]
        end = said[-2]["end"]
        assert not end["finished"]
        assert end["reply"] == "".join(line["text"] for line in said[1:6])
        assert one.run(_replies(one, end["call"]))["text"] == end["reply"]
        assert said[-1] == {"error": "helper_failed"}


def test_a_passing_limit_of_the_endpoint_is_waited_for(tmp_path: Path) -> None:
    faults = FaultPlan(script={0: Fault("429", "0.2"), 1: Fault("reset")})
    with board(tmp_path, faults=faults) as one:
        said = one.ask({"purpose": "proposals", "row": one.row, "n": 2})
        assert said[-1]["done"]["calls"] == 6


def test_a_page_that_goes_away_ends_the_call_and_what_it_saw_is_recorded(tmp_path: Path) -> None:
    slow = FaultPlan(shares={Fault("trickle", "20"): 1.0}, times=None)
    with board(tmp_path, faults=slow) as one:
        with one.stream(FREE) as answer:
            seen = []
            for line in answer.iter_lines():
                seen.append(json.loads(line))
                if len(seen) == 4:
                    break
        until(lambda: bool(one.snapshot()["calls"]))
        (call,) = one.snapshot()["calls"]
        assert one.run(_replies(one, call))["text"].startswith("".join(line["text"] for line in seen[1:]))
        until(lambda: one.mock._in_flight == 0 and not one.helper._tasks)
        assert one.mock.stats()["answered"] == 0


def test_a_page_that_goes_away_ends_a_call_that_is_not_streamed_and_frees_its_place(tmp_path: Path) -> None:
    with board(tmp_path, settings="max_lanes = 1", latency=Latency(30, sigma=0, tail=0)) as one:
        with (
            pytest.raises(httpx.ReadTimeout),
            one.ana.http.stream(
                "POST",
                "/api/studies/one/boards/A/triples/ask",
                json={"purpose": "proposals", "row": one.row},
                timeout=0.5,
            ) as answer,
        ):
            answer.read()
        until(lambda: one.mock._in_flight == 0 and not one.helper._tasks)
        assert one.snapshot()["calls"] == {}


def _until_under_way(one: Board, number: int) -> None:
    until(lambda: len(one.helper._tasks) == number)


def _ask_into(one: Board, person: Browser, said: list[dict[str, Any]]) -> None:
    said += one.ask(FREE, by=person)


def test_people_wait_in_the_order_they_came_and_are_told_their_place(tmp_path: Path) -> None:
    slow = FaultPlan(shares={Fault("trickle", "1"): 1.0}, times=None)
    with board(tmp_path, settings="max_lanes = 1", faults=slow) as one:
        people = [one.ana, *(one.server.joined("one", name, by=one.olga) for name in ("Bea", "Chi"))]
        said: list[list[dict[str, Any]]] = [[], [], []]
        threads = []
        for index, person in enumerate(people):
            threads.append(threading.Thread(target=_ask_into, args=(one, person, said[index])))
            threads[-1].start()
            _until_under_way(one, index + 1)
        for thread in threads:
            thread.join(20)
        assert "waiting" not in said[0][0]
        assert said[1][0] == {"waiting": 1}
        assert said[2][:2] == [{"waiting": 2}, {"waiting": 1}]
        assert all("done" in one_said[-1] for one_said in said)
        assert one.mock.stats()["max_in_flight"] == 1


def test_one_person_has_two_requests_under_way_at_most(tmp_path: Path) -> None:
    slow = FaultPlan(shares={Fault("trickle", "5"): 1.0}, times=None)
    with board(tmp_path, faults=slow) as one, one.stream(FREE) as first, one.stream(FREE) as second:
        open_ones = [first.iter_lines(), second.iter_lines()]  # one that is forgotten closes its stream
        for one_open in open_ones:
            next(one_open)
        assert one.refused(FREE) == (503, "helper_busy")


def test_a_server_that_stops_ends_what_is_written_and_keeps_it(tmp_path: Path) -> None:
    slow = FaultPlan(shares={Fault("trickle", "20"): 1.0}, times=None)
    with board(tmp_path, faults=slow) as one:
        said: list[dict[str, Any]] = []
        with one.stream(FREE) as answer:
            for line in answer.iter_lines():
                said.append(json.loads(line))
                if len(said) == 3:
                    one.run(one.server.app.state.stop())
        assert [next(iter(line)) for line in said[-2:]] == ["end", "error"]
        assert said[-1] == {"error": "busy"}
        call = said[-2]["end"]["call"]
    with serving(tmp_path, "one") as server:
        hub = server.app.state.hub
        kept = asyncio.run_coroutine_threadsafe(hub.snapshot("one", "board/A/triples"), hub._sweeper.get_loop())
        assert call in kept.result(10)["calls"]


def test_the_endpoint_is_asked_at_most_four_times_at_once_for_one_person(tmp_path: Path) -> None:
    with board(tmp_path, capacity=Capacity(slots=8), latency=Latency(0.05)) as one:
        assert one.ask({"purpose": "proposals", "row": one.row})[-1]["done"]["calls"] == 24
        assert 2 <= one.mock.stats()["max_in_flight"] <= 4
