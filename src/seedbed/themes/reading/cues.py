"""What every kind of transcript comes to: pieces of speech in order, each with who is named and when."""

from __future__ import annotations

import re
from dataclasses import dataclass

from seedbed.errors import InputError

__all__ = ["MOST_CUES", "MOST_SPEAKERS", "Cue", "Piece", "broken", "checked", "lines_of", "seconds"]

MOST_CUES = 20_000  # eight hours at a caption every one and a half seconds
MOST_SPEAKERS = 200
_LONGEST = 50_000  # code points of one piece: three hours of one person without a break
_TIME = re.compile(r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,3}))?", re.ASCII)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")


@dataclass(frozen=True, slots=True)
class Cue:
    """A piece as the file has it. `speaker` is the name in its mark, "" for none; times are seconds, None for none.

    `line` is where it begins, from 1.
    """

    line: int
    text: str
    speaker: str = ""
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A cue before it is known whether a name stands at its beginning."""

    cue: Cue
    marked: bool = False
    """The format itself says who speaks; nothing is to be read off the words."""


def lines_of(text: str) -> list[str]:
    """The lines of a file, whatever ends them, without characters that only a terminal would obey."""
    return _CONTROLS.sub("", _BREAKS.sub("\n", text)).split("\n")


def seconds(text: str) -> float | None:
    """The seconds of hh:mm:ss.mmm or mm:ss.mmm, with a point or a comma; None for anything else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, rest, part = found.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(rest) + (int(part.ljust(3, "0")) / 1000 if part else 0.0)


def broken(name: str, line: int, what: str, hint: str = "Mend the line, or export the transcript again.") -> InputError:
    return InputError(f"{name}: line {line:,}: {what}", hint=hint)


def checked(name: str, cues: list[Cue]) -> list[Cue]:
    """The cues that say something. Raises InputError where there are none, too many, or one is too long."""
    cues = [cue for cue in cues if cue.text]
    if not cues:
        raise InputError(f"{name}: nobody says anything in it", hint="Check that it is the file you meant.")
    if len(cues) > MOST_CUES:
        raise broken(name, cues[MOST_CUES].line, f"more than {MOST_CUES:,} pieces of speech", "Split the file.")
    for cue in cues:
        if len(cue.text) > _LONGEST:
            raise broken(name, cue.line, f"a piece of {len(cue.text):,} characters", "Break it into paragraphs.")
        if len(cue.speaker) > 200:
            raise broken(name, cue.line, "a speaker's name of more than 200 characters")
    if len({cue.speaker for cue in cues}) > MOST_SPEAKERS:
        raise InputError(
            f"{name}: more than {MOST_SPEAKERS} speakers", hint="Are these names? Read it as plain text: --plain"
        )
    return cues
