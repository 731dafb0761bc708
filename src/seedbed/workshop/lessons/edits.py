"""What two states of a section of the template do not have alike, item by item; and the one made of the other again.

An item of a list is known by what its section tells its items apart by: `id`, `kind` of words, `step` of the script,
what a line of the recruitment plan counts, and a plain text by itself. So a change of one item stands whatever becomes
of the others. A list whose items cannot be told apart is changed as a whole.

An edit holds what is new, and of what was there only a fingerprint: whose words those were may be erased some day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

__all__ = ["Do", "Edit", "Moved", "applied", "differences", "fingerprint", "from_json", "key_of", "keys_of", "to_json"]

Do: TypeAlias = Literal["set", "add", "remove", "order"]
_DOES: tuple[Do, ...] = get_args(Do)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change. `at` is the way there: names of fields and keys of items.

    set: the value there, whose fingerprint `was` that, is `now` this. add: the item `at` is new, behind the item
    `after` (None: first). remove: it goes, whose fingerprint `was` that. order: of the items that a list keeps; `was`
    and `now` are their keys.
    """

    at: tuple[str, ...]
    do: Do
    was: Any = None
    now: Any = None
    after: str | None = None


class Moved(Exception):
    """The template is not any more what an edit changes. `found` is what stands there, None for nothing."""

    def __init__(self, edit: Edit, found: Any = None) -> None:
        super().__init__("/".join(edit.at))
        self.edit = edit
        self.found = found


def fingerprint(value: Any) -> str:
    """12 hex digits of the SHA-256 of `value` as JSON: equal values have equal ones."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=True, sort_keys=True).encode()).hexdigest()[:12]


def key_of(item: Any) -> str | None:
    """What an item of a list is known by, never words; None where it has no such thing."""
    if isinstance(item, str):
        return f"={fingerprint(item)}"
    if not isinstance(item, dict):
        return None
    for name in ("id", "kind", "step"):
        if isinstance(item.get(name), str):
            return str(item[name])
    value = item.get("value")
    if not isinstance(value, str):
        return None
    return f"{item['field']}={fingerprint(value)}" if isinstance(item.get("field"), str) else key_of(value)


def keys_of(items: Sequence[Any]) -> list[str] | None:
    """The keys of a list's items in order; None where they cannot be told apart."""
    keys = [key for item in items if (key := key_of(item)) is not None]
    alike = len({isinstance(item, str) for item in items}) < 2
    return keys if len(set(keys)) == len(items) and alike else None


def differences(was: Any, now: Any, at: tuple[str, ...] = ()) -> Iterator[Edit]:
    """The edits that make `now` of `was`, both decoded JSON: `applied(was, differences(was, now)) == now`."""
    if was == now:
        return
    if isinstance(was, dict) and isinstance(now, dict):
        for name in was:
            if name in now:
                yield from differences(was[name], now[name], (*at, name))
            else:
                yield Edit((*at, name), "remove", fingerprint(was[name]))
        for name in now:
            if name not in was:
                yield Edit((*at, name), "add", now=now[name])
        return
    if isinstance(was, list) and isinstance(now, list):
        before, after = keys_of(was), keys_of(now)
        if before is not None and after is not None and _one_kind(was, now):
            yield from _of_lists(dict(zip(before, was, strict=True)), dict(zip(after, now, strict=True)), at)
            return
    yield Edit(at, "set", fingerprint(was), now)


def _one_kind(was: list[Any], now: list[Any]) -> bool:
    return len({isinstance(item, str) for item in (*was, *now)}) < 2


def _of_lists(was: dict[str, Any], now: dict[str, Any], at: tuple[str, ...]) -> Iterator[Edit]:
    for key, item in was.items():
        if key not in now:
            yield Edit((*at, key), "remove", fingerprint(item))
    kept, wanted = [key for key in was if key in now], [key for key in now if key in was]
    if kept != wanted:
        yield Edit(at, "order", kept, wanted)
    for key in kept:
        yield from differences(was[key], now[key], (*at, key))
    before: str | None = None
    for key, item in now.items():
        if key not in was:
            yield Edit((*at, key), "add", now=item, after=before)
        before = key


# --- the way back ----------------------------------------------------------------------------------------------------


