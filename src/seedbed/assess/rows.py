"""One row at a time: everything that is measured on a text, and assessment/rows.jsonl that holds it.

rows.jsonl has a line a row of the study, kept or not, with ids, labels, codes and numbers; of the words of a row it
holds the verb and the noun only. null is "not measured": the language, an absent instrument, or outside the sample.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.assess.instruments import Instruments
from seedbed.assess.material import Item, Material, Pair
from seedbed.assess.observer import Observed, Observer, description
from seedbed.assess.settings import AssessSettings
from seedbed.measures.definition import ENGLISH, Measured, NotApplicable, T, Value
from seedbed.measures.grammar import sensible_structure
from seedbed.measures.lengths import token_length, word_length
from seedbed.measures.openness import openness_of
from seedbed.measures.parser import Parse
from seedbed.measures.text_format import traditional
from seedbed.measures.verb_noun import root_is_auxiliary, wide_pair
from seedbed.study import Folder, write_atomic
from seedbed.taxonomy import Label, Taxonomy

__all__ = ["PairRow", "QuestionRow", "Rows", "measure", "write_rows"]


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


@dataclass(frozen=True, slots=True)
class PairRow:
    """Lengths of the two responses of one triple."""

    id: str
    run: str | None
    state: str
    gate: str
    cluster: str
    misaligned_words: int | None
    misaligned_tokens: int | None
    aligned_words: int | None
    aligned_tokens: int | None


@dataclass(frozen=True, slots=True)
class Rows:
    """Every row that was measured, by id."""

    questions: dict[str, QuestionRow]
    pairs: dict[str, PairRow]
    parse_reason: str = ""
    embed_reason: str = ""
    grammar_reason: str = ""


def measure(
    material: Material, taxonomy: Taxonomy, instruments: Instruments, observer: Observer, settings: AssessSettings
) -> Rows:
    """Measure every row once, however many sets it is in."""
    items = {item.id: item for part in material.questions for item in part.items}
    looked_at = _sampled(items.values(), settings.sample, settings.seed)
    texts = [item.text for item in items.values() if item.id in looked_at]
    english = [i.text for i in items.values() if i.id in looked_at and ENGLISH.refuses(i.language) is None]
    few = _sampled((items[id] for id in looked_at), settings.grammar_sample, settings.seed)
    vectors = instruments.embed(texts)
    parses = instruments.parse(english)
    grammar = instruments.grammar([items[id].text for id in few if ENGLISH.refuses(items[id].language) is None])
    nearness = _Nearness(taxonomy, instruments) if not isinstance(vectors, NotApplicable) else None
    observed = observer.observe(english)
    questions = {
        id: _question(
            item,
            parses.get(item.text) if isinstance(parses, dict) else None,
            grammar.get(item.text) if isinstance(grammar, dict) else None,
            vectors.get(item.text) if isinstance(vectors, dict) and id in looked_at else None,
            observed.get(item.text) if id in looked_at else None,
            nearness,
            looked_at=id in looked_at,
        )
        for id, item in items.items()
    }
    pairs = {pair.id: _pair(pair) for part in material.pairs for pair in part.pairs}
    why = [found.reason if isinstance(found, NotApplicable) else "" for found in (parses, vectors, grammar)]
    return Rows(questions, pairs, *why)


def write_rows(folder: Folder, rows: Rows) -> None:
    """Write assessment/rows.jsonl, whole or not at all."""
    parts: list[tuple[str, Iterable[QuestionRow | PairRow]]] = [
        ("question", rows.questions.values()),
        ("triple", rows.pairs.values()),
    ]
    lines = [
        json.dumps({"kind": kind, **_plain_row(row)}, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
        for kind, found in parts
        for row in found
    ]
    write_atomic(folder.assessment / "rows.jsonl", "".join(lines))


def _plain_row(row: QuestionRow | PairRow) -> dict[str, Any]:
    # dataclasses.asdict copies deeply: 12 s for 66,000 rows, this 0.3 s
    return {field.name: getattr(row, field.name) for field in dataclasses.fields(row)}


def _sampled(items: Iterable[Item], limit: int, seed: int) -> set[str]:
    """Ids of the rows to look at: all seeds, and of each run whole prompts until `limit` rows are reached."""
    chosen: set[str] = set()
    runs: dict[str, dict[str, list[str]]] = {}
    for item in items:
        if item.run is None:
            chosen.add(item.id)
        else:
            runs.setdefault(item.run, {}).setdefault(item.cluster, []).append(item.id)
    for run, clusters in runs.items():
        if sum(map(len, clusters.values())) <= limit:
            chosen.update(id for ids in clusters.values() for id in ids)
            continue
        order = sorted(clusters)
        random.Random(f"{seed} {run}").shuffle(order)
        taken: list[str] = []
        for cluster in order:
            if len(taken) + len(clusters[cluster]) > limit:
                break
            taken += clusters[cluster]
        chosen.update(taken)
    return chosen


class _Nearness:
    """Cosines of a text to the descriptions of topics and question types."""

    def __init__(self, taxonomy: Taxonomy, instruments: Instruments) -> None:
        self.topics = _Labels(taxonomy.topics, instruments)
        self.types = _Labels(taxonomy.question_types, instruments)


class _Labels:
    def __init__(self, labels: Sequence[Label], instruments: Instruments) -> None:
        texts = [description(label) for label in labels]
        found = instruments.embed(texts)
        self._at = {label.id: row for row, label in enumerate(labels)}
        self._vectors: NDArray[np.float32] | None = None
        if isinstance(found, dict) and texts:
            stacked = np.stack([found[text] for text in texts])
            self._vectors = stacked / np.linalg.norm(stacked, axis=1, keepdims=True)

    def cosine(self, vector: NDArray[np.float32] | None, label: str | None) -> tuple[float | None, bool | None]:
        """The cosine to `label`'s description, and whether no other label's is nearer."""
        row = self._at.get(label or "")
        if vector is None or row is None or self._vectors is None:
            return None, None
        cosines = self._vectors @ (vector / max(float(np.linalg.norm(vector)), 1e-12))
        return round(float(cosines[row]), 4), bool(cosines[row] >= cosines.max())


def _question(
    item: Item,
    parse: Parse | None,
    grammar: int | None,
    vector: NDArray[np.float32] | None,
    observed: Observed | None,
    nearness: _Nearness | None,
    *,
    looked_at: bool,
) -> QuestionRow:
    pair = wide_pair(parse) if parse else None
    sensible = sensible_structure(item.text, parse, item.language) if parse else NotApplicable("not parsed")
    to_topic = nearness.topics.cosine(vector, item.topic) if nearness else (None, None)
    to_type = nearness.types.cosine(vector, item.question_type) if nearness else (None, None)
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
        traditional=_plain(traditional(item.text, item.language)),
        openness_a=_plain(openness_of(item.text, "a", item.language)),
        openness_b=_plain(openness_of(item.text, "b", item.language)),
        words=_plain(word_length(item.text, item.language)),
        tokens=_plain(token_length(item.text)),
        looked_at=looked_at,
        parsed=parse is not None,
        verb=pair.verb if pair else None,
        noun=pair.noun if pair else None,
        auxiliary_root=root_is_auxiliary(parse) if parse else None,
        sensible=_plain(sensible),
        sensible_reason=sensible.note if isinstance(sensible, Value) else sensible.reason,
        grammar_problems=grammar,
        relevance_topic=to_topic[0],
        relevance_question_type=to_type[0],
        topic_first=to_topic[1],
    )


def _pair(pair: Pair) -> PairRow:
    return PairRow(
        id=pair.id,
        run=pair.run,
        state=pair.state,
        gate=pair.gate,
        cluster=pair.cluster,
        misaligned_words=_plain(word_length(pair.misaligned, pair.language)),
        misaligned_tokens=_plain(token_length(pair.misaligned)),
        aligned_words=_plain(word_length(pair.aligned, pair.language)),
        aligned_tokens=_plain(token_length(pair.aligned)),
    )


def _plain(measured: Measured[T]) -> T | None:
    return measured.value if isinstance(measured, Value) else None
