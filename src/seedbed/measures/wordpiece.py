"""The uncased BERT WordPiece tokenizer, from its vocabulary alone.

Devlin et al. 2019: clean the text, set CJK ideographs apart, lower-case, drop accents, split at spaces and
punctuation, then cut each word greedily into the longest pieces that the vocabulary holds. Forty lines of Python
instead of the `tokenizers` wheel and the 14 distributions that it brings. Its ids are the reference's for every
character that Unicode 11 knew. "[SEP]" in a text is four words of that text, never the special token.
The vocabulary is the one of bert-base-uncased (Apache-2.0), which all-MiniLM-L6-v2 shares.
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import lru_cache
from importlib.resources import files

from seedbed.errors import InputError

__all__ = ["TOKENIZER", "VOCABULARY_SHA256", "WordPiece", "wordpiece"]

TOKENIZER = "bert-base-uncased WordPiece"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
MAX_WORD_CHARACTERS = 100
CACHED_WORDS = 32_768

# The blocks of the reference implementation: unified ideographs and their extensions, no kana, no hangul.
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


class WordPiece:
    """Text to token ids. `sha256` is checked: another vocabulary would give other ids without a word."""

    def __init__(self, vocabulary: str, sha256: str = VOCABULARY_SHA256) -> None:
        digest = hashlib.sha256(vocabulary.encode()).hexdigest()
        if digest != sha256:
            raise InputError(f"the WordPiece vocabulary is not the expected one: sha256 {digest}")
        self._ids = {piece: index for index, piece in enumerate(vocabulary.rstrip("\n").split("\n"))}
        self.unknown = self._ids["[UNK]"]
        self._first, self._last = self._ids["[CLS]"], self._ids["[SEP]"]
        self._cut = lru_cache(CACHED_WORDS)(self._cut_word)

    def ids(self, text: str) -> list[int]:
        """The token ids of `text`, without the two special tokens."""
        return [piece for word in _words(text) for piece in self._cut(word)]

    def encode(self, text: str, limit: int) -> list[int]:
        """`ids` between [CLS] and [SEP], cut to `limit` tokens in all."""
        return [self._first, *self.ids(text)[: limit - 2], self._last]

    def _cut_word(self, word: str) -> tuple[int, ...]:
        if len(word) > MAX_WORD_CHARACTERS:
            return (self.unknown,)
        pieces: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                if (piece := self._ids.get(prefix + word[start:end])) is not None:
                    break
            else:
                return (self.unknown,)
            pieces.append(piece)
            start = end
        return tuple(pieces)


@lru_cache(1)
def wordpiece() -> WordPiece:
    """The tokenizer of the packaged vocabulary, read once."""
    source = files("seedbed.measures").joinpath("bert_uncased_vocab.txt")
    return WordPiece(source.read_text(encoding="utf-8"))


def _words(text: str) -> list[str]:
    if not text.isascii():
        text = unicodedata.normalize("NFD", "".join(map(_clean, text)))
        text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    return "".join(map(_split_off, text)).split()


@lru_cache(65_536)
def _clean(character: str) -> str:
    code = ord(character)
    return f" {character} " if any(low <= code <= high for low, high in _IDEOGRAPHS) else character


@lru_cache(65_536)
def _split_off(character: str) -> str:
    # Control characters go before spaces are recognised: a form feed joins two words. Lower-casing is by
    # character, so that a final Greek sigma stays an ordinary one. Both as the reference does.
    category = unicodedata.category(character)
    if character == "\ufffd" or (category in {"Cc", "Cf", "Co", "Cs"} and character not in "\t\n\r"):
        return ""
    if character.isspace():
        return " "
    sign = character.isascii() and not character.isalnum()
    return f" {character} " if sign or category[0] == "P" else character.lower()
