"""Two runs side by side: what differs in their settings, what became of their rows, what they share, and what may be
concluded from it. Rows are streamed; what is held of a run is its kept texts, once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seedbed.engine import Journal, RunRecord, read_rows, read_run
from seedbed.errors import InputError, UsageError
from seedbed.llm.settings import EndpointSettings
from seedbed.measures.similarity import CUT, NoveltyIndex
from seedbed.measures.tokens import tokenise
from seedbed.records import State, Usage
from seedbed.runs.listing import price_of
from seedbed.runs.proportions import Share, difference, share
from seedbed.runs.saying import conclusions
from seedbed.study import Folder

__all__ = ["Changed", "Comparison", "Label", "Side", "Texts", "compare", "differences"]

Listen = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Changed:
    """A setting that differs; `a` or `b` is None where a run has no such key. `kind` is "ask" or "verdict"."""

    kind: str
    key: str
    a: Any
    b: Any


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs. `gates` counts rejected and failed rows by gate; `design_effect` says how much less a row
    tells because rows of one request are alike (1: not at all); `shown` are the seeds that its prompts showed."""

    name: str
    model: str
    complete: bool
    generated: int
    kept: int
    failed: int
    acceptance: Share | None
    gates: dict[str, int]
    calls: int
    prompt_tokens: int
    completion_tokens: int
    tokens_per_kept: float | None
    cost: float | None
    cost_per_kept: float | None
    currency: str
    design_effect: float
    shown: frozenset[str]


@dataclass(frozen=True, slots=True)
class Label:
    """Acceptance at one topic or question type that both runs have; `difference` is b - a with its interval."""

    kind: str
    label: str
    a: Share
    b: Share
    difference: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Texts:
    """Kept texts in common. `exact` counts different texts that both have; the near ones, those equal ones among
    them, are shares: of a's kept texts that have one in b by the novelty rule, and of b's in a."""

    exact: int
    near_in_b: Share | None
    near_in_a: Share | None
    rouge_l: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`says` is what can be concluded and what cannot, in sentences. `difference` is of acceptance, b - a, with its
    95 % interval; `first` the same over as many candidates of each as the shorter run has, where one is longer."""

    stage: str
    a: Side
    b: Side
    settings: tuple[Changed, ...]
    difference: tuple[float, float, float] | None
    first: tuple[Share, Share, tuple[float, float, float]] | None
    labels: tuple[Label, ...]
    texts: Texts
    shown_in_common: int
    says: tuple[str, ...]


def compare(
    folder: Folder,
    endpoints: Mapping[str, EndpointSettings],
    a: str,
    b: str,
    listen: Listen = lambda what, done, total: None,
) -> Comparison:
    """Compare the runs named `a` and `b`.

    Raises UsageError for a run that is not there, that has no rows, or where their stages differ.
    """
    folder.check()
    if a == b:
        raise UsageError("A run is compared with another one", hint=f"Name two runs; see: seedbed runs {folder.root}")
    one, other = _record(folder, a), _record(folder, b)
    if one.stage != other.stage:
        raise UsageError(
            f"The run {a!r} holds {one.stage} rows and {b!r} {other.stage} rows: their gates have nothing in common",
            hint=f"Compare two runs of one stage; see: seedbed runs {folder.root}",
        )
    counts = _Counts.of(folder.run(a)), _Counts.of(folder.run(b))
    least = min(count.generated for count in counts)
    tallies = _Tally.of(folder.run(a), least), _Tally.of(folder.run(b), least)
    ours = _side(one, counts[0], tallies[0], folder.run(a), endpoints)
    theirs = _side(other, counts[1], tallies[1], folder.run(b), endpoints)
    gates = counts[0].judged_by or one.verdict, counts[1].judged_by or other.verdict
    settings = tuple(differences(one.ask, other.ask, "ask")) + tuple(differences(*gates, "verdict"))
    apart = difference(ours.acceptance, theirs.acceptance) if ours.acceptance and theirs.acceptance else None
    first = _first(*tallies) if ours.generated != theirs.generated else None
    return Comparison(
        stage=one.stage,
        a=ours,
        b=theirs,
        settings=settings,
        difference=apart,
        first=first,
        labels=tuple(_labels(*tallies)),
        texts=_texts(folder.run(a), folder.run(b), _cut(*gates), listen),
        shown_in_common=len(ours.shown & theirs.shown),
        says=tuple(conclusions((one, other), settings, (ours, theirs), apart, first)),
    )


def differences(a: Mapping[str, Any], b: Mapping[str, Any], kind: str) -> Iterator[Changed]:
    """Every setting that differs, with both values; the keys of inner settings are joined by dots."""
    left, right = dict(_flat(a)), dict(_flat(b))
    for key in sorted(left.keys() | right.keys()):
        if left.get(key) != right.get(key):
            yield Changed(kind, key, left.get(key), right.get(key))


def _flat(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _record(folder: Folder, name: str) -> RunRecord:
    record = read_run(folder.run(name))
    if not (folder.run(name) / "journal.db").is_file():
        raise UsageError(f"The run {name!r} has no rows yet", hint=f"Look at the runs: seedbed runs {folder.root}")
    if not all(isinstance(part, dict) for part in (record.ask, record.verdict, record.about)):
        raise InputError(f"run.json of {name!r} is damaged", hint="Restore it from a copy of the study.")
    return record


def _cut(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[int, int]:
    """The novelty threshold of both runs; where they have no common one, the usual."""
    match a.get("rouge_l"):
        case [int(top), int(bottom)] if b.get("rouge_l") == a["rouge_l"]:
            return top, bottom
    return CUT


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the journal counts by itself."""

    totals: dict[str, Any]
    usage: Usage
    judged_by: dict[str, Any] | None

    @classmethod
    def of(cls, path: Path) -> _Counts:
        with closing(Journal(path / "journal.db", read_only=True)) as journal:
            totals = journal.totals()
            return cls(
                totals, Usage(totals["prompt_tokens"], totals["completion_tokens"]), journal.judged_by()
            )  # fmt: skip

    @property
    def generated(self) -> int:
        return int(self.totals["kept"] + self.totals["rejected"])


