"""The labels that a reader who never saw the plan would give: zero-shot, behind the cache, with its accuracy.

Topics are described by name, definition and sub-topics, question types by name, definition and hint. Nothing is
fitted, so no seed shown as an example can have taught it. A type's cue words help, but where a gate of a run used
the same cues, what that gate let through would be no observation: then they are left out, for every set alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from seedbed.assess.document import Instrument, LabelAccuracy
from seedbed.assess.instruments import Instruments
from seedbed.errors import MissingExtra
from seedbed.measures.definition import NotApplicable
from seedbed.measures.intervals import wilson
from seedbed.measures.observe import LabelObserver, accuracy
from seedbed.records import Question
from seedbed.seeds import HandLabel
from seedbed.taxonomy import Label, Taxonomy

__all__ = ["Observed", "Observer", "description"]

Kind = Literal["topic", "question_type"]


@dataclass(frozen=True, slots=True)
class Observed:
    """None where the observer abstains."""

    topic: str | None
    question_type: str | None


class Observer:
    """Observes topic and question type of English texts. Without an embedder it observes nothing, and says why."""

    def __init__(self, taxonomy: Taxonomy, instruments: Instruments, *, cues: bool) -> None:
        self._cues = cues
        self._topics: LabelObserver | None = None
        self._types: LabelObserver | None = None
        self.reason = ""
        try:
            if len(taxonomy.topics) > 1:
                self._topics = LabelObserver(instruments, {label.id: _topic(label) for label in taxonomy.topics})
            if len(taxonomy.question_types) > 1:
                self._types = LabelObserver(
                    instruments,
                    {label.id: _type(label) for label in taxonomy.question_types},
                    cues={label.id: label.cues for label in taxonomy.question_types} if cues else None,
                )
        except MissingExtra as error:
            self.reason = str(error)

    def observe(self, texts: Sequence[str]) -> dict[str, Observed]:
        """Each distinct text with what is observed; empty where nothing can be."""
        if self.reason:
            return {}
        distinct = list(dict.fromkeys(texts))
        topics = self._labels(self._topics, distinct)
        types = self._labels(self._types, distinct)
        return {text: Observed(topics[at], types[at]) for at, text in enumerate(distinct)}

    @staticmethod
    def _labels(observer: LabelObserver | None, texts: Sequence[str]) -> list[str | None]:
        if observer is None or not texts:
            return [None] * len(texts)
        return [found.label for found in observer.observe_all(texts)]

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
