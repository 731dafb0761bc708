"""A gathering that is killed leaves nothing half: the seeds are those of before, or all of them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from seedbed.seeds import gather, load
from seedbed.study.events import EventStore
from tests.seeds.studies import make_study
from tests.seeds.written import agree, write_rows

ROWS = 300


def test_killed_at_any_moment_it_has_done_all_or_nothing(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "pilot")
    with EventStore.of(folder) as store:
        agree(store, "p_ana")
        write_rows(store, "p_ana", 7, {f"r{n}": f"Question number {n}?" for n in range(ROWS)})
    program = (
        "import sys; from pathlib import Path; from seedbed.study import Folder; from seedbed.seeds import gather\n"
        "print('ready', flush=True); gather(Folder(Path(sys.argv[1]))); print('done', flush=True)"
    )
    cut = 0
    for attempt in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(folder.root)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.015 * attempt)
            process.send_signal(signal.SIGKILL)
            finished = "done" in process.stdout.read()
        found = len(load(folder).questions)
        assert found in (0, ROWS)
        cut += not finished
        if found:
            break
    assert cut > 0
    gather(folder)
    assert len(load(folder).questions) == ROWS
    assert not gather(folder).changed
    # the files too, which a process killed after its append has not written
    shown = [json.loads(line)["id"] for line in (folder.seeds / "questions.jsonl").read_text().splitlines()]
    assert shown == [f"A-r{n}" for n in range(ROWS)]
    with EventStore.of(folder) as store:
        assert sum(event.kind == "question" for event in store.read("seeds")) == ROWS
