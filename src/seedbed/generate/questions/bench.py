"""What the gates of stage 1 measure with, and what they remember of the rows that were kept.

Everything heavy (embedder, parser) is loaded only when a gate that needs it is on. Memory changes in two ways only:
`remember`, for a row that was just kept, and the same call when a run is taken up again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.generate.gating import VECTOR_GATES, cosine, require
from seedbed.generate.questions.plan import cell_name
from seedbed.generate.settings import QuestionGates
from seedbed.measures.embed import TextEmbedder
from seedbed.measures.similarity import NoveltyIndex, VectorIndex
from seedbed.records import Ask
from seedbed.taxonomy import Taxonomy

__all__ = ["Bench", "cell_of"]


class Bench:
    """`seeds` maps ids to texts: novelty is judged against them and against every kept row.

    `language` is that of the study as a BCP 47 tag; where it is empty nothing is said of a text's language.
    """

    def __init__(
        self,
        questions: QuestionGates,
        *,
        must_ask: bool,
        taxonomy: Taxonomy,
        seeds: Mapping[str, str],
        language: str = "",
        embedder: TextEmbedder | None = None,
    ) -> None:
        require(questions.order, VECTOR_GATES if embedder is None else set())
        self.questions, self.must_ask, self.language = questions, must_ask, language
        self._taxonomy, self._seeds = taxonomy, dict(seeds)
        self._embedder = embedder
        self._parser: Any = None
        gates = set(questions.order)
        self._texts = NoveltyIndex(questions.rouge_l, questions.tokens) if gates & {"novelty", "copy"} else None
        self._vectors = VectorIndex() if "near-duplicate" in gates else None
        self.embeds = bool(gates & VECTOR_GATES)
        self._cells: Counter[str] = Counter()
        self._topics: dict[str, Any] = {}
        self._subtopics: dict[tuple[str, str], Any] = {}
        self._cues = {
            label.id: [re.compile(cue, re.IGNORECASE) for cue in label.cues] for label in taxonomy.question_types
        }
        if self._texts is not None and "novelty" in gates:
            for id, text in self._seeds.items():
                self._texts.add(id, text)

    # --- what is remembered ------------------------------------------------------------------------------------

    def remember(self, id: str, text: str, vector: bytes | None, cell: str) -> None:
        """A kept row: later rows are compared with it, and it takes a place in its cell."""
        if self._texts is not None and text:  # of a row that was withdrawn only the place is left
            self._texts.add(id, text)
        if self._vectors is not None and vector is not None:
            self._vectors.add(id, _from_bytes(vector))
        self._cells[cell] += 1

    def in_cell(self, ask: Ask) -> int:
        return self._cells[cell_of(ask)]

    # --- what is measured --------------------------------------------------------------------------------------

    def vector(self, text: str) -> Any:
        """The embedding of `text`, shape (384,), unit length."""
        if self._embedder is None:
            from seedbed.measures.embed import Embedder

            self._embedder = Embedder()
        return self._embedder.encode([text])[0]

    def stored(self, text: str) -> bytes | None:
        """The vector as the journal keeps it (float16), when a gate needs vectors."""
        if not self.embeds:
            return None
        import numpy as np

        return bytes(self.vector(text).astype(np.float16).tobytes())

    def copied(self, text: str, examples: Sequence[str]) -> tuple[str, float] | None:
        """(id, ROUGE-L F1) of the nearest of the ask's own examples at or above the novelty threshold."""
        index = NoveltyIndex(self.questions.rouge_l, self.questions.tokens)
        for id in examples:
            if id in self._seeds:
                index.add(id, self._seeds[id])
        return index.nearest(text)

    def nearest_text(self, text: str) -> tuple[str, float] | None:
        """(id, ROUGE-L F1) of the nearest seed or kept row at or above the novelty threshold."""
        return self._texts.nearest(text) if self._texts is not None else None

    def nearest_vector(self, text: str) -> tuple[str, float] | None:
        """(id, cosine) of the nearest kept row; None when there is none."""
        return self._vectors.nearest(self.vector(text)) if self._vectors is not None else None

    def topic_fit(self, text: str, topic: str, subtopic: str | None) -> tuple[float, float, str]:
        """(cosine with the asked topic, its lead over the next topic, that topic's id).

        The asked topic counts by its description or by the sub-topic the prompt named, whichever is nearer; the
        others by their descriptions.
        """
        if not self._topics:
            for label in self._taxonomy.topics:
                self._topics[label.id] = self.vector(f"{label.label}: {label.definition}")
        vector = self.vector(text)
        asked = cosine(vector, self._topics[topic])
        if subtopic:
            key = (topic, subtopic)
            if key not in self._subtopics:
                self._subtopics[key] = self.vector(f"{self._taxonomy.topic(topic).label} ({subtopic})")
            asked = max(asked, cosine(vector, self._subtopics[key]))
        others = [(cosine(vector, v), id) for id, v in self._topics.items() if id != topic]
        score, other = max(others, default=(-1.0, ""))  # a study of one topic: nothing is nearer
        return asked, asked - score, other

    def has_cue(self, text: str, type_id: str) -> bool:
        cues = self._cues.get(type_id)
        return not cues or any(cue.search(text) for cue in cues)

    def structure_fault(self, text: str) -> str:
        """Why the structure of `text` is not sensible; empty when it is."""
        from seedbed.measures.grammar import structure_fault

        if self._parser is None:
            from seedbed.measures.parser import Parser

            self._parser = Parser()
        (parse,) = self._parser.parse([text])
        return structure_fault(parse) or ""


def cell_of(ask: Ask) -> str:
    return cell_name(ask.topic, ask.question_type)


def _from_bytes(stored: bytes) -> Any:
    import numpy as np

    return np.frombuffer(stored, dtype=np.float16).astype(np.float32)
