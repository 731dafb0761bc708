"""Requests made from the schema, of its shape and not, at the real server: no 500, every answer as declared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from seedbed.server.app import openapi_schema
from tests.server.served import Browser, Served, serving

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

schema = schemathesis.openapi.from_dict(openapi_schema())
# these would take the session that the other requests need; test_api and test_sessions have them
kept = schema.exclude(path="/api/logout").exclude(path="/api/password").exclude(path="/api/login")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("served")
    wide = {"session_rate": (1e6, 1e6), "address_rate": (1e6, 1e6)}
    with serving(folder, "one", "two", **wide) as served:
        yield served


@pytest.fixture(scope="module")
def olga(server: Served) -> Browser:
    return server.organiser()


@pytest.fixture(scope="module")
def ana(server: Served, olga: Browser) -> Browser:
    return server.joined("one", "Ana", by=olga)


@pytest.fixture(scope="module")
def known(server: Served, olga: Browser) -> dict[str, str]:
    """What a path may name that is there."""
    link = olga.post("/api/studies/one/links", {"group": "A", "role": "participant"}).json()
    return {
        "study": "one", "group": "A", "activity": "questions", "seq": "1", "code": link["url"].rpartition("/")[2],
        "link": link["id"],
    }  # fmt: skip


def _try(case: Any, server: Served, cookie: str) -> None:
    headers = {"Origin": server.url} | ({"Cookie": cookie} if cookie else {})
    answer = case.call(base_url=server.url, headers=headers, timeout=20)
    assert answer.status_code != 429 or case.path == "/api/login"
    case.validate_response(answer, checks=CHECKS)


quick = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@schema.parametrize()
@quick
def test_asked_by_nobody(case: Any, server: Served) -> None:
    _try(case, server, "")


@kept.parametrize()
@quick
def test_asked_by_a_participant(case: Any, server: Served, ana: Browser, known: dict[str, str]) -> None:
    _ground(case, known)
    _try(case, server, ana.cookie())


@kept.parametrize()
@quick
def test_asked_by_the_organiser(case: Any, server: Served, olga: Browser, known: dict[str, str]) -> None:
    _try(case, server, olga.cookie())


@kept.parametrize()
@quick
def test_asked_by_the_organiser_of_what_is_there(
    case: Any, server: Served, olga: Browser, known: dict[str, str]
) -> None:
    _ground(case, known)
    if "/people/{id}" in case.path:
        case.path_parameters["id"] = server.joined("one", "Bo", by=olga).get("/api/me").json()["id"]
    _try(case, server, olga.cookie())


def _ground(case: Any, known: dict[str, str]) -> None:
    """Name things that are there, so that requests get past "there is no such thing"."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = known.get(name, known["link"] if "/links/" in case.path else "a_aaaaaaaaaa")
