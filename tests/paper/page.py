"""What docs/paper.md tells its reader to type, and what it says will be printed."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["ROOT", "commands", "printed", "program"]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "paper.md").read_text(encoding="utf-8")


def _section(title: str) -> str:
    (text,) = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    return str(text)


def _blocks(title: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", _section(title), re.M | re.S)


def commands(title: str) -> list[str]:
    """The command lines of a section, in their order, comments and continued lines taken out."""
    lines = "".join(_blocks(title, "sh")).replace("\\\n", " ").splitlines()
    return [line.partition("  #")[0].strip() for line in lines if line.strip()]


def printed(title: str) -> list[str]:
    """What a section says is printed, block by block."""
    return _blocks(title, "text")


def program(title: str) -> str:
    """The one program of a section."""
    (found,) = _blocks(title, "python")
    return found
