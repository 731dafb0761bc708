"""The act: gather, measure, summarise, compare, write."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import seedbed
from seedbed.assess.cache import Cache
from seedbed.assess.document import Assessment
from seedbed.assess.figures import Figures
from seedbed.assess.instruments import Instruments
from seedbed.assess.judged import judged, ratings_of
from seedbed.assess.material import Material, gather
from seedbed.assess.observer import Observer
from seedbed.assess.rated import with_people
from seedbed.assess.row_lines import lines, write_rows
from seedbed.assess.rows import Rows, measure
from seedbed.assess.settings import AssessSettings
from seedbed.assess.store import save
from seedbed.assess.summaries import Alike, Summarizer, common_pairs
from seedbed.assess.varied import common
from seedbed.engine import read_run
from seedbed.measures.embed import TextEmbedder
from seedbed.measures.parser import Parser
from seedbed.records import Rating
from seedbed.study import Folder, hold
from seedbed.taxonomy import Taxonomy

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

    `language` is that of generated rows; seeds say their own. `embedder` and `parser` default to the packaged ones,
    which several processes run where there are many new texts. Writes assessment/assessment.json and
    assessment/rows.jsonl, each whole or not at all, and fills assessment/cache.db as it goes: after a kill the same
    call goes on from there. A study with no rows at all gives an assessment that says so. Raises Busy when another
    process assesses the study, StorageError when the disk refuses.
    """
    from seedbed import curate, seeds  # read people.db through SQLAlchemy: not at import

    began = time.monotonic()
    with (
        hold(folder.assessment / ".lock", what=f"The assessment of {folder.root}"),
        Cache(folder) as cache,
        Instruments(cache, embedder=embedder, parser=parser, workers=settings.workers, listen=listen) as instruments,
    ):
        people, curation = seeds.load(folder), curate.load(folder)
        taxonomy = seeds.current_taxonomy(folder)
        listen("reading rows", 0, 1)
        material = gather(folder, curation, taxonomy, language=language)
        observer = Observer(taxonomy, instruments, cues=not _cues_were_a_gate(folder, material))
        ratings = ratings_of(folder, people.ratings)
        rows = measure(material, taxonomy, instruments, observer, judged(folder, ratings), settings)
        written = lines(rows)
        made = _summarizer(material, taxonomy, rows, _of_relevance(ratings), instruments, settings)
        figures = Figures(cache, made, written)
        questions = tuple(figures.questions(part) for part in material.questions)
        responses = tuple(figures.responses(part) for part in material.pairs)
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
            comparisons=figures.comparisons(functools.partial(listen, "comparing")),
            funnels=with_people(material.funnels, rows),
            seconds=round(time.monotonic() - began, 2),
        )
        cache.drop_unused_sums()
        write_rows(folder, written)
        save(assessment, folder)
    return assessment


def _summarizer(
    material: Material,
    taxonomy: Taxonomy,
    rows: Rows,
    ratings: Mapping[str, Sequence[Rating]],
    instruments: Instruments,
    settings: AssessSettings,
) -> Summarizer:
    pairs = common_pairs(([rows.questions[item.id] for item in part.items] for part in material.questions), settings)
    questions = [[item.text for item in part.items] for part in material.questions]
    responses = [[text for pair in part.pairs for text in (pair.misaligned, pair.aligned)] for part in material.pairs]
    seeds = next((part.items for part in material.questions if part.info.key == "seeds/all"), ())
    pairs_of_seeds = next((part.pairs for part in material.pairs if part.info.key == "pairs/all"), ())
    return Summarizer(
        taxonomy,
        settings,
        rows,
        ratings,
        Alike(pairs, common(questions)),
        Alike(0, common(responses)),
        instruments.embed([]),
        [item.text for item in seeds],
        pairs_of_seeds,
        repr(instruments.used()),
    )


def _of_relevance(given: Iterable[Rating]) -> dict[str, list[Rating]]:
    """People's ratings of relevance, by the row."""
    found: dict[str, list[Rating]] = {}
    for rating in given:
        if rating.scale == "relevance":
            found.setdefault(rating.subject, []).append(rating)
    return found


def _cues_were_a_gate(folder: Folder, material: Material) -> bool:
    return any(
        TYPE_CUE_GATE in read_run(folder.run(funnel.run)).verdict.get("order", ()) for funnel in material.funnels
    )


def _plain(data: Any) -> Any:
    """Settings as JSON has them; what is not finite has no place in a file."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    return None if isinstance(data, float) and not math.isfinite(data) else data
