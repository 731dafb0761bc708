"""The gates of stage 0: small named checks of one line, in an order that the settings give.

The thresholds are those of topic-guided Self-Instruct and of its port (three words, below 50 characters, no //, \\u, @
or _). It asks for a first letter from A to Z; here any capital letter will do, any letter of a script that has none,
and a digit. The verdict's note "ascii" says which of them the published filter would have kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from seedbed.generate.gating import FIELD, VECTOR_GATES, Finding, cosine, require
from seedbed.generate.settings import TopicSettings
from seedbed.measures.embed import TextEmbedder
from seedbed.records import Ask, Candidate
from seedbed.taxonomy import Taxonomy
from seedbed.taxonomy.labels import normalise

__all__ = ["TOPIC_GATES", "Gate", "TopicBench"]


class TopicBench:
    """What the gates compare with: the taxonomy's names, and the topics kept before for each question type."""

    def __init__(self, settings: TopicSettings, taxonomy: Taxonomy, embedder: TextEmbedder | None = None) -> None:
        require(settings.order, VECTOR_GATES if embedder is None else set())
        self.settings = settings
        self._embedder: Any = embedder
        self._vectors: dict[str, Any] = {}
        self._taxonomy = taxonomy
        self._kept: dict[str | None, dict[str, str]] = {}

    def remember(self, id: str, text: str, type_: str | None) -> None:
        self._kept.setdefault(type_, {}).setdefault(_folded(text), id)

    def rival(self, text: str, type_: str | None) -> str | None:
        """The row kept before for this type that holds the same words."""
        return self._kept.get(type_, {}).get(_folded(text))

    def margin(self, text: str, topic: str) -> tuple[float, str]:
        """(how far the topic is ahead of the next one in cosine with `text`, that one's id)."""
        if self._embedder is None:
            from seedbed.measures.embed import Embedder

            self._embedder = Embedder()
        if not self._vectors:
            for label in self._taxonomy.topics:
                self._vectors[label.id] = self._embedder.encode([f"{label.label}: {label.definition}"])[0]
        vector = self._embedder.encode([text])[0]
        others = ((cosine(vector, other), id) for id, other in self._vectors.items() if id != topic)
        score, rival = max(others, default=(-1.0, ""))
        return cosine(vector, self._vectors[topic]) - score, rival

    def names(self, ask: Ask) -> set[str]:
        """The names of the ask's topic and type, normalised."""
        labels = [self._taxonomy.topic(ask.topic)] if ask.topic else []
        labels += [self._taxonomy.question_type(ask.question_type)] if ask.question_type else []
        return {normalise(name) for label in labels for name in (label.id, label.label, *label.aliases)}

    def subtopics(self, ask: Ask) -> set[str]:
        return {_folded(name) for name in self._taxonomy.topic(ask.topic).subtopics} if ask.topic else set()


Gate = Callable[[TopicBench, Ask, Candidate], Finding | None]


def words(bench: TopicBench, ask: Ask, candidate: Candidate) -> Finding | None:
    """At least one word, and at most max_words."""
    count = len(candidate.text.split())
    if count < 1:
        return Finding("no word", 0)
    most = bench.settings.max_words
    return Finding(f"{count} words, more than {most}", count) if count > most else None


def capital(bench: TopicBench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Begins with a capital letter, with a letter of a script that has no capitals, or with a digit."""
    first = candidate.text[:1]
    if first.isdigit() or unicodedata.category(first or " ") in ("Lu", "Lt", "Lo"):
        return None
    return Finding("does not begin with a capital letter", first)


def ending(bench: TopicBench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Does not end in punctuation."""
    last = candidate.text[-1:]
    return Finding("ends in punctuation", last) if last and unicodedata.category(last)[0] == "P" else None


def signs(bench: TopicBench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Holds no //, \\\\u, @ or _, which are of addresses and code."""
    found = next((sign for sign in ("//", "\\u", "@", "_") if sign in candidate.text), None)
    return Finding(f"holds {found}", found) if found else None


def characters(bench: TopicBench, ask: Ask, candidate: Candidate) -> Finding | None:
    """At most max_characters characters."""
    count, most = len(candidate.text), bench.settings.max_characters
    return Finding(f"{count} characters, more than {most}", count) if count > most else None


def leaked_fields(bench: TopicBench, ask: Ask, candidate: Candidate) -> Finding | None:
    """No field name of the prompt in the text."""
    found = FIELD.search(candidate.text)
    return Finding(f"a field name leaked: {found.group(1)}", found.group(1)) if found else None


def own_name(bench: TopicBench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Not the name of the topic itself, nor of the question type."""
    return Finding("the name of the topic or type itself") if normalise(candidate.text) in bench.names(ask) else None


def copy(bench: TopicBench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Not a sub-topic that the taxonomy has already."""
    return Finding("a sub-topic of the taxonomy already") if _folded(candidate.text) in bench.subtopics(ask) else None


def duplicate(bench: TopicBench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Not the words, in any case, of a topic kept before for the same question type."""
    rival = bench.rival(candidate.text, ask.question_type)
    return Finding("the same words as another topic of its type", None, rival) if rival else None


def topic(bench: TopicBench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Not much nearer to another topic of the taxonomy than to its own, by meaning. Not in the published filters.

    Two in five topics of the embedded model are nearer to another topic; at the default margin one in five is stopped,
    and of the sub-topics that people wrote for the sample one in twelve would be.
    """
    if ask.topic is None:
        return None
    margin, other = bench.margin(candidate.text, ask.topic)
    if margin >= bench.settings.min_topic_margin:
        return None
    return Finding(f"nearer to {other} than to {ask.topic}", round(margin, 4))


TOPIC_GATES: dict[str, Gate] = {
    "words": words,
    "capital": capital,
    "ending": ending,
    "signs": signs,
    "characters": characters,
    "leaked-fields": leaked_fields,
    "own-name": own_name,
    "copy": copy,
    "duplicate": duplicate,
    "topic": topic,
}


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
