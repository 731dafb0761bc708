"""Specifications to pictures: SVG for the page, SVG and PNG files beside it, with no browser.

`inline` prepares an SVG for the page: no background (the theme's shows), ids of its own, one name for screen
readers instead of one a mark. `sheet` sets several panels on one white sheet, which is what is saved as files.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seedbed.errors import MissingExtra

__all__ = ["Picture", "draw", "inline", "pdf", "png", "sheet"]

GAP = 28  # between panels of a sheet, px
_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"')
_OPEN = re.compile(r"<svg[^>]*>")
_BACKGROUND = re.compile(r'<rect width="[\d.]+" height="[\d.]+" fill="(?:white|transparent)"/>', re.IGNORECASE)
_EMPTY = re.compile(r'<path class="(?:background|foreground)"[^>]*?(?:d="(?:M0,0h0v0h0Z)?")[^>]*?/>')
_ROLES = re.compile(r' (?:role|aria-[a-z]+|pointer-events|xmlns:xlink|version)="[^"]*"')
_LONG = re.compile(r"(\d+\.\d{2})\d+")


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn panel: the inside of its SVG, and its size in pixels."""

    body: str
    width: float
    height: float


def draw(spec: dict[str, Any], *, vega: bool = False) -> Picture:
    """Draw a Vega-Lite specification, or with `vega` a Vega one. Raises MissingExtra without vl-convert."""
    converter = _converter()
    svg = converter.vega_to_svg(spec) if vega else converter.vegalite_to_svg(spec)
    size = _SIZE.search(svg)
    opening = _OPEN.search(svg)
    if size is None or opening is None:
        raise ValueError("the drawing has no size")
    body = svg[opening.end() : svg.rindex("</svg>")]
    body = _ROLES.sub("", _EMPTY.sub("", _BACKGROUND.sub("", body, count=1)))
    return Picture(_LONG.sub(r"\1", body), float(size[1]), float(size[2]))


def inline(picture: Picture, *, id: str, label: str) -> str:
    """The picture as an <svg> element for the page. `label` is read aloud in its place."""
    # every id in a page is one of a kind
    body = re.sub(r'\bid="([^"]+)"', rf'id="{id}-\1"', picture.body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{id}-\1)", body)
    name = html.escape(label, quote=True)
    return (
        f'<svg class="picture" role="img" aria-label="{name}" viewBox="0 0 {picture.width:g} {picture.height:g}" '
        f'width="{picture.width:g}" height="{picture.height:g}" preserveAspectRatio="xMidYMin meet">{body}</svg>'
    )


def sheet(title: str, pictures: Sequence[Picture], *, columns: int = 3) -> str:
    """One SVG file with the panels side by side under a title, on white."""
    rows = [pictures[start : start + columns] for start in range(0, len(pictures), columns)]
    width = max((sum(p.width for p in row) + GAP * (len(row) + 1) for row in rows), default=400.0)
    lines = _wrap(title, int((width - 2 * GAP) / 9))
    head = 22.0 * len(lines) + GAP
    parts = [
        f'<text x="{GAP}" y="{30 + 22 * number}" font-family="sans-serif" font-size="17px" font-weight="bold" '
        f'fill="#1c2321">{html.escape(line)}</text>'
        for number, line in enumerate(lines)
    ]
    y = head + 8
    for row in rows:
        x = float(GAP)
        for picture in row:
            parts.append(
                f'<svg x="{x:g}" y="{y:g}" width="{picture.width:g}" height="{picture.height:g}" '
                f'viewBox="0 0 {picture.width:g} {picture.height:g}">{picture.body}</svg>'
            )
            x += picture.width + GAP
        y += max(picture.height for picture in row) + GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{y:g}" viewBox="0 0 {width:g} {y:g}">'
        f'<rect width="{width:g}" height="{y:g}" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def png(svg: str) -> bytes:
    """The SVG at twice its size, as PNG."""
    data: bytes = _converter().svg_to_png(svg, scale=2)
    return data


def pdf(svg: str) -> bytes:
    """The SVG as a PDF of one page; its text stays text."""
    data: bytes = _converter().svg_to_pdf(svg)
    return data


def _wrap(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, max(20, width))


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError as error:
        raise MissingExtra(
            "vl-convert draws the figures and is not installed", hint="pip install 'seedbed[local]'"
        ) from error
    return vl_convert
