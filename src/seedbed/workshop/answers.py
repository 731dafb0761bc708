"""What can come of a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from seedbed.study.entries import Act
from seedbed.workshop.applied import Applied
from seedbed.workshop.commands import Command
from seedbed.workshop.words import act

__all__ = ["Already", "Decided", "Refusal", "done"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """No, and why."""

    code: str


@dataclass(frozen=True, slots=True)
class Already:
    """This person's command was carried out before, by this event. Its changes are not told again: see `Commands`."""

    event: Applied


Decided: TypeAlias = Act | Refusal | Already


def done(command: Command, subject: str = "", data: Mapping[str, Any] | None = None, *, person: str = "") -> Act:
    """The act of a command. `person` is whose the words in it are, unless they are the actor's."""
    return act(command.kind, subject, {"cmd": command.id, **(data or {})}, person)
