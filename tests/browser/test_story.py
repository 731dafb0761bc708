"""People in real browsers: a lost network, a killed tab, a killed server, and in the end all of it, once, by whom.

What the log says is read from the disk by the same replay that the history page uses.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.workshop import parse_place
from seedbed.workshop.history import replay
from tests.browser.conftest import People, add_row, question, saved
from tests.browser.served import RealServer

pytestmark = pytest.mark.slow
GRACE = 2_500.0  # ms: a board that closed takes for two seconds what was under way


def crash(page: Page) -> None:
    """The tab dies, without a word to the page."""
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=3000)


def written(study: Path, doc: str) -> dict[str, list[tuple[str, str]]]:
    """Each text of a board by name: (person id, words) in order, from the log on disk."""
    place = parse_place(doc)
    assert place is not None
    with EventStore.of(Folder(study)) as store:
        past = replay(store.entries(doc), place)
    return {
        name: [(part.person or "", text[part.start : part.end]) for part in parts]
        for name, (text, parts) in past.texts().items()
    }


def test_a_lost_network_a_killed_tab_and_a_killed_server_lose_nothing(people: People, server: RealServer) -> None:
    ana, bo, chi = people.board("Ana"), people.board("Bo"), people.board("Chi", "B")
    add_row(ana, 1)
    add_row(ana, 2)
    add_row(chi, 1)
    expect(question(bo, 2)).to_be_visible()
    question(ana, 1).press_sequentially("Ana's first. ", delay=5)
    expect(question(bo, 1)).to_have_value("Ana's first. ")
    question(bo, 1).press("Control+End")
    question(bo, 1).press_sequentially("Bo's first. ", delay=5)
    question(chi, 1).press_sequentially("Chi's own 🙂. ", delay=5)
    expect(question(ana, 1)).to_have_value("Ana's first. Bo's first. ")
    for page in (ana, bo, chi):
        saved(page)

    # Ana loses the network and goes on
    ana.context.set_offline(True)
    question(ana, 2).press_sequentially("Ana offline 🌍. ", delay=5)
    expect(ana.get_by_label("Saved state")).to_contain_text("Offline")

    # the server dies; what Bo and Chi type now is nowhere but in their browsers
    server.kill()
    question(bo, 1).press("Control+End")
    question(bo, 1).press_sequentially("Bo without a server. ", delay=5)
    question(chi, 1).press("Control+End")
    question(chi, 1).press_sequentially("Chi without a server. ", delay=5)
    expect(bo.get_by_label("Saved state")).to_contain_text("Offline")

    # and Bo's tab dies too
    bo.wait_for_timeout(1_000)  # a person does not crash within the milliseconds that a browser's own disk takes
    crash(bo)
    server.start()
    ana.context.set_offline(False)
    bo = bo.context.new_page()
    people.to_board(bo)

    expected = "Ana's first. Bo's first. Bo without a server. "
    for page in (ana, bo):
        expect(question(page, 1)).to_have_value(expected)
        expect(question(page, 2)).to_have_value("Ana offline 🌍. ")
        saved(page)
    expect(question(chi, 1)).to_have_value("Chi's own 🙂. Chi without a server. ")
    saved(chi)
    question(bo, 2).press("Control+End")
    question(bo, 2).press_sequentially("Bo is back.", delay=5)
    expect(question(ana, 2)).to_have_value("Ana offline 🌍. Bo is back.")
    saved(bo)

    # attributed, once
    first, second = written(server.study, "board/A/questions").values()
    if first[0][1].startswith("Ana offline"):
        first, second = second, first
    (a, b) = (first[0][0], first[1][0])
    assert a != b
    assert first == [(a, "Ana's first. "), (b, "Bo's first. Bo without a server. ")]
    assert second == [(a, "Ana offline 🌍. "), (b, "Bo is back.")]
    (third,) = written(server.study, "board/B/questions").values()
    assert [words for _, words in third] == ["Chi's own 🙂. Chi without a server. "]
    assert third[0][0] not in (a, b)


def test_the_server_killed_under_typing_again_and_again(people: People, server: RealServer) -> None:
    ana, bo = people.board("Ana"), people.board("Bo")
    add_row(ana, 1)
    expect(question(bo, 1)).to_be_visible()
    for turn in range(3):
        for page, letter in ((ana, "a"), (bo, "b")):
            question(page, 1).press("Control+End")
            question(page, 1).press_sequentially(letter * 15, delay=2)
        server.kill()
        question(ana, 1).press_sequentially("A" * 5, delay=2)
        server.start()
        question(bo, 1).press_sequentially("B" * 5, delay=2)
        for page in (ana, bo):
            saved(page)
            expect(question(page, 1)).to_have_value(re.compile(f"^.{{{40 * (turn + 1)}}}$"))
        assert question(ana, 1).input_value() == question(bo, 1).input_value()
        assert Counter(question(ana, 1).input_value()) == Counter(
            {"a": 15 * (turn + 1), "b": 15 * (turn + 1), "A": 5 * (turn + 1), "B": 5 * (turn + 1)}
        )
    (parts,) = written(server.study, "board/A/questions").values()
    whose: dict[str, set[str]] = {}
    for person, words in parts:
        whose.setdefault(person, set()).update(words)
    assert sorted(map(sorted, whose.values())) == [["A", "a"], ["B", "b"]]


def test_a_closed_board_keeps_what_it_did_not_take_and_takes_it_back(people: People, server: RealServer) -> None:
    olga, ana = people.organiser(), people.board("Ana")
    add_row(ana, 1)
    question(ana, 1).press_sequentially("before")
    saved(ana)
    ana.context.set_offline(True)
    question(ana, 1).press_sequentially(" too late")
    expect(ana.get_by_label("Saved state")).to_contain_text("Offline")
    olga.get_by_role("button", name="Close: Write questions, group A").click()
    expect(olga.get_by_role("button", name="Open: Write questions, group A")).to_be_visible()
    ana.wait_for_timeout(GRACE)  # what comes sooner is still taken
    ana.context.set_offline(False)
    expect(ana.get_by_text("Not accepted.")).to_be_visible()
    expect(question(ana, 1)).to_have_value("before")
    expect(ana.get_by_text("too late")).to_be_visible()
    expect(question(ana, 1)).not_to_be_editable()

    olga.get_by_role("button", name="Open: Write questions, group A").click()
    expect(question(ana, 1)).to_be_editable()
    ana.get_by_role("button", name="Put back").first.click()
    expect(question(ana, 1)).to_have_value("before too late")
    expect(ana.get_by_text("Not accepted.")).not_to_be_visible()
    saved(ana)


def test_an_erased_person_is_gone_everywhere_and_unsent_text_is_set_apart(people: People, server: RealServer) -> None:
    olga, ana, bo = people.organiser(), people.board("Ana"), people.board("Bo")
    add_row(ana, 1)
    question(ana, 1).press_sequentially("Please forget this sentence of mine. ")
    saved(ana)
    expect(question(bo, 1)).to_have_value("Please forget this sentence of mine. ")
    question(bo, 1).press("Control+End")
    question(bo, 1).press_sequentially("Bo keeps this.")
    saved(bo)
    bo.context.set_offline(True)
    question(bo, 1).press("Control+End")
    question(bo, 1).press_sequentially(" Unsent.")
    expect(bo.get_by_label("Saved state")).to_contain_text("Offline")

    olga.reload()
    olga.get_by_role("group", name="Actions for Ana").get_by_role("button", name="Erase").click()
    dialog = olga.get_by_role("dialog")
    dialog.get_by_label("Erase what Ana wrote, for good").check()
    dialog.get_by_role("button", name="Erase", exact=True).click()
    expect(olga.get_by_text(re.compile("saved changes? (was|were) rewritten"))).to_be_visible()

    bo.context.set_offline(False)
    expect(question(bo, 1)).to_have_value("Bo keeps this.")
    expect(bo.get_by_text("Unsent.")).to_be_visible()  # set apart, not merged
    saved(bo)
    secret = "Please forget this sentence of mine"
    for path in server.study.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                assert secret.encode(encoding) not in data, path
    assert b"Ana" not in (server.study / "identity.db").read_bytes()
