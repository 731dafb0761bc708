"""Mitigator profiles: one use case of a study. Which value, which harms, what is in scope, and the pipeline's settings.

A profile is a file that people write: profiles/ID.toml in the study folder. `profile = "ID"` in study.toml names the
one that counts. What it says of the pipeline goes over the settings of study.toml; what it says of the value is what
the relevance of a seed is measured against. Older versions stand beside it as profiles/ID@N.toml.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from seedbed.errors import InputError, SettingsError
from seedbed.study import Folder, SettingsModel, parse_settings, render_settings
from seedbed.taxonomy.labels import Taxonomy
from seedbed.taxonomy.profile_parts import ChecklistItem, Id, ProfileEntity, ProfileExample, ProfileWord, Scope, Words

__all__ = [
    "ChecklistItem",
    "Profile",
    "ProfileEntity",
    "ProfileExample",
    "ProfileWord",
    "Scope",
    "current_profile",
    "current_profile_id",
    "load_profile",
    "profile_path",
    "read_profile",
    "render_profile",
    "shipped_profile",
    "shipped_profile_ids",
    "shipped_profile_path",
    "told_by",
]

_HEADING = """\
The profile of a mitigator: one value, and the pipeline that serves it. Change it by hand as you like;
seedbed profile DIR check FILE says whether it can be read."""

_SHIPPED = Path(__file__).parent / "shipped"


class Profile(SettingsModel):
    """One version of one profile. Raises SettingsError by way of `read_profile` when something in it is wrong."""

    id: Id | Literal[""] = Field(default="", description="The name of this file, without .toml.")
    version: int = Field(
        default=1, ge=1, description="Counted up when the profile is changed by the program; ID@N.toml keeps version N."
    )
    title: str = Field(default="", description="The use case in a few words.")
    values: tuple[Words, ...] = Field(
        min_length=1, description="The value dimensions it serves, by their ids in the taxonomy."
    )
    definition: str = Field(default="", description="What the value means here.")
    harms: tuple[Words, ...] = Field(default=(), description="The harms that the mitigator is to take out.")
    regions: tuple[Words, ...] = Field(
        default=(), description="Where the mitigator will be used; entity slots are expanded for these."
    )
    scope: Scope = Field(default=Scope(), description="What it looks after, and what it leaves alone.")
    examples: tuple[ProfileExample, ...] = Field(default=(), description="Worked examples.")
    entities: tuple[ProfileEntity, ...] = Field(
        default=(), description="Slots in questions whose words depend on the region."
    )
    checklist: tuple[ChecklistItem, ...] = Field(default=(), description="What people tick for this use case.")
    pipeline: dict[Literal["curate", "generate", "assess", "report", "release"], dict[str, Any]] = Field(
        default_factory=dict,
        description="Settings for this use case, as in study.toml, over which they go: [pipeline.curate] and so on.",
    )

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        _once("checklist", [item.id for item in self.checklist])
        _once("values", list(self.values))
        _once("regions", list(self.regions))
        _once("entities", [item.kind for item in self.entities])
        for kind in self.entities:
            _once(f"entities: {kind.kind}", [word.value for word in kind.values])
            for word in kind.values:
                if both := set(word.regions) & set(word.forbidden):
                    raise ValueError(f"{kind.kind}: {word.value!r} is both allowed and forbidden in {min(both)!r}")
                if unknown := {*word.regions, *word.forbidden} - {*self.regions}:
                    raise ValueError(f"{kind.kind}: {word.value!r} names {min(unknown)!r}, which is no region")
        return self

    @property
    def mark(self) -> str:
        """Which profile in which version, for people: "fairness@2"."""
        return f"{self.id}@{self.version}"

    @property
    def digest(self) -> str:
        """12 hex digits of SHA-256 over the content: tells a file edited by hand from the version it is named after."""
        content = json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def about(self) -> dict[str, Any]:
        """What a run notes of the profile that it was made under."""
        return {"id": self.id, "version": self.version, "digest": self.digest}

    def relevance_texts(self) -> tuple[str, ...]:
        """What a seed is held against to tell whether it belongs here: definition, harms, scope, examples' prompts."""
        given = (self.definition, *self.harms, *self.scope.within, *(example.prompt for example in self.examples))
        return tuple(dict.fromkeys(text for text in given if text.strip()))

    def allowed(self, kind: str, region: str) -> tuple[str, ...]:
        """The words that may stand for `kind` in `region`; none for a kind or a region that the profile has not."""
        if region not in self.regions:
            return ()
        words = (word for item in self.entities if item.kind == kind for word in item.values)
        return tuple(word.value for word in words if word.allowed_in(region))

    def overlay(self) -> dict[str, Any]:
        """The settings that go over study.toml: the pipeline's, and the profile's values where it does not say them."""
        made: dict[str, Any] = json.loads(json.dumps(self.pipeline, default=lambda date: {"date": str(date)}))
        made.setdefault("curate", {}).setdefault("values", list(self.values))
        triples = made.setdefault("generate", {}).setdefault("triples", {})
        if isinstance(triples, dict):
            triples.setdefault("values", list(self.values))
        return made


