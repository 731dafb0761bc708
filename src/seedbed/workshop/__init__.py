"""The Datathon as commands, events and their fold: boards, rows, phases, groups, people. No web.

Folding and deciding are pure; only `erasing` is handed the store, for it is the one act that rewrites the log.
"""

from __future__ import annotations

from seedbed.workshop.applied import Applied, Change, State, merge, visible
from seedbed.workshop.board import Board
from seedbed.workshop.commands import Command, CommandRefused, parse_command
from seedbed.workshop.deciding import Already, Decided, Refusal, decide, issued, model_called
from seedbed.workshop.members import Members
from seedbed.workshop.permissions import can
from seedbed.workshop.places import ACTIVITIES, WORKSHOP, Activity, Place, fresh_client, fresh_id, parse_place
from seedbed.workshop.roles import Member, Role
from seedbed.workshop.settings import LimitSettings, WorkshopSettings

__all__ = [
    "ACTIVITIES",
    "WORKSHOP",
    "Activity",
    "Already",
    "Applied",
    "Board",
    "Change",
    "Command",
    "CommandRefused",
    "Decided",
    "LimitSettings",
    "Member",
    "Members",
    "Place",
    "Refusal",
    "Role",
    "State",
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
    "visible",
]
