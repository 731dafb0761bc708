"""The labels of a study while it is served: shown to pages, edited as a whole, and grown by what participants add."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from pydantic import ValidationError

from seedbed.server.guide.schemas import LabelAsked, LabelShown, TaxonomyAsked, ValueAsked, ValueShown
from seedbed.server.guide.schemas import Taxonomy as TaxonomyShown
from seedbed.server.refusals import Refusal
from seedbed.taxonomy import Label, Taxonomy, Value, ValueExample
from seedbed.taxonomy.labels import normalise
from seedbed.workshop.commands.labels import LabelKind

__all__ = ["code_of", "edited", "grown", "shown"]

_Item = TypeVar("_Item", Label, Value)
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LONGEST_ID = 48  # characters of an id that is made of a name


def shown(taxonomy: Taxonomy) -> TaxonomyShown:
    """The labels as pages read them."""
    return TaxonomyShown(
        version=taxonomy.version,
        topics=[LabelShown.model_validate(label) for label in taxonomy.topics],
        question_types=[LabelShown.model_validate(label) for label in taxonomy.question_types],
        values=[ValueShown.model_validate(value) for value in taxonomy.values],
        risks=[
            LabelShown(id=id, label=risk, definition="", origin="predefined", group="")
            for id, risk in _risk_codes(taxonomy.risks).items()
        ],
    )


def edited(before: Taxonomy, asked: TaxonomyAsked) -> Taxonomy:
    """`before` with the labels that are asked for and no others.

    What a page does not edit of a label (cues, lead-ins, scaffold, …) stays; the name that a label had before becomes
    another name of it, so that rows which carry it are still understood. Raises Refusal bad_taxonomy.
    """
    return _checked(
        version=before.version,
        topics=_labels(before.topics, asked.topics),
        question_types=_labels(before.question_types, asked.question_types),
        values=_values(before.values, asked.values),
        risks=_risks(risk if isinstance(risk, str) else risk.label for risk in asked.risks),
        note=asked.note,
    )


def grown(
    before: Taxonomy, kind: LabelKind, name: str, definition: str, group: str, into: str | None
) -> tuple[Taxonomy, str]:
    """`before` with a label that participants of `group` added, and the id that it has there.

    `into` is the label that it is another name of; without one it becomes a label itself, unless there is one of that
    name. Raises Refusal unknown_label for an `into` that is not there, bad_taxonomy for a name that another label has.
    """
    if kind == "risks":
        return _risk_grown(before, name, into)
    items: Sequence[Label] | Sequence[Value] = getattr(before, kind)
    found = before.match(kind, name)
    if into is not None:
        if into not in {item.id for item in items}:
            raise Refusal("unknown_label")
        if found not in (None, into):
            raise Refusal("bad_taxonomy")
        if found == into:
            return before, into
        changed = [
            item.model_copy(update={"aliases": (*item.aliases, name)}) if item.id == into else item for item in items
        ]
        return _checked(**{**_parts(before), kind: changed}), into
    if found is not None:
        return before, found
    id = code_of(name, {item.id for item in items} | {normalise(item.id) for item in items})
    made: Label | Value
    if kind == "values":
        made = Value(id=id, label=name, definition=definition)
    else:
        made = Label(id=id, label=name, definition=definition, origin="participants", group=group)
    return _checked(**{**_parts(before), kind: (*items, made)}), id


def code_of(name: str, taken: Collection[str] = ()) -> str:
    """An id for a label of that name: its letters a-z and digits, and a number where that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_ID].strip("-") or "label"
    number = 1
    while (found := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return found


def _risk_grown(before: Taxonomy, name: str, into: str | None) -> tuple[Taxonomy, str]:
    """Risks have no other names: one that is accepted as another leaves no trace in the labels."""
    if into is not None:
        if into not in _risk_codes(before.risks):
            raise Refusal("unknown_label")
        return before, into
    after = _checked(**{**_parts(before), "risks": _risks((*before.risks, name))})
    code = next(id for id, risk in _risk_codes(after.risks).items() if risk.casefold() == _line(name).casefold())
    return (before if after == before else after), code


def _risk_codes(risks: Iterable[str]) -> dict[str, str]:
    """Each risk by an id that is made of its name."""
    found: dict[str, str] = {}
    for risk in risks:
        found[code_of(risk, found)] = risk
    return found


def _risks(names: Iterable[str]) -> tuple[str, ...]:
    """Each once; two names that differ by case or white space alone are one."""
    found: dict[str, str] = {}
    for name in map(_line, names):
        found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _labels(before: Iterable[Label], asked: Sequence[LabelAsked]) -> list[Label]:
    known = {item.id: item for item in before}
    made = []
    for one, id in zip(asked, _ids(asked, known), strict=True):
        old = known.get(id)
        if old is None:
            made.append(Label(id=id, label=_line(one.label), definition=one.definition, origin=one.origin,
                              group=one.group))  # fmt: skip
        else:
            made.append(old.model_copy(update={"definition": one.definition, **_renamed(old, _line(one.label))}))
    return _without_taken_names(made)


def _values(before: Iterable[Value], asked: Sequence[ValueAsked]) -> list[Value]:
    known = {item.id: item for item in before}
    made = []
    for one, id in zip(asked, _ids(asked, known), strict=True):
        label = _line(one.label)
        old = known.get(id) or Value(id=id, label=label, definition="")
        told = {
            "definition": one.definition,
            "harms": tuple(one.harms),
            "scope": one.scope,
            "references": tuple(one.references),
            "examples": tuple(ValueExample.model_validate(example.model_dump()) for example in one.examples),
        }
        made.append(old.model_copy(update={**told, **_renamed(old, label)}))
    return _without_taken_names(made)


def _ids(asked: Sequence[LabelAsked] | Sequence[ValueAsked], known: Collection[str]) -> list[str]:
    """The ids that were asked for, made where there is none. An id of before is not made anew for another label."""
    taken = {one.id for one in asked if one.id} | set(known)
    found = []
    for one in asked:
        if one.id and one.id not in known and not _ID.fullmatch(one.id):
            raise Refusal("bad_taxonomy")
        id = one.id or code_of(one.label, taken)
        taken.add(id)
        found.append(id)
    return found


def _renamed(old: Label | Value, label: str) -> dict[str, object]:
    return {} if label == old.label else {"label": label, "aliases": (*old.aliases, old.label)}


def _without_taken_names(items: list[_Item]) -> list[_Item]:
    """A name that a label bears itself is no other label's second name."""
    owners: dict[str, str] = {}
    for item in items:
        for name in (item.id, item.label):
            owners.setdefault(normalise(name), item.id)
    kept = []
    for item in items:
        aliases = []
        for alias in dict.fromkeys(item.aliases):
            if owners.setdefault(normalise(alias), item.id) == item.id:
                aliases.append(alias)
        kept.append(item if tuple(aliases) == item.aliases else item.model_copy(update={"aliases": tuple(aliases)}))
    return kept


def _line(name: str) -> str:
    """A name on one line. Raises Refusal bad_taxonomy."""
    line = " ".join(name.split())
    if not normalise(line) or any(unicodedata.category(character) == "Cc" for character in line):
        raise Refusal("bad_taxonomy")
    return line


def _parts(taxonomy: Taxonomy) -> dict[str, object]:
    return {name: getattr(taxonomy, name) for name in Taxonomy.model_fields}


def _checked(**parts: object) -> Taxonomy:
    try:
        return Taxonomy.model_validate(parts)
    except ValidationError:
        raise Refusal("bad_taxonomy") from None
