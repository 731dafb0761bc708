"""Taking one person's words out of a study: boards, seeds, and the files that are made of them.

A seed that several people wrote holds each one's words, and its event names them: those texts go, whoever is named
first. What the others wrote stands on the board, and the next gathering takes it up again as a newer version.
"""

from __future__ import annotations

import json
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Set
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from seedbed.errors import Busy
from seedbed.seeds.erasing_judged import forget_judged, judging_journals, no_judging
from seedbed.seeds.fold import KEPT_OUT, STREAM, WITHDRAWN, read
from seedbed.seeds.passing_on import forget_carried
from seedbed.seeds.taxonomies import current_taxonomy
from seedbed.seeds.view import write_view
from seedbed.study import Folder, hold, storage_errors
from seedbed.study.events import Act, Event, EventStore
from seedbed.workshop import erasing
from seedbed.workshop.erasing import Erased, LookAlike

__all__ = ["Grown", "erase", "erase_seeds", "undisturbed", "words_of_person", "words_of_seeds"]

_CURATE = "curate"  # the stream of what was decided about seeds, by the room after this one
_PATIENCE_S = 30.0  # a curation of some thousand seeds, with its parser, takes about as long


@dataclass(frozen=True, slots=True)
class Grown:
    """Which prompts of runs a withdrawal takes from the groups that were given them: its `rows`, and whatever names one
    of the `seeds` as what it grew from, for its run may be gone."""

    rows: frozenset[str]
    seeds: frozenset[str]


def erase(store: EventStore, person: str, folder: Folder, *, held: bool = False, grown: Grown | None = None) -> Erased:
    """Erase what `person` wrote, wherever the study holds it. Nobody else may write to their boards meanwhile.

    Gone are: their text on boards and their words in events (`seedbed.workshop.erasing`), every text of a seed that
    holds words of theirs, every edit of such a seed and of what was merged with it, and then the files made from seeds:
    seeds/*.jsonl are written anew, the vectors that curation keeps and themes/sources/ go, and assessment/ and report/
    are removed where a seed changed, for both quote seeds and both can be made again. Of what judging models replied
    only the labels stay (`erasing_judged`). Releases never change. `grown` says which prompts of runs go with them.

    What breaks off can be done again, and goes on where it was. Raises what `undisturbed` raises, with nothing done,
    unless the caller is in it (`held`); what the store raises; Busy too when all is erased and only the files still
    hold old bytes.
    """
    with nullcontext() if held else undisturbed(folder):
        labels = _labels(store, person, folder)
        judged = _forget_judged(store, person, folder)  # while the words still stand that it is found by
        # first the seeds: the boards' erasing ends with the scrubbing that takes both from the files
        theirs = frozenset(event.subject for event in store.read(STREAM) if _texts(event, person))
        named, own = words_of_person(store, person)
        carried = forget_carried(store, named, own)
        seeds = store.blank_where(STREAM, lambda event: _texts(event, person))
        prompts = [
            id
            for doc in (store.streams("board/") if theirs else [])
            for id in store.blank_where(doc, lambda event: _given(event, theirs))
        ]
        prompts += _forget_prompts(store, grown.rows, grown.seeds) if grown else []
        _sweep(folder)
        vectors = folder.root / "curation" / "vectors.npz"
        with storage_errors(vectors):
            vectors.unlink(missing_ok=True)  # of their words too, and it does not say which
        read_aloud = folder.root / "themes" / "sources"
        with storage_errors(read_aloud):  # what was exported of transcripts and notes can be exported again
            if read_aloud.exists():
                shutil.rmtree(read_aloud)
        # before the words of the editors themselves, which are theirs alone, go with all of a person's
        merged = _merged_with(store, theirs | _written(store, person))
        edits = store.blank_where(_CURATE, lambda event: _edited(event, person, merged))
        if theirs or edits:
            for made in (folder.assessment, folder.report):
                with storage_errors(made):  # it quotes them: what cannot be removed must be heard of
                    if made.exists():
                        shutil.rmtree(made)
        try:
            erased = erasing.erase(store, person)
        finally:  # where only the scrubbing failed, the words are gone and the files made of them must follow
            for stream in (STREAM, _CURATE):
                store.raise_epoch(stream)  # who keeps either in memory reads it anew
            write_view(folder, read(store).seeds())
    alike = (*erased.look_alikes, *labels)
    texts = erased.texts + len(seeds) + len(prompts) + len(carried) + len(edits) + judged
    return replace(erased, texts=texts, look_alikes=alike)


