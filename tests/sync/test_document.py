"""The live document: loading, what a page lacks, text that the server puts in; against pycrdt and real Yjs."""

from __future__ import annotations

import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any

import pytest
from pycrdt import Doc, Text

from seedbed.errors import StorageError
from seedbed.sync import Limits, Refused
from seedbed.sync.document import Broken, Document
from seedbed.sync.update import Ranges, Update, parse, write
from tests.sync.yjs import run

NAMES = {"question:a1", "question:b2", "misaligned:c3"}


def anybody(client: int) -> bool:
    return True


def typed(client: int, *pieces: tuple[int, str], name: str = "question:a1", onto: bytes = b"") -> list[bytes]:
    """Updates of a page that inserts each piece at its UTF-8 byte."""
    doc: Doc[Text] = Doc(client_id=client)
    if onto:
        doc.apply_update(onto)
    into, out = doc.get(name, type=Text), list[bytes]()
    keep = doc.observe(lambda event: out.append(event.update))
    for at, piece in pieces:
        into.insert(at, piece)
    doc.unobserve(keep)
    return out


def take(document: Document, update: bytes, client: int) -> None:
    document.accept(update, document.check(update, may_write=lambda new: new == client, names=NAMES))


def logs(seed: int, documents: int, updates: int) -> Iterator[list[dict[str, Any]]]:
    for _, group in groupby(run("simulate.mjs", seed, documents, updates), key=lambda line: line["doc"]):
        yield list(group)


# --- loading ---------------------------------------------------------------------------------------------------------


def test_a_document_loaded_is_the_document_that_lived() -> None:
    for lines in logs(21, 4, 250):
        live = Document()
        for line in lines:
            update = b64decode(line["update"])
            live.accept(update, live.check(update, may_write=line["mine"].__contains__, names=NAMES))
        loaded = Document.load(b64decode(line["update"]) for line in lines)
        texts = {name: text for name, text in lines[-1]["texts"].items() if text}
        for document in (live, loaded):
            assert {name: text for name, text in document.texts().items() if text} == texts
            assert document.known.clocks == {int(client): clock for client, clock in lines[-1]["clocks"].items()}
        assert loaded.known.lengths == live.known.lengths
        assert loaded.known.total == live.known.total
        # and both judge alike from here on: a cut through any pair of any client is refused by both
        for client, clock in live.known.clocks.items():
            for at in range(clock):
                assert loaded.known.is_half(client, at) == live.known.is_half(client, at)


def test_a_log_with_a_hole_does_not_load() -> None:
    updates = typed(5, (0, "a"), (1, "b"), (2, "c"))
    with pytest.raises(Refused):
        Document.load([updates[0], updates[2]])


def test_an_empty_log_is_an_empty_document() -> None:
    document = Document.load([])
    assert document.texts() == {}
    assert document.text("question:a1") == ""
    assert document.diff(document.state_vector()) == b"\0\0"


# --- what a page lacks -----------------------------------------------------------------------------------------------


def test_a_page_gets_what_it_lacks_and_only_that() -> None:
    updates = typed(5, (0, "héllo 😀"), (0, "x"))
    document = Document.load(updates)
    page: Doc[Text] = Doc(client_id=6)
    page.apply_update(updates[0])
    lacking = document.diff(page.get_state())
    assert [(section.client, section.structs[0].text) for section in parse(lacking).sections] == [(5, "x")]
    page.apply_update(lacking)
    assert str(page.get("question:a1", type=Text)) == "xhéllo 😀"


def test_a_page_may_know_more_than_the_server() -> None:
    document = Document.load(typed(5, (0, "abc")))
    page: Doc[Text] = Doc(client_id=6)
    page.apply_update(document.diff(b"\0"))
    page.get("question:a1", type=Text).insert(3, "unsent")
    assert not parse(document.diff(page.get_state())).sections


@pytest.mark.parametrize(
    "vector",
    [b"", b"\x01", b"\x01\x05", b"\x01\x05\x01\x00", b"\xff" * 9, b"\xff\xff\x7f", b"\x02\x05\x01\x05\x02", b"\x80\x00"],  # noqa: E501
)  # fmt: skip
def test_what_is_no_state_vector(vector: bytes) -> None:
    document = Document.load(typed(5, (0, "abc")))
    with pytest.raises(Refused) as refused:
        document.diff(vector)
    assert refused.value.code == "malformed"
    assert document.text("question:a1") == "abc"


