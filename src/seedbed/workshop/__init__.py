"""The Datathon as commands, events and their fold: boards, rows, phases, groups, people. No web.

Folding and deciding are pure; only `erasing` is handed the store, for it is the one act that rewrites the log.
"""

from __future__ import annotations

from seedbed.workshop.agenda import Agenda
from seedbed.workshop.applied import Applied, Change, State, merge
from seedbed.workshop.board import Board
from seedbed.workshop.commands import Command, CommandRefused, parse_command
from seedbed.workshop.deciding import Already, Decided, Refusal, decide, issued, model_called
from seedbed.workshop.facilitation import Facilitation
from seedbed.workshop.members import Members
from seedbed.workshop.permissions import can
from seedbed.workshop.places import (
    ACTIVITIES,
    AGENDA,
    FACILITATION,
    WORKSHOP,
    Activity,
    Place,
    fresh_client,
    fresh_id,
    parse_place,
)
from seedbed.workshop.roles import NOBODY, Member, Role
from seedbed.workshop.settings import LimitSettings, WorkshopSettings
from seedbed.workshop.template import Template, phases_of

__all__ = [
    "ACTIVITIES",
    "AGENDA",
    "FACILITATION",
    "NOBODY",
    "WORKSHOP",
    "Activity",
    "Agenda",
    "Already",
    "Applied",
    "Board",
    "Change",
    "Command",
    "CommandRefused",
    "Decided",
    "Facilitation",
    "LimitSettings",
    "Member",
    "Members",
    "Place",
    "Refusal",
    "Role",
    "State",
    "Template",
    "WorkshopSettings",
    "can",
    "decide",
    "fresh_client",
    "fresh_id",
    "issued",
    "merge",
    "model_called",
    "parse_command",
    "parse_place",
    "phases_of",
]
