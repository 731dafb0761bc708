"""Endpoints that misbehave: one bad reply costs nothing, a bad row ends as failed, a bad endpoint ends the session."""

from __future__ import annotations

import socket
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows
from seedbed.errors import EndpointRefused
from seedbed.testing import Fault, FaultPlan, MockEndpoint
from tests.cli.command import Result, call, refused, replies
from tests.studies import configure, copy_of, told

KEY = "sk-live-0123456789abcdefXYZ"
TARGET = 32
ASKS = TARGET // 4


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Path:
    copied = copy_of(curated, tmp_path / "study")
    configure(copied, "attempts", "2", section="generate")
    configure(copied, "outage_s", "1.0", section="generate")
    return copied


@pytest.fixture(scope="module")
def undisturbed(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    whole = copy_of(curated, tmp_path_factory.mktemp("whole") / "study")
    with MockEndpoint() as mock:
        Study.open(whole).generate(endpoint=mock.settings(), candidates=TARGET)
    return told(whole)


def generate(study: Path, mock: MockEndpoint | str, *options: object) -> Result:
    url = mock if isinstance(mock, str) else mock.url
    return call("generate", study, "--endpoint", url, "--model", "mock", "--candidates", TARGET, *options)


def all_bytes(study: Path, result: Result) -> bytes:
    files = [path.read_bytes() for path in study.rglob("*") if path.is_file()]
    return b"".join([*files, result.out.encode(), result.err.encode()])


class Poison(FaultPlan):
    """The first body that arrives fails whenever it arrives; no other does."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.fault, self.name = fault, ""

    def next(self, arrival: int, name: str) -> Fault | None:
        self.name = self.name or name
        return self.fault if name == self.name else None


@pytest.mark.parametrize("fault", ["500", "html", "truncated", "empty", "cut", "429:0.2"])
def test_what_happens_once_to_every_request_changes_no_row(
    study: Path, undisturbed: list[tuple[Any, ...]], fault: str
) -> None:
    with MockEndpoint(faults=FaultPlan(shares={Fault.parse(fault): 1.0})) as mock:
        assert generate(study, mock).code == 0
        assert mock.stats()["faults"] == {fault.partition(":")[0]: mock.stats()["distinct"]}
    assert told(study) == undisturbed


@pytest.mark.parametrize(("fault", "words"), [("500", "answered 500"), ("truncated", "broken JSON"), ("400", "top_k")])
def test_a_row_that_always_fails_ends_as_failed(study: Path, fault: str, words: str) -> None:
    with MockEndpoint(faults=Poison(Fault(fault))) as mock:
        result = generate(study, mock, "--json")
    summary = result.json
    rows = list(read_rows(study / "runs" / "questions"))
    states = Counter(row.verdict.state.value for row in rows)
    lost = [row for row in rows if row.verdict.state == "failed"]
    assert (result.code, summary["complete"], summary["generated"]) == (0, True, TARGET)  # made again at the tail
    assert {row.verdict.gate for row in lost} == {"endpoint"}
    assert all(words in row.verdict.reason for row in lost)
    assert len(lost) == 4
    assert states == {name: summary[name] for name in ("kept", "rejected", "failed")}
    assert summary["kept"] + summary["rejected"] == TARGET
    assert sum(summary["reasons"].values()) == summary["rejected"] + summary["failed"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("500", "answered 500"),
        ("html", "an HTML page (502 Bad Gateway)"),
        ("truncated", "broken JSON"),
        ("empty", "the reply has no choices"),
    ],
)
def test_an_endpoint_that_never_answers_well_ends_the_session(
    study: Path, undisturbed: list[tuple[Any, ...]], fault: str, words: str
) -> None:
    with MockEndpoint(faults=FaultPlan(shares={Fault(fault): 1.0}, times=None)) as mock:
        refused(generate(study, mock), 4, "no usable answer", words, hint="run the same command again")
    with MockEndpoint() as mock:
        assert generate(study, mock).code == 0
        assert mock.stats()["requests"] == mock.stats()["distinct"]
    assert told(study) == undisturbed


def test_a_small_run_against_such_an_endpoint_is_no_success(study: Path) -> None:
    with MockEndpoint(faults=FaultPlan(shares={Fault("500"): 1.0}, times=None)) as mock:
        refused(generate(study, mock, "--candidates", "4"), 4, "no usable answer from the endpoint at all", "500")
    (run,) = call("status", study, "--json").json["runs"]
    assert (run["generated"], run["complete"]) == (0, False)
    with MockEndpoint() as mock:
        assert generate(study, mock, "--candidates", "4", "--json").json["generated"] == 4


def test_an_endpoint_that_goes_down_half_way(study: Path) -> None:
    script = {arrival: Fault("500") for arrival in range(4, 1000)}
    with MockEndpoint(faults=FaultPlan(script=script)) as mock:
        refused(
            generate(study, mock, "--lanes", "4", "--candidates", "400"),
            4,
            "no usable answer from the endpoint for",
            hint="again",
        )
    assert replies(study) == 4
    with MockEndpoint() as mock:
        summary = generate(study, mock, "--candidates", "400", "--json").json
        assert mock.stats()["requests"] == 100 - 4
    assert (summary["generated"], summary["failed"]) == (400, 0)  # no row is given up for an outage


def test_nobody_listens(study: Path) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody else can begin to listen there meanwhile
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        refused(generate(study, url), 4, f"nothing answers at {url} (connection refused)", hint=f"curl {url}/models")


def test_an_endpoint_that_is_too_slow(study: Path, undisturbed: list[tuple[Any, ...]]) -> None:
    configure(study, "writer", '"slow"', section="generate")
    with MockEndpoint(faults=FaultPlan(shares={Fault("hang"): 1.0})) as mock:
        with (study / "study.toml").open("a") as file:
            file.write(f'\n[endpoints.slow]\nurl = "{mock.url}"\nmodel = "mock"\ntimeout_s = 0.3\n')
        assert call("generate", study, "--candidates", TARGET).code == 0
        assert told(study) == undisturbed
        mock.faults = FaultPlan(shares={Fault("hang"): 1.0}, times=None)
        result = call("generate", study, "--candidates", TARGET, "--run", "never")
        refused(result, 4, f"{mock.url} did not answer within 0.3 s", hint="timeout_s")


def test_a_wrong_key_is_told_by_its_name_alone(
    study: Path, undisturbed: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    with MockEndpoint(key=KEY) as mock:
        refused(
            generate(study, mock, "--key-env", "MY_KEY"), 4, "answered 401", hint="MY_KEY is not set: export MY_KEY"
        )
        monkeypatch.setenv("MY_KEY", KEY[:-1])
        wrong = generate(study, mock, "--key-env", "MY_KEY")
        refused(wrong, 4, "answered 401", hint="MY_KEY is set, but the endpoint does not accept it")
        with pytest.raises(EndpointRefused) as caught:
            generate(study, mock, "--key-env", "MY_KEY", "--debug")
        assert KEY[:-1] not in "".join(traceback.format_exception(caught.value))
        assert KEY[:-1].encode() not in all_bytes(study, wrong)
        monkeypatch.setenv("MY_KEY", KEY)
        right = generate(study, mock, "--key-env", "MY_KEY")
        assert right.code == 0
        assert KEY.encode() not in all_bytes(study, right)
        monkeypatch.setenv("MY_KEY", f"{KEY}\nand more")
        refused(
            generate(study, mock, "--key-env", "MY_KEY", "--run", "x"), 3, "the key in MY_KEY", hint="export MY_KEY"
        )
    assert told(study) == undisturbed
