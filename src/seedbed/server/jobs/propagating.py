"""What the seeds did, as a job: the runs that it is tested against, once somebody agreed to what they cost; the tests;
and what each seed gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seedbed.acts import Study
    from seedbed.engine import RunRecord
    from seedbed.propagate.arms import Arm, Cost
    from seedbed.propagate.planning import Design

__all__ = ["propagated"]


def propagated(
    study: Study,
    options: dict[str, Any],
    listen: Callable[[str, int, int], None],
    watch: Callable[[Any, int], None],
    part: Callable[[str, int, int], None],
) -> tuple[bool, dict[str, Any]]:
    """Whether it came to its end, and what to show of it.

    Where runs would be made that nobody agreed to, or that would take more requests than were agreed to, that is the
    end: the result is `forecast`, and nothing was made. Raises what `Study.propagate` raises.
    """
    agreed = options.pop("agreed", None)
    asked: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    forecast: dict[str, Any] = {}
    begun = 0

    def quote(design: Design, cost: Cost) -> None:
        forecast.update(_forecast(design, cost))

    def agree(said: Any) -> bool:
        return agreed is not None and forecast["requests"] <= agreed

    def begin(arm: Arm) -> None:
        nonlocal begun
        begun += 1
        part(arm.run, begun, forecast["runs"])
        listen("opening the model", 0, 0)

    listen("measuring rows", 0, 0)
    found = study.propagate(**asked, agree=agree, quote=quote, begin=begin, watch=watch, listen=listen)
    if found is None:
        return (False, {}) if begun else (True, {"forecast": forecast})
    study.seed_yield(options.get("run") or _judged_run(study), listen=listen)
    return True, {"made_at": found.made_at, "headline": found.headline}


def _judged_run(study: Study) -> str | None:
    """The run whose seeds are counted: the one that is tested, or the newest of gated questions where no gate judged
    that one's rows; without gates nothing can be said of acceptance."""
    from seedbed.engine import read_run
    from seedbed.propagate.bases import base_run
    from seedbed.propagate.material import is_base

    def judged(record: RunRecord) -> bool:
        return not record.ask.get("raw") and bool(record.verdict.get("order"))

    first = base_run(study.folder, None)
    records = [read_run(study.folder.run(name)) for name in study.folder.run_names()]
    others = [one for one in records if one.stage == "questions" and is_base(one) and judged(one)]
    if judged(first) or not others:
        return first.name
    return max(others, key=lambda one: one.created).name


def _forecast(design: Design, cost: Cost) -> dict[str, Any]:
    return {
        "kind": design.kind, "run": design.base, "feature": design.feature, "plan": design.plan, "how": design.how,
        "candidates": design.candidates, "runs": cost.runs, "of_runs": len(design.arms), "requests": cost.requests,
        "tokens": cost.read + cost.written, "seconds": cost.seconds, "cost": cost.cost, "currency": cost.currency,
    }  # fmt: skip
