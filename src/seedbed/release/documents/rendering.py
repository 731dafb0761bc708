"""All documents of a release, from its facts."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.release.choose import Tally
from seedbed.release.columns import COLUMNS
from seedbed.release.documents.card import render_card
from seedbed.release.documents.card_data import Card
from seedbed.release.documents.croissant import render_croissant
from seedbed.release.documents.datasheet import render_datasheet
from seedbed.release.documents.gather import gather
from seedbed.release.documents.prov import render_prov
from seedbed.release.documents.script import render_script
from seedbed.release.files import ReleaseFile
from seedbed.release.settings import ReleaseSettings
from seedbed.release.sources import Sources

__all__ = ["render_documents"]

_ORDER = ("train", "validation", "test")


def render_documents(
    version: str, created: str, settings: ReleaseSettings, sources: Sources, tally: Tally, files: Sequence[ReleaseFile]
) -> dict[str, str]:
    """Name to text. `files` are those of rows; of a configuration they are named `CONFIGURATION/SPLIT.ENDING`."""
    facts = gather(version, created, settings, sources, tally, files)
    card = Card(settings, facts, _loads(files, "parquet" if "parquet" in settings.formats else "jsonl"))
    texts = {
        "README.md": render_card(card),
        "datasheet.md": render_datasheet(card),
        "croissant.json": render_croissant(card),
        "prov.jsonld": render_prov(card),
        "facts.json": facts.to_json() + "\n",
    }
    if sources.process.template is not None:
        texts["script.md"] = render_script(sources.process.template)
    return texts


def _loads(files: Sequence[ReleaseFile], ending: str) -> dict[str, dict[str, str]]:
    """The file that loads each split, by configuration, in the order of the card."""
    found: dict[str, dict[str, str]] = {}
    for name in COLUMNS:
        splits = {
            path.removeprefix(f"{name}/").removesuffix(f".{ending}"): path
            for path in (file.path for file in files)
            if path.startswith(f"{name}/") and path.endswith(f".{ending}")
        }
        if splits:
            known = {split: splits[split] for split in _ORDER if split in splits}
            found[name] = known | splits
    return found
