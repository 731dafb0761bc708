"""Erasing a person: what judging models replied about their words is in no file of the study, and labels stay."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from seedbed.engine import Journal, Outcome
from seedbed.errors import Busy
from seedbed.judges.model import JudgedRow, JudgeSpec, judge, read_judgements
from seedbed.judges.model.store import judging_folder
from seedbed.llm import EndpointSettings
from seedbed.records import Question, Reply
from seedbed.seeds.codec import encode
from seedbed.seeds.erasing import erase
from seedbed.study import Folder, hold
from seedbed.study.events import EventStore
from tests.seeds.studies import make_study
from tests.workshop.test_erasing import held_in

SECRET = "My sister Ünal lives at 5 Elm Street 😀"
HERS, BOTHS, HIS, GROWN, OTHER = "q-hers", "q-both", "q-his", "questions.000001", "questions.000002"
ROWS = {
    HERS: SECRET,
    BOTHS: "Who of us may decide?",
    HIS: "Of Bo alone, and at some length.",
    GROWN: f"Do you know that {SECRET.lower()}?",  # by a model that was shown hers
    OTHER: "Which bus goes to the harbour?",
}


class _Quoting(BaseHTTPRequestHandler):
    """A judge that quotes what it was shown before it gives its label, as models do that are asked for a reason."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        shown = asked["messages"][-1]["content"].split("<<<")[1].split(">>>")[0]
        said = json.dumps({"reason": f"It asks: {shown}", "label": "4"}, ensure_ascii=False)
        choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 5, "completion_tokens": 5}
        body = json.dumps({"object": "chat.completion", "model": "quoting", "choices": [choice], "usage": usage})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def quoting() -> Iterator[EndpointSettings]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Quoting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield EndpointSettings(url=f"http://127.0.0.1:{server.server_port}/v1", model="quoting")
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = make_study(tmp_path / "pilot")
    with EventStore.of(made) as store:
        store.append("seeds", "import", [
            encode(Question(HERS, ROWS[HERS], authors=("ana",))),
            encode(Question(BOTHS, ROWS[BOTHS], authors=("bo", "ana"))),
            encode(Question(HIS, ROWS[HIS], authors=("bo",))),
        ])  # fmt: skip
    return made


def _rows() -> list[JudgedRow]:
    return [JudgedRow(id, "question", {"text": text}) for id, text in ROWS.items()]


def _erase(folder: Folder, person: str) -> int:
    with EventStore.of(folder) as store:
        return erase(store, person, folder).texts


def test_the_replies_go_and_the_labels_stay(folder: Folder) -> None:
    with quoting() as endpoint:
        found = judge(folder, JudgeSpec("sensibility"), _rows(), endpoint)
    before = {one.row: one.says for one in read_judgements(folder)}
    assert before == dict.fromkeys(ROWS, 4)
    journal = judging_folder(folder, found.name) / "journal.db"
    assert {ROWS[id] in _replies(folder, found.name) for id in ROWS} == {True}
    _erase(folder, "ana")
    for words in (SECRET, SECRET.lower(), "Ünal", "ünal", "5 Elm Street", "5 elm street", ROWS[BOTHS]):
        assert held_in(folder.root, words) == []
    assert ROWS[HIS] in _replies(folder, found.name)  # nobody else's are touched
    assert ROWS[OTHER] in _replies(folder, found.name)
    assert {one.row: one.says for one in read_judgements(folder)} == before
    size = journal.stat().st_size
    assert _erase(folder, "ana") == 0  # done again it finds nothing
    assert journal.stat().st_size == size
    with quoting() as endpoint:  # the run is whole: it asks nothing anew, and says what it said
        again = judge(folder, JudgeSpec("sensibility"), _rows(), endpoint)
    assert (again.calls, again.said) == (found.calls, found.said)


def test_a_reply_that_was_not_judged_yet_is_asked_for_again(folder: Folder) -> None:
    """A run that was killed between a reply and its verdict: without its words it would be judged to hold no label."""
    with quoting() as endpoint:
        found = judge(folder, JudgeSpec("sensibility"), _rows(), endpoint, questions=2)
        path = judging_folder(folder, found.name) / "journal.db"
        with closing(Journal(path)) as journal:
            (first, *_) = list(journal.settled(0))
            ask = replace(first.ask, id="a0000002", first=2, prompt_id=f"{HIS}#0")
            journal.commit([Outcome(ask, 1, Reply({"text": f"It asks: {SECRET}", "finished": True, "key": "k"}))], [])
        _erase(folder, "ana")
        assert held_in(folder.root, SECRET) == []
        whole = judge(folder, JudgeSpec("sensibility"), _rows(), endpoint)
    assert whole.complete
    assert {one.row: one.says for one in read_judgements(folder)} == dict.fromkeys(ROWS, 4)


def test_a_judging_run_that_is_under_way_is_waited_for(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    with quoting() as endpoint:
        found = judge(folder, JudgeSpec("sensibility"), _rows(), endpoint)
    monkeypatch.setattr("seedbed.seeds.erasing._PATIENCE_S", 0.0)
    with hold(judging_folder(folder, found.name) / "lock", what="the test"), pytest.raises(Busy, match="judging run"):
        _erase(folder, "ana")
    assert held_in(folder.root, SECRET) != []  # nothing was done
    _erase(folder, "ana")
    assert held_in(folder.root, SECRET) == []


def _replies(folder: Folder, name: str) -> str:
    with closing(Journal(judging_folder(folder, name) / "journal.db", read_only=True)) as journal:
        return "\n".join(str(one.reply.data["text"]) for one in journal.settled(0) if one.reply)