@dataclass(slots=True)
class _Tally:
    """What one pass over a run's rows counts."""

    made: Counter[tuple[str, str]] = field(default_factory=Counter)  # by ("topic" | "type", label)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    shown: set[str] = field(default_factory=set)
    first_kept: int = 0
    first_made: int = 0
    asks: list[tuple[int, int]] = field(default_factory=list)  # of each: candidates, and how many were kept

    @classmethod
    def of(cls, path: Path, first: int) -> _Tally:
        tally = cls()
        ask, made, kept = "", 0, 0
        for row in read_rows(path):
            if row.ask.id != ask:
                tally.asks.append((made, kept))
                tally.shown.update(row.ask.examples)
                ask, made, kept = row.ask.id, 0, 0
            if row.verdict.state is State.FAILED:
                continue
            made, kept = made + 1, kept + row.kept
            if tally.first_made < first:
                tally.first_made += 1
                tally.first_kept += row.kept
            for key in (("topic", row.ask.topic), ("type", row.ask.question_type)):
                if key[1] is not None:
                    tally.made[key[0], key[1]] += 1
                    tally.kept[key[0], key[1]] += row.kept
        tally.asks.append((made, kept))
        return tally

    def design_effect(self) -> float:
        """1 + (m - 1)·r with the mean size m and the correlation r of two rows of one request (Kish 1965)."""
        rows, kept = sum(m for m, _ in self.asks), sum(k for _, k in self.asks)
        pairs = sum(m * (m - 1) for m, _ in self.asks)
        p = kept / rows if rows else 0.0
        if not pairs or not 0 < p < 1:
            return 1.0
        product = sum((k - m * p) ** 2 - k * (1 - p) ** 2 - (m - k) * p**2 for m, k in self.asks)
        size = sum(m * m for m, _ in self.asks) / rows
        return float(max(1.0, 1 + (size - 1) * product / (pairs * p * (1 - p))))


