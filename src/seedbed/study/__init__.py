"""The study folder: paths, settings, the store of what people did. Knows no domain noun."""

from __future__ import annotations

from seedbed.study.files import hold, storage_errors, write_atomic, write_json
from seedbed.study.folder import SERVE_LOCK, Folder
from seedbed.study.toml import Overlay, SettingsModel, parse_settings, render_settings, with_key

__all__ = [
    "SERVE_LOCK",
    "Folder",
    "Overlay",
    "SettingsModel",
    "hold",
    "parse_settings",
    "render_settings",
    "storage_errors",
    "with_key",
    "write_atomic",
    "write_json",
]
