"""What a call costs: Seedbed, the least that any client could do, and other projects, against one mock endpoint.

    bare    the requests by bare aiohttp, and nothing kept
    floor   the same with a minimal SQLite journal, as durable as ours
    ours    Study.generate: every gate off, one question a request
    others  (--peers) the nearest equal job: so many chat completions of one turn, with the cache or journal they have

CPU is user and system time of the process and its children, from when its imports are done. It is marginal: the
difference between two sizes over the difference of the sizes, so that what is done once cancels out. So is throughput.
Everyone gets the same latency and the same number of requests in flight, in turns, so that what else the machine does
meets all alike; read ratios, and not milliseconds.

Other projects are installed when they are first asked for, at versions that peers/_environments.py pins, each into an
environment of its own in a cache folder. peers/drive_*.py say how each is called and what is switched off for it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _bench import ROOT, Check, Ran, arguments, conclude, configure, environment, machine, table, watched
from _floor import floor
from _ours import generate, make_study, sample_body
from install import mib
from peers import _environments as others

FEW, MANY, LANES, LATENCY_MS = 2_048, 6_144, 256, 200
# what --check measures, so that it is done within a minute
CHECK_FEW, CHECK_MANY = 1_024, 4_096
ROUNDS = 2
RATIO, BEST_PEER, THROUGHPUT = 2.0, 3.0, 0.85
# a tail so heavy that some replies take minutes' worth of others: what law 1 costs shows only there
TAIL = ("--sigma", "1", "--tail", "0.05")
TAIL_CALLS, TAIL_MS, UNLIMITED = 12_288, 100, 1_000_000
IMPORTS = 3


@dataclass(slots=True)
class Client:
    """Someone who makes calls. `command` gives the process that makes so many; with 0 it only imports what it needs."""

    name: str
    command: Callable[[int, Path], list[str]]
    env: Mapping[str, str] = field(default_factory=environment)
    version: str = ""
    environment_mib: float = 0.0
    fault: str = ""
    ms: list[float] = field(default_factory=list)
    speed: list[float] = field(default_factory=list)  # calls a second
    peak: float = 0.0
    import_s: float = 0.0

    def measure(self, few: int, many: int) -> None:
        """One run of each size; a fault is kept and ends all further measuring."""
        if self.fault:
            return
        runs = [self._run(calls) for calls in (few, many) if not self.fault]
        if self.fault:
            return
        (small, _), (large, whole) = runs
        self.ms.append(1000 * (large["cpu"] - small["cpu"]) / (many - few))
        self.speed.append((many - few) / max(1e-9, large["seconds"] - small["seconds"]))
        self.peak = max(self.peak, whole.peak)

    def measure_imports(self, bare: float) -> None:
        """CPU seconds of what it imports, beyond the `bare` interpreter; the first of the runs fills the caches."""
        if not self.fault:
            runs = [self._run(0)[1].cpu for _ in range(IMPORTS + 1)][1:]
            self.import_s = statistics.median(runs) - bare

    def _run(self, calls: int) -> tuple[dict[str, float], Ran]:
        """What the process says of its calls (rows, cpu, seconds), and what it took as a whole."""
        with tempfile.TemporaryDirectory() as folder:
            # its home, so that nothing is left in the user's
            ran = watched(self.command(calls, Path(folder)), env={**self.env, "HOME": folder}, timeout=120 + calls / 15)
        said = re.findall(r'(?m)^\{"rows": .*\}$', ran.out)
        told: dict[str, float] = json.loads(said[-1]) if said else {"rows": 0}
        if ran.fault:
            self.fault = ran.fault[:160]
        elif not said or told["rows"] != calls:
            self.fault = f"made {told['rows']} rows of {calls:,}"
        return told, ran

    def row(self, ours: float) -> tuple[str, ...]:
        if self.fault:
            return (self.name, self.version, "–", "–", "–", "–", "–", "–")
        ms = statistics.median(self.ms)
        return (
            self.name, self.version, f"{ms:.2f}", f"{ms / ours:.1f}", f"{statistics.median(self.speed):,.0f}",
            _some(self.peak, 0), _some(self.environment_mib, 0), _some(self.import_s, 2),
        )  # fmt: skip


HEADING = (
    "client", "version", "CPU ms a call", "x ours", "calls a second", "peak MiB", "environment MiB",
    "import CPU s",
)  # fmt: skip


def _some(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}" if value else "–"


# --- who is measured ---------------------------------------------------------------------------------------------


def inner(kind: str, job: Mapping[str, Any]) -> dict[str, float]:
    """What a child of this script does: it imports, and then makes its calls."""
    calls = int(job["calls"])
    if kind == "ours":
        import seedbed.acts
        import seedbed.generate  # noqa: F401
        from seedbed.llm import EndpointSettings
    else:
        import aiohttp  # noqa: F401
    cpu, began = time.process_time(), time.monotonic()
    if calls and kind == "ours":
        settings = EndpointSettings(url=job["url"], model="mock", max_lanes=job["lanes"], timeout_s=600)
        made = generate(job["study"], settings, calls, lanes=job["lanes"], run=job["run"]).generated
    elif calls:
        made = floor(job["url"], job["body"], calls, job["lanes"], journal=kind == "floor")["rows"]
    else:
        made = 0
    return {"rows": made, "cpu": time.process_time() - cpu, "seconds": time.monotonic() - began}


def own(kind: str, **job: Any) -> Client:
    """`bare`, `floor` or `ours`: a child of this script."""
    import seedbed

    def command(calls: int, folder: Path) -> list[str]:
        whole = {**job, "calls": calls, "run": f"run-{time.monotonic_ns()}"}
        return [sys.executable, str(Path(__file__).resolve()), "--child", kind, json.dumps(whole)]

    return Client(kind, command, version=seedbed.__version__ if kind == "ours" else "")


def peer(which: others.Peer, url: str, body: Mapping[str, Any], lanes: int, folder: Path) -> Client:
    """Another project: its driver in its own environment, asked for what ours is asked for."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    made = Client(which.name, lambda calls, where: [], env=env, version=which.requirements[0].partition("==")[2])
    print(f"preparing {which.name}", file=sys.stderr)
    try:
        home = others.environment(which.name, which.requirements, folder)
        made.version = others.version(home, which.distribution)
    except others.NotInstalled as error:
        made.fault = f"does not install: {error}"[:160]
        return made
    made.environment_mib = mib(home)
    system, user = (str(message["content"]) for message in body["messages"])
    # a text that ends in a question mark is answered, and never with an answer that was cut
    asked = {"system": system, "user": f"{user}\nWhich question do you think of as number {{}}?"}

    def command(calls: int, where: Path) -> list[str]:
        job = {**asked, "url": url, "model": "mock", "lanes": lanes, "folder": str(where), "calls": calls}
        driver = Path(others.__file__).with_name(which.driver)
        return [str(home / "bin" / "python"), str(driver), json.dumps(job)]

    made.command = command
    return made


