"""The act: read, choose, draw, lay out, write."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import seedbed
from seedbed.assess.document import Assessment
from seedbed.assess.store import load
from seedbed.engine import read_run
from seedbed.propagate.document import Propagation
from seedbed.records import Pool
from seedbed.report.ageing import changed_since, outdated_tests, refuse_gone
from seedbed.report.dimensions import cell_map, compared, dimensions
from seedbed.report.effects import effect_figures
from seedbed.report.evidence import capital
from seedbed.report.examples import choose
from seedbed.report.figure import Figure, to_csv
from seedbed.report.funnel import FunnelTable, SliceTable, funnel_table
from seedbed.report.further import further
from seedbed.report.judging import FIGURES, judge_tables
from seedbed.report.lengths import response_lengths
from seedbed.report.markup import Markup
from seedbed.report.moderating import moderated
from seedbed.report.page import page
from seedbed.report.pairs import Apart, apart, pairs_of
from seedbed.report.render import inline, png, sheet
from seedbed.report.settings import ReportSettings
from seedbed.report.shares import openness, question_marks, question_types, topics
from seedbed.report.story import StorySource, control_commands, model_name, one_line, road, sentences
from seedbed.report.tested import grouped, headline, load_tests, minus, verdicts_in_words
from seedbed.report.verbs import verbs_and_nouns
from seedbed.report.verdicts import diversity, novelty, verdicts
from seedbed.report.view import Arms, arms_of, groups
from seedbed.report.yielding import load_yields, yield_page
from seedbed.study import Folder, hold, write_atomic

if TYPE_CHECKING:
    from seedbed.curate import Curation
    from seedbed.report.ratings import RatedTask
    from seedbed.seeds import Seeds

__all__ = ["report"]

# what an ask without seeds must differ in, and nothing else
EXAMPLES_DIFFER = frozenset({"with_seeds", "examples", "examples_digest", "shown"})
# of a control that makes its run's very asks again: whose they are, and how many of them
_SAME_ASKS = frozenset({"follows", "target", "candidates", "patience"})
TABLE_ROWS = 240  # of a figure's table on the page; the CSV beside it has them all


def report(
    folder: Folder,
    settings: ReportSettings,
    *,
    title: str = "",
    listen: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Path:
    """Draw the figures and write report/index.html; returns its path.

    `title` is the study's, where the settings give the report none; else the one that its runs recorded. Beside the
    page, report/figures/ holds each figure as SVG and PNG and its table as CSV. Raises UsageError when the study has
    no assessment, InputError where a run that it would show is gone, MissingExtra when a drawing package is absent,
    Busy when another process writes the report.
    """
    from seedbed import curate, seeds  # read people.db through SQLAlchemy: not at import
    from seedbed.report.ratings import rated_tasks

    assessment = load(folder)
    with hold(folder.report / ".lock", what=f"The report of {folder.root}"):
        people, curation = seeds.load(folder), curate.load(folder)
        taxonomy = seeds.current_taxonomy(folder)
        asked, answered = arms_of(assessment, "questions", settings), arms_of(assessment, "triples", settings)
        refuse_gone(folder, (asked, answered))
        tests, yields = load_tests(folder), load_yields(folder)
        distances = _verbs_apart(folder, assessment, asked, curation)
        figures = _figures(assessment, asked, answered, settings, distances, listen)
        likeness = novelty(assessment, asked, len(figures) + 1)
        effects = effect_figures(tests, len(figures) + (2 if likeness else 1))
        _write_figures(folder, [*figures, *([likeness] if likeness else []), *effects], listen)
        told = [arms.run.run for arms in (asked, answered) if arms.run is not None]
        said = verdicts_in_words(tests, told) if tests else None
        source = StorySource(assessment, people, curation, asked, answered, _releases(folder), said)
        listen("laying out", 0, 1)
        columns, measures = dimensions(assessment, asked)
        varied_columns, varied, varied_note = diversity(assessment, asked)
        words = _seed_words(people, curation) if settings.show_texts else {}
        funnels = [funnel_table(arms.run, words) for arms in (asked, answered) if arms.run is not None]
        rated = rated_tasks(folder)
        led = moderated(folder, people, curation)
        here = folder.root.resolve().name  # not the whole path: a page travels, and a path names its owner
        html = page(
            {
                "title": settings.title or title or _title(assessment) or here,
                "about": settings.about or one_line(source),
                "made_at": datetime.now(UTC).strftime("%d %B %Y").lstrip("0"),
                "sentences": sentences(source),
                "road": road(source),
                "funnels": funnels,
                "seed_tables": _seed_tables(funnels),
                "yields": yield_page(yields, taxonomy, words) if yields else None,
                "tests": tests,
                "headline": headline(tests) if tests else None,
                "tests_command": tests.command.replace("DIR", here) if tests else "",
                "test_groups": grouped(tests) if tests else (),
                "effect_figures": [_laid_out(figure, _tested_runs(tests)) for figure in effects],
                "compared": compared(assessment, asked),
                "differ": _differences(folder, asked),
                "arms": asked,
                "control_commands": control_commands(here),
                "figures": [_laid_out(f, _rows_of(answered if f.number in (6, 7) else asked)) for f in figures],
                "novelty": _laid_out(likeness, _rows_of(asked)) if likeness else None,
                "columns": columns,
                "measures": measures,
                "verdicts": [
                    (name, arm_columns, rows)
                    for name, arms in (("questions", asked), ("triples", answered))
                    for arm_columns, rows in [verdicts(assessment, arms)]
                    if rows
                ],
                "further": [
                    ("Further measures of questions", further(assessment, asked, without="equal texts")),
                    ("Measures of triples", further(assessment, answered)),
                ],
                "diversity_columns": varied_columns,
                "diversity_rows": varied,
                "diversity_note": varied_note,
                "judges": judge_tables(folder),
                "judge_figures": [name for _, name, _ in FIGURES],
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
                "rated": rated,
                "moderated": led,
                "moderated_groups": sum(len(line.groups) for line in led),
                "unread": _unread(assessment, asked, rated),
                "stale": changed_since(folder, assessment),
                "tests_stale": outdated_tests(folder, tests) if tests else [],
                "assessment": assessment,
                "model_name": model_name,
                "capital": capital,
                "minus": minus,
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
    distances: Mapping[str, Apart],
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
        lambda: verbs_and_nouns(assessment, asked, questions, settings, distances),
        lambda: response_lengths(assessment, answered, triples, aligned=False),
        lambda: response_lengths(assessment, answered, triples, aligned=True),
    )
    for done, draw in enumerate(draws, 1):
        made.append(draw())
        listen("drawing figures", done, len(draws))
    return made


def _verbs_apart(folder: Folder, assessment: Assessment, arms: Arms, curation: Curation) -> Mapping[str, Apart]:
    """How far each arm's verb–noun pairs lie from the seeds', by the arm's key."""
    if arms.base is None:
        return {}
    found = pairs_of(folder, assessment, arms.all(), curation.selected_questions)
    base = found.get(arms.base.key)
    if base is None:
        return {}
    rows = [arm for arm in arms.all() if arm.role != "seeds" and arm.key in found]
    made = {arm.key: apart(base, found[arm.key], assessment.settings["seed"]) for arm in rows}
    return {key: one for key, one in made.items() if one is not None}


