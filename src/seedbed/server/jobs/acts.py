"""What each job does: the study's own act, and the few figures of its result that a page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seedbed.acts import Study
from seedbed.errors import EndpointError, UsageError
from seedbed.server.jobs.figures import figure_of
from seedbed.study import Folder

__all__ = ["carry_out"]

Listen = Callable[[str, int, int], None]
Watch = Callable[[Any, int], None]
Part = Callable[[str, int, int], None]
Result = tuple[bool, dict[str, Any]]


def carry_out(order: Mapping[str, Any], listen: Listen, watch: Watch, part: Part) -> Result:
    """Carry out the act of `order`: whether it came to its end, and its result. Raises what the act raises.

    `listen` hears how far it is, `watch` how far a run is; `part` the name of each of several runs, as it begins.
    """
    if order["act"] == "review":
        from seedbed.server.jobs.reviewing import reviewed

        # without the settings of every room, which are a quarter of the seconds that an errand takes
        return True, reviewed(Folder(Path(order["folder"])), order)
    if order["act"] == "foresee":
        from seedbed.server.jobs.foreseeing import foreseen

        return True, foreseen(Folder(Path(order["folder"])), order, listen)
    study = Study.open(Path(order["folder"]))
    options: dict[str, Any] = dict(order["options"])
    match order["act"]:
        case "curate":
            return True, _curated(study, listen)
        case "generate":
            return _generated(study, options, listen, watch)
        case "assess":
            made = study.assess(listen=listen)
            return True, {"made_at": made.made_at, "sets": len(made.sets), "seconds": made.seconds}
        case "propagate":
            from seedbed.server.jobs.propagating import propagated

            return propagated(study, options, listen, watch, part)
        case "report":
            study.report(listen=listen)
            return True, {}
        case "release":
            return True, _released(study, options, listen)
        case "judges":
            return True, _judged(study, listen)
        case "selection":
            return True, _selection(study, options["kind"], listen)
        case "bridge":
            from seedbed.bridge import Taken, build

            groups = {group: [Taken(**one) for one in each] for group, each in order["groups"].items()}
            built = build(
                study, groups=groups, source=options.get("source", "grown"),
                per_group=options.get("per_group", 10), writer=options.get("endpoint"), listen=listen, watch=watch,
            )  # fmt: skip
            return built.finished, built.to_json()
        case "record":
            study.record(Path(order["target"]), order["format"])
            return True, {}
        case act:
            raise UsageError(f"No act {act!r}")


def _curated(study: Study, listen: Listen) -> dict[str, Any]:
    report = study.curate(listen=listen)
    return {
        "questions": report.questions, "triples": report.triples, "appended": report.appended,
        "chosen_questions": len(report.selected_questions), "chosen_triples": len(report.selected_triples),
        "held": len(report.held), "warnings": list(report.warnings),
        "pools": {pool.value: count for pool, count in report.pools.items()},
    }  # fmt: skip


def _generated(study: Study, options: dict[str, Any], listen: Listen, watch: Watch) -> Result:
    rejudge = options.pop("rejudge", False)
    listen("opening the model", 0, 0)
    summary = study.generate(rejudge=rejudge, listen=watch, **options)
    if summary.failed and not summary.generated:
        raise EndpointError(
            f"None of the {summary.failed} rows got a usable reply",
            hint="See the run's failed rows for the errors; resume the job to try once more.",
        )
    told = asdict(summary)
    told["shortfalls"] = told["shortfalls"][:50]
    # a cap or a pilot's end is an end that was asked for; only a press is an interruption
    return summary.complete or bool(summary.stopped_by), told


def _released(study: Study, options: dict[str, Any], listen: Listen) -> dict[str, Any]:
    drop_leaks = options.get("drop_leaks", False)
    more: dict[str, Any] = {}
    if options.get("preview"):
        from seedbed.server.jobs.differing import difference_shown

        found = study.preview_release(options["version"], drop_leaks=drop_leaks, listen=listen)
        made = found.report
        more = {
            "unsaid": [key for key, _ in found.unsaid],
            "since": None if found.since is None else difference_shown(found.since).model_dump(),
        }
    else:
        made = study.release(options["version"], drop_leaks=drop_leaks, listen=listen)
    return {
        "version": made.version, "rows": dict(made.rows), "left_out": dict(made.left_out), "bytes": made.size, **more,
    }  # fmt: skip


def _selection(study: Study, kind: Any, listen: Listen) -> dict[str, Any]:
    view = study.selection(kind, listen=listen)
    return {
        "strategies": [
            {
                "name": one.name, "chosen": list(one.chosen) if one.name != "all" else [], "shared": one.shared,
                "cells": figure_of(one.cells), "of_cells": one.of_cells, "nearest": figure_of(one.nearest),
                "evenness": {aspect: figure_of(number) for aspect, number in one.evenness.items()},
            }
            for one in view.strategies
        ],
        "why": [
            {
                "id": one.id, "others": one.others, "burden": one.burden, "new": list(one.new),
                "nearest": one.nearest[0] if one.nearest else None, "cosine": one.nearest[1] if one.nearest else None,
            }
            for one in (*view.chosen, *view.next)
        ],
    }  # fmt: skip


def _judged(study: Study, listen: Listen) -> dict[str, Any]:
    report = study.judges(listen=listen)
    return {name: value for name, value in asdict(report).items() if isinstance(value, str | int | float | bool)}
