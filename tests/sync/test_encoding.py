"""lib0's encoding: what is written is read again, and nothing but Refused or IndexError comes of any bytes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.sync.encoding import (
    DEPTH,
    MAX_INTEGER,
    Refused,
    astral,
    read_any,
    read_bytes,
    read_string,
    read_varint,
    read_varuint,
    utf16_length,
    write_any,
    write_bytes,
    write_string,
    write_varint,
    write_varuint,
)


@given(st.integers(0, MAX_INTEGER), st.binary(max_size=3), st.binary(max_size=3))
def test_unsigned_integers(value: int, before: bytes, after: bytes) -> None:
    out = bytearray(before)
    write_varuint(out, value)
    end = len(out)
    assert read_varuint(bytes(out) + after, len(before)) == (value, end)


@pytest.mark.parametrize(
    ("value", "written"), [(0, "00"), (127, "7f"), (128, "8001"), (16383, "ff7f"), (2**32 - 1, "ffffffff0f")]
)
def test_unsigned_integers_are_those_of_lib0(value: int, written: str) -> None:
    out = bytearray()
    write_varuint(out, value)
    assert out.hex() == written


@pytest.mark.parametrize("written", ["8000", "ff00", "808000", "ffffffffffffff10", "ffffffffffffffffff01", "80" * 40])
def test_over_long_and_over_large_integers_are_refused(written: str) -> None:
    with pytest.raises(Refused):
        read_varuint(bytes.fromhex(written), 0)


@given(st.integers(-MAX_INTEGER, MAX_INTEGER))
def test_signed_integers(value: int) -> None:
    out = bytearray()
    write_varint(out, value)
    assert read_varint(bytes(out), 0) == (value, len(out))


@pytest.mark.parametrize("written", ["40", "8000", "c000", "80" * 20 + "01"])
def test_strange_signed_integers_are_refused(written: str) -> None:
    with pytest.raises(Refused):
        read_varint(bytes.fromhex(written), 0)


@given(st.text(), st.binary())
def test_strings_and_bytes(text: str, raw: bytes) -> None:
    out = bytearray()
    write_string(out, text)
    write_bytes(out, raw)
    read, pos = read_string(bytes(out), 0)
    assert read == text
    assert read_bytes(bytes(out), pos) == (raw, len(out))


@pytest.mark.parametrize(
    "raw",
    [b"\xff", b"\xc0\x80", b"\xed\xa0\xbd\xed\xb8\x80", b"\xed\xb8\x80", b"\xf4\x90\x80\x80", b"\xe4\xbd"],
    ids=["no UTF-8", "over-long", "surrogates one by one", "lone half", "beyond Unicode", "cut short"],
)
def test_text_that_is_not_strict_utf8_is_refused(raw: bytes) -> None:
    out = bytearray()
    write_bytes(out, raw)
    with pytest.raises(Refused):
        read_string(bytes(out), 0)


def test_a_length_beyond_the_end_is_refused_without_allocating() -> None:
    out = bytearray()
    write_varuint(out, MAX_INTEGER)
    for read in (read_string, read_bytes):
        with pytest.raises(Refused):
            read(bytes(out), 0)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31) + 1, 2**31 - 1) | st.text(max_size=8) | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_any(value: object) -> None:
    out = bytearray()
    write_any(out, value)
    assert read_any(bytes(out), 0) == (value, len(out))


def test_numbers_of_any() -> None:
    assert read_any(bytes.fromhex("7c3fc00000"), 0) == (1.5, 5)
    assert read_any(bytes.fromhex("7affffffffffffffff"), 0) == (-1, 9)
    out = bytearray()
    write_any(out, math.pi)
    assert read_any(bytes(out), 0) == (math.pi, 9)
    with pytest.raises(TypeError):
        write_any(out, object())


def test_any_nests_only_so_deep() -> None:
    assert read_any(b"\x75\x01" * DEPTH + b"\x7e", 0)[1] == 2 * DEPTH + 1
    for deeper in (b"\x75\x01" * (DEPTH + 1) + b"\x7e", b"\x75\x01" * 500_000, b"\x76\x01\x00" * 500_000):
        with pytest.raises(Refused):
            read_any(deeper, 0)


@given(st.binary(max_size=40))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    for read in (read_varuint, read_varint, read_bytes, read_string, read_any):
        try:
            _, pos = read(data, 0)
        except (Refused, IndexError):
            continue
        assert 0 < pos <= len(data)


@given(st.text())
def test_utf16(text: str) -> None:
    units = text.encode("utf-16-le")
    assert utf16_length(text) == len(units) // 2
    assert astral(text) == [at // 2 for at in range(0, len(units), 2) if 0xDC <= units[at + 1] <= 0xDF]
