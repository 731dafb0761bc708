"""Making and changing profiles by the program: a new version each time, the one before kept beside it as it was."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from pydantic import Field

from seedbed.errors import InputError, UsageError
from seedbed.study import Folder, SettingsModel, parse_settings, with_key, write_atomic
from seedbed.taxonomy.labels import Value
from seedbed.taxonomy.profiles import (
    ChecklistItem,
    Profile,
    ProfileExample,
    Scope,
    current_profile_id,
    load_profile,
    profile_path,
    read_profile,
    render_profile,
    shipped_profile_ids,
    shipped_profile_path,
)

__all__ = [
    "NONE",
    "find_profile_path",
    "profile_ids",
    "profile_of_value",
    "profile_versions",
    "use_profile",
    "write_profile",
]

NONE = "none"
"""What is said where no profile is to count; so it names none."""

_KEPT = re.compile(r"(.+)@(\d+)")
_NUMBER = re.compile(r"[0-9]{1,18}")  # int() refuses thousands of digits
_OUTSIDE = re.compile(r"\s*Out of scope:\s*", re.IGNORECASE)


def profile_ids(folder: Folder) -> list[str]:
    """The profiles of the study, older versions left out, and files whose names no profile can have."""
    found = (folder.root / "profiles").glob("*.toml")
    return sorted(path.stem for path in found if _can_be(path.stem))


def _can_be(name: str) -> bool:
    try:
        return bool(Folder.name(name, "profile"))  # an older version has an @ in its name
    except UsageError:
        return False


def profile_versions(folder: Folder, id: str) -> list[int]:
    """The versions of a profile that can be read, ascending; its own is the last. [] where there is none."""
    if not profile_path(folder, id).is_file():
        return []
    return sorted({*_kept(folder, id), load_profile(folder, id).version})


def write_profile(folder: Folder, profile: Profile) -> Profile:
    """Write `profile` as the study's next version of it, and return that.

    The file that stood there is kept, byte for byte, as ID@N.toml. The same content is no new version. Raises
    UsageError for a name that cannot be, Busy while another process writes.
    """
    folder.check()
    path = profile_path(folder, profile.id)
    if profile.id == NONE:
        raise UsageError(f"A profile cannot be called {NONE!r}", hint="That word means: no profile.")
    with folder.writing():
        if not path.is_file():
            made = profile.model_copy(update={"version": max(_kept(folder, profile.id), default=0) + 1})
        else:
            newest = load_profile(folder, profile.id)
            if profile.model_copy(update={"version": newest.version}) == newest:
                return newest
            number = _keep(folder, path, newest)
            made = profile.model_copy(update={"version": number + 1})
        write_atomic(path, render_profile(made))
    return made


def use_profile(folder: Folder, id: str) -> None:
    """Name the profile that counts in study.toml; "" for none. One that comes with Seedbed is copied first.

    Raises InputError when there is no such profile, SettingsError when its file or study.toml is wrong, Busy while
    another process writes.
    """
    folder.check()
    with folder.writing():
        if id:
            path = profile_path(folder, id)
            source = find_profile_path(folder, id)
            read_profile(source)
            if source != path:
                write_atomic(path, source.read_bytes())
        current_profile_id(folder)  # says what cannot be read
        text = folder.settings.read_text(encoding="utf-8-sig")
        hint = f'Put it on a line of its own: profile = "{id}"'
        write_atomic(folder.settings, with_key(text, "profile", id, where=str(folder.settings), hint=hint))


def find_profile_path(folder: Folder, named: str) -> Path:
    """The file that somebody means: ID of the study, ID@N for a version, one that Seedbed brings, or a path.

    Raises InputError when there is none.
    """
    if named.endswith(".toml") or "/" in named:
        return Path(named)
    id, _, version = named.partition("@")
    newest = profile_path(folder, id)
    if _NUMBER.fullmatch(version) and newest.is_file():
        own = read_profile(newest).version == int(version)
        return newest if own else profile_path(folder, id, int(version))
    if not version and newest.is_file():
        return newest
    if named in shipped_profile_ids():
        return shipped_profile_path(named)
    known = sorted({*profile_ids(folder), *shipped_profile_ids()})
    raise InputError(f"There is no profile {named!r}", hint=f"There are: {', '.join(known)}")


def profile_of_value(value: Value, id: str = "") -> Profile:
    """A profile to begin with, from what the taxonomy says of a value and the criteria that hold for any."""
    within, *outside = _OUTSIDE.split(value.scope, maxsplit=1)
    return Profile(
        id=id or value.id,
        title=value.label,
        values=(value.id,),
        definition=value.definition,
        harms=value.harms,
        scope=Scope(
            within=(within,) if within.strip() else (), outside=tuple(text for text in outside if text.strip())
        ),
        examples=tuple(
            ProfileExample(
                prompt=item.question, misaligned=item.misaligned, critique=item.critique, aligned=item.aligned
            )
            for item in value.examples
        ),
        checklist=_common_checklist(),
    )


class _Checklist(SettingsModel):
    checklist: tuple[ChecklistItem, ...] = Field(default=(), description="What holds for any mitigator's data.")


def _common_checklist() -> tuple[ChecklistItem, ...]:
    source = resources.files("seedbed.taxonomy").joinpath("checklist.toml")
    return parse_settings(source.read_text(encoding="utf-8"), _Checklist, path=Path("checklist.toml")).checklist


def _kept(folder: Folder, id: str) -> list[int]:
    found = (_KEPT.fullmatch(path.stem) for path in (folder.root / "profiles").glob(f"{id}@*.toml"))
    return [int(match[2]) for match in found if match and match[1] == id]


def _keep(folder: Folder, path: Path, newest: Profile) -> int:
    """Keep the file under its version, and return that; under the next free one if another has its number."""
    content = path.read_bytes()
    kept = profile_path(folder, newest.id, newest.version)
    if kept.is_file() and kept.read_bytes() != content:
        # edited by hand since, with the number left as it was
        number = max(*_kept(folder, newest.id), newest.version) + 1
        text = render_profile(newest.model_copy(update={"version": number}))
        write_atomic(profile_path(folder, newest.id, number), text)
        return number
    write_atomic(kept, content)
    return newest.version