def test_a_state_vector_that_cuts_a_pair_is_refused_and_the_document_lives() -> None:
    document = Document.load(typed(5, (0, "a😀b")))
    with pytest.raises(Refused) as refused:
        document.diff(b"\x01\x05\x02")
    assert refused.value.code == "surrogate"
    page: Doc[Text] = Doc()
    page.apply_update(document.diff(b"\0"))
    assert str(page.get("question:a1", type=Text)) == "a😀b"


# --- failing ---------------------------------------------------------------------------------------------------------


def test_a_refused_update_leaves_no_trace() -> None:
    document = Document.load(typed(5, (0, "abc")))
    before = (document.state_vector(), document.texts(), document.known.clocks)
    for client, update in ((5, typed(6, (0, "x"))[0]), (7, typed(7, (0, "x"), name="other")[0]), (5, b"\x01\x02")):
        with pytest.raises(Refused):
            take(document, update, client)
    assert (document.state_vector(), document.texts(), document.known.clocks) == before


@pytest.mark.parametrize("damaged", [b"\x01\x00\x05\x00\x00", b"\xff\xff", b""], ids=["panic", "error", "empty"])
def test_when_the_library_fails_the_document_is_over(damaged: bytes) -> None:
    document = Document.load(typed(5, (0, "abc")))
    checked = document.check(typed(6, (0, "x"))[0], may_write=anybody, names=NAMES)
    with pytest.raises(Broken):
        document.accept(damaged, checked)  # not what was checked, which would never get here
    for ask in (lambda: document.text("question:a1"), lambda: document.diff(b"\0"), document.state_vector):
        with pytest.raises(Broken):
            ask()


def test_trouble_with_the_log_is_no_trouble_of_the_library() -> None:
    def read() -> Iterator[bytes]:
        yield from typed(5, (0, "abc"))
        raise StorageError("the disk is gone")

    with pytest.raises(StorageError):
        Document.load(read())


def test_a_document_may_be_loaded_in_another_thread() -> None:
    with ThreadPoolExecutor(1) as pool:
        document = pool.submit(Document.load, typed(5, (0, "abc"))).result()
    take(document, document.insertion("question:a1", "end", "d", 8), 8)
    assert document.text("question:a1") == "abcd"


# --- text that the server puts in ------------------------------------------------------------------------------------


def put(document: Document, position: Any, text: str, client: int = 4_000_000_000) -> str:
    take(document, document.insertion("question:a1", position, text, client), client)
    return document.text("question:a1")


def test_at_the_end_and_into_nothing() -> None:
    document = Document()
    assert put(document, "end", "one") == "one"
    assert put(document, "end", " two 😀", 7) == "one two 😀"
    assert document.known.clock(4_000_000_000) == 3
    assert put(document, "end", "!") == "one two 😀!"  # under the first id again


@pytest.mark.parametrize(
    ("clock", "assoc", "expected"),
    [
        (0, 0, "*hé😀llo"),
        (0, -1, "h*é😀llo"),
        (1, 0, "h*é😀llo"),
        (2, 0, "hé*😀llo"),
        (2, -1, "hé😀*llo"),
        (3, 0, "hé*😀llo"),  # the second half: before the whole, or behind it
        (3, -1, "hé😀*llo"),
        (4, 0, "hé😀*llo"),
        (6, 0, "hé😀ll*o"),
        (6, -1, "hé😀llo*"),
    ],
)
def test_inside_a_run_beyond_ascii(clock: int, assoc: int, expected: str) -> None:
    document = Document.load(typed(5, (0, "hé😀llo")))
    assert put(document, {"item": {"client": 5, "clock": clock}, "assoc": assoc}, "*") == expected


def test_edges_by_the_name_of_the_text() -> None:
    document = Document.load(typed(5, (0, "héllo")))
    assert put(document, {"tname": "question:a1", "item": None, "assoc": 0, "type": None}, ">") == "héllo>"
    assert put(document, {"tname": "question:a1", "assoc": -1}, "<", 8) == "<héllo>"


