"""Erasing a person while the workshop goes on: what is under way leaves nothing behind, and nobody is kept waiting."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from seedbed.seeds import erasing
from seedbed.study import Folder
from seedbed.testing import Latency
from tests.server.served import make_studies, seated, serving
from tests.server.test_helper import board, lines
from tests.workshop.test_erasing import held_in

SECRET = "My sister Zuzanna lives at 5 Elm Street"


def test_what_a_model_answers_after_the_erasing_is_not_put_on_record(tmp_path: Path) -> None:
    with board(tmp_path, latency=Latency(2.0)) as one:
        said: list[Any] = []

        def ask() -> None:
            with one.stream({"purpose": "free", "prompt": SECRET}) as answer:
                said.extend(lines(answer))

        asking = threading.Thread(target=ask)
        asking.start()
        while not one.mock.requests:
            asking.join(0.05)
        assert one.olga.post(f"/api/studies/one/people/{one.who.id}/redact").status_code == 200
        asking.join(20)
        assert said[-1] == {"error": "removed"}
        assert one.snapshot()["calls"] == {}
        assert held_in(tmp_path, SECRET) == []


def test_what_the_server_told_a_model_for_others_goes_too_and_is_shown_to_nobody(tmp_path: Path) -> None:
    with board(tmp_path) as one:
        bo = one.server.joined("one", "Bo", by=one.olga)
        one.command({"kind": "row.set", "row": one.row, "field": "question", "value": f"{SECRET}, or does she not?"})
        for by in (one.ana, bo):
            assert "done" in one.ask({"purpose": "free", "prompt": "What do you know of apples?"}, by=by)[-1]
            assert "done" in one.ask({"purpose": "proposals", "row": one.row, "n": 1}, by=by)[-1]
        done = one.olga.post(f"/api/studies/one/people/{one.who.id}/redact").json()
        assert held_in(tmp_path, SECRET) == []
        # the server's own words, with which every prompt begins, are nobody's; what Bo asked no organiser reads
        assert not [one for one in done["look_alikes"] if '"role"' in one["excerpt"] or "apples" in one["excerpt"]]
        assert held_in(tmp_path, "What do you know of apples?") != []


def test_a_label_that_became_everybodys_is_listed(tmp_path: Path) -> None:
    make_studies(tmp_path, "one")
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Ana", by=olga)
        with seated(server, ana, "board/A/questions") as seat:
            ids = [
                seat.made("label.add", of="topics", label=label, definition=f'"{SECRET}"\n{label}')
                for label in ("Village life", "Nobody wants this")
            ]
        for id, state in zip(ids, ("accepted", "declined"), strict=True):
            assert olga.post(f"/api/studies/one/labels/A/questions/{id}", {"state": state}).status_code == 200
        done = olga.post(f"/api/studies/one/people/{ana.get('/api/me').json()['id']}/redact").json()
        shown = [(one["doc"], one["text"], one["excerpt"]) for one in done["look_alikes"]]
        assert shown == [("board/A/questions", ids[0], f'Village life: "{SECRET}"\nVillage life')]
        assert [path.parent.name for path in held_in(tmp_path, SECRET)] == ["taxonomy"]


def test_nobody_is_sent_away_while_an_erasing_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "_PATIENCE_S", 1.0)
    (study,) = make_studies(tmp_path, "one")
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana, bo = (server.joined("one", name, by=olga) for name in ("Ana", "Bo"))
        id = ana.get("/api/me").json()["id"]
        with seated(server, bo, "board/A/questions") as seat:
            with Folder(study).writing():  # as a curation does
                erase = threading.Thread(
                    target=lambda: answers.append(olga.post(f"/api/studies/one/people/{id}/redact"))
                )
                answers: list[Any] = []
                erase.start()
                while erase.is_alive():
                    assert isinstance(seat.command("row.add"), list)
                    erase.join(0.1)
            assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, "busy")]
        assert olga.post(f"/api/studies/one/people/{id}/redact").status_code == 200
