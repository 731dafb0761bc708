"""A setting changed where it stands: every other line of the file stays, and so do the comments.

Nobody parses TOML for its layout here. A line that may be the key's is found, what stands there is replaced, and the
result is right only if the file then says what was wanted and nothing else: whatever is written in a way that these few
patterns mistake fails that test, and is left to the person who wrote it so.
"""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from seedbed.errors import SettingsError
from seedbed.study.toml import HEADER, KEY, literal, parts_of

__all__ = ["amended"]

_LONGEST = 200  # lines that a value may span
Path = tuple[str, ...]


def amended(text: str, values: Mapping[Path, Any], *, where: str) -> str:
    """The TOML `text` with each of `values`, by section and key, set: (("release", "k"), 5) is k under [release].

    Raises SettingsError, which begins with `where`, when the text is no TOML, or a key is written so that it cannot be
    found.
    """
    for path, value in values.items():
        text = _with(text, path, value, where)
    return text


def _with(text: str, path: Path, value: Any, where: str) -> str:
    try:
        wanted = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where} is not valid TOML: {error}", hint="Mend that line first.") from None
    before = copy.deepcopy(wanted)
    section: Any = wanted
    for name in path[:-1]:
        section = section.setdefault(name, {}) if isinstance(section, dict) else None
    if isinstance(section, dict):
        section[path[-1]] = value
        if wanted == before:
            return text
        for made in _candidates(text, path, value):
            if _says(made, wanted):
                return made
    name = ".".join(path)
    raise SettingsError(
        f"{where}: cannot change the key {name}, which is written in an unusual way",
        hint=f"Give it a line of its own under [{'.'.join(path[:-1])}]: {path[-1]} = {literal(value)}",
    )


def _says(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _candidates(text: str, path: Path, value: Any) -> Iterator[str]:
    """Where the key stands, its value in place of the old one; then as a new line of its section, or of a new one."""
    lines = text.split("\n")
    for at, line in _named(lines, path):
        end = "\r" if line.endswith("\r") else ""
        key = line[: line.index("=") + 1]
        for last in range(at + 1, min(len(lines), at + _LONGEST) + 1):
            comment = _comment(lines[at], at, last, lines)
            made = f"{key} {literal(value)}{comment}{end}"
            yield "\n".join([*lines[:at], made, *lines[last:]])
    # as deep a section as there is: [release.splits], else [release] with splits.validation
    for depth in range(len(path) - 1, 0, -1):
        if depth < len(path) - 1:
            yield _appended(text, path, value)
        for at in _headers(lines, path[:depth]):
            end = "\r" if lines[at].endswith("\r") else ""
            yield "\n".join([*lines[: at + 1], f"{'.'.join(path[depth:])} = {literal(value)}{end}", *lines[at + 1 :]])
    yield _appended(text, path, value)
    yield f"{'.'.join(path)} = {literal(value)}\n{text}"


def _appended(text: str, path: Path, value: Any) -> str:
    rest = text.rstrip("\r\n")
    return f"{rest}\n\n[{'.'.join(path[:-1])}]\n{path[-1]} = {literal(value)}\n".lstrip("\n")


def _named(lines: list[str], path: Path) -> Iterator[tuple[int, str]]:
    """The lines that look as if they set `path`."""
    section: list[str] = []
    for at, line in enumerate(lines):
        if header := HEADER.match(line):
            section = parts_of(header[1])
        elif (key := KEY.match(line)) and (*section, *parts_of(key[1])) == path:
            yield at, line


def _headers(lines: list[str], section: Path) -> Iterator[int]:
    for at, line in enumerate(lines):
        header = HEADER.match(line)
        if header and tuple(parts_of(header[1])) == section and not line.lstrip().startswith("[["):
            yield at


def _comment(line: str, at: int, last: int, lines: list[str]) -> str:
    """What is remarked behind the value that ends on line `last` - 1."""
    tail = lines[last - 1].rstrip("\r")
    start = len(line[: line.index("=") + 1]) if last == at + 1 else 0
    whole = "\n".join(lines[at:last]).rstrip("\r")
    for mark in (found.start() for found in re.finditer("#", tail[start:])):
        comment = tail[start + mark :]
        try:
            tomllib.loads(whole[: len(whole) - len(comment)].lstrip())
        except tomllib.TOMLDecodeError:
            continue
        return f"  {comment}"
    return ""
