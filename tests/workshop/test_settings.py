"""The [workshop] section."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.errors import SettingsError
from seedbed.study import parse_settings, render_settings
from seedbed.workshop import WorkshopSettings


def read(text: str) -> WorkshopSettings:
    return parse_settings(text, WorkshopSettings, path=Path("study.toml"))


def test_the_defaults_are_written_with_a_comment_on_every_key_and_read_back() -> None:
    text = render_settings(WorkshopSettings(), heading="Settings")
    assert read(text) == WorkshopSettings()
    assert all(field.description for field in WorkshopSettings.model_fields.values())
    assert WorkshopSettings().groups == ("A", "B")


@pytest.mark.parametrize(
    "text",
    ['groups = []', 'groups = ["A", "a"]', 'groups = ["A/B"]', 'groups = ["-"]', 'activities = ["songs"]',
     'activities = ["questions", "questions"]', 'language = "xx"', "[limits]\ncell = 1", "colour = 3"],
)  # fmt: skip
def test_what_cannot_be(text: str) -> None:
    with pytest.raises(SettingsError):
        read(text)
