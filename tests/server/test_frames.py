"""The wire: what is written is read back, and no bytes from outside raise anything but BadFrame."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.server.live import frames
from seedbed.server.live.frames import BadFrame, Down, Up
from tests.server.page import read_varuint, varuint

_numbers = st.integers(min_value=0, max_value=2**35 - 1)


@given(st.sampled_from(Up), st.integers(1, 63), st.binary(max_size=40), _numbers)
def test_a_browsers_frame_is_read_back(kind: Up, channel: int, body: bytes, number: int) -> None:
    if kind is Up.PING:
        channel = 0
    head = bytes((kind, channel)) + (varuint(number) if kind is Up.UPDATE else b"")
    frame = frames.read(head + body)
    assert (frame.kind, frame.channel, frame.body) == (kind, channel, body)
    assert frame.number == (number if kind is Up.UPDATE else 0)


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_but_bad_frame(message: bytes) -> None:
    try:
        frame = frames.read(message)
        frame.json()
    except BadFrame:
        return
    assert message[0] == frame.kind


@pytest.mark.parametrize(
    "message",
    [
        b"", b"\x01", b"\x00\x01", b"\x08\x01", b"\x11\x01", b"\x03\x00\x01", b"\x03\x40\x01", b"\x06\x01",
        b"\x03\x01", b"\x03\x01\xff", b"\x03\x01\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    ],
)  # fmt: skip
def test_what_is_no_frame(message: bytes) -> None:
    with pytest.raises(BadFrame):
        frames.read(message)


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b'{"a":', b"[" * 100_000, b"\xff\xfe", b"null", b'"x"'])
def test_what_is_no_json_object(body: bytes) -> None:
    with pytest.raises(BadFrame):
        frames.read(b"\x05\x01" + body).json()


@given(_numbers, st.binary(max_size=300), st.binary(max_size=300), st.dictionaries(st.text(max_size=5), st.text()))
def test_sync2_is_laid_out_as_the_page_reads_it(seq: int, vector: bytes, diff: bytes, state: dict[str, str]) -> None:
    frame = frames.sync2(7, seq, vector, diff, state)
    assert frame[:2] == bytes((Down.SYNC2, 7))
    found, at = read_varuint(frame, 2)
    size, at = read_varuint(frame, at)
    assert (found, frame[at : at + size]) == (seq, vector)
    at += size
    size, at = read_varuint(frame, at)
    assert frame[at : at + size] == diff
    assert json.loads(frame[at + size :]) == state


@given(_numbers, _numbers, st.lists(st.binary(max_size=200), max_size=5))
def test_updates_are_laid_out_as_the_page_reads_them(after: int, through: int, carried: list[bytes]) -> None:
    frame = frames.updates(1, after, through, map(frames.piece, carried))
    found, at = read_varuint(frame, 2)
    to, at = read_varuint(frame, at)
    read = []
    while at < len(frame):
        size, at = read_varuint(frame, at)
        read.append(frame[at : at + size])
        at += size
    assert (found, to, read) == (after, through, carried)
