"""Where a rehearsal takes place: never among real people's words, unless that is said."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from seedbed import __version__
from seedbed.acts import Study
from seedbed.errors import InputError, UsageError
from seedbed.rehearse.joining import MARK
from seedbed.rehearse.order import Order
from seedbed.replicate import pack, set_up
from seedbed.settings import load_settings, write_settings
from seedbed.study import Folder, write_atomic
from seedbed.study.entries import now
from seedbed.study.events import EventStore
from seedbed.workshop.members import Members
from seedbed.workshop.places import WORKSHOP

__all__ = ["allowed_by_link", "place_for", "put_on_record", "real_people"]

_TITLE = "Rehearsal"


def place_for(
    folder: Path, order: Order, *, here: bool, yes: bool, say: Callable[[str], None]
) -> tuple[Path, Order]:  # fmt: skip
    """The study in which `order` is rehearsed, made if need be, and the order as it may be carried out there.

    A folder that is new becomes a study; a study is left alone, and what it was set up with is taken to
    NAME-rehearsal beside it, unless `here`. Raises UsageError for a folder with something else in it, and for a study
    with people of its own unless `yes`: then nobody simulated agrees to training.
    """
    study = Folder(folder)
    if not study.settings.exists():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} is no study, and not empty", hint="Name a study, or a folder to make.")
        made = Study.new(folder, title=_TITLE)
        workshop = made.settings.workshop.model_copy(update={"groups": order.rooms})
        write_settings(made.folder, made.settings.model_copy(update={"workshop": workshop}))
        _mark(made.folder, made_for_it=True)
        say(f"New study: {folder}")
    elif not here and not _record(study).get("made_for_it"):
        folder = _copied(study, say)
    study = Folder(folder)
    return folder, replace(_allowed(study, order, yes=yes), rooms=_rooms(study, len(order.rooms)))


def _allowed(study: Folder, order: Order, *, yes: bool) -> Order:
    if _record(study).get("made_for_it") or not (people := real_people(study)):
        return order
    if not yes:
        raise UsageError(
            f"{len(people)} real people have joined {study.root}",
            hint="Leave --here out to rehearse in a copy, or give --yes: the simulated people are marked, and none "
            "of their words becomes a seed.",
        )
    return replace(order, trains=False)


def allowed_by_link(folder: Path | None, order: Order, *, yes: bool) -> Order:
    """The order as it may be carried out in a study that is served already. Raises UsageError."""
    if folder is not None:
        Folder(folder).check()
        return _allowed(Folder(folder), order, yes=yes)
    if not yes:
        raise UsageError(
            "From outside it cannot be seen whether real people have joined",
            hint="Name the served study's folder too, or give --yes: none of the simulated people's words becomes a "
            "seed then.",
        )
    return replace(order, trains=False)


def real_people(study: Folder) -> list[str]:
    """Everybody who ever joined and was not simulated, by pseudonym."""
    if not study.has_people:
        return []
    simulated = {person for one in _record(study).get("rehearsals", ()) for person in one["people"]}
    with EventStore.of(study) as store:
        joined = Members().after(store.read(WORKSHOP)).people
    return [person for person in joined if person not in simulated]


def put_on_record(study: Folder, people: Sequence[str]) -> None:
    """Who was simulated, in the study's own folder. Beside this they say it of themselves, where the record has it."""
    found = _record(study)
    one = {"at": now(), "seedbed": __version__, "position": MARK, "people": list(people)}
    _write(study, {**found, "rehearsals": [*found.get("rehearsals", ()), one]})


def _copied(study: Folder, say: Callable[[str], None]) -> Path:
    name = study.root.resolve().name
    target = study.root.resolve().with_name(f"{name}-rehearsal")
    if target.exists() and any(target.iterdir()):
        if _record(Folder(target)).get("made_for_it"):
            say(f"Rehearsing in {target}, where it was rehearsed before")
            return target
        raise UsageError(f"{target} is there, and no rehearsal's", hint="Move it, or name another study.")
    title = load_settings(study).title or name
    with tempfile.TemporaryDirectory(prefix="seedbed-rehearsal-") as place:
        pack(study, Path(place, "package.zip"))
        set_up(Path(place, "package.zip"), target, title=f"{title} ({_TITLE.lower()})")
    _mark(Folder(target), made_for_it=True)
    say(f"Rehearsing in {target}: what {study.root} was set up with, and nobody's words")
    return target


def _rooms(study: Folder, number: int) -> tuple[str, ...]:
    """The study's groups, and as many more as are wanted."""
    settings = load_settings(study).workshop
    members = Members(settings.groups)
    if study.has_people:
        with EventStore.of(study) as store:
            members.after(store.read(WORKSHOP))
    there = list(members.groups)
    letters = (f"{letter}{more}" for more in ("", *range(2, 99)) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    while len(there) < number:
        there.append(next(name for name in letters if name.casefold() not in {group.casefold() for group in there}))
    return tuple(there[:number])


def _record(study: Folder) -> dict[str, Any]:
    path = study.rehearsal
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        _ = [one["people"] for one in found.get("rehearsals", ())]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is not as it was written: {error}", hint="Restore it, or remove it.") from None
    return dict(found)


def _mark(study: Folder, *, made_for_it: bool) -> None:
    _write(study, {"made_for_it": made_for_it, "rehearsals": []})


def _write(study: Folder, found: dict[str, Any]) -> None:
    text = json.dumps({"schema": 1, **found}, ensure_ascii=False, indent=1) + "\n"
    write_atomic(study.rehearsal, text)
