"""Running a stage: lanes, the journal, the verdict cursor. Knows neither questions nor triples."""

from __future__ import annotations

from seedbed.engine.conductor import Conductor
from seedbed.engine.contract import Engine, Judge, Limits, Planner, Progress, Stage, Step, Stop, Wait
from seedbed.engine.journal import Journal, Outcome
from seedbed.engine.local import Local
from seedbed.engine.planner import CountingPlanner
from seedbed.engine.run import RunRecord, fingerprint, open_run, read_rows, read_run

__all__ = [
    "Conductor",
    "CountingPlanner",
    "Engine",
    "Journal",
    "Judge",
    "Limits",
    "Local",
    "Outcome",
    "Planner",
    "Progress",
    "RunRecord",
    "Stage",
    "Step",
    "Stop",
    "Wait",
    "fingerprint",
    "open_run",
    "read_rows",
    "read_run",
]
