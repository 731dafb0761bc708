"""An import of transcripts that is killed leaves nothing of them, or all."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from seedbed.study.events import EventStore
from seedbed.themes import sources
from tests.themes.making import study

FILES, PIECES = 3, 3000


def test_killed_at_any_moment_it_has_taken_all_or_nothing(tmp_path: Path) -> None:
    folder = study(tmp_path)
    program = (
        "import sys; from pathlib import Path; from seedbed.study import Folder; from seedbed.themes.taking import *\n"
        f"files = [(f'{{n}}.txt', '\\n'.join(f'Ana Silva: {{n}} {{m}}' for m in range({PIECES})).encode())"
        f" for n in range({FILES})]\n"
        "print('ready', flush=True); take_in(Folder(Path(sys.argv[1])), Asked(files), 'cli'); print('done', flush=True)"
    )
    cut = 0
    for attempt in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(folder.root)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.08 * attempt)
            process.send_signal(signal.SIGKILL)
            finished = "done" in process.stdout.read()
        with EventStore.of(folder) as store:
            found = sources(store)
        assert len(found) in (0, FILES)
        assert all(len(one.segments) == PIECES for one in found)
        cut += not finished
        if found:
            break
    assert cut > 0
    assert found
