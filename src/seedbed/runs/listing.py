"""Every run of a study on one line, controls beneath what they are the control of.

A run that cannot be read has a line too, which says why: it never hides the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from seedbed.engine import Journal, Prices, RunRecord, read_run
from seedbed.errors import SeedbedError
from seedbed.llm.settings import EMBEDDED, EndpointSettings
from seedbed.records import Usage
from seedbed.runs.proportions import Share, share
from seedbed.study import Folder

__all__ = ["Price", "RunLine", "list_runs", "price_of", "shown_name"]


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run. `state` is "complete", "unfinished", "not begun" (no reply yet) or "damaged"; `about_state` says more:
    what is missing, the last error, or what is wrong with the files.

    `kept_share` is of the candidates generated. `cost` is None where no price is known, 0 for the embedded model.
    `control_of` is the run that this one is the control for, `prompts_from` the run whose questions it answers.
    `depth` is 1 where the line stands beneath another run's.
    """

    name: str
    stage: str = ""
    model: str = ""
    created: str = ""
    raw: bool = False
    with_seeds: bool | None = None
    proposals: bool = False
    target: int | None = None
    candidates: int | None = None
    generated: int = 0
    kept: int = 0
    kept_share: Share | None = None
    over_target: int = 0
    rejected: int = 0
    failed: int = 0
    calls: int = 0
    attempts: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    currency: str = ""
    state: str = "unfinished"
    about_state: str = ""
    control_of: str | None = None
    prompts_from: str | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """What a run's tokens cost; None of `prices`: it is not known."""

    prices: Prices | None = None
    currency: str = ""

    def of(self, usage: Usage) -> float | None:
        return None if self.prices is None else self.prices.of(usage)


def list_runs(folder: Folder, endpoints: Mapping[str, EndpointSettings]) -> list[RunLine]:
    """The runs, oldest first. `endpoints` are those of study.toml, for their prices. Raises NotAStudy."""
    folder.check()
    found = [_line(path, endpoints) for path in _folders(folder)]
    found.sort(key=lambda line: (line.created or "9", line.name))
    return list(_nested(found))


def shown_name(name: str) -> str:
    """A folder's name as it can be printed: what is no text stands escaped."""
    printable = name.encode("utf-8", "backslashreplace").decode()
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in printable)


def price_of(record: RunRecord, endpoints: Mapping[str, EndpointSettings]) -> Price:
    """By the endpoint of study.toml that has the run's model and address. A price of 0 is one that nobody gave."""
    urls = record.about.get("endpoint")
    if urls == EMBEDDED:
        return Price(Prices(), "")
    for one in endpoints.values():
        if one.model == record.ask.get("model") and list(one.urls) == urls and (one.price_in or one.price_out):
            return Price(Prices(one.price_in, one.price_out), one.currency)
    return Price()


def _folders(folder: Folder) -> list[Path]:
    if not folder.runs.is_dir():
        return []
    return [path for path in sorted(folder.runs.iterdir()) if path.is_dir() and not path.name.startswith(".")]


def _nested(lines: list[RunLine]) -> Iterator[RunLine]:
    """Each run that is no control, then its controls. A control of a control, or of a run that is gone, is listed
    without indentation rather than not at all."""
    tops = {line.name for line in lines if not line.control_of}
    for line in lines:
        if line.control_of in tops:
            continue
        yield line
        if line.name in tops:
            yield from (replace(other, depth=1) for other in lines if other.control_of == line.name)


