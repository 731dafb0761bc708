"""croissant.json: the dataset for programs, in Croissant 1.1 with the RAI vocabulary 1.0 (mlcommons.org/croissant).

One record set for each split of each configuration. A column of a record is given field by field; every file has its
checksum. The RAI properties are spelt as in the vocabulary's own file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from seedbed.release.columns import COLUMNS, PURPOSES
from seedbed.release.documents.card_data import Card
from seedbed.release.documents.markdown import one_line
from seedbed.release.documents.responsible import responsible
from seedbed.release.fields import Column
from seedbed.release.licences import link

__all__ = ["render_croissant"]

_CONFORMS = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
_TYPES = {
    "string": "sc:Text", "boolean": "sc:Boolean", "integer": "sc:Integer", "number": "sc:Float",
    "list of strings": "sc:Text",
}  # fmt: skip
_ENCODINGS = {"parquet": "application/x-parquet", "jsonl": "application/jsonlines", "json": "application/json"}
_CR = (
    "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileProperty",
    "fileObject", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField",
    "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator", "source",
    "subField", "transform",
)  # fmt: skip
_CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _CR},
}


def render_croissant(card: Card) -> str:
    """The JSON-LD, as text."""
    facts = card.facts
    found = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": _CONFORMS,
        "name": one_line(facts["title"]),
        "description": facts["description"].strip() or facts["title"],
        "license": link(facts["license"]) or facts["license"],
        **({"url": facts["url"]} if facts["url"] else {}),
        "creator": {"@type": "sc:Organization", "name": facts["creator"] or "The people of the study"},
        "datePublished": facts["created"][:10],
        "version": _version(facts["version"]),
        "inLanguage": facts["languages"],
        "keywords": ["alignment", "seedbed"],
        "isLiveDataset": False,
        "citeAs": f"{facts['creator'] or 'The people of the study'} ({facts['created'][:4]}): {facts['title']}, "
        f"version {facts['version']}.",
        **responsible(card),
        "distribution": [_file(one) for one in facts["files"]],
        "recordSet": list(_record_sets(card)),
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _version(name: str) -> str:
    """Croissant wants three numbers; a name that is no number stays, and a validator warns of it."""
    return name + ".0" * (2 - name.count(".")) if re.fullmatch(r"\d+(\.\d+){0,2}", name) else name


def _file(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": one["file"],
        "name": one["file"],
        "contentUrl": one["file"],
        "contentSize": f"{one['bytes']} B",
        "encodingFormat": _ENCODINGS[one["file"].rpartition(".")[2]],
        "sha256": one["sha256"],
    }


def _record_sets(card: Card) -> Iterator[dict[str, Any]]:
    for name, splits in card.files.items():
        for split, path in splits.items():
            id = f"{name}/{split}"
            yield {
                "@type": "cr:RecordSet",
                "@id": id,
                "name": id,
                "description": PURPOSES[name],
                "field": [_field(id, path, column) for column in COLUMNS[name]],
            }


def _field(of: str, path: str, column: Column, within: str = "") -> dict[str, Any]:
    """A column as a field; the parts of a record are its sub-fields, each taken out of the record's column."""
    id = f"{of}/{column.name}"
    made: dict[str, Any] = {"@type": "cr:Field", "@id": id, "name": id, "description": column.meaning}
    if column.parts:
        return {**made, "subField": [_field(id, path, part, column.name) for part in column.parts]}
    source: dict[str, Any] = {"fileObject": {"@id": path}, "extract": {"column": within or column.name}}
    if within:
        source["transform"] = {"jsonPath": f"$.{column.name}"}
    made |= {"dataType": _TYPES[column.kind], "source": source}
    return {**made, "repeated": True} if column.kind == "list of strings" else made
