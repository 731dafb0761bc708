"""The YAML header of a dataset card, as the Hugging Face hub reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from seedbed.release.licences import link
from seedbed.release.settings import ReleaseSettings

__all__ = ["GATED", "header", "size_category", "title"]

GATED = (
    "This dataset holds responses that are wrong on purpose: stereotypes, unsafe advice and other harmful text, each "
    "with a critique and a corrected version. By going on you confirm that you have read the content warning, and "
    "that you will not train or deploy a model to produce the misaligned responses."
)

# The hub's own names are SPDX identifiers in lower case; any other licence it calls "other" and wants named.
_KNOWN_TO_HUB = frozenset(
    (
        "apache-2.0", "bsd-2-clause", "bsd-3-clause", "cc-by-2.0", "cc-by-3.0", "cc-by-4.0", "cc-by-nc-4.0",
        "cc-by-nc-nd-4.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc0-1.0",
        "cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0", "gpl-3.0", "lgpl-3.0", "mit", "mpl-2.0",
        "odbl", "odc-by", "pddl", "unlicense",
    )
)  # fmt: skip
_HUB_ALIAS = {"odbl-1.0": "odbl", "odc-by-1.0": "odc-by", "pddl-1.0": "pddl"}
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)


def title(settings: ReleaseSettings, version: str) -> str:
    return settings.pretty_name or f"Alignment data from human seeds, {version}"


def size_category(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), "10M<n<100M")


def header(
    settings: ReleaseSettings,
    named: str,
    rows: Mapping[str, int],
    files: Mapping[str, Mapping[str, str]],
    *,
    human: bool,
    harmful: bool,
) -> str:
    """The block between the `---` lines. `named` is the dataset's title; `rows` by configuration; `files` names, for
    each that has any, the file of each split.

    `human` and `harmful`: whether any row is by people, and whether any holds a misaligned response.
    """
    synthetic = rows["questions"] > 0 or rows["triples"] > 0
    fields: dict[str, Any] = {
        "language": list(settings.languages),
        **_license(settings.license),
        "pretty_name": named,
        "tags": ["alignment", *(["human"] if human else []), "seedbed", *(["synthetic"] if synthetic else [])],
        "language_creators": [*(["machine-generated"] if synthetic else []), *(["other"] if human else [])],
        "source_datasets": ["original"],
        "task_categories": ["text-generation", *(["text-classification"] if rows["inspector"] else [])],
        "size_categories": [size_category(sum(rows[n] for n in ("questions", "triples", "seeds", "evaluation")))],
    }
    fields["configs"] = [
        {
            "config_name": name,
            **({"default": True} if number == 0 else {}),
            "data_files": [{"split": split, "path": path} for split, path in splits.items()],
        }
        for number, (name, splits) in enumerate(files.items())
    ]
    if harmful:
        fields["extra_gated_prompt"] = GATED
    return "---\n" + "\n".join(_yaml(fields, 0)) + "\n---\n"


def _license(spdx: str) -> dict[str, str]:
    name = _HUB_ALIAS.get(spdx.lower(), spdx.lower())
    if name in _KNOWN_TO_HUB:
        return {"license": name}
    where = link(spdx)
    return {"license": "other", "license_name": spdx.lower(), **({"license_link": where} if where else {})}


def _yaml(value: Any, depth: int) -> list[str]:
    """Block style; every string in JSON's double quotes, which YAML reads alike."""
    pad = "  " * depth
    if isinstance(value, Mapping):
        lines: list[str] = []
        for key, item in value.items():
            if isinstance(item, Mapping | list) and item:
                lines += [f"{pad}{key}:", *_yaml(item, depth + 1)]
            else:
                lines.append(f"{pad}{key}: {json.dumps(item, ensure_ascii=False)}")
        return lines
    lines = []
    for item in value:
        first, *rest = _yaml(item, depth + 1) if isinstance(item, Mapping) else [json.dumps(item, ensure_ascii=False)]
        lines += [f"{pad}- {first.strip()}", *rest]
    return lines
