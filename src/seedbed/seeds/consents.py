"""Who may be quoted as a seed, and what the workshop's template says of it: what gathering asks besides the boards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from seedbed.records import Person
from seedbed.study.events import EventStore
from seedbed.workshop.afterwards import Afterwards
from seedbed.workshop.agenda import Agenda
from seedbed.workshop.members import Members
from seedbed.workshop.places import AFTERWARDS, AGENDA, WORKSHOP

__all__ = ["DEMOGRAPHICS", "TAKEN_BACK", "TRAINING", "Standing", "read_standing"]

TRAINING, DEMOGRAPHICS = "training", "demographics"
TAKEN_BACK = "taken_back"
_NOT_ASKED, _REFUSED = "not_asked", "no_consent"


@dataclass(frozen=True, slots=True)
class Standing:
    """The people of a workshop as they stand, and those parts of its template that seeds depend on.

    `consents` holds what each member answered, None for no answer. `cards` maps a kind ("personas", "scenarios") to
    {id: words}; `values` a group to the value that it works on. `stopped` are rows, by board, row and the author who
    wants it used no more; `leaving` are people who asked to have their words erased.
    """

    people: tuple[Person, ...] = ()
    consents: Mapping[str, Mapping[str, bool] | None] = field(default_factory=dict)
    language: str = "en"
    asks: frozenset[str] = frozenset({TRAINING, DEMOGRAPHICS})
    cards: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    stopped: frozenset[tuple[str, str, str]] = frozenset()
    leaving: frozenset[str] = frozenset()

    def row_held(self, board: str, row: str, people: Iterable[str]) -> str | None:
        """`held` of what these people wrote in a row of a board."""
        people = tuple(people)
        if self.stopped and any((board, row, person) in self.stopped for person in people):
            return TAKEN_BACK
        return self.held(people)

    def held(self, people: Iterable[str]) -> str | None:
        """Why what these people wrote may be no seed yet, or None. Who is no member of the workshop (an account) runs
        the study, and is not asked."""
        people = tuple(people)
        if not self.leaving.isdisjoint(people):
            return TAKEN_BACK
        if TRAINING not in self.asks:
            return None
        answers = [self.consents[person] for person in people if person in self.consents]
        if any(items is not None and not items.get(TRAINING, False) for items in answers):
            return _REFUSED
        return _NOT_ASKED if None in answers else None

    def lets(self, person: str, item: str) -> bool:
        """Whether the person agreed to an item; what is not asked needs no answer."""
        return item not in self.asks or (self.consents.get(person) or {}).get(item, False)

    def words(self, kind: str, value: str) -> str:
        """What a field that may name an entry of the template's cards says."""
        return self.cards.get(kind, {}).get(value, value)

    def digest(self) -> str:
        """Equal for equal standings: what was read under another one has to be read again."""
        parts = [
            [[p.id, p.role, p.group, p.position, p.background, p.location] for p in self.people],
            self.consents, self.language, sorted(self.asks), self.cards, self.values,
            *([sorted(self.stopped), sorted(self.leaving)] if self.stopped or self.leaving else []),
        ]  # fmt: skip
        made = json.dumps(parts, ensure_ascii=True, sort_keys=True, default=dict).encode()
        return hashlib.sha256(made).hexdigest()[:32]


def read_standing(store: EventStore, *, language: str, pages: str) -> Standing:
    """The people and the template as the log has them.

    `pages` is the language of the default template, `language` the seeds' where nobody set the template's own.
    """
    state = Members().after(store.read(WORKSHOP)).snapshot()
    agenda = Agenda(pages).after(store.read(AGENDA))
    template, was_set = agenda.template, agenda.items("template")["about"]["at"] is not None
    asks = frozenset(item.id for item in template.consent)
    consents = {id: _answers(person) for id, person in state["people"].items()}
    stopped, leaving = Afterwards().after(store.read(AFTERWARDS)).stops()
    return Standing(
        people=tuple(_person(id, person, state["profiles"].get(id), consents[id], asks)
                     for id, person in state["people"].items()),
        consents=consents,
        language=template.about.language if was_set else language,
        asks=asks,
        cards={
            "personas": {item.id: item.text or item.title for item in template.cards.personas},
            "scenarios": {item.id: item.text or item.title for item in template.cards.scenarios},
        },
        values={group: plan.value for group, plan in template.groups.items() if plan.value},
        stopped=stopped,
        leaving=leaving,
    )  # fmt: skip


def _answers(person: Mapping[str, Any]) -> dict[str, bool] | None:
    consent = person.get("consent")
    return {str(id): bool(given) for id, given in consent["items"].items()} if consent else None


def _person(
    id: str,
    person: Mapping[str, Any],
    profile: Mapping[str, Any] | None,
    consent: Mapping[str, bool] | None,
    asks: frozenset[str],
) -> Person:
    """Role and group are the log's own; what people said of themselves needs their consent, where it is asked."""
    told = dict(profile or {}) if DEMOGRAPHICS not in asks or (consent or {}).get(DEMOGRAPHICS) else {}
    words = {name: str(told.get(said) or "") for name, said in _PROFILE.items()}
    return Person(id, role=str(person["role"]), group=str(person["group"] or ""), **words)


_PROFILE = {"position": "position", "background": "background", "location": "place"}
