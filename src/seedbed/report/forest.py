"""The third and fourth kind of panel: estimates with their intervals beside a band, and points along a line.

A forest has a row an estimate: a dot, its 95 % interval, and behind it a grey band of what needs no explanation
(chance, a null, a margin). An interval that leaves the band is what there is to talk about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seedbed.assess.document import Role
from seedbed.report.charts import LABEL_AXIS, LABELS, WIDTH, Panel, frame, wrapped
from seedbed.report.palette import GRID, INK, LIGHT, MUTED, PAGE_LIGHT
from seedbed.report.words import percent, rounded

__all__ = ["Curve", "Estimate", "curves", "forest", "scatter"]

PITCH = 34  # of one row, px: room for a label of two lines
PLOT = WIDTH - LABELS - 48  # beside it, right, room for each value in figures
SQUARE = (WIDTH - 74, 210)  # a scatter’s plot: beside it, left, room for its axis; px
_PLAIN = {"titleColor": MUTED, "titleFontWeight": "normal", "domain": False, "ticks": False, "gridColor": GRID}


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row of a forest. `filled` as in bars: kept or chosen rows; `band` is the grey one behind it.

    `text` stands at the right; left empty, it is the value.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    band: tuple[float, float] | None = None
    role: Role = "synthetic"
    filled: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve of shares: (x, share of rows at x or below)."""

    name: str
    role: Role
    filled: bool
    points: tuple[tuple[float, float], ...]


def forest(
    title: str,
    subtitle: str,
    rows: Sequence[Estimate],
    *,
    lines: Sequence[tuple[float, str]] = (),
    share: bool = False,
    within: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """Estimates below each other. `lines` are upright, each with its word; `within` is the least that the axis spans.

    Intervals that go on beyond the axis (`_span`) are cut there, with an arrowhead; the table has their ends.
    """
    order = [wrapped(row.name) for row in rows]
    low, high = _span(rows, [at for at, _ in lines], within)
    scale = {"domain": [low, high], "nice": False, "clamp": True}
    data = [
        {
            "name": wrapped(row.name), "value": row.value, "low": row.low, "high": row.high,
            "text": row.text or _written(row.value, share=share),
            "from": row.band[0] if row.band else None, "to": row.band[1] if row.band else None,
        }
        for row in rows
    ]  # fmt: skip
    axis = {
        "title": None, "tickCount": 4, "domain": False, "ticks": False, "gridColor": GRID, "labelPadding": 4,
        "labelFlush": False,
        **({"format": ".0%"} if share else {}),
    }  # fmt: skip
    x = {"field": "value", "type": "quantitative", "scale": scale, "axis": axis}
    layers: list[dict[str, Any]] = [
        {
            "transform": [{"filter": "datum.from != null"}],
            "mark": {"type": "bar", "color": MUTED, "opacity": 0.28, "height": 16},
            "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}},
        },
        {
            "transform": [{"filter": "datum.low != null"}],
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
    ]
    for row in rows:
        layers.append(
            {
                "transform": [{"filter": {"field": "name", "equal": wrapped(row.name)}}],
                "mark": {
                    "type": "point", "size": 64, "filled": True, "fill": LIGHT[row.role] if row.filled else PAGE_LIGHT,
                    "stroke": LIGHT[row.role], "strokeWidth": 2, "opacity": 1,
                },
                "encoding": {"x": x},
            }
        )  # fmt: skip
    layers.append(
        {
            "mark": {"type": "text", "align": "left", "color": INK, "fontSize": 11},
            "encoding": {"x": {"value": PLOT + 8}, "text": {"field": "text", "type": "nominal"}},
        }
    )
    for field, beyond, head, place in (("low", f"< {low}", "◂", 3), ("high", f"> {high}", "▸", PLOT - 3)):
        layers.append(
            {
                "transform": [{"filter": f"datum.{field} != null && datum.{field} {beyond}"}],
                "mark": {"type": "text", "text": head, "color": INK, "fontSize": 12},
                "encoding": {"x": {"value": place}},
            }
        )
    for at, word in lines:
        if low <= at <= high:
            layers += _upright(at, word)
    return {
        **frame(Panel(title, subtitle, ())),
        "width": PLOT,
        "height": max(1, len(rows)) * PITCH,
        "data": {"values": data},
        "encoding": {
            "y": {
                "field": "name", "type": "nominal", "sort": order, "title": None, "axis": LABEL_AXIS,
                "scale": {"domain": order, "paddingInner": 0.2, "paddingOuter": 0.2},
            }
        },
        "layer": layers,
    }  # fmt: skip


def scatter(
    title: str,
    subtitle: str,
    points: Sequence[tuple[float, float]],
    *,
    slope: float | None,
    across: str,
    up: str,
    share: bool = False,
) -> dict[str, Any]:
    """Points (seed side, synthetic side), the dashed diagonal on which they would be alike, and the slope's line."""
    values = [value for point in points for value in point]
    room = (max(values) - min(values)) * 0.08 or 0.05
    low, high = min(values) - room, max(values) + room
    scale = {"domain": [low, high], "nice": False, "clamp": True}
    axis = {**_PLAIN, "tickCount": 4, "labelFlush": False, **({"format": ".0%"} if share else {})}
    x = {"field": "x", "type": "quantitative", "scale": scale, "axis": {**axis, "title": across}}
    y = {"field": "y", "type": "quantitative", "scale": scale, "axis": {**axis, "title": up}}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{"x": low, "y": low}, {"x": high, "y": high}]},
            "mark": {"type": "line", "color": MUTED, "strokeDash": [4, 3], "strokeWidth": 1.25},
            "encoding": {"x": x, "y": y},
        }
    ]
    if slope is not None:
        mean_x, mean_y = (sum(point[place] for point in points) / len(points) for place in (0, 1))
        ends = [(at, mean_y + slope * (at - mean_x)) for at in (min(p[0] for p in points), max(p[0] for p in points))]
        layers.append(
            {
                "data": {"values": [{"x": at, "y": to} for at, to in ends]},
                "mark": {"type": "line", "color": LIGHT["synthetic"], "strokeWidth": 2, "clip": True},
                "encoding": {"x": x, "y": y},
            }
        )
    layers.append(
        {
            "data": {"values": [{"x": one, "y": other} for one, other in points]},
            "mark": {"type": "point", "size": 60, "filled": True, "fill": LIGHT["synthetic"], "opacity": 1},
            "encoding": {"x": x, "y": y},
        }
    )
    return {**frame(Panel(title, subtitle, ())), "width": SQUARE[0], "height": SQUARE[1], "layer": layers}


