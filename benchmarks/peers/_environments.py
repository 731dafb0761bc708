"""The projects that are compared with, their versions, and an environment for each, made when it is first wanted."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PEERS", "NotInstalled", "Peer", "default_folder", "environment", "version"]


@dataclass(frozen=True, slots=True)
class Peer:
    """One project: its distribution, what is installed for it, and the file beside this one that drives it."""

    name: str
    distribution: str
    requirements: tuple[str, ...]
    driver: str


PEERS = (
    Peer("curator", "bespokelabs-curator", ("bespokelabs-curator==0.1.31",), "drive_curator.py"),
    Peer("sdg-hub", "sdg-hub", ("sdg-hub==0.9.4",), "drive_sdg_hub.py"),
    Peer("data-designer", "data-designer", ("data-designer==0.9.6",), "drive_data_designer.py"),
    # It imports requests without requiring it: that used to come with huggingface-hub.
    Peer("distilabel", "distilabel", ("distilabel[openai]==1.5.3", "requests"), "drive_distilabel.py"),
)


class NotInstalled(Exception):
    """The message is the last line that the installer wrote."""


def default_folder() -> Path:
    """Where environments are kept: outside of the repository, and safe to remove."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "seedbed-benchmarks"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "seedbed-benchmarks"


def environment(name: str, requirements: Sequence[str], folder: Path) -> Path:
    """The folder of a virtual environment that holds `requirements`, made unless it is there. Raises NotInstalled."""
    made_of = "\n".join((*requirements, sys.version)).encode()
    target = folder / f"{name}-{hashlib.sha256(made_of).hexdigest()[:10]}"
    if not (target / "ready").exists():
        shutil.rmtree(target, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        uv = shutil.which("uv")
        python = str(target / "bin" / "python")
        _run(
            [uv, "venv", "-q", "--python", sys.executable, str(target)]
            if uv
            else [sys.executable, "-m", "venv", str(target)]
        )
        install = (
            [uv, "pip", "install", "-q", "--compile-bytecode", "--python", python]
            if uv
            else [python, "-m", "pip", "install", "-qq"]
        )
        _run([*install, *requirements])
        (target / "ready").touch()
    return target


def version(environment: Path, distribution: str) -> str:
    code = f"import importlib.metadata as m; print(m.version({distribution!r}))"
    return _run([str(environment / "bin" / "python"), "-c", code]).strip()


def _run(command: Sequence[str]) -> str:
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise NotInstalled(lines[-1] if lines else f"exit {done.returncode}")
    return done.stdout