def own_environment_mib() -> float:
    """MiB of an environment with Seedbed's core, which is what generates."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return mib(others.environment("seedbed", (str(ROOT),), Path(folder)))
        except others.NotInstalled as error:
            print(f"seedbed: {error}", file=sys.stderr)
            return 0.0


# --- law 1's cost ------------------------------------------------------------------------------------------------


def law_one(study: Path, folder: Path, lanes: int) -> list[Check]:
    """Calls a second until 95 % are answered, under a heavy-tailed latency, by how far the plan may run ahead.

    Not until all are: the last few replies would outweigh everything else, with any look-back.
    """
    from seedbed.testing import MockProcess

    found: dict[str, float] = {}
    for name, setting in (("default", None), ("unlimited", UNLIMITED)):
        copy = folder / f"study-{name}"
        shutil.copytree(study, copy)
        if setting:
            configure(copy, {"generate.look_back": str(setting)})
        # a process for each, so that both meet the same latencies in the same order
        with MockProcess("--latency-ms", str(TAIL_MS), *TAIL) as mock:
            client = own("ours", url=mock.url, study=str(copy), lanes=lanes)
            with tempfile.TemporaryDirectory() as home:
                worker = threading.Thread(target=watched, args=(client.command(TAIL_CALLS, Path(home)),))
                worker.start()
                while not (begun := mock.stats()["answered"]) and worker.is_alive():
                    time.sleep(0.05)
                began = time.monotonic()
                while (now := mock.stats()["answered"]) < 0.95 * TAIL_CALLS and worker.is_alive():
                    time.sleep(0.2)
                found[name] = (now - begun) / (time.monotonic() - began)
                worker.join()
    ratio = found["default"] / found["unlimited"]
    return [
        Check("heavy tail, default look-back: calls a second", found["default"], digits=0),
        Check("  unlimited look-back", found["unlimited"], digits=0),
        Check("  default to unlimited: what law 1 costs", ratio),
    ]


# --- all ---------------------------------------------------------------------------------------------------------


def checks(clients: Mapping[str, Client], peers: Sequence[Client], lanes: int) -> list[Check]:
    low, mine = clients["floor"], clients["ours"]
    made = [Check(each.name, each.fault, holds=False) for each in (low, mine) if each.fault]
    if made:
        return made
    ratios = [a / b for a, b in zip(mine.ms, low.ms, strict=True)]
    speeds = [a / b for a, b in zip(mine.speed, low.speed, strict=True)]
    made = [
        Check("CPU a call, ours to the floor", statistics.median(ratios), RATIO),
        Check(f"throughput with {lanes} in flight, ours to the floor", statistics.median(speeds), at_least=THROUGHPUT),
    ]
    if peers:
        costs = {each.name: statistics.median(each.ms) for each in peers if not each.fault}
        best = min(costs, key=costs.__getitem__, default="")
        measured = costs[best] / statistics.median(mine.ms) if best else "none of them ran"
        made.append(Check(f"CPU a call, the best of the others ({best}) to ours", measured, at_least=BEST_PEER))
    return made


def main() -> None:
    parser = arguments(__doc__, markdown=True)
    parser.add_argument("--peers", action="store_true", help="other projects too; installs them, takes minutes")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="of the other projects only these")
    parser.add_argument("--environments", type=Path, default=others.default_folder(), help="folder for theirs")
    parser.add_argument("--few", type=int, help=f"calls of the smaller run (default {FEW:,})")
    parser.add_argument("--many", type=int, help=f"calls of the larger run (default {MANY:,})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often each is measured (default {ROUNDS})")
    parser.add_argument("--lanes", type=int, default=LANES, help=f"requests in flight (default {LANES})")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(inner(options.child[0], json.loads(options.child[1]))))
        return
    brief = options.check and not options.peers
    few, many = options.few or (CHECK_FEW if brief else FEW), options.many or (CHECK_MANY if brief else MANY)
    from seedbed.testing import MockProcess

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_study(folder / "study")
        body = sample_body(folder / "study", folder)
        with MockProcess("--latency-ms", str(LATENCY_MS), "--sigma", "0", "--tail", "0") as mock:
            job = {"url": mock.url, "body": json.dumps(body), "study": str(folder / "study"), "lanes": options.lanes}
            clients = {kind: own(kind, **job) for kind in (["floor", "ours"] if brief else ["bare", "floor", "ours"])}
            peers = [
                peer(each, mock.url, body, options.lanes, options.environments)
                for each in others.PEERS
                if options.peers and (not options.only or each.name in options.only)
            ]
            everyone = [*clients.values(), *peers]
            for number in range(options.rounds):
                for each in everyone:
                    print(f"round {number + 1} of {options.rounds}: {each.name}", file=sys.stderr)
                    each.measure(few, many)
            mock_ms = 1000 * mock.stats()["cpu_s"] / mock.stats()["requests"]
        if not brief:
            bare = statistics.median(watched([sys.executable, "-c", "pass"]).cpu for _ in range(IMPORTS))
            for each in everyone:
                each.measure_imports(bare)
        if options.peers:
            clients["ours"].environment_mib = own_environment_mib()
        lines = checks(clients, peers, options.lanes)
        if not brief:
            lines += law_one(folder / "study", folder, options.lanes)
    print(
        f"{machine()}; {options.rounds} rounds of {few:,} and {many:,} calls, {options.lanes} in flight, "
        f"latency {LATENCY_MS} ms; the mock endpoint itself took {mock_ms:.2f} ms a request\n"
    )
    ours = statistics.median(clients["ours"].ms) if clients["ours"].ms else 1.0
    table([HEADING, *(each.row(ours) for each in everyone)], markdown=options.markdown, left=2)
    for each in everyone:
        if each.fault:
            print(f"{each.name} {each.version}: {each.fault}\n")
    conclude(lines, check=options.check, markdown=options.markdown)


if __name__ == "__main__":
    main()
