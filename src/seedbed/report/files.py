"""The files that the page is made of, and the hash by which a policy names one; to be had without the rest of it."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

__all__ = ["hash_of", "script_hash", "template"]


def template(name: str) -> str:
    """A file of templates/ as it stands."""
    return resources.files("seedbed.report").joinpath("templates", name).read_text(encoding="utf-8")


def hash_of(text: str) -> str:
    """“sha256-…”, as a content security policy writes it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def script_hash() -> str:
    """The page's one script as a policy names it."""
    return hash_of(template("report.js"))
