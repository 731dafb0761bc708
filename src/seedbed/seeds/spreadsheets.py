"""Cells of tables that people open in a spreadsheet: none of them is evaluated, and each is read back as it was."""

from __future__ import annotations

import re

__all__ = ["defused", "undefused"]

# These signs, in full width too (a Japanese spreadsheet reads them), and after white space, which it drops.
_FORMULA = re.compile(r"^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")


def defused(text: str) -> str:
    """`text`, with an apostrophe before it where a spreadsheet would take it for a formula.

    What begins with the apostrophe already gets another, so that `undefused` takes off no more than was put on.
    """
    return f"'{text}" if _FORMULA.match(text.lstrip("'")) else text


def undefused(text: str) -> str:
    """The inverse of `defused`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text.lstrip("'")) else text
