"""Text as a sequence of words, for comparison between texts.

Two modes. `unicode` keeps every script: a run of letters, digits and combining marks is one token, and in scripts
written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese, Tibetan) each character is. `ascii` is
rouge_score's tokenizer, for parity with published figures; it drops all other letters, so that any two Hindi
questions have nothing in common, and no measure uses it unless asked.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

__all__ = ["Mode", "mostly_latin", "ngrams", "tokenise"]

Mode = Literal["unicode", "ascii"]

_ASCII = re.compile(r"[a-z0-9]+")
# Scripts without spaces between words, by block. Hangul has spaces.
_UNSPACED = (
    (0x0E00, 0x0EFF), (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x2FDF), (0x3040, 0x30FF),
    (0x3100, 0x312F), (0x31A0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip


def tokenise(text: str, mode: Mode = "unicode") -> list[str]:
    """Lower-case tokens of `text`, without punctuation. For ASCII text both modes agree."""
    if mode == "ascii" or text.isascii():
        return _ASCII.findall(text.lower())
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(map(_kind, folded)).split()


def mostly_latin(text: str) -> bool:
    """Whether at least half of the letters are Latin ones, as those of English are; so of a text without a letter."""
    if text.isascii():
        return True
    latin = [_latin(character) for character in text if character.isalpha()]
    return 2 * sum(latin) >= len(latin)


def ngrams(tokens: list[str], n: int) -> list[tuple[str, ...]]:
    """All runs of `n` neighbouring tokens."""
    return list(zip(*(tokens[start:] for start in range(n)), strict=False))


@lru_cache(65_536)
def _latin(letter: str) -> bool:
    return "LATIN" in unicodedata.name(letter, "")  # the full-width ones too


@lru_cache(65_536)
def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] not in "LNM":
        return "" if category == "Cf" else " "
    code = ord(character)
    return f" {character} " if any(low <= code <= high for low, high in _UNSPACED) else character