def told_by(profile: Profile | None, taxonomy: Taxonomy) -> Taxonomy:
    """The taxonomy with the value told as the profile tells it: definition, harms and scope, where it gives them.

    Prompts are made from this, so that the profile's harms are those that a model is asked for. A profile of several
    values does not say which of them it defines: then the taxonomy stands as it is.
    """
    if profile is None or len(profile.values) != 1:
        return taxonomy
    outside = ("Out of scope:", *profile.scope.outside) if profile.scope.outside else ()
    told = {
        "definition": profile.definition,
        "harms": profile.harms,
        "scope": " ".join((*profile.scope.within, *outside)) if profile.scope.within else "",
    }
    given = {name: words for name, words in told.items() if words}
    values = tuple(
        value.model_copy(update=given) if value.id == profile.values[0] else value for value in taxonomy.values
    )
    return taxonomy.model_copy(update={"values": values})


def _once(what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{what}: {name!r} is there twice")


# --- the files ---------------------------------------------------------------------------------------------------


def profile_path(folder: Folder, id: str, version: int | None = None) -> Path:
    """Where a profile stands; with `version`, where that older version is kept. Raises UsageError for a bad name."""
    name = Folder.name(id, "profile")
    return folder.root / "profiles" / (f"{name}.toml" if version is None else f"{name}@{version}.toml")


def current_profile(folder: Folder) -> Profile | None:
    """The profile that study.toml names; None when it names none. Raises SettingsError when it cannot be read."""
    id = current_profile_id(folder)
    return load_profile(folder, id) if id else None


def current_profile_id(folder: Folder) -> str:
    """The key `profile` of study.toml; "" when unset. Only this key is looked at."""
    path = folder.settings
    try:
        named = tomllib.loads(path.read_bytes().decode("utf-8-sig")).get("profile", "")
    except FileNotFoundError:
        return ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(
            f"{path} is not valid TOML: {error}", hint="Mend that line, then run the command again."
        ) from None
    except OSError as error:
        raise SettingsError(f"Cannot read {path}: {error.strerror}", hint="Check its owner and rights.") from None
    if not isinstance(named, str):
        raise SettingsError(f"{path}: 'profile' should be the id of a profile", hint='As in: profile = "fairness"')
    return named


def load_profile(folder: Folder, id: str, version: int | None = None) -> Profile:
    """The profile `id` of the study; with `version`, that older one.

    Raises SettingsError for a file that is not there or is wrong.
    """
    path = profile_path(folder, id, version)
    if version is not None and not path.is_file():
        newest = read_profile(profile_path(folder, id))
        if newest.version == version:
            return newest
    return read_profile(path)


def read_profile(path: Path) -> Profile:
    """Read one profile from its file, which gives it its id. Raises SettingsError that names key and line.

    The pipeline's settings are checked where they go over those of study.toml: by `seedbed.settings`.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(
            f"There is no profile at {path}",
            hint="seedbed profile DIR list says which there are; seedbed profile DIR new ID makes one.",
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8", hint="Save it as UTF-8, then run the command again.") from None
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}", hint="Check its owner and rights.") from None
    try:
        found = parse_settings(text, Profile, path=path)
    except RecursionError:
        raise SettingsError(f"{path} holds a list in a list in a list, too deep to be read", hint="Mend it.") from None
    id = path.stem.partition("@")[0]
    if found.id not in ("", id):
        raise SettingsError(
            f"{path}: its id is {found.id!r}, and its name says {id!r}", hint="Make the two the same, or take id out."
        )
    return found.model_copy(update={"id": id})


def render_profile(profile: Profile) -> str:
    """The profile as TOML, with a comment on every key."""
    return render_settings(profile, heading=_HEADING)


def shipped_profile_ids() -> list[str]:
    """The profiles that come with Seedbed."""
    return sorted(path.stem for path in _SHIPPED.glob("*.toml"))


def shipped_profile_path(id: str) -> Path:
    """Where one of the profiles that come with Seedbed stands. Raises InputError when it has none of that name."""
    if id not in shipped_profile_ids():
        raise InputError(f"Seedbed brings no profile {id!r}", hint=f"It brings: {', '.join(shipped_profile_ids())}")
    return _SHIPPED / f"{id}.toml"


def shipped_profile(id: str) -> Profile:
    """One of the profiles that come with Seedbed. Raises InputError when it has none of that name."""
    return read_profile(shipped_profile_path(id))
