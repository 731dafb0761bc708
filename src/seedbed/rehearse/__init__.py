"""Simulated people at the real server: to see how a workshop will go, and how much the server takes."""

from __future__ import annotations

from seedbed.rehearse.hosting import in_study, through_links
from seedbed.rehearse.order import Order, Rehearsed
from seedbed.rehearse.places import place_for

__all__ = ["Order", "Rehearsed", "in_study", "place_for", "through_links"]