def _write_figures(folder: Folder, figures: Sequence[Figure], listen: Callable[[str, int, int], None]) -> None:
    """Each figure as SVG, PNG and CSV. A figure without any picture has its table only."""
    target = folder.report / "figures"
    kept = set()
    for done, figure in enumerate(figures, 1):
        files: dict[str, str | bytes] = {f"{figure.slug}.csv": to_csv(figure.table)}
        if figure.distances is not None:
            files[f"{figure.slug}-distances.csv"] = to_csv(figure.distances)
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


def _laid_out(figure: Figure, source: str) -> dict[str, Any]:
    """The figure as the template takes it: pictures as markup, a table cut to what a page can hold.

    `source` says of which runs its numbers are.
    """
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
        "source": source,
        "title": figure.title,
        "what": figure.what,
        "read": figure.read,
        "evidence": figure.evidence,
        "so_what": figure.so_what,
        "blocks": blocks,
        "drawn": any(picture for block in figure.blocks for _, picture, _ in block.panels),
        "table": figure.table,
        "rows": figure.table.rows[:TABLE_ROWS],
        "more": max(0, len(figure.table.rows) - TABLE_ROWS),
        "distances": figure.distances,
    }


def _rows_of(arms: Arms) -> str:
    """The runs that a figure's rows are of, with their fingerprints."""
    runs = {arm.info.run: arm.info.fingerprint for arm in arms.all() if arm.info.run}
    named = [f"{run} ({print_})" for run, print_ in runs.items()]
    return f"Rows: {', '.join(['seeds', *named] if arms.base else named)}; measured by seedbed assess."


def _tested_runs(tests: Propagation | None) -> str:
    runs = tests.runs if tests else ()
    return f"Rows: {', '.join(f'{run.name} ({run.fingerprint})' for run in runs)}; tested by seedbed propagate."


def _seed_tables(funnels: Sequence[FunnelTable]) -> list[tuple[str, SliceTable]]:
    return [(funnel.run, table) for funnel in funnels for table in funnel.slices if table.kind == "seed"]


def _seed_words(people: Seeds, curation: Curation) -> Mapping[str, str]:
    """The beginning of each seed, by its id: of none that is set apart for evaluation, for a page travels."""
    hidden = {question.id for question in curation.questions if question.pool is Pool.EVALUATION}
    hidden |= {triple.id for triple in curation.triples if triple.pool is Pool.EVALUATION}
    texts = {q.id: q.text for q in people.questions} | {t.id: t.prompt for t in people.triples}
    return {id: textwrap.shorten(text, 70, placeholder=" …") for id, text in texts.items() if id not in hidden}


def _title(assessment: Assessment) -> str:
    """The study's title as its newest run recorded it; an imported run has that of its file."""
    made = [funnel for funnel in reversed(assessment.funnels) if not funnel.imported]
    return next((str(f.about["title"]) for f in made if f.about.get("title")), "")


def _unread(assessment: Assessment, arms: Arms, rated: Sequence[RatedTask]) -> bool:
    """Whether no person has rated any kept row."""
    found = assessment.of(arms.kept.key) if arms.kept else None
    if found is None or (arms.run is not None and any(arms.run.run in task.sources for task in rated)):
        return False
    return not found.relevance.ratings


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
    apart = EXAMPLES_DIFFER | (_SAME_ASKS if "follows" in other else frozenset())
    return [name.replace("_", " ") for name in names if name not in apart]
