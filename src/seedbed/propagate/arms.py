"""Making the runs of a design: each a run of its own, with its own journal and memory, and other examples only."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from seedbed.engine import Journal, RunRecord, read_run
from seedbed.errors import InputError
from seedbed.generate import Listener, Prepared, RunSummary, conduct
from seedbed.generate.forecast.forecasting import settled
from seedbed.generate.forecast.pace import pace
from seedbed.propagate.planning import Arm, Design
from seedbed.propagate.propagating import differences
from seedbed.records import Usage
from seedbed.study import Folder

__all__ = ["Arm", "Cost", "Prepare", "cost_of", "cost_words", "is_complete", "make_arms", "options_of"]

Prepare = Callable[[RunRecord, Design, Arm], Prepared]
"""From a base, a design and one of its arms to the run, ready to be conducted: the seam to settings and curation."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the arms that are not complete will take, judged by the base run's own journal.

    Requests and tokens in all; `seconds` None where the journal does not tell, `cost` 0 where there are no prices.
    """

    runs: int
    requests: int
    read: int
    written: int
    seconds: float | None
    cost: float
    currency: str


def cost_of(folder: Folder, base: RunRecord, design: Design, run: Prepared) -> Cost:
    """Requests, tokens, time and money of what is still to be made. `run` is any arm, prepared: it has the prices.

    By the mean request of the base run; a control without examples reads less than that.
    """
    with closing(Journal(folder.run(base.name) / "journal.db", read_only=True)) as journal:
        asks, calls = settled(journal, base.stage)
    missing = [arm for arm in design.arms if not is_complete(folder, arm.run)]
    follows = run.record.ask["follows"]["asks"]
    requests = follows * len(missing)
    done = max(1, len(asks))
    usage = Usage(
        round(sum(ask.read for ask in asks) / done * requests),
        round(sum(ask.written for ask in asks) / done * requests),
    )
    found = pace(calls)
    rate = (found.low + found.high) / 2 if found else 0.0
    writer = run.roles.writer
    return Cost(
        runs=len(missing),
        requests=requests,
        read=usage.prompt_tokens,
        written=usage.completion_tokens,
        seconds=requests / rate if rate > 0 else None,
        cost=run.limits.prices.of(usage),
        currency=writer.currency if writer else "",
    )


def cost_words(found: Cost, design: Design) -> list[str]:
    """The cost in plain words, and how the seeds were drawn."""
    if not found.runs:
        return [f"All {len(design.arms)} runs of the {design.key} are there."]
    amount = f"{found.requests:,} requests, about {found.read + found.written:,} tokens"
    if found.cost:
        amount += f", about {found.cost:,.2f} {found.currency}"
    if found.seconds is not None:
        amount += f", about {_span(found.seconds)} at the pace of {design.base!r}"
    runs = f"{found.runs} run{'' if found.runs == 1 else 's'}"
    return [
        f"{runs} of at most {design.candidates:,} rows: {amount}",
        f"Seeds: {design.how}.",
        f"Declared in propagation/{design.plan}.",
    ]


def make_arms(
    folder: Folder,
    design: Design,
    prepare: Prepare,
    *,
    listen: Listener = lambda progress, goal: None,
    begin: Callable[[Arm], None] = lambda arm: None,
) -> list[RunSummary]:
    """Make the runs of a design one after the other, or go on where they stopped; complete ones are left as they are.

    Ends early, with the last summary not `complete`, at a Ctrl-C or a cap. Raises InputError where the base run was
    made anew since the design was declared, or an arm would differ from it in more than its examples.
    """
    base = read_run(folder.run(design.base))
    if base.fingerprints.get("ask", "") != design.fingerprint:
        raise InputError(
            f"The run {design.base!r} is another than when {design.plan} was written",
            hint=f"Declare it anew: remove the file {folder.propagation / design.plan}, or give another number of rows",
        )
    made: list[RunSummary] = []
    for arm in design.arms:
        if is_complete(folder, arm.run):
            continue
        run = prepare(base, design, arm)
        if other := differences(base, run.record):
            raise InputError(
                f"The settings have changed since the run {base.name!r} was made: {', '.join(other)}",
                hint="Go back to those settings, and the same model, so that only the examples differ",
            )
        begin(arm)
        summary = conduct(folder, with_design(run, design, arm), listen=listen)
        made.append(summary)
        if not summary.complete:
            break
    return made


def options_of(base: RunRecord, design: Design, arm: Arm) -> dict[str, Any]:
    """What is to be wanted of generation for this arm: the very asks of the base, with the arm's seeds or none."""
    if base.stage == "triples":
        subset: dict[str, Any] = base.ask.get("subset") or {}
        return {
            "stage": "triples", "run": arm.run, "follow": base.name, "candidates": design.candidates, "target": None,
            "with_seeds": bool(arm.seeds), "shown": arm.seeds or None, "control_of": base.name,
            "prompts_from": base.about.get("prompts_from"), "values": base.ask.get("values") or None,
            "topic": subset.get("topics") or None, "question_type": subset.get("question_types") or None,
            "sample": subset.get("sample"), "judge": base.about.get("judge"),
        }  # fmt: skip
    return {
        "stage": "questions", "run": arm.run, "follow": base.name, "candidates": design.candidates, "target": None,
        "with_seeds": bool(arm.seeds), "shown": arm.seeds or None, "raw": bool(base.ask.get("raw")),
        "control_of": base.name, "topics_from": base.about.get("topics_from"),
    }  # fmt: skip


def is_complete(folder: Folder, run: str) -> bool:
    return (folder.run(run) / "summary.json").is_file()


def with_design(run: Prepared, design: Design, arm: Arm) -> Prepared:
    """The run with what propagation has to know of it in run.json, under `about`."""
    said: dict[str, Any] = {
        "part": arm.part,
        "plan": design.plan,
        "design": f"{design.key} {design.plan}",
        "feature": design.feature or None,
        "dose": arm.dose,
    }
    return replace(run, record=replace(run.record, about={**run.record.about, "propagation": said}))


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:,.0f} min" if seconds < 5_400 else f"{seconds / 3_600:,.1f} h"