def _forget_judged(store: EventStore, person: str, folder: Folder) -> int:
    """Take out what judging models replied about the person's seeds and in the person's words."""
    if not judging_journals(folder):
        return 0
    theirs, own = words_of_person(store, person)
    return forget_judged(folder, theirs, own)


def words_of_person(store: EventStore, person: str) -> tuple[set[str], list[str]]:
    """The seeds that hold, or held, words of `person`, with what was merged with them; and all their words, as they
    stand before they are erased."""
    theirs = {event.subject for event in store.read(STREAM) if _texts(event, person)} | _written(store, person)
    theirs |= _merged_with(store, theirs)
    own = erasing.words_of(store, person)
    for event in store.read(STREAM):
        own += [str(event.data.get(name) or "") for name in _texts(event, person)]
    for event in store.read(_CURATE):
        names = set(event.data) if event.actor == person else _edited(event, person, theirs)
        own += [value for name in names if isinstance(value := event.data.get(name), str)]
        if names and event.subject:
            theirs.add(event.subject)
    return theirs, list(dict.fromkeys(own))


def words_of_seeds(store: EventStore, seeds: Set[str]) -> tuple[set[str], list[str]]:
    """`seeds` with what was merged with them, and the words of the given ones, their edits too."""
    own = [
        value
        for stream in (STREAM, _CURATE)
        for event in store.read(stream)
        if event.subject in seeds
        for name, value in event.data.items()
        if (name in _WORDS or name in (event.data.get("whose") or {})) and isinstance(value, str)
    ]
    return set(seeds) | _merged_with(store, seeds), list(dict.fromkeys(own))


def erase_seeds(store: EventStore, seeds: Set[str], folder: Folder, *, grown: Grown | None = None) -> int:
    """Erase every text of these seeds, and of their edits, and see that no gathering brings them back; returns how many
    texts. For holders of `undisturbed`. What stands on boards stays there, until its author's words are erased; but
    prompts that groups were given go, of these seeds and, as in `erase`, of `grown`.

    Done again it changes nothing. Raises what the store raises.
    """
    have = read(store)
    named, own = words_of_seeds(store, seeds)
    texts = forget_carried(store, named, own)
    texts += store.blank_where(STREAM, lambda event: _WORDS if event.subject in seeds else ())
    for doc in store.streams("board/"):
        texts += store.blank_where(doc, lambda event: _given(event, frozenset(seeds)))
    texts += _forget_prompts(store, grown.rows, grown.seeds) if grown else []
    merged = _merged_with(store, seeds)
    texts += store.blank_where(
        _CURATE, lambda event: set(event.data) if event.subject in seeds else _WORDS if event.subject in merged else ()
    )
    fresh = [id for id in sorted(seeds) if id in have.boards and id not in have.kept_out]
    if fresh:
        store.append(
            STREAM, "withdraw", [Act(WITHDRAWN, id, {"board": have.boards[id], "why": KEPT_OUT}) for id in fresh]
        )
    _sweep(folder)
    store.scrub()
    for stream in (STREAM, _CURATE):
        store.raise_epoch(stream)
    write_view(folder, read(store).seeds())
    return len(texts)


def _forget_prompts(store: EventStore, rows: Set[str], seeds: Set[str]) -> list[str]:
    """Take out the prompts that are one of `rows`, or grew from one of `seeds`: as groups were given them, as they
    stand in pairs, and as such pairs were edited. Returns the ids of the texts."""
    if not rows and not seeds:
        return []
    gone, given = [], set(rows)
    for doc in store.streams("board/"):
        given |= {event.data["from"] for event in store.read(doc) if _grown(event, rows, seeds) and event.data["from"]}
        gone += store.blank_where(doc, lambda event: _PROMPT if _grown(event, rows, seeds) else ())
    answers = {event.subject for event in store.read(STREAM) if _answers(event, given)}
    gone += store.blank_where(STREAM, lambda event: {"prompt"} if _answers(event, given) else ())
    return gone + store.blank_where(_CURATE, lambda event: {"prompt"} if event.subject in answers else ())


def _grown(event: Event, rows: Set[str], seeds: Set[str]) -> bool:
    """Whether a group was given a prompt that is one of `rows`, or a model's that grew from one of `seeds`."""
    if event.kind not in ("prompt.give", "prompt.swap") or event.data.get("source") != "grown":
        return False
    return event.data.get("from") in rows or not seeds.isdisjoint(event.data.get("parents") or ())


