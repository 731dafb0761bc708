"""Which test is made of which rows: findings on a run by itself, and against other runs.

Every family of tests (one test, one set of rows, one run to hold it against) is corrected over its features by Holm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.definition import NotApplicable
from seedbed.propagate.document import Selection, Tested
from seedbed.propagate.features import OTHER, Feature, sample_of
from seedbed.propagate.material import Measured, RunRows
from seedbed.propagate.settings import PropagateSettings
from seedbed.propagate.testing import (
    Finding,
    Margins,
    Outcome,
    TestId,
    describe,
    equivalence,
    filter_steps,
    follow_index,
    one_hot,
    pseudo_features,
    with_holm,
    within_run,
)

__all__ = ["UNKNOWN_EXAMPLES", "Examiner", "Seen"]

UNKNOWN_EXAMPLES = "an imported table does not say which examples its prompts showed"

_PLANNED = {"seeds": "rows of the other plan", "seeds, clusters": "requests of the other plan"}
_PSEUDO_DRAWS = 199  # the least with which p can be .05 and under
_MOST_CATEGORIES = 60
_LEAST_SHUFFLES = 499
_SHUFFLED_PROMPTS = 4_000_000  # shuffles by prompts: 13,000 prompts are shuffled 499 times, up to 2,000 as told
_PSEUDO_PROMPTS = 1_000  # the test is tested on so many prompts: that its errors hold does not hang on their number


@dataclass(frozen=True, slots=True)
class Seen:
    """A run to be examined: its rows, and the seeds of the study by their ids."""

    run: RunRows
    seeds: Mapping[str, Measured]

    @property
    def shown(self) -> list[Measured]:
        """The seeds that the run is held against: those it showed; of an imported run, all that there are."""
        if self.run.imported:
            return list(self.seeds.values())
        return [self.seeds[id] for id in self.run.shown if id in self.seeds]

    @property
    def whose(self) -> str:
        return "all seeds of the study" if self.run.imported else "the seeds that were shown"

    def rows(self, selection: Selection) -> tuple[Measured, ...]:
        return self.run.rows if selection == "generated" else self.run.kept

    @property
    def selections(self) -> tuple[Selection, ...]:
        return ("generated",) if self.run.raw else ("generated", "kept")


class Examiner:
    """Makes findings of runs by the study's settings. Nothing here reads or writes a file."""

    def __init__(self, settings: PropagateSettings, margins: Margins, features: Sequence[Feature]) -> None:
        self._settings, self._margins, self._features = settings, margins, tuple(features)
        self._drawn: dict[str, Any] = {"draws": settings.draws, "rng_seed": settings.seed}
        self._shuffled: dict[str, Any] = {"draws": settings.permutations, "rng_seed": settings.seed}

    def alone(self, seen: Seen) -> Iterator[Tested]:
        """What one run shows by itself, with no other: T1, T5, T6, T7, T8."""
        for selection in seen.selections:
            yield from self._describe(seen, selection)
            yield from self._equivalence(seen, selection)
        yield from self._within(seen)
        yield from self._pseudo(seen)
        yield from self._filters(seen)

    def against(self, seen: Seen, control: RunRows, what: str) -> Iterator[Tested]:
        """T2: the run against one control, generated rows first and kept ones second."""
        selections = seen.selections if not control.raw else ("generated",)
        for selection in selections:
            other = control.rows if selection == "generated" else control.kept
            findings = []
            for feature in self._features:
                question = f"Are {feature.words} nearer to the seeds than in the run {what}?"
                outcome = follow_index(
                    sample_of(feature, seen.shown, clustered=False),
                    sample_of(feature, seen.rows(selection)),
                    sample_of(feature, other),
                    **self._shuffled,
                )
                findings.append(Finding("T2", feature.name, question, outcome))
            yield from _family(findings, seen.run.name, selection, (control.name,))

    def plan(self, seen: Seen, other: RunRows) -> Iterator[Tested]:
        """T8: what the plan's shares did, against the same run with others: the distances of T1, from that run to this.

        Of generated rows alone: what the gates then turn away hangs on the plan too, and is counted gate by gate.
        """
        for feature in self._features:
            question = f"How far did the plan's shares of topics and types move {feature.words}, against {other.name}?"
            sides = sample_of(feature, other.rows), sample_of(feature, seen.run.rows)
            for outcome in describe(*sides, **self._drawn):
                counted = tuple((_PLANNED.get(name, name), n) for name, n in outcome.n)
                made = replace(outcome, n=counted)
                yield Tested(Finding("T8", feature.name, question, made), seen.run.name, "generated", (other.name,))

    def _describe(self, seen: Seen, selection: Selection) -> Iterator[Tested]:
        for feature in self._features:
            question = f"How far are {feature.words} of {selection} rows from {seen.whose}?"
            outcomes = describe(
                sample_of(feature, seen.shown, clustered=False), sample_of(feature, seen.rows(selection)), **self._drawn
            )
            for outcome in outcomes:
                yield Tested(Finding("T1", feature.name, question, outcome), seen.run.name, selection)

    def _equivalence(self, seen: Seen, selection: Selection) -> Iterator[Tested]:
        findings = []
        for feature in self._features:
            question = f"Are {feature.words} of {selection} rows the seeds', to within the margin?"
            outcome = equivalence(
                sample_of(feature, seen.shown, clustered=False),
                sample_of(feature, seen.rows(selection)),
                self._margins,
                **self._drawn,
            )
            findings.append(Finding("T7", feature.name, question, outcome))
        yield from _family(findings, seen.run.name, selection)

    def _within(self, seen: Seen) -> Iterator[Tested]:
        findings = []
        for feature in self._features:
            question = f"Do {feature.words} of a row take after the very examples in its prompt?"
            if seen.run.imported:
                outcome = Outcome("slope on own examples", NotApplicable(UNKNOWN_EXAMPLES))
            else:
                values = {id: feature.of(row) for id, row in seen.seeds.items()}
                outcome = self._slope(seen, feature, values)
            findings.append(Finding("T5", feature.name, question, outcome))
        yield from _family(findings, seen.run.name, "generated")

    def _slope(self, seen: Seen, feature: Feature, seeds: Mapping[str, Any], draws: int | None = None) -> Outcome:
        """T5 of one feature, where the seeds have the values `seeds`; within the requested types, by which the
        examples of a prompt are chosen."""
        rows = seen.run.rows
        asks = seen.run.asks
        y, table = _numbers(feature, feature.values(rows), seeds)
        wide = y.shape[1] if y.ndim == 2 else 1
        shares: dict[str, NDArray[np.float64]] = {}
        for id, ask in asks.items():
            known = [table[example] for example in ask.examples if example in table]
            known = [one for one in known if not np.isnan(one).any()]
            shares[id] = np.mean(known, axis=0) if known else np.full(wide, np.nan)
        x = np.array([shares[row.cluster] for row in rows]).reshape(y.shape) if rows else y
        strata = [str(asks[row.cluster].question_type) for row in rows] if seen.run.stage == "questions" else None
        most = max(_LEAST_SHUFFLES, _SHUFFLED_PROMPTS // max(1, len(asks)))
        drawn = {**self._shuffled, "draws": draws or min(self._settings.permutations, most)}
        return within_run(y, x, [row.cluster for row in rows], strata=strata, **drawn)

    def _pseudo(self, seen: Seen) -> Iterator[Tested]:
        """T6: the test of T5 on the first flag or number that varies among the seeds (as a rule length), dealt anew."""
        if not self._settings.pseudo:
            return
        seen = Seen(seen.run.some(_PSEUDO_PROMPTS, self._settings.seed), seen.seeds)
        shown = [id for id in seen.run.shown if id in seen.seeds]
        for feature in self._features:
            values = [feature.of(seen.seeds[id]) for id in shown]
            if feature.kind == "labels" or len(set(values)) < 2:
                continue

            def test(dealt: Sequence[Any], feature: Feature = feature) -> Outcome:
                return self._slope(seen, feature, dict(zip(shown, dealt, strict=True)), _PSEUDO_DRAWS)

            outcome = pseudo_features(
                values,
                test,
                repetitions=self._settings.pseudo,
                alpha=self._settings.alpha,
                rng_seed=self._settings.seed,
            )
            question = f"Does the test of {feature.words} stay silent when the seeds' values are dealt out anew?"
            yield Tested(Finding("T6", feature.name, question, outcome), seen.run.name, "generated")
            return

    def _filters(self, seen: Seen) -> Iterator[Tested]:
        if seen.run.raw:
            return
        rows = seen.run.rows
        order = [str(gate) for gate in seen.run.record.verdict.get("order", ())]
        gates = [row.gate for row in rows]
        turned = [gate for gate in dict.fromkeys([*order, *gates]) if gate and gate in set(gates)]
        turned.sort(key=lambda gate: order.index(gate) if gate in order else -1)  # what could not be read comes first
        left = np.ones(len(rows), dtype=np.bool_)
        steps: list[tuple[str, NDArray[np.bool_]]] = []
        for gate in turned:
            left = left & np.array([name != gate for name in gates], dtype=np.bool_)
            steps.append((gate, left))
        if not steps:
            return
        for feature in self._features:
            for gate, outcome in filter_steps(sample_of(feature, rows), steps, **self._drawn):
                what = "the gates together" if gate == "all" else f"the gate {gate}"
                question = f"How far did {what} move {feature.words}?"
                yield Tested(Finding("T8", feature.name, question, outcome), seen.run.name, "kept", (gate,))


def _family(
    findings: Sequence[Finding], run: str, selection: Selection, against: tuple[str, ...] = ()
) -> Iterator[Tested]:
    if not findings:
        return
    test: TestId = findings[0].test
    name = " ".join([test, run, selection, *against])
    for finding in with_holm(findings, name):
        yield Tested(finding, run, selection, against)


def _numbers(
    feature: Feature, values: Sequence[Any], seeds: Mapping[str, Any]
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    """The rows' feature as numbers or indicators, and that of each seed; NaN where there is none."""
    if feature.kind == "labels":
        met = sorted({value for value in seeds.values() if value is not None})[:_MOST_CATEGORIES]
        categories = [*(label for label in met if label != OTHER), OTHER]
        # a label that no seed has is told apart from none: it counts as other
        known = set(categories)
        rows = one_hot([value if value is None or value in known else OTHER for value in values], categories)
        table = one_hot([value if value is None or value in known else OTHER for value in seeds.values()], categories)
    else:
        rows = np.array([np.nan if value is None else float(value) for value in values])
        table = np.array([np.nan if value is None else float(value) for value in seeds.values()]).reshape(-1, 1)
    return rows, dict(zip(seeds, table, strict=True))
