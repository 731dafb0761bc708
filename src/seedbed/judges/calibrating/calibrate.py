"""How far each judge may be believed, held against people's ratings: by claim, by value, and by slice.

Items are what the judge said and people rated: rows, or the responses of a row. Rows of one prompt, and the two
responses of one row, are drawn together. A judge earns a claim for a value where the bar (`judges.bar.trusted`) says
so. A slice is a look at a part of the rows; it earns nothing, and it can take away: see `Calibration.may_judge`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from seedbed.judges.bar import LEAST_KAPPA, trusted
from seedbed.judges.calibrating.claims import CLAIMS, Claim, claims_of, people_of, people_say, says
from seedbed.judges.calibrating.tables import FIGURES, agreement_figures, counts_of
from seedbed.judges.model.spec import Judgement
from seedbed.measures.bootstrap import DRAWS
from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.records import Rating

__all__ = ["LEAST_OF_SLICE", "LEAST_OF_WRITER", "SLICES", "Calibrated", "Calibration", "Item", "calibrate", "items_of"]

SLICES = ("kind", "topic", "question_type", "group", "language", "written_by", "longer_response")
LEAST_OF_SLICE = 10
"""Rows below which a slice is counted and nothing is measured on it."""
LEAST_OF_WRITER = 30
"""Rows of one writing model that must be among the rated ones before a judge is believed on that model's rows: people
and models write differently, and a judge may agree with people on the one and not on the other."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a judge said of one row or response, beside what each of its raters said."""

    judgement: Judgement
    said: bool | None
    raters: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A judge on one claim, on the rows of one value or slice, or on all (`slice` and `label` are "").

    `rows` that were judged and rated, with `items` of them (two of a triple where each response is rated by itself)
    and `ratings` in all. `figures` by the names in `tables.FIGURES`. `without` counts items with no verdict by reason.
    `earned` is told of all rows and of values; `more_ratings` is how many more rated rows would settle it at least,
    if they are like these, and `more_would_do` is False where no number would.
    """

    by: str
    claim: str
    slice: str
    label: str
    rows: int
    items: int
    ratings: int
    figures: Mapping[str, Measured[float]]
    without: Mapping[str, int] = field(default_factory=dict)
    earned: bool = False
    reasons: tuple[str, ...] = ()
    more_ratings: int = 0
    more_would_do: bool = True


@dataclass(frozen=True, slots=True)
class Calibration:
    """Every judge's calibrations. `unrated` counts judgements that no rater saw, by judge."""

    found: tuple[Calibrated, ...] = ()
    unrated: Mapping[str, int] = field(default_factory=dict)

    def of(self, by: str, claim: str, slice: str = "", label: str = "") -> Calibrated | None:
        for one in self.found:
            if (one.by, one.claim, one.slice, one.label) == (by, claim, slice, label):
                return one
        return None

    def may_judge(
        self, by: str, claim: str, values: Sequence[str] = (), slices: Mapping[str, str] | None = None
    ) -> tuple[bool, str]:
        """Whether the judge's word on this claim may stand for a row of these values and slices; why not, in words.

        It must have earned the claim for each value of the row (for all rows, where the row has none); at least
        LEAST_OF_WRITER rated rows must be by the row's writer; and no slice that the row is in may contradict it: none
        whose interval of kappa lies under the bar.
        """
        if self.of(by, claim) is None:
            return False, "no row that it judged was rated by people"
        for value in values or ("",):
            one = self.of(by, claim, "value" if value else "", value)
            if one is None:
                return False, f"no rated row is of the value {value}"
            if not one.earned:
                return False, (f"{value}: " if value else "") + "; ".join(one.reasons)
        for slice, label in (slices or {}).items():
            one = self.of(by, claim, slice, label)
            if slice == "written_by" and (one is None or one.rows < LEAST_OF_WRITER):
                seen = one.rows if one else 0
                return False, f"{seen} rated rows are written by {label}, and {LEAST_OF_WRITER} is the least"
            kappa = one.figures["kappa"] if one else None
            if isinstance(kappa, Value) and kappa.high is not None and kappa.high < LEAST_KAPPA:
                return (
                    False,
                    f"on rows whose {slice.replace('_', ' ')} is {label} its kappa is {kappa.high:.2f} at most",
                )
        return True, ""


