"""The taxonomy versions of a study: taxonomy/1.json, 2.json, …, never changed once written."""

from __future__ import annotations

from pathlib import Path

from seedbed.errors import InputError
from seedbed.study import Folder, write_atomic
from seedbed.study.events import Act, EventStore
from seedbed.taxonomy import Taxonomy, default_taxonomy, load_taxonomy

__all__ = ["current_taxonomy", "ensure_taxonomy", "install_taxonomy", "taxonomy_versions"]


def taxonomy_versions(folder: Folder) -> list[int]:
    """The numbers of the installed versions, ascending."""
    found = folder.taxonomy(1).parent
    names = [path.stem for path in found.glob("*.json")] if found.is_dir() else []
    return sorted(int(name) for name in names if name.isdecimal() and int(name) > 0)


def current_taxonomy(folder: Folder, version: int | None = None) -> Taxonomy:
    """Version `version`, or the newest; the default taxonomy where none is installed.

    Raises InputError for a version that is not there, or a file that does not hold the version it is named after.
    """
    versions = taxonomy_versions(folder)
    if version is None and not versions:
        return default_taxonomy()
    wanted = version or versions[-1]
    found = load_taxonomy(folder.taxonomy(wanted))
    if found.version != wanted:
        raise InputError(
            f"{folder.taxonomy(wanted)} says that it is version {found.version}",
            hint="Versions are never changed. Restore the file from a copy, then install the new labels as a new one.",
        )
    return found


def install_taxonomy(folder: Folder, labels: Path | Taxonomy, *, actor: str = "import") -> Taxonomy:
    """Install the labels, or those in a JSON file, as the study's next version, and return it. Blocks.

    Their own number does not matter: the study counts by itself. The same content as the newest version is no new
    version. Raises InputError when the file is no taxonomy, Busy while another process writes.
    """
    folder.check()
    with folder.writing():
        return _install(folder, labels if isinstance(labels, Taxonomy) else load_taxonomy(labels), actor)


def ensure_taxonomy(folder: Folder, actor: str) -> Taxonomy:
    """The newest version, installing the default as version 1 where the study has none. For holders of the study."""
    if not taxonomy_versions(folder):
        return _install(folder, default_taxonomy(), actor)
    return current_taxonomy(folder)


def _install(folder: Folder, wanted: Taxonomy, actor: str) -> Taxonomy:
    versions = taxonomy_versions(folder)
    if versions:
        newest = current_taxonomy(folder)
        if wanted.model_copy(update={"version": newest.version}) == newest:
            return newest
    version = versions[-1] + 1 if versions else 1
    installed = wanted.model_copy(update={"version": version})
    write_atomic(folder.taxonomy(version), installed.to_json())
    with EventStore.of(folder) as store:
        store.append("seeds", actor, [Act("taxonomy", data={"version": version})])
    return installed
