"""A study from a replication package: whole under its name, or not there at all.

The package may come from anywhere. Only files of known names are taken, each of the size and checksum that is listed;
all of them are read and understood before anything is made. It can name no endpoint, no database and no link, so that
it sends nobody's words and no key anywhere.
"""

from __future__ import annotations

import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from seedbed.errors import InputError, SeedbedError, UsageError
from seedbed.replicate.contents import (
    ANOTHER,
    BOARDS,
    DECISIONS,
    KEPT,
    LESSONS,
    LIST,
    NEXT,
    PROMPTS,
    SETTINGS,
    TEMPLATE,
    Listed,
    Package,
)
from seedbed.replicate.decisions import SETTING_UP
from seedbed.replicate.packing import FOLDER
from seedbed.settings import Settings, check_profile, load_settings, write_settings
from seedbed.study import Folder, parse_settings, storage_errors
from seedbed.study.events import Act, EventStore
from seedbed.study.workplace import sync_folder, workplace
from seedbed.taxonomy import Taxonomy
from seedbed.workshop.agenda import Agenda
from seedbed.workshop.places import AGENDA
from seedbed.workshop.template import Template
from seedbed.workshop.words import act

__all__ = ["Limits", "SetUp", "set_up"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a package may ask for: bytes of one file, of all that is unpacked, and of the list."""

    file: int = 128 << 20
    total: int = 512 << 20
    list: int = 1 << 20


@dataclass(frozen=True, slots=True)
class SetUp:
    """Where the study stands; which groups; when the package was made, by which version; the models it does not name
    endpoints for."""

    path: Path
    groups: tuple[str, ...]
    made: str
    seedbed: str
    models: tuple[str, ...]


def set_up(archive: Path, target: Path, *, title: str = "", limits: Limits | None = None, next: bool = False) -> SetUp:
    """Make the study `target` as the package says; `title` takes the place of its own. `next` sets up the template with
    the lessons that were accepted, in the place of the one that was used.

    Raises UsageError when `target` is in the way or there is no next template, InputError when the archive is no
    package, StorageError when the disk refuses; then nothing stands at `target`.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()) or (target.is_dir() and any(target.iterdir())):
        raise UsageError(f"{target} is there already", hint="Name a folder that does not exist, or is empty.")
    if not archive.is_file():
        raise InputError(f"There is no file {archive}", hint="Name a zip file that seedbed replicate has written.")
    package, files = _read(archive, limits or Limits())
    where = str(archive)
    settings = _settings(files[SETTINGS], archive, title)
    template = _template(files[TEMPLATE], where, TEMPLATE)
    later = _template(files[NEXT], where, NEXT) if NEXT in files else None
    if next and later is None:
        raise UsageError(
            f"{archive} has no next template: nobody put down a lesson",
            hint="Leave --next out for the one that was used.",
        )
    taxonomies = _taxonomies(files, where)
    _check_boards(files[BOARDS], settings, where)
    models = _models(files[PROMPTS], where)
    for name in (DECISIONS, LESSONS):
        _check_lines(files.get(name, b""), name, where)
    with workplace(target.parent, ".seedbed-replicate-") as place, storage_errors(target):
        study = place / "study"
        folder = Folder(study)
        study.mkdir()
        write_settings(folder, settings)
        for version, text in taxonomies.items():
            _write(folder.taxonomy(version), text)
        for name in files:
            if name.startswith("profiles/"):
                _write(study / name, files[name])
        for name in (name for name in KEPT if name in files):
            _write(study / FOLDER / name, files[name])
        _understood(folder, archive)
        _put_on_record(folder, settings, later if next and later else template, list(taxonomies))
        for made in (study, *(path for path in study.rglob("*") if path.is_dir())):
            sync_folder(made)
        study.rename(target)  # takes the place of an empty folder, and of nothing else
        sync_folder(target.parent)
    return SetUp(target, settings.workshop.groups, package.made, package.seedbed, models)


# --- the archive -----------------------------------------------------------------------------------------------------


@contextmanager
def _reading(archive: Path) -> Iterator[None]:
    """What zipfile raises when bytes are not what they should be: more than it says."""
    try:
        yield
    except (
        zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError,
    ) as error:  # fmt: skip
        raise InputError(f"{archive} is not a sound zip file: {error}", hint=ANOTHER) from error


