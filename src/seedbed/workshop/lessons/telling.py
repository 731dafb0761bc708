"""Changes of a template as people read them: which item, which of its fields, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from seedbed.workshop.lessons.edits import Edit, fingerprint, key_of

__all__ = ["Line", "Place", "in_words", "lines"]

_LONG = 160  # characters of a text in a line of a terminal


@dataclass(frozen=True, slots=True)
class Place:
    """One step of the way to what is changed: a field by its `name`, or an item, which has a `title` too."""

    name: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One change. added: `now` is the new item. removed: it `was` that. changed: from `was` to `now`. moved: behind the
    item titled `now`, which for "" is to be first. `known` says that `was` is what stood there when it was proposed:
    else something else stands there now."""

    section: str
    do: Literal["added", "removed", "changed", "moved"]
    where: tuple[Place, ...]
    was: Any = None
    now: Any = None
    known: bool = True


def lines(section: str, value: Any, edits: Iterable[Edit]) -> list[Line]:
    """The edits of a section as lines; `value` is the section before them."""
    return [line for edit in edits for line in _told(section, value, edit)]


def _told(section: str, value: Any, edit: Edit) -> Iterator[Line]:
    match edit.do:
        case "set":
            was = _reach(value, edit.at)
            known = was == edit.now or fingerprint(was) == edit.was
            yield Line(section, "changed", _way(value, edit.at), was, edit.now, known)
        case "add" | "remove":
            was = None if edit.do == "add" else _reach(value, edit.at)
            item = edit.now if edit.do == "add" else was
            *before, last = edit.at
            # a plain text is what it says, and no place
            end = () if isinstance(item, str) else (Place(last, _title(item) or last),)
            where = (*_way(value, tuple(before)), *end)
            known = edit.do == "add" or fingerprint(was) == edit.was
            yield Line(section, "added" if edit.do == "add" else "removed", where, was, edit.now, known)
        case "order":
            holder = _reach(value, edit.at)
            for key in _moved(edit.was, edit.now):
                place = edit.now.index(key)
                behind = _named(holder, edit.now[place - 1]) if place else ""
                yield Line(section, "moved", (*_way(value, edit.at), Place(key, _named(holder, key))), now=behind)


def _way(value: Any, at: tuple[str, ...]) -> tuple[Place, ...]:
    found: list[Place] = []
    for name in at:
        title = _named(value, name) if isinstance(value, list) else ""
        found.append(Place(name, title))
        value = _child(value, name)
    return tuple(found)


def _reach(value: Any, at: tuple[str, ...]) -> Any:
    for name in at:
        value = _child(value, name)
    return value


def _child(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list):
        return next((item for item in value if key_of(item) == name), None)
    return None


def _named(items: Any, key: str) -> str:
    return _title(_child(items, key)) or key


def _title(item: Any) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, dict) and "step" not in item:  # of the script: its texts are long, and the step has a name
        for name in ("title", "label", "text", "value"):
            if isinstance(item.get(name), str) and item[name]:
                return str(item[name])
    return ""


def _moved(was: list[str], now: list[str]) -> list[str]:
    """The fewest items that have to move: those outside of the longest run that keeps its order."""
    place = {key: number for number, key in enumerate(was)}
    best: list[tuple[int, int]] = []  # by item of `now`: length of the run that ends there, and the item before it
    for number, key in enumerate(now):
        before = [(best[other][0], other) for other in range(number) if place[now[other]] < place[key]]
        length, previous = max(before, default=(0, -1))
        best.append((length + 1, previous))
    stays: set[str] = set()
    at = max(range(len(now)), key=lambda number: best[number][0], default=-1)
    while at >= 0:
        stays.add(now[at])
        at = best[at][1]
    return [key for key in now if key not in stays]


# --- for a terminal --------------------------------------------------------------------------------------------------


def in_words(line: Line) -> str:
    """One line of English: `sessions › Write questions › minutes: 25 → 30`."""
    where = " › ".join([line.section, *(_short(place.title or place.name.replace("_", " ")) for place in line.where)])
    match line.do:
        case "added":
            return f"{where}: added" + (f" {_said(line.now)}" if not isinstance(line.now, dict) else "")
        case "removed":
            return f"{where}: removed" + (f" {_said(line.was)}" if not isinstance(line.was, dict) else "")
        case "moved":
            return f"{where}: moved " + (f"behind {_said(line.now)}" if line.now else "to the beginning")
    return f"{where}: {_said(line.was)} → {_said(line.now)}"


def _said(value: Any) -> str:
    match value:
        case None | "" | [] | {}:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case str():
            return f'"{_short(value)}"'
        case list():
            return ", ".join(_said(item) for item in value)
        case dict():
            return f'"{_short(_title(value))}"'
    return str(value)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONG else flat[: _LONG - 1].rstrip() + "…"
