"""study.toml as a whole: each room's section, composed, and what the current profile puts over it."""

from __future__ import annotations

import codecs
from pathlib import Path

from pydantic import Field

from seedbed.assess.settings import AssessSettings
from seedbed.curate.settings import CurateSettings
from seedbed.errors import InputError, SettingsError
from seedbed.generate.settings import GenerateSettings
from seedbed.llm.settings import EndpointSettings
from seedbed.propagate.settings import PropagateSettings
from seedbed.release.settings import ReleaseSettings
from seedbed.report.settings import ReportSettings
from seedbed.study import Folder, Overlay, SettingsModel, parse_settings, render_settings, write_atomic
from seedbed.taxonomy.profiles import Profile, load_profile, profile_path, read_profile
from seedbed.withdraw.settings import RetentionSettings, WithdrawalSettings
from seedbed.workshop.settings import WorkshopSettings

__all__ = ["Settings", "check_profile", "load_settings", "overlay_of", "write_settings"]

_HEADING = """\
Settings of this study. Every key may be left out; its default is what is written here.
Keys of endpoints never stand in this file: name the environment variable that holds one."""


class Settings(SettingsModel):
    """Everything that a study can be told."""

    title: str = Field(default="", description="The study in a few words.")
    language: str = Field(default="en", description="The language the seeds are written in (BCP 47).")
    profile: str = Field(
        default="",
        description="Whose pipeline counts: ID, for the profile in profiles/ID.toml. What it says of settings goes\n"
        "over this file. Empty: none does.",
    )
    endpoints: dict[str, EndpointSettings] = Field(
        default_factory=dict,
        description="Model endpoints by name, each as a section [endpoints.NAME] with url, model and key_env.",
    )
    database: str = Field(
        default="",
        description="Where people's acts and texts are kept: empty for people.db in this folder, or the SQLAlchemy URL "
        "of a PostgreSQL database, without its password (that comes from PGPASSWORD or ~/.pgpass).",
    )
    workshop: WorkshopSettings = Field(default=WorkshopSettings(), description="The live workshop.")
    curate: CurateSettings = Field(default=CurateSettings(), description="From contributions to seeds.")
    generate: GenerateSettings = Field(default=GenerateSettings(), description="From seeds to synthetic rows.")
    assess: AssessSettings = Field(default=AssessSettings(), description="What is measured.")
    propagate: PropagateSettings = Field(default=PropagateSettings(), description="What the seeds did.")
    report: ReportSettings = Field(default=ReportSettings(), description="What is shown.")
    release: ReleaseSettings = Field(default=ReleaseSettings(), description="What leaves the study.")
    withdrawal: WithdrawalSettings = Field(
        default=WithdrawalSettings(), description="What becomes of rows and releases when people take their words back."
    )
    retention: RetentionSettings = Field(
        default=RetentionSettings(), description="How long things are kept after the workshop's end; left out: always."
    )

    def endpoint(self, name: str) -> EndpointSettings:
        """The endpoint of that name. Raises SettingsError when study.toml has none."""
        if name not in self.endpoints:
            known = ", ".join(self.endpoints) or "none"
            raise SettingsError(
                f"study.toml names no endpoint {name!r} (it has: {known})",
                hint=f"Add a section [endpoints.{name}] with url and model, or use --endpoint URL --model NAME.",
            )
        return self.endpoints[name]


def load_settings(folder: Folder) -> Settings:
    """study.toml, and over it the pipeline of the profile that it names: tables key by key, lists whole.

    Raises NotAStudy when there is none, and SettingsError when the one file or the other is wrong.
    """
    folder.check()
    try:
        content = folder.settings.read_bytes()
    except OSError as error:
        raise InputError(
            f"Cannot read {folder.settings}: {error.strerror}", hint="Check its owner and rights."
        ) from None
    try:
        # some editors put a byte order mark in front; TOML has no place for one
        text = content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            f"{folder.settings} is not UTF-8 (line {line})", hint="Save it as UTF-8, then run the command again."
        ) from None
    settings = parse_settings(text, Settings, path=folder.settings)
    if not settings.profile:
        return settings
    over = overlay_of(load_profile(folder, settings.profile), profile_path(folder, settings.profile))
    return parse_settings(text, Settings, path=folder.settings, over=over)


def overlay_of(profile: Profile, path: Path) -> Overlay:
    """What `profile`, which stands at `path`, puts over study.toml."""
    return Overlay(profile.overlay(), path.read_text(encoding="utf-8-sig"), path, ("pipeline",))


def check_profile(folder: Folder, path: Path) -> Profile:
    """The profile at `path`, if it could be the study's: it reads, and study.toml's settings take what it says.

    Raises SettingsError that names the file, key and line, and InputError for a value that the taxonomy has not.
    """
    from seedbed.seeds import current_taxonomy

    folder.check()
    profile = read_profile(path)
    text = folder.settings.read_text(encoding="utf-8-sig")
    parse_settings(text, Settings, path=folder.settings, over=overlay_of(profile, path))
    taxonomy = current_taxonomy(folder)
    for value in profile.values:
        taxonomy.value(value)
    return profile


def write_settings(folder: Folder, settings: Settings) -> None:
    """Write study.toml with a comment on every key."""
    write_atomic(folder.settings, render_settings(settings, heading=_HEADING))
