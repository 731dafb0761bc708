"""A study with rows to rate behind a server, tasks in it, and raters who came by a link of their own."""

from __future__ import annotations

import secrets
from typing import Any

import httpx

from tests.server.served import Browser

API = "/api/studies/pilot"


def came(browser: Browser, olga: Browser, name: str) -> Browser:
    """`browser` as a rater of that name."""
    made = olga.post(f"{API}/links", {"group": "", "role": "rater"})
    assert made.status_code == 201, made.text
    answer = browser.post(f"/api/join/{made.json()['url'].rpartition('/')[2]}", {"name": name})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"study": "pilot", "group": "", "boards": []}
    return browser


def task_of(browser: Browser, task: str = "first", **params: Any) -> Any:
    answer = browser.get(f"{API}/rate/{task}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def say(browser: Browser, item: Any, task: str = "first", **more: Any) -> httpx.Response:
    """A rating of an item as `task_of` shows it."""
    values = more.pop("values", {"relevance": 3, "sensibility": 4})
    body = {"item": item["item"], "again": item["again"], "values": values, "key": secrets.token_hex(8), **more}
    return browser.post(f"{API}/rate/{task}/ratings", body)


def rated(browser: Browser, item: Any, task: str = "first", **more: Any) -> Any:
    answer = say(browser, item, task, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def code(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["code"])
