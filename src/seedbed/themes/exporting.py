"""themes/sources/: the sources as files that people and other programs can read, made anew each time.

`ID.txt` is the text in UTF-8, line feeds, no mark at its beginning. `ID.json` says the same segment by segment: offsets
are code points, from 0, the end not included.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.study import Folder, storage_errors, write_atomic
from seedbed.study.events import EventStore
from seedbed.themes.sources import Source, sources

__all__ = ["Exported", "as_json", "export"]

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Exported:
    folder: Path
    sources: int
    characters: int


def export(
    folder: Folder,
    *,
    withheld: Callable[[str], bool] = lambda person: False,
    quotes: Callable[[str], bool | None] = lambda person: None,
) -> Exported:
    """Write every source, and remove the files of those that stand no more. Of transcripts the words of the `withheld`
    are blank. `quotes` says of a person whether their words may be quoted; None where that is not known.

    Raises Busy, StorageError and what the store raises.
    """
    with folder.writing():  # nobody is erased meanwhile
        with EventStore.of(folder) as store:
            found = sources(store, withheld=withheld)
        return _write(folder, found, quotes)


def _write(folder: Folder, found: Sequence[Source], quotes: Callable[[str], bool | None]) -> Exported:
    place = folder.root / "themes" / "sources"
    wanted = {}
    for one in found:
        wanted[f"{one.id}.txt"] = one.text.encode()
        wanted[f"{one.id}.json"] = (json.dumps(as_json(one, quotes), ensure_ascii=False, indent=1) + "\n").encode()
    for name, content in wanted.items():
        path = place / name
        if not path.is_file() or path.read_bytes() != content:
            write_atomic(path, content)
    for left in [*place.glob("*.txt"), *place.glob("*.json"), *place.glob(".*")]:
        if left.name not in wanted:
            with storage_errors(left):
                left.unlink(missing_ok=True)
    return Exported(place, len(found), sum(len(one.text) for one in found))


def as_json(source: Source, quotes: Callable[[str], bool | None] = lambda person: None) -> dict[str, Any]:
    """A source as its file says it."""
    return {
        "seedbed_source": FORMAT, "id": source.id, "kind": source.kind, "title": source.title,
        "debrief": source.debrief, "session": source.session, "group": source.group, "language": source.language,
        "format": source.format, "of": source.of, "at": source.at, "by": source.by, "left_out": source.left_out,
        "characters": len(source.text), "sha256": source.sha256,
        "speakers": [
            {"speaker": key, "person": person, "may_be_quoted": quotes(person) if person else None}
            for key, person in source.speakers.items()
        ],
        "segments": [
            {"start": one.start, "end": one.end, "speaker": one.speaker, "start_s": one.start_s, "end_s": one.end_s,
             "row": one.row, "by_model": one.by_model, "gone": one.gone}
            for one in source.segments
        ],
    }  # fmt: skip