def _side(
    record: RunRecord, counts: _Counts, tally: _Tally, path: Path, endpoints: Mapping[str, EndpointSettings]
) -> Side:
    totals, usage, kept = counts.totals, counts.usage, int(counts.totals["kept"])
    price = price_of(record, endpoints)
    cost = price.of(usage)
    return Side(
        name=record.name,
        model=str(record.ask.get("model", "")),
        complete=record.stage == "imported" or (path / "summary.json").is_file(),
        generated=counts.generated,
        kept=kept,
        failed=totals["failed"],
        acceptance=share(kept, counts.generated),
        gates=_in_order(totals["reasons"], record.verdict.get("order", ())),
        calls=totals["calls"],
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        tokens_per_kept=(usage.prompt_tokens + usage.completion_tokens) / kept if kept else None,
        cost=cost,
        cost_per_kept=cost / kept if cost is not None and kept else None,
        currency=price.currency,
        design_effect=tally.design_effect(),
        shown=frozenset(tally.shown),
    )


def _in_order(reasons: Mapping[str, int], order: Any) -> dict[str, int]:
    """By the order in which a row meets the gates; what is no gate (parse, endpoint) first."""
    known = list(order) if isinstance(order, list | tuple) else []
    before = [gate for gate in reasons if gate not in known]
    return {gate: reasons[gate] for gate in (*sorted(before), *known) if gate in reasons}


def _first(one: _Tally, other: _Tally) -> tuple[Share, Share, tuple[float, float, float]] | None:
    a, b = share(one.first_kept, one.first_made), share(other.first_kept, other.first_made)
    return (a, b, difference(a, b)) if a and b else None


def _labels(one: _Tally, other: _Tally) -> Iterator[Label]:
    for kind, label in sorted(one.made.keys() & other.made.keys()):
        a = share(one.kept[kind, label], one.made[kind, label])
        b = share(other.kept[kind, label], other.made[kind, label])
        if a and b:
            yield Label(kind, label, a, b, difference(a, b))


# --- texts in common ---------------------------------------------------------------------------------------------


def _texts(a: Path, b: Path, cut: tuple[int, int], listen: Listen) -> Texts:
    ours, theirs = ({_digest(text) for _, text in _kept(path)} for path in (a, b))
    common = ours & theirs
    total = len(ours) + len(theirs)
    near_in_b = _near(a, b, common, cut, lambda done: listen("texts in common", done, total))
    near_in_a = _near(b, a, common, cut, lambda done: listen("texts in common", done + len(ours), total))
    return Texts(len(common), near_in_b, near_in_a, cut)


def _near(
    of: Path, within: Path, common: set[bytes], cut: tuple[int, int], listen: Callable[[int], None]
) -> Share | None:
    """The share of kept texts of one run that have a near-duplicate in the other. One index is held at a time."""
    index = NoveltyIndex(cut)
    for id, text in _kept(within):
        index.add(id, text)
    near = seen = 0
    for _, text in _kept(of):
        seen += 1
        near += _digest(text) in common or index.nearest(text) is not None
        if seen % 200 == 0:
            listen(seen)
    return share(near, seen)


def _kept(path: Path) -> Iterator[tuple[str, str]]:
    with closing(Journal(path / "journal.db", read_only=True)) as journal:
        for verdict, _ in journal.verdicts():
            if verdict.state is State.KEPT:
                yield str(verdict.slot), verdict.text


def _digest(text: str) -> bytes:
    """Of the words alone, in lower case. With 96 bits, two different texts of a million agree by chance once in 10^17
    comparisons."""
    words = " ".join(tokenise(text)) or text.strip()
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=12).digest()
