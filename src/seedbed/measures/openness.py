"""Open, closed or other: which answer does a question invite, judged by its first word?

Two rules, reported side by side because they disagree on questions that set a scene first:

    A  the first word of the whole text. A narrative lead-in makes the text "other". On the seven questions that
       the paper shows of its Group 1 it gives 5 of 7 "other" (71 %), near the 80 % that the paper reports.
    B  the first word of the last sentence that ends in a question mark; none makes the text "other".

An interrogative word is open, a form of be, do, have or a modal verb is closed, anything else is other. Word
classes after MFTE's WHQU and YNQU (Le Foll & Shakir 2023). This is form, not function: `functional` adds the
polite requests ("Can you explain …") that are closed in form and open in purpose.
"""

from __future__ import annotations

import re
from typing import Literal

from seedbed.measures.definition import ENGLISH, Measure, Measured, NotApplicable, Value
from seedbed.measures.text_format import is_traditional
from seedbed.records import Openness

__all__ = ["ENTRIES", "functional", "openness_of", "rule_a", "rule_b", "sentences"]

OPEN = frozenset({"what", "when", "where", "who", "whom", "whose", "why", "which", "how"})
_MODALS = ["can", "could", "will", "would", "shall", "should", "may", "might", "must", "ought"]
_FORMS = ["am", "is", "are", "was", "were", "do", "does", "did", "have", "has", "had"]
_NEGATIVE = [
    "isn't",
    "aren't",
    "wasn't",
    "weren't",
    "don't",
    "doesn't",
    "didn't",
    "haven't",
    "hasn't",
    "hadn't",
    "can't",
    "couldn't",
    "won't",
    "wouldn't",
    "shan't",
    "shouldn't",
    "mayn't",
    "mightn't",
    "mustn't",
    "oughtn't",
    "ain't",
]
CLOSED = frozenset([*_MODALS, *_FORMS, *_NEGATIVE, "cannot"])
# "Dont", "whats": people type without the apostrophe. Only where no other word is spelled so.
_BARE_CLOSED = frozenset(word.replace("'", "") for word in _NEGATIVE)
_BARE_OPEN = frozenset(f"{word}s" for word in ("what", "when", "where", "who", "why", "how"))
# Rule B only: words that join the question to what stands before it.
LEAD_WORDS = frozenset({"and", "but", "so", "or", "then", "also", "well", "now", "ok", "okay", "please"})

_NUMBERING = re.compile(r"^\W*(?:q(?:uestion)?\s*)?\d{1,3}\s*[.):\]-]+\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)?|\d+")
_CLITIC = re.compile(r"'(?:s|re|d|ll|ve|m)$")
_BOUNDARY = re.compile(r"(?<=[.!?…？！。])[\"'”’)\]»]*\s+|\n+|(?<=[？！。])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|mr|mrs|ms|dr|prof|st|no|approx|inc|ltd|dept|fig)|\b(?:[a-z]\.)*[a-z])\.$",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"\W*([A-Z][a-z]*)")
_REQUEST = re.compile(
    r"^\W*(?:can|could|would|will)\s+you\s+(?:please\s+|kindly\s+|also\s+)?"
    r"(?:explain|describe|tell|help|suggest|recommend|give|list|provide|share|outline|summari[sz]e|write|show|"
    r"discuss|elaborate|compare|advise|offer|walk)\b",
    re.IGNORECASE,
)

_TRAPS = "'Can you explain' is closed in form and open in purpose; 'which' and 'how many' want short answers"
ENTRIES = (
    Measure(
        "openness_a", "open, closed or other by the first word of the text",
        "interrogative: open; be, do, have, modal: closed; else other",
        "word classes of MFTE (Le Foll & Shakir 2023); reading of Candello et al. 2025, A.1.2", "category",
        "describes", ENGLISH, "a lead-in ('I am 19. What …') makes the text 'other'; " + _TRAPS,
    ),
    Measure(
        "openness_b", "open, closed or other by the first word of the last sentence that ends in '?'",
        "rule A on that sentence, after joining words ('so', 'and'); no such sentence: other",
        "method of seedbed", "category", "describes", ENGLISH, "'If so, what now?' is other; " + _TRAPS,
    ),
    Measure(
        "openness_functional", "rule B, with polite requests for an explanation counted as open",
        "'can/could/would/will you' + a verb of telling: open; else rule B", "method of seedbed", "category",
        "describes", ENGLISH, "a list of verbs, not a reading",
    ),
)  # fmt: skip


def rule_a(text: str) -> Openness:
    """Open, closed or other by the first word of the whole text. English."""
    return _by_first_word(text, skip=frozenset())


def rule_b(text: str) -> Openness:
    """Open, closed or other by the last sentence that ends in a question mark. English."""
    for sentence in reversed(sentences(text)):
        if is_traditional(sentence):
            return _by_first_word(sentence, skip=LEAD_WORDS)
    return "other"


def functional(text: str) -> Openness:
    """`rule_b`, with polite requests for an explanation counted as open. English."""
    for sentence in reversed(sentences(text)):
        if is_traditional(sentence):
            return "open" if _REQUEST.match(sentence) else _by_first_word(sentence, skip=LEAD_WORDS)
    return "other"


def openness_of(text: str, rule: Literal["a", "b", "functional"] = "a", language: str = "en") -> Measured[Openness]:
    """The rule's answer, or `NotApplicable` for an empty text, a language other than English or other letters."""
    if refusal := ENGLISH.refuses_text(text, language):
        return refusal
    if not _WORD.search(text):
        return NotApplicable("the text has no words")
    return Value({"a": rule_a, "b": rule_b, "functional": functional}[rule](text))


def sentences(text: str) -> list[str]:
    """`text` cut after sentence-final marks and at line breaks, without a parser.

    An abbreviation ("e.g.", "U.S.", an initial) ends a sentence only before a word that opens a question.
    """
    pieces: list[str] = []
    start = 0
    for boundary in _BOUNDARY.finditer(text):
        piece = text[start : boundary.start()]
        if "\n" not in boundary.group() and _goes_on(text, piece, boundary):
            continue
        pieces.append(text[start : boundary.end()].strip())
        start = boundary.end()
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]


def _goes_on(text: str, piece: str, boundary: re.Match[str]) -> bool:
    if _ABBREVIATION.search(piece):  # "e.g. apples" goes on; "vitamin C. Is it safe?" does not
        following = _NEXT_WORD.match(text, boundary.end())
        return not following or following.group(1).lower() not in OPEN | CLOSED
    # 'He asked "Why?" and left': a small letter behind a closing mark.
    return bool(boundary.group().strip()) and text[boundary.end() : boundary.end() + 1].islower()


def _by_first_word(text: str, skip: frozenset[str]) -> Openness:
    for match in _WORD.finditer(_NUMBERING.sub("", text)):
        word = match.group().lower().replace("’", "'").replace("ʼ", "'")
        if word in skip:
            continue
        if word in CLOSED or word in _BARE_CLOSED:
            return "closed"
        if _CLITIC.sub("", word) in OPEN or word in _BARE_OPEN:
            return "open"
        return "other"
    return "other"
