"""Names of people inside what is said: listed for whoever imports, and replaced where they ask for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from seedbed.themes.reading.cues import Cue
from seedbed.themes.speakers import Known, Speaker

__all__ = ["Mention", "mentions", "replaced"]

_SHORTEST = 3  # letters of a name that is looked for by itself


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that is spoken. `stands_for` is what would be put in its place; `lines` are the first of the file."""

    name: str
    stands_for: str
    times: int
    lines: tuple[int, ...]


def _looked_for(speakers: Iterable[Speaker], known: Iterable[Known]) -> dict[str, str]:
    """{name: what stands for it}: whole names of all, and first names of those who speak here."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in known:
        if len(one.name.strip()) >= _SHORTEST:
            found[" ".join(one.name.split())].add(one.id)
    for speaker in speakers:
        words = speaker.name.split()
        for name in {" ".join(words), words[0]} if words else ():
            if len(name) >= _SHORTEST and name[0].isalpha():
                found[name].add(speaker.key)
    return {name: f"[{next(iter(keys))}]" if len(keys) == 1 else "[name]" for name, keys in found.items()}


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    longest_first = sorted(names, key=len, reverse=True)
    # as it is written, so that a word that is also a name is passed over where it is no name
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)") if longest_first else None


def mentions(cues: Iterable[Cue], speakers: Iterable[Speaker], known: Iterable[Known]) -> list[Mention]:
    """Those that are spoken, most often first."""
    names = _looked_for(speakers, known)
    pattern = _pattern(names)
    lines: dict[str, list[int]] = defaultdict(list)
    for cue in cues if pattern else ():
        assert pattern is not None
        for found in pattern.finditer(cue.text):
            lines[found[0]].append(cue.line)
    said = [Mention(name, names[name], len(at), tuple(dict.fromkeys(at))[:5]) for name, at in lines.items()]
    return sorted(said, key=lambda one: (-one.times, one.name))


def replaced(text: str, found: Iterable[Mention]) -> str:
    """`text` with those names replaced."""
    names: Mapping[str, str] = {one.name: one.stands_for for one in found}
    pattern = _pattern(names)
    return pattern.sub(lambda one: names[one[0]], text) if pattern else text
