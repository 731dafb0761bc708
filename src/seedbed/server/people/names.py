"""Names that people give themselves, made safe to show beside other people's.

A name is shown in lists, presence and exports, so it must stay one line and must not reorder what stands next to it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container

__all__ = ["LONGEST", "clean_name", "name_key", "unlike"]

LONGEST = 40  # code points

# Joiners that spelling needs: ZWNJ in Persian and Indic scripts, ZWJ there and in emoji
_JOINERS = {"\u200c", "\u200d"}


def clean_name(given: str) -> str:
    """`given` in NFC without controls, bidirectional overrides and other invisible characters; "" when nothing is left.

    Runs of white space become one space; cut to 40 code points.
    """
    spaced = "".join(" " if character.isspace() else character for character in given)
    kept = (
        character
        for character in unicodedata.normalize("NFC", spaced)
        # C: control, format (every bidi control among them), surrogate, private, unassigned
        if character in _JOINERS or unicodedata.category(character)[0] != "C"
    )
    name = " ".join("".join(kept).split())[:LONGEST].strip()
    return name if any(unicodedata.category(character)[0] in "LNSP" for character in name) else ""


def name_key(name: str) -> str:
    """Two names with one key look alike: case, width and joiners do not tell people apart."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character not in _JOINERS)


def unlike(name: str, taken: Container[str]) -> str:
    """`name`, or with the first suffix (" 2", " 3", …) whose key is not in `taken`. Bounded by what is taken."""
    if name_key(name) not in taken:
        return name
    number = 2
    while True:
        suffix = f" {number}"
        other = name[: LONGEST - len(suffix)].rstrip() + suffix
        if name_key(other) not in taken:
            return other
        number += 1
