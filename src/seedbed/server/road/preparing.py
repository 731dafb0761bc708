"""What a release is to say and hold, as a form: [release] of study.toml, read for a page and written back.

Only what somebody changed is written, where it stands; comments and all else stay. Two people who write at once cannot
undo each other: a write says which file it was made from.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from pydantic import ValidationError

from seedbed.release.licences import nearest
from seedbed.release.settings import ReleaseSettings
from seedbed.release.taken import read_record
from seedbed.server.refusals import Refusal
from seedbed.server.road.releasing_schemas import ReleaseForm, ReleasePrepared
from seedbed.settings import Settings, load_settings, overlay_of
from seedbed.study import Folder, parse_settings, write_atomic
from seedbed.study.amending import amended
from seedbed.taxonomy.profiles import load_profile, profile_path

__all__ = ["prepare", "prepared", "settings_mark"]

_PLACES = {
    **{name: (name,) for name in ReleaseForm.model_fields},
    **{name: ("splits", name) for name in ("validation", "test")},
    **{name: ("scope", name) for name in ("foundation", "subfloor", "surface")},
}
_NUMBER = re.compile(r"(.*?)(\d{1,9})")


def settings_mark(folder: Folder) -> str:
    """What study.toml is recognised by, and the profile that goes over it."""
    found = hashlib.sha256(folder.settings.read_bytes())
    if profile := load_settings(folder).profile:
        found.update(profile_path(folder, profile).read_bytes())
    return found.hexdigest()[:32]


def prepared(folder: Folder) -> ReleasePrepared:
    """The form as study.toml has it now. Raises SettingsError."""
    settings = load_settings(folder)
    made = [path.name for path in folder.releases.glob("[!.]*") if path.is_dir()]
    gone = [one.version for one in read_record(folder).releases.values() if one.removed]
    return ReleasePrepared(
        before=settings_mark(folder), title=settings.title, form=_form(settings.release), profile=settings.profile,
        fixed=sorted(_fixed(folder, settings)), licences=_licences(), taken=sorted({*made, *gone}),
        next=_next(folder, {*made, *gone}),
    )  # fmt: skip


def prepare(folder: Folder, before: str, form: ReleaseForm) -> ReleasePrepared:
    """Write what `form` has otherwise than study.toml. Raises Refusal out_of_date where study.toml is not `before` any
    more, bad_release with the fields that are wrong and why; SettingsError, Busy, StorageError."""
    with folder.writing():
        if settings_mark(folder) != before:
            raise Refusal("out_of_date")
        settings = load_settings(folder)
        now, fixed = _form(settings.release), _fixed(folder, settings)
        wanted = {name: value for name, value in form.model_dump().items() if value != getattr(now, name)}
        if unchangeable := sorted(wanted.keys() & fixed):
            raise Refusal("bad_release", detail={"fields": {name: {"why": "fixed"} for name in unchangeable}})
        _check(settings.release, wanted)
        text = folder.settings.read_bytes().decode("utf-8-sig")  # its ends of lines as they are
        values = {("release", *_PLACES[name]): value for name, value in wanted.items()}
        made = amended(text, values, where=folder.settings.name)
        parse_settings(made, Settings, path=folder.settings)
        if made != text:
            write_atomic(folder.settings, made)
    return prepared(folder)


def _form(release: ReleaseSettings) -> ReleaseForm:
    return ReleaseForm.model_validate(
        {name: _at(release.model_dump(mode="json"), place) for name, place in _PLACES.items()}
    )


def _at(data: Any, place: tuple[str, ...]) -> Any:
    for name in place:
        data = data[name]
    return data


def _fixed(folder: Folder, settings: Settings) -> frozenset[str]:
    """The fields that the profile sets: what study.toml says of them does not count."""
    if not settings.profile:
        return frozenset()
    over = overlay_of(load_profile(folder, settings.profile), profile_path(folder, settings.profile)).data
    said = over.get("release", {})
    return frozenset(name for name, place in _PLACES.items() if _has(said, place))


def _has(data: Any, place: tuple[str, ...]) -> bool:
    for name in place:
        if not isinstance(data, Mapping) or name not in data:
            return False
        data = data[name]
    return True


def _check(release: ReleaseSettings, wanted: Mapping[str, Any]) -> None:
    data = release.model_dump(mode="json")
    for name, value in wanted.items():
        *above, last = _PLACES[name]
        _at(data, tuple(above))[last] = value
    try:
        ReleaseSettings.model_validate(data)
    except ValidationError as error:
        raise Refusal("bad_release", detail={"fields": dict(_wrong(error, wanted))}) from None


def _wrong(error: ValidationError, wanted: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """By field: a word for the page, and the settings' own sentence."""
    for item in error.errors(include_url=False, include_input=False):
        place = tuple(part for part in item["loc"] if isinstance(part, str))
        name = next((name for name, known in _PLACES.items() if known == place), "validation")
        said = {"why": "wrong", "said": item["msg"].removeprefix("Value error, ")[:500]}
        if name == "license" and (near := nearest(str(wanted.get("license", "")))):
            said["near"] = near
        yield name, said


@cache
def _licences() -> tuple[str, ...]:
    return tuple(resources.files("seedbed.release").joinpath("spdx.txt").read_text(encoding="ascii").split())


def _next(folder: Folder, taken: set[str]) -> str:
    """The version after the newest: its last number and one, as often as it takes to be free."""
    newest = max(
        (path for path in folder.releases.glob("[!.]*") if path.is_dir()), key=lambda path: path.stat().st_mtime,
        default=None,
    )  # fmt: skip
    name = newest.name if newest is not None else max(taken, default="0.9" if taken else "")
    if not name:
        return "1.0"
    match = _NUMBER.fullmatch(name)
    stem, number = (match[1], int(match[2])) if match else (f"{name[:60]}-", 1)
    while f"{stem}{number}" in taken or (match is None and number < 2):
        number += 1
    return f"{stem}{number}"
