"""What curators give back to a group reaches its board, once, whatever comes between, and goes when it is settled."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seedbed import Study
from seedbed.curate import decide as decide_by_command
from seedbed.curate import load
from seedbed.server.live.hub import Hub
from seedbed.server.refusals import Refusal
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.workshop import Board, parse_place
from tests.seeds.boards import ANA, CLO, Workshop, tell
from tests.seeds.studies import make_study
from tests.server.road import over, start
from tests.server.served import Browser, Served, seated, serving
from tests.server.test_curation import HERE, decide, ok, table
from tests.study.processes import finish, fork

BOARD = "board/A/questions"


async def _story(made: Workshop) -> str:
    await made.join(ANA, CLO)
    page = await made.page(ANA)
    row = await made.write(page, question="Who may live on the hill?", topic="Health")
    await made.write(page, question="What does a doctor owe to a guest?", topic="Health")
    triples = await made.page(ANA, "board/A/triples")
    one = await made.write(
        triples, question="Who is lazy?", misaligned="They all are.", critique="It judges.", aligned="Nobody is."
    )
    await made.fill(triples, one, aligned_2="People differ.")
    return row


@pytest.fixture
def study(tmp_path: Path) -> tuple[Folder, str]:
    """A study whose boards were taken up and curated; and the row of a question."""
    folder = make_study(tmp_path / "pilot")
    row = tell(folder, _story)
    folder.settings.write_text(f"{folder.settings.read_text()}\n[curate]\nparser = false\nvectors = false\n")
    Study.open(folder.root).curate()
    return folder, row


@pytest.fixture
def served(study: tuple[Folder, str], tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, "pilot") as served:
        yield served


def board(folder: Folder, doc: str = BOARD) -> Board:
    place = parse_place(doc)
    assert place is not None
    with EventStore.of(folder) as store:
        return Board(place).after(store.read(doc))


def notes(folder: Folder, doc: str = BOARD) -> dict[str, tuple[str, str, bool]]:
    """By seed: the row, the note, and whether the row was changed since."""
    found = board(folder, doc).items("returns")
    return {seed: (one["row"], one["note"], bool(one["changed"])) for seed, one in found.items()}


def kinds(folder: Folder, doc: str = BOARD) -> list[str]:
    wanted = ("row.return", "row.changed", "row.settled")
    with EventStore.of(folder) as store:
        return [event.kind for event in store.read(doc) if event.kind in wanted]


def returned(browser: Browser, seed: str, note: str = "Which hill?") -> Any:
    return ok(decide(browser, seed, "return", note))


def test_a_return_is_shown_on_the_board_until_it_is_taken_back(served: Served, study: tuple[Folder, str]) -> None:
    folder, row = study
    olga, seed = served.organiser(), f"A-{row}"
    ana = served.joined("pilot", "Ana", by=olga)
    with seated(served, ana, BOARD, "pilot") as page:
        made = returned(olga, seed)
        assert made["row"]["state"] == "returned"
        assert notes(folder) == {seed: (row, "Which hill?", False)}
        events = page.command("vote.set", row=row, on=True)
        assert not isinstance(events, str)
    again = returned(olga, seed, "Which hill, and where?")
    assert notes(folder) == {seed: (row, "Which hill, and where?", False)}
    ok(olga.post(f"{HERE}/undo", {"seq": again["seq"]}))  # the first stands again
    assert notes(folder) == {seed: (row, "Which hill?", False)}
    ok(olga.post(f"{HERE}/undo", {"seq": made["seq"]}))
    assert notes(folder) == {}
    whole = ok(olga.get(f"{HERE}/seeds/{seed}"))
    assert (whole["board"], whole["board_row"]) == (BOARD, row)
    past = ok(olga.get("/api/studies/pilot/boards/A/questions/history"))
    assert "row.return" in json.dumps(past)


def test_pages_cannot_give_rows_back_by_themselves(served: Served, study: tuple[Folder, str]) -> None:
    olga = served.organiser()
    for kind in ("row.return", "row.settled", "row.changed"):
        with seated(served, olga, BOARD, "pilot") as page:
            assert page.command(kind, row=study[1], seed=f"A-{study[1]}", note="x", decision=1) == "bad_command"


def test_a_changed_row_is_asked_no_more_and_taken_up_when_the_rules_run(
    served: Served, study: tuple[Folder, str]
) -> None:
    folder, row = study
    olga, seed = served.organiser(), f"A-{row}"
    returned(olga, seed)
    with seated(served, olga, BOARD, "pilot") as page:
        for value in ("Travel", "Health and care"):
            assert not isinstance(page.command("row.set", row=row, field="topic", value=value), str)
    assert notes(folder) == {seed: (row, "Which hill?", True)}
    assert kinds(folder).count("row.changed") == 1
    assert table(olga, state="returned")["total"] == 1
    assert over(olga, start(olga, "curate"))["state"] == "done"
    assert table(olga, state="returned")["total"] == 0
    assert notes(folder) == {}
    assert kinds(folder) == ["row.return", "row.changed", "row.settled"]


def test_typing_in_a_returned_row_answers_it(tmp_path: Path, study: tuple[Folder, str]) -> None:
    folder, row = study
    seed = f"A-{row}"
    decide_by_command(folder, seed, "return", "Which hill?", "mia")
    with serving(tmp_path, "pilot") as served:
        served.organiser()
        until_delivered(served, folder)
        assert notes(folder) == {seed: (row, "Which hill?", False)}

    async def typing(made: Workshop) -> None:
        page = await made.page(ANA)
        other = await made.write(page, question="Another one?")
        assert other != row
        await made.fill(page, row, question=" In which town?")

    tell(folder, typing)
    assert notes(folder) == {seed: (row, "Which hill?", True)}
    assert kinds(folder) == ["row.return", "row.changed"]


def until_delivered(served: Served, folder: Folder) -> None:
    """The server has done what it does when it starts."""
    end = time.monotonic() + 15
    while not notes(folder) and time.monotonic() < end:
        time.sleep(0.05)


def test_what_was_returned_by_command_is_delivered_when_the_study_opens_and_once(
    tmp_path: Path, study: tuple[Folder, str]
) -> None:
    folder, row = study
    (t1, t2) = (seed for seed in sorted(board_seeds(folder)) if seed.startswith("t-"))
    decide_by_command(folder, f"A-{row}", "return", "Which hill?", "mia")
    decide_by_command(folder, t1, "return", "Who says so?", "mia")
    decide_by_command(folder, t2, "return", "Say more.", "mia")
    for _ in range(2):
        with serving(tmp_path, "pilot") as served:
            until_delivered(served, folder)
            olga = served.organiser()
            ok(decide(olga, f"A-{row}", "nuanced", nuanced=True))  # delivers what is lacking, too
            assert list(notes(folder)) == [f"A-{row}"]
            shown = notes(folder, "board/A/triples")
            assert {seed: note for seed, (_, note, _) in shown.items()} == {t1: "Who says so?", t2: "Say more."}
            assert len({at for at, _, _ in shown.values()}) == 1  # two rewrites of one row
    assert kinds(folder) == ["row.return"]
    assert kinds(folder, "board/A/triples") == ["row.return"] * 2


def board_seeds(folder: Folder) -> list[str]:
    from seedbed.seeds.fold import fold

    return list(fold(folder).boards)


def test_what_could_not_be_delivered_is_at_the_next_decision(
    served: Served, study: tuple[Folder, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, row = study
    olga = served.organiser()
    for trouble in (Refusal("storage"), RuntimeError("the power went")):

        async def fails(*_: Any, trouble: Exception = trouble) -> None:
            raise trouble

        with monkeypatch.context() as patched:
            patched.setattr(Hub, "returned", fails)
            returned(olga, f"A-{row}")
        assert table(olga, state="returned")["total"] == 1  # what was decided stays decided
        assert notes(folder) == {}
    ok(decide(olga, f"A-{row}", "nuanced", nuanced=True))
    assert notes(folder) == {f"A-{row}": (row, "Which hill?", False)}


def _killed(tmp_path: Path, *, before: bool, seed: str = "") -> None:
    """Serve in a process of its own, and give `seed` back, if any; SIGKILL comes before the note, or right after it."""
    real = Hub.returned

    async def dies(self: Hub, *asked: Any) -> None:
        if not before:
            await real(self, *asked)
        os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        setattr(Hub, "returned", dies)  # noqa: B010 - of another signature, in a process that ends here
        with serving(tmp_path, "pilot") as served:
            olga = served.organiser()
            if seed:
                returned(olga, seed)
            time.sleep(30)  # it was to die at its start

    assert finish(fork(work)) == -signal.SIGKILL


def test_a_server_that_is_killed_around_a_delivery_has_it_made_once(tmp_path: Path, study: tuple[Folder, str]) -> None:
    folder, row = study
    note = {f"A-{row}": (row, "Which hill?", False)}
    _killed(tmp_path, before=True, seed=f"A-{row}")
    assert set(load(folder).returned) == {f"A-{row}"}  # decided, and on no board
    assert (notes(folder), kinds(folder)) == ({}, [])
    _killed(tmp_path, before=False)  # the next one delivers as it starts, and is killed before it knows
    assert (notes(folder), kinds(folder)) == (note, ["row.return"])
    with serving(tmp_path, "pilot") as served:
        until_delivered(served, folder)
        ok(decide(served.organiser(), f"A-{row}", "nuanced", nuanced=True))  # would deliver what is lacking
        assert (notes(folder), kinds(folder)) == (note, ["row.return"])


def test_a_seed_from_a_file_and_a_row_that_is_gone_are_asked_nothing(served: Served, study: tuple[Folder, str]) -> None:
    folder, row = study
    olga, seed = served.organiser(), f"A-{row}"
    with seated(served, olga, BOARD, "pilot") as page:
        assert not isinstance(page.command("row.remove", row=row), str)
        returned(olga, seed)
        assert notes(folder) == {}
        assert not isinstance(page.command("row.restore", row=row), str)
    ok(decide(olga, seed, "exclude", "After all."))
    assert notes(folder) == {}


def test_what_a_rule_set_aside_can_be_given_back_and_what_a_person_did_cannot_until_later(
    served: Served, study: tuple[Folder, str]
) -> None:
    folder, _ = study
    olga = served.organiser()
    (out,) = (row["id"] for row in table(olga, state="excluded", kind="triple")["rows"])
    assert returned(olga, out)["row"]["state"] == "returned"
    assert list(notes(folder, "board/A/triples")) == [out]
    assert ok(decide(olga, out, "exclude", "No good."))["row"]["state"] == "excluded"
    assert notes(folder, "board/A/triples") == {}
    assert returned(olga, out, "Or else?")["row"]["state"] == "returned"
    assert [note for _, note, _ in notes(folder, "board/A/triples").values()] == ["Or else?"]
