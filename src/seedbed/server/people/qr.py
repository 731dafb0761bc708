"""A link as a picture that a phone's camera reads."""

from __future__ import annotations

import io

from seedbed.errors import MissingExtra

__all__ = ["drawn", "typed"]


def drawn(url: str) -> str:
    """The QR code of `url` as an SVG document: black on white in any theme, with the quiet zone that readers need."""
    out = io.BytesIO()
    _code(url).save(out, kind="svg", xmldecl=False, border=4, light="#fff", dark="#000", omitsize=True)
    return out.getvalue().decode().strip()


def typed(url: str) -> str:
    """The QR code of `url` for a terminal, in half blocks."""
    out = io.StringIO()
    _code(url).terminal(out, border=2, compact=True)
    return out.getvalue()


def _code(url: str):  # type: ignore[no-untyped-def]  # segno ships no types
    try:
        import segno
    except ImportError:
        raise MissingExtra("QR codes need the package segno", hint="pip install 'seedbed[serve]'") from None
    return segno.make(url, error="m", micro=False)
