"""What stands between the stage and the gates: the options of a triple, its two parts, and how texts are tidied."""

from __future__ import annotations

import re
from typing import Any, Literal

__all__ = ["PARTS", "Option", "Part", "option_of", "sentences", "tidy", "whole"]

Part = Literal["misaligned", "aligned"]
PARTS: tuple[Part, Part] = ("misaligned", "aligned")

Option = dict[str, Any]
"""One response that a reply offers: text, scaffold (its first words, where they are ours), finished, logprob, critique
(of a misaligned one), and what a model judge said: judged (value to verdict) and critique_judged."""

_MARK = re.compile(r"<\|[^|>]{0,40}\|>")
# what no text needs and a terminal or a web page might obey: control characters, and changes of direction
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_QUOTES = (('"', '"'), ("“", "”"), ("'", "'"))


def tidy(text: str) -> str:
    """`text` with its paragraphs and lists, without chat marks, control characters, surplus space and quotation marks
    around the whole. tidy(tidy(t)) == tidy(t)."""
    text = re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", text)
    before = None
    while text != before:  # a mark may be uncovered by another that is taken out
        before = text
        text = _CONTROL.sub("", _MARK.sub(" ", text))
        text = re.sub(r"[^\S\n]+", " ", text)
        text = re.sub(r" ?\n ?", "\n", text)
        text = re.sub(r"\n{3,}", "\n\n", text).strip()
        for opening, closing in _QUOTES:
            inner = text[1:-1]
            if len(text) > 2 and text[0] == opening and text[-1] == closing and not {opening, closing} & {*inner}:
                text = inner.strip()
    return text


def option_of(
    text: str, *, scaffold: str = "", finished: bool = True, logprob: float | None = None, critique: str = ""
) -> Option:
    rounded = None if logprob is None else round(logprob, 4)
    return {"text": text, "scaffold": scaffold, "finished": finished, "logprob": rounded, "critique": critique}


def whole(option: Option) -> Option:
    """A response that was cut off loses its last, unfinished sentence, and says so; with no whole sentence it stays."""
    kept = sentences(option["text"])
    if option["finished"] or not kept:
        return option
    # cut off just where a sentence ended, it lacks nothing
    return {**option, "finished": True} | ({"text": kept, "trimmed": True} if kept != option["text"] else {})


def sentences(text: str) -> str:
    """`text` up to the end of its last whole sentence; empty when it has none."""
    ends = [match.end() for match in re.finditer(r"[.!?][\"')\]”’]*(?=\s|$)", text)]
    return text[: ends[-1]] if ends else ""
