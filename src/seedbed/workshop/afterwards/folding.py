"""The fold of the stream `afterwards`.

    offer.add      subject offer   {cmd, form} and the texts of `Offer`
    offer.withdraw subject offer   {}
    offer.decide   subject offer   {state} and the text `reason`
    row.stop       subject row     {board}
    row.resume     subject row     {board}
    erase.ask      subject person  {}
    erase.cancel   subject person  {}
    erase.done     subject person  {}

An offer is `open` until somebody decides; a decision that is taken back leaves it open again. A row that one of its
authors stopped, and everything by who asked to be erased, becomes no seed and is none any more: whoever gathers seeds
asks `stops`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, get_args

from seedbed.study.entries import Event

__all__ = ["Afterwards", "Erasure", "Form", "Offer", "State", "Stopped"]

Form = Literal["question", "triple"]
State = Literal["open", "accepted", "declined", "withdrawn"]
_WORDS = ("question", "misaligned", "critique", "aligned", "topic", "question_type", "value")


@dataclass(frozen=True, slots=True)
class Offer:
    """A question, or a question with a misaligned and an aligned reply. Labels are words as they were chosen or typed.

    All words are "" once their author was erased. `by` offered it at the time `at`; `decided_by` decided.
    """

    id: str
    by: str
    at: str
    form: Form
    question: str
    misaligned: str = ""
    critique: str = ""
    aligned: str = ""
    topic: str = ""
    question_type: str = ""
    value: str = ""
    state: State = "open"
    reason: str = ""
    decided_by: str = ""
    decided_at: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A row of a board that `by`, one of those who wrote it, wants used no more."""

    board: str
    row: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """Somebody asked to have all their words erased. `done` is when that was done, "" before."""

    person: str
    at: str
    done: str = ""


class Afterwards:
    """The state after some events. One that is not known here, or lacks what its kind needs, changes nothing."""

    def __init__(self) -> None:
        self.offers: dict[str, Offer] = {}
        self.stopped: dict[tuple[str, str, str], Stopped] = {}
        """By board, row and person."""
        self.erasures: dict[str, Erasure] = {}
        self.seq = 0
        self._sent: dict[tuple[str, str], str] = {}

    def after(self, events: Iterable[Event]) -> Self:
        for event in events:
            self.seq = event.seq
            try:
                self._take(event)
            except (KeyError, TypeError, ValueError):
                continue
        return self

    def sent(self, person: str, key: str) -> str | None:
        """The id of what this person offered under this key of theirs."""
        return self._sent.get((person, key))

    def of(self, person: str) -> list[Offer]:
        """Somebody's offers, newest first."""
        return [offer for offer in reversed(self.offers.values()) if offer.by == person]

    def waiting(self) -> list[Offer]:
        """Offers that nobody decided about, oldest first; what was erased, or shall be, waits for nobody."""
        return [
            one for one in self.offers.values() if one.state == "open" and one.question and one.by not in self.erasures
        ]

    def accepted(self) -> Iterator[Offer]:
        return (offer for offer in self.offers.values() if offer.state == "accepted" and offer.question)

    def asked(self) -> list[Erasure]:
        """Erasures that wait for somebody to do them, oldest first."""
        return sorted((one for one in self.erasures.values() if not one.done), key=lambda one: one.at)

    def stops(self) -> tuple[frozenset[tuple[str, str, str]], frozenset[str]]:
        """The rows that people stopped, by board, row and person; and the people who asked to be erased."""
        return frozenset(self.stopped), frozenset(self.erasures)

    def _take(self, event: Event) -> None:
        id, data, by, at = event.subject, event.data, event.actor, event.at
        match event.kind:
            case "offer.add":
                form = data["form"]
                if form not in get_args(Form) or id in self.offers:
                    return
                words: dict[str, Any] = {name: str(data.get(name) or "") for name in _WORDS}
                self.offers[id] = Offer(id, by, at, form, **words)
                self._sent.setdefault((by, str(data["cmd"])), id)
            case "offer.withdraw":
                if self.offers[id].by == by:
                    self.offers[id] = replace(self.offers[id], state="withdrawn")
            case "offer.decide":
                offer, state = self.offers[id], data["state"]
                if state not in ("open", "accepted", "declined") or offer.state == "withdrawn":
                    return
                taken_back = state == "open"
                self.offers[id] = replace(
                    offer, state=state, reason=str(data.get("reason") or ""), decided_by="" if taken_back else by,
                    decided_at="" if taken_back else at,
                )  # fmt: skip
            case "row.stop":
                self.stopped.setdefault((data["board"], id, by), Stopped(data["board"], id, by, at))
            case "row.resume":
                self.stopped.pop((data["board"], id, by), None)
            case "erase.ask":
                self.erasures.setdefault(by, Erasure(by, at))
            case "erase.cancel":
                if not self.erasures[by].done:
                    del self.erasures[by]
            case "erase.done":
                self.erasures[id] = replace(self.erasures.get(id, Erasure(id, at)), done=at)