def _line(path: Path, endpoints: Mapping[str, EndpointSettings]) -> RunLine:
    name = shown_name(path.name)
    if not (path / "run.json").exists():
        return RunLine(name, state="damaged", about_state="its folder holds no run.json")
    try:
        record = read_run(path)
        if not (isinstance(record.ask, dict) and isinstance(record.verdict, dict) and isinstance(record.about, dict)):
            return RunLine(name, state="damaged", about_state="run.json is damaged: its parts are no objects")
    except SeedbedError as error:
        return RunLine(name, state="damaged", about_state=_one_line(str(error)))
    except OSError as error:
        return RunLine(name, state="damaged", about_state=f"run.json cannot be read: {error.strerror}")
    about, ask = record.about, record.ask
    line = RunLine(
        name,
        stage=str(record.stage),
        model=str(ask.get("model") or ""),
        created=str(record.created),
        raw=bool(ask.get("raw")),
        with_seeds=_flag(ask.get("with_seeds")),
        proposals=bool(ask.get("proposals")),
        target=_count(ask.get("target")),
        candidates=_count(ask.get("candidates")),
        control_of=str(about["control_of"]) if about.get("control_of") else None,
        prompts_from=str(about["prompts_from"]) if about.get("prompts_from") else None,
    )
    if record.name != path.name:
        line = replace(line, about_state=f"its run.json names another run, {shown_name(str(record.name))}")
    if not (path / "journal.db").is_file():
        return replace(line, state="not begun", about_state=line.about_state or "it has no journal")
    try:
        with closing(Journal(path / "journal.db", read_only=True)) as journal:
            return _counted(line, record, path, journal, price_of(record, endpoints))
    except SeedbedError as error:
        return replace(line, state="damaged", about_state=_one_line(str(error)))


def _counted(line: RunLine, record: RunRecord, path: Path, journal: Journal, price: Price) -> RunLine:
    totals = journal.totals()
    usage = Usage(totals["prompt_tokens"], totals["completion_tokens"])
    generated = totals["kept"] + totals["rejected"]
    answered = generated > 0 or usage != Usage()
    cost, currency = price.of(usage), price.currency
    summary = _summary(path)
    if cost is None and summary.get("currency"):  # what it came to when it was finished
        cost, currency = float(summary.get("cost", 0.0)), str(summary["currency"])
    state, words = "complete", ""
    if not answered:
        state, words = "not begun", "no reply yet"
    elif record.stage != "imported" and not summary:
        state, words = "unfinished", how_far(line.target, line.candidates, totals)
    if state != "complete" and (totals["failed"] or not answered) and (error := _last_error(journal)):
        words = f"{words}; last error: {error}"
    if record.stage == "triples" and line.prompts_from is None:
        line = replace(line, prompts_from=_answers(journal))
    return replace(
        line,
        generated=generated,
        kept=totals["kept"],
        kept_share=share(totals["kept"], generated),
        over_target=totals["over_target"],
        rejected=totals["rejected"],
        failed=totals["failed"],
        calls=totals["calls"],
        attempts=totals["attempts"],
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cost=cost,
        currency=currency,
        state=state,
        about_state="; ".join(filter(None, (line.about_state, words))),
    )


def how_far(target: int | None, candidates: int | None, counts: Mapping[str, Any]) -> str:
    """How far a run has come towards what it is to have, from its counts of rows; empty where that is not known."""
    if target:
        return f"{counts['kept'] - counts['over_target']:,} of {target:,} kept"
    if candidates:
        return f"{counts['kept'] + counts['rejected']:,} of {candidates:,} made"
    return ""


def _last_error(journal: Journal) -> str:
    """The error of the last ask, in slot order, that was given up. Attempts that a later one mended do not count."""
    found = ""
    for outcome in journal.settled(0):
        found = outcome.error or found
    return _one_line(found)


def _answers(journal: Journal) -> str | None:
    """The run whose rows a triples run answers: row ids are RUN.SLOT."""
    with closing(journal.settled(0)) as outcomes:
        for outcome in outcomes:
            if outcome.ask.prompt_id:
                return outcome.ask.prompt_id.rpartition(".")[0] or None
    return None


def _summary(path: Path) -> dict[str, Any]:
    """summary.json, which is there once a run is complete; empty where it is not, or cannot be read."""
    try:
        found = json.loads((path / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _one_line(text: str, limit: int = 160) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
