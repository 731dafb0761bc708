"""The structure rule where no parser is installed, and its words without people's."""

from __future__ import annotations

import re

from seedbed.measures.grammar import structure_fault
from seedbed.measures.parser import Parse, Token

__all__ = ["structure_without_parser", "without_quotes"]

_QUOTED = re.compile(r"""(['"]).+\1$""")


def structure_without_parser(text: str) -> str | None:
    """What is wrong with the structure of `text` as far as no word class is needed to see it, or None.

    The same rule, on a parse that calls every word a verb: each test that asks for a word class passes, and those
    for letters, leaked field names, balance, loops and a cut end decide.
    """
    words = text.split()
    tokens = tuple(Token(word, word.lower(), "VERB", "", "", index, 0) for index, word in enumerate(words))
    return structure_fault(Parse(text, tokens, ((0, len(words)),)))


def without_quotes(fault: str) -> str:
    """The fault without the words that it quotes: a decision holds no person's words."""
    return _QUOTED.sub("…", fault)
