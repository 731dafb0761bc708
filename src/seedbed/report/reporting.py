"""The act: read, choose, draw, lay out, write."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import seedbed
from seedbed.assess.document import Assessment
from seedbed.assess.store import load
from seedbed.engine import Journal, read_run
from seedbed.report.dimensions import cell_map, compared, dimensions
from seedbed.report.examples import choose
from seedbed.report.figure import Figure, to_csv
from seedbed.report.funnel import funnel_table
from seedbed.report.lengths import response_lengths
from seedbed.report.markup import Markup
from seedbed.report.page import page
from seedbed.report.render import inline, png, sheet
from seedbed.report.settings import ReportSettings
from seedbed.report.shares import openness, question_marks, question_types, topics
from seedbed.report.story import StorySource, control_commands, model_name, one_line, road, sentences
from seedbed.report.verbs import verbs_and_nouns
from seedbed.report.view import Arms, arms_of, groups
from seedbed.study import Folder, hold, write_atomic

__all__ = ["report"]

# what an ask without seeds must differ in, and nothing else
EXAMPLES_DIFFER = frozenset({"with_seeds", "examples", "examples_digest", "shown"})
TABLE_ROWS = 240  # of a figure's table on the page; the CSV beside it has them all


def report(
    folder: Folder,
    settings: ReportSettings,
    *,
    title: str = "",
    listen: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Path:
    """Draw the seven figures and write report/index.html; returns its path.

    `title` is the study's, where the settings give the report none; else the one that its runs recorded. Beside the
    page, report/figures/ holds each figure as SVG and PNG and its table as CSV. Raises UsageError when the study has
    no assessment, MissingExtra when a drawing package is absent, Busy when another process writes the report.
    """
    from seedbed import curate, seeds  # read people.db through SQLAlchemy: not at import

    assessment = load(folder)
    with hold(folder.report / ".lock", what=f"The report of {folder.root}"):
        people, curation = seeds.load(folder), curate.load(folder)
        taxonomy = seeds.current_taxonomy(folder)
        asked, answered = arms_of(assessment, "questions", settings), arms_of(assessment, "triples", settings)
        figures = _figures(assessment, asked, answered, settings, listen)
        _write_figures(folder, figures, listen)
        source = StorySource(assessment, people, curation, asked, answered, _releases(folder))
        listen("laying out", 0, 1)
        columns, measures = dimensions(assessment, asked)
        here = folder.root.resolve().name  # not the whole path: a page travels, and a path names its owner
        html = page(
            {
                "title": settings.title or title or _title(assessment) or here,
                "about": settings.about or one_line(source),
                "made_at": datetime.now(UTC).strftime("%d %B %Y").lstrip("0"),
                "sentences": sentences(source),
                "road": road(source),
                "funnels": [funnel_table(arms.run) for arms in (asked, answered) if arms.run is not None],
                "compared": compared(assessment, asked),
                "differ": _differences(folder, asked),
                "arms": asked,
                "control_commands": control_commands(here),
                "figures": [_laid_out(figure) for figure in figures],
                "columns": columns,
                "measures": measures,
                "examples": choose(
                    folder,
                    curation,
                    taxonomy,
                    run=asked.run.run if asked.run else None,
                    triples_run=answered.run.run if answered.run else None,
                    settings=settings,
                ),
                "texts_shown": settings.show_texts,
                "responses": answered,
                "cells": cell_map(assessment, taxonomy, asked),
                "unread": _unread(assessment, asked),
                "stale": _grown_since(folder, assessment),
                "assessment": assessment,
                "model_name": model_name,
                "seedbed": seedbed.__version__,
                "folder": here,
            }
        )
        write_atomic(folder.report / "index.html", html)
        listen("laying out", 1, 1)
    return folder.report / "index.html"


def _figures(
    assessment: Assessment,
    asked: Arms,
    answered: Arms,
    settings: ReportSettings,
    listen: Callable[[str, int, int], None],
) -> list[Figure]:
    """The seven, in the paper's order."""
    questions, triples = groups(asked, stage="questions"), groups(answered, stage="triples")
    made: list[Figure] = []
    draws: Sequence[Callable[[], Figure]] = (
        lambda: question_marks(assessment, asked, questions),
        lambda: openness(assessment, asked, questions),
        lambda: question_types(assessment, asked, questions),
        lambda: topics(assessment, asked, questions),
        lambda: verbs_and_nouns(assessment, asked, questions, settings),
        lambda: response_lengths(assessment, answered, triples, aligned=False),
        lambda: response_lengths(assessment, answered, triples, aligned=True),
    )
    for done, draw in enumerate(draws, 1):
        made.append(draw())
        listen("drawing figures", done, len(draws))
    return made


