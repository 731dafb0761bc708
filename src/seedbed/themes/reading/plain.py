"""Plain text: a line or a paragraph a piece, with or without times in front, or in brackets."""

from __future__ import annotations

import re

from seedbed.themes.reading.cues import Cue, Piece, seconds

__all__ = ["read_txt"]

_STAMP = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_FIRST = re.compile(rf"\s*(?:\[({_STAMP})\]|\(({_STAMP})\)|({_STAMP})(?=[\s,;-]))[\s,;-]*", re.ASCII)


def read_txt(name: str, lines: list[str]) -> list[Piece]:
    """One piece for each line that is not blank."""
    pieces = []
    for number, line in enumerate(lines, 1):
        found = _FIRST.match(line)
        at = seconds(found[1] or found[2] or found[3]) if found else None
        text = " ".join((line[found.end() :] if found and at is not None else line).split())
        if text:
            pieces.append(Piece(Cue(number, text, "", at)))
    return pieces
