"""A PostgreSQL for the tests: the one that SEEDBED_TEST_POSTGRES names, or a server of the tests' own."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import sqlalchemy as sa

__all__ = ["postgres_schema", "postgres_server"]

_PREFIX = "seedbed-postgres-"


@contextmanager
def postgres_server(*, fsync: bool = False) -> Iterator[str]:
    """The URL of a database in which tests may make schemas. Fails, and never skips, where there is none.

    `fsync` is for those who measure: a commit then waits for the disk.
    """
    given = os.environ.get("SEEDBED_TEST_POSTGRES")
    if given:
        yield given
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4].split(".")[0]))
    if not found:
        raise RuntimeError(
            "These tests need PostgreSQL: install Debian's package postgresql, or name a database of your own, "
            "such as SEEDBED_TEST_POSTGRES=postgresql://me@127.0.0.1/scratch"
        )
    programs = found[-1].parent
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()  # a server refuses to run as root
    _stop_orphans(user, programs)
    root = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        (root / "owner").write_text(str(os.getpid()))
        if user == "postgres":
            shutil.chown(root, user)
        _run(user, programs / "initdb", "-D", root / "data", "-U", "seedbed", "-A", "trust", "-E", "UTF8", "--no-sync")
        # a socket and no port: nobody else's server is in the way, and nobody else gets in
        options = f"-k {root} -c listen_addresses= -c fsync={'on' if fsync else 'off'}"
        options += " -c max_connections=40 -c shared_buffers=16MB"
        _run(user, programs / "pg_ctl", "-D", root / "data", "-w", "-l", root / "log", "-o", options, "start")
        try:
            yield f"postgresql://seedbed@/postgres?host={root}"
        finally:
            _stop(user, programs, root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def postgres_schema(server: str) -> Iterator[str]:
    """A URL whose tables stand in a fresh schema of `server`, dropped afterwards."""
    name = f"s{uuid.uuid4().hex[:12]}"
    url = sa.make_url(server).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        try:
            yield url.update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


def _stop(user: str, programs: Path, root: Path) -> None:
    _run(user, programs / "pg_ctl", "-D", root / "data", "-m", "immediate", "-w", "stop")


def _stop_orphans(user: str, programs: Path) -> None:
    """End the servers of tests that were killed before they could."""
    for owner in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/owner"):
        with suppress(OSError, ValueError, RuntimeError):
            pid = int(owner.read_text())
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                with suppress(RuntimeError):
                    _stop(user, programs, owner.parent)
                shutil.rmtree(owner.parent, ignore_errors=True)


def _run(user: str, *command: object) -> None:
    words = [str(word) for word in command]
    if user == "postgres" and os.geteuid() == 0:
        words = ["runuser", "-u", user, "--", *words]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", timeout=60)
    if done.returncode:
        raise RuntimeError(f"{words} ended with {done.returncode}:\n{done.stdout}")
