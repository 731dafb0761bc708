"""A study with seeds, curated without the parser, and a model endpoint of this machine that its study.toml names."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seedbed.testing import MockEndpoint
from tests.server.served import Browser
from tests.studies import configure, copy_of

API = "/api/studies/pilot"
OVER = ("done", "failed", "stopped", "paused")


def make_study(curated: Path, root: Path, mock: MockEndpoint | None = None) -> Path:
    """The study "pilot" in `root`, whose writer is `mock`."""
    path = copy_of(curated, root / "pilot")
    if mock is not None:
        settings = mock.settings()
        url = settings.url if isinstance(settings.url, str) else settings.url[0]
        file = path / "study.toml"
        file.write_text(f'{file.read_text()}\n[endpoints.mock]\nurl = "{url}"\nmodel = "{settings.model}"\n')
        configure(path, "writer", '"mock"', section="generate")
    return path


def start(browser: Browser, act: str, **options: Any) -> str:
    """The id of a job that was started."""
    answer = browser.post(f"{API}/jobs", {"act": act, "options": options})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def job(browser: Browser, id: str) -> dict[str, Any]:
    answer = browser.get(f"{API}/jobs/{id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def until(browser: Browser, id: str, wanted: Callable[[dict[str, Any]], bool], *, within: float = 60) -> dict[str, Any]:
    """The job once it is as wanted."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = job(browser, id)
        if wanted(found):
            return found
        time.sleep(0.1)
    raise AssertionError(job(browser, id))


def over(browser: Browser, id: str, *, within: float = 60) -> dict[str, Any]:
    """The job once it has ended."""
    return until(browser, id, lambda found: found["state"] in OVER, within=within)


def has_made(rows: int) -> Callable[[dict[str, Any]], bool]:
    return lambda found: bool(found["progress"]) and found["progress"]["done"] >= rows
