"""From findings to words: which feature follows the seeds, which does not, and what would tell where nothing can.

One test speaks for a feature, fixed before anything is seen: the first of dose-response, seed swap, control without
seeds, and examples within the run that gave an estimate on generated rows. Whether a feature follows and whether its
shares are the seeds' are two questions; the words for the second are the equivalence test's alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from seedbed.measures.definition import Value
from seedbed.propagate.document import Follows, Reading, Tested
from seedbed.propagate.features import Feature
from seedbed.propagate.settings import PropagateSettings
from seedbed.propagate.testing import Needed, Verdict

__all__ = ["ESTIMATES", "equivalence_words", "headline", "imported_headline", "needed_words", "number", "read"]

_ORDER = ("T4", "T3", "T2", "T5")
ESTIMATES = {"T4": "slope", "T3": "slope", "T2": "follow index", "T5": "slope"}


def read(
    features: Sequence[Feature],
    tested: Iterable[Tested],
    run: str,
    settings: PropagateSettings,
    *,
    no_seed: str,
    openings: int = 0,
    imported: bool = False,
) -> list[Reading]:
    """One reading for each feature of the run. `no_seed` is the name of its control without seeds, or "". `openings` is
    how many rows had their first words from the plan, as they had in every control: what hangs on those is not read.
    Of an `imported` run no control can be made."""
    mine = [one for one in tested if one.run == run and one.rows == "generated"]
    return [
        _given(feature, run, openings)
        if openings and feature.opening
        else _feature(feature, mine, run, settings, no_seed, imported)
        for feature in features
    ]


def _given(feature: Feature, run: str, openings: int) -> Reading:
    sentence = (
        f"whether {feature.words} follow{'' if feature.plural else 's'} cannot be told: the plan gave the first words "
        f"of {openings:,} rows, and of their controls"
    )
    decides = "runs without lead-ins (generate.questions.lead_ins = false)"
    return Reading(run, feature.name, "cannot be told", sentence, decides=decides)


def _feature(
    feature: Feature,
    tested: Sequence[Tested],
    run: str,
    settings: PropagateSettings,
    no_seed: str,
    imported: bool,
) -> Reading:
    s, verb = ("", "do") if feature.plural else ("s", "does")
    for test in _ORDER:
        found = [one for one in tested if one.finding.test == test and one.finding.feature == feature.name]
        others = [one for one in found if test == "T2" and one.against != (no_seed,)]
        for one in (one for one in found if one not in others):
            outcome = one.finding.outcome
            if not isinstance(outcome.estimate, Value):
                continue
            value = outcome.estimate
            says = _says(one, settings)
            if test == "T2" and says == "follows" and not any(_says(other, settings) == "follows" for other in others):
                says = "comes nearer"
            figures = f"{ESTIMATES[test]} {number(value.value)} ({_interval(value)})"
            name = feature.words
            sentence = {
                "follows": f"{name} follow{s} the seeds, {figures}",
                "comes nearer": f"{name} come{s} nearer to the seeds than without any, {figures}",
                "does not follow": f"{name} {verb} not follow the seeds, {figures}",
                "moves away": f"{name} move{s} away from the seeds, {figures}",
                "cannot be told": f"whether {name} follow{s} cannot be told, {figures}",
            }[says]
            decides = _decides(value, test, settings) if says == "cannot be told" else ""
            if says == "comes nearer":
                decides = "sets of other seeds (--swap K), as to whether it matters which are shown"
            return Reading(
                run, feature.name, says, sentence, test, outcome.measure, value.value, value.low, value.high,
                one.finding.p_holm, decides, outcome.p,
            )  # fmt: skip
    sentence = f"whether {feature.words} follow{s} cannot be told: {_why(feature, tested, no_seed)}"
    return Reading(run, feature.name, "cannot be told", sentence, decides=_without(no_seed, imported))


def _says(tested: Tested, settings: PropagateSettings) -> Follows:
    value, p = tested.finding.outcome.estimate, tested.finding.p_holm
    if not isinstance(value, Value):
        return "cannot be told"
    adjusted = p if p is not None else tested.finding.outcome.p
    shown = adjusted is not None and adjusted <= settings.alpha
    if shown and value.low is not None and value.low > 0:
        return "follows"
    if shown and value.high is not None and value.high < 0:
        return "moves away"
    if value.high is not None and value.low != value.high < settings.least_slope:
        return "does not follow"
    return "cannot be told"


def _decides(value: Value[float], test: str, settings: PropagateSettings) -> str:
    """The rows at which an interval as wide as half the least slope on either side tells one from the other."""
    if value.low is not None and value.low == value.high:
        return "rows that differ in it: all that were made are alike"
    if test == "T3":
        return "more sets of seeds: a swap with more of them (--swap K)"
    if value.low is None or value.high is None:
        return "many more rows: the interval has no end"
    half = (value.high - value.low) / 2
    wanted = max(abs(value.value), settings.least_slope) / 2
    factor = (half / wanted) ** 2
    if factor <= 1 or not value.n:
        return "the interval is narrow enough; the p-value, corrected for all features, is not small: more rows"
    return f"about {math.ceil(value.n * factor):,} rows, if the estimate stays as it is"


def _without(no_seed: str, imported: bool) -> str:
    if imported:
        return "a run of your own with controls: the same model and seeds, made here"
    return "other seeds, more unlike what the model writes by itself" if no_seed else "a control: --controls"


def _why(feature: Feature, tested: Sequence[Tested], no_seed: str) -> str:
    """Where there is a control without seeds its own reason: what would decide goes by it."""
    mine = [one for one in tested if one.finding.feature == feature.name and one.finding.test in _ORDER]
    mine.sort(key=lambda one: not (no_seed and one.finding.test == "T2" and one.against == (no_seed,)))
    reasons = [str(getattr(one.finding.outcome.estimate, "reason", "")) for one in mine]
    return next(filter(None, reasons), "no test could be made").removeprefix("undefined: ")


def imported_headline(run: str, seeds: int, tested: Sequence[Tested]) -> str:
    """One sentence of a run of which only equivalence with all seeds can be tested: the verdicts of T7, counted."""
    verdicts = [one.finding.outcome.verdict for one in tested if one.finding.test == "T7"]
    counts = [f"{sum(one == verdict for one in verdicts)} {verdict}" for verdict in Verdict]
    untested = sum(one is None for one in verdicts)
    counts += [f"{untested} not tested"] if untested else []
    return (
        f"Whether the run {run} follows its seeds cannot be told: it was imported, and its examples are not known. "
        f"Held against all {seeds:,} seeds, of {len(verdicts)} features {', '.join(counts[:-1])} and {counts[-1]}."
    )


def headline(readings: Sequence[Reading]) -> str:
    """One sentence with numbers: what follows, what does not, and how much cannot be told."""
    parts = [
        reading.sentence
        for says in ("follows", "comes nearer", "moves away", "does not follow")
        for reading in readings
        if reading.says == says
    ]
    open_ = [reading for reading in readings if reading.says == "cannot be told"]
    if open_ and parts:
        parts.append(f"of {len(open_)} more feature{'' if len(open_) == 1 else 's'} it cannot be told")
    if not parts:
        return (
            f"Of none of {len(readings)} features can it be told whether it follows the seeds."
            if readings
            else ("Nothing could be tested.")
        )
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def equivalence_words(one: Tested) -> str:
    """The verdict of T7 with what it was held against, and what would settle it."""
    outcome = one.finding.outcome
    if outcome.verdict is None:
        return getattr(outcome.estimate, "reason", "not tested")
    assert isinstance(outcome.estimate, Value)
    words = f"{outcome.verdict} ({outcome.measure} {number(outcome.estimate.value)}, {_interval(outcome.estimate)}"
    if outcome.margin is not None:
        words += f"; margin {number(outcome.margin[0])} to {number(outcome.margin[1])}"
    words += ")"
    return f"{words}: {needed_words(outcome.needed)}" if outcome.needed is not None else words


def needed_words(needed: Needed) -> str:
    """What would decide an open equivalence test, in words."""
    ways = []
    if needed.seeds is not None:
        ways.append(f"{needed.seeds:,} seeds")
    if needed.synth is not None:
        ways.append(f"{needed.synth:,} rows")
    if needed.both is not None and needed.both[0] != needed.seeds and needed.both[1] != needed.synth:  # else no gain
        ways.append(f"{needed.both[0]:,} seeds and {needed.both[1]:,} rows")
    return f"{', or '.join(ways)} would decide" if ways else "no number of seeds and rows that can be had would decide"


def number(value: float) -> str:
    """Two decimals at most, without a leading 0: .05, -.3, 1.25, 38."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "-∞"
    if abs(value) >= 9.95:
        return f"{value:,.0f}"
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    text = "0" if text in ("-0", "", "-0.0", "0.0") else text
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _interval(value: Value[float]) -> str:
    if value.low is None and value.high is None:
        return "no interval"
    low = "-∞" if value.low is None else number(value.low)
    high = "∞" if value.high is None else number(value.high)
    return f"{low} to {high}"
