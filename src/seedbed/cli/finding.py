"""Which rows `--where FIELD=VALUE` finds, and what to say of a field or a value that there is none of."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

from seedbed.cli.console import hint, note
from seedbed.errors import UsageError

if TYPE_CHECKING:
    from seedbed.curate import Desk, Filter

__all__ = ["filter_of", "found_by", "pair"]

_YES = ("yes", "no")


def pair(item: str, option: str, example: str) -> tuple[str, str]:
    """The two sides of FIELD=VALUE. Raises UsageError."""
    left, found, right = item.partition("=")
    if not found:
        raise UsageError(
            f"{option} takes two names with = between them, not {item!r}", hint=f"As in: {option} {example}"
        )
    return left.strip(), right.strip()


def filter_of(where: Sequence[str]) -> Filter:
    """The filter that is meant. Raises UsageError for a field that rows do not have."""
    from seedbed.curate import Filter

    known = [item.name.replace("_", "-") for item in fields(Filter)]
    found: dict[str, Any] = {}
    for item in where:
        given, value = pair(item, "--where", "group=3")
        name = given.replace("-", "_")
        if name.replace("_", "-") not in known:
            near = _near(given.replace("_", "-"), known)
            raise UsageError(
                f"Rows have no {given!r}", hint=f"Did you mean {near!r}?" if near else f"One of: {', '.join(known)}"
            )
        found[name] = f"{found.get(name, '')} {value}".strip() if name == "q" else (*found.get(name, ()), value)
    return Filter(**found)


def found_by(desk: Desk, where: Sequence[str]) -> Filter:
    """`filter_of`, whose values are looked up: raises UsageError for one that its field never takes, and says of one
    that no row has."""
    from seedbed.curate import Filter
    from seedbed.curate.filtering import FIELDS

    wanted = filter_of(where)
    if wanted == Filter():
        return wanted
    closed, labels = _closed(), _labels(desk)
    # the facets of everything: each field with the values that some row has
    there = desk.table().page(Filter(), limit=0).facets
    for name in FIELDS:
        shown = name.replace("_", "-")
        for value in getattr(wanted, name):
            words = closed.get(name)
            if words is not None and value and value not in words:
                near = _near(value, words)
                raise UsageError(
                    f"No row ever has {shown}={value}",
                    hint=f"Did you mean {near!r}?" if near else f"One of: {', '.join(words)}",
                )
            if words is None and value and value not in there[name]:
                near = None if value in labels.get(name, ()) else _near(value, {**there[name], **labels.get(name, {})})
                note(f"No row has {shown}={value}.")
                if near:
                    hint(f"Did you mean {near!r}?")
    return wanted


def _closed() -> Mapping[str, tuple[str, ...]]:
    """The fields that take a few words and no others."""
    from seedbed.curate.curation import Use
    from seedbed.curate.rows import State
    from seedbed.records import Pool, Writer

    return {
        "kind": ("question", "triple"),
        "state": get_args(State),
        "pool": tuple(pool.value for pool in Pool),
        "use": get_args(Use),
        "nuanced": _YES,
        "chosen": _YES,
        "written_by": tuple(writer.value for writer in Writer),
        "edited": (*_YES, "overtaken"),
    }


def _labels(desk: Desk) -> Mapping[str, Mapping[str, str]]:
    """What the fields of labels may take whether or not a row has it."""
    taxonomy = desk.look().taxonomy
    return {
        "topic": {one.id: one.label for one in taxonomy.topics},
        "question_type": {one.id: one.label for one in taxonomy.question_types},
        "value": {one.id: one.label for one in taxonomy.values},
    }


def _near(given: str, known: Collection[str]) -> str | None:
    """What may have been meant: a word that it begins, else one that looks like it."""
    begun = [word for word in known if given and word.startswith(given)]
    if begun:
        return begun[0]
    return next(iter(difflib.get_close_matches(given, list(known), n=1, cutoff=0.5)), None)
