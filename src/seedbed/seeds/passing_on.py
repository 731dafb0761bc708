"""What people made of somebody's seeds: expanded versions, and pairs that answer them. It carries their words along.

A pair on a board knows whose its prompt is. One that was imported does not: its prompt is the text of the question that
it names, or where it names none, of the one with the same words, as the fold links the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set

from seedbed.seeds.fold import STREAM, folded
from seedbed.study.events import Event, EventStore

__all__ = ["carriers", "forget_carried", "passed_on"]

_CURATE = "curate"
_EXPANSION = "expansion"


def passed_on(store: EventStore) -> dict[str, set[str]]:
    """By the id of a seed or of a row of a run: the seeds that answer it, were grown or expanded from it, or were
    merged with it, whichever of the two stands: whoever merges may have joined their words first."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for event in store.read(STREAM):
        if event.kind == "triple":
            for parent in (event.data.get("prompt_id"), *event.data.get("parents", ())):
                if parent:
                    found[parent].add(event.subject)
    for event in store.read(_CURATE):
        if event.kind == _EXPANSION:
            found[event.data["parent"]].add(event.subject)
        elif event.data.get("act") == "merge" and event.data.get("rival"):
            found[event.subject].add(event.data["rival"])
            found[event.data["rival"]].add(event.subject)
    return dict(found)


def carriers(
    store: EventStore, seeds: Set[str], own: Collection[str], onward: Mapping[str, Iterable[str]] | None = None
) -> set[str]:
    """The seeds beyond `seeds` that carry words of theirs along: to the end of `passed_on`, and pairs whose prompt has
    the words of one of the texts `own`."""
    onward = passed_on(store) if onward is None else onward
    waiting, found = [*seeds, *_repeated(store, seeds, own)], set[str]()
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += onward.get(one, ())
    return found - seeds


def forget_carried(store: EventStore, seeds: Set[str], own: Collection[str]) -> list[str]:
    """Erase those prompts of pairs that are words of `seeds` and that no board says are somebody's, their edits, and
    the entities of what was expanded; returns the ids of the texts. To be done while the words of the seeds stand."""
    expanded = {event.subject for event in store.read(_CURATE) if _is_expanded(event, seeds)}
    alike = _repeated(store, seeds, own)
    pairs = {
        event.subject for event in store.read(STREAM)
        if _is_unowned(event) and (event.data.get("prompt_id") in seeds | expanded or event.subject in alike)
    }  # fmt: skip
    gone = store.blank_where(
        STREAM, lambda event: {"prompt"} if event.subject in pairs and _is_unowned(event) else ()
    ) if pairs else []  # fmt: skip
    if not pairs and not expanded:
        return gone
    return gone + store.blank_where(
        _CURATE,
        lambda event: {"prompt"} if event.subject in pairs else {"swaps"} if event.subject in expanded else (),
    )


def _is_expanded(event: Event, seeds: Set[str]) -> bool:
    return event.kind == _EXPANSION and event.data["parent"] in seeds


def _is_unowned(event: Event) -> bool:
    """Whether a seeds event is of a pair of which nothing says whose its prompt is."""
    return event.kind == "triple" and "prompt" not in (event.data.get("whose") or {})


def _repeated(store: EventStore, seeds: Set[str], own: Collection[str]) -> set[str]:
    """The pairs that name no question and have as their prompt what stands in `own`, and in no seed of others."""
    words = {folded(text) for text in own if text.strip()}
    if not words:
        return set()
    for event in store.read(STREAM):
        if event.kind == "question" and event.subject not in seeds:
            words.discard(folded(event.data.get("text") or ""))
    return {
        event.subject for event in store.read(STREAM)
        if _is_unowned(event) and not event.data.get("prompt_id") and folded(event.data.get("prompt") or "") in words
    }  # fmt: skip