def curves(
    title: str, subtitle: str, found: Sequence[Curve], *, cut: float, across: str, upto: float = 1.0
) -> dict[str, Any]:
    """Cumulative shares over a likeness from 0 to `upto`, one line a set (dashed: before any check), and the cut."""
    scale = {"domain": [0, upto], "nice": False, "clamp": True}
    x = {"field": "x", "type": "quantitative", "scale": scale, "axis": {**_PLAIN, "title": across, "tickCount": 5}}
    y = {
        "field": "y", "type": "quantitative", "scale": {"domain": [0, 1], "nice": False},
        "axis": {**_PLAIN, "title": "rows at that likeness or below", "format": ".0%", "tickCount": 4},
    }  # fmt: skip
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{"x": at, "y": share} for at, share in curve.points]},
            "mark": {
                "type": "line", "interpolate": "step-after", "color": LIGHT[curve.role],
                "strokeWidth": 2.25 if curve.filled else 1.5, "strokeDash": [] if curve.filled else [5, 3],
            },
            "encoding": {"x": x, "y": y},
        }
        for curve in found
    ]  # fmt: skip
    return {
        **frame(Panel(title, subtitle, ())),
        "width": WIDTH - 70,
        "height": 170,
        "layer": [*layers, *_upright(cut, f"cut {cut:g}", left=True)],
    }


def _written(value: float, *, share: bool) -> str:
    text = percent(value) if share else rounded(value)
    return "0" if not float(text.strip("<>%").replace(",", "")) else text.replace("-", "−")


def _upright(at: float, word: str, *, left: bool = False) -> list[dict[str, Any]]:
    """A dashed line over the whole height with its word at the top."""
    data = {"values": [{"at": at, "text": word}]}
    x = {"field": "at", "type": "quantitative"}
    made: list[dict[str, Any]] = [
        {
            "data": data,
            "mark": {"type": "rule", "color": INK, "strokeDash": [4, 3], "strokeWidth": 1},
            "encoding": {"x": x, "y": {"value": 0}, "y2": {"value": "height"}},
        }
    ]
    if word:
        side = {"align": "right", "dx": -4} if left else {"align": "center", "dx": 0}
        made.append(
            {
                "data": data,
                "mark": {"type": "text", "color": MUTED, "baseline": "bottom", "dy": -2, "fontSize": 10, **side},
                "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "text", "type": "nominal"}},
            }
        )
    return made


def _span(rows: Sequence[Estimate], lines: Sequence[float], within: tuple[float, float] | None) -> tuple[float, float]:
    """From the least to the greatest of what is drawn, but not further out than the estimates' own spread again.

    One interval of a tiny sample, or one null, would else press all others to the middle.
    """
    core = [*(row.value for row in rows), *lines, *(within or ())]
    least, most = min(core), max(core)
    room = (most - least) or 1.0
    ends = [end for row in rows for end in (row.low, row.high, *(row.band or ())) if end is not None]
    low = max(min([least, *ends]), least - room)
    high = min(max([most, *ends]), most + room)
    pad = 0.06 * (high - low)
    at_zero = within is not None and low >= within[0] >= 0
    return (within[0] if at_zero and within else low - pad), high + 3 * pad
