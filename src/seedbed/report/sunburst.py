"""The verb-noun figure: verbs in the inner ring, each verb's nouns outside it, as a Vega specification.

Vega's partition layout, because Vega-Lite has none. Labels stand along the radius, turned on the left half so that
they read from left to right, and are left out where a sector is too thin for them; the table has them all.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from seedbed.assess.document import Role, VerbNounCell
from seedbed.report.charts import WIDTH
from seedbed.report.palette import INK, LIGHT, MUTED, PAGE_LIGHT

__all__ = ["sunburst"]

RADIUS = (34, 92, 158)  # of the hole, between the rings, outside; px
THIN = 11  # arc length at the middle of a ring, px, under which a label of 10 px would touch its neighbours
OTHER = "other"


def sunburst(title: str, subtitle: str, role: Role, cells: Sequence[VerbNounCell], *, filled: bool) -> dict[str, Any]:
    """The specification for one set. `filled` as in the other figures: kept or chosen rows, not all of them."""
    nodes: list[dict[str, Any]] = [{"id": "all", "parent": None, "name": "", "count": 0}]
    for cell in cells:
        verb = f"v {cell.verb}"
        if not any(node["id"] == verb for node in nodes):
            nodes.append({"id": verb, "parent": "all", "name": cell.verb, "count": 0})
        nodes.append({"id": f"{verb} {cell.noun}", "parent": verb, "name": cell.noun, "count": cell.count})
    lines = textwrap.wrap(subtitle, 52)
    head = 26 + 14 * len(lines)
    half = RADIUS[2] + 6
    middle = {"x": {"value": half}, "y": {"value": half}}
    strength = 1.0 if filled else 0.6
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": 2 * half, "height": 2 * half,
        "padding": {"left": (WIDTH - 2 * half) / 2, "right": 4, "top": head, "bottom": 4},
        "background": "transparent", "autosize": "none",
        "config": {"aria": False},
        "data": [
            {
                "name": "tree",
                "values": nodes,
                "transform": [
                    {"type": "stratify", "key": "id", "parentKey": "parent"},
                    {
                        "type": "partition", "field": "count", "size": [{"signal": "2 * PI"}, 3],
                        "as": ["a0", "r0", "a1", "r1", "depth", "children"],
                    },
                    {"type": "filter", "expr": "datum.depth > 0"},
                    {"type": "formula", "as": "inner", "expr": f"datum.depth == 1 ? {RADIUS[0]} : {RADIUS[1]}"},
                    {"type": "formula", "as": "outer", "expr": f"datum.depth == 1 ? {RADIUS[1]} : {RADIUS[2]}"},
                    {"type": "formula", "as": "angle", "expr": "(datum.a0 + datum.a1) / 2"},
                    {
                        "type": "formula", "as": "room",
                        "expr": "(datum.a1 - datum.a0) * (datum.inner + datum.outer) / 2",
                    },
                    {"type": "formula", "as": "left", "expr": "datum.angle > PI"},
                ],
            }
        ],
        "marks": [
            {
                "type": "arc",
                "from": {"data": "tree"},
                "encode": {
                    "enter": {
                        **middle,
                        "startAngle": {"field": "a0"}, "endAngle": {"field": "a1"},
                        "innerRadius": {"field": "inner"}, "outerRadius": {"field": "outer"},
                        "fill": [
                            {"test": f"datum.name == '{OTHER}'", "value": MUTED}, {"value": LIGHT[role]},
                        ],
                        "fillOpacity": [
                            {"test": f"datum.name == '{OTHER}'", "value": 0.16 * strength},
                            {"test": "datum.depth == 1", "value": 0.52 * strength},
                            {"value": 0.28 * strength},
                        ],
                        "stroke": {"value": PAGE_LIGHT}, "strokeWidth": {"signal": "datum.room < 6 ? 0.4 : 1"},
                    }
                },
            },
            {
                "type": "text",
                "from": {"data": "tree"},
                "encode": {
                    "enter": {
                        **middle,
                        "radius": {"signal": "(datum.inner + datum.outer) / 2"},
                        "theta": {"field": "angle"},
                        "angle": {"signal": "(datum.left ? datum.angle + PI / 2 : datum.angle - PI / 2) * 180 / PI"},
                        "text": {"field": "name"},
                        "limit": {"signal": "datum.outer - datum.inner - 6"},
                        "align": {"value": "center"}, "baseline": {"value": "middle"},
                        "font": {"value": "sans-serif"}, "fontSize": {"value": 10}, "fill": {"value": INK},
                        "fontWeight": {"signal": "datum.depth == 1 ? 'bold' : 'normal'"},
                        "opacity": {"signal": f"datum.room >= {THIN} ? 1 : 0"},
                    }
                },
            },
            _text(title, 14 - head, 13, INK, "bold", half),
            *(_text(line, 30 + 14 * n - head, 11, MUTED, "normal", half) for n, line in enumerate(lines)),
        ],
    }  # fmt: skip


def _text(text: str, y: float, size: int, fill: str, weight: str, half: float) -> dict[str, Any]:
    return {
        "type": "text",
        "encode": {
            "enter": {
                "x": {"value": -(WIDTH - 2 * half) / 2 + 4}, "y": {"value": y}, "text": {"value": text},
                "fontSize": {"value": size}, "fill": {"value": fill}, "fontWeight": {"value": weight},
                "font": {"value": "sans-serif"},
            }
        },
    }  # fmt: skip