@pytest.mark.parametrize(
    ("position", "code"),
    [
        ({"item": {"client": 9, "clock": 0}, "assoc": 0}, "unknown_reference"),
        ({"item": {"client": 5, "clock": 5}, "assoc": 0}, "unknown_reference"),
        ({"item": {"client": 6, "clock": 0}, "assoc": 0}, "unknown_root"),
        ({"item": {"client": 5, "clock": -1}, "assoc": 0}, "malformed"),
        ({"item": {"client": 5, "clock": "0"}, "assoc": 0}, "malformed"),
        ({"item": [5, 0], "assoc": 0}, "malformed"),
        ({"item": {"client": 5, "clock": 0}, "assoc": "x"}, "malformed"),
        ({"type": {"client": 5, "clock": 0}, "assoc": 0}, "malformed"),
        ({"tname": "question:b2", "assoc": 0}, "unknown_root"),
        ({}, "unknown_root"),
    ],
)
def test_positions_that_lead_nowhere(position: dict[str, Any], code: str) -> None:
    document = Document.load([*typed(5, (0, "hello")), *typed(6, (0, "other"), name="question:b2")])
    with pytest.raises(Refused) as refused:
        document.insertion("question:a1", position, "x", 7)
    assert refused.value.code == code
    assert put(document, "end", "!") == "hello!"  # and the document lives


def test_text_is_made_whole_or_refused() -> None:
    document = Document()
    assert put(document, "end", "a\r\nb\rc") == "a\nb\nc"
    for text, code in (("\ud83d", "surrogate"), ("", "malformed")):
        with pytest.raises(Refused) as refused:
            document.insertion("question:a1", "end", text, 8)
        assert refused.value.code == code


def test_an_insertion_keeps_to_the_limits_and_to_the_list_of_texts() -> None:
    document = Document(Limits(cell=10))
    update = document.insertion("question:a1", "end", "x" * 11, 8)
    with pytest.raises(Refused) as refused:
        take(document, update, 8)
    assert refused.value.code == "cell_full"
    with pytest.raises(Refused) as refused:
        take(document, document.insertion("elsewhere:a1", "end", "x", 8), 8)
    assert refused.value.code == "unknown_root"


def test_an_insertion_holds_nothing_but_itself() -> None:
    updates = typed(5, (0, "héllo"), (3, "😀"))
    document = Document.load(updates)
    take(document, write(Update([], [Ranges(5, [(0, 1)])])), 5)
    parsed = parse(document.insertion("question:a1", {"item": {"client": 5, "clock": 3}, "assoc": 0}, "words", 8))
    assert [(section.client, len(section.structs)) for section in parsed.sections] == [(8, 1)]
    assert parsed.deletes == []


def test_positions_lead_where_yjs_says() -> None:
    cases = checked = 0
    for lines in logs(31, 3, 120):
        orders: list[dict[str, Any]] = [{"new": True}]
        for number, line in enumerate(lines, 1):
            orders += [{"update": line["update"]}] + ([{"ask": 3}] if number % 20 == 0 else [])
        *_, last = run("owners.mjs", lines=[*orders, {"ask": 3}])
        document = Document.load(b64decode(line["update"]) for line in lines)
        state = b64encode(document.diff(b"\0")).decode()
        again: list[dict[str, Any]] = []
        expected = []
        for position in last["positions"]:
            cases += 1
            if position["index"] is None:
                continue
            name, mark = position["name"], "⟦é😀⟧"
            units = document.text(name).encode("utf-16-le")
            at = 2 * position["index"]
            update = document.insertion(name, position["json"], mark, 77)
            document.check(update, may_write=lambda client: client == 77, names=NAMES)
            expected.append((name, units[:at].decode("utf-16-le") + mark + units[at:].decode("utf-16-le")))
            again += [{"new": True}, {"update": state}, {"update": b64encode(update).decode()}, {"ask": 0}]
        for (name, text), answer in zip(expected, run("owners.mjs", lines=again), strict=True):
            assert "".join(part for _, part in answer["texts"][name]) == text
            checked += 1
    assert checked == cases > 100


# --- facts about the library that the code stands on -----------------------------------------------------------------


def test_why_sticky_indexes_are_not_trusted() -> None:
    doc: Doc[Text] = Doc(client_id=5)
    text = doc.get("t", type=Text)
    text.insert(0, "hé😀llo")
    assert len(text) == 10  # bytes
    assert text.sticky_index(3).to_json()["item"]["clock"] == 3  # in UTF-16 units it is 2: when right, simplify


# --- cost ------------------------------------------------------------------------------------------------------------


def test_taking_an_update_costs_microseconds() -> None:
    updates = typed(5, *((at, "a") for at in range(3000)))
    document = Document()
    begun = time.process_time()
    for update in updates:
        take(document, update, 5)
    assert (time.process_time() - begun) / len(updates) < 150e-6  # measured 15 µs, checks included
