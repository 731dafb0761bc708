"""Updates as data: every kind of struct is read and written, one form of each, and no bytes do any harm."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText

from seedbed.sync.encoding import Refused, write_varuint
from seedbed.sync.update import (
    ANY,
    BINARY,
    DELETED,
    DOC,
    EMBED,
    FORMAT,
    GC,
    JSON,
    MAX_CLOCK,
    SKIP,
    STRING,
    TYPE,
    Bounds,
    Ranges,
    Section,
    Struct,
    Update,
    parse,
    write,
)
from tests.sync.updates import gc, gone, item, skip, text, update


def test_a_typed_character() -> None:
    doc: Doc[Text] = Doc(client_id=7)
    doc["t"] = content = Text()
    content += "a"
    before = doc.get_state()
    content += "😀"
    assert parse(doc.get_update(before)) == Update(
        [Section(7, [Struct(STRING, 0x80, 1, 2, (7, 0), None, None, None, "😀")])], []
    )


def test_a_deletion() -> None:
    doc: Doc[Text] = Doc(client_id=7)
    doc["t"] = content = Text("abc")
    before = doc.get_state()
    del content[1:2]
    assert parse(doc.get_update(before)) == Update([], [Ranges(7, [(1, 2)])])


def test_every_type_of_the_library_is_read_and_written_again() -> None:
    doc: Doc[object] = Doc(client_id=2**32 - 1)
    doc["text"] = content = Text("héllo 😀")
    content.format(0, 3, {"bold": True})
    content.insert_embed(3, {"image": "x"})
    doc["array"] = Array([1, 2.5, None, True, "x", {"a": [1]}, b"\x00\x01", Text("inner"), Map({"k": 1}), Doc()])
    doc["map"] = Map({"one": 1, "two": "zwei"})
    doc["xml"] = XmlFragment([XmlElement("p", {"class": "x"}, [XmlText("in")])])
    del doc["array"][0:3]
    data = doc.get_update()
    parsed = parse(data)
    kinds = {struct.kind for section in parsed.sections for struct in section.structs}
    assert {STRING, FORMAT, EMBED, TYPE, ANY, DOC, DELETED} <= kinds
    assert write(parsed) == data
    again: Doc[object] = Doc()
    again.apply_update(write(parsed))
    assert again.get_state() == doc.get_state()


@pytest.mark.parametrize(
    "struct",
    [
        gc(0, 5),
        skip(0, 5),
        gone(0, 5),
        text(0, "a"),
        text(0, "a", origin=(3, 1), right=(4, 2)),
        item(JSON, "02" + "0131" + "09756e646566696e6564", length=2),
        item(BINARY, "020000"),
        item(EMBED, "027b7d"),
        item(FORMAT, "0162" + "0474727565"),
        *(item(TYPE, raw) for raw in ("00", "01", "02", "030170", "04", "050170", "06")),
        item(ANY, "03" + "7e" + "7f" + "7d01", length=3),
        item(DOC, "0161" + "7600"),
        Struct(STRING, 0, 0, 1, None, None, (9, 9), None, "a"),
        Struct(ANY, 0x20, 0, 1, None, None, "t", "key", "", b"\x01\x7e"),
        Struct(ANY, 0xA0, 0, 1, (1, 1), None, None, None, "", b"\x01\x7e"),
    ],
    ids=lambda struct: f"{struct.kind}-{struct.flags}-{struct.raw.hex()}",
)
def test_every_kind_of_struct(struct: Struct) -> None:
    after = text(struct.length, "z", origin=(5, struct.length - 1))
    data = update({5: [struct, after], 3: [text(0, "x")]}, {5: [(0, 1), (2, 3)], 3: [(0, 1)]})
    parsed = parse(data)
    assert parsed.sections[0] == Section(5, [struct, after])
    assert parsed.deletes == [Ranges(5, [(0, 1), (2, 3)]), Ranges(3, [(0, 1)])]
    assert write(parsed) == data


def v(*values: int) -> bytes:
    out = bytearray()
    for value in values:
        write_varuint(out, value)
    return bytes(out)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x00\x00\x00",
        v(1, 0, 5, 0, 0),
        v(1, 1, 5, 0, 4),
        v(1, 2, 5, 0) + b"\x04\x01\x01t\x01a" + v(0),
        v(1, 1, 5, 0) + b"\x04\x01\x01t\x00" + v(0),
        v(1, 1, 5, 0) + b"\x04\x02\x01t\x01a" + v(0),
        v(1, 1, 5, 0) + b"\x04\x01\x01t\x01\xff" + v(0),
        v(1, 1, 5, 0) + b"\x01\x01\x01t\x00" + v(0),
        v(1, 1, 5, 0, GC, 0, 0),
        v(1, 1, 5, 0, SKIP, 0, 0),
        v(1, 1, 5, 0) + b"\x80\x05" + v(0),
        v(1, 1, 5, 0) + b"\x4a\x05" + v(0),
        v(1, 1, 5, 0) + b"\x2b\x01\x01t\x01a" + v(0),
        v(1, 1, 5, 0, GC, MAX_CLOCK + 1, 0),
        v(1, 1, 5, MAX_CLOCK, GC, 1, 0),
        v(1, 1, 2**32, 0, GC, 1, 0),
        v(2, 1, 5, 0, GC, 1, 1, 5, 1, GC, 1, 0),
        v(2, 1, 4, 0, GC, 1, 1, 5, 0, GC, 1, 0),
        v(0, 1, 5, 0),
        v(0, 1, 5, 1, 0, 0),
        v(0, 1, 5, 2, 3, 2, 4, 1),
        v(0, 1, 5, 2, 3, 1, 1, 1),
        v(0, 2, 5, 1, 0, 1, 5, 1, 2, 1),
        v(0, 1, 5, 1, MAX_CLOCK, 1),
        v(0, 1, 2**32, 1, 0, 1),
        b"\x80\x00\x00",
        v(1, 1, 5, 0) + b"\x07\x01\x01t\x07" + v(0),
        v(1, 1, 5, 0) + b"\x08\x01\x01t\x00" + v(0),
        v(1, 1, 5, 0) + b"\x05\x01\x01t\x03{x}" + v(0),
        v(1, 1, 5, 0) + b"\x05\x01\x01t\x03NaN" + v(0),
    ],
    ids=[
        "nothing",
        "no delete set",
        "something after the end",
        "empty section",
        "cut inside a struct",
        "fewer structs than said",
        "empty string",
        "parent neither named nor by id",
        "no UTF-8",
        "empty deleted content",
        "empty gc",
        "empty skip",
        "gc with an origin flag",
        "skip with a flag",
        "unknown kind",
        "length beyond the greatest clock",
        "clock beyond the greatest",
        "client beyond 32 bits",
        "a client twice",
        "clients ascending",
        "empty ranges",
        "empty range",
        "ranges overlap",
        "ranges descend",
        "a client twice in the delete set",
        "range beyond the greatest clock",
        "client of ranges beyond 32 bits",
        "over-long integer",
        "unknown type",
        "no values",
        "no JSON",
        "NaN in JSON",
    ],
)
def test_malformed(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        parse(data)
    assert refused.value.code == "malformed"


@pytest.mark.parametrize(
    "bounds",
    [Bounds(size=1), Bounds(structs=1), Bounds(clients=1), Bounds(ranges=1)],
    ids=["bytes", "structs", "clients", "ranges"],
)
def test_too_large(bounds: Bounds) -> None:
    data = update({5: [text(0, "a")], 3: [text(0, "x")]}, {5: [(0, 1)], 3: [(0, 1)]})
    assert parse(data)
    with pytest.raises(Refused) as refused:
        parse(data, bounds)
    assert refused.value.code == "too_large"


@pytest.mark.parametrize(
    "data",
    [
        v(1, 20_000, 5, 0) + b"\x00\x01" * 20_000,
        v(2**53 - 1),
        v(1, 2**53 - 1, 5, 0),
        v(1, 1, 5, 0) + b"\x08\x01\x01t" + v(2**53 - 1) + b"\x7e" * 1_000_000,
        v(1, 1, 5, 0) + b"\x08\x01\x01t\x01" + b"\x75\x01" * 500_000,
        v(1, 1, 5, 0) + b"\x05\x01\x01t" + v(1_000_000) + b"[" * 1_000_000,
        v(1, 1, 5, 0) + b"\x05\x01\x01t" + v(1_000_000) + b"1" * 1_000_000 + v(0),
        v(0, 1, 5, 2**53 - 1) + b"\x00\x01" * 500_000,
    ],
)
def test_nothing_takes_long(data: bytes) -> None:
    """The whole megabyte that is allowed, in its worst forms: each is answered in at most a second of CPU."""
    began = time.process_time()
    with pytest.raises(Refused):
        parse(data)
    assert time.process_time() - began < 2


@given(st.binary(max_size=60))
@example(b"\x00\x00")
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        parsed = parse(data)
    except Refused:
        return
    assert write(parsed) == data
