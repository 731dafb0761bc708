"""Writing a replication package: everything that the workshop was set up with, and nothing that people wrote."""

from __future__ import annotations

import json
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed import __version__
from seedbed.errors import InputError, UsageError
from seedbed.generate.questions.prompts import QUESTIONS_VERSION
from seedbed.generate.topics.prompts import TOPICS_VERSION
from seedbed.generate.triples.prompts import TRIPLES_VERSION
from seedbed.generate.triples.verdict_prompts import JUDGE_VERSION
from seedbed.replicate.contents import (
    BOARDS,
    DECISIONS,
    KEPT,
    LESSONS,
    LIST,
    NEXT,
    PROMPTS,
    README,
    SETTINGS,
    TEMPLATE,
    Listed,
    Package,
    jsonl,
    whole_json,
)
from seedbed.replicate.decisions import decisions_of
from seedbed.replicate.lessons import lesson_rows
from seedbed.replicate.words import workshop_files
from seedbed.seeds import current_taxonomy
from seedbed.seeds.consents import read_standing
from seedbed.settings import Settings, write_settings
from seedbed.study import Folder, parse_settings, storage_errors
from seedbed.study.entries import now
from seedbed.study.events import EventStore
from seedbed.study.workplace import sync_folder, workplace
from seedbed.workshop.agenda import Agenda
from seedbed.workshop.lessons import following
from seedbed.workshop.members import Members
from seedbed.workshop.places import ACTIVITIES, AGENDA, REFLECTION, WORKSHOP
from seedbed.workshop.template import Template

__all__ = ["FOLDER", "Packed", "pack"]

FOLDER = "replicated"
"""In the folder of a study that was set up from a package: what it keeps of it."""

_PROFILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}(@[1-9][0-9]*)?\.toml")
_MOMENT = (1980, 1, 1, 0, 0, 0)  # of every entry: equal contents are equal bytes

_README = """\
# A replication package

One Datathon, to be set up again: `seedbed new DIR --from THIS_FILE.zip`, then `seedbed serve DIR`.

- `study.toml`: the settings. Endpoints, database and links to calls are left out: they are one machine's own.
- `template.json`: agenda, script of the moderators, consent, cards, tasks, prompts to reflect on, recruitment plan.
- `boards.json`: the groups, and the texts and fields of each of their boards.
- `taxonomy/`: topics, question types and values with their definitions, every version. Labels that participants
  proposed and organisers accepted are among them.
- `profiles/`: use cases, if there are any.
- `prompts.json`: the versions of the prompts that models are asked by, and the models that the study named.
- `decisions.jsonl`: what was set, gone to and decided, when, by pseudonym; without anybody's words.
- `lessons.jsonl` and `next.json`, if there are any: what those who led it learnt, and the template with what was
  accepted of it. `seedbed new DIR --from THIS_FILE.zip --next` sets that one up.
- `workshop/`, only where it was asked for: the record's tables. Words stand there where everybody who wrote them agreed
  to training and to quoting, and are null elsewhere. People are pseudonyms.
- `replication.json`: the list of these files, with checksums.
"""


@dataclass(frozen=True, slots=True)
class Packed:
    """Where the package is, how many files it holds and their bytes, and whether people's words are in it."""

    path: Path
    files: int
    bytes: int
    boards: bool


def pack(folder: Folder, target: Path, *, boards: bool = False) -> Packed:
    """Write the package of a study to the zip file `target`, whole or not at all; `boards` puts the record in it.

    The study may be served meanwhile. Raises NotAStudy; UsageError where `target` is there, or lies in the study;
    InputError where something of the study cannot be read; StorageError when the disk refuses.
    """
    folder.check()
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target} is there already", hint="Choose another name; nothing is overwritten.")
    if target.resolve().is_relative_to(folder.root.resolve()):
        raise UsageError(f"{target} lies in the study itself", hint="Choose a place outside of the study's folder.")
    with workplace(target.parent, ".seedbed-replicate-") as place, storage_errors(target):
        files = _files(folder, place)
        if boards:
            settings = _settings(folder)
            files |= {f"workshop/{name}": text for name, text in workshop_files(folder, settings, place).items()}
        listed = tuple(Listed.of(name, files[name]) for name in sorted(files))
        package = Package(seedbed=__version__, made=now(), boards=boards, files=listed)
        made = place / "package.zip"
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (LIST, *(one.name for one in listed)):
                entry = zipfile.ZipInfo(name, _MOMENT)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, (stat.S_IFREG | 0o644) << 16
                archive.writestr(entry, package.to_json() if name == LIST else files[name])
        with made.open("rb") as file:
            os.fsync(file.fileno())
        try:
            os.link(made, target)  # unlike a renaming this never replaces a file
        except FileExistsError:
            raise UsageError(f"{target} is there already", hint="Choose another name.") from None
        except OSError:  # a file system without links
            made.rename(target)
        sync_folder(target.parent)
    return Packed(target, len(files), sum(map(len, files.values())), boards)


