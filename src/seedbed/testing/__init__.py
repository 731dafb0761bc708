"""A mock model endpoint, for tests and benchmarks: of Seedbed, and of whoever builds on it."""

from __future__ import annotations

from seedbed.testing.endpoint import MockEndpoint
from seedbed.testing.faults import Fault, FaultPlan, Latency
from seedbed.testing.process import MockProcess

__all__ = ["Fault", "FaultPlan", "Latency", "MockEndpoint", "MockProcess"]
