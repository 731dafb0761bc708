"""From a judge's reply to one of the labels that were offered, or to none.

The form is forgiven (JSON in a fence, prose around it, a line "label: 4"), the content never: a word that was not
offered is out of label, and a reply that gives two different labels has given none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["label_in"]

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.S | re.I)
_OBJECT = re.compile(r"\{[^{}]*\}")
_LINE = re.compile(r"^[^\w\"'{}]{0,4}label[*_\"']{0,3}\s*[:=]\s*(.+?)\s*$", re.I | re.M)
_QUOTED = re.compile(r"""["'“]label["'”]\s*:\s*["'“]([^"'“”]{0,40})["'”]""", re.I)  # JSON that is quoted wrongly
_LONGEST = 20_000  # characters of a reply that are looked at: a label stands at its end or beginning, not beyond


def label_in(text: str, allowed: Sequence[str]) -> str | None:
    """The label of a reply, spelled as in `allowed`; None where it holds none of them, or more than one."""
    text = _THOUGHT.sub(" ", text[:_LONGEST])
    known = {label.casefold(): label for label in allowed}
    # every form is read, not the first that is met: a reason may quote a row that holds a "label" of its own
    said = [*(list(_from_json(text)) or _QUOTED.findall(text)), *_LINE.findall(text)]
    said = [_plain(value) for value in said or [text]]  # at last the label alone, with nothing about it
    found = {known.get(word.casefold()) for word in said}
    return found.pop() if len(found) == 1 else None


def _from_json(text: str) -> Iterator[Any]:
    for candidate in _OBJECT.findall(text):
        try:
            pairs = json.loads(re.sub(r",\s*}", "}", candidate), strict=False, object_pairs_hook=list)
        except (ValueError, RecursionError):
            continue
        yield from (value for name, value in pairs if name == "label")  # two of one name are two labels


def _plain(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""  # a JSON true, a list, 3.5: no label is spelled so
    word = str(value).strip().strip("\"'*_.`,;()[] ").replace("−", "-")
    return word.removeprefix("+")
