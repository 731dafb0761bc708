"""Which seeds must stay together with one: asked again and again, of seeds of which few change in between.

The ties are those of `links.ties`, found from one seed outwards instead of between all. Words are read when they are
new; to ask about one of ten thousand seeds then takes some milliseconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from seedbed.curate.links import LONG_RUN, Tie
from seedbed.measures.tokens import tokenise
from seedbed.records import Question, Triple

__all__ = ["Likeness", "component_of"]

# Rows compared with all others at once: 128 · 10,000 · 4 bytes are 5 MB.
_BLOCK = 128


class Likeness:
    """Seeds by their words. `cut` is the ROUGE-L F1 of near-duplicates, `shared_words` as in `links.ties`."""

    def __init__(self, cut: tuple[int, int], shared_words: int = 0) -> None:
        self._cut = cut
        # for questions and prompts, and for responses: how many words in a row make a tie
        self._runs = (shared_words, max(shared_words, LONG_RUN)) if shared_words else (0, 0)
        self._alphabet: dict[str, str] = {}
        self._texts: dict[str, tuple[str, ...]] = {}
        self._encoded: dict[str, tuple[str, ...]] = {}  # words as characters: the head, then responses
        self._holders = (_Holders(), _Holders())
        self._beside: dict[str, set[str]] = {}

    def update(self, seeds: Sequence[Question | Triple]) -> None:
        """Take the seeds as they stand now. Work: that of reading the texts that are new."""
        now = {item.id: _texts_of(item) for item in seeds}
        for id in [id for id, texts in self._texts.items() if now.get(id) != texts]:
            self._drop(id)
        for id, texts in now.items():
            if id not in self._texts:
                self._add(id, texts)
        beside: dict[str, set[str]] = defaultdict(set)
        for item in seeds:
            kin = item.parents if isinstance(item, Question) else (item.prompt_id,)
            for other in kin:
                if other is not None and other in now:
                    beside[item.id].add(other)
                    beside[other].add(item.id)
        self._beside = beside

    def component(self, id: str, known: Iterable[Tie] = ()) -> tuple[str, ...]:
        """The seeds that must stay with `id`, itself included, in order: its component by words and by `known` ties.

        Work: members of the component times all seeds.
        """
        ties = list(known)
        ties_of: dict[str, list[int]] = defaultdict(list)
        for at, tie in enumerate(ties):
            for member in tie.ids:
                ties_of[member].append(at)
        found, waiting = {id}, [id]
        followed: set[int] = set()  # a tie of thousands is followed once, not from each of its members
        walked: tuple[set[str], set[str]] = (set(), set())
        while waiting:
            block, waiting = waiting[:_BLOCK], waiting[_BLOCK:]
            fresh = self._near(block)
            for one in block:
                fresh |= self._beside.get(one, set())
                for place, text in enumerate(self._encoded.get(one, ())):
                    runs = set(self._grams(place, text)) - walked[place > 0]
                    walked[place > 0].update(runs)
                    fresh |= fresh.union(*(self._holders[place > 0].of(run) for run in runs))
            beside = {at for one in block for at in ties_of.get(one, ())} - followed
            followed |= beside
            fresh = fresh.union(*(ties[at].ids for at in beside)) - found
            found |= fresh
            waiting += sorted(fresh)
        return tuple(sorted(found & self._texts.keys()))

    def _near(self, ids: Sequence[str]) -> set[str]:
        """Those whose questions or prompts are near-duplicates of those of `ids`."""
        import numpy as np
        from rapidfuzz.distance import LCSseq
        from rapidfuzz.process import cdist

        rows = [text for one in ids if (text := self._encoded.get(one, ("",))[0])]
        if not rows:
            return set()
        names = [one for one, texts in self._encoded.items() if texts[0]]
        texts = [self._encoded[one][0] for one in names]
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        own = np.array([len(text) for text in rows], dtype=np.int64)
        top, bottom = self._cut
        common = cdist(rows, texts, scorer=LCSseq.similarity, dtype=np.int32).astype(np.int64)
        near = 2 * bottom * common >= top * (own[:, None] + lengths[None, :])
        return {names[at] for at in np.flatnonzero(near.any(axis=0))}

    def _add(self, id: str, texts: tuple[str, ...]) -> None:
        alphabet = self._alphabet
        encoded: list[str] = []
        for text in texts:
            words = tokenise(text)
            for word in words:
                if word not in alphabet:
                    alphabet[word] = chr(0x10000 + len(alphabet))  # above the surrogates; a million are free
            encoded.append("".join([alphabet[word] for word in words]))
        self._texts[id], self._encoded[id] = texts, tuple(encoded)
        for place, text in enumerate(encoded):
            holders = self._holders[place > 0]
            for run in self._grams(place, text):
                holders.add(run, id)

    def _drop(self, id: str) -> None:
        for place, text in enumerate(self._encoded.pop(id)):
            for run in self._grams(place, text):
                self._holders[place > 0].drop(run, id)
        del self._texts[id]

    def _grams(self, place: int, text: str) -> list[str]:
        n = self._runs[place > 0]
        return [text[at : at + n] for at in range(len(text) - n + 1)] if n else []


class _Holders:
    """Which seeds have a run of words. Most runs have one holder, and need no set of their own."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._more: dict[str, set[str]] = {}

    def add(self, run: str, id: str) -> None:
        first = self._first.setdefault(run, id)
        if first != id:
            self._more.setdefault(run, {first}).add(id)

    def drop(self, run: str, id: str) -> None:
        if run in self._more:
            self._more[run].discard(id)
        elif self._first.get(run) == id:
            del self._first[run]

    def of(self, run: str) -> set[str]:
        if run in self._more:
            return self._more[run]
        return {self._first[run]} if run in self._first else set()


def component_of(
    id: str,
    seeds: Sequence[Question | Triple],
    cut: tuple[int, int],
    shared_words: int = 0,
    known: Iterable[Tie] = (),
) -> tuple[str, ...]:
    """The seeds that must stay with `id`, itself included, in order: its component by `links.ties` and `known` ones."""
    alike = Likeness(cut, shared_words)
    alike.update(seeds)
    return alike.component(id, known)


def _texts_of(item: Question | Triple) -> tuple[str, ...]:
    return (item.text,) if isinstance(item, Question) else (item.prompt, item.misaligned, item.aligned)
