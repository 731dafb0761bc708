"""`data/wordpiece_ids.json` was written by the `tokenizers` library (0.23) with the model's own tokenizer file:
295 lines of English, accents, Greek, Cyrillic, Hebrew, Arabic, Hindi, Thai, CJK, Hangul, emoji and control signs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed.errors import InputError
from seedbed.measures.wordpiece import WordPiece, wordpiece

GOLDEN = json.loads((Path(__file__).parent / "data" / "wordpiece_ids.json").read_text("utf-8"))


def test_ids_equal_the_reference() -> None:
    tokenizer = wordpiece()
    assert len(GOLDEN) == 295
    assert [text for text, ids in GOLDEN if tokenizer.ids(text) != ids] == []


def test_encode_frames_and_cuts() -> None:
    tokenizer = wordpiece()
    assert tokenizer.encode("hello", 256) == [101, 7592, 102]
    long = tokenizer.encode("hello " * 400, 256)
    assert (len(long), long[0], long[-1]) == (256, 101, 102)


def test_special_tokens_in_a_text_are_only_text() -> None:
    assert not {100, 101, 102, 103} & set(wordpiece().ids("[CLS] [SEP] [MASK] [UNK]"))


def test_another_vocabulary_is_refused() -> None:
    with pytest.raises(InputError, match="sha256"):
        WordPiece("[UNK]\n[CLS]\n[SEP]\n")
