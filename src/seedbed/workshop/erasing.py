"""Taking one person's words out of a workshop: the one act that rewrites the log.

In every update, whoever sent it, what that person typed (or had a model write) becomes deleted content of the same
length under the same clocks, so that everybody else's text stands where it stood. The words of their events are
blanked. Then the epoch of each document they wrote in rises: pages begin anew, and nothing that a page still keeps of
the old text is merged. What a colleague retyped or pasted is somebody else's text by the log: it is listed, for a
person to decide.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from seedbed.study.events import Event, EventStore
from seedbed.sync import redact
from seedbed.workshop.history import Past, replay
from seedbed.workshop.places import AFTERWARDS, AGENDA, FACILITATION, THEMES, WORKSHOP, parse_place
from seedbed.workshop.words import spoken

__all__ = ["Erased", "LookAlike", "Written", "erase", "look_alikes", "repeated", "words_of", "writers"]

_CALLED = "model.called"
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
    written, clients = _all_written(store, person)
    own = [one.text for one in written if one.person == person]
    alike = tuple(look_alikes(own, (one for one in written if one.person != person)))
    quoting = _quoting(own, store)  # before anything is gone that it is found by
    epochs, updates = {}, 0
    for doc, mine in clients.items():
        updates += store.rewrite_updates(doc, functools.partial(redact, clients=mine))
        epochs[doc] = store.epoch(doc)
    texts = len(quoting) + len(store.blank_texts(person))
    store.scrub()
    return Erased(epochs, updates, texts, alike)


def writers(store: EventStore) -> set[str]:
    """The people whose words stand on boards; accounts, which run the study, are none."""
    written = (one for one in _all_written(store, "")[0] if one.doc.startswith("board/") and one.text.strip())
    return {one.person for one in written if one.person and one.person.startswith("p_")}


def words_of(store: EventStore, person: str) -> list[str]:
    """All that `person` ever wrote on boards and in words of events, as it stands before it is erased."""
    return [one.text for one in _all_written(store, person)[0] if one.person == person]


def _all_written(store: EventStore, person: str) -> tuple[list[Written], dict[str, frozenset[int]]]:
    """All that anybody wrote, and by document the clients that were issued to `person`."""
    written: list[Written] = []
    clients: dict[str, frozenset[int]] = {}
    for doc in store.streams("board/"):
        if (place := parse_place(doc)) is None:
            continue
        past = replay(store.entries(doc), place)
        mine = frozenset(client for client, (issued_to, _) in past.board.clients.items() if issued_to == person)
        if mine:
            clients[doc] = mine
        written += _written(doc, past, store)
    for doc in (WORKSHOP, AGENDA, FACILITATION, AFTERWARDS, THEMES):
        written += _said(doc, store)
    return written, clients


def _written(doc: str, past: Past, store: EventStore) -> Iterator[Written]:
    """All that anybody ever wrote in a document: text that stands, text that was deleted, and words of events."""
    for name, (text, stretches) in past.texts().items():
        for part in stretches:
            yield Written(doc, name, part.person, text[part.start : part.end])
        for removal in past.removals(name):
            yield Written(doc, name, removal.person, removal.text)
    yield from _said(doc, store)


def _said(doc: str, store: EventStore) -> Iterator[Written]:
    """The words of a stream's events."""
    for event in store.read(doc):
        # a prompt, or a source, may hold the words of somebody else than who gave it
        whose = event.data.get("owner") or event.actor
        asked = event.data.get("prompt") if event.kind == _CALLED else None  # mostly our words: see `_quoting`
        for said in spoken(event.act):
            if said != asked:
                yield Written(doc, event.subject, whose, said)


def _quoting(own: list[str], store: EventStore) -> list[str]:
    """Blank what models were asked, by anybody, where it quotes one of the `own`; returns the ids of those texts.

    The server copied the words there, and nobody but who asked may read them: there is nothing for a person to decide.
    """
    found: list[str] = []
    for doc in store.streams("board/"):
        asked = [
            Written(doc, event.subject, event.actor, event.data["prompt"])
            for event in store.read(doc)
            if event.kind == _CALLED and event.data.get("prompt")
        ]
        calls = {alike.where for alike in look_alikes(own, asked)}
        if calls:
            found += store.blank_where(doc, functools.partial(_asked_in, calls))
    return found


def _asked_in(calls: set[str], event: Event) -> set[str]:
    return {"prompt"} if event.kind == _CALLED and event.subject in calls else set()


def look_alikes(erased: Iterable[str], others: Iterable[Written]) -> Iterator[LookAlike]:
    """Those of `others` that share a stretch of letters and digits with one of the `erased`; one excerpt each."""
    span = repeated(erased)
    for written in others:
        if (found := span(written.text)) is not None:
            excerpt = written.text[max(0, found[0] - _CONTEXT) : found[1] + _CONTEXT]
            yield LookAlike(written.doc, written.where, written.person, excerpt)


def repeated(erased: Iterable[str]) -> Callable[[str], tuple[int, int] | None]:
    """Tells of a text from where to where it shares letters and digits with the `erased`; None: it does not."""
    wanted: dict[int, set[str]] = {_LONG: set(), _SHORT: set()}
    for text in erased:
        plain, _ = _plain(text)
        size = _SHORT if _DENSE.search(plain) else _LONG
        wanted[size].update(plain[at : at + size] for at in range(len(plain) - size + 1))

    def span(text: str) -> tuple[int, int] | None:
        plain, places = _plain(text)
        spans = [
            (places[at], places[at + size - 1] + 1)
            for size, stretches in wanted.items()
            if stretches
            for at in range(len(plain) - size + 1)
            if plain[at : at + size] in stretches
        ]
        return (min(one[0] for one in spans), max(one[1] for one in spans)) if spans else None

    return span


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