def _read(archive: Path, limits: Limits) -> tuple[Package, dict[str, bytes]]:
    """The list and every file of it, each as it is listed, and nothing else."""
    with _reading(archive):
        opened = zipfile.ZipFile(archive)
    with opened:
        entries = opened.infolist()
        by_name = {entry.filename: entry for entry in entries}
        if LIST not in by_name:
            raise InputError(f"{archive} is no replication package: it has no {LIST}", hint=ANOTHER)
        for entry in entries:
            if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG) or entry.flag_bits & 0x1:
                raise InputError(f"{archive}: {entry.filename!r} is not a plain file", hint=ANOTHER)
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise InputError(f"{archive}: {entry.filename!r} is packed in an unknown way", hint=ANOTHER)
        package = Package.from_json(_bytes(opened, LIST, limits.list, archive), where=str(archive))
        listed = {one.name: one for one in package.files}
        if len(by_name) != len(entries) or by_name.keys() - {LIST} != listed.keys():
            raise InputError(f"{archive} does not hold exactly the files that it lists", hint=ANOTHER)
        sizes = [one.size for one in package.files]
        if max(sizes) > limits.file or sum(sizes) > limits.total:
            raise InputError(f"{archive} would unpack to {sum(sizes) / 1e6:,.0f} MB, which none does", hint=ANOTHER)
        files = {}
        for name, one in listed.items():
            if by_name[name].file_size != one.size:
                raise InputError(f"{archive}: {name} has not the size that is listed", hint=ANOTHER)
            content = _bytes(opened, name, one.size, archive)
            if Listed.of(name, content) != one:
                raise InputError(f"{archive}: {name} is not what was packed (wrong checksum)", hint=ANOTHER)
            files[name] = content
    return package, files


def _bytes(opened: zipfile.ZipFile, name: str, most: int, archive: Path) -> bytes:
    with _reading(archive), opened.open(name) as file:
        content = file.read(most + 1)  # a size that is not true unpacks to no more
    if len(content) > most:
        raise InputError(f"{archive}: {name} is larger than it says, or than any is", hint=ANOTHER)
    return content


# --- what it says ----------------------------------------------------------------------------------------------------


def _settings(content: bytes, archive: Path, title: str) -> Settings:
    try:
        settings = parse_settings(content.decode("utf-8"), Settings, path=archive / SETTINGS)
    except UnicodeDecodeError:
        raise InputError(f"{archive}: {SETTINGS} is not UTF-8", hint=ANOTHER) from None
    if settings.endpoints or settings.database:
        what = "an endpoint" if settings.endpoints else "a database"
        raise InputError(
            f"{archive}: {SETTINGS} names {what}, which no package does",
            hint="It would send people's words, or a key, where this study does not want them.",
        )
    return settings.model_copy(update={"title": title}) if title else settings


def _template(content: bytes, where: str, name: str) -> Template:
    try:
        template = Template.from_json(content)
    except (SeedbedError, UnicodeDecodeError) as error:
        raise InputError(f"{where}: {name}: {error}", hint=ANOTHER) from None
    if any(plan.call_url for plan in template.groups.values()):
        raise InputError(f"{where}: {name} links to a call, which no package does", hint=ANOTHER)
    return template


def _taxonomies(files: Mapping[str, bytes], where: str) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for name, content in files.items():
        if not name.startswith("taxonomy/"):
            continue
        version = int(Path(name).stem)
        try:
            says = Taxonomy.model_validate_json(content).version
        except ValidationError as error:
            reason = error.errors(include_input=False)[0]["msg"]
            raise InputError(f"{where}: {name} is no taxonomy: {reason}", hint=ANOTHER) from None
        if says != version:
            raise InputError(f"{where}: {name} says that it is version {says}", hint=ANOTHER)
        found[version] = content
    if sorted(found) != list(range(1, len(found) + 1)) or not found:
        raise InputError(f"{where} does not hold every version of its taxonomy", hint=ANOTHER)
    return dict(sorted(found.items()))


def _check_boards(content: bytes, settings: Settings, where: str) -> None:
    said = _object(content, BOARDS, where)
    if said.get("groups") != list(settings.workshop.groups):
        raise InputError(f"{where}: {BOARDS} and {SETTINGS} name different groups", hint=ANOTHER)


def _models(content: bytes, where: str) -> tuple[str, ...]:
    models = _object(content, PROMPTS, where).get("models")
    if not isinstance(models, dict) or not all(isinstance(model, str) for model in models.values()):
        raise InputError(f"{where}: {PROMPTS} names no models", hint=ANOTHER)
    return tuple(sorted(models))


def _check_lines(content: bytes, name: str, where: str) -> None:
    for line in content.splitlines():
        _object(line, name, where)


def _object(content: bytes, name: str, where: str) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise InputError(f"{where}: {name} is not as it is written", hint=ANOTHER)
    return said


# --- the study -------------------------------------------------------------------------------------------------------


def _understood(folder: Folder, archive: Path) -> None:
    """Raises InputError where the study, as it stands now, could not be opened."""
    try:
        load_settings(folder)
        for path in sorted((folder.root / "profiles").glob("*.toml")):
            check_profile(folder, path)
    except SeedbedError as error:
        said = str(error).replace(str(folder.root), str(archive))
        raise InputError(f"{archive} makes no study: {said}", hint=ANOTHER) from None


def _put_on_record(folder: Folder, settings: Settings, template: Template, versions: list[int]) -> None:
    default = Agenda(settings.workshop.language).template.sections()
    setting = [
        act("template.set", name, {"cmd": f"{SETTING_UP}-{name}", "value": json.dumps(value, ensure_ascii=False)})
        for name, value in template.sections().items() if value != default[name]
    ]  # fmt: skip
    with EventStore.of(folder) as store:
        store.append("seeds", SETTING_UP, [Act("taxonomy", data={"version": version}) for version in versions])
        store.append(AGENDA, SETTING_UP, setting)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
