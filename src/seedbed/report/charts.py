"""The two kinds of statistical panel, as Vega-Lite specifications: bars of shares, and histograms of lengths.

They are written as plain data, because a builder's validation takes longer than the drawing. Panels of one figure
share their scales, so that a bar twice as long is twice as much wherever it stands. Data is counted and binned before
it comes here: no row of the study is in a specification.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seedbed.assess.document import Role
from seedbed.report.palette import GRID, INK, LIGHT, MUTED, PALE
from seedbed.report.words import percent

__all__ = ["LABELS", "LABEL_AXIS", "WIDTH", "Bar", "Column", "Panel", "frame", "histogram", "share_bars", "wrapped"]

WIDTH = 340  # of a panel, px: a phone's width, so that text in a figure is as large there as on a desk
LABELS = 134  # of that, for category labels
HEIGHT = 84  # of one histogram: the same in every panel, as its scale is
# Vega centres the first line of a label on its row; of two lines, the middle belongs there
_TWO_LINES_UP = {"condition": {"test": "indexof(datum.value, '\\n') >= 0", "value": -6}, "value": 0}
LABEL_AXIS = {
    "labelExpr": "split(datum.label, '\\n')", "labelOffset": _TWO_LINES_UP, "labelLimit": LABELS, "labelPadding": 6,
    "labelLineHeight": 12, "domain": False, "ticks": False, "minExtent": LABELS, "maxExtent": LABELS,
}  # fmt: skip
_SHARE_AXIS = {
    "title": None, "format": ".0%", "tickCount": 4, "domain": False, "ticks": False, "gridColor": GRID,
    "labelFlush": False, "labelPadding": 4,
}  # fmt: skip
_CONFIG = {
    "background": "transparent", "font": "sans-serif", "aria": False, "padding": 4, "view": {"stroke": None},
    "axis": {"labelFontSize": 11, "labelColor": INK, "titleFontSize": 11, "titleFontWeight": "normal",
             "titleColor": MUTED},
    "title": {"fontSize": 13, "color": INK, "subtitleFontSize": 11, "subtitleColor": MUTED, "subtitlePadding": 4},
    "text": {"fontSize": 11},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a share with its interval. `assigned` is the share that was given or asked for, as a tick."""

    category: str
    series: str
    value: float
    low: float | None = None
    high: float | None = None
    assigned: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a histogram: share of texts with a length from `low` to below `high`."""

    low: int
    high: int
    series: str
    share: float


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel is called, and its series from top to bottom: name, role, and whether it is filled."""

    title: str
    subtitle: str
    series: tuple[tuple[str, Role, bool], ...]


def share_bars(
    panel: Panel, bars: Sequence[Bar], *, categories: Sequence[str], top: float, values: bool, assigned: str = ""
) -> dict[str, Any]:
    """Horizontal bars from 0 to `top` (a share), one row a category, with 95 % intervals.

    `values` writes each share at the end of its bar; `assigned` names what the ticks are.
    """
    names = [name for name, _, _ in panel.series]
    thick = 13 if len(names) == 1 else 10
    pitch = thick * len(names) + (16 if values else 9)
    order = [wrapped(category) for category in categories]
    scale = {"domain": [0, top], "nice": False, "clamp": True}
    layers: list[dict[str, Any]] = [
        {
            "transform": [{"filter": {"field": "series", "equal": name}}],
            "mark": {"type": "bar", "cornerRadiusEnd": 1, **_ink_of(role, filled)},
            "encoding": {"x": {"field": "value", "type": "quantitative", "scale": scale, "axis": _SHARE_AXIS}},
        }
        for name, role, filled in panel.series
    ]
    layers.append(
        {
            # an interval from nothing says little, and twenty of them hide the rest
            "transform": [{"filter": "datum.low != null" if values else "datum.low != null && datum.value > 0"}],
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.25, "opacity": 1.0 if values else 0.55},
            "encoding": {"x": {"field": "low", "type": "quantitative", "scale": scale}, "x2": {"field": "high"}},
        }
    )
    if assigned:
        layers.append(
            {
                "transform": [{"filter": "datum.assigned != null"}],
                "mark": {"type": "tick", "orient": "vertical", "color": INK, "thickness": 2.5, "size": thick + 3},
                "encoding": {"x": {"field": "assigned", "type": "quantitative", "scale": scale}},
            }
        )
    if values:
        layers.append(
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 11},
                "encoding": {
                    "x": {"field": "edge", "type": "quantitative", "scale": scale},
                    "text": {"field": "text", "type": "nominal"},
                },
            }
        )
    return {
        **frame(panel),
        "width": WIDTH - LABELS - 30,
        "height": max(1, len(order)) * pitch,
        "data": {"values": [_bar_data(bar) for bar in bars]},
        "encoding": {
            "y": {
                "field": "category", "type": "nominal", "sort": order, "title": None, "axis": LABEL_AXIS,
                "scale": {"domain": order, "paddingInner": 0.24, "paddingOuter": 0.12},
            },
            "yOffset": {
                "field": "series", "type": "nominal", "sort": names, "scale": {"domain": names, "paddingInner": 0.12},
            },
        },
        "layer": layers,
    }  # fmt: skip