def _files(folder: Folder, place: Path) -> dict[str, bytes]:
    settings = _settings(folder)
    before = folder.root / FOLDER
    kept = {name: (before / name).read_bytes() for name in KEPT if (before / name).is_file()}
    with _store(folder) as store:
        agenda = Agenda(settings.workshop.language)
        members = Members(settings.workshop.groups)
        decided: list[dict[str, Any]] = []
        learnt: list[dict[str, Any]] = []
        if store is not None:
            agenda.after(store.read(AGENDA))
            members.after(store.read(WORKSHOP))
            decided = list(decisions_of(store))
            learnt = lesson_rows(agenda, read_standing(store, language="", pages=settings.workshop.language))
    groups = tuple(members.groups)
    template = agenda.template
    write_settings(Folder(place), _portable(settings, groups))
    found = {
        README: _README.encode(),
        SETTINGS: Folder(place).settings.read_bytes(),
        TEMPLATE: _elsewhere(template),
        BOARDS: whole_json({"groups": list(groups), "activities": _activities(settings)}),
        PROMPTS: _prompts(settings, kept.get(PROMPTS)),
        DECISIONS: kept.get(DECISIONS, b"") + jsonl(decided),
    }
    if lessons := kept.get(LESSONS, b"") + jsonl(learnt):
        found[LESSONS] = lessons
    if learnt:
        found[NEXT] = _elsewhere(following(template, agenda.items("lessons")).template)
    taxonomies = sorted(folder.taxonomy(1).parent.glob("*.json"))
    found |= {f"taxonomy/{path.name}": path.read_bytes() for path in taxonomies if path.stem.isdecimal()}
    if not taxonomies:
        found["taxonomy/1.json"] = current_taxonomy(folder).to_json().encode()
    for path in sorted((folder.root / "profiles").glob("*.toml")):
        if _PROFILE.fullmatch(path.name):
            found[f"profiles/{path.name}"] = path.read_bytes()
    return found


def _elsewhere(template: Template) -> bytes:
    """The file, without where the groups of this workshop talk."""
    plans = {name: plan.model_copy(update={"call_url": ""}) for name, plan in template.groups.items()}
    return template.model_copy(update={"groups": plans}).to_json().encode()


def _settings(folder: Folder) -> Settings:
    """study.toml alone, without what a profile puts over it."""
    text = folder.settings.read_bytes().decode("utf-8-sig")
    return parse_settings(text, Settings, path=folder.settings)


def _portable(settings: Settings, groups: tuple[str, ...]) -> Settings:
    workshop = settings.workshop.model_copy(update={"groups": groups})
    return settings.model_copy(update={"endpoints": {}, "database": "", "workshop": workshop})


def _activities(settings: Settings) -> list[dict[str, Any]]:
    names = (*settings.workshop.activities, REFLECTION)
    return [
        {"activity": name, "texts": list(ACTIVITIES[name].texts), "fields": list(ACTIVITIES[name].fields)}
        for name in names
    ]


def _prompts(settings: Settings, kept: bytes | None) -> bytes:
    versions = {
        "questions": QUESTIONS_VERSION, "topics": TOPICS_VERSION, "triples": TRIPLES_VERSION,
        "triple_judge": JUDGE_VERSION,
    }  # fmt: skip
    try:
        models = dict(json.loads(kept)["models"]) if kept else {}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{FOLDER}/{PROMPTS} is not as it was written: {error}", hint="Restore it.") from None
    models |= {name: endpoint.model for name, endpoint in settings.endpoints.items()}
    return whole_json({"prompts": versions, "models": models})


@contextmanager
def _store(folder: Folder) -> Iterator[EventStore | None]:
    if not folder.has_people:
        yield None
        return
    with EventStore.of(folder) as store:
        yield store
