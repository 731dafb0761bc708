"""Is a text sensible in its structure? And what does a grammar checker say of it?

Two separate questions. `structure_fault` asks for a whole utterance: a verb, a finished end, balanced marks, no
loops, no leaked scaffolding. It forgives spelling and idiom, because people write seeds and the paper counts all
of theirs as sensible. `problems` is Harper's list, which flags spelling and style in three of the paper's seven
printed questions and misses "How I can to get a visa?": it describes, and rejects nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from seedbed.errors import MissingExtra
from seedbed.measures.definition import ENGLISH, Measure, Measured, NotApplicable, Value
from seedbed.measures.parser import Parse, Parser
from seedbed.measures.tokens import ngrams, tokenise

__all__ = [
    "ENTRIES",
    "GRAMMAR_KINDS",
    "Problem",
    "Structure",
    "grammar_problems",
    "is_sensible_structure",
    "problems",
    "sensible_structure",
    "structure_fault",
]

GRAMMAR_KINDS = frozenset({"Agreement", "BoundaryError", "Grammar", "Repetition"})
LOOP = 4  # words
# One repeated 4-gram is common in sound questions ("discrimination in favor of women or discrimination in favor of
# men"): of 1,127 instructions and questions by people, forbidding it rejected 4, of which this rejects none.
MOST_REPEATED = 0.05
LEAST_LETTERS = 0.3  # of the characters that are no spaces; "What is 12*(34-5)/6?" has .33

_FIELDS = (
    "topic|sub-?topic|type|question ?type|question|instruction|input|output|response|answer|corrector|corrected|"
    "misaligned|critique|aligned|prompt|value|assistant|user|system|human"
)
# At the start of a line in any case; inside one only with a capital, since "I have a question: …" is fine.
_LEAK = re.compile(
    rf"^[\W_]*(?i:{_FIELDS})\s*:|(?<=[.?!;,|]\s)(?:{_FIELDS.title()})\s*:|<\|[a-z_]+\|>|\[/?INST\]|^#{{2,}}\s",
    re.MULTILINE,
)
_PAIRS = {")": "(", "]": "[", "}": "{", "”": "“", "»": "«"}
_LIST_MARK = re.compile(r"(?:(?<=\s)|^)\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})\)")
_SMILEY = re.compile(r"(?<!\w)[:;]-?[)(]")
_TERMINAL = frozenset(".?!…。？！")
_CLOSERS = "\"'”’»)]}*_` "
_QUESTION_TAGS = frozenset({"WDT", "WP", "WP$", "WRB"})
# The parser takes the verb of a short command for a noun: "List five famous inventors."
_COMMANDS = frozenset(
    {
        "answer", "calculate", "categorize", "choose", "compare", "complete", "convert", "create", "define",
        "describe", "design", "discuss", "draft", "estimate", "explain", "find", "give", "help", "identify",
        "imagine", "list", "make", "name", "offer", "outline", "plan", "propose", "provide", "rank", "rate",
        "rewrite", "show", "solve", "state", "suggest", "summarize", "tell", "translate", "write",
    }
)  # fmt: skip
# Words that announce more to come. A text without a final mark may still be whole ("List three dishes"); one
# that stops on these is cut.
_UNFINISHED_TAGS = frozenset({"DT", "PDT", "PRP$", "CC", "TO", "POS", "WDT", "MD"})

ENTRIES = (
    Measure(
        "sensible_structure", "whether a text is a whole utterance in its form, and if not, why",
        "not empty; letters >= 30 %; a verb or question word; no leaked field name; balanced quotes and brackets; "
        "repeated 4-grams <= 5 %; the last sentence finished",
        "method of seedbed, for Candello et al. 2025, section 5.1",
        "yes or no", "higher is better", ENGLISH,
        "structure only: spelling slips pass on purpose, and nonsense with a verb may: of 94 sound questions with "
        "their words shuffled 23 % are refused, cut at a random word 38 %, after an article or preposition 89 %",
    ),
    Measure(
        "grammar_problems", "grammar problems that Harper finds, spelling and style left out",
        "number of lints of kinds " + ", ".join(sorted(GRAMMAR_KINDS)), "Harper (harper-py 0.2.0)", "problems",
        "lower is better", ENGLISH, "finds few real faults; 0 is no proof of good grammar",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One remark of the checker: its kind, its message, and the half-open span of characters it speaks of."""

    kind: str
    message: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Structure:
    """The verdict; `reason` is empty for a sensible text."""

    sensible: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.sensible


