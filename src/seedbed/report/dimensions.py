"""The table of the three dimensions, the comparison of a control with its run, and the map of topic by type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from seedbed.assess.document import Assessment, Comparison, Number, QuestionFigures
from seedbed.measures.definition import NotApplicable
from seedbed.report.cells import Cell
from seedbed.report.evidence import figures_of, largest
from seedbed.report.further import chapter_of, is_share, named_numbers, words_of
from seedbed.report.view import Arm, Arms
from seedbed.report.words import interval, measured, points
from seedbed.taxonomy import Taxonomy

__all__ = ["CellMap", "ComparedRow", "DimensionRow", "cell_map", "compared", "dimensions"]


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """One measure over all arms. `dimension` stands on the first row of each dimension only."""

    dimension: str
    name: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One feature with seeds and without, the difference, and what chance alone would give."""

    name: str
    with_: str
    without: str
    difference: str
    interval: str
    chance: str


@dataclass(frozen=True, slots=True)
class CellMap:
    """Kept rows by topic and question type: `rows` has a type and one count a topic; 0 is an empty cell."""

    topics: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
    """(question type, ((count, step from 0 to 4), …))"""
    filled: int
    whole: int
    kept: int


_MEASURES: tuple[tuple[str, str, str, Callable[[QuestionFigures], Number], bool], ...] = (
    ("Diversity", "Ends in a question mark", "share of rows", lambda f: f.question_mark, True),
    ("", "Open, by the first word", "share of rows", lambda f: f.openness_a.share("open"), True),
    ("", "Open, by the last question", "share of rows", lambda f: f.openness_b.share("open"), True),
    ("", "Evenness of observed topics", "1 is even", lambda f: f.topic_observed.evenness, False),
    ("", "Observed topics that occur", "share of the topics", lambda f: f.topic_observed.covered, True),
    ("", "Evenness of observed question types", "1 is even", lambda f: f.question_type_observed.evenness, False),
    ("", "Observed question types that occur", "share of the types", lambda f: f.question_type_observed.covered, True),
    ("", "Rows with a verb–noun pair", "coverage", lambda f: f.verb_noun.coverage, True),
    ("", "Repeated verb–noun pairs", "at an equal number of pairs", lambda f: f.verb_noun.rarefied, True),
    ("", "First sentence hangs on an auxiliary", "share of rows", lambda f: f.verb_noun.auxiliary_roots, True),
    ("", "Median length", "words", lambda f: f.words.median, False),
    ("Sensibility", "Whole, sensible structure", "by a parser", lambda f: f.sensibility.sensible, True),
    ("", "No grammar remark", "a note: the checker misses most faults", lambda f: f.sensibility.grammar_note, True),
    ("Relevance", "Nearest to its own topic", "unverified", lambda f: f.relevance.topic_first, True),
    ("", "Likeness to its topic’s description", "unverified; cosine", lambda f: f.relevance.topic, False),
    ("", "Likeness to its type’s description", "unverified; cosine", lambda f: f.relevance.question_type, False),
    ("", "Observed topic is the requested one", "where observed", lambda f: f.topic_agreement, True),
    ("", "Observed type is the requested one", "where observed", lambda f: f.question_type_agreement, True),
    ("", "People’s rating of relevance", "mean of the ratings", lambda f: f.relevance.rated, False),
)
_NAMED = {
    "question_mark", "topic_agreement", "question_type_agreement", "verb_noun.coverage", "verb_noun.auxiliary_roots",
    "verb_noun.rarefied", "sensibility.sensible", "sensibility.grammar_note", "relevance.topic",
    "relevance.topic_first", "relevance.question_type", "relevance.rated",
    # of all pairs, and so not to be compared between sets; figure 5 has it
    "verb_noun.repetition", "verb_noun.top_pair",
}  # fmt: skip
"""Where _MEASURES finds its numbers: what else an assessment names is drawn below them."""

_FEATURES: tuple[tuple[str, str, str, Callable[[QuestionFigures], str]], ...] = (
    ("Ends in a question mark", "question_mark", "rate_difference", lambda f: measured(f.question_mark)),
    ("Form, by the first word", "openness_a", "total_variation", lambda f: largest(f.openness_a)),
    ("Form, by the last question", "openness_b", "total_variation", lambda f: largest(f.openness_b)),
    ("Observed topic", "topic_observed", "total_variation", lambda f: largest(f.topic_observed)),
    ("Observed question type", "question_type_observed", "total_variation",
     lambda f: largest(f.question_type_observed)),
    ("Median length in words", "words", "ratio_of_medians", lambda f: measured(f.words.median, share=False)),
)  # fmt: skip


