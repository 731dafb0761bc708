"""Whatever ends a run on Ray, nothing works on behind it; and Ctrl-C lets what is in flight arrive."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seedbed.testing import MockProcess
from tests.ray.made import actors, living, ray_processes

ROOT = Path(__file__).parents[2]
SCRIPT = """
import asyncio, signal, sys
import ray
from pathlib import Path
from seedbed.engine import Conductor, Journal, Limits
from seedbed.engine.ray_actors import RayActors
from seedbed.generate.models import Roles
from seedbed.llm import EndpointSettings
from tests.ray.made import Fixed, Novel, question_stage

async def main():
    journal = Journal(Path(sys.argv[2]))
    async with RayActors(Roles(EndpointSettings(url=sys.argv[1], model="mock")).open, workers=2) as engine:
        conductor = Conductor(stage=question_stage(), engine=engine, planner=Fixed(2000), judge=Novel(),
                              journal=journal, limits=Limits(lanes=8))
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, conductor.stop)
        print(ray._private.worker._global_node.get_temp_dir_path(), flush=True)
        await conductor.run()
    print(journal.totals()["calls"], flush=True)
    journal.close()

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_leaves_nothing_at_work(tmp_path: Path, number: int) -> None:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    with MockProcess("--latency-ms", "100") as mock:
        run = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, mock.url, str(tmp_path / "journal.db")],
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            assert run.stdout is not None
            folder = Path(run.stdout.readline().strip())
            assert folder.is_dir()
            while mock.stats()["requests"] < 40:
                assert run.poll() is None, run.communicate()
                time.sleep(0.05)
            started = ray_processes(run.pid)
            assert len(actors(started)) == 2
            # as a terminal sends it: to all of the process group
            os.killpg(run.pid, number) if number == signal.SIGINT else run.send_signal(number)
            out, errors = run.communicate(timeout=30)
        finally:
            run.kill()
        stats = mock.stats()
    if number == signal.SIGINT:
        assert (run.returncode, errors) == (0, "")
        assert int(out) == stats["requests"] == stats["answered"]
    # Killed, Ray's servers and actors end with the run. Its two agents first look for a minute or two for their server.
    helpers = number == signal.SIGINT
    until = time.monotonic() + 15
    while living(started, helpers=helpers) and time.monotonic() < until:
        time.sleep(0.1)
    assert living(started, helpers=helpers) == set()
    assert folder.exists() == (number == signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
