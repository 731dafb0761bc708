"""Who speaks in a transcript: people of the study, matched by their name or pseudonym and never guessed."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from seedbed.errors import InputError
from seedbed.seeds.decode import decode
from seedbed.themes.reading.cues import Cue
from seedbed.themes.reading.labels import same_name

__all__ = ["How", "Known", "Speaker", "match", "read_speakers"]

How = Literal["name", "given", "several", "nobody", "unnamed"]
"""How a speaker was found: by name, or as the caller said; several people have the name, nobody has it, or there is
none."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the study, by the pseudonym and the name they joined with."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """One voice of a transcript. `key` stands for it in the source: the person's pseudonym, or S1, S2, … .

    `name` is what the file calls it; it is shown to whoever imports, and kept nowhere. `left_out` says that this person
    did not agree to be recorded, so nothing they say is taken in.
    """

    name: str
    key: str
    person: str
    how: How
    pieces: int
    characters: int
    left_out: bool = False


def match(
    cues: Sequence[Cue], known: Iterable[Known], given: Mapping[str, str], lets: Callable[[str], bool]
) -> dict[str, Speaker]:
    """Every speaker of `cues` by the name in the file, in the order in which they first speak.

    `given` says of names who they are (a pseudonym or a name of `known`, "" for nobody). `lets` says of a person
    whether they agreed to be recorded. Raises InputError where `given` names a person who is not known.
    """
    people = {one.id: one for one in known}
    by_name: dict[str, set[str]] = defaultdict(set)
    for one in people.values():
        by_name[same_name(one.id)].add(one.id)
        if one.name.strip():
            by_name[same_name(one.name)].add(one.id)
    names = dict.fromkeys(cue.speaker for cue in cues)
    wanted = {same_name(name): who for name, who in given.items()}
    found: dict[str, Speaker] = {}
    keys: dict[str, str] = {}  # two spellings of one name are one voice
    for name in names:
        said = [cue.text for cue in cues if cue.speaker == name]
        person, how = _person(name, by_name, wanted)
        if not person:
            keys.setdefault(same_name(name), f"S{len(keys) + 1}")
        key = person or keys[same_name(name)]
        refused = bool(person) and not lets(person)
        found[name] = Speaker(name, key, person, how, len(said), sum(map(len, said)), refused)
    return found


def _person(name: str, by_name: Mapping[str, set[str]], wanted: Mapping[str, str]) -> tuple[str, How]:
    same = same_name(name)
    if not same:
        return "", "unnamed"
    asked = wanted.get(same)
    if asked == "":
        return "", "given"
    fit = by_name.get(same_name(asked or name), set())
    if asked and len(fit) != 1:
        what = "is nobody of this study" if not fit else f"are {len(fit)} people of this study"
        raise InputError(f"{asked!r} {what}", hint="Name the person by their pseudonym, p_…")
    if len(fit) == 1:
        return next(iter(fit)), "given" if asked else "name"
    return "", "several" if fit else "nobody"


def read_speakers(data: bytes, name: str, *, encoding: str | None = None) -> dict[str, str]:
    """{name in the transcript: pseudonym or name of the person} from a CSV of two columns, `speaker` and `person`.

    An empty person says that the speaker is nobody of the study. Raises InputError with the line.
    """
    text = decode(data, Path(name), encoding)
    rows = csv.reader(io.StringIO(text, newline=""))
    hint = "Two columns, for example:\n    speaker,person\n    Ana Silva,p_abcdefghij"
    try:
        head = [cell.strip().casefold() for cell in next(rows, [])]
        if sorted(head) != ["person", "speaker"]:
            raise InputError(f"{name}: line 1: the columns are not speaker and person", hint=hint)
        found: dict[str, str] = {}
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != 2:
                raise InputError(f"{name}: line {rows.line_num}: not two columns", hint=hint)
            cells = {column: cell.strip() for column, cell in zip(head, row, strict=True)}
            if not cells["speaker"] or cells["speaker"] in found:
                raise InputError(f"{name}: line {rows.line_num}: no speaker, or one that was named before", hint=hint)
            found[cells["speaker"]] = cells["person"]
    except csv.Error as error:
        raise InputError(f"{name}: line {rows.line_num}: {error}", hint=hint) from None
    return found
