"""The words of a task's own scales, apart from its numbers: somebody typed them, and their erasing has to find them.

Titles, definitions, labels, anchors and examples go among the texts of the event that makes the task. The values of a
scale stay: they are what ratings are made of. Shipped scales are nobody's words and stay whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["parted", "whole"]

_WORDS = ("title", "definition")
_OF_OPTION = ("label", "anchor")


def parted(scales: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Scales as `Scale.to_json` has them, each word replaced by ""; and the words by where they stand."""
    left: list[dict[str, Any]] = []
    texts: dict[str, str] = {}
    for scale in scales:
        bare = _copied(scale)
        for name, holder, key in _places(bare):
            if holder[key]:
                texts[name], holder[key] = holder[key], ""
        left.append(bare)
    return left, texts


def whole(scale: Mapping[str, Any], texts: Mapping[str, Any]) -> dict[str, Any]:
    """The scale with its words again, out of an event's data. Where they were erased its title is its id."""
    found = _copied(scale)
    for name, holder, key in _places(found):
        if name in texts:
            holder[key] = texts[name] or ""
    found["title"] = found["title"] or found["id"]
    found["examples"] = [words for words in found.get("examples", ()) if words]
    return found


def _copied(scale: Mapping[str, Any]) -> dict[str, Any]:
    made = {**scale, "examples": list(scale.get("examples", ()))}
    if "options" in scale:
        made["options"] = [dict(option) for option in scale["options"]]
    return made


def _places(scale: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Each place of words: its name among the texts, and what holds it under which key."""
    at = f"scale/{scale['id']}"
    for name in _WORDS:
        if name in scale:
            yield f"{at}/{name}", scale, name
    for option in scale.get("options", ()):
        for name in _OF_OPTION:
            if name in option:
                yield f"{at}/{option['value']}/{name}", option, name
    for n in range(len(scale["examples"])):
        yield f"{at}/example/{n}", scale["examples"], n
