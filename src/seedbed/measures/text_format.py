"""Does a text end as a question ends?

The paper's Figure 1 of appendix A parts "traditional" questions, which end in a question mark, from the rest.
This is a statement about form: "Tell me why." asks and is not traditional, "Really?" is.
"""

from __future__ import annotations

import unicodedata

from seedbed.measures.definition import Languages, Measure, Measured, Value

__all__ = ["ENTRIES", "QUESTION_MARK_LANGUAGES", "is_traditional", "traditional"]

# ASCII, full-width, small, Arabic, Ethiopic, reversed, interrobang, and the doubled signs. Not the Greek one
# (U+037E): Unicode normalises it to a semicolon, so a Greek question cannot be told from a clause.
QUESTION_MARKS = frozenset("?？﹖؟፧⸮‽⁇⁈⁉")
EXCLAMATION_MARKS = frozenset("!！﹗‼")
CLOSERS = frozenset("\"'`")
# Pe and Pf close; Pi closes in German and Danish („so“, »so«). Cf are invisible: zero-width space, RTL mark.
CLOSING_CATEGORIES = frozenset({"Pe", "Pf", "Pi", "Cf"})

QUESTION_MARK_LANGUAGES = Languages(
    but=frozenset({"bo", "el", "hy", "ja", "km", "lo", "my", "th"}),
    why="a question there is written without a final question mark, or with one that no text can be tested for",
)

ENTRIES = (
    Measure(
        "traditional", "whether a text ends in a question mark",
        "last character, after spaces, quotes, brackets and '!' are trimmed, is one of ? ？ ؟ …",
        "Candello et al. 2025, appendix A.1.1", "yes or no", "describes", QUESTION_MARK_LANGUAGES,
        "form, not function: 'Tell me why.' asks. Models end in '?' whatever the seeds do: compare with a control",
    ),
)  # fmt: skip


def is_traditional(text: str) -> bool:
    """Whether `text`, after trailing spaces, quotes and brackets are trimmed, ends in a question mark.

    Exclamation marks after it are trimmed too ("?!"). Candello et al. 2025, appendix A.1.1.
    """
    end = len(text)
    while end and _trimmed(text[end - 1]):
        end -= 1
    return end > 0 and text[end - 1] in QUESTION_MARKS


def traditional(text: str, language: str = "en") -> Measured[bool]:
    """`is_traditional` where the language marks questions at their end, else `NotApplicable`."""
    return QUESTION_MARK_LANGUAGES.refuses(language) or Value(is_traditional(text))


def _trimmed(character: str) -> bool:
    return (
        character.isspace()
        or character in CLOSERS
        or character in EXCLAMATION_MARKS
        or unicodedata.category(character) in CLOSING_CATEGORIES
    )