def _write_figures(folder: Folder, figures: Sequence[Figure], listen: Callable[[str, int, int], None]) -> None:
    """Each figure as SVG, PNG and CSV. A figure without any picture has its table only."""
    target = folder.report / "figures"
    kept = set()
    for done, figure in enumerate(figures, 1):
        files: dict[str, str | bytes] = {f"{figure.slug}.csv": to_csv(figure.table)}
        pictures = [picture for block in figure.blocks for _, picture, _ in block.panels if picture is not None]
        if pictures:
            svg = sheet(f"Figure {figure.number}. {figure.title}", pictures)
            files |= {f"{figure.slug}.svg": svg, f"{figure.slug}.png": png(svg)}
        for name, content in files.items():
            write_atomic(target / name, content)
        kept |= set(files)
        listen("writing figures", done, len(figures))
    for path in target.iterdir():
        if path.name not in kept:  # of an earlier report
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _laid_out(figure: Figure) -> dict[str, Any]:
    """The figure as the template takes it: pictures as markup, a table cut to what a page can hold."""
    blocks = []
    for at, block in enumerate(figure.blocks):
        panels = [
            {
                "title": title,
                "words": words,
                "svg": Markup(inline(picture, id=f"f{figure.number}-{at}-{number}", label=words)) if picture else None,
            }
            for number, (title, picture, words) in enumerate(block.panels)
        ]
        blocks.append({"heading": block.heading, "panels": panels})
    return {
        "number": figure.number,
        "slug": figure.slug,
        "title": figure.title,
        "what": figure.what,
        "read": figure.read,
        "evidence": figure.evidence,
        "so_what": figure.so_what,
        "blocks": blocks,
        "drawn": any(picture for block in figure.blocks for _, picture, _ in block.panels),
        "headers": figure.table.headers,
        "numeric": figure.table.numeric,
        "rows": figure.table.rows[:TABLE_ROWS],
        "more": max(0, len(figure.table.rows) - TABLE_ROWS),
    }


def _title(assessment: Assessment) -> str:
    """The study's title as its newest run recorded it."""
    return next((str(f.about["title"]) for f in reversed(assessment.funnels) if f.about.get("title")), "")


def _unread(assessment: Assessment, arms: Arms) -> bool:
    """Whether no person has rated any kept row."""
    found = assessment.of(arms.kept.key) if arms.kept else None
    return found is not None and not found.relevance.ratings


def _releases(folder: Folder) -> tuple[str, ...]:
    """Versions that were released, oldest first."""
    if not folder.releases.is_dir():
        return ()
    found = [path for path in folder.releases.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return tuple(path.name for path in sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name)))


def _differences(folder: Folder, arms: Arms) -> list[str]:
    """In what else than the examples the asking of a control and of its run differs."""
    if arms.with_ is None or arms.without is None:
        return []
    one, other = (read_run(folder.run(arm.info.run or "")).ask for arm in (arms.with_, arms.without))
    names = [key for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)]
    return [name.replace("_", " ") for name in names if name not in EXAMPLES_DIFFER]


def _grown_since(folder: Folder, assessment: Assessment) -> list[str]:
    """Runs that are new or have other counts than when they were assessed."""
    known = {funnel.run: funnel for funnel in assessment.funnels}
    found = []
    for name in folder.run_names():
        journal = Journal(folder.run(name) / "journal.db")
        try:
            totals = journal.totals()
        finally:
            journal.close()
        funnel = known.get(name)
        if funnel is None or (totals["kept"], totals["rejected"]) != (funnel.kept, funnel.rejected):
            found.append(name)
    return found
