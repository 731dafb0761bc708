"""What the drivers share. A driver runs in the environment of the project it drives, so this needs no package.

A job is a JSON object: url, model, lanes, folder (for caches and results, empty at first), system, user, calls. The
user's text of call i is `user` with {} replaced by i, so that no call is the repetition of another. With 0 calls the
driver only imports what it needs. As its last line it prints {"rows": how many have a text, "cpu": …, "seconds": …},
both counted from when the imports are done, and CPU with that of its children.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["Job", "drive", "offline"]

Job = dict[str, Any]


def offline(**more: str) -> None:
    """Set what keeps the common libraries from calling home; `more` is the project's own."""
    os.environ.update(
        HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1",
        LITELLM_LOCAL_MODEL_COST_MAP="True", DO_NOT_TRACK="1", NO_PROXY="127.0.0.1", OPENAI_API_KEY="none", **more,
    )  # fmt: skip


def drive(load: Callable[[], object], generate: Callable[[Job, list[str]], Iterable[object]]) -> None:
    job = json.loads(sys.argv[1])
    load()
    cpu, began = _cpu(), time.monotonic()
    rows = 0
    if job["calls"]:
        texts = generate(job, [job["user"].replace("{}", str(number)) for number in range(job["calls"])])
        rows = sum(isinstance(text, str) and bool(text) for text in texts)
    print()
    print(json.dumps({"rows": rows, "cpu": _cpu() - cpu, "seconds": time.monotonic() - began}), flush=True)


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)