def dimensions(assessment: Assessment, arms: Arms) -> tuple[tuple[Arm, ...], tuple[DimensionRow, ...]]:
    """The arms as columns, and the measures as rows: those above, then whatever else the assessment names."""
    columns = tuple(arms.all())
    figures = [figures_of(assessment, arm) for arm in columns]
    every = [dict(named_numbers(found)) for found in figures]
    others: dict[str, list[DimensionRow]] = {}
    for path in dict.fromkeys(path for found in every for path in found if path not in _NAMED):
        name = path.rpartition(".")[2]
        cells = (found.get(path, NotApplicable("not measured")) for found in every)
        row = DimensionRow("", *words_of(name), tuple(_cell(number, share=is_share(name)) for number in cells))
        others.setdefault(_dimension(path), []).append(row)
    rows: list[DimensionRow] = []
    for dimension, name, note, of, share in _MEASURES:
        if dimension and rows:
            rows += others.pop(_before(dimension), [])
        rows.append(DimensionRow(dimension, name, note, tuple(_cell(of(found), share=share) for found in figures)))
    return columns, (*rows, *(row for left in others.values() for row in left))


def _before(dimension: str) -> str:
    names = [name for name, *_ in _MEASURES if name]
    return names[names.index(dimension) - 1]


def _dimension(path: str) -> str:
    """Of which dimension a number is: of that in whose part of the figures it stands, else of its chapter."""
    part, _, name = path.rpartition(".")
    found = {"sensibility": "Sensibility", "relevance": "Relevance"}.get(part) or chapter_of(name)
    return found if found in ("Sensibility", "Relevance") else "Diversity"


def compared(assessment: Assessment, arms: Arms) -> tuple[ComparedRow, ...]:
    """Rows made with and without seeds, feature by feature. Empty where there is no control."""
    if not arms.with_ or not arms.without:
        return ()
    one, other = figures_of(assessment, arms.with_), figures_of(assessment, arms.without)
    rows = []
    for name, feature, measure, of in _FEATURES:
        found = assessment.compare(feature, measure, arms.with_.key, arms.without.key)
        if found is not None:
            rows.append(ComparedRow(name, of(one), of(other), *_difference(found)))
    return tuple(rows)


def cell_map(assessment: Assessment, taxonomy: Taxonomy, arms: Arms) -> CellMap | None:
    """Kept rows by requested topic and type; None where no run was kept."""
    if arms.kept is None:
        return None
    counts = {(topic, kind): n for topic, kind, n in figures_of(assessment, arms.kept).cells}
    most = max(counts.values(), default=0)
    rows = tuple(
        (kind.label, tuple((n := counts.get((topic.id, kind.id), 0), _step(n, most)) for topic in taxonomy.topics))
        for kind in taxonomy.question_types
    )
    filled = sum(n > 0 for _, cells in rows for n, _ in cells)
    return CellMap(
        tuple(topic.label for topic in taxonomy.topics),
        rows,
        filled,
        len(taxonomy.topics) * len(taxonomy.question_types),
        sum(counts.values()),
    )


def _step(n: int, most: int) -> int:
    return 0 if not n else max(1, round(4 * n / most))


def _cell(number: Number, *, share: bool) -> Cell:
    if isinstance(number, NotApplicable):
        return Cell("n/a", reason=number.reason)
    return Cell(
        measured(number, share=share), interval(number, share=share), "" if number.n is None else f"{number.n:,}"
    )


def _difference(found: Comparison) -> tuple[str, str, str]:
    value = found.value
    if isinstance(value, NotApplicable):
        return "n/a", value.reason, ""
    if found.measure == "rate_difference":
        around = "" if value.low is None or value.high is None else f"{value.low * 100:+.0f} to {value.high * 100:+.0f}"
        return points(value), around.replace("-", "−"), ""
    if found.measure == "ratio_of_medians":
        return f"{value.value:.2f} times", interval(value, share=False), ""
    around = ""
    if value.low is not None and value.high is not None:
        around = f"{value.low * 100:.0f} to {value.high * 100:.0f}"
    chance = "" if found.chance is None else f"{found.chance * 100:.0f}"
    return f"{value.value * 100:.0f} in 100 rows", around, chance
