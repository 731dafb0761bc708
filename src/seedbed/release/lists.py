"""The JSON lists that the Aligner's own program reads, beside the files that everything else reads.

The n-th object is the n-th row of the JSON Lines file of the same name, with three keys and nothing else. `identity`
has one too: their warm-up is trained on answers that stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from seedbed.release.files import ReleaseFile, write_chunks
from seedbed.release.formats.aligner import KEYS

__all__ = ["as_lists"]

_LISTED = ("aligner", "identity")


def as_lists(root: Path, files: Iterable[ReleaseFile]) -> list[ReleaseFile]:
    """Write the list of each JSON Lines file that has one; the other files are passed over."""
    return [
        write_chunks(root, f"{file.path.removesuffix('.jsonl')}.json", _list(root / file.path), file.rows)
        for file in files
        if file.path.endswith(".jsonl") and file.path.partition("/")[0] in _LISTED
    ]


def _list(path: Path) -> Iterator[bytes]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            made = json.dumps({key: row[key] for key in KEYS}, ensure_ascii=False)
            yield (b",\n" if number else b"[\n") + made.encode()
    yield b"\n]\n"
