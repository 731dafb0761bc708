"""Transcripts as they come: WebVTT, SubRip, plain text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from seedbed.errors import InputError, UsageError
from seedbed.seeds.decode import decode
from seedbed.themes.reading.captions import read_srt, read_vtt
from seedbed.themes.reading.cues import Cue, checked, lines_of
from seedbed.themes.reading.labels import named, same_name
from seedbed.themes.reading.plain import read_txt

__all__ = ["FORMATS", "MOST_BYTES", "Cue", "Format", "Transcript", "read_transcript"]

Format = Literal["vtt", "srt", "txt"]
FORMATS: tuple[Format, ...] = get_args(Format)
MOST_BYTES = 8 * 1024 * 1024  # a day of talk takes about one
_READERS = {"vtt": read_vtt, "srt": read_srt, "txt": read_txt}


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a file says. `lines` is how many it has."""

    format: Format
    lines: int
    cues: tuple[Cue, ...]

    @property
    def spoken(self) -> bool:
        """Whether it names speakers or times: else it is notes."""
        return any(cue.speaker or cue.start_s is not None for cue in self.cues)


def read_transcript(
    data: bytes, name: str, *, known: Iterable[str] = (), plain: bool = False, encoding: str | None = None
) -> Transcript:
    """Read a file called `name`; its ending says the format, and WEBVTT at its beginning where there is no other.

    `known` are names of people. `plain` reads a text file without looking for names. Raises InputError with the line,
    UsageError for another ending.
    """
    if len(data) > MOST_BYTES:
        raise InputError(f"{name}: larger than {MOST_BYTES // 2**20} MiB", hint="Split it, one file a recording.")
    lines = lines_of(decode(data, Path(name), encoding))
    ending = Path(name).suffix.lower().removeprefix(".")
    if lines[0].startswith("WEBVTT"):
        ending = "vtt"
    format: Format | None = next((each for each in FORMATS if each == ending), None)
    if format is None:
        raise UsageError(
            f"{name}: not a .vtt, .srt or .txt file", hint="Export the transcript as VTT, SRT or plain text."
        )
    pieces = _READERS[format](name, lines)
    names = frozenset(map(same_name, known))
    cues = [piece.cue for piece in pieces] if plain else named(pieces, names)
    return Transcript(format, len(lines), tuple(checked(name, cues)))
