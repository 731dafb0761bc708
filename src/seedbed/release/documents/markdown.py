"""Text and tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["cell", "many", "of", "one_line", "plain", "share", "table"]


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def many(count: int, noun: str) -> str:
    """`1 triple`, `1,204 triples`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def one_line(text: str) -> str:
    return " ".join(text.split())


def cell(text: str) -> str:
    """`text` so that it stays within one cell of a table, and reads as text."""
    return one_line(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def table(head: Sequence[str], lines: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    rule = ["---:" if column in right else "---" for column in range(len(head))]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *lines))


def of(part: int, whole: int) -> str:
    """`58,295 of 66,609 = 87.5 %`."""
    return f"{part:,} of {whole:,}" + (f" = {100 * part / whole:.1f} %" if whole else "")


def plain(text: str) -> str:
    """A text of this package without Markdown's marks, in one line."""
    lines = (line.strip().removeprefix("- ").removeprefix("> ") for line in text.splitlines())
    return one_line(" ".join(lines).replace("**", "").replace("*", "").replace("`", ""))