def applied(value: Any, edits: Iterable[Edit]) -> Any:
    """`value` with the edits done, one after the other; it is left as it was itself.

    What stands already is not done again. Raises Moved for the first edit that does not find what it changes.
    """
    made = deepcopy(value)
    for edit in edits:
        made = _apply(made, edit)
    return made


def _apply(value: Any, edit: Edit) -> Any:
    if edit.do == "set" and not edit.at:
        return _put(value, edit)
    holder, last = value, None
    for last in edit.at if edit.do == "order" else edit.at[:-1]:
        holder = _step(holder, last, edit)
    if edit.do == "order":
        _reorder(holder, edit)
        return value
    name = edit.at[-1]
    there = _get(holder, name)
    match edit.do:
        case "set":
            if there is _NOTHING:
                raise Moved(edit)
            _replace(holder, name, _put(there, edit))
        case "add" if there is _NOTHING:
            _insert(holder, name, deepcopy(edit.now), edit)
        case "add" if there != edit.now:
            raise Moved(edit, there)
        case "remove" if there is not _NOTHING:
            if fingerprint(there) != edit.was:
                raise Moved(edit, there)
            _replace(holder, name, _NOTHING)
    return value


_NOTHING: Any = object()


def _put(there: Any, edit: Edit) -> Any:
    if fingerprint(there) != edit.was and there != edit.now:
        raise Moved(edit, there)
    return deepcopy(edit.now)


def _get(holder: Any, name: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(name, _NOTHING)
    if isinstance(holder, list):
        return next((item for item in holder if key_of(item) == name), _NOTHING)
    return _NOTHING


def _step(holder: Any, name: str, edit: Edit) -> Any:
    found = _get(holder, name)
    if found is _NOTHING:
        raise Moved(edit)
    return found


def _replace(holder: Any, name: str, value: Any) -> None:
    place = name if isinstance(holder, dict) else next(n for n, item in enumerate(holder) if key_of(item) == name)
    if value is _NOTHING:
        del holder[place]
    else:
        holder[place] = value


def _insert(holder: Any, name: str, value: Any, edit: Edit) -> None:
    if isinstance(holder, dict):
        holder[name] = value
        return
    if not isinstance(holder, list):
        raise Moved(edit)
    keys = [key_of(item) for item in holder]
    # behind one that went meanwhile: at the end, where a new item is seen
    place = 0 if edit.after is None else keys.index(edit.after) + 1 if edit.after in keys else len(holder)
    holder.insert(place, value)


def _reorder(items: Any, edit: Edit) -> None:
    keys = keys_of(items) if isinstance(items, list) else None
    if keys is None:
        raise Moved(edit)
    there = set(keys)
    stand = [key for key in keys if key in set(edit.was)]
    wanted = [key for key in edit.now if key in there]
    if stand == wanted:
        return
    if stand != [key for key in edit.was if key in there]:
        raise Moved(edit, stand)
    by_key = dict(zip(keys, items, strict=True))
    places = [place for place, key in enumerate(keys) if key in set(stand)]
    for place, key in zip(places, wanted, strict=True):
        items[place] = by_key[key]


# --- as text ---------------------------------------------------------------------------------------------------------


def to_json(edits: Iterable[Edit]) -> str:
    rows = [{"at": list(one.at), "do": one.do, "was": one.was, "now": one.now, "after": one.after} for one in edits]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> tuple[Edit, ...]:
    """Raises ValueError, KeyError or TypeError for what is none."""
    return tuple(_edit(row) for row in json.loads(text))


def _edit(row: Any) -> Edit:
    at, do, after = row["at"], row["do"], row["after"]
    if do not in _DOES or not all(isinstance(name, str) for name in at) or not isinstance(after, str | None):
        raise ValueError("no edit")
    if (not at and do in ("add", "remove")) or (do == "order" and not _are_keys(row["was"], row["now"])):
        raise ValueError("no edit")
    return Edit(tuple(at), do, row["was"], row["now"], after)


def _are_keys(was: Any, now: Any) -> bool:
    return all(isinstance(keys, list) and all(isinstance(key, str) for key in keys) for keys in (was, now)) and sorted(
        was
    ) == sorted(now)
