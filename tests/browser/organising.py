"""What an organiser does meanwhile, over HTTP."""

from __future__ import annotations

from typing import Any

from tests.browser.served import RealServer

__all__ = ["go_to", "move", "plan"]


def go_to(server: RealServer, step: str | None) -> None:
    """Begin a step of the programme, or none."""
    server.olga.post("/api/studies/pilot/step", json={"step": step}).raise_for_status()


def plan(server: RealServer, section: str, value: Any) -> None:
    """Set one section of the template."""
    server.olga.put(f"/api/studies/pilot/template/{section}", json={"value": value}).raise_for_status()


def move(server: RealServer, person: str, group: str) -> None:
    server.olga.post(f"/api/studies/pilot/people/{person}/move", json={"group": group}).raise_for_status()