def _answers(event: Event, rows: Set[str]) -> bool:
    """Whether a seeds event is of a pair whose prompt is one of `rows`."""
    return event.kind == "triple" and event.data.get("prompt_id") in rows


def _sweep(folder: Folder) -> None:
    """Remove what a process that was killed while it wrote the view of the seeds left beside it."""
    for left in folder.seeds.glob(".*.jsonl.*"):
        with storage_errors(left):
            left.unlink(missing_ok=True)


def _labels(store: EventStore, person: str, folder: Folder) -> list[LookAlike]:
    """The names and definitions by `person` that were accepted into the taxonomy, whose versions never change."""
    found = []
    standing = current_taxonomy(folder).to_json()
    for doc in store.streams("board/"):
        events = [event for event in store.read(doc) if event.kind in ("label.add", "label.review")]
        accepted = {one.subject for one in events if one.kind == "label.review" and one.data["state"] == "accepted"}
        for one in events:
            if one.kind == "label.add" and one.actor == person and one.subject in accepted:
                said = [one.data.get(name) or "" for name in ("label", "definition")]
                said = [words for words in said if words and json.dumps(words, ensure_ascii=False) in standing]
                if said:
                    found.append(LookAlike(doc, one.subject, None, ": ".join(said)))
    return found


def _texts(event: Event, person: str) -> set[str]:
    """The names of those texts of a seeds event that hold words of `person`."""
    whose: dict[str, Any] | None = event.data.get("whose")
    if whose is not None:
        return {name for name, people in whose.items() if person in people}
    if person not in event.data.get("authors", ()):
        return set()
    return {name for name, value in event.data.items() if isinstance(value, str) or value is None} & _WORDS


_PROMPT = frozenset({"text", "topic", "question_type"})  # the texts of a prompt that a group was given

# the texts of an event that does not say whose each is
_WORDS = frozenset({
    "text", "topic_raw", "question_type_raw", "source", "persona", "scenario", "entities",
    "prompt", "misaligned", "critique", "aligned", "values_raw", "stance",
})  # fmt: skip


def _edited(event: Event, person: str, merged: Set[str]) -> set[str]:
    """The names of those texts of a decision that may hold words of `person` beside those of who decided.

    Of a seed that was ever merged with one of theirs that is all: whoever merges two may have joined their words first.
    """
    whose: dict[str, Any] = event.data.get("whose") or {}
    return {name for name, people in whose.items() if person in people or event.subject in merged}


def _written(store: EventStore, person: str) -> set[str]:
    """The seeds of which `person` is, or was, an author."""
    return {event.subject for event in store.read(STREAM) if person in event.data.get("authors", ())}


def _merged_with(store: EventStore, seeds: Set[str]) -> set[str]:
    """`seeds` with all that they were ever merged with, by way of others too; taken back or not."""
    beside: dict[str, set[str]] = defaultdict(set)
    for event in store.read(_CURATE) if seeds else ():
        if event.data.get("act") == "merge" and event.data.get("rival"):
            beside[event.subject].add(event.data["rival"])
            beside[event.data["rival"]].add(event.subject)
    found = set(seeds & beside.keys())
    waiting = list(found)
    while waiting:
        fresh = beside[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return found


def _given(event: Event, seeds: frozenset[str]) -> set[str]:
    """The words of a prompt that a group was given and that is one of `seeds`."""
    given = event.kind in ("prompt.give", "prompt.swap") and event.data.get("source") == "seed"
    return set(_PROMPT) if given and event.data.get("from") in seeds else set()


@contextmanager
def undisturbed(folder: Folder) -> Iterator[None]:
    """Hold all that is made of seeds: what is under way has read the words that are to go, and would write them.

    Waits for whatever reads seeds to write them down (an import, a curation, a gathering, an assessment, a report, a
    release, a judging run), and raises Busy after half a minute of it: a server waits before it sends anybody away.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        with ExitStack() as held:
            try:
                held.enter_context(folder.writing())
                held.enter_context(no_judging(folder))
                for made in (folder.assessment, folder.report, folder.releases):
                    fresh = not made.exists()
                    held.enter_context(hold(made / ".lock", what=f"The folder {made}"))
                    if fresh:  # by the lock alone
                        held.callback(shutil.rmtree, made, ignore_errors=True)
            except Busy:
                if time.monotonic() > deadline:
                    raise
            else:
                yield
                return
        time.sleep(0.2)
