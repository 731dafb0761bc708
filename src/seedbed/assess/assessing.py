"""The act: gather, measure, summarise, compare, write."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import seedbed
from seedbed.assess.cache import Cache
from seedbed.assess.comparing import Side, compare, pairs_to_compare, question_side, response_side
from seedbed.assess.document import Assessment, Comparison, QuestionFigures, ResponseFigures
from seedbed.assess.instruments import Instruments
from seedbed.assess.material import Material, gather
from seedbed.assess.observer import Observer
from seedbed.assess.rows import Rows, measure, write_rows
from seedbed.assess.settings import AssessSettings
from seedbed.assess.store import save
from seedbed.assess.summaries import Summarizer, common_pairs
from seedbed.engine import read_run
from seedbed.measures.embed import TextEmbedder
from seedbed.measures.parser import Parser
from seedbed.records import Rating
from seedbed.study import Folder, hold

__all__ = ["assess"]

TYPE_CUE_GATE = "type-cue"


def assess(
    folder: Folder,
    settings: AssessSettings,
    *,
    language: str = "en",
    embedder: TextEmbedder | None = None,
    parser: Parser | None = None,
    listen: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Assessment:
    """Measure diversity, sensibility and relevance on seeds, synthetic rows and controls alike, and write it down.

    `language` is that of generated rows; seeds say their own. `embedder` and `parser` default to the packaged ones.
    Writes assessment/assessment.json and assessment/rows.jsonl, each whole or not at all, and fills
    assessment/cache.db as it goes: after a kill the same call goes on from there. A study with no rows at all gives
    an assessment that says so. Raises Busy when another process assesses the study, StorageError when the disk
    refuses.
    """
    from seedbed import curate, seeds  # read people.db through SQLAlchemy: not at import

    began = time.monotonic()
    with hold(folder.assessment / ".lock", what=f"The assessment of {folder.root}"), Cache(folder) as cache:
        people, curation = seeds.load(folder), curate.load(folder)
        taxonomy = seeds.current_taxonomy(folder)
        listen("reading rows", 0, 1)
        material = gather(folder, curation, language=language)
        instruments = Instruments(cache, embedder=embedder, parser=parser, listen=listen)
        observer = Observer(taxonomy, instruments, cues=not _cues_were_a_gate(folder, material))
        rows = measure(material, taxonomy, instruments, observer, settings)
        ratings: dict[str, list[Rating]] = {}
        for rating in people.ratings:
            if rating.scale == "relevance":
                ratings.setdefault(rating.subject, []).append(rating)
        by_set = {part.info.key: [rows.questions[item.id] for item in part.items] for part in material.questions}
        made = Summarizer(taxonomy, settings, rows, ratings, common_pairs(by_set.values(), settings))
        listen("comparing", 0, 1)
        questions = tuple(made.questions(p.info, [item.id for item in p.items]) for p in material.questions)
        responses = tuple(made.responses(p.info, [pair.id for pair in p.pairs]) for p in material.pairs)
        assessment = Assessment(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seedbed=seedbed.__version__,
            taxonomy=taxonomy.version,
            settings=_plain(settings.model_dump(mode="json")),
            instruments=(*instruments.used(), observer.used()),
            observer=observer.accuracy(curation.questions, curation.hand_labels),
            sets=(*(part.info for part in material.questions), *(part.info for part in material.pairs)),
            questions=questions,
            responses=responses,
            comparisons=_comparisons(material, rows, questions, responses, settings, listen),
            funnels=material.funnels,
            seconds=round(time.monotonic() - began, 2),
        )
        write_rows(folder, rows)
        save(assessment, folder)
    return assessment


def _cues_were_a_gate(folder: Folder, material: Material) -> bool:
    return any(
        TYPE_CUE_GATE in read_run(folder.run(funnel.run)).verdict.get("order", ()) for funnel in material.funnels
    )


def _comparisons(
    material: Material,
    rows: Rows,
    questions: tuple[QuestionFigures, ...],
    responses: tuple[ResponseFigures, ...],
    settings: AssessSettings,
    listen: Callable[[str, int, int], None],
) -> tuple[Comparison, ...]:
    sides: dict[str, Side] = {}
    for asked, figures in zip(material.questions, questions, strict=True):
        sides[asked.info.key] = question_side(figures, [rows.questions[item.id] for item in asked.items])
    for answered, lengths in zip(material.pairs, responses, strict=True):
        sides[answered.info.key] = response_side(lengths, [rows.pairs[pair.id] for pair in answered.pairs])
    wanted = pairs_to_compare([part.info for part in material.questions])
    wanted += pairs_to_compare([part.info for part in material.pairs])
    found: list[Comparison] = []
    for done, (a, b) in enumerate(wanted, 1):
        found += compare(sides[a.key], sides[b.key], settings)
        listen("comparing", done, len(wanted))
    return tuple(found)


def _plain(data: Any) -> Any:
    """Settings as JSON has them; what is not finite has no place in a file."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    return None if isinstance(data, float) and not math.isfinite(data) else data
