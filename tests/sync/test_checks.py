"""What a document takes and what it refuses: one attack after another, each by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Container

import pytest

from seedbed.sync.checks import Checked, Known, Limits, Span
from seedbed.sync.encoding import Refused
from seedbed.sync.update import ANY, BINARY, DOC, EMBED, FORMAT, JSON, TYPE, Struct
from tests.sync.updates import gc, gone, item, skip, text, update

ANA, BEN, EVE = 30, 20, 10
NAMES = {"t", "u"}


def only(*clients: int) -> Callable[[int], bool]:
    return clients.__contains__


def take(known: Known, data: bytes, *clients: int, names: Container[str] = NAMES) -> Checked:
    checked = known.check(data, may_write=only(*(clients or (ANA, BEN, EVE))), names=names)
    known.accept(checked)
    return checked


def refusal(known: Known, data: bytes, *clients: int, names: Container[str] = NAMES) -> str:
    """The code of the refusal; and whatever was refused has left no trace."""
    before = (known.clocks, known.lengths, known.total, list(known.walk("t")))
    with pytest.raises(Refused) as refused:
        known.check(data, may_write=only(*(clients or (ANA, BEN, EVE))), names=names)
    assert (known.clocks, known.lengths, known.total, list(known.walk("t"))) == before
    return refused.value.code


@pytest.fixture
def known() -> Known:
    """Ana wrote "ab😀cd" into t, Ben "xyz" into u."""
    document = Known()
    take(document, update({ANA: [text(0, "ab😀cd")]}))
    take(document, update({BEN: [text(0, "xyz", root="u")]}))
    return document


def test_typing(known: Known) -> None:
    assert known.clocks == {ANA: 6, BEN: 3}
    assert known.lengths == {"t": 6, "u": 3}
    checked = take(known, update({EVE: [text(0, "é😀", origin=(ANA, 1), right=(ANA, 2))]}), EVE)
    assert not checked.known
    assert checked.lengths == {"t": 9}
    assert checked.inserted == (Span(EVE, 0, 3),)
    assert checked.deleted == ()
    assert list(known.walk("t")) == [(ANA, 0, 2), (EVE, 0, 3), (ANA, 2, 6)]
    assert known.name_at(EVE, 2) == "t"
    assert known.is_half(EVE, 2)
    assert not known.is_half(EVE, 1)
    assert known.total == 12


def test_typing_on_stays_one_run(known: Known) -> None:
    for clock in range(6, 200):
        take(known, update({ANA: [text(clock, "x", origin=(ANA, clock - 1))]}))
    assert list(known.walk("t")) == [(ANA, 0, 200)]


def test_anybody_may_delete(known: Known) -> None:
    checked = take(known, update(deletes={ANA: [(1, 4)], BEN: [(0, 1)]}), EVE)
    assert checked.lengths == {"t": 3, "u": 2}
    assert checked.deleted == (Span(ANA, 1, 4), Span(BEN, 0, 1))
    again = take(known, update(deletes={ANA: [(0, 5)]}), EVE)
    assert again.deleted == (Span(ANA, 0, 1), Span(ANA, 4, 5))
    assert known.lengths == {"t": 1, "u": 2}
    assert take(known, update(deletes={ANA: [(0, 5)]}), EVE).known


def test_deletions_are_joined_whatever_their_order(known: Known) -> None:
    for start, end in ((4, 5), (0, 1), (2, 4), (1, 2), (5, 6)):
        take(known, update(deletes={ANA: [(start, end)]}))
    assert known.lengths["t"] == 0
    assert take(known, update(deletes={ANA: [(0, 6)]})).known


def test_typed_and_deleted_in_one_update(known: Known) -> None:
    """Yjs sends what was deleted in the same transaction as deleted content, and names it as deleted."""
    structs = [gone(0, 4, origin=(ANA, 5)), text(4, "kept", origin=(EVE, 3)), text(8, "gone", origin=(EVE, 7))]
    checked = take(known, update({EVE: structs}, {EVE: [(0, 4), (8, 12)], ANA: [(5, 6)]}), EVE)
    assert checked.inserted == (Span(EVE, 0, 12),)
    assert set(checked.deleted) == {Span(EVE, 8, 12), Span(ANA, 5, 6)}
    assert checked.lengths == {"t": 9}
    assert take(known, update(deletes={EVE: [(0, 4), (8, 12)]})).known


def test_the_same_again_is_known(known: Known) -> None:
    checked = take(known, update({ANA: [text(0, "ab😀cd")]}), EVE)
    assert checked.known
    assert checked.inserted == checked.deleted == ()
    assert checked.lengths == {}
    assert take(known, update(), EVE).known


def test_known_in_part(known: Known) -> None:
    checked = take(known, update({ANA: [text(0, "ab😀cdef")]}), ANA)
    assert checked.inserted == (Span(ANA, 6, 8),)
    assert checked.lengths == {"t": 8}
    assert list(known.walk("t")) == [(ANA, 0, 8)]


def test_known_text_that_comes_again_as_something_else_changes_nothing(known: Known) -> None:
    assert take(known, update({ANA: [text(0, "ABCDEF")]}), EVE).known
    assert take(known, update({ANA: [gone(0, 6)]}), EVE).known
    assert known.lengths["t"] == 6


def test_a_check_changes_nothing(known: Known) -> None:
    first = update({EVE: [text(0, "one", origin=(ANA, 0), right=(ANA, 1))]}, {ANA: [(0, 1)]})
    second = update({EVE: [text(0, "two", origin=(ANA, 1), right=(ANA, 2))]})
    checked = known.check(first, may_write=only(EVE), names=NAMES)
    assert known.clocks == {ANA: 6, BEN: 3}
    other = known.check(second, may_write=only(EVE), names=NAMES)
    assert known.lengths == {"t": 6, "u": 3}
    assert list(known.walk("t")) == [(ANA, 0, 6)]
    known.accept(checked)  # and not the one that was looked at last
    assert list(known.walk("t")) == [(ANA, 0, 1), (EVE, 0, 3), (ANA, 1, 6)]
    assert known.lengths == {"t": 8, "u": 3}
    with pytest.raises(ValueError, match="earlier state"):
        known.accept(other)


def test_the_log_is_loaded_without_questions() -> None:
    known = Known(Limits(update=1, cell=1, document=1))
    checked = known.load(update({ANA: [text(0, "any length", root="any name")]}))
    assert checked.lengths == known.lengths == {"any name": 10}
    assert refusal(known, update(deletes={ANA: [(0, 1)]})) == "too_large"
    with pytest.raises(Refused):
        known.load(b"\x01")


# --- foreign_client -----------------------------------------------------------------------------------------------


def test_a_forged_author(known: Known) -> None:
    assert refusal(known, update({ANA: [text(6, "not mine", origin=(ANA, 5))]}), EVE) == "foreign_client"
    assert refusal(known, update({99: [text(0, "nobody's", origin=(ANA, 5))]}), EVE) == "foreign_client"
    mixed = {EVE: [text(0, "mine", origin=(ANA, 5))], ANA: [text(6, "not mine", origin=(ANA, 5))]}
    assert refusal(known, update(mixed), EVE) == "foreign_client"


def test_a_forged_author_behind_known_text(known: Known) -> None:
    assert refusal(known, update({ANA: [text(0, "ab😀cd and more")]}), EVE) == "foreign_client"


# --- unknown_root -------------------------------------------------------------------------------------------------


def test_a_text_that_is_not_there(known: Known) -> None:
    assert refusal(known, update({EVE: [text(0, "x", root="elsewhere")]})) == "unknown_root"
    assert refusal(known, update({EVE: [text(0, "x", root="")]})) == "unknown_root"


def test_known_structs_name_known_texts_too(known: Known) -> None:
    """Yjs makes the root as soon as it reads its name, be the struct new or not."""
    assert refusal(known, update({ANA: [text(0, "ab😀cd", root="elsewhere")]})) == "unknown_root"
    assert refusal(known, update({ANA: [text(0, "ab😀cd", root="u")]})) == "unknown_root"
    assert refusal(known, update({ANA: [text(0, "ab😀cdef", root="u")]})) == "unknown_root"


def test_a_text_that_is_locked_for_the_sender(known: Known) -> None:
    assert refusal(known, update({EVE: [text(0, "x", origin=(BEN, 2))]}), names={"t"}) == "unknown_root"
    assert refusal(known, update(deletes={BEN: [(0, 1)]}), names={"t"}) == "unknown_root"


def test_origins_in_two_texts(known: Known) -> None:
    assert refusal(known, update({EVE: [text(0, "x", origin=(ANA, 5), right=(BEN, 0))]})) == "unknown_root"
    assert refusal(known, update({ANA: [text(0, "ab😀cdx", right=(BEN, 0))]})) == "unknown_root"


# --- bad_content --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "struct",
    [
        item(FORMAT, "0162" + "0474727565"),
        item(ANY, "01" + "7701" + "61"),
        item(EMBED, "027b7d"),
        item(BINARY, "020000"),
        item(TYPE, "02"),
        item(JSON, "01" + "0131"),
        item(DOC, "0161" + "7600"),
        Struct(4, 0x20, 0, 1, None, None, "t", "key", "x"),
        Struct(4, 0xA0, 0, 1, (ANA, 5), None, None, None, "x"),
        Struct(4, 0, 0, 1, None, None, (ANA, 0), None, "x"),
        gc(0, 3),
    ],
    ids=["format", "any", "embed", "binary", "type", "json", "doc", "key", "key without", "nested", "gc"],
)
def test_only_plain_text(known: Known, struct: Struct) -> None:
    assert refusal(known, update({EVE: [struct]})) == "bad_content"
    if struct.kind != 4:
        assert refusal(known, update({ANA: [struct]})) == "bad_content"  # known clocks are no excuse


@pytest.mark.parametrize("words", ["a\rb", "\r\n", "\0", "x\0"])
def test_only_what_a_textarea_shows(known: Known, words: str) -> None:
    assert refusal(known, update({EVE: [text(0, words, origin=(ANA, 5))]})) == "bad_content"
    # and where typing simply goes on, which is looked at in a shorter way
    assert refusal(known, update({ANA: [text(6, words, origin=(ANA, 5))]})) == "bad_content"


# --- gap ----------------------------------------------------------------------------------------------------------


def test_gaps(known: Known) -> None:
    assert refusal(known, update({EVE: [text(1, "x", origin=(ANA, 5))]})) == "gap"
    assert refusal(known, update({ANA: [text(7, "x", origin=(ANA, 5))]})) == "gap"
    assert refusal(known, update({EVE: [skip(0, 1), text(1, "x", origin=(ANA, 5))]})) == "gap"
    assert refusal(known, update({EVE: [text(0, "x", origin=(ANA, 5)), skip(1, 2), text(3, "y")]})) == "gap"
    assert refusal(known, update({EVE: [skip(0, 4)]})) == "gap"


def test_a_skip_over_what_is_known(known: Known) -> None:
    checked = take(known, update({ANA: [text(0, "a"), skip(1, 5), text(6, "e", origin=(ANA, 5))]}))
    assert checked.inserted == (Span(ANA, 6, 7),)


# --- unknown_reference --------------------------------------------------------------------------------------------


def test_references_to_nothing(known: Known) -> None:
    assert refusal(known, update({EVE: [text(0, "x", origin=(ANA, 6))]})) == "unknown_reference"
    assert refusal(known, update({EVE: [text(0, "x", right=(ANA, 6))]})) == "unknown_reference"
    assert refusal(known, update({EVE: [text(0, "x", origin=(99, 0))]})) == "unknown_reference"
    assert refusal(known, update(deletes={ANA: [(5, 7)]})) == "unknown_reference"
    assert refusal(known, update(deletes={99: [(0, 1)]})) == "unknown_reference"


def test_references_to_itself(known: Known) -> None:
    assert refusal(known, update({EVE: [text(0, "xy", origin=(EVE, 0))]})) == "unknown_reference"
    assert refusal(known, update({EVE: [text(0, "xy", right=(EVE, 1))]})) == "unknown_reference"
    assert refusal(known, update({ANA: [text(0, "ab😀cd", right=(ANA, 4))]})) == "unknown_reference"


def test_known_structs_refer_to_known_ones_too(known: Known) -> None:
    assert refusal(known, update({ANA: [text(0, "ab😀cd", origin=(99, 0))]})) == "unknown_reference"


def test_references_within_an_update(known: Known) -> None:
    """Across clients and back, in whatever order the sections stand."""
    ana = [text(6, "1", origin=(ANA, 5)), text(7, "3", origin=(EVE, 0))]
    eve = [text(0, "2", origin=(ANA, 6)), text(1, "4", origin=(ANA, 7))]
    checked = take(known, update({ANA: ana, EVE: eve}))
    assert checked.lengths == {"t": 10}
    assert list(known.walk("t")) == [(ANA, 0, 7), (EVE, 0, 1), (ANA, 7, 8), (EVE, 1, 2)]


def test_references_in_a_circle(known: Known) -> None:
    ana = [text(6, "1", origin=(EVE, 1))]
    eve = [text(0, "2", origin=(ANA, 6)), text(1, "3", origin=(EVE, 0))]
    assert refusal(known, update({ANA: ana, EVE: eve})) == "unknown_reference"


def test_origins_the_wrong_way_round(known: Known) -> None:
    assert refusal(known, update({EVE: [text(0, "x", origin=(ANA, 5), right=(ANA, 0))]})) == "unknown_reference"
    assert refusal(known, update({EVE: [text(0, "x", origin=(ANA, 1), right=(ANA, 1))]})) == "unknown_reference"
    take(known, update({BEN: [text(3, "between", origin=(ANA, 0), right=(ANA, 1))]}))
    assert refusal(known, update({EVE: [text(0, "x", origin=(BEN, 5), right=(ANA, 0))]})) == "unknown_reference"
    assert refusal(known, update({EVE: [text(0, "x", origin=(ANA, 1), right=(BEN, 5))]})) == "unknown_reference"
    assert refusal(known, update({ANA: [text(4, "cdx", origin=(ANA, 3), right=(BEN, 5))]})) == "unknown_reference"
    inside = [text(0, "x", origin=(ANA, 1), right=(ANA, 2)), text(1, "y", origin=(EVE, 0), right=(ANA, 1))]
    assert refusal(known, update({EVE: inside})) == "unknown_reference"


def test_origins_that_nobody_saw_side_by_side(known: Known) -> None:
    """Whoever saw a character saw what stood left of it when it was written, and right of it."""
    assert refusal(known, update({EVE: [text(0, "x", right=(ANA, 5))]})) == "unknown_reference"
    assert refusal(known, update({EVE: [text(0, "x", origin=(ANA, 0), right=(ANA, 5))]})) == "unknown_reference"
    take(known, update({BEN: [text(3, "between", origin=(ANA, 0), right=(ANA, 1))]}))
    assert refusal(known, update({EVE: [text(0, "x", origin=(BEN, 9))]})) == "unknown_reference"
    assert refusal(known, update({EVE: [text(0, "x", origin=(BEN, 9), right=(ANA, 4))]})) == "unknown_reference"
    # what was written beside them meanwhile, nobody needs to have seen
    assert take(known, update({EVE: [text(0, "x", origin=(ANA, 0), right=(ANA, 1))]})).lengths == {"t": 14}


def test_a_struct_known_in_part_is_judged_where_its_new_part_stands(known: Known) -> None:
    """The two fit each other, and the rest of the struct would stand far right of both."""
    assert refusal(known, update({ANA: [text(4, "cdx", origin=(ANA, 0), right=(ANA, 1))]})) == "unknown_reference"


def test_typing_on_in_front_of_something_new_is_a_run_of_its_own(known: Known) -> None:
    take(known, update({EVE: [text(0, "e", origin=(ANA, 5))]}))
    take(known, update({ANA: [text(6, "f", origin=(ANA, 5), right=(EVE, 0))]}))
    assert list(known.walk("t")) == [(ANA, 0, 6), (ANA, 6, 7), (EVE, 0, 1)]
    assert refusal(known, update({BEN: [text(3, "x", origin=(ANA, 6))]})) == "unknown_reference"
    assert take(known, update({BEN: [text(3, "x", origin=(ANA, 5))]})).lengths == {"t": 9}


# --- surrogate ----------------------------------------------------------------------------------------------------


def test_no_cut_through_a_character(known: Known) -> None:
    assert refusal(known, update({EVE: [text(0, "x", origin=(ANA, 2))]})) == "surrogate"
    assert refusal(known, update({EVE: [text(0, "x", right=(ANA, 3))]})) == "surrogate"
    assert refusal(known, update(deletes={ANA: [(3, 4)]})) == "surrogate"
    assert refusal(known, update(deletes={ANA: [(1, 3)]})) == "surrogate"
    assert take(known, update(deletes={ANA: [(2, 4)]})).lengths == {"t": 4}


def test_no_cut_through_a_character_of_the_same_update(known: Known) -> None:
    assert refusal(known, update({EVE: [text(0, "😀", origin=(ANA, 5)), text(2, "x", origin=(EVE, 0))]})) == "surrogate"
    assert refusal(known, update({EVE: [text(0, "😀", origin=(ANA, 5))]}, {EVE: [(0, 1)]})) == "surrogate"


def test_no_cut_by_references_of_known_structs(known: Known) -> None:
    """Yjs splits at the origins of a struct before it finds that it has it."""
    take(known, update({BEN: [text(3, "!", origin=(ANA, 5))]}))
    assert refusal(known, update({BEN: [text(3, "!", origin=(ANA, 2))]})) == "surrogate"


def test_no_cut_by_the_part_that_is_known(known: Known) -> None:
    assert refusal(known, update({ANA: [text(0, "ab😀c😀")]})) == "surrogate"
    assert take(known, update({ANA: [text(0, "ab😀cd😀")]})).lengths == {"t": 8}
    assert refusal(known, update(deletes={ANA: [(6, 7)]})) == "surrogate"


def test_halves_of_characters_are_no_text(known: Known) -> None:
    lone = update({EVE: [text(0, "😀", origin=(ANA, 5))]}).replace("😀".encode(), b"\xed\xa0\xbd\xe2")
    assert refusal(known, lone) == "malformed"


# --- limits -------------------------------------------------------------------------------------------------------


def test_a_full_text() -> None:
    known = Known(Limits(cell=5, document=8))
    take(known, update({ANA: [text(0, "four")]}))
    assert refusal(known, update({ANA: [text(4, "😀", origin=(ANA, 3))]})) == "cell_full"
    assert take(known, update({ANA: [text(4, "5", origin=(ANA, 3))]})).lengths == {"t": 5}
    assert refusal(known, update({EVE: [text(0, "x", origin=(ANA, 3))]})) == "cell_full"
    instead = update({EVE: [text(0, "xy", origin=(ANA, 3))]}, {ANA: [(0, 2)]})
    assert take(known, instead).lengths == {"t": 5}


def test_a_full_document() -> None:
    known = Known(Limits(cell=5, document=8))
    take(known, update({ANA: [text(0, "four")], BEN: [text(0, "four", root="u")]}))
    assert refusal(known, update({EVE: [text(0, "x", root="u")]})) == "document_full"
    moved = update({EVE: [text(0, "x", origin=(BEN, 3))]}, {ANA: [(0, 1)]})
    assert take(known, moved).lengths == {"t": 3, "u": 5}
    assert known.total == 8


def test_deleting_is_possible_beyond_a_limit() -> None:
    known = Known(Limits(cell=2, document=2))
    known.load(update({ANA: [text(0, "far too long")]}))
    assert take(known, update(deletes={ANA: [(0, 1)]})).lengths == {"t": 11}
    assert refusal(known, update({EVE: [text(0, "x", origin=(ANA, 3))]})) == "cell_full"
    instead = update({EVE: [text(0, "x", origin=(ANA, 3))]}, {ANA: [(1, 2)]})
    assert take(known, instead).lengths == {"t": 11}


def test_a_large_update() -> None:
    known = Known(Limits(update=100, structs=3, ranges=1))
    assert refusal(known, update({ANA: [text(0, "x" * 100)]})) == "too_large"
    assert refusal(known, update({ANA: [text(n, "x", origin=(ANA, n - 1) if n else None) for n in range(4)]})) == (
        "too_large"
    )
    take(known, update({ANA: [text(0, "xyz")]}))
    assert refusal(known, update(deletes={ANA: [(0, 1), (2, 3)]})) == "too_large"


def test_crowding_one_place_costs_the_sender_the_update() -> None:
    """Items side by side at one place make every CRDT compare each with each; the first 100,000 steps are free."""
    known = Known()
    take(known, update({ANA: [text(0, "ab")]}))

    take(known, update({EVE: [text(n, "x", origin=(ANA, 0)) for n in range(5_000)]}))

    def crowd(size: int) -> bytes:
        return update({BEN: [text(n, "x", origin=(ANA, 0)) for n in range(size)]})

    began = time.process_time()
    assert refusal(known, crowd(5_000)) == "too_large"
    assert time.process_time() - began < 2
    assert take(known, crowd(10)).lengths == {"t": 5_012}


def test_new_labels_for_a_crowded_place() -> None:
    """Typing before what was just typed, 500 times, takes all room between two labels more than once."""
    known = Known()
    take(known, update({ANA: [text(0, "ab")]}))
    right = (ANA, 1)
    for n in range(500):
        take(known, update({EVE: [text(n, "x", origin=(ANA, 0), right=right)]}))
        right = (EVE, n)
    assert [run.start for run in known.walk("t")] == [0, *range(499, -1, -1), 1]
    assert refusal(known, update({EVE: [text(500, "x", origin=(EVE, 7), right=(EVE, 8))]})) == "unknown_reference"
    assert take(known, update({EVE: [text(500, "x", origin=(EVE, 8), right=(EVE, 7))]})).lengths == {"t": 503}
