"""What is done about rating tasks away from the server: drawing rows, resampling for intervals, reading and writing
files. All of it is too much for a process in which people type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedbed.errors import UsageError
from seedbed.server.jobs.figures import figure_of
from seedbed.study import Folder

if TYPE_CHECKING:
    from seedbed.review import Item, KindRates, ScaleAgreement, TaskSpec, TaskState
    from seedbed.review.agreement import Agreement

__all__ = ["reviewed"]

_EXAMPLES = 3
_REFUSED = 1000
"""Refused rows of an import that are told one by one."""


def reviewed(folder: Folder, order: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out `order["what"]`: preview, create, agreement, export or import. Raises what the room raises."""
    match order["what"]:
        case "preview":
            return _previewed(folder, order["spec"])
        case "create":
            return _created(folder, order["spec"], order["actor"])
        case "agreement":
            return _agreement(folder, order["task"], order["people"])
        case "export":
            return _exported(folder, order["task"], order["format"], Path(order["target"]), ratings=order["ratings"])
        case "import":
            return _imported(folder, order)
        case what:
            raise UsageError(f"No way to review {what!r}")


def _previewed(folder: Folder, spec: Mapping[str, Any]) -> dict[str, Any]:
    from seedbed.review import rows_of

    items = rows_of(folder, _spec(spec))
    sources: dict[str, int] = {}
    for item in items:
        sources[item.source] = sources.get(item.source, 0) + 1
    return {"items": len(items), "sources": sources, "examples": [_row(item) for item in items[:_EXAMPLES]]}


def _row(item: Item) -> dict[str, Any]:
    shown = asdict(item)
    return {name: value for name, value in shown.items() if name not in ("margin", "doubt", "near")}


def _created(folder: Folder, spec: Mapping[str, Any], actor: str) -> dict[str, Any]:
    from seedbed.review import create

    return {"task": create(folder, _spec(spec), actor).name}


def _spec(data: Mapping[str, Any]) -> TaskSpec:
    from seedbed.review import TaskSpec

    return TaskSpec.from_json(data)


# --- agreement -------------------------------------------------------------------------------------------------------


def _agreement(folder: Folder, task: str, people: str) -> dict[str, Any]:
    from seedbed.review import agreement_of, kinds_of, load, rates_by_people, rates_by_source

    state = load(folder, task)
    kinds, least = kinds_of(folder, people) if people else (None, 1)
    scales = []
    for scale in state.task.scales:
        found = agreement_of(state, scale.id, kinds, least=least)
        scales.append(
            {
                "scale": scale.id,
                "level": found.level,
                "parts": _parts(found),
                "by_source": _rates(rates_by_source(state, scale.id)),
                "by_people": _rates(rates_by_people(state, scale.id, kinds, least=least)) if kinds else [],
            }
        )
    return {"people": people, "seq": state.seq, "scales": scales}


def _parts(found: ScaleAgreement) -> list[dict[str, Any]]:
    parts = []
    for label, overall in found.overall.items():
        kinds = found.people[label] if found.people else None
        retest = found.retest.get(label)
        parts.append(
            {
                "label": str(label),
                "overall": _coefficients(overall),
                "within": {kind: _coefficients(one) for kind, one in kinds.within.items()} if kinds else {},
                "between": [
                    {**asdict(one), "raw": figure_of(one.raw), "kappa": figure_of(one.kappa)} for one in kinds.between
                ]
                if kinds else [],
                "left_out": dict(kinds.left_out) if kinds else {},
                "retest": _coefficients(retest) if retest else None,
            }
        )  # fmt: skip
    return parts


def _coefficients(found: Agreement) -> dict[str, Any]:
    return {
        "n_items": found.n_items, "n_pairable": found.n_pairable, "n_raters": found.n_raters,
        "n_ratings": found.n_ratings,
        "coefficients": {name: figure_of(value) for name, value in found.coefficients().items()},
        "marginals": {str(value): count for value, count in found.marginals.items()},
    }  # fmt: skip


def _rates(found: Mapping[str, KindRates]) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind, "n_ratings": one.n_ratings, "n_items": one.n_items, "n_raters": one.n_raters,
            "shares": {str(value): figure_of(share) for value, share in one.shares.items()},
            "mean": None if one.mean is None else figure_of(one.mean),
        }
        for kind, one in found.items()
    ]  # fmt: skip


# --- files -----------------------------------------------------------------------------------------------------------


def _exported(folder: Folder, task: str, format: str, target: Path, *, ratings: bool) -> dict[str, Any]:
    from seedbed.review import export, load

    state: TaskState = load(folder, task)
    done = export(folder, state, format, target, ratings=ratings)
    return {"files": list(done.files), "items": done.items, "missing": len(done.missing)}


def _imported(folder: Folder, order: Mapping[str, Any]) -> dict[str, Any]:
    from seedbed.review import import_ratings

    path = Path(order["path"])
    found = import_ratings(
        folder, order["task"], path, order["actor"], format=order["format"], skip_bad=order["skip_bad"],
        dry_run=order["dry_run"],
    )  # fmt: skip
    told = asdict(found)
    del told["path"]
    told |= {"n_refused": len(found.refused), "refused": [_short(asdict(one)) for one in found.refused[:_REFUSED]]}
    told |= {"unknown": _few(found.unknown), "remarks": _few(found.remarks)}
    return told


def _short(told: Mapping[str, str]) -> dict[str, str]:
    return {name: text[:300] for name, text in told.items()}


def _few(texts: Iterable[str]) -> list[str]:
    return [text[:200] for text in texts][:100]
