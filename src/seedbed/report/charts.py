"""The two kinds of statistical panel, as Vega-Lite specifications: bars of shares, and histograms of lengths.

Panels of one figure share their scales, so that a bar twice as long is twice as much wherever it stands. Data is
counted and binned before it comes here: no row of the study is in a specification.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seedbed.assess.document import Role
from seedbed.errors import MissingExtra
from seedbed.report.palette import GRID, INK, LIGHT, MUTED, PALE

__all__ = ["Bar", "Column", "Panel", "histogram", "share_bars"]

WIDTH = 340  # of a panel, px: a phone's width, so that text in a figure is as large there as on a desk
LABELS = 134  # of that, for category labels
HEIGHT = 84  # of one histogram: the same in every panel, as its scale is
# Vega centres the first line of a label on its row; of two lines, the middle belongs there
_TWO_LINES_UP = {"condition": {"test": "indexof(datum.value, '\\n') >= 0", "value": -6}, "value": 0}
_FONT = "sans-serif"


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
    alt = _altair()
    names = [name for name, _, _ in panel.series]
    thick = 13 if len(names) == 1 else 10
    pitch = thick * len(names) + (16 if values else 9)
    rows = [
        {
            "category": _wrapped(bar.category),
            "series": bar.series,
            "value": bar.value,
            "low": bar.low,
            "high": bar.high,
            "assigned": bar.assigned,
            "text": f"{bar.value:.0%}",
            "edge": max(bar.value, bar.high or 0.0),
        }
        for bar in bars
    ]
    order = [_wrapped(category) for category in categories]
    y = alt.Y(
        "category:N",
        sort=order,
        scale=alt.Scale(domain=order, paddingInner=0.24, paddingOuter=0.12),
        title=None,
        axis=alt.Axis(
            labelExpr="split(datum.label, '\\n')",
            labelOffset=_TWO_LINES_UP, labelLimit=LABELS, labelPadding=6, domain=False, ticks=False,
            minExtent=LABELS, maxExtent=LABELS, labelLineHeight=12,
        ),
    )  # fmt: skip
    offset = alt.YOffset("series:N", sort=names, scale=alt.Scale(domain=names, paddingInner=0.12))
    scale = alt.Scale(domain=[0, top], nice=False, clamp=True)
    axis = alt.Axis(
        format=".0%", tickCount=4, domain=False, ticks=False, gridColor=GRID, labelFlush=False, labelPadding=4
    )
    x = alt.X("value:Q", scale=scale, axis=axis, title=None)
    base = alt.Chart(alt.Data(values=rows)).encode(y=y, yOffset=offset)
    layers = [
        base.transform_filter(alt.FieldEqualPredicate(equal=name, field="series"))
        .mark_bar(
            color=LIGHT[role], fillOpacity=1.0 if filled else PALE, stroke=LIGHT[role], strokeWidth=1, cornerRadiusEnd=1
        )
        .encode(x=x)
        for name, role, filled in panel.series
    ]
    if any(row["low"] is not None for row in rows):
        layers.append(
            base.transform_filter("datum.low != null" if values else "datum.low != null && datum.value > 0")
            .mark_rule(color=INK, strokeWidth=1.25, opacity=1.0 if values else 0.55)
            .encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
        )
    if assigned:
        layers.append(
            base.transform_filter("datum.assigned != null")
            .mark_tick(color=INK, thickness=2.5, size=thick + 3, orient="vertical")
            .encode(x=alt.X("assigned:Q", scale=scale))
        )
    if values:
        layers.append(
            base.mark_text(align="left", dx=5, color=INK, fontSize=11, font=_FONT).encode(
                x=alt.X("edge:Q", scale=scale), text="text:N"
            )
        )
    chart = alt.layer(*layers).properties(
        width=WIDTH - LABELS - 30, height=max(1, len(order)) * pitch, title=_title(panel)
    )
    return _finished(chart)


def histogram(
    panel: Panel, columns: Sequence[Column], *, upto: int, top: float, thresholds: Sequence[int], unit: str
) -> dict[str, Any]:
    """Columns of shares over lengths from 0 to `upto`, a row a series, with the thresholds as dashed lines."""
    alt = _altair()
    rows = [{"low": c.low, "high": c.high, "series": c.series, "share": c.share} for c in columns]

    def x(*, last: bool) -> Any:
        axis = alt.Axis(title=unit if last else None, tickCount=4, grid=False, domainColor=MUTED, tickColor=MUTED)
        return alt.X("low:Q", scale=alt.Scale(domain=[0, upto], nice=False, clamp=True), axis=axis)

    y = alt.Y(
        "share:Q",
        stack=None,
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(
            title=None, format=".0%", tickCount=4, domain=False, ticks=False, gridColor=GRID, minExtent=30, maxExtent=30
        ),
    )
    marks = alt.Chart(alt.Data(values=[{"at": t, "text": f"{t}"} for t in thresholds if t <= upto]))
    rule = marks.mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=1.25).encode(x=alt.X("at:Q"))
    name_of = marks.mark_text(color=INK, fontSize=11, font=_FONT, align="left", baseline="top", dx=4).encode(
        x=alt.X("at:Q"), y=alt.value(0), text="text:N"
    )
    charts = []
    for number, (name, role, filled) in enumerate(panel.series):
        own = alt.Chart(alt.Data(values=[row for row in rows if row["series"] == name]))
        columns_of = own.mark_rect(
            color=LIGHT[role], fillOpacity=1.0 if filled else PALE, stroke=LIGHT[role], strokeWidth=1
        ).encode(x=x(last=number == len(panel.series) - 1), x2="high:Q", y=y, y2=alt.datum(0))
        heading = alt.TitleParams(name, fontSize=11, fontWeight="normal", anchor="start", offset=6, color=INK)
        charts.append(alt.layer(columns_of, rule, name_of).properties(width=WIDTH - 56, height=HEIGHT, title=heading))
    return _finished(alt.vconcat(*charts, spacing=12, title=_title(panel)))


def _title(panel: Panel) -> Any:
    alt = _altair()
    more = {"subtitle": textwrap.wrap(panel.subtitle, 52)} if panel.subtitle else {}
    return alt.TitleParams(text=panel.title, anchor="start", frame="bounds", offset=10, **more)


def _finished(chart: Any) -> dict[str, Any]:
    configured = (
        chart.configure(background="transparent", font=_FONT, aria=False, padding=4)
        .configure_view(stroke=None)
        .configure_axis(labelFont=_FONT, labelFontSize=11, labelColor=INK, titleFont=_FONT, titleFontSize=11,
                        titleFontWeight="normal", titleColor=MUTED)
        .configure_title(font=_FONT, fontSize=13, color=INK, subtitleFont=_FONT, subtitleFontSize=11,
                         subtitleColor=MUTED, subtitlePadding=4)
    )  # fmt: skip
    made: dict[str, Any] = configured.to_dict()
    return made


def _wrapped(label: str) -> str:
    return "\n".join(textwrap.wrap(label, 24)) or label


def _altair() -> Any:
    try:
        import altair
    except ImportError as error:
        raise MissingExtra(
            "altair describes the figures and is not installed", hint="pip install 'seedbed[local]'"
        ) from error
    return altair
