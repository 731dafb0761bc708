"""Taking one person's words out of a workshop: the one act that rewrites the log.

In every update, whoever sent it, what that person typed (or had a model write) becomes deleted content of the same
length under the same clocks, so that everybody else's text stands where it stood. The words of their events are
blanked. Then the epoch of each document they wrote in rises: pages begin anew, and nothing that a page still keeps of
the old text is merged. What a colleague retyped or pasted is somebody else's text by the log: it is listed, for a
person to decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from seedbed.study.entries import Act
from seedbed.study.events import EventStore
from seedbed.sync import redact
from seedbed.workshop.history import Past, replay
from seedbed.workshop.places import parse_place

__all__ = ["Erased", "LookAlike", "Written", "erase", "look_alikes"]

_CONTEXT = 30  # characters of an excerpt on each side of what matched
# Shared characters from which a text looks like another: some four words. Shorter is what any two people may write.
_LONG, _SHORT = 20, 8  # letters and digits; the second for scripts in which a character is a word or a syllable
_DENSE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Written:
    """Words of one person: in the document `doc`, the text or row `where`."""

    doc: str
    where: str
    person: str | None
    text: str


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Somebody else's words that hold what the erased person wrote. `excerpt` shows them in their context."""

    doc: str
    where: str
    person: str | None
    excerpt: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: documents and their new epochs, updates that held the person's text, words blanked."""

    epochs: dict[str, int]
    updates: int
    texts: int
    look_alikes: tuple[LookAlike, ...]


def erase(store: EventStore, person: str) -> Erased:
    """Erase what `person` wrote. Nobody else may write to these documents meanwhile.

    What look-alikes there are is found before, for afterwards there is nothing to compare with. Done again after a
    power cut it goes on where it was: what is erased already stays as it is, and look-alikes are found of the rest
    alone. Raises what the store raises; Busy when all is erased and only the files still hold old bytes.
    """
    own: list[str] = []
    others: list[Written] = []
    clients: dict[str, frozenset[int]] = {}
    for doc in store.streams("board/"):
        place = parse_place(doc)
        if place is None:
            continue
        past = replay(store.entries(doc), place)
        mine = frozenset(client for client, (issued_to, _) in past.board.clients.items() if issued_to == person)
        if mine:
            clients[doc] = mine
        for written in _written(doc, past, store):
            if written.person == person:
                own.append(written.text)
            else:
                others.append(written)
    alike = tuple(look_alikes(own, others))
    epochs, updates = {}, 0
    for doc, mine in clients.items():
        changed = 0

        def rewrite(update: bytes, mine: frozenset[int] = mine) -> bytes:
            nonlocal changed
            rewritten = redact(update, mine)
            changed += rewritten != update
            return rewritten

        store.rewrite_updates(doc, rewrite)
        epochs[doc] = store.epoch(doc)
        updates += changed
    texts = len(store.blank_texts(person))
    store.scrub()
    return Erased(epochs, updates, texts, alike)


def _written(doc: str, past: Past, store: EventStore) -> Iterator[Written]:
    """All that anybody ever wrote in a document: text that stands, text that was deleted, and words of events."""
    for name, (text, stretches) in past.texts().items():
        for part in stretches:
            yield Written(doc, name, part.person, text[part.start : part.end])
        for removal in past.removals(name):
            yield Written(doc, name, removal.person, removal.text)
    for entry in store.entries(doc):
        if isinstance(entry.body, Act):
            for key in ("value", "reply"):
                said = entry.body.data.get(key)
                if isinstance(said, str):
                    yield Written(doc, entry.body.subject, entry.actor, said)


def look_alikes(erased: Iterable[str], others: Iterable[Written]) -> Iterator[LookAlike]:
    """Those of `others` that share a stretch of letters and digits with one of the `erased`; one excerpt each."""
    wanted: dict[int, set[str]] = {_LONG: set(), _SHORT: set()}
    for text in erased:
        plain, _ = _plain(text)
        size = _SHORT if _DENSE.search(plain) else _LONG
        wanted[size].update(plain[at : at + size] for at in range(len(plain) - size + 1))
    for written in others:
        plain, places = _plain(written.text)
        spans = [
            (places[at], places[at + size - 1] + 1)
            for size, stretches in wanted.items()
            if stretches
            for at in range(len(plain) - size + 1)
            if plain[at : at + size] in stretches
        ]
        if spans:
            start, end = min(span[0] for span in spans), max(span[1] for span in spans)
            excerpt = written.text[max(0, start - _CONTEXT) : end + _CONTEXT]
            yield LookAlike(written.doc, written.where, written.person, excerpt)


def _plain(text: str) -> tuple[str, list[int]]:
    """The letters and digits of `text`, caseless and without accents, and where in `text` each stands."""
    plain: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character.casefold()):
            if part.isalnum():
                plain.append(part)
                places.append(at)
    return "".join(plain), places