def calibrate(
    judgements: Iterable[Judgement],
    ratings: Iterable[Rating],
    slices: Sequence[str] = SLICES,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Calibration:
    """Hold judgements against ratings; whoever calls joins the two by the rows' ids. See docs/judges.md.

    Cost: 20 ms for each judge, claim, value and slice at 2,000 draws and some 300 rated rows.
    """
    by_claim: dict[tuple[str, str], list[Item]] = defaultdict(list)
    unrated: dict[str, int] = defaultdict(int)
    for claim, item in items_of(judgements, ratings):
        if item.raters:
            by_claim[item.judgement.by, claim.id].append(item)
        else:
            unrated[item.judgement.by] += claim.id == claims_of(item.judgement)[0].id
    found: list[Calibrated] = []
    for (by, name), items in sorted(by_claim.items()):
        values: dict[str, list[Item]] = defaultdict(list)
        parts: dict[tuple[str, str], list[Item]] = defaultdict(list)
        for item in items:
            for value in item.judgement.values:
                values[value].append(item)
            for slice in slices:
                if label := item.judgement.slices.get(slice):
                    parts[slice, label].append(item)
        single = [_calibrated(by, name, "value", value, values[value], draws, seed) for value in sorted(values)]
        found.append(_over_all(_calibrated(by, name, "", "", items, draws, seed), single))
        found += single
        found += [_calibrated(by, name, *key, parts[key], draws, seed, earns=False) for key in sorted(parts)]
    return Calibration(tuple(found), dict(unrated))


def items_of(judgements: Iterable[Judgement], ratings: Iterable[Rating]) -> Iterable[tuple[Claim, Item]]:
    """Each judgement under each claim that it speaks to, with its raters; with none where nobody rated it."""
    people = people_of(ratings)
    for judgement in judgements:
        for claim in claims_of(judgement):
            said = people_say(claim, judgement, people)
            yield claim, Item(judgement, says(claim, judgement), tuple(said[rater] for rater in sorted(said)))


def _calibrated(
    by: str, claim: str, slice: str, label: str, items: Sequence[Item], draws: int, seed: int, *, earns: bool = True
) -> Calibrated:
    judged = [item.judgement for item in items]
    rows = len({one.row for one in judged})
    by_length = [_by_length(one) for one in judged] if CLAIMS[claim].judge == "alignment" else None
    figures: dict[str, Measured[float]] = dict.fromkeys(FIGURES, NotApplicable(f"under {LEAST_OF_SLICE} rows"))
    if earns or rows >= LEAST_OF_SLICE:
        table = counts_of([item.said for item in items], [item.raters for item in items], by_length)
        figures = agreement_figures(table, [one.cluster for one in judged], draws, seed)
    if by_length is None:
        del figures["over_length"]
    without: dict[str, int] = defaultdict(int)
    for one in judged:
        if one.says is None:
            without[one.why] += 1
    bar = trusted(rows, figures)
    return Calibrated(
        by, claim, slice, label, rows, len(items), sum(len(item.raters) for item in items), figures, dict(without),
        earned=earns and not bar.reasons, reasons=bar.reasons if earns else (),
        more_ratings=bar.more_pairs if earns else 0, more_would_do=bar.more_would_do or not earns,
    )  # fmt: skip


def _by_length(judgement: Judgement) -> bool | None:
    longer = judgement.slices.get("longer_response", "same")
    return None if longer == "same" else longer == judgement.part


def _over_all(whole: Calibrated, single: Sequence[Calibrated]) -> Calibrated:
    """All values together are earned only where each is: the bar is a value's own."""
    waiting = [one.label for one in single if not one.earned]
    if not waiting or not whole.earned:
        return whole
    more = max(one.more_ratings for one in single)
    return replace(
        whole, earned=False, reasons=(f"it has not earned it for {', '.join(waiting)}",), more_ratings=more,
        more_would_do=all(one.more_would_do for one in single),
    )  # fmt: skip
