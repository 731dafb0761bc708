"""A run of 66,609 questions: the peak memory of the process, and its CPU time a call beside the floor.

66,609 is the number of questions that the paper generated. The floor is the least that any client could do: the same
requests by bare aiohttp and a minimal SQLite journal with one commit for all that arrived meanwhile, against the same
mock endpoint, where a lane too is busy until its reply is on disk. Both are measured in processes of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from _bench import Check, arguments, child, conclude
from _floor import floor, peak_mib
from _ours import generate, make_study, sample_body

CALLS = 66_609
EARLY = 10_000
LANES = 64
FLOOR_CALLS = 10_000
PEAK_MIB = 150.0
RATIO = 3.0


# --- ours ------------------------------------------------------------------------------------------------------


def ours(study: str, url: str, calls: int) -> dict[str, Any]:
    from seedbed.llm import EndpointSettings

    marks: dict[int, float] = {}

    def listen(progress: Any, slots: int) -> None:
        done = progress.generated + progress.failed
        if done == EARLY:
            marks[done] = peak_mib()

    settings = EndpointSettings(url=url, model="mock", max_lanes=LANES)
    started, began = peak_mib(), time.process_time()
    summary = generate(study, settings, calls, lanes=LANES, listen=listen)  # fixed, as the floor's are
    spent = time.process_time() - began
    return {
        "started": started, "early": marks.get(EARLY, 0.0), "peak": peak_mib(), "cpu": spent,
        "generated": summary.generated, "failed": summary.failed,
    }  # fmt: skip


# --- both ------------------------------------------------------------------------------------------------------


def main() -> None:
    parser = arguments(__doc__, markdown=True)
    parser.add_argument("--calls", type=int, default=CALLS, help=f"questions to make (default {CALLS:,})")
    parser.add_argument(
        "--floor-calls", type=int, default=FLOOR_CALLS, help=f"calls of the floor (default {FLOOR_CALLS:,})"
    )
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        kind, url, *rest = options.child
        made = ours(rest[0], url, int(rest[1])) if kind == "ours" else floor(url, rest[0], int(rest[1]), int(rest[2]))
        print(json.dumps(made))
        return
    from seedbed.testing import MockProcess

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_study(folder / "study")
        body = json.dumps(sample_body(folder / "study", folder))
        with MockProcess() as mock:
            me = [sys.executable, str(Path(__file__).resolve()), "--child"]
            bare_calls = [*me, "floor", mock.url, body, str(options.floor_calls), str(LANES)]
            # the floor before and after, because a machine's speed drifts
            floors = [json.loads(child(bare_calls)[1])]
            before = mock.stats()["requests"]
            run = json.loads(child([*me, "ours", mock.url, str(folder / "study"), str(options.calls)])[1])
            sent = mock.stats()["requests"] - before
            floors.append(json.loads(child(bare_calls)[1]))
            mock_ms = 1000 * mock.stats()["cpu_s"] / mock.stats()["requests"]
        on_disk = sum(file.stat().st_size for file in (folder / "study" / "runs").rglob("*")) / 2**20
    ms = 1000 * run["cpu"] / sent
    floor_ms = 1000 * sum(one["cpu"] for one in floors) / len(floors) / options.floor_calls
    checks = [
        Check(f"peak memory, {run['generated']:,} questions", run["peak"], PEAK_MIB, "MiB", 1),
        Check("  when the first call is made", run["started"], None, "MiB", 1),
    ]
    if run["early"]:
        checks += [
            Check(f"  at {EARLY:,}", run["early"], None, "MiB", 1),
            Check(f"  growth from {EARLY:,} on", run["peak"] - run["early"], None, "MiB", 1),
        ]
    checks += [
        Check("  the floor's", max(one["peak"] for one in floors), None, "MiB", 1),
        Check(f"CPU a call, {sent:,} calls, {LANES} lanes", ms, None, "ms", 3),
        Check(f"  the floor, twice {options.floor_calls:,} calls", floor_ms, None, "ms", 3),
        Check("  ratio", ms / floor_ms, RATIO, "", 2),
        Check("  the mock endpoint itself", mock_ms, None, "ms", 3),
        Check("rows that failed and were made again", float(run["failed"]), None, "", 0),
        Check("the run on disk", on_disk, None, "MiB", 1),
    ]
    conclude(checks, check=options.check, markdown=options.markdown)


if __name__ == "__main__":
    main()