def histogram(
    panel: Panel, columns: Sequence[Column], *, upto: int, top: float, thresholds: Sequence[int], unit: str
) -> dict[str, Any]:
    """Columns of shares over lengths from 0 to `upto`, a row a series, with the thresholds as dashed lines."""
    marks = {"values": [{"at": at, "text": str(at)} for at in thresholds if at <= upto]}
    y = {
        "field": "share", "type": "quantitative", "stack": None, "scale": {"domain": [0, top], "nice": False},
        "axis": {**_SHARE_AXIS, "title": None, "minExtent": 30, "maxExtent": 30},
    }  # fmt: skip
    parts = []
    for number, (name, role, filled) in enumerate(panel.series):
        own = [{"low": c.low, "high": c.high, "share": c.share} for c in columns if c.series == name]
        last = number == len(panel.series) - 1
        x = {
            "field": "low", "type": "quantitative", "scale": {"domain": [0, upto], "nice": False, "clamp": True},
            "axis": {"title": unit if last else None, "tickCount": 4, "grid": False, "domainColor": MUTED,
                     "tickColor": MUTED},
        }  # fmt: skip
        at = {"field": "at", "type": "quantitative"}
        parts.append(
            {
                "width": WIDTH - 56,
                "height": HEIGHT,
                "title": {"text": name, "fontSize": 11, "fontWeight": "normal", "anchor": "start", "offset": 6},
                "layer": [
                    {
                        "data": {"values": own},
                        "mark": {"type": "rect", **_ink_of(role, filled)},
                        "encoding": {"x": x, "x2": {"field": "high"}, "y": y, "y2": {"datum": 0}},
                    },
                    {
                        "data": marks,
                        "mark": {"type": "rule", "color": INK, "strokeDash": [4, 3], "strokeWidth": 1.25},
                        "encoding": {"x": at},
                    },
                    {
                        "data": marks,
                        "mark": {"type": "text", "color": INK, "align": "left", "baseline": "top", "dx": 4},
                        "encoding": {"x": at, "y": {"value": 0}, "text": {"field": "text", "type": "nominal"}},
                    },
                ],
            }
        )
    return {**frame(panel), "spacing": 12, "vconcat": parts}


def _ink_of(role: Role, filled: bool) -> dict[str, Any]:
    return {"color": LIGHT[role], "fillOpacity": 1.0 if filled else PALE, "stroke": LIGHT[role], "strokeWidth": 1}


def _bar_data(bar: Bar) -> dict[str, Any]:
    return {
        "category": wrapped(bar.category),
        "series": bar.series,
        "value": bar.value,
        "low": bar.low,
        "high": bar.high,
        "assigned": bar.assigned,
        "text": percent(bar.value),
        "edge": max(bar.value, bar.high or 0.0),
    }


def frame(panel: Panel) -> dict[str, Any]:
    """What every panel has: schema, title, and the look of its text and lines."""
    title: dict[str, Any] = {"text": panel.title, "anchor": "start", "frame": "bounds", "offset": 10}
    if panel.subtitle:
        title["subtitle"] = textwrap.wrap(panel.subtitle, 52)
    return {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "title": title, "config": _CONFIG}


def wrapped(label: str) -> str:
    return "\n".join(textwrap.wrap(label, 23)) or label