def problems(text: str) -> list[Problem]:
    """All that Harper remarks in an English text, spelling and style included. Raises MissingExtra."""
    return [Problem(lint.lint_kind, lint.message, (lint.span.start, lint.span.end)) for lint in _linter().lint(text)]


def grammar_problems(text: str, language: str = "en") -> Measured[int]:
    """Number of Harper's remarks about grammar proper."""
    if refusal := ENGLISH.refuses(language):
        return refusal
    if not text.strip():
        return NotApplicable("the text is empty")
    return Value(sum(problem.kind in GRAMMAR_KINDS for problem in problems(text)), unit="problems")


def is_sensible_structure(text: str, parse: Parse | None = None) -> Structure:
    """Whether the text is a whole utterance; parses it with the packaged parser unless given its parse. English."""
    fault = structure_fault(parse or _parser().one(text))
    return Structure(fault is None, fault or "")


def sensible_structure(text: str, parse: Parse | None = None, language: str = "en") -> Measured[bool]:
    """`is_sensible_structure` for English, with the reason as `note`; else `NotApplicable`, by the letters too: no
    English verb stands in a sound question in Arabic."""
    if refusal := ENGLISH.refuses_text(text, language):
        return refusal
    verdict = is_sensible_structure(text, parse)
    return Value(verdict.sensible, note=verdict.reason)


def structure_fault(parse: Parse) -> str | None:
    """What is wrong with the structure of a parsed text, or None."""
    text = parse.text.strip()
    if not text:
        return "the text is empty"
    visible = [c for c in text if not c.isspace()]
    if sum(map(str.isalpha, visible)) < LEAST_LETTERS * len(visible):
        return "mostly no letters"
    if leak := _LEAK.search(text):
        return f"leaked field name {leak.group().strip()!r}"
    if not any(token.pos in {"VERB", "AUX"} or token.tag in _QUESTION_TAGS for token in parse.tokens) and not (
        set(tokenise(text)[:1]) & _COMMANDS
    ):
        return "no verb and no question word"
    return _unbalanced(text) or _loop(text) or _unfinished(parse)


def _unbalanced(text: str) -> str | None:
    open_marks: list[str] = []
    for character in _SMILEY.sub("", _LIST_MARK.sub("", text)):
        if character in _PAIRS.values():
            open_marks.append(character)
        elif character in _PAIRS and (not open_marks or open_marks.pop() != _PAIRS[character]):
            return f"unbalanced {character}"
    if open_marks:
        return f"unbalanced {open_marks[-1]}"
    inches = len(re.findall(r"\d\"(?=[\s.,?!]|$)", text))
    if text.count('"') % 2 and not (inches and (text.count('"') - inches) % 2 == 0):
        return 'unbalanced "'
    return None


def _loop(text: str) -> str | None:
    runs = Counter(ngrams(tokenise(text), LOOP))
    again = runs.total() - len(runs)
    if again < 2 or again <= MOST_REPEATED * runs.total():
        return None
    return f"repeats {' '.join(runs.most_common(1)[0][0])!r}"


def _unfinished(parse: Parse) -> str | None:
    text = parse.text.rstrip().rstrip(_CLOSERS)
    if text and text[-1] in _TERMINAL:
        return None
    if not text or text[-1] in ",;:-–—/&+(":
        return "the last sentence is not finished"
    last = next(t for t in reversed(parse.tokens) if t.pos not in {"SPACE", "PUNCT"})
    asks = any(token.tag in _QUESTION_TAGS for token in parse.tokens)
    stranded = last.pos in {"ADP", "SCONJ"} and not asks  # "who should I go with" is whole
    if stranded or last.tag in _UNFINISHED_TAGS:
        return f"the last sentence stops at {last.text!r}"
    return None


@cache
def _parser() -> Parser:
    return Parser()


@cache
def _linter() -> Any:
    try:
        import harper
    except ImportError as error:
        raise MissingExtra(
            "the grammar checker harper-py is not installed", hint="pip install 'seedbed[local]'"
        ) from error
    return harper.Linter()
