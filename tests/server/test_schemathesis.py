"""Requests made from the schema, of its shape and not, at the real server: no 500, every answer as declared."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from seedbed.server.app import openapi_schema
from seedbed.server.guide import labelling
from seedbed.taxonomy import default_taxonomy
from seedbed.workshop.template import Template
from tests.curate.planted import plant, question
from tests.review.made import make_task
from tests.server.served import PASSWORD, Browser, Served, seated, serving

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

# The boundary values of every field are tried by the organiser, who gets furthest; the others try what is made up.
FEW = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
SCHEMA = openapi_schema()
every = schemathesis.openapi.from_dict(deepcopy(SCHEMA), config=FEW)
# these would take the session that the other requests need; test_api and test_sessions have them
TAKING = ["/api/logout", "/api/password", "/api/login"]
# these start a model, a parser or another process; the tests of helper, hints, jobs, bridge, curation and review have
# them
STARTING = r"/(ask|hints|jobs|resume|bridge|review|review/preview|import)$"
COMPARING = r"/(selection/compared|review/\{task\}/(agreement|export))$"
few = (
    schemathesis.openapi.from_dict(deepcopy(SCHEMA), config=FEW)
    .exclude(path=TAKING)
    .exclude(method="POST", path_regex=STARTING)
    .exclude(path_regex=COMPARING)
)
thorough = (
    schemathesis.openapi.from_dict(deepcopy(SCHEMA), config=FEW)
    .exclude(path=TAKING)
    .exclude(method="POST", path_regex=STARTING)
    .exclude(path_regex=COMPARING)
)

BOUNDARIES = schemathesis.openapi.from_dict(deepcopy(SCHEMA))

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
    with seated(server, olga, "board/A/questions") as board:
        label = board.made("label.add", of="topics", label="Public transport")
    folder = server.app.state.home.studies["one"].folder
    plant(folder, question("q1"))
    make_task(folder, "first", blind=False)
    return {
        "study": "one", "group": "A", "activity": "questions", "seq": "1", "section": "tasks", "task": "first",
        "code": links[0]["url"].rpartition("/")[2], "link": links[1]["id"], "label": label,
        "lesson": olga.post("/api/studies/one/lessons", {"text": "Shorter"}).json()["id"],
    }  # fmt: skip


SHOWN = labelling.shown(default_taxonomy()).model_dump(exclude={"version"})
BODIES: dict[str, Any] = {
    "/template": json.loads(Template.default().to_json()),
    "/{section}": {"value": Template.default().sections()["tasks"]},
    "/taxonomy": SHOWN,
}


def _try(case: Any, server: Served, cookie: str) -> int:
    headers = {"Origin": server.url} | ({"Cookie": cookie} if cookie else {})
    answer = case.call(base_url=server.url, headers=headers, timeout=20)
    if (
        answer.content != b"Invalid HTTP request received."
    ):  # an address too long for the HTTP server: it reaches no route
        case.validate_response(answer, checks=CHECKS)
    return int(answer.status_code)


def _ground(case: Any, known: dict[str, str]) -> None:
    """Name things that are there, so that a request gets past "there is no such thing"."""
    id = next((known[name] for name in ("link", "label", "lesson") if f"/{name}s/" in case.path), "a_aaaaaaaaaa")
    for name in case.path_parameters or {}:
        case.path_parameters[name] = known.get(name, id)
    for path, name, value in (
        ("/move", "group", "B"),
        ("/links", "group", "A"),
        ("/accounts", "password", PASSWORD),
        ("/join", "name", "Chi"),
    ):
        if path in case.path and isinstance(case.body, dict) and isinstance(case.body.get(name), str):
            case.body[name] = value
    if case.method == "PATCH" and case.path.endswith("/review/{task}") and isinstance(case.body, dict):
        case.body = {"title": "Another"}  # a task that is closed answers nobody
    if case.method == "PUT" and isinstance(case.body, dict):
        for end, body in BODIES.items():
            if case.path.endswith(end):
                case.body = body


@every.parametrize()
@settings(quick, max_examples=5)
def test_asked_by_nobody(case: Any, server: Served) -> None:
    _try(case, server, "")


# Nobody can make up a setup token, or the id of an account, a session, a run, a job or a file that there may be; and a
# new study has neither an assessment nor a record. A lesson that is decided or removed takes nothing more.
UNHEARD = re.compile(
    r"POST /api/setup|DELETE /api/(accounts|sessions)/\{id\}|\w+ /api/studies/\{study\}/"
    r"(assessment|record|lineage/step|(runs|jobs|report|releases|withdrawals)/.*|curation/(seeds/.*|undo|bulk|checklist/.*))"
    r"|\w+ /api/studies/\{study\}/lessons/\{id\}.*"
    r"|\w+ /api/studies/\{study\}/themes/(preview|\{source\})|POST /api/studies/\{study\}/themes"
    r"|POST /api/studies/\{study\}/(curation/decisions|rate/.*)|DELETE /api/studies/\{study\}/review/\{task\}"
    # a personal link, an offer and a row of one's own are not guessed either
    r"|POST /api/mine|\w+ /api/studies/\{study\}/(mine/(consent|rows|offers.*|links/\{id\})|offers/\{id\}/decide"
    r"|people/\{id\}/links/\{link\})"
)
OF_PARTICIPANTS = re.compile(r".*/(me/\w+|device/\{code\}|mine(/(grown|erasure|links))?)")


class Answered:
    """How the requests to one operation were answered."""

    def __init__(self) -> None:
        self.coin = random.Random(4)
        self.operation = ""
        self.well = False
        self.asked = False
        self.heard: list[str] = []

    def note(self, case: Any, status: int) -> None:
        self.operation = case.operation.label
        self.heard.append(f"{case.method} {case.path} {status}")
        # what is not of the schema may have another method
        asked = self.operation == f"{case.method} {case.path}"
        self.asked |= asked
        self.well |= status < 300 and asked


@pytest.fixture
def answered(request: pytest.FixtureRequest) -> Iterator[Answered]:
    """Of one operation, whichever process has it: who may use it was answered well at least once."""
    found = Answered()
    yield found
    by_participant = request.node.originalname.endswith("participant")
    if by_participant == bool(OF_PARTICIPANTS.fullmatch(found.operation)) and not UNHEARD.fullmatch(found.operation):
        # of an operation that takes nothing there are runs in which other methods are all that is tried
        assert found.well or not found.asked, (found.operation, found.heard)


@few.parametrize()
@quick
def test_asked_by_a_participant(
    case: Any, server: Served, ana: Browser, known: dict[str, str], answered: Answered
) -> None:
    _ground(case, known)
    if "/device/" in case.path:
        bo = server.app.state.home.studies["one"].people.all()[-1]
        case.path_parameters["code"], _ = server.app.state.home.studies["one"].devices.make(bo.id)
    # whoever comes in by a link becomes that person, and is Ana no more
    cookie = "" if "/device/" in case.path or "/join/" in case.path else ana.cookie()
    answered.note(case, _try(case, server, cookie))


@pytest.fixture
def boundaries(request: pytest.FixtureRequest) -> int:
    """Give the test the boundary values of every field, and say how many.

    Schemathesis makes them for all operations where it collects, which takes each process of pytest 5 s of CPU; made
    here, they are made once, in the process that tries them.
    """
    test: Any = request.node
    method, path = test.operation_label.split(" ", 1)
    test.obj = build_operation_test(
        config=BOUNDARIES.config,
        operation=BOUNDARIES[path][method],
        test_func=test.test_function,
        given_kwargs={},
        feedback=FeedbackSources(),
    )
    return len(getattr(test.obj, "hypothesis_explicit_examples", ()))


@thorough.parametrize()
@quick
def test_asked_by_the_organiser(
    case: Any, server: Served, olga: Browser, known: dict[str, str], boundaries: int, answered: Answered
) -> None:
    assert boundaries > 0
    # which cases come first is by chance: until one was answered well, all ask for what is there
    if not answered.well or answered.coin.random() < 0.7:
        _ground(case, known)
        if "/people/{id}" in case.path:
            case.path_parameters["id"] = server.joined("one", "Bo", by=olga).get("/api/me").json()["id"]
        if case.method == "PUT" and case.path.endswith("/releasing") and isinstance(case.body, dict):
            while (shown := olga.get("/api/studies/one/releasing")).status_code == 429:
                time.sleep(0.3)
            case.body = {"before": shown.json()["before"], "form": shown.json()["form"]}
    # whoever joins becomes that person, and is the organiser no more
    cookie = "" if "/join" in case.path else olga.cookie()
    while (status := _try(case, server, cookie)) == 429 and not answered.well:
        time.sleep(0.3)  # all that read the files of a study share one allowance: five a second
    answered.note(case, status)
