"""Running a stage: lanes, the journal, the verdict cursor. Knows neither questions nor triples."""

from __future__ import annotations

from seedbed.engine.conductor import Conductor
from seedbed.engine.contract import (
    Caps,
    Engine,
    Judge,
    Limits,
    Planner,
    Prices,
    Progress,
    Stage,
    Step,
    Stop,
    Wait,
)
from seedbed.engine.journal import Journal, Outcome
from seedbed.engine.local import Local
from seedbed.engine.planner import CountingPlanner, Shortfall, Tally, TargetPlanner, again, apportion
from seedbed.engine.run import RunRecord, fingerprint, open_run, read_rows, read_run

__all__ = [
    "Caps",
    "Conductor",
    "CountingPlanner",
    "Engine",
    "Journal",
    "Judge",
    "Limits",
    "Local",
    "Outcome",
    "Planner",
    "Prices",
    "Progress",
    "RunRecord",
    "Shortfall",
    "Stage",
    "Step",
    "Stop",
    "Tally",
    "TargetPlanner",
    "Wait",
    "again",
    "apportion",
    "fingerprint",
    "open_run",
    "read_rows",
    "read_run",
]
