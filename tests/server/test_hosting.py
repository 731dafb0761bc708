"""The command line of the server as real processes, and the files of hosting/ held against what is there."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import typer
from websockets.sync.client import connect

from seedbed.cli.app import app
from tests.cli.command import call
from tests.server.served import PASSWORD, make_studies

ROOT = Path(__file__).parents[2]
HOSTING = ROOT / "hosting"


class Process:
    """`seedbed serve` as a process of its own; what it says is in a file."""

    def __init__(self, folder: Path, *arguments: object) -> None:
        self.said = folder / "said.txt"
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        with self.said.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "seedbed", "serve", *map(str, arguments)],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environment,
            )  # fmt: skip

    def text(self) -> str:
        return self.said.read_text()

    def wait_for(self, pattern: str) -> re.Match[str]:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if found := re.search(pattern, self.text()):
                return found
            assert self.process.poll() is None, self.text()
            time.sleep(0.05)
        raise AssertionError(f"no {pattern} in: {self.text()}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def started(folder: Path, *arguments: object) -> Iterator[Process]:
    made = Process(folder, *arguments)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.wait(10)


def test_a_server_from_its_first_start_to_its_end(tmp_path: Path) -> None:
    (study,) = make_studies(tmp_path, "pilot")
    home = ("--home", tmp_path / "home")
    with started(tmp_path, study, *home, "--port", 0, "--access-log") as server:
        found = server.wait_for(r"(http://127\.0\.0\.1:\d+)/setup#([\w-]{43})\n")
        url, token = found[1], found[2]
        assert f"Serving pilot at {url}" in server.text()
        with httpx.Client(base_url=url, headers={"Origin": url}, trust_env=False) as olga:
            setup = {"token": token, "name": "Olga", "password": PASSWORD}
            assert olga.post("/api/setup", json=setup).status_code == 204

            # a link from another process, for the address that the server told
            link = call("link", study, "--group", "A", "--role", "participant", *home, "--days", 2, "--json").json
            assert link["url"].startswith(f"{url}/join/")
            with httpx.Client(base_url=url, headers={"Origin": url}, trust_env=False) as ana:
                code = link["url"].rpartition("/")[2]
                joined = ana.post(f"/api/join/{code}", json={"name": "Zacharias"})
                assert joined.json()["group"] == "A"
                person = ana.get("/api/me").json()["id"]
                cookie = "; ".join(f"{c.name}={c.value}" for c in ana.cookies.jar)

            # one server a study; what would touch its log goes elsewhere
            with started(tmp_path / "home", study, "--home", tmp_path / "other", "--port", 0) as second:
                assert second.process.wait(60) == 6
                assert "in use" in second.text()
            refused = call("withdraw", study, person, *home, "--yes")
            assert refused.code == 6
            assert "workshop page" in refused.err

            # accounts by the command line: a curator more, and Olga signed out everywhere by a new password
            assert subprocess.run(
                [sys.executable, "-m", "seedbed", "account", "add", "Cleo", "--role", "curator", "--password-stdin",
                 *map(str, home)],
                input=f"{PASSWORD}\n", text=True, capture_output=True, timeout=60,
                env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            ).returncode == 0  # fmt: skip
            listed = call("account", "list", *home, "--json").json
            assert [(one["name"], one["role"]) for one in listed] == [("Olga", "organiser"), ("Cleo", "curator")]
            assert call("account", "remove", "Olga", *home).err.startswith("seedbed: A server keeps")
            assert call("account", "remove", "Cleo", *home).code == 0

            # stopping: the pages are told at once
            ws = url.replace("http", "ws")
            with connect(
                f"{ws}/api/studies/pilot/live", origin=url, additional_headers={"Cookie": cookie}, proxy=None,
                compression=None,
            ) as live:  # type: ignore[arg-type]  # fmt: skip
                live.send(b"\x06\x00")
                assert live.recv(timeout=10) == b"\x19\x00"
                began = time.monotonic()
                server.process.terminate()
                with pytest.raises(Exception, match=r"1012|1001"):
                    live.recv(timeout=20)
                assert time.monotonic() - began < 5
        assert server.process.wait(30) == 0
        assert server.text().endswith("Stopped. Everything that was typed is saved.\n")
        for secret in (token, code, "Zacharias", PASSWORD):
            assert secret not in server.text().replace(f"/setup#{token}", "")
        assert "POST /api/join/- 200" in server.text()

    # stopped: erasing works, and the name is in no file
    erased = call("withdraw", study, person, *home, "--yes", "--json")
    assert erased.code == 0, erased.err
    assert erased.json["look_alikes"] == []
    kept = b"".join(path.read_bytes() for path in study.rglob("*") if path.is_file())
    assert b"Zacharias" not in kept
    assert call("withdraw", study, "p_aaaaaaaaaa", *home, "--yes").code == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_study_is_free_after_any_end(tmp_path: Path, number: int) -> None:
    (study,) = make_studies(tmp_path, "pilot")
    for _ in range(2):
        with started(tmp_path, study, "--home", tmp_path / "home", "--port", 0) as server:
            server.wait_for(r"/setup#")
            code = server.stop(number)
            assert code == (0 if number == signal.SIGINT else -signal.SIGKILL)
        server.said.unlink()


def test_a_public_bind_without_tls_has_to_be_said(tmp_path: Path) -> None:
    (study,) = make_studies(tmp_path, "pilot")
    refused = call("serve", study, "--home", tmp_path / "home", "--host", "0.0.0.0")
    assert refused.code == 2
    assert "--public-url https" in refused.err
    assert "--insecure-http" in refused.err
    with started(
        tmp_path, study, "--home", tmp_path / "home", "--host", "0.0.0.0", "--port", 0, "--insecure-http"
    ) as it:
        it.wait_for(r"http://127\.0\.0\.1:\d+/setup#")


def test_what_cannot_be_served_is_said_in_a_line(tmp_path: Path) -> None:
    (study,) = make_studies(tmp_path, "pilot")
    home = ("--home", tmp_path / "home")
    assert call("serve", tmp_path / "nothing", *home).code == 2
    assert "is not a study" in call("serve", tmp_path, *home).err
    assert "public address" in call("serve", study, *home, "--public-url", "https://a\r\nb").err
    assert "--trust-proxy" in call("serve", study, *home, "--trust-proxy", "all").err
    with started(tmp_path, study, *home, "--port", 0) as server:
        port = server.wait_for(r"127\.0\.0\.1:(\d+)/setup")[1]
        (other,) = make_studies(tmp_path / "x", "other")
        refused = call("serve", other, "--home", tmp_path / "home2", "--port", port)
        assert (refused.code, "--port" in refused.err) == (2, True)


def test_accounts_and_links_say_what_is_wrong(tmp_path: Path) -> None:
    (study,) = make_studies(tmp_path, "pilot")
    home = ("--home", tmp_path / "home")
    assert call("account", "list", *home).code == 0
    assert call("account", "add", *home).code == 2
    assert call("account", "list", "Olga", *home).code == 2
    assert "no such account" in call("account", "remove", "Olga", *home).err
    assert "--password-stdin" in call("account", "add", "Olga", *home).err
    unknown = call("link", study, "--group", "Z", *home)
    assert unknown.code == 2
    assert "has: A, B" in unknown.err
    assert call("link", study, *home).code == 2
    assert call("link", study, "--group", "A", "--role", "moderator", *home).code == 2
    moderator = call("link", study, "--role", "moderator", *home, "--public-url", "https://a.example")
    assert moderator.out.startswith("https://a.example/join/")


# --- the files -------------------------------------------------------------------------------------------------------


def parses(words: list[str]) -> bool:
    """Whether the command line takes these words after `seedbed`."""
    group = typer.main.get_command(app)
    with group.make_context("seedbed", [words[0], "--help"], resilient_parsing=True) as context:
        verb = group.get_command(context, words[0])  # type: ignore[attr-defined]
        if verb is None:
            return False
        try:
            verb.make_context(words[0], list(words[1:]), parent=context)
        except Exception:
            return False
    return True


VERBS = "serve|account|link|withdraw|new|backup|restore"


def commands(text: str) -> list[list[str]]:
    """Every `seedbed VERB …` in a document or a comment, a line that ends in a backslash going on."""
    joined = re.sub(r"\\\n\s*#?\s*", " ", text)
    found = re.findall(rf"(?:^|[#`$:\s/])seedbed ((?:{VERBS}) [^`\n]*)", joined)
    return [shlex.split(each.partition("  #")[0]) for each in found]


def test_a_command_that_is_none_is_seen() -> None:
    assert parses(["serve", "x", "--port", "1"])
    assert not parses(["serve", "x", "--nothing"])
    assert not parses(["serve"])
    assert not parses(["sirve", "x"])


@pytest.mark.parametrize(
    "path",
    [HOSTING / name for name in ("Containerfile", "seedbed.service", "nginx.conf", "Caddyfile")]
    + [ROOT / "docs" / "hosting.md"],
    ids=lambda path: path.name,
)
def test_every_command_that_is_shown_is_one(path: Path) -> None:
    found = commands(path.read_text())
    assert found
    for words in found:
        assert parses(words), words


def _container() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", " ", (HOSTING / "Containerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def test_the_container_copies_what_is_there() -> None:
    copied = [words.split() for name, words in _container() if name == "COPY" and "--from" not in words]
    sources = [source for *found, _ in copied for source in found]
    assert {"pyproject.toml", "src", "frontend", "requirements.lock", "hatch_build.py"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
    # and all that the build of the package reads
    needed = re.findall(r'readme = "([^"]+)"|license-files = \[([^\]]*)\]', (ROOT / "pyproject.toml").read_text())
    for readme, licences in needed:
        for name in [readme, *re.findall(r'"([^"]+)"', licences)]:
            assert not name or name in sources
    assert "examples" in sources


def test_the_container_starts_what_is_a_command() -> None:
    said = dict(_container())
    assert json.loads(said["ENTRYPOINT"]) == ["seedbed"]
    assert parses(json.loads(said["CMD"]))
    assert said["USER"] != "root"
    # pip's own help is not at hand in every environment that uv made
    known = {*(HOSTING.parent / "Makefile").read_text().split(), "--no-cache-dir"}
    flags = {word for name, words in _container() if name == "RUN" and "pip" in words for word in words.split()}
    for flag in (flag for flag in flags if flag.startswith("--")):
        assert flag in known


def test_the_containers_health_check_asks_the_real_server(tmp_path: Path) -> None:
    (study,) = make_studies(tmp_path, "pilot")
    check = json.loads(re.sub(r"^.*CMD ", "", dict(_container())["HEALTHCHECK"]))
    with started(tmp_path, study, "--home", tmp_path / "home", "--port", 0) as server:
        port = server.wait_for(r":(\d+)/setup#")[1]
        script = check[2].replace("8765", port)
        assert subprocess.run([sys.executable, "-c", script], timeout=30).returncode == 0
    assert subprocess.run([sys.executable, "-c", script], timeout=30, capture_output=True).returncode == 1


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    assert verify is not None, "This test needs systemd's own checker: apt-get install systemd"
    unit = tmp_path / "seedbed.service"
    unit.write_text((HOSTING / "seedbed.service").read_text().replace("/opt/seedbed/bin/seedbed", sys.executable))
    found = subprocess.run([verify, "verify", unit], capture_output=True, text=True, timeout=60)
    assert (found.returncode, found.stderr) == (0, "")


def test_the_unit_lets_the_server_write_where_it_must_and_nowhere_else() -> None:
    text = (HOSTING / "seedbed.service").read_text()
    settings = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    assert settings["ProtectSystem"] == "strict"
    (words,) = [each for each in commands(text) if each[0] == "serve"]
    for place in [words[1], words[words.index("--home") + 1]]:
        assert place.startswith(f"/var/lib/{settings['StateDirectory']}/")
