"""Counts of a run as the card tells them: of what was generated, what was kept, and which gate took the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seedbed.generate import gating
from seedbed.release.choose import RunTally
from seedbed.release.sources import RunSource

__all__ = ["THRESHOLDS", "GateLine", "gate_lines", "parameters"]

THRESHOLDS: Mapping[str, tuple[str, ...]] = {
    gate: tuple(dict.fromkeys(name for gates in gating.THRESHOLDS.values() for name in gates.get(gate, ())))
    for gate in {gate for gates in gating.THRESHOLDS.values() for gate in gates}
}
"""Which settings of a run are a gate's thresholds, whatever its stage: a run's settings hold only its own stage's."""

# Where a model is, how it is reached, and what only this machine knows: no part of what a reader needs.
_PRIVATE = (
    "address",
    "base_url",
    "command",
    "endpoint",
    "extra_body",
    "header",
    "key",
    "key_env",
    "path",
    "url",
    "urls",
)


@dataclass(frozen=True, slots=True)
class GateLine:
    gate: str
    rejected: int
    threshold: str


def gate_lines(run: RunSource, tally: RunTally) -> list[GateLine]:
    """Every gate in order, those that rejected nothing too; then any that the settings do not name."""
    names = (*run.gate_names, *sorted(tally.gates.keys() - set(run.gate_names)))
    return [GateLine(name, tally.gates[name], threshold(name, run.gates)) for name in names]


def threshold(gate: str, settings: Mapping[str, Any]) -> str:
    """The gate's thresholds as "name value", or "" where it has none."""
    given = [(name, settings[name]) for name in THRESHOLDS.get(gate, ()) if settings.get(name) is not None]
    return ", ".join(f"{name} {_number(value)}" for name, value in given)


def _number(value: Any) -> str:
    # a threshold given as two integers is an exact fraction
    return "/".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What a run asked with, fit to be published: without examples, addresses, names of keys, and paths."""
    shown: dict[str, Any] = {}
    for name, value in sorted(settings.items()):
        if name == "examples" or name in _PRIVATE or name.endswith(("_url", "_path", "_key", "_env")):
            continue
        if isinstance(value, Mapping):
            if inner := parameters(value):
                shown[name] = inner
        elif isinstance(value, list | tuple):
            if len(value) <= 32 and not any(isinstance(item, Mapping) or _is_place(item) for item in value):
                shown[name] = list(value)
        elif not _is_place(value):
            shown[name] = value
    return shown


def _is_place(value: Any) -> bool:
    return isinstance(value, str) and ("://" in value or "\\" in value or value.startswith(("/", "~", "file:")))
