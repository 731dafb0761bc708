"""Which seeds must stay together: alike in words, or a triple and the question it answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from seedbed.measures.tokens import ngrams, tokenise
from seedbed.records import Question, Triple

__all__ = ["EXPANDED", "LONG_RUN", "Tie", "components", "family_of", "ties"]

NEAR = "near-duplicate"
EXPANDED = "expanded"  # the source of a question that was made from another by other entities

Listen = Callable[[str, int, int], None]
# Rows compared with all others at once: 128 · 10,000 · 4 bytes are 5 MB.
_BLOCK = 128
# Responses are long, and eight words in a row are common in them; contamination of long texts is sought by 13-grams
# (Brown et al. 2020).
LONG_RUN = 13


@dataclass(frozen=True, slots=True)
class Tie:
    """Seeds that belong together, by id in order, and why; `measured` is ROUGE-L F1, words in common, or a cosine."""

    ids: tuple[str, ...]
    why: str
    measured: float | None = None

    @property
    def likeness(self) -> float | None:
        """`measured` where it is a ROUGE-L F1, which can be compared between seeds; words in common and cosines cannot
        be with it."""
        return self.measured if self.why == NEAR else None


def family_of(item: Question | Triple) -> str:
    """The seed that an expanded question was made from; any other seed's own id."""
    return item.parents[0] if item.source == EXPANDED and item.parents else item.id


def ties(
    seeds: Sequence[Question | Triple],
    cut: tuple[int, int],
    shared_words: int = 0,
    listen: Listen = lambda what, done, total: None,
) -> list[Tie]:
    """All ties among `seeds`, in a fixed order.

    Compared are the question texts and the prompts of triples: ROUGE-L F1 >= cut, in integers. With `shared_words`,
    also questions and prompts with so many words in a row in common, and responses with 13.
    """
    ordered = sorted(seeds, key=lambda item: item.id)
    tokens = {item.id: tokenise(item.text if isinstance(item, Question) else item.prompt) for item in ordered}
    return _near(tokens, cut, listen) + _told(ordered, tokens, shared_words)


def _told(ordered: Sequence[Question | Triple], tokens: dict[str, list[str]], shared_words: int) -> list[Tie]:
    """All ties but those of near-duplicates."""
    found: list[Tie] = []
    if shared_words:
        found += _shared(tokens.items(), shared_words)
        responses = [
            (item.id, tokenise(text))
            for item in ordered
            if isinstance(item, Triple)
            for text in (item.misaligned, item.aligned)
        ]
        found += _shared(responses, max(shared_words, LONG_RUN))
    for item in ordered:
        if isinstance(item, Triple) and item.prompt_id in tokens and item.prompt_id is not None:
            found.append(Tie(tuple(sorted((item.id, item.prompt_id))), "answers"))
        elif isinstance(item, Question):
            found += [Tie(tuple(sorted((item.id, id))), "grown-from") for id in item.parents if id in tokens]
    return found


def components(ids: Iterable[str], found: Iterable[Tie]) -> list[tuple[str, ...]]:
    """The ids parted into sets that no tie crosses, each in order, by their first id."""
    parent = {id: id for id in ids}

    def root(id: str) -> str:
        while parent[id] != id:
            parent[id] = parent[parent[id]]
            id = parent[id]
        return id

    for tie in found:
        first = root(tie.ids[0])
        for other in tie.ids[1:]:
            low, high = sorted((first, root(other)))
            parent[high] = first = low
    members: dict[str, list[str]] = defaultdict(list)
    for id in sorted(parent):
        members[root(id)].append(id)
    return [tuple(found) for _, found in sorted(members.items())]


def _as_characters(tokens: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """The ids of seeds that have words, and their words with one character each: rapidfuzz's bit-parallel path."""
    alphabet: dict[str, str] = {}
    for words in tokens.values():
        for word in words:
            alphabet.setdefault(word, chr(0x10000 + len(alphabet)))  # above the surrogates; a million are free
    ids = [id for id, words in tokens.items() if words]
    return ids, ["".join(alphabet[word] for word in tokens[id]) for id in ids]


def _near(tokens: dict[str, list[str]], cut: tuple[int, int], listen: Listen) -> list[Tie]:
    import numpy as np
    from rapidfuzz.distance import LCSseq
    from rapidfuzz.process import cdist

    ids, texts = _as_characters(tokens)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    top, bottom = cut
    found: list[Tie] = []
    for start in range(0, len(ids), _BLOCK):
        rows = texts[start : start + _BLOCK]
        common = cdist(rows, texts[start:], scorer=LCSseq.similarity, dtype=np.int32).astype(np.int64)
        total = lengths[start : start + len(rows), None] + lengths[None, start:]
        for a, b in np.argwhere(2 * bottom * common >= top * total):
            if a < b:
                f1 = round(float(2 * common[a, b] / total[a, b]), 4)
                found.append(Tie(tuple(sorted((ids[start + a], ids[start + b]))), NEAR, f1))
        listen("comparing seeds", min(start + _BLOCK, len(ids)), len(ids))
    return found


def _shared(texts: Iterable[tuple[str, list[str]]], run: int) -> list[Tie]:
    holders: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for id, words in texts:
        for gram in ngrams(words, run):
            holders[gram][id] = None
    groups = {tuple(sorted(ids)) for ids in holders.values() if len(ids) > 1}
    return [Tie(ids, "shared-words", run) for ids in sorted(groups)]
