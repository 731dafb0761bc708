"""Tokens as characters, so that rapidfuzz compares lists of words in its bit-parallel path."""

from __future__ import annotations

from collections.abc import Iterable

from seedbed.errors import InputError

__all__ = ["Alphabet"]

_UNKNOWN = "\0"  # a token that was never learnt


class Alphabet:
    """One character a token, learnt as they come. Two strings of one alphabet are equal where their tokens are."""

    def __init__(self) -> None:
        self._characters: dict[str, str] = {}

    def learn(self, tokens: Iterable[str]) -> str:
        """The tokens as a string. Raises InputError at more than a million different ones."""
        known = self._characters
        return "".join([known.get(token) or self._new(token) for token in tokens])

    def look(self, tokens: Iterable[str]) -> str:
        """The tokens as a string to compare with learnt ones; those never learnt all become one other character."""
        known = self._characters
        return "".join([known.get(token, _UNKNOWN) for token in tokens])

    def _new(self, token: str) -> str:
        code = len(self._characters) + 1
        code += 0x800 if code >= 0xD800 else 0  # the surrogates are no characters
        if code > 0x10FFFF:
            raise InputError("the texts hold more than a million different words")
        return self._characters.setdefault(token, chr(code))
