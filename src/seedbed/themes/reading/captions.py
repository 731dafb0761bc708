"""WebVTT and SubRip: blocks of captions with times.

WebVTT after https://www.w3.org/TR/webvtt1/ (cue identifiers, settings, NOTE, STYLE and REGION blocks, voice and other
tags, character references). SubRip has no standard: a number, a line of times with commas, lines of text, a blank line.
What a player would pass over in silence is refused here where words would be lost.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from seedbed.themes.reading.cues import Cue, Piece, broken, seconds

__all__ = ["read_srt", "read_vtt"]

# no part of a tag goes past the next "<": a hostile file must not be read again from every one of them
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:[ \t]([^<>]*))?>|</v>")
_TAG = re.compile(r"</?(?:[biuc]|ruby|rt|lang|font|s)(?:[.\s][^<>]*)?/?>|<[\d:.]+>|\{\\[^{}]*\}", re.IGNORECASE)
_ARROW = "-->"
_BESIDE = ("NOTE", "STYLE", "REGION")


def read_vtt(name: str, lines: list[str]) -> list[Piece]:
    """Raises InputError with the line."""
    if not re.match(r"WEBVTT(?:[ \t]|$)", lines[0]):
        raise broken(name, 1, "a WebVTT file begins with WEBVTT", "Is it SRT or plain text? Say so by its ending.")
    at = 1
    while at < len(lines) and lines[at].strip() and _ARROW not in lines[at]:
        at += 1  # what a program says of itself below the first line
    return list(_blocks(name, lines, at, vtt=True))


def read_srt(name: str, lines: list[str]) -> list[Piece]:
    """Raises InputError with the line."""
    return list(_blocks(name, lines, 0, vtt=False))


def _blocks(name: str, lines: list[str], at: int, *, vtt: bool) -> Iterator[Piece]:
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        first = at
        if vtt and lines[at].split(None, 1)[0] in _BESIDE and _ARROW not in lines[at]:
            while at < len(lines) and lines[at].strip():
                at += 1
            continue
        if _ARROW not in lines[at]:
            at += 1  # the caption's number or id
            if at == len(lines) or _ARROW not in lines[at]:
                raise broken(name, first + 1, "text that belongs to no time")
        start, end = _times(name, at + 1, lines[at])
        timed = at
        at += 1
        said = []
        while at < len(lines) and lines[at].strip() and _ARROW not in lines[at]:
            said.append(lines[at])
            at += 1
        if at < len(lines) and _ARROW in lines[at] and said:
            at, said = at - 1, said[:-1]  # no blank line between: the last line is the next caption's number
        yield from _voices(timed + 1, " ".join(said), start, end, vtt=vtt)


def _times(name: str, number: int, line: str) -> tuple[float, float]:
    before, _, after = line.partition(_ARROW)
    start, end = seconds(before), seconds((after.split() or [""])[0])
    if start is None or end is None:
        raise broken(name, number, "these are no times (00:01:02.500 --> 00:01:04.000)")
    if end < start:
        raise broken(name, number, "it ends before it begins")
    return start, end


def _voices(line: int, text: str, start: float, end: float, *, vtt: bool) -> Iterator[Piece]:
    """A caption, or one piece for each voice in it."""
    speaker, marked, after = "", False, 0
    pieces: list[tuple[str, bool, str]] = []
    for found in _VOICE.finditer(text) if vtt else ():
        pieces.append((speaker, marked, text[after : found.start()]))
        # "</v>" ends what was marked; "<v>" without a name marks nobody
        speaker, marked, after = _plain(found[1] or "", vtt=True), found[1] is not None, found.end()
    pieces.append((speaker, marked, text[after:]))
    for speaker, marked, part in pieces:
        said = _plain(part, vtt=vtt)
        if said:
            yield Piece(Cue(line, said, speaker, start, end), marked)


def _plain(text: str, *, vtt: bool) -> str:
    text = _TAG.sub("", text)
    return " ".join((html.unescape(text) if vtt else text).split())
