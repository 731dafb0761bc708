"""Every measure of Seedbed, on one screen. Its entry stands beside its code; this is the order of the docs."""

from __future__ import annotations

from seedbed.measures import (
    categories,
    components,
    contamination,
    diversity,
    grammar,
    hull,
    intervals,
    lengths,
    manifolds,
    novelty,
    observe,
    openness,
    relevance,
    repetition,
    similarity,
    spread,
    statistics,
    text_format,
    vectors,
    verb_noun,
)
from seedbed.measures.definition import Measure

__all__ = ["CHAPTERS", "MEASURES", "docs_page"]

CHAPTERS: dict[str, tuple[Measure, ...]] = {
    "Format and openness": (*text_format.ENTRIES, *openness.ENTRIES),
    "Length": lengths.ENTRIES,
    "Verbs and nouns": verb_noun.ENTRIES,
    "Diversity": (*diversity.ENTRIES, *repetition.ENTRIES, *spread.ENTRIES),
    "Synthetic rows beside seeds": (*manifolds.ENTRIES, *hull.ENTRIES),
    "Sensibility": grammar.ENTRIES,
    "Relevance": relevance.ENTRIES,
    "Novelty": (*similarity.ENTRIES, *vectors.ENTRIES, *novelty.ENTRIES),
    "Contamination": (*contamination.ENTRIES, *components.ENTRIES),
    "Observed labels": observe.ENTRIES,
    "Distributions": (*statistics.ENTRIES, *categories.ENTRIES, *intervals.ENTRIES),
}
MEASURES: tuple[Measure, ...] = tuple(entry for entries in CHAPTERS.values() for entry in entries)


def docs_page() -> str:
    """The reference page of all measures, as Markdown."""
    lines = [
        "# Measures", "",
        "What each measure says, how it is computed, where the formula is from, and where it errs. A measure "
        "answers `Value` or, outside its languages, sizes and labels, `NotApplicable` with a reason: never a number "
        "that looks right and is not. Intervals are at 95 %.", "",
    ]  # fmt: skip
    for chapter, entries in CHAPTERS.items():
        lines += [f"## {chapter}", ""]
        for entry in entries:
            lines += [
                f"### {entry.name}", "",
                f"{entry.summary[0].upper()}{entry.summary[1:]}.", "",
                f"- Formula: {entry.formula}",
                f"- Source: {entry.source}",
                f"- Unit: {entry.unit}; {entry.direction}",
                f"- Languages: {entry.languages}",
                f"- Traps: {entry.traps}", "",
            ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"
