"""Tests over several runs of one base: swapped sets of seeds (T3), and one feature turned up step by step (T4, T6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seedbed.propagate.document import Tested
from seedbed.propagate.features import Feature, sample_of
from seedbed.propagate.material import Measured, RunRows
from seedbed.propagate.settings import PropagateSettings
from seedbed.propagate.testing import Finding, Outcome, Sample, dose_response, swap_slope, unmoved, with_holm

__all__ = ["DOSED", "Turned", "doses", "swaps"]

DOSED = {"instructions": "question-mark", "length": "tokens"}
"""What can be dosed, and the feature of a row that it moves."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A run and what it was given: the share of instructions among its seeds, or their median length."""

    dose: float
    run: RunRows


def swaps(
    features: Sequence[Feature],
    base: str,
    runs: Sequence[RunRows],
    seeds: Mapping[str, Measured],
    settings: PropagateSettings,
) -> Iterator[Tested]:
    """T3 of every feature over the runs of K sets, generated rows first and kept ones second.

    A seed counts as often as prompts showed it: what a run can follow is what it was shown.
    """
    names = tuple(run.name for run in runs)
    for selection in ("generated",) if any(run.raw for run in runs) else ("generated", "kept"):
        findings = []
        for feature in features:
            question = f"Do {feature.words} of a run go where those of its own seeds are?"
            outcome = swap_slope(
                [
                    (
                        sample_of(feature, _showings(run, seeds), clustered=False),
                        sample_of(feature, run.rows if selection == "generated" else run.kept),
                    )
                    for run in runs
                ],
                rng_seed=settings.seed,
            )
            shown = sum(len(run.shown) for run in runs)
            counts = (("seeds, over all sets", shown), *((_SAID.get(name, name), n) for name, n in outcome.n))
            findings.append(Finding("T3", feature.name, question, replace(outcome, n=counts)))
        name = f"T3 {base} {selection}"
        yield from (
            Tested(one, base, "kept" if selection == "kept" else "generated", names)
            for one in with_holm(findings, name)
        )


_SAID = {"seeds": "showings of seeds"}


def _showings(run: RunRows, seeds: Mapping[str, Measured]) -> list[Measured]:
    return [seeds[id] for ask in run.asks.values() for id in ask.examples if id in seeds]


def doses(
    features: Sequence[Feature], base: str, dosed: str, turned: Sequence[Turned], settings: PropagateSettings
) -> Iterator[Tested]:
    """T4 of the feature that was turned, and T6: what nobody turned, tested alike."""
    names = tuple(one.run.name for one in turned)
    moved = next(feature for feature in features if feature.name == DOSED[dosed])
    slope = _dose(moved, turned, settings, flip=dosed == "instructions")
    question = f"Does the run's {dosed} go up with that of its seeds?"
    yield Tested(Finding("T4", moved.name, question, slope, p_holm=slope.p), base, "generated", names)
    alone: dict[str, Outcome] = {}
    for feature in features:
        if feature.name == moved.name:
            continue
        if feature.kind == "labels":
            alone |= {f"{feature.name}: {label}": made for label, made in _labels(feature, turned, settings)}
        else:
            alone[feature.name] = _dose(feature, turned, settings)
    outcome = unmoved(alone, alpha=settings.alpha)
    question = f"Did anything move that was left alone while {dosed} was turned up?"
    yield Tested(Finding("T6", "left alone", question, outcome), base, "generated", names)


def _dose(feature: Feature, turned: Sequence[Turned], settings: PropagateSettings, *, flip: bool = False) -> Outcome:
    def sample(rows: Sequence[Any]) -> Sample:
        if not flip:
            return sample_of(feature, rows)
        values = [None if value is None else not value for value in feature.values(rows)]
        return Sample.flags(values, [row.cluster for row in rows])

    return dose_response([one.dose for one in turned], [sample(one.run.rows) for one in turned], rng_seed=settings.seed)


def _labels(feature: Feature, turned: Sequence[Turned], settings: PropagateSettings) -> Iterator[tuple[str, Outcome]]:
    """The most frequent category of a label as a flag: a dose moves categories one at a time."""
    values = [value for one in turned for value in feature.values(one.run.rows) if value is not None]
    if not values:
        return
    label = max(sorted(set(values)), key=values.count)
    runs = [
        Sample.flags(
            [None if value is None else value == label for value in feature.values(one.run.rows)],
            [row.cluster for row in one.run.rows],
        )
        for one in turned
    ]
    yield label, dose_response([one.dose for one in turned], runs, rng_seed=settings.seed)
