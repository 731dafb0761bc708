"""Finding a word in a text: whole, and without regard to case, accents in one sign or two, and runs of white space."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["Span", "folded", "occurrences"]

Span = tuple[int, int]
"""Code points from the first up to, not with, the second."""


def occurrences(value: str, text: str) -> list[Span]:
    """Where `value` stands in `text` as whole words, as spans of code points that do not overlap."""
    wanted, (within, at) = folded(value)[0].strip(), folded(text)
    found: list[Span] = []
    start = within.find(wanted) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        first, last = at[start], at[end - 1]
        # a sign that unfolds to several ("½", "ß") is taken whole or not at all
        whole = (start == 0 or at[start - 1] != first) and (end == len(at) or at[end] != last)
        if (
            whole
            and not _joined(within[start - 1 : start], wanted[0])
            and not _joined(wanted[-1], within[end : end + 1])
        ):
            found.append((first, last + 1))
            start = within.find(wanted, end)
        else:
            start = within.find(wanted, start + 1)
    return found


@lru_cache(maxsize=4096)
def folded(text: str) -> tuple[str, tuple[int, ...]]:
    """`text` for comparison, and for each sign of that the code point it came from."""
    signs: list[str] = []
    at: list[int] = []
    for place, sign in enumerate(text):
        if sign.isspace():
            if signs and signs[-1] != " ":
                signs.append(" ")
                at.append(place)
            continue
        for part in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold()):
            signs.append(part)
            at.append(place)
    return "".join(signs), tuple(at)


def _joined(left: str, right: str) -> bool:
    """Whether two neighbouring signs are of one word. Scripts without spaces between words join none."""
    if not left or not right:
        return False
    if unicodedata.category(right).startswith("M"):
        return True
    return all((sign.isalnum() or sign == "_" or unicodedata.category(sign).startswith("M")) and not _spaceless(sign)
               for sign in (left, right))  # fmt: skip


def _spaceless(sign: str) -> bool:
    # Thai to Myanmar and Khmer; Chinese, Japanese and their forms
    point = ord(sign)
    return 0x0E00 <= point <= 0x109F or 0x1780 <= point <= 0x17FF or unicodedata.east_asian_width(sign) in "WF"
