"""One row at a time: everything that is measured on a text, and what that makes of the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seedbed.assess.instruments import Instruments
from seedbed.assess.judged import Judged
from seedbed.assess.likeness import RowLikeness, likenesses
from seedbed.assess.material import Item, Material
from seedbed.assess.nearness import Nearness, nearness
from seedbed.assess.observer import Observed, Observer
from seedbed.assess.reading import Reading, readings
from seedbed.assess.responses import PairRow, pair_rows
from seedbed.assess.sampled import sampled_rows
from seedbed.assess.settings import AssessSettings
from seedbed.assess.verdicts import NO_VERDICTS, Verdicts, of_question
from seedbed.measures.definition import ENGLISH, NotApplicable
from seedbed.taxonomy import Taxonomy

__all__ = ["PairRow", "QuestionRow", "Rows", "measure"]


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """What was measured on one question. None: not measured, or not defined for it.

    `topic_observed` and `question_type_observed` are None where the observer abstains. `looked_at` is False for a
    row outside the run's sample, on which neither embedder nor parser ran.
    """

    id: str
    run: str | None
    state: str
    gate: str
    cluster: str
    topic_requested: str | None
    topic_observed: str | None
    question_type_requested: str | None
    question_type_observed: str | None
    traditional: bool | None
    openness_a: str | None
    openness_b: str | None
    words: int | None
    tokens: int | None
    looked_at: bool
    parsed: bool
    verb: str | None
    noun: str | None
    auxiliary_root: bool | None
    sensible: bool | None
    sensible_reason: str
    grammar_problems: int | None
    relevance_topic: float | None
    relevance_question_type: float | None
    topic_first: bool | None
    nearest_seed: str | None = None
    seed_rouge_l: float | None = None
    seed_containment: float | None = None
    seed_cosine: float | None = None
    copied_example: str | None = None
    repeats: str | None = None
    repeats_f1: float | None = None
    had_examples: bool = False
    verdicts: Verdicts = NO_VERDICTS


@dataclass(frozen=True, slots=True)
class Rows:
    """Every row that was measured, by id."""

    questions: dict[str, QuestionRow]
    pairs: dict[str, PairRow]
    parse_reason: str = ""
    embed_reason: str = ""
    grammar_reason: str = ""


def measure(
    material: Material,
    taxonomy: Taxonomy,
    instruments: Instruments,
    observer: Observer,
    said: Judged,
    settings: AssessSettings,
) -> Rows:
    """Measure every row once, however many sets it is in."""
    items = {item.id: item for part in material.questions for item in part.items}
    looked_at = sampled_rows(items.values(), settings.sample, settings.seed)
    few = sampled_rows((items[id] for id in looked_at), settings.grammar_sample or -1, settings.seed)
    read = [item for id, item in items.items() if id in looked_at]
    instruments.embed(item.text for item in read)
    reader = _Reader(items, looked_at, instruments)
    instruments.close()
    grammar = instruments.grammar(item.text for item in read if item.id in few and _english(item))
    near = nearness(taxonomy, read, instruments)
    observed = observer.observe(item.text for item in read if _english(item))
    like = likenesses(material, looked_at, instruments)
    questions = {
        id: _question(
            item,
            reader.reading(item),
            grammar.get(item.text) if isinstance(grammar, dict) else None,
            observed.get(item.text) if id in looked_at else None,
            near.get(id),
            like[id],
            said,
            looked_at=id in looked_at,
        )
        for id, item in items.items()
    }
    pairs = pair_rows(material, instruments, said, settings)
    vectors = instruments.embed(())  # why there are none: where a study has triples alone, only now is it known
    why = [reader.why, *(found.reason if isinstance(found, NotApplicable) else "" for found in (vectors, grammar))]
    return Rows(questions, pairs, *why)


class _Reader:
    """The readings of all texts: with the parser where a row is looked at, by form alone elsewhere."""

    def __init__(self, items: Mapping[str, Item], looked_at: set[str], instruments: Instruments) -> None:
        self.why = ""
        self._looked_at = looked_at
        self._parsed: dict[tuple[str, str], Reading] = {}
        self._formed: dict[tuple[str, str], Reading] = {}
        for language in dict.fromkeys(item.language for item in items.values()):
            texts = [item.text for id, item in items.items() if item.language == language and id in looked_at]
            found, why = instruments.read(texts, language)
            self.why = self.why or why
            self._parsed.update(((language, text), reading) for text, reading in found.items())
            rest = [item.text for id, item in items.items() if item.language == language and id not in looked_at]
            for text, reading in zip(rest, readings(rest, language, None), strict=True):
                self._formed[language, text] = reading

    def reading(self, item: Item) -> Reading:
        return (self._parsed if item.id in self._looked_at else self._formed)[item.language, item.text]


def _english(item: Item) -> bool:
    return ENGLISH.refuses(item.language) is None


def _question(
    item: Item,
    reading: Reading,
    grammar: int | None,
    observed: Observed | None,
    near: Nearness | None,
    like: RowLikeness,
    said: Judged,
    *,
    looked_at: bool,
) -> QuestionRow:
    return QuestionRow(
        id=item.id,
        run=item.run,
        state=item.state,
        gate=item.gate,
        cluster=item.cluster,
        topic_requested=item.topic,
        topic_observed=observed.topic if observed else None,
        question_type_requested=item.question_type,
        question_type_observed=observed.question_type if observed else None,
        traditional=reading.traditional,
        openness_a=reading.openness_a,
        openness_b=reading.openness_b,
        words=reading.words,
        tokens=reading.tokens,
        looked_at=looked_at,
        parsed=reading.parsed,
        verb=reading.verb,
        noun=reading.noun,
        auxiliary_root=reading.auxiliary_root,
        sensible=reading.sensible,
        sensible_reason=reading.sensible_reason,
        grammar_problems=grammar,
        relevance_topic=near.topic if near else None,
        relevance_question_type=near.question_type if near else None,
        topic_first=near.topic_first if near else None,
        nearest_seed=like.seed,
        seed_rouge_l=like.seed_rouge_l,
        seed_containment=like.seed_containment,
        seed_cosine=like.seed_cosine,
        copied_example=like.copied,
        repeats=like.repeats,
        repeats_f1=None if like.repeats_f1 is None else round(like.repeats_f1, 6),
        had_examples=bool(item.examples),
        verdicts=of_question(item.id, reading, like, said),
    )
