"""Names in front of what is said: "Ana Silva: I think", "ANA (00:01:02): I think".

Such a beginning may also be the sentence's own ("One thing: …"). It counts as a name where that person is known, where
it comes at least twice, or where at least half of the pieces begin so. Whoever imports is shown what was found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from seedbed.themes.reading.cues import Cue, Piece, seconds

__all__ = ["named", "same_name"]

_WORD = r"[^\W_][\w.'’\-]*"
_LABEL = re.compile(
    rf"(?P<name>{_WORD}(?: {_WORD}){{0,5}})"
    r"(?: ?[(\[](?:(?P<time>\d{1,3}:\d\d(?::\d\d)?)|[^()\[\]]{0,60})[)\]])? ?:(?: |$)"
)


def same_name(name: str) -> str:
    """What two spellings of one name have in common."""
    return " ".join(name.split()).casefold()


def named(pieces: Iterable[Piece], known: frozenset[str]) -> list[Cue]:
    """The pieces with their speakers. `known` holds the names of people, as `same_name` gives them.

    What follows a name without one of its own is said by the same person, up to the next name.
    """
    pieces = list(pieces)
    found = [None if piece.marked else _label(piece.cue.text) for piece in pieces]
    often = Counter(same_name(label["name"]) for label in found if label)
    open_ones = sum(not piece.marked for piece in pieces)
    mostly = open_ones > 1 and 2 * sum(label is not None for label in found) >= open_ones
    cues: list[Cue] = []
    speaker, has_names = "", False
    for piece, label in zip(pieces, found, strict=True):
        cue = piece.cue
        if piece.marked:
            cues.append(cue)
            continue
        name = same_name(label["name"]) if label else ""
        if label and (mostly or name in known or often[name] > 1):
            speaker, has_names = " ".join(label["name"].split()), True
            time = seconds(label["time"]) if label["time"] and cue.start_s is None else cue.start_s
            cue = replace(cue, text=cue.text[label.end() :].strip(), start_s=time)
        cues.append(replace(cue, speaker=speaker) if has_names else cue)
    return cues


def _label(text: str) -> re.Match[str] | None:
    found = _LABEL.match(text)
    # "http://", "10:30" and a whole clause are no names: a name's words begin with a capital, but for particles
    if found is None or len(found["name"]) > 60:
        return None
    words = found["name"].split()
    bicameral = [word for word in words if word[0].upper() != word[0].lower()]
    capital = [word for word in bicameral if word[0] == word[0].upper()]
    fine = (not bicameral and not found["name"][0].isdigit()) or (capital and words[0] in (*capital,))
    particles = all(len(word) <= 3 for word in bicameral if word not in capital)
    return found if fine and particles else None
