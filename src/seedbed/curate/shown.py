"""Which seeds a run was given as examples: those never become evaluation data."""

from __future__ import annotations

from seedbed.engine.run import read_run
from seedbed.study import Folder

__all__ = ["shown_by_runs"]


def shown_by_runs(folder: Folder) -> dict[str, str]:
    """For each seed that a run may have shown in a prompt, the first such run. Raises InputError for a damaged one."""
    found: dict[str, str] = {}
    for name in folder.run_names():
        for id in read_run(folder.run(name)).ask.get("examples", ()):
            found.setdefault(str(id), name)
    return found
