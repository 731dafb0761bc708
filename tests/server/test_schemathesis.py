"""Requests made from the schema, of its shape and not, at the real server: no 500, every answer as declared."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from seedbed.server.app import openapi_schema
from tests.server.served import PASSWORD, Browser, Served, serving

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

# The boundary values of every field are tried by the organiser, who gets furthest; the others try what is made up.
FEW = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
every = schemathesis.openapi.from_dict(openapi_schema(), config=FEW)
# these would take the session that the other requests need; test_api and test_sessions have them
TAKING = ["/api/logout", "/api/password", "/api/login"]
few = schemathesis.openapi.from_dict(openapi_schema(), config=FEW).exclude(path=TAKING)
thorough = schemathesis.openapi.from_dict(openapi_schema()).exclude(path=TAKING)

quick = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # schemathesis gives boundary values as explicit examples
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    wide = {"session_rate": (1e6, 1e6), "address_rate": (1e6, 1e6), "past_rate": (1e6, 1e6)}
    with serving(tmp_path_factory.mktemp("served"), "one", "two", **wide) as served:
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
    links = [olga.post("/api/studies/one/links", {"group": "A", "role": "participant"}).json() for _ in range(2)]
    return {
        "study": "one", "group": "A", "activity": "questions", "seq": "1",
        "code": links[0]["url"].rpartition("/")[2], "link": links[1]["id"],
    }  # fmt: skip


def _try(case: Any, server: Served, cookie: str) -> int:
    headers = {"Origin": server.url} | ({"Cookie": cookie} if cookie else {})
    answer = case.call(base_url=server.url, headers=headers, timeout=20)
    case.validate_response(answer, checks=CHECKS)
    return int(answer.status_code)


def _ground(case: Any, known: dict[str, str]) -> None:
    """Name things that are there, so that a request gets past "there is no such thing"."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = known.get(name, known["link"] if "/links/" in case.path else "a_aaaaaaaaaa")
    for path, name, value in (("/move", "group", "B"), ("/accounts", "password", PASSWORD), ("/join", "name", "Chi")):
        if path in case.path and isinstance(case.body, dict) and isinstance(case.body.get(name), str):
            case.body[name] = value


@every.parametrize()
@quick
def test_asked_by_nobody(case: Any, server: Served) -> None:
    _try(case, server, "")


@few.parametrize()
@quick
def test_asked_by_a_participant(case: Any, server: Served, ana: Browser, known: dict[str, str]) -> None:
    _ground(case, known)
    _try(case, server, ana.cookie())


@pytest.fixture(scope="module")
def answered() -> Any:
    """How often each operation was answered well, and that each was."""
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    yield counts
    declared = {f"{method.upper()} {path}" for path, item in openapi_schema()["paths"].items() for method in item}
    well = {operation for operation, count in counts.items() if count[True]}
    # nobody can make up a setup token, or the id of an account or a session that may go
    assert declared - well == {
        "POST /api/setup", "DELETE /api/accounts/{id}", "DELETE /api/sessions/{id}",
        *(f"POST {path}" for path in TAKING),
    }  # fmt: skip


coin = random.Random(4)


@thorough.parametrize()
@quick
def test_asked_by_the_organiser(
    case: Any, server: Served, olga: Browser, known: dict[str, str], answered: dict[str, Counter[bool]]
) -> None:
    if coin.random() < 0.7:
        _ground(case, known)
        if "/people/{id}" in case.path:
            case.path_parameters["id"] = server.joined("one", "Bo", by=olga).get("/api/me").json()["id"]
    # whoever joins becomes that person, and is the organiser no more
    cookie = "" if "/join" in case.path else olga.cookie()
    answered[f"{case.method} {case.path}"][_try(case, server, cookie) < 300] += 1
