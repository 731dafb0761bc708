"""A pasted sheet of sticky notes: no ids, no header, one note a line or one a block.

Each note is a question, or "Topic | question", or "Topic | type | question" with bars or tabs between. Bullets and
numbers in front are taken off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from seedbed.seeds.columns import known_names, plain

__all__ = ["Note", "Reading", "read_notes"]

Reading = Literal["auto", "lines", "blocks"]

_BULLET = re.compile(r"^\s*(?:[-*•·–—▪◦‣]\s+|\(?\d{1,3}[.):]\s+)")
_SEPARATOR = re.compile(r"\s*\|\s*|\s*\t\s*")
_SENTENCE_END = re.compile(r"[.?!…？！。]['\"”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Note:
    """One note and the line it starts at."""

    line: int
    text: str

    def cells(self) -> dict[str, str]:
        parts = [part.strip() for part in _SEPARATOR.split(self.text, maxsplit=2)]
        if len(parts) == 3:
            return {"topic": parts[0], "question type": parts[1], "question": parts[2]}
        if len(parts) == 2:
            return {"topic": parts[0], "question type": "", "question": parts[1]}
        return {"topic": "", "question type": "", "question": parts[0]}


def read_notes(text: str, reading: Reading = "auto") -> tuple[list[Note], str]:
    """The notes of `text` and a sentence that says how it was read.

    "auto" reads blocks where blank lines part blocks of several lines and most lines inside a block do not end as
    a sentence does: then the line breaks are the board's, not the author's. Else one note a line.
    """
    blocks = _blocks(text)
    inner = [line for block in blocks for _, line in block[:-1]]
    broken = sum(not _SENTENCE_END.search(line) for line in inner)
    as_blocks = reading == "blocks" or (
        reading == "auto" and len(blocks) > 1 and broken * 2 > len(inner) and not any(map(_is_row, inner))
    )
    if as_blocks:
        notes = [Note(block[0][0], " ".join(_bare(line) for _, line in block)) for block in blocks]
        remark = "Read as one note a block, with a blank line between blocks"
    else:
        notes = [Note(number, _bare(line)) for block in blocks for number, line in block]
        remark = "Read as one note a line"
    if notes and _is_header(notes[0]):
        notes = notes[1:]
    otherwise = "put each note on one line" if as_blocks else "part the notes by blank lines"
    return notes, f"{remark}: {len(notes)} notes. If that is not how they were meant, {otherwise}"


def _blocks(text: str) -> list[list[tuple[int, str]]]:
    blocks: list[list[tuple[int, str]]] = [[]]
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            blocks[-1].append((number, line.strip()))
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _bare(line: str) -> str:
    return _BULLET.sub("", line).strip()


def _is_row(line: str) -> bool:
    return len(_SEPARATOR.split(line)) > 1 or bool(_BULLET.match(line))


def _is_header(note: Note) -> bool:
    cells = [cell for cell in note.cells().values() if cell]
    return len(cells) > 1 and all(plain(cell) in known_names() for cell in cells)
