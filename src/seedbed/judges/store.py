"""models/inspector.json: written whole or not at all, and read back only if it is what was written.

{"schema", "embedder", …, "models": [{"value", "weights", …}], "pairs": [ids], "report", "digest"}. Numbers stand with
six digits, a line's weights on one line of the file. No text of a pair stands in it.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from seedbed.errors import InputError
from seedbed.judges.inspector import Document, Inspector
from seedbed.measures.embed import Embedder, TextEmbedder
from seedbed.study import Folder, write_atomic

__all__ = ["SCHEMA", "load", "path_in", "save"]

SCHEMA = 1
# A list of numbers as json indents it. A line break never stands inside a JSON string, so no text is touched.
_NUMBERS = re.compile(r"\[\n\s+((?:-?\d[\d.e+-]*(?:,\n\s+)?)+)\n\s+\]")


def path_in(folder: Folder) -> Path:
    return folder.root / "models" / "inspector.json"


@functools.cache
def _adapter() -> TypeAdapter[Document]:
    return TypeAdapter(Document)


def save(document: Document, folder: Folder) -> None:
    """Write the inspector's file. The same document gives the same bytes."""
    content = {"schema": SCHEMA, **_adapter().dump_python(document, mode="json")}
    text = json.dumps({**content, "digest": _digest(content)}, ensure_ascii=False, indent=2)
    write_atomic(path_in(folder), _NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", text) + "\n")


def load(folder: Folder, embedder: TextEmbedder | None = None) -> Inspector | None:
    """The study's inspector, or None where none was trained.

    Raises InputError where the file is damaged, of another schema, or was trained with another embedder than
    `embedder` (the packaged one by default).
    """
    path = path_in(folder)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    anew = f"Train it anew: seedbed judges {folder.root}"
    content = _parsed(raw)
    if content is None:
        raise InputError(f"{path} is damaged: it is no JSON object", hint=anew)
    if content.get("schema") != SCHEMA:
        raise InputError(
            f"{path} was written by another version of Seedbed ({content.get('schema')}, this one reads {SCHEMA})",
            hint=anew,
        )
    digest = content.pop("digest", None)
    if digest != _digest(content):
        raise InputError(f"{path} is damaged or was changed by hand: its digest does not match", hint=anew)
    del content["schema"]
    try:
        document = _adapter().validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"{path} is damaged: {where}: {first['msg']}", hint=anew) from None
    mark = (embedder or Embedder).fingerprint
    if document.fingerprint != mark:
        raise InputError(
            f"{path} was trained with another embedder ({document.embedder}, {document.fingerprint}; now {mark})",
            hint=anew,
        )
    if {len(model.weights) for model in document.models} != {document.dim}:
        raise InputError(f"{path} is damaged: its weights do not fit its embedder", hint=anew)
    return Inspector(document, embedder)


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
