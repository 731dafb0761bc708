"""A mock model endpoint, for tests and benchmarks: of Seedbed, and of whoever builds on it.

It speaks the OpenAI wire format, answers the same to the same request, and misbehaves as told:

    with MockEndpoint(faults=chaos(seed=1), capacity=Capacity(slots=4), outages=[Outage(after=20, seconds=2)]) as mock:
        study.generate(endpoint=mock.settings())

`python -m seedbed.testing --help` has the same as a process, with the table of all faults.
"""

from __future__ import annotations

from seedbed.testing.chaos import chaos
from seedbed.testing.endpoint import MockEndpoint
from seedbed.testing.faults import Fault, FaultPlan, Latency
from seedbed.testing.process import MockProcess
from seedbed.testing.servers import Capacity, Outage
from seedbed.testing.spoil import MARK

__all__ = [
    "MARK",
    "Capacity",
    "Fault",
    "FaultPlan",
    "Latency",
    "MockEndpoint",
    "MockProcess",
    "Outage",
    "chaos",
]
