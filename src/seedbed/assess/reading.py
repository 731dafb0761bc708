"""What is known of a question by reading it alone: its form, its lengths, its verb and noun, its structure.

A `Reading` holds what the measures say of one text, so that a parse, which is large and slow to load, need not be
kept: of 66,609 questions the readings load in a second, their parses in twenty.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from seedbed.measures import grammar, lengths, openness, text_format, tokens, verb_noun
from seedbed.measures.definition import ENGLISH, Measured, T, Value
from seedbed.measures.parser import Parse, Parser

__all__ = ["Reading", "pack", "readings", "rules_fingerprint", "unpack"]

_RULES = (grammar, lengths, openness, text_format, tokens, verb_noun)


@dataclass(frozen=True, slots=True)
class Reading:
    """Measures on one text. None: not defined for it. `parsed` is False where no parser read it."""

    traditional: bool | None
    openness_a: str | None
    openness_b: str | None
    words: int | None
    tokens: int | None
    parsed: bool = False
    verb: str | None = None
    noun: str | None = None
    auxiliary_root: bool | None = None
    sensible: bool | None = None
    sensible_reason: str = "not parsed"


def rules_fingerprint() -> str:
    """Changes with the code of any measure that a reading holds, so that no older reading passes for a newer one."""
    own = hashlib.sha256(",".join(Reading.__dataclass_fields__).encode())
    for module in _RULES:
        own.update(Path(str(module.__file__)).read_bytes())
    return own.hexdigest()[:16]


def readings(texts: Sequence[str], language: str, parser: Parser | None) -> Iterator[Reading]:
    """Read `texts`, in order, as a stream; without a parser, or in a language other than its own, by form alone.

    Raises MissingExtra where the parser is not installed. 2 ms of CPU a question, nearly all of it the parser's.
    """
    parses: Iterable[Parse | None] = [None] * len(texts)
    if parser is not None and ENGLISH.refuses(language) is None:
        parses = parser.parse(texts)
    for text, parse in zip(texts, parses, strict=True):
        yield _reading(text, language, parse)


def pack(reading: Reading) -> bytes:
    """As it stands in the cache."""
    return json.dumps(astuple(reading), ensure_ascii=False, separators=(",", ":")).encode()


def unpack(value: bytes) -> Reading:
    """The reverse of `pack`."""
    return Reading(*json.loads(value))


def _reading(text: str, language: str, parse: Parse | None) -> Reading:
    form = (
        _plain(text_format.traditional(text, language)),
        _plain(openness.openness_of(text, "a", language)),
        _plain(openness.openness_of(text, "b", language)),
        _plain(lengths.word_length(text, language)),
        _plain(lengths.token_length(text)),
    )
    if parse is None:
        return Reading(*form)
    if refusal := ENGLISH.refuses_text(text, language):
        return Reading(*form, sensible_reason=refusal.reason)  # the parser's tags of it mean nothing
    pair = verb_noun.wide_pair(parse)
    sensible = grammar.sensible_structure(text, parse, language)
    return Reading(
        *form,
        parsed=True,
        verb=pair.verb if pair else None,
        noun=pair.noun if pair else None,
        auxiliary_root=verb_noun.root_is_auxiliary(parse),
        sensible=_plain(sensible),
        sensible_reason=sensible.note if isinstance(sensible, Value) else sensible.reason,
    )


def _plain(measured: Measured[T]) -> T | None:
    return measured.value if isinstance(measured, Value) else None
