"""Laws of gathering, over whatever a few people may do at a board."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from seedbed.records import Writer
from seedbed.seeds import gather, load
from seedbed.seeds.erasing import erase
from seedbed.study.entries import Act, Entry, now
from seedbed.study.events import EventStore
from seedbed.sync.authorship import Authorship
from seedbed.workshop import issued, model_called
from tests.seeds.studies import make_study
from tests.workshop.test_erasing import held_in

BOARD = "board/A/questions"
PEOPLE = ("p_ana", "p_bo", "p_clo")
CALL = 900
_step = st.one_of(
    st.tuples(st.just("type"), st.sampled_from(range(3)), st.integers(0, 1), st.integers(0, 40), st.integers(1, 6)),
    st.tuples(st.just("cut"), st.sampled_from(range(3)), st.integers(0, 1), st.integers(0, 40), st.integers(1, 9)),
    st.tuples(st.just("model"), st.just(1), st.integers(0, 1), st.integers(0, 40), st.integers(1, 6)),
    st.tuples(st.just("remove"), st.sampled_from(range(3)), st.integers(0, 1), st.just(0), st.just(0)),
    st.tuples(st.just("restore"), st.sampled_from(range(3)), st.integers(0, 1), st.just(0), st.just(0)),
    st.tuples(st.just("gather"), st.just(0), st.just(0), st.just(0), st.just(0)),
)
# what each person types tells whose it is: letters of their own, over several scripts
LETTERS = {0: "añA", 1: "bбB", 2: "cשC", "model": "m模😀"}


class Table:
    """A board in a store of its own, typed at by people who hold one document."""

    def __init__(self, root: Path) -> None:
        self.folder = make_study(root)
        self.store = EventStore.of(self.folder)
        self.doc: Doc[Text] = Doc()
        joined = [Act("member.join", p, {"cmd": p, "group": "A", "role": "participant"}) for p in PEOPLE]
        agreed = [Act("consent.give", p, {"cmd": f"c{p}", "items": {"training": True}, "version": 0}) for p in PEOPLE]
        self.store.append("workshop", "a", [*joined, *agreed])
        for number, person in enumerate(PEOPLE):
            self.store.append(BOARD, person, [issued(person, number + 1)])
        self.store.append(BOARD, PEOPLE[1], [model_called("k", endpoint="e", model="m", reply="…")])
        self.store.append(BOARD, PEOPLE[1], [issued(PEOPLE[1], CALL, "k")])
        for row in ("r1", "r2"):
            self.store.append(BOARD, PEOPLE[0], [Act("row.add", row, {"cmd": row})])

    def do(self, what: str, who: int, row: int, at: int, size: int) -> None:
        name = f"question:r{row + 1}"
        if what in ("remove", "restore"):
            self.store.append(BOARD, PEOPLE[who], [Act(f"row.{what}", f"r{row + 1}", {"cmd": f"x{self.last}"})])
        elif what == "gather":
            gather(self.folder)
        elif what == "cut":
            self.edit(name, who + 1, lambda text: text.__delitem__(slice(*_cut(str(text), at, size))), PEOPLE[who])
        else:
            client, letters = (CALL, LETTERS["model"]) if what == "model" else (who + 1, LETTERS[who])
            words = (letters * size)[:size]
            self.edit(name, client, lambda text: text.insert(_bytes(str(text), at), words), PEOPLE[who])

    @property
    def last(self) -> int:
        return self.store.last(BOARD)

    def edit(self, name: str, client: int, change, person: str) -> None:  # type: ignore[no-untyped-def]
        scratch: Doc[Text] = Doc(client_id=client)
        scratch.apply_update(self.doc.get_update())
        into = scratch.get(name, type=Text)
        found: list[bytes] = []
        subscription = scratch.observe(lambda event: found.append(event.update))
        change(into)
        scratch.unobserve(subscription)
        for update in found:
            self.doc.apply_update(update)
            (failed,) = self.store.commit([[Entry(BOARD, self.last + 1, now(), person, update)]])
            assert failed is None

    def text(self, row: str) -> str:
        return str(self.doc.get(f"question:{row}", type=Text))


def _bytes(text: str, at: int) -> int:
    return len(text[: at % (len(text) + 1)].encode())


def _cut(text: str, at: int, size: int) -> tuple[int, int]:
    start = at % (len(text) + 1)
    return len(text[:start].encode()), len(text[: start + size].encode())


@given(steps=st.lists(_step, max_size=14))
@settings(max_examples=10, deadline=None)
def test_seeds_are_what_the_boards_say(steps: list[tuple[str, int, int, int, int]], tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    table = Table(tmp_path_factory.mktemp("laws") / "pilot")
    removed: set[str] = set()
    for what, who, row, at, size in steps:
        table.do(what, who, row, at, size)
        if what in ("remove", "restore"):
            (removed.add if what == "remove" else removed.discard)(f"r{row + 1}")
    gather(table.folder)
    have = {item.id: item for item in load(table.folder).questions}
    # the seeds after it equal the boards' texts
    assert {id: item.text for id, item in have.items()} == {
        f"A-{row}": text.strip() for row in ("r1", "r2") if row not in removed and (text := table.text(row)).strip()
    }
    # authors and written_by equal the authorship of the log, counted character by character
    authorship = Authorship()
    for entry in table.store.entries(BOARD):
        if isinstance(entry.body, bytes):
            authorship.apply(entry.body, entry.seq, entry.actor)
    for id, seed in have.items():
        found = authorship.text(f"question:{id.removeprefix('A-')}")
        of = [run.client for run in found.runs for _ in range(run.start, run.end)]
        typed = sorted({client for client in of if client != CALL}, key=lambda client: (-of.count(client), client))
        asked = [PEOPLE[1]] if CALL in of else []
        assert list(seed.authors) == list(dict.fromkeys([*(PEOPLE[client - 1] for client in typed), *asked]))
        cut = any(item.client == CALL for item in found.deletions)
        expected = Writer.HUMAN if CALL not in of else Writer.EDITED if typed or cut else Writer.MODEL
        assert seed.written_by is expected
    # twice is once
    before, last = load(table.folder), table.store.last("seeds")
    assert not gather(table.folder).changed
    assert (load(table.folder), table.store.last("seeds")) == (before, last)
    table.store.close()


@pytest.mark.parametrize("who", [0, 1])
@given(steps=st.lists(_step, min_size=4, max_size=14))
@settings(max_examples=4, deadline=None)
def test_nothing_of_an_erased_person_is_left_and_the_others_words_all_stand(  # type: ignore[no-untyped-def]
    steps: list[tuple[str, int, int, int, int]], tmp_path_factory, who: int
) -> None:
    table = Table(tmp_path_factory.mktemp("erased") / "pilot")
    names = {0: "ANAs_words", 1: "BOs_words", 2: "CLOs_words"}
    for number, word in names.items():
        table.edit("question:r1", number + 1, lambda text, word=word: text.insert(0, word), PEOPLE[number])
        table.do("gather", 0, 0, 0, 0)
    for what, author, _, at, size in steps:
        if what in ("type", "gather", "model"):
            table.do(what, author, 1, at, size)
    gather(table.folder)
    erase(table.store, PEOPLE[who], table.folder)
    assert held_in(table.folder.root, names[who]) == []
    gather(table.folder)
    seed = load(table.folder).question("A-r1")
    assert seed.text == "".join(names[number] for number in (2, 1, 0) if number != who)
    assert PEOPLE[who] not in seed.authors
    gone = set(LETTERS[who]) | (set(LETTERS["model"]) if who == 1 else set())
    others = [item.text for item in load(table.folder).questions if item.id == "A-r2"]
    assert not gone & set("".join(others))
    assert not gather(table.folder).changed
    table.store.close()
