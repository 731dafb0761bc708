"""The labels that a reader who never saw the plan would give: zero-shot, behind the cache, with its accuracy.

Topics are described by name, definition and sub-topics, question types by name, definition and hint. Nothing is
fitted, so no seed shown as an example can have taught it. A type's cue words help, but where a gate of a run used
the same cues, what that gate let through would be no observation: then they are left out, for every set alike.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from seedbed.assess.document import Instrument, LabelAccuracy
from seedbed.assess.instruments import Instruments
from seedbed.errors import MissingExtra
from seedbed.measures import observe
from seedbed.measures.definition import NotApplicable
from seedbed.measures.intervals import wilson
from seedbed.measures.observe import LabelObserver, accuracy
from seedbed.records import Question
from seedbed.seeds import HandLabel
from seedbed.taxonomy import Label, Taxonomy

__all__ = ["Observed", "Observer", "description"]

Kind = Literal["topic", "question_type"]
_AT_ONCE = 1024  # texts whose vectors are held as float32


@dataclass(frozen=True, slots=True)
class Observed:
    """None where the observer abstains."""

    topic: str | None
    question_type: str | None


class Observer:
    """Observes topic and question type of English texts. Without an embedder it observes nothing, and says why."""

    def __init__(self, taxonomy: Taxonomy, instruments: Instruments, *, cues: bool) -> None:
        self._cues = cues
        self._instruments = instruments
        self._topics: _Kind | None = None
        self._types: _Kind | None = None
        self.reason = ""
        try:
            if len(taxonomy.topics) > 1:
                self._topics = _Kind(instruments, {label.id: _topic(label) for label in taxonomy.topics}, {})
            if len(taxonomy.question_types) > 1:
                types = taxonomy.question_types
                known = {label.id: label.cues for label in types} if cues else {}
                self._types = _Kind(instruments, {label.id: _type(label) for label in types}, known)
        except MissingExtra as error:
            self.reason = str(error)

    def observe(self, texts: Iterable[str]) -> dict[str, Observed]:
        """Each distinct text with what is observed; empty where nothing can be."""
        if self.reason:
            return {}
        distinct = list(dict.fromkeys(texts))
        topics, types = (kind.labels(distinct) if kind else {} for kind in (self._topics, self._types))
        return {text: Observed(topics.get(text), types.get(text)) for text in distinct}

    def accuracy(
        self, questions: Sequence[Question], hand_labels: Mapping[str, Sequence[HandLabel]]
    ) -> tuple[LabelAccuracy, ...]:
        """Agreement with hand labels on the questions that have one; with several readers, the label most gave."""
        observed = self.observe([question.text for question in questions if question.id in hand_labels])
        return tuple(self._accuracy(kind, questions, hand_labels, observed) for kind in ("topic", "question_type"))

    def _accuracy(
        self,
        kind: Kind,
        questions: Sequence[Question],
        hand_labels: Mapping[str, Sequence[HandLabel]],
        observed: Mapping[str, Observed],
    ) -> LabelAccuracy:
        pairs: list[tuple[str | None, str]] = []
        authors: list[bool] = []
        for question in questions:
            given = Counter(
                label for hand in hand_labels.get(question.id, ()) if (label := getattr(hand, kind)) is not None
            )
            if not given:
                continue
            truth = given.most_common(1)[0][0]
            own = getattr(question, kind)
            if own is not None:
                authors.append(own == truth)
            if question.text in observed:
                pairs.append((getattr(observed[question.text], kind), truth))
        none = NotApplicable(self.reason or "no question has a hand label")
        found = accuracy(pairs) if pairs else None
        return LabelAccuracy(
            kind,
            found.accuracy if found else none,
            found.coverage if found else none,
            wilson(sum(authors), len(authors)) if authors else NotApplicable("no question has both labels"),
            len(pairs),
        )

    def used(self) -> Instrument:
        cues = "with cue words" if self._cues else "without cue words, because a gate of a run used them"
        return Instrument("label observer", f"zero-shot by descriptions, question types {cues}", self.reason)


def description(label: Label) -> str:
    """How a label is put into words for the embedder, as one text: its name, definition and sub-topics."""
    return " ".join(part for part in (f"{label.label}.", label.definition, ", ".join(label.subtopics)) if part)


def _topic(label: Label) -> list[str]:
    return [label.label, *filter(None, [label.definition]), *label.subtopics]


def _type(label: Label) -> list[str]:
    return [label.label, *filter(None, [label.definition, label.hint])]


class _Kind:
    """The observer of one kind of label, behind the cache: by content, descriptions, cues and the observer's code."""

    def __init__(
        self, instruments: Instruments, labels: Mapping[str, Sequence[str]], cues: Mapping[str, Sequence[str]]
    ) -> None:
        self._instruments = instruments
        self._observer = LabelObserver(instruments, labels, cues=cues or None)
        made_of = [instruments.fingerprint, repr({**labels}), repr({**cues}), Path(observe.__file__).read_text()]
        self._fingerprint = f"observed {hashlib.sha256(''.join(made_of).encode()).hexdigest()}"

    def labels(self, texts: Sequence[str]) -> dict[str, str | None]:
        found = self._instruments.cache.get(self._fingerprint, texts, self._compute)
        return {text: value.decode() or None for text, value in found.items()}

    def _compute(self, texts: Sequence[str]) -> Iterator[bytes]:
        for start in range(0, len(texts), _AT_ONCE):
            for found in self._observer.observe_all(texts[start : start + _AT_ONCE]):
                yield (found.label or "").encode()
