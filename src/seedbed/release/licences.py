"""Licences by their SPDX identifiers: which there are, and where their words stand.

spdx.txt lists those of the SPDX licence list (public domain, CC0), version 3.27. A licence of one's own is named
`LicenseRef-NAME`, as SPDX has it.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from importlib import resources

__all__ = ["canonical", "link", "nearest"]

_OWN = re.compile(r"LicenseRef-[A-Za-z0-9.-]{1,50}")


def canonical(name: str) -> str | None:
    """The identifier as SPDX spells it, or None for none that is known. Case does not matter."""
    return name if _OWN.fullmatch(name) else _known().get(name.lower())


def nearest(name: str) -> str | None:
    """The known identifier that is spelt most alike."""
    found = get_close_matches(name.lower(), _known(), n=1, cutoff=0.5)
    return _known()[found[0]] if found else None


def link(spdx: str) -> str | None:
    """Where the licence's words stand; None for one's own."""
    return None if _OWN.fullmatch(spdx) else f"https://spdx.org/licenses/{spdx}.html"


@cache
def _known() -> dict[str, str]:
    text = resources.files("seedbed.release").joinpath("spdx.txt").read_text(encoding="ascii")
    return {line.lower(): line for line in text.split()}
