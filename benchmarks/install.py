"""What Seedbed weighs, and what its core can do alone.

A fresh environment is made, with uv where it is there and with pip otherwise, and removed again. It is measured twice:

    core   the wheel with [project.dependencies] and no extra, at the versions of requirements.lock
    demo   what `make demo` makes: all of requirements.lock, and the checkout, editable

In the core environment every act is tried on the sample seeds against a mock endpoint. Each works, or exits with
7 and names the command that installs what it lacks; nothing else is let pass. Sizes are what the files take on disk,
compiled modules included.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from _bench import ROOT, Check, arguments, child, conclude, configure

CORE_MIB, DEMO_MIB, SHOWN = 180.0, 1250.0, 15
NEEDS_EXTRA = 7
# gates of stage 1 that need the embedder or the parser
HEAVY_GATES = {"sensible", "near-duplicate", "topic"}


class Environment:
    """A virtual environment in `folder`, with none of this process's packages in sight."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.python = folder, folder / "bin" / "python"
        self._uv = shutil.which("uv")
        self.env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        made = [self._uv, "venv", "--quiet", "--python", sys.executable] if self._uv else [sys.executable, "-m", "venv"]
        child([*made, str(folder)], env=self.env)
        self._empty = mib(folder)
        self._given: set[str] = set()
        self._given = {name for name, _ in self.distributions()}

    def install(self, *what: str) -> None:
        if self._uv:
            command = [self._uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(self.python)]
        else:
            command = [str(self.python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        child([*command, *what], env=self.env)

    def added(self) -> float:
        """MiB that stand in it beyond what an empty environment has."""
        return mib(self.folder) - self._empty

    def distributions(self) -> list[tuple[str, float]]:
        """(name, MiB) of what was installed into it, the largest first."""
        (site,) = self.folder.glob("lib/python3*/site-packages")
        sizes = []
        for found in importlib.metadata.distributions(path=[str(site)]):
            files = {Path(str(found.locate_file(file))).resolve() for file in found.files or []}
            files |= {Path(importlib.util.cache_from_source(str(file))) for file in files if file.suffix == ".py"}
            if found.name not in self._given:
                sizes.append((found.name, sum(on_disk(file) for file in files if file.is_file()) / 2**20))
        return sorted(sizes, key=lambda item: -item[1])


def mib(folder: Path) -> float:
    return sum(on_disk(file) for file in folder.rglob("*") if file.is_file() and not file.is_symlink()) / 2**20


def on_disk(file: Path) -> int:
    return file.stat().st_blocks * 512  # POSIX counts blocks in units of 512 bytes


def wheel(folder: Path) -> Path:
    # not by pip, which an environment that uv made has not
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("seedbed-*.whl")
    return made


def entries() -> list[str]:
    """The lines of requirements.lock that name a version, without what follows for its hashes."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [line.rstrip(" \\") for line in lines if re.match(r"[A-Za-z0-9]", line)]


def pins(path: Path) -> Path:
    """The versions of requirements.lock as constraints, which may hold no hashes."""
    path.write_text("\n".join(entries()))
    return path


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# --- what the core can do ----------------------------------------------------------------------------------------


class Core:
    """Acts tried in the core environment; each leaves a line."""

    def __init__(self, environment: Environment, folder: Path) -> None:
        self._python, self._env, self._folder = str(environment.python), environment.env, folder
        self.checks: list[Check] = []

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._python, *arguments], cwd=self._folder, env=self._env, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=120,
        )  # fmt: skip

    def act(self, what: str, *arguments: str, must: bool) -> None:
        """`must` work; or may say what it lacks, with the command that installs it."""
        done = self.run("-m", "seedbed", *arguments)
        hint = re.search(r"(?m)^  → (pip install 'seedbed\[\w+\]'|seedbed weights)", done.stderr)
        if done.returncode == 0:
            said, holds = "works", True
        elif done.returncode == NEEDS_EXTRA and hint:
            said, holds = f"asks for: {hint[1]}", not must
        else:
            said, holds = f"exit {done.returncode}", False
            print(f"{what}:\n{done.stderr.strip()}\n", file=sys.stderr)
        self.checks.append(Check(f"core: {what}", said, holds=holds))

    @contextmanager
    def endpoint(self) -> Iterator[str]:
        """The url of a mock endpoint that the core environment itself serves."""
        command = [self._python, "-m", "seedbed.testing", "--until-eof"]
        served = subprocess.Popen(command, env=self._env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert served.stdin is not None
        assert served.stdout is not None
        try:
            yield json.loads(served.stdout.readline())["url"]
        finally:
            served.stdin.close()
            served.wait(20)
            served.stdout.close()


def try_acts(environment: Environment, folder: Path) -> list[Check]:
    core = Core(environment, folder)
    imported = core.run("-c", "import seedbed; seedbed.Study; seedbed.SeedbedError")
    core.checks.append(Check("core: import seedbed", imported.stderr.strip() or "works", holds=not imported.returncode))
    core.act("seedbed --help", "--help", must=True)
    core.act("new", "new", "s", must=True)
    sample = ROOT / "examples" / "sample"
    core.act(
        "import CSV",
        "import",
        "s",
        *(str(sample / f"{name}.csv") for name in ("people", "questions", "pairs")),
        must=True,
    )
    core.act("curate", "curate", "s", must=True)
    with core.endpoint() as url:
        asked = ("--endpoint", url, "--model", "mock")
        core.act(
            "generate, default gates", "generate", "s", *asked, "--candidates", "8", "--run", "default", must=False
        )
        core.act("generate --raw", "generate", "s", *asked, "--candidates", "8", "--raw", "--run", "raw", must=True)
        configure(
            folder / "s",
            {"generate.questions.gates.order": json.dumps(light_gates(core)), "release.formats": '["jsonl"]'},
        )
        core.act(
            "generate, gates without models", "generate", "s", *asked, "--candidates", "40", "--run", "light", must=True
        )
        triples = ("--stage", "triples", "--prompts", "light", "--candidates", "4")
        core.act("generate --stage triples", "generate", "s", *asked, *triples, must=False)
    core.act("generate, embedded model", "generate", "s", "--candidates", "8", "--run", "embedded", must=False)
    core.act("assess", "assess", "s", must=False)
    core.act("report", "report", "s", must=False)
    core.act("release, leaks of meaning looked for", "release", "s", "0.9", must=False)
    configure(folder / "s", {"release.leaks.rules": json.dumps(light_rules(core))})
    core.act("release as JSONL", "release", "s", "1.0", must=True)
    configure(folder / "s", {"release.formats": '["parquet"]'})
    core.act("release as Parquet", "release", "s", "1.1", must=False)
    core.act("status", "status", "s", must=True)
    core.act("demo", "demo", "d", must=False)
    return core.checks


def light_rules(core: Core) -> Sequence[str]:
    code = "import json, seedbed.release.settings as s; print(json.dumps(s.LeakSettings().rules))"
    return [rule for rule in json.loads(core.run("-c", code).stdout) if rule != "cosine"]


def light_gates(core: Core) -> Sequence[str]:
    code = "import json, seedbed.generate.settings as s; print(json.dumps(s.QuestionGates().order))"
    return [gate for gate in json.loads(core.run("-c", code).stdout) if gate not in HEAVY_GATES]


def itemised(environment: Environment, shown: int) -> list[Check]:
    return [Check(f"  {name}", size, None, "MiB", 1) for name, size in environment.distributions()[:shown]]


def unlocked(environment: Environment) -> Check:
    """Nothing that the resolver brings stands outside of requirements.lock."""
    locked = {normal(re.split(r"[=\s]", line)[0]) for line in entries()}
    found = {normal(name) for name, _ in environment.distributions()} - locked - {"seedbed"}
    return Check("  not in requirements.lock", ", ".join(sorted(found)) or "none", holds=not found)


# --- both ------------------------------------------------------------------------------------------------------


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--core-only", action="store_true", help="leave the demo's environment out")
    options = parser.parse_args()
    checks: list[Check] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = Environment(folder / "environment")
        made.install("-c", str(pins(folder / "pins.txt")), str(wheel(folder)))
        checks += [Check("core install", made.added(), CORE_MIB, "MiB", 0), *itemised(made, 5), unlocked(made)]
        checks += try_acts(made, folder)
        if not options.core_only:
            # on top of the core, which is a part of the lock: the same files as in an empty one, with fewer downloads
            made.install("--no-deps", "--require-hashes", "-r", str(ROOT / "requirements.lock"))
            made.install("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
            checks += [Check("environment of make demo", mib(made.folder), DEMO_MIB, "MiB", 0), *itemised(made, SHOWN)]
    conclude(checks, check=options.check)


if __name__ == "__main__":
    main()
