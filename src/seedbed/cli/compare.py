"""seedbed compare"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import data, note, table, working

if TYPE_CHECKING:
    from seedbed.runs import Comparison, Share

First = Annotated[str, typer.Argument(metavar="A", help="A run.", show_default=False)]
Second = Annotated[str, typer.Argument(metavar="B", help="Another run of the same stage.", show_default=False)]


def compare(folder: StudyFolder, a: First, b: Second, as_json: AsJson = False) -> None:
    """Two runs side by side: settings that differ, the fate of their rows, cost, and texts in common.

    What can be concluded from it, and what cannot, is said first.
    """
    from seedbed.acts import Study
    from seedbed.runs import compare as comparing

    study = Study.open(folder)
    with working("Comparing") as listen:
        found = comparing(study.folder, study.settings.endpoints, a, b, listen)
    if as_json:
        data({"schema": 1, **_plain(found)})
        return
    for sentence in found.says:
        note(f"  {sentence}")
    note("")
    _settings(found)
    _funnel(found)
    _labels(found)
    _texts(found)


def _plain(found: Comparison) -> dict[str, Any]:
    made = asdict(found)
    for side in ("a", "b"):
        made[side]["shown"] = len(made[side]["shown"])
    return made


def _settings(found: Comparison) -> None:
    rows = [
        (changed.key if changed.kind == "ask" else f"gates: {changed.key}", short(changed.a), short(changed.b))
        for changed in found.settings
    ]
    table(["setting", found.a.name, found.b.name], rows or [("all alike", "", "")])
    note("")


def _funnel(found: Comparison) -> None:
    a, b = found.a, found.b
    rows: list[tuple[str, str, str]] = [("generated", f"{a.generated:,}", f"{b.generated:,}")]
    gates = [*a.gates, *(gate for gate in b.gates if gate not in a.gates)]
    for gate in gates:
        words = "failed (no reply)" if gate == "endpoint" else f"rejected by {gate}"
        rows.append((words, _of(a.gates.get(gate, 0), a.generated), _of(b.gates.get(gate, 0), b.generated)))
    rows.append(("kept", _share(a.acceptance), _share(b.acceptance)))
    if found.first:
        first, second, _ = found.first
        rows.append((f"kept of the first {first.of:,}", _share(first), _share(second)))
    rows.append(("requests", f"{a.calls:,}", f"{b.calls:,}"))
    rows.append(("tokens a kept row", _number(a.tokens_per_kept), _number(b.tokens_per_kept)))
    costs = [
        "unknown" if side.cost_per_kept is None else f"{side.cost_per_kept:,.5f} {side.currency}".rstrip()
        for side in (a, b)
    ]
    rows.append(("cost a kept row", *costs))  # type: ignore[arg-type]
    rows.append(("seeds shown", f"{len(a.shown):,}", f"{len(b.shown):,}"))
    table(["", a.name, b.name], rows)
    note("  A row counts at the first gate that it fails, so a gate's share depends on those before it.")
    note("")


def _labels(found: Comparison) -> None:
    if not found.labels:
        return
    apart = [one for one in found.labels if not one.difference[1] <= 0 <= one.difference[2]]
    rows = [(one.kind, one.label, _rate(one.a), _rate(one.b), _interval(one.difference)) for one in apart]
    if rows:
        table(["", "asked for", found.a.name, found.b.name, "difference in points"], rows)
    note(
        f"  Of {len(found.labels)} topics and types that both asked for, {len(apart) or 'none'} "
        f"{'differ' if len(apart) != 1 else 'differs'} beyond its own interval; about "
        f"{0.05 * len(found.labels):.0f} would by chance alone. All stand in --json."
    )
    note("")


def _rate(found: Share) -> str:
    return f"{100 * found.value:.0f} % of {found.of:,}"


def _texts(found: Comparison) -> None:
    texts, a, b = found.texts, found.a.name, found.b.name
    rule = f"{texts.rouge_l[0] / texts.rouge_l[1]:.2g}"
    note(f"  {texts.exact:,} kept texts stand in both, word for word.")
    note(f"  Near-duplicates of {b} (ROUGE-L {rule} or more) among the kept texts of {a}: {_share(texts.near_in_b)};")
    note(f"  of {a} among those of {b}: {_share(texts.near_in_a)}.")
    note(f"  {found.shown_in_common:,} seeds were shown in both.")


def short(value: Any) -> str:
    """A setting's value on one line."""
    if value is None:
        return "–"
    if isinstance(value, list) and len(value) > 4:
        return f"{len(value)} of them"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


def _share(found: Share | None) -> str:
    if found is None:
        return "–"
    return f"{found.count:,}  {100 * found.value:.1f} % ({100 * found.low:.1f} to {100 * found.high:.1f})"


def _interval(found: tuple[float, float, float]) -> str:
    value, low, high = (100 * one for one in found)
    return f"{value:+.1f} ({low:+.1f} to {high:+.1f})"


def _of(count: int, total: int) -> str:
    return f"{count:,}  {100 * count / total:.1f} %" if total else f"{count:,}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"
