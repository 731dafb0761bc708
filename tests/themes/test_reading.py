"""Transcripts in: what the formats hold, what is refused and where, and that no file at all brings a reader down."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError, UsageError
from seedbed.themes import Meant, draft, read_transcript
from tests.themes.making import KNOWN, VTT


def said(data: str | bytes, name: str = "talk.vtt", **more: object) -> list[tuple[str, str]]:
    raw = data.encode() if isinstance(data, str) else data
    return [(cue.speaker, cue.text) for cue in read_transcript(raw, name, **more).cues]  # type: ignore[arg-type]


def test_webvtt_with_all_that_stands_beside_the_words() -> None:
    found = read_transcript(VTT.encode(), "talk.vtt")
    assert [(cue.speaker, cue.text, cue.start_s, cue.end_s) for cue in found.cues] == [
        ("Ana Silva", "Ben said the time was short & the room hot.", 1.0, 3.5),
        ("Ben Ode", "I did. Ana disagreed,", 4.0, 6.0),
        ("Dr. Who", "and so did I.", 4.0, 6.0),
        ("Mia", "😀 No words for Rosa.", 7.0, 9.0),
    ]
    assert found.cues[0].line == 11
    assert found.spoken


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_whatever_ends_a_line_and_whatever_the_encoding(encoding: str, ends: str) -> None:
    assert said(VTT.replace("\n", ends).encode(encoding)) == said(VTT)


def test_a_voice_that_names_nobody_and_a_sign_of_less_are_words() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v>It is 1 &lt; 2, and 3 < 4\n"
    assert said(text) == [("", "It is 1 < 2, and 3 < 4")]


def test_subrip_with_and_without_numbers_and_blank_lines() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<i>Ana Silva: It was</i>\nfar too short.\n"
        "2\n00:00:02,000 --> 00:00:03,000\nAnd loud.\n\n\n3\n0:00:03,5 --> 0:00:04,0\nBEN: 12\n\nBen: No.\n".replace(
            "\n\nBen: No.", "\n\n00:00:05,000 --> 00:00:06,000\nBen: No."
        )
    )
    assert said(text, "talk.srt") == [
        ("Ana Silva", "It was far too short."), ("Ana Silva", "And loud."), ("BEN", "12"), ("Ben", "No."),
    ]  # fmt: skip


def test_plain_text_with_names_times_and_neither() -> None:
    text = (
        "[00:01:02] Ana Silva: One thing: time.\n\nAnd the room.\n1:03 Ben (guest): Yes\n00:02:00 - Ana Silva: So be it"
    )
    found = read_transcript(text.encode(), "talk.txt").cues
    assert [(cue.speaker, cue.text, cue.start_s) for cue in found] == [
        ("Ana Silva", "One thing: time.", 62.0), ("Ana Silva", "And the room.", None), ("Ben", "Yes", 63.0),
        ("Ana Silva", "So be it", 120.0),
    ]  # fmt: skip


def test_a_sentence_with_a_colon_is_no_speaker() -> None:
    notes = "One thing: time.\nWe met at 10:30 and talked.\nSee http://a.org: it is all there\nNothing else"
    found = read_transcript(notes.encode(), "notes.txt")
    assert {cue.speaker for cue in found.cues} == {""}
    assert not found.spoken
    assert said("Ben Ode: yes\nno\nno\nno\nno", "talk.txt") == [("", "Ben Ode: yes"), *[("", "no")] * 4]
    assert said("Ben Ode: yes\nno\nno\nno\nno", "talk.txt", known=["ben ode"])[0] == ("Ben Ode", "yes")
    assert said("Time: short\nTime: long", "talk.txt", plain=True)[0] == ("", "Time: short")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.vtt", "00:00.000 --> 00:01.000\nHello", 1),
        ("a.vtt", "WEBVTT\n\nlost words\n\n00:00.000 --> 00:01.000\nHello", 3),
        ("a.vtt", "WEBVTT\n\n00:00.000 --> tomorrow\nHello", 3),
        ("a.vtt", "WEBVTT\n\n00:02.000 --> 00:01.000\nHello", 3),
        ("a.srt", "1\n00:00:01,000 --> 00:99:02,000\nHello", 2),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n\nfoo\nbar", 5),
        ("a.txt", "x" * 50_001, 1),
        ("a.txt", "fine\n" * 20_001, 20_001),
    ],
)
def test_what_is_broken_is_refused_with_its_line(name: str, text: str, line: int) -> None:
    with pytest.raises(InputError, match=f"line {line:,}:") as refused:
        read_transcript(text.encode(), name)
    assert refused.value.hint


def test_what_is_no_transcript_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\.vtt, \.srt or \.txt"):
        read_transcript(b"hello", "talk.docx")
    with pytest.raises(InputError, match="line 2: byte 0xe9"):
        read_transcript(b"fine\n\xe9", "talk.txt")
    with pytest.raises(InputError, match="nobody says anything"):
        read_transcript(b"\n\n", "talk.txt")
    with pytest.raises(InputError, match="8 MiB"):
        read_transcript(b"x" * (8 * 2**20 + 1), "talk.txt")


@pytest.mark.parametrize("piece", ["<v ", "<v.a", "<v a", "<v" + " " * 30, "<c.", "{\\a", "A b: ", "a.'-"])
def test_a_hostile_file_is_read_or_refused_at_once(piece: str) -> None:
    data = ("WEBVTT\n\n00:00.000 --> 00:01.000\n" + piece * (400_000 // len(piece))).encode()
    begun = time.process_time()
    with suppress(InputError):
        read_transcript(data, "a.vtt")
    assert time.process_time() - begun < 2  # what went back over it all at each of them took minutes


LINES = st.sampled_from(
    ["", "WEBVTT", "NOTE x", "1", "00:00:01.000 --> 00:00:02.000", "00:00:01,000 --> 00:00:02,000 x", "-->",
     "<v Ana Silva>hi</v> <v Ben>", "Ana Silva: hi", "Ben (1:02): 😀 a\u0301", "[00:01] x", "\u2028", "█",
     "&#0;&bogus;", "plain words", "Ana Silva said so", "\x1b[2J", "a: b: c:"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(LINES, max_size=14).map(lambda lines: "\n".join(["WEBVTT", "", *lines]).encode()),
        st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=14).map(
            lambda lines: "\r\n".join(lines).encode("utf-16", "replace")
        ),
    ),
    st.sampled_from(["a.vtt", "a.srt", "a.txt"]),
    st.booleans(),
)
def test_any_file_is_read_or_refused_and_slices_are_segments(data: bytes, name: str, replace: bool) -> None:
    try:
        transcript = read_transcript(data, name, known=[one.name for one in KNOWN])
        found = draft(transcript, Meant(), known=KNOWN, lets=lambda person: person != "p_ben", replace_names=replace)
    except InputError:
        return
    text = found.source.text
    assert "\r" not in text
    assert "\ufeff" not in text
    assert text.encode().decode() == text  # no halves of characters
    assert found.source.segments
    for one in found.source.segments:
        assert text[one.start : one.end] == one.text != ""
    gaps = [text[a.end : b.start] for a, b in zip(found.source.segments, found.source.segments[1:], strict=False)]
    assert set(gaps) <= {"\n"}
    assert "p_ben" not in found.source.speakers
    if replace:
        assert not any(one.name in text for one in found.mentions if one.name in ("Ana Silva", "Ben Ode"))
